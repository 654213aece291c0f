"""Before the day: the jury, packets, the opening; and the slips with codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.bank.models import Collection
from hoithi.bank.uses import taken_for
from hoithi.contests.models import Round
from hoithi.contests.queries import regulation_of, unit_by_code, units_of
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Entry
from hoithi.entries.queries import entry_by_public_id
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.results.queries import entry_name
from hoithi.rules.codes import grouped
from hoithi.rules.regulation import Segment
from hoithi.stage.actions.devices import code_of
from hoithi.stage.actions.preparing import (
    build_packets,
    declare_conflict,
    open_stage,
    prepare_stage,
    reissue_code,
    remove_judge,
    seal_packets,
    seat_judge,
    teams_short_of_judges,
)
from hoithi.stage.forms import ConflictForm, JudgeForm
from hoithi.stage.models import Conflict, PacketSet, Seat, SeatKind, Stage
from hoithi.stage.packets import drawn_in, standing_packets
from hoithi.stage.pictures import pictures, told
from hoithi.stage.queries import find_stage, jury_of, live_round, namesakes, stage_of, state_at
from hoithi.stage.views.roles import READERS, RUNNERS
from hoithi.web.acting import acted, carried_out, posted


@dataclass(frozen=True, slots=True)
class PacketLine:
    """The packets of a part: not made, made, sealed.

    `shared` says, before they are sealed, how many of their questions stand in the package of which
    online round too; `drawn` are all of them, spares included.
    """

    key: str
    label: str
    packets: int
    spares: int
    pk: int
    commitment: str
    state: str
    drawn: int
    shared: tuple[tuple[str, int], ...]


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """What is ready for the day, and what is still lacking."""
    each = live_round(contest, round_key)
    return _page(request, each, stage_of(each))


def _page(
    request: StaffRequest,
    each: Round,
    stage: Stage | None,
    judge_form: JudgeForm | None = None,
    conflict_form: ConflictForm | None = None,
) -> HttpResponseBase:
    roles = roles_in(request.user, contest_scope(each.contest.key))
    teams = entries_of_round(each)
    jury = jury_of(stage) if stage else []
    conflicts = Conflict.objects.filter(seat__stage=stage).select_related(
        "seat", "entry__team", "entry__person"
    )
    regulation = regulation_of(each)
    parts = regulation.segments
    is_open = stage is not None and stage.plan_id is not None
    state = state_at(stage) if stage is not None and is_open else None
    return render(
        request,
        "stage/setup.html",
        {
            "contest": each.contest,
            "round": each,
            "stage": stage,
            "has_lineup": regulation.entrants is not None,
            "is_open": is_open,
            "is_closed": state is not None and state.is_closed,
            "jury": jury,
            "left": state.left if state is not None else {},
            "short": [
                (entry_name(short.team), short.part.label, short.wanted, short.there)
                for short in teams_short_of_judges(stage, regulation, jury, teams)
            ]
            if stage is not None and not is_open and jury
            else [],
            "conflicts": [
                (conflict.seat.name, entry_name(conflict.entry), conflict.reason)
                for conflict in conflicts
            ],
            "teams": [
                (team.number, entry_name(team), team.unit.name, team.public_id.hex)
                for team in teams
            ],
            "packets": _packet_lines(stage, parts) if stage else [],
            "unready": [
                part.label
                for part in parts
                if part.judged is None and part.quiz is None and part.voted is None
            ],
            "judge_form": judge_form or JudgeForm(units=units_of(each.contest), joins=is_open),
            "conflict_form": conflict_form or _conflict_form(jury, teams),
            "may_run": not roles.isdisjoint(RUNNERS),
            "may_sign": Role.COMMITTEE in roles,
        },
    )


def _conflict_form(
    jury: Sequence[Seat], teams: Sequence[Entry], sent: QueryDict | None = None
) -> ConflictForm:
    return ConflictForm(
        sent,
        judges=[(seat.key, seat.name) for seat in jury],
        teams=[(team.public_id.hex, entry_name(team)) for team in teams],
    )


def _packet_lines(stage: Stage, parts: Sequence[Segment]) -> list[PacketLine]:
    standing = standing_packets(stage)
    is_unsealed = any(each.sealing_id is None for each in standing.values())
    taken = taken_for(stage.round.contest.key) if is_unsealed else {}
    lines = []
    for part in parts:
        if part.quiz is None:
            continue
        found = standing.get(part.key)
        state = "open" if found is None else "sealed" if found.sealing_id else "made"
        drawn = drawn_in(found) if found is not None and state == "made" else set()
        lines.append(
            PacketLine(
                part.key,
                part.label,
                part.quiz.packets,
                part.quiz.spares * len(part.quiz.parts),
                found.pk if found else 0,
                found.commitment if found else "",
                state,
                len(drawn),
                tuple((name, len(drawn & stems)) for name, stems in taken.items() if drawn & stems),
            )
        )
    return lines


@contest_role(*RUNNERS)
@require_POST
def prepare(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Begin to prepare the round for the stage."""
    each = live_round(contest, round_key)
    prepare_stage(actor=request.user, each=each, now=timezone.now())
    return redirect("stage:setup", contest=contest, round_key=round_key)


