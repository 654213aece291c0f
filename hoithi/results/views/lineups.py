"""Who takes part in heats, semi-finals and finals: the list of a field, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import Round
from hoithi.entries.lineups import field_round, standing_lineup
from hoithi.entries.models import Lineup
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.actions.choosing import choose
from hoithi.results.actions.lineups import (
    draw_by_hand,
    draw_lineup,
    fix_lineup,
    keep_lineup,
    let_leave,
    void_lineup,
)
from hoithi.results.forms import HandForm, KeepForm, LeaveForm, NumberForm, TieForm, VoidForm
from hoithi.results.lineup_page import lineup_page, names_in, tie_of_cut
from hoithi.results.views.rounds import READERS, find_round
from hoithi.web.acting import acted, carried_out

RUNNERS = (Role.ORGANISER, Role.COMMITTEE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A round of an address with the first round of its field and the list in force."""

    each: Round
    first: Round
    lineup: Lineup | None
    names: Mapping[str, str]


def _shown(contest: str, round_key: str) -> Shown:
    """Raises Http404 for a round that everybody of its form takes part in."""
    each = find_round(contest, round_key)
    first = field_round(each)
    if first is None:
        raise Http404
    return Shown(each, first, standing_lineup(each), names_in(each))


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Where the teams come from, whether the list is fixed and drawn, and which teams it has."""
    return _page(request, _shown(contest, round_key), {})


def _page(request: StaffRequest, shown: Shown, sent: Mapping[str, forms.Form]) -> HttpResponseBase:
    page = lineup_page(shown.each, shown.first, shown.lineup, shown.names)
    scope = contest_scope(shown.each.contest.key)
    tie = tie_of_cut(page.cut)
    return render(
        request,
        "results/lineup.html",
        {
            "contest": shown.each.contest,
            "section": "results",
            "round": shown.each,
            "lineup": shown.lineup,
            "page": page,
            "may_run": has_role(request.user, RUNNERS, scope),
            "may_decide": has_role(request.user, [Role.COMMITTEE], scope),
            "number_form": sent.get("draw") or NumberForm(),
            "hand_form": sent.get("hand") or HandForm(names=page.to_draw),
            "hand_open": "hand" in sent,
            "leave_form": sent.get("leave") or LeaveForm(names=page.may_leave),
            "leave_open": "leave" in sent,
            "void_form": sent.get("void") or VoidForm(),
            "void_open": "void" in sent,
            "keep_form": sent.get("keep") or KeepForm(),
            "cut_form": sent.get("cut")
            or (TieForm(tie=tie, names=page.cut_names) if tie is not None else None),
        },
    )


@contest_role(*RUNNERS)
@require_POST
def fix(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Freeze who comes into these rounds."""
    shown = _shown(contest, round_key)
    acted(
        request,
        lambda: fix_lineup(actor=request.user, each=shown.first, now=timezone.now()),
        _("The list is fixed."),
    )
    return redirect("results:lineup", contest=contest, round_key=round_key)


@contest_role(*RUNNERS)
@require_POST
def draw(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The number from the hall: the lots follow from it and the secret."""
    shown, form = _shown(contest, round_key), NumberForm(request.POST)
    if carried_out(
        form,
        lambda: draw_lineup(
            actor=request.user,
            lineup=_needed(shown),
            number=form.cleaned_data["number"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The lots are drawn."))
        return redirect("results:lineup", contest=contest, round_key=round_key)
    return _page(request, shown, {"draw": form})


@contest_role(*RUNNERS)
@require_POST
def hand(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Lots of paper that were drawn in the hall."""
    shown = _shown(contest, round_key)
    lineup = _needed(shown)
    page = lineup_page(shown.each, shown.first, lineup, shown.names)
    form = HandForm(request.POST, names=page.to_draw)
    if carried_out(
        form,
        lambda: draw_by_hand(
            actor=request.user,
            lineup=lineup,
            order=form.order,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The lots are entered."))
        return redirect("results:lineup", contest=contest, round_key=round_key)
    return _page(request, shown, {"hand": form})


def _needed(shown: Shown) -> Lineup:
    """Raises Http404 while no list is fixed."""
    if shown.lineup is None:
        raise Http404
    return shown.lineup


@contest_role(Role.COMMITTEE)
@require_POST
def leave(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A team leaves before its round begins; a second member of the committee confirms it."""
    shown = _shown(contest, round_key)
    page = lineup_page(shown.each, shown.first, _needed(shown), shown.names)
    form = LeaveForm(request.POST, names=page.may_leave)
    if carried_out(
        form,
        lambda: let_leave(
            actor=request.user,
            each=shown.each,
            entry=form.cleaned_data["team"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("It is put forward. A second member confirms it."))
        return redirect("results:lineup", contest=contest, round_key=round_key)
    return _page(request, shown, {"leave": form})


@contest_role(Role.COMMITTEE)
@require_POST
def void(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The list does not hold; a second member of the committee confirms it."""
    shown, form = _shown(contest, round_key), VoidForm(request.POST)
    return _put_forward(request, shown, "void", form, void_lineup)


@contest_role(Role.COMMITTEE)
@require_POST
def keep(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The list stands after a correction; a second member of the committee confirms it."""
    shown, form = _shown(contest, round_key), KeepForm(request.POST)
    return _put_forward(request, shown, "keep", form, keep_lineup)


def _put_forward(
    request: StaffRequest,
    shown: Shown,
    name: str,
    form: forms.Form,
    act: Callable[..., object],
) -> HttpResponseBase:
    """What the committee does to a list with a reason alone; `name` is its form on the page."""
    if carried_out(
        form,
        lambda: act(
            actor=request.user,
            each=shown.each,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("It is put forward. A second member confirms it."))
        each = shown.each
        return redirect("results:lineup", contest=each.contest.key, round_key=each.key)
    return _page(request, shown, {name: form})


@contest_role(Role.COMMITTEE)
@require_POST
def cut(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The order of equal runners-up; a second member of the committee confirms it."""
    shown = _shown(contest, round_key)
    page = lineup_page(shown.each, shown.first, shown.lineup, shown.names)
    tie = tie_of_cut(page.cut)
    if tie is None:
        raise Http404
    form = TieForm(request.POST, tie=tie, names=page.cut_names)
    if carried_out(
        form,
        lambda: choose(
            actor=request.user,
            each=shown.first,
            about="",
            order=form.order,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The order is put forward. A second member confirms it."))
        return redirect("results:lineup", contest=contest, round_key=round_key)
    return _page(request, shown, {"cut": form})
