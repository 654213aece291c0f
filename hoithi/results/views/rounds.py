"""The proposed result of a round, deciding its ties, publishing it, and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import Entrant, Purpose, Round
from hoithi.contests.queries import contest_by_key, regulation_of, round_by_key, round_plan
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.actions import decide_tie
from hoithi.results.actions import publish as publish_result
from hoithi.results.actions.choosing import choose
from hoithi.results.forms import PublishForm, TieForm, WinnersForm
from hoithi.results.models import CollectivePublication, Publication
from hoithi.results.pending import is_grading_outdated, open_motions
from hoithi.results.queries import (
    Proposal,
    ResultRow,
    differs,
    digest,
    is_outdated,
    latest_publication,
    newest_number,
    proposal,
    publication_by_number,
    publication_content,
    published_rows,
    published_side,
    scoreless,
    versions_of,
)
from hoithi.results.sheets import (
    ChoiceCard,
    TieCard,
    choice_cards,
    motion_card,
    names_of,
    ruling_rows,
    tie_cards,
)
from hoithi.results.units import at_units, is_of_a_unit
from hoithi.results.wording import decided_by
from hoithi.rules.awards import Tie
from hoithi.web.acting import carried_out
from hoithi.web.wording import moment

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
PAGE_SIZE = 100


def find_round(contest: str, round_key: str) -> Round:
    """The round of an address. Raises Http404."""
    return round_by_key(contest_by_key(contest), round_key)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with what decided it in words."""

    row: ResultRow
    decided: str | Promise


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The result as the scores have it now, and what stands between it and its publication."""
    return _page(request, find_round(contest, round_key))


def _page(
    request: StaffRequest,
    each: Round,
    *,
    publish_form: PublishForm | None = None,
    tie_form: TieForm | None = None,
    choice_form: tuple[str, TieForm | WinnersForm] | None = None,
) -> HttpResponseBase:
    proposed = proposal(each)
    versions = versions_of(each)
    motions = open_motions(each)
    names = names_of(proposed)
    of_a_unit = is_of_a_unit(each.contest)
    is_committee = has_role(request.user, [Role.COMMITTEE], contest_scope(each.contest.key))
    may_decide = is_committee and not of_a_unit
    is_outdated = bool(versions) and differs(each, versions[0], proposed)
    needs_grading = is_grading_outdated(each)
    missing = scoreless(each) if proposed.rows else ()
    sent_about, sent_choice = choice_form or ("", None)
    return render(
        request,
        "results/round.html",
        {
            "choices": [
                (card, sent_choice if card.waiting.prize == sent_about else choice_form_of(card))
                for card in choice_cards(proposed, names, motions)
                if not of_a_unit
            ],
            "side": proposed.side,
            "has_side": bool(proposed.side_prizes) and bool(proposed.rows) and not of_a_unit,
            "of_teams": each.category.entrant == Entrant.TEAM,
            "has_lineup": round_plan(each).entrants is not None,
            "contest": each.contest,
            "section": "results",
            "round": each,
            "here": "result",
            "page": Paginator(_lines(each, proposed), PAGE_SIZE).get_page(request.GET.get("page")),
            "barred": [row for row in proposed.rows if row.is_barred],
            "ties": [
                (card, tie_form_of(card, tie_form))
                for card in tie_cards(proposed.ties, proposed.prizes, names, motions)
                if not of_a_unit
            ],
            "proposed_rulings": [
                motion_card(motion, names) for motion in motions if motion.approval.kind == "ruling"
            ],
            "waiting_minutes": any(motion.approval.kind == "minutes" for motion in motions),
            "rulings": ruling_rows(each),
            "needs_grading": needs_grading,
            "left": 0 if of_a_unit else len(proposed.left),
            "missing": missing,
            "missing_entries": sum(unit.entries for unit in missing),
            "versions": versions,
            "is_outdated": is_outdated,
            "is_official": each.purpose == Purpose.OFFICIAL,
            "is_of_units": at_units(each) is not None,
            "is_of_a_unit": of_a_unit,
            "may_decide": may_decide,
            "may_publish": may_decide
            and not needs_grading
            and not proposed.ties
            and not proposed.waiting
            and (is_outdated or not versions),
            "seen": digest(publication_content(each, proposed)),
            "form": publish_form or PublishForm(is_correction=bool(versions)),
        },
    )


def _lines(each: Round, proposed: Proposal) -> list[Line]:
    regulation = regulation_of(each)
    return [
        Line(row, decided_by(row.decided_by, regulation))
        for row in proposed.rows
        if not row.is_barred
    ]


def tie_form_of(card: TieCard, sent: TieForm | None) -> TieForm:
    """The form of a tie: as it was sent, or empty."""
    if sent is not None and sent.tie == card.tie:
        return sent
    return TieForm(tie=card.tie, names=card.names)


def tie_at(place: int, cards: Iterable[TieCard]) -> TieCard:
    """The tie at a place. Raises Http404."""
    found = next((card for card in cards if card.tie.place == place), None)
    if found is None:
        raise Http404
    return found


@contest_role(Role.COMMITTEE)
@require_POST
def tie(request: StaffRequest, contest: str, round_key: str, place: int) -> HttpResponseBase:
    """Put forward the order of those who share a place; a second member confirms it."""
    each = find_round(contest, round_key)
    proposed = proposal(each)
    found = tie_at(place, tie_cards(proposed.ties, proposed.prizes, names_of(proposed), []))
    form = TieForm(request.POST, tie=found.tie, names=found.names)
    if carried_out(
        form,
        lambda: decide_tie(
            actor=request.user,
            each=each,
            order=form.order,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The order is put forward. A second member confirms it."))
        return redirect("results:round", contest=contest, round_key=round_key)
    return _page(request, each, tie_form=form)


def choice_form_of(
    card: ChoiceCard, data: Mapping[str, str] | None = None
) -> TieForm | WinnersForm:
    """The form of a side prize: the order of equal teams, or whom the jury chooses."""
    waiting = card.waiting
    if waiting.of_jury:
        return WinnersForm(data, key=waiting.prize, most=waiting.free, names=card.names)
    return TieForm(data, tie=Tie(1, waiting.entries, ("",) * waiting.free), names=card.names)


@contest_role(Role.COMMITTEE)
@require_POST
def side(request: StaffRequest, contest: str, round_key: str, prize: str) -> HttpResponseBase:
    """Put forward who has a side prize; a second member confirms it."""
    each = find_round(contest, round_key)
    proposed = proposal(each)
    cards = choice_cards(proposed, names_of(proposed), [])
    card = next((card for card in cards if card.waiting.prize == prize), None)
    if card is None:
        raise Http404
    form = choice_form_of(card, request.POST)
    if carried_out(
        form,
        lambda: choose(
            actor=request.user,
            each=each,
            about=prize,
            order=form.order,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The choice is put forward. A second member confirms it."))
        return redirect("results:round", contest=contest, round_key=round_key)
    return _page(request, each, choice_form=(prize, form))


@contest_role(Role.COMMITTEE)
@require_POST
def publish(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Freeze the result as its next version; a correction says why."""
    each = find_round(contest, round_key)
    form = PublishForm(request.POST, is_correction=bool(versions_of(each)))
    if carried_out(
        form,
        lambda: publish_result(
            actor=request.user,
            each=each,
            reason=form.cleaned_data.get("reason", ""),
            now=timezone.now(),
            seen=request.POST.get("seen", ""),
        ),
    ):
        messages.success(request, _("The result is published."))
        return redirect("results:round", contest=contest, round_key=round_key)
    last = latest_publication(each)
    if last is not None and not (is_grading_outdated(each) or is_outdated(last)):
        say_published_already(request, last)
        return redirect("results:round", contest=contest, round_key=round_key)
    return _page(request, each, publish_form=form)


def say_published_already(request: StaffRequest, last: Publication | CollectivePublication) -> None:
    """To whoever pressed on a page that was older than the version in force."""
    facts = {
        "number": last.number,
        "name": last.published_by,
        "at": moment(last.published_at, get_language() or "vi"),
    }
    text = _("%(name)s published version %(number)s, %(at)s. There is nothing new to publish.")
    messages.info(request, text % facts)


@contest_role(*READERS)
@require_GET
def version(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """A published version, as it was frozen."""
    each = find_round(contest, round_key)
    found = publication_by_number(each, number)
    rows = Paginator(published_rows(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "results/version.html",
        {
            "contest": each.contest,
            "section": "results",
            "round": each,
            "version": found,
            "newest": newest_number(each),
            "page": rows,
            "of_teams": each.category.entrant == Entrant.TEAM,
            "side": published_side(found),
        },
    )
