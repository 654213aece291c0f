"""Reading a round on stage: where it stands, who sits where, what everybody is called."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import msgspec
from django.db.models import Count
from django.http import Http404

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import contest_by_key, regulation_in, regulation_of, round_by_key
from hoithi.entries.models import BY_NUMBER, Entry, Person
from hoithi.people.models import Approval, User
from hoithi.results.queries import entry_name
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import AnyEvent, Line
from hoithi.rules.live.fold import apply
from hoithi.rules.live.state import State
from hoithi.rules.vietnamese import fold
from hoithi.stage.models import Call, Device, LogLine, Seat, SeatKind, SheetNote, Stage

# What every page of a stage looks at.
_WITH = ("round__contest", "round__category", "plan")
_MOST_KEPT = 16
_kept: dict[int, tuple[str, State]] = {}
_keeping = Lock()


def live_round(contest: str, round_key: str) -> Round:
    """A round that is not held online. Raises Http404."""
    each = round_by_key(contest_by_key(contest), round_key)
    if each.is_online:
        raise Http404
    return each


def stage_of(each: Round) -> Stage | None:
    return Stage.objects.filter(round=each).select_related(*_WITH).first()


def find_stage(contest: str, round_key: str) -> Stage:
    """The stage of an address; a round held online has none. One query. Raises Http404."""
    found = Stage.objects.filter(round__contest__key=contest, round__key=round_key)
    stage = found.select_related(*_WITH).first()
    if stage is None:
        raise Http404
    return stage


def lines_from(stage: Stage, number: int) -> list[tuple[Line, str]]:
    """Lines of the log in order, each with its hash. One query."""
    return [
        (Line(row.number, row.at_ms, msgspec.convert(row.event, AnyEvent)), row.hash)
        for row in LogLine.objects.filter(stage=stage, number__gte=number).order_by("number")
    ]


def state_at(stage: Stage) -> State:
    """Where the round stands after its last line that is stored. Not to be changed.

    One query, and none where this process has the last line already.
    """
    with _keeping:
        head, kept = _kept.get(stage.pk, ("", None))
    if kept is not None and head == stage.head:
        return kept
    known = kept.last if kept is not None else 0
    lines = lines_from(stage, known)
    if kept is not None and lines and lines[0][1] == head:
        state, lines = copy.deepcopy(kept), lines[1:]
    else:  # nothing is kept, or what is kept is of a line that came to nothing
        regulation = (
            regulation_in(stage.plan, stage.round.key) if stage.plan else regulation_of(stage.round)
        )
        state = State(regulation)
        lines = lines_from(stage, 1) if known else lines
    for line, _hash in lines:
        apply(state, line)
    if lines:
        keep_state(stage.pk, lines[-1][1], state)
    return state


def keep_state(stage: int, head: str, state: State) -> None:
    """Remember where a round stands after the line with this hash; nobody changes it any more."""
    with _keeping:
        while len(_kept) >= _MOST_KEPT and stage not in _kept:
            del _kept[next(iter(_kept))]
        _kept[stage] = (head, state)


def forget_states() -> None:
    """As a process that has just begun."""
    with _keeping:
        _kept.clear()


@dataclass(frozen=True, slots=True)
class TeamName:
    """What a team is called, by its public id."""

    entry: str
    number: str
    name: str
    unit: str
    unit_id: int

    @property
    def beside(self) -> str:
        """The unit, where the team is called otherwise."""
        return "" if self.unit == self.name else self.unit


def team_names(each: Round) -> dict[str, TeamName]:
    """The teams of a round by their public ids, in the order of the units: also of those that the
    register has let go since the round was opened, for the log names them still."""
    return {
        entry.public_id.hex: TeamName(
            entry.public_id.hex, entry.number, entry_name(entry), entry.unit.name, entry.unit_id
        )
        for entry in Entry.objects.filter(category=each.category, team__isnull=False)
        .select_related("team", "unit")
        .order_by("unit__position", *BY_NUMBER)
    }


def rounds_on_stage(contest: Contest) -> list[Round]:
    """The rounds that are open on stage and not closed. One query, and none more where this process
    knows their last lines."""
    opened = Stage.objects.filter(round__contest=contest, plan__isnull=False)
    return [
        stage.round
        for stage in opened.select_related(*_WITH).order_by("round__position")
        if not state_at(stage).is_closed
    ]


def jury_of(stage: Stage) -> list[Seat]:
    """The judges, the chair among them, in their order. One query."""
    return list(
        Seat.objects.filter(stage=stage, kind=SeatKind.JUDGE, removed_at=None)
        .select_related("unit")
        .order_by("position")
    )


def namesakes(stage: Stage, name: str) -> list[str]:
    """Whom somebody who is to judge may be, by the name without accents and capitals: a judge of
    the round, or somebody on a list of those who take part. Two queries."""
    folded = fold(name)
    if not folded:
        return []
    judges = [f"{s.key.upper()} {s.name}" for s in jury_of(stage) if fold(s.name) == folded]
    people = Person.objects.filter(
        contest=stage.round.contest, removed_at=None, folded_name=folded
    ).select_related("unit")
    return [*judges, *(f"{each.name} ({each.unit.name})" for each in people)]


def names_of_jury(stage: Stage) -> Mapping[str, Seat]:
    return {seat.key: seat for seat in jury_of(stage)}


def notes_of(stage: Stage, turn: int) -> dict[str, str]:
    """What judges have noted on their sheets of a turn, by their keys. One query."""
    found = SheetNote.objects.filter(seat__stage=stage, turn=turn).exclude(text="")
    return dict(found.values_list("seat__key", "text"))


def notes_by(seat: Seat) -> dict[int, str]:
    """What a judge has noted, by the numbers of the turns. One query."""
    return dict(SheetNote.objects.filter(seat=seat).values_list("turn", "text"))


def team_entry(stage: Stage, state: State, short: str) -> Entry:
    """The entry of a team that takes part, by the first letters of its public id that a snapshot
    has. Raises RuleViolation `no_such_team`."""
    found = [entry for entry in state.standing if short and entry.startswith(short)]
    if len(found) != 1:
        raise RuleViolation("no_such_team")
    return Entry.objects.get(contest=stage.round.contest, public_id=found[0])


def devices_of(stage: Stage) -> dict[str, int]:
    """How many devices have opened each seat, by its key. One query."""
    counts = Device.objects.filter(seat__stage=stage).order_by().values_list("seat__key")
    return dict(counts.annotate(devices=Count("pk")))


def call_by_id(stage: Stage, pk: int) -> Call:
    """Raises Http404."""
    call = Call.objects.filter(pk=pk, seat__stage=stage).first()
    if call is None:
        raise Http404
    return call


def open_calls(stage: Stage) -> list[Call]:
    """Who calls the secretary, longest first."""
    return list(
        Call.objects.filter(seat__stage=stage, answered_at=None)
        .select_related("seat")
        .order_by("at")
    )


def who_signed_the_closing(stage: Stage) -> User | None:
    """Who has signed the log as it stands, while a second signature is waited for."""
    waiting = Approval.objects.filter(
        kind="stage_close", subject_hash=stage.head, second=None, refused_at=None
    )
    found = waiting.select_related("first").first()
    return found.first if found else None
