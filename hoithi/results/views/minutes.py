"""A live round from its signed minutes: one person enters them, a second confirms the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hoithi.contests.models import Round
from hoithi.contests.queries import regulation_of
from hoithi.entries.lineups import entries_of_round
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.actions import Minutes, record_minutes
from hoithi.results.actions.attaching import attach_signed_copy
from hoithi.results.actions.seconding import EnteredMinutes
from hoithi.results.forms import MinutesForm, ScanForm, SecondForm, Team
from hoithi.results.models import Motion, RecordedRound, SignedCopy
from hoithi.results.pending import open_motions
from hoithi.results.queries import entry_name
from hoithi.results.scans import kind_of, read_scan
from hoithi.results.views.rounds import READERS, find_round
from hoithi.web.acting import carried_out

RUNNERS = (Role.ORGANISER, Role.COMMITTEE)


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A team's marks by the labels of the segments, with their sum."""

    team: Team
    named: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        return sum((mark for _label, mark in self.named), Decimal(0))


@dataclass(frozen=True, slots=True)
class MinutesSheet:
    """Minutes as they were entered or confirmed."""

    held_on: date
    place: str
    late_reason: str
    scan: str
    scan_name: str
    rows: tuple[MarkRow, ...]


def find_live_round(contest: str, round_key: str) -> Round:
    """A round that is entered from minutes. Raises Http404."""
    each = find_round(contest, round_key)
    if each.is_online:
        raise Http404
    return each


@contest_role(*READERS)
@require_http_methods(["GET", "HEAD"])
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The form, or what waits for the second person, or the minutes as confirmed."""
    each = find_live_round(contest, round_key)
    teams = _teams(each)
    form = MinutesForm(teams=teams, segments=regulation_of(each).segments)
    return _page(request, each, teams, form)


@contest_role(Role.COMMITTEE)
@require_http_methods(["POST"])
def enter(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Enter the minutes; they count when a second person has confirmed them."""
    each = find_live_round(contest, round_key)
    teams = _teams(each)
    segments = regulation_of(each).segments
    form = MinutesForm(request.POST, request.FILES, teams=teams, segments=segments)

    def act() -> None:
        scan = form.cleaned_data["scan"]
        record_minutes(
            actor=request.user,
            each=each,
            minutes=Minutes(
                held_on=form.cleaned_data["held_on"],
                place=form.cleaned_data["place"],
                late_reason=form.cleaned_data["late_reason"],
                scan_name=scan.name[-200:],
                scan=scan.read(),
                marks=form.marks,
            ),
            now=timezone.now(),
        )

    if carried_out(form, act):
        messages.success(request, _("The minutes are entered. A second member confirms them."))
        return redirect("results:minutes", contest=contest, round_key=round_key)
    return _page(request, each, teams, form)


@contest_role(*RUNNERS)
@require_http_methods(["POST"])
def attach(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Attach a scan of the signed minutes to a round that was held on stage."""
    each = find_live_round(contest, round_key)
    if _record_of(each, on_stage=True) is None:
        raise Http404
    form = ScanForm(request.POST, request.FILES)

    def act() -> None:
        scan = form.cleaned_data["scan"]
        attach_signed_copy(
            actor=request.user, each=each, name=scan.name, scan=scan.read(), now=timezone.now()
        )

    if carried_out(form, act):
        messages.success(request, _("The scan is attached."))
        return redirect("results:minutes", contest=contest, round_key=round_key)
    teams = _teams(each)
    blank = MinutesForm(teams=teams, segments=regulation_of(each).segments)
    return _page(request, each, teams, blank, scan_form=form)


def _record_of(each: Round, *, on_stage: bool) -> RecordedRound | None:
    """The record that counts; one that was held on stage has its log."""
    found = RecordedRound.objects.filter(round=each, voided_at=None).first()
    return found if found is not None and (found.log or not on_stage) else None


def _page(
    request: StaffRequest,
    each: Round,
    teams: list[Team],
    form: MinutesForm,
    *,
    scan_form: ScanForm | None = None,
) -> HttpResponseBase:
    motion = next((one for one in open_motions(each) if one.approval.kind == "minutes"), None)
    recorded = _record_of(each, on_stage=False)
    waiting = _entered_sheet(each, motion, teams) if motion else None
    late = waiting is not None and waiting.held_on < timezone.localdate()
    return render(
        request,
        "results/minutes.html",
        {
            "contest": each.contest,
            "section": "results",
            "round": each,
            "segments": regulation_of(each).segments,
            "form": form,
            "motion": motion,
            "waiting": waiting,
            "recorded": _recorded_sheet(each, recorded, teams) if recorded else None,
            "held_on_stage": recorded is not None and bool(recorded.log),
            "copies": recorded.signed_copies.all() if recorded else [],
            "may_attach": has_role(request.user, RUNNERS, contest_scope(each.contest.key)),
            "scan_form": scan_form or ScanForm(),
            "may_decide": has_role(request.user, [Role.COMMITTEE], contest_scope(each.contest.key)),
            "is_own": motion is not None and motion.approval.first_id == request.user.pk,
            "second_form": SecondForm(
                is_late=late and waiting is not None and not waiting.late_reason
            ),
        },
    )


def _teams(each: Round) -> list[Team]:
    return [
        Team(entry.public_id.hex, entry_name(entry), entry.unit.name)
        for entry in entries_of_round(each)
    ]


def _entered_sheet(each: Round, motion: Motion, teams: list[Team]) -> MinutesSheet:
    entered = msgspec.convert(motion.content, EnteredMinutes)
    return MinutesSheet(
        entered.held_on,
        entered.place,
        entered.late_reason,
        entered.scan,
        entered.scan_name,
        _mark_rows(each, entered.marks, teams),
    )


def _recorded_sheet(each: Round, recorded: RecordedRound, teams: list[Team]) -> MinutesSheet:
    marks = msgspec.convert(recorded.marks, dict[str, dict[str, str]])
    return MinutesSheet(
        recorded.held_on,
        recorded.place,
        recorded.late_reason,
        recorded.scan_sha256,
        recorded.scan_name,
        _mark_rows(each, marks, teams),
    )


def _mark_rows(
    each: Round, marks: dict[str, dict[str, str]], teams: list[Team]
) -> tuple[MarkRow, ...]:
    segments = regulation_of(each).segments
    return tuple(
        MarkRow(
            team,
            tuple((part.label, Decimal(marks[team.entry][part.key])) for part in segments),
        )
        for team in teams
        if team.entry in marks
    )


@contest_role(*READERS)
@require_GET
def scan(_request: StaffRequest, contest: str, round_key: str, sha256: str) -> HttpResponseBase:
    """The scan of minutes that were entered for this round."""
    each = find_live_round(contest, round_key)
    entered = Motion.objects.filter(round=each, content__scan=sha256).exists()
    recorded = RecordedRound.objects.filter(round=each, scan_sha256=sha256).exists()
    attached = SignedCopy.objects.filter(record__round=each, sha256=sha256).exists()
    if not (entered or recorded or attached):
        raise Http404
    try:
        content = read_scan(sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=kind_of(content) or "application/octet-stream")
    suffix = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
    name = f"bien-ban-{each.key}.{suffix.get(answer['Content-Type'], 'bin')}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
