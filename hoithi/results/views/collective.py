"""The table of units: what the rounds make of it, its ties, its publication and its versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import Contest
from hoithi.contests.queries import contest_by_key, plan_of
from hoithi.documents.render.results_list import results_pdf
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.actions import decide_unit_tie, publish_collective
from hoithi.results.collective import (
    CollectiveProposal,
    PublishedUnit,
    UnitRow,
    collective_by_number,
    collective_proposal,
    is_collective_outdated,
    latest_collective,
    published_units,
    rests_on,
    table_differs,
    table_digest,
)
from hoithi.results.forms import PublishForm, TieForm
from hoithi.results.models import CollectivePublication
from hoithi.results.papers import units_list_of
from hoithi.results.pending import open_motions_about_units
from hoithi.results.queries import rounds_in_force
from hoithi.results.sheets import TieCard, tie_cards
from hoithi.results.views.rounds import READERS, say_published_already, tie_at, tie_form_of
from hoithi.results.wording import collective_rule_words, units_decided_by
from hoithi.results.workbooks import collective_workbook
from hoithi.web.acting import carried_out
from hoithi.web.files import PDF, file_answer
from hoithi.web.spreadsheets import XLSX_TYPE


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A row of the table, proposed or published, with what decided it in words."""

    row: UnitRow | PublishedUnit
    decided: str | Promise


def find_contest(contest: str) -> Contest:
    """A contest whose plan scores units. Raises Http404."""
    found = contest_by_key(contest)
    if plan_of(found).rules.collective is None:
        raise Http404
    return found


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The table as the rounds have it now, and what stands between it and its publication."""
    return _page(request, find_contest(contest))


def _page(
    request: StaffRequest,
    found: Contest,
    *,
    publish_form: PublishForm | None = None,
    tie_form: TieForm | None = None,
) -> HttpResponseBase:
    proposed = collective_proposal(found)
    rounds = rounds_in_force(found)
    versions = list(CollectivePublication.objects.filter(contest=found))
    is_outdated = bool(versions) and table_differs(versions[0], proposed)
    is_settled = all(each.publication and not each.is_outdated for each in rounds)
    may_decide = has_role(request.user, [Role.COMMITTEE], contest_scope(found.key))
    may_publish = may_decide and is_settled and not proposed.ties
    return render(
        request,
        "results/collective.html",
        {
            "contest": found,
            "section": "results",
            "here": "collective",
            "rule": _rule(found),
            "lines": [UnitLine(row, units_decided_by(row.decided_by)) for row in proposed.rows],
            "ties": [(card, tie_form_of(card, tie_form)) for card in _ties(found, proposed)],
            "left": len(proposed.left),
            "rounds": rounds,
            "is_settled": is_settled,
            "versions": versions,
            "is_outdated": is_outdated,
            "may_decide": may_decide,
            "may_publish": may_publish and (is_outdated or not versions),
            "seen": table_digest(found, proposed),
            "form": publish_form or PublishForm(is_correction=bool(versions)),
        },
    )


def _rule(contest: Contest) -> list[str]:
    plan = plan_of(contest)
    labels = {line.key: line.label for each in plan.rounds for line in each.prizes}
    rule = plan.rules.collective
    return collective_rule_words(rule, labels) if rule else []


def _ties(contest: Contest, proposed: CollectiveProposal) -> list[TieCard]:
    names = {row.code: row.name for row in proposed.rows}
    motions = open_motions_about_units(contest)
    return tie_cards(proposed.ties, proposed.prizes, names, motions)


@contest_role(Role.COMMITTEE)
@require_POST
def tie(request: StaffRequest, contest: str, place: int) -> HttpResponseBase:
    """Put forward the order of units that share a place; a second member confirms it."""
    found = find_contest(contest)
    card = tie_at(place, _ties(found, collective_proposal(found)))
    form = TieForm(request.POST, tie=card.tie, names=card.names)
    if carried_out(
        form,
        lambda: decide_unit_tie(
            actor=request.user,
            contest=found,
            order=form.order,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The order is put forward. A second member confirms it."))
        return redirect("results:collective", contest=contest)
    return _page(request, found, tie_form=form)


@contest_role(Role.COMMITTEE)
@require_POST
def publish(request: StaffRequest, contest: str) -> HttpResponseBase:
    """Freeze the table as its next version; a correction says why."""
    found = find_contest(contest)
    has_versions = CollectivePublication.objects.filter(contest=found).exists()
    form = PublishForm(request.POST, is_correction=has_versions)
    if carried_out(
        form,
        lambda: publish_collective(
            actor=request.user,
            contest=found,
            reason=form.cleaned_data.get("reason", ""),
            now=timezone.now(),
            seen=request.POST.get("seen", ""),
        ),
    ):
        messages.success(request, _("The table of units is published."))
        return redirect("results:collective", contest=contest)
    last = latest_collective(found)
    if last is not None and not is_collective_outdated(last):
        say_published_already(request, last)
        return redirect("results:collective", contest=contest)
    return _page(request, found, publish_form=form)


@contest_role(*READERS)
@require_GET
def version(request: StaffRequest, contest: str, number: int) -> HttpResponseBase:
    """A published version, as it was frozen, with the versions of the rounds it rests on."""
    found = find_contest(contest)
    publication = collective_by_number(found, number)
    rows = published_units(publication)
    return render(
        request,
        "results/collective_version.html",
        {
            "contest": found,
            "section": "results",
            "version": publication,
            "lines": [UnitLine(row, units_decided_by(row.decided_by)) for row in rows],
            "rests_on": rests_on(publication),
        },
    )


@contest_role(*READERS)
@require_GET
def list_pdf(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    number: int,
) -> HttpResponseBase:
    """The table in the form of an administrative paper; always in Vietnamese."""
    publication = collective_by_number(find_contest(contest), number)
    with override("vi"):
        content = results_pdf(units_list_of(publication))
    return file_answer(content, PDF, f"ket-qua-tap-the-{number}.pdf")


@contest_role(*READERS)
@require_GET
def list_workbook(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    number: int,
) -> HttpResponseBase:
    """The table for Excel."""
    publication = collective_by_number(find_contest(contest), number)
    return file_answer(
        collective_workbook(publication), XLSX_TYPE, f"ket-qua-tap-the-{number}.xlsx"
    )
