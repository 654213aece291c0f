"""A judge's sheets as the judge's page shows them: every team of every part that the jury marks.

Also of teams that were not called yet: without network a judge goes on with the next team.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hoithi.rules.judging import Criterion
from hoithi.rules.live.state import Sheet, State
from hoithi.rules.regulation import Segment
from hoithi.stage.queries import TeamName
from hoithi.web.wording import marks as written


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its bounds, as numbers for the page and as texts for people."""

    key: str
    label: str
    about: str
    maximum: str
    step: str
    weight: str
    maximum_text: str
    step_text: str
    weight_text: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet; `called` says that the team's turn was called, `on` that it is on stage."""

    part: str
    label: str
    team: str
    name: str
    unit: str
    turn: int
    called: bool
    on: bool
    next: bool
    criteria: list[Line]
    highest_text: str
    marks: dict[str, str]
    seq: int
    confirmed: bool
    abstained: str


def sheets_of(
    state: State, judge: str, teams: Mapping[str, TeamName], notes: Mapping[int, str]
) -> list[dict[str, object]]:
    """All sheets of a judge, parts in their order and teams in running order; `notes` by turns.

    Turns that were over before the judge joined are among them only while they lack sheets.
    """
    seat = state.judges[judge]
    found = []
    for part in state.regulation.segments:
        if part.judged is None:
            continue
        awaited = True
        for entry in state.standing:
            if entry in seat.barred:
                continue
            turn = state.held(part.key, entry)
            if turn is None or judge in turn.sheets or state.may_mark(judge, turn):
                view = _view(state, judge, part, teams[entry], is_next=turn is None and awaited)
                note = notes.get(turn.number, "") if turn is not None else ""
                found.append(asdict(view) | {"note": note})
            awaited = awaited and turn is not None
    return found


def _view(state: State, judge: str, part: Segment, team: TeamName, *, is_next: bool) -> SheetView:
    rule = part.judged
    assert rule is not None
    turn = state.held(part.key, team.entry)
    sheet = (turn.sheets.get(judge) if turn else None) or Sheet()
    is_own = sheet.epoch == state.epochs.get(judge, 0)
    return SheetView(
        part=part.key,
        label=part.label,
        team=team.entry,
        name=team.name,
        unit=team.beside,
        turn=turn.number if turn else 0,
        called=turn is not None,
        on=turn is not None and turn.is_on,
        next=is_next,
        criteria=[_line(each) for each in rule.criteria],
        highest_text=written(rule.highest),
        marks={key: f"{mark:f}" for key, mark in sheet.marks.items()},
        seq=sheet.seq if is_own else 0,
        confirmed=sheet.is_confirmed,
        abstained=sheet.abstained,
    )


def _line(each: Criterion) -> Line:
    return Line(
        each.key,
        each.label,
        each.about,
        f"{each.maximum:f}",
        f"{each.step:f}",
        f"{each.weight:f}",
        written(each.maximum),
        written(each.step),
        f" × {written(each.weight)}" if each.weight != 1 else "",
    )
