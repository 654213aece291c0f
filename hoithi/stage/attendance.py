"""Who was there on the day, as the minutes tell it; and who signs them for the secretaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q

from hoithi.contests.models import CommitteeSeat, Contest
from hoithi.contests.seats import role_of_body
from hoithi.documents.render.decree import Block, Paragraph
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, holders
from hoithi.rules.live.state import State
from hoithi.stage.models import Conflict, LogLine, Seat, SeatKind, Stage
from hoithi.stage.queries import TeamName

PEN = "…" * 24  # a line for the pen
_LACKING = "chưa có"
# What members of the committee write themselves; every other line of a desk is a secretary's.
_OF_TWO = ("points_given", "closed", "judge_barred", "sheet_from_paper")


def present(
    stage: Stage, state: State, names: Mapping[str, TeamName], jury: Sequence[Seat], on: date
) -> Sequence[Block]:
    """The committee, the jury, the secretaries and the teams; guests are written in by hand."""
    contest = stage.round.contest
    seats = Seat.objects.filter(stage=stage, kind=SeatKind.TEAM)
    then = dict(seats.values_list("key", "name"))
    groups = (
        ("Ban Tổ chức", _members(contest, Role.COMMITTEE, on)),
        ("Ban Giám khảo", _jury(state, jury)),
        ("Thư ký", _members(contest, Role.ORGANISER, on) or _secretaries(stage)),
        ("Các đội thi", [_team(state, names[entry], then.get(entry)) for entry in state.teams]),
    )
    conflicts = _conflicts(stage, state, names, jury)
    return (
        *(
            Paragraph(f"{'; '.join(told) or _LACKING}.", lead=f"{at}. {label}:")
            for at, (label, told) in enumerate(groups, start=1)
        ),
        Paragraph(PEN, lead="5. Đại biểu:"),
        Paragraph(
            f"{'; '.join(conflicts) or 'không có'}.",
            lead="6. Giám khảo không chấm do xung đột lợi ích:",
        ),
    )


def secretary_of(stage: Stage) -> str:
    """Who has run the console: of several, whoever wrote most lines."""
    return next(iter(_secretaries(stage)), "")


def _secretaries(stage: Stage) -> list[str]:
    seats = Seat.objects.filter(stage=stage).values("key")
    lines = LogLine.objects.filter(stage=stage).exclude(actor_id__in=seats)
    names = lines.exclude(event__is__in=_OF_TWO).order_by("number").values_list("actor_name")
    return [name for (name,), _lines in Counter(names).most_common()]


def _members(contest: Contest, role: Role, on: date) -> list[str]:
    """As appointed for that day, else whoever holds the right."""
    seats = CommitteeSeat.objects.filter(contest=contest, since__lte=on)
    found = [
        seat.name + (f", {seat.title}" if seat.title else "")
        for seat in seats.filter(Q(until=None) | Q(until__gte=on))
        if role_of_body(seat.body) == role
    ]
    return found or [user.name for user in holders(role, contest_scope(contest.key))]


def _jury(state: State, jury: Sequence[Seat]) -> list[str]:
    return [
        f"{seat.key.upper()} {seat.name}"
        + (f", {seat.title}" if seat.title else "")
        + (" (trưởng ban)" if state.judges[seat.key].is_chair else "")
        + (f", rời ban: {state.left[seat.key]}" if seat.key in state.left else "")
        for seat in jury
        if seat.key in state.judges
    ]


def _team(state: State, team: TeamName, then: str | None) -> str:
    """`then` is how the team was called when the round was opened; a reprint says so too."""
    performed = any(turn.entry == team.entry for turn in state.turns)
    is_present = team.entry in state.present or performed
    told = team.name if team.name == team.unit else f"{team.name} ({team.unit})"
    if then not in (None, team.name):
        told += f", khi mở vòng thi có tên {then}"
    if team.entry in state.withdrawn:
        return f"{told}, rút khỏi cuộc thi: {state.withdrawn[team.entry]}"
    return f"{told}, {'có mặt' if is_present else 'chưa điểm danh'}"


def _conflicts(
    stage: Stage, state: State, names: Mapping[str, TeamName], jury: Sequence[Seat]
) -> list[str]:
    reasons = {
        (key, entry.hex): reason
        for key, entry, reason in Conflict.objects.filter(seat__stage=stage).values_list(
            "seat__key", "entry__public_id", "reason"
        )
    }
    return [
        f"{seat.key.upper()} đối với {names[entry].name} "
        f"({reasons.get((seat.key, entry), 'cùng đơn vị')})"
        for seat in jury
        if seat.key in state.judges
        for entry in state.judges[seat.key].barred
        if entry in names
    ]