@contest_role(*RUNNERS)
@require_POST
def add_judge(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A member of the jury more; once the round is open, one who joins with a reason."""
    stage = find_stage(contest, round_key)
    form = JudgeForm(
        posted(request),
        units=units_of(stage.round.contest),
        joins=stage.plan_id is not None,
        alike=namesakes(stage, request.POST.get("name", "")),
    )

    def add() -> None:
        code = form.cleaned_data["unit"]
        seat_judge(
            actor=request.user,
            stage=stage,
            name=form.cleaned_data["name"],
            title=form.cleaned_data["title"],
            unit=unit_by_code(stage.round.contest, code) if code else None,
            is_chair=form.cleaned_data["is_chair"],
            reason=form.cleaned_data.get("reason", ""),
            now=timezone.now(),
        )

    if carried_out(form, add):
        messages.success(request, _("The judge is in the jury."))
        return redirect("stage:setup", contest=contest, round_key=round_key)
    return _page(request, stage.round, stage, judge_form=form)


def _seat(stage: Stage, key: str) -> Seat:
    """A seat of this round. Raises Http404."""
    seat = (
        Seat.objects.filter(stage=stage, key=key, removed_at=None)
        .select_related("stage__round__contest", "stage__plan")
        .first()
    )
    if seat is None:
        raise Http404
    return seat


@contest_role(*RUNNERS)
@require_POST
def drop_judge(request: StaffRequest, contest: str, round_key: str, judge: str) -> HttpResponseBase:
    """Take somebody out of the jury before the round is opened."""
    seat = _seat(find_stage(contest, round_key), judge)
    if seat.kind != SeatKind.JUDGE:
        raise Http404

    def drop() -> None:
        remove_judge(actor=request.user, seat=seat, now=timezone.now())

    acted(request, drop, _("The judge is no longer in the jury."))
    return redirect("stage:setup", contest=contest, round_key=round_key)


@contest_role(*RUNNERS)
@require_POST
def conflict(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A judge who may not mark a team."""
    stage = find_stage(contest, round_key)
    each = stage.round
    form = _conflict_form(jury_of(stage), entries_of_round(each), posted(request))

    def declare() -> None:
        declare_conflict(
            actor=request.user,
            seat=_seat(stage, form.cleaned_data["judge"]),
            entry=entry_by_public_id(each.contest, UUID(form.cleaned_data["team"])),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )

    if carried_out(form, declare):
        messages.success(request, _("Noted. This judge does not mark this team."))
        return redirect("stage:setup", contest=contest, round_key=round_key)
    return _page(request, stage.round, stage, conflict_form=form)


@contest_role(*RUNNERS)
@require_POST
def packets(request: StaffRequest, contest: str, round_key: str, part: str) -> HttpResponseBase:
    """Draw the packets of a part from the bank of the contest; what was there before is void."""
    stage = find_stage(contest, round_key)
    if not any(each.key == part and each.quiz for each in regulation_of(stage.round).segments):
        raise Http404
    collection = Collection.objects.filter(key=stage.round.contest.key).first()
    if collection is None:
        messages.error(request, _("The contest has no question bank yet."))
        return redirect("stage:setup", contest=contest, round_key=round_key)

    def build() -> None:
        build_packets(
            actor=request.user,
            stage=stage,
            segment=part,
            collection=collection,
            now=timezone.now(),
        )

    acted(request, build, _("The packets are made. Two members of the committee seal them."))
    return redirect("stage:setup", contest=contest, round_key=round_key)


@contest_role(Role.COMMITTEE)
@require_POST
def seal(request: StaffRequest, contest: str, round_key: str, part: str) -> HttpResponseBase:
    """Sign the seal of a part's packets."""
    stage = find_stage(contest, round_key)
    found = PacketSet.objects.filter(stage=stage, segment=part, voided_at=None)
    standing = found.select_related("stage__round__contest").first()
    if standing is None:
        raise Http404

    def sign() -> None:
        seal_packets(actor=request.user, packets=standing, now=timezone.now())

    acted(request, sign, _("Signed."))
    return redirect("stage:setup", contest=contest, round_key=round_key)


@contest_role(*RUNNERS)
@require_POST
def open_round(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Open the round: from now on its rules are fixed and the console drives it."""
    stage = find_stage(contest, round_key)

    def begin() -> None:
        open_stage(actor=request.user, stage=stage, now=timezone.now())

    if acted(request, begin, _("The round is open.")):
        return redirect("stage:console", contest=contest, round_key=round_key)
    return redirect("stage:setup", contest=contest, round_key=round_key)


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip of a judge or a team: address, code and the QR of both; `title` is the post of a
    judge, the unit of a team."""

    key: str
    is_judge: bool
    name: str
    title: str
    code: str
    address: str
    qr: str


@contest_role(*RUNNERS)
@require_GET
def codes(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Slips with the codes of judges and teams, to be cut."""
    stage = find_stage(contest, round_key)
    where = {"contest": contest, "round_key": round_key}
    pages = {
        SeatKind.JUDGE: settings.PUBLIC_URL + reverse("stage:judge", kwargs=where),
        SeatKind.TEAM: settings.PUBLIC_URL + reverse("stage:team", kwargs=where),
    }
    seats = list(Seat.objects.filter(stage=stage, removed_at=None).select_related("unit"))
    codes = [code_of(seat) for seat in seats]
    drawn = pictures(
        f"{pages[SeatKind(seat.kind)]}#{code}" for seat, code in zip(seats, codes, strict=True)
    )
    slips = [
        Slip(
            seat.key,
            seat.kind == SeatKind.JUDGE,
            seat.name,
            seat.unit.name if seat.kind == SeatKind.TEAM and seat.unit else seat.title,
            grouped(code),
            told(pages[SeatKind(seat.kind)]),
            picture,
        )
        for seat, code, picture in zip(seats, codes, drawn, strict=True)
    ]
    return render(
        request,
        "stage/codes.html",
        {"contest": stage.round.contest, "round": stage.round, "slips": slips},
    )


@contest_role(*RUNNERS)
@require_POST
def new_code(request: StaffRequest, contest: str, round_key: str, judge: str) -> HttpResponseBase:
    """A new code for a seat whose slip was lost."""
    seat = _seat(find_stage(contest, round_key), judge)

    def renew() -> None:
        reissue_code(actor=request.user, seat=seat, now=timezone.now())

    acted(request, renew, _("There is a new code; the old one opens nothing any more."))
    return redirect("stage:codes", contest=contest, round_key=round_key)
