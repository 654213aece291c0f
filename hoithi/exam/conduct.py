"""Signals of a sitting on the desk: worked out, shown to the committee, erased at their date.

Only of sittings whose sealed rules announce them (docs/decisions/0017). Nothing here is stored in
the desk's own database but the dates: all of it lies in the hall's store of signals and goes with
it. Nothing here touches a mark, a place or a prize.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from hoithi.audit.actions import record
from hoithi.contests.models import Round
from hoithi.exam.models import Attempt, Sitting, SittingState
from hoithi.exam.queries import ends_at
from hoithi.exam.stores import journal, signals
from hoithi.exam.together import kept_of
from hoithi.hall.formats import START_BYTES, Kind, Row, read_start_data
from hoithi.hall.store.signals import Kept, Pace
from hoithi.people.models import User
from hoithi.rules import paper
from hoithi.rules.pace import Choice, fast_answers, least_ms

EVERY_S = 60
_COLLECTED = (SittingState.COLLECTED, SittingState.GRADED)


def erased_from(sitting: Sitting) -> datetime:
    """When the signals of a sitting are to be erased: so many days after nobody may start any more,
    and once more where a sitting was opened again after that. One query."""
    return ends_at(sitting) + timedelta(days=sitting.signals_days)


def mind_signals(now: datetime) -> int:
    """Erase what is due, and work out what the journal tells of collected sittings; answers how
    many were erased.

    All that is due goes before anything is worked out. What does not succeed is tried again the
    next time. Raises RuleViolation `hall_out_of_reach`.
    """
    sittings = list(Sitting.objects.filter(signals_days__gt=0).order_by("pk"))
    due = [sitting for sitting in sittings if _sitting_signals(sitting, now).is_overdue]
    erased = sum(_erase(sitting, now) for sitting in due)
    for sitting in sittings:
        is_new = sitting.paced_at is None and sitting.erased_at is None
        if is_new and sitting not in due and sitting.state in _COLLECTED:
            note_paces(sitting, now)
    return erased


def _erase(sitting: Sitting, now: datetime) -> int:
    """Erase the signals of a sitting; of two workers at once one writes it down.

    A store out of reach leaves no entry. Erasing takes long where there is much, and is harmless
    twice, so that no transaction of the desk's stands open meanwhile.
    """
    with signals() as store:
        store.erase(sitting.public_id.bytes)
    with transaction.atomic():
        row = Sitting.objects.filter(pk=sitting.pk, erased_at=sitting.erased_at)
        if row.update(erased_at=now) != 1:
            return 0
        record(
            actor_id="0",
            actor_name="hoithi",
            action="exam.erase_signals",
            target=f"sitting:{sitting.public_id.hex}",
            now=now,
            after={"days": sitting.signals_days},
        )
    return 1


def note_paces(sitting: Sitting, now: datetime) -> None:
    """Keep with the signals how many devices each attempt had, and how many answers were fast.

    Reads the whole journal of the sitting; what is due by the end of that is not kept any more.
    Raises RuleViolation `hall_out_of_reach`.
    """
    questions = paper.read_questions(bytes(sitting.package.questions))
    entry_keys = dict(sitting.lines.order_by().values_list("line", "entry_key"))
    lines = {line: bytes.fromhex(key) for line, key in entry_keys.items()}
    with journal() as reader:
        batches = reader.batches(sitting.public_id.bytes)
        rows = (row for batch in batches for row in batch.rows)
        paces = paces_of(rows, questions, lines, _openings(sitting, questions))
    sitting.refresh_from_db(fields=["erased_at", "closes_at"])
    if sitting.erased_at is not None or erased_from(sitting) <= timezone.now():
        return
    with signals() as store:
        store.keep_paces(sitting.public_id.bytes, paces)
    Sitting.objects.filter(pk=sitting.pk).update(paced_at=now)


def _openings(sitting: Sitting, questions: paper.Questions) -> list[int] | None:
    """When each question was opened of a round in which all answer together."""
    kept = kept_of(sitting, questions)
    return [span.opens_ms for span in kept.game.asked] if kept is not None else None


@dataclass
class _Course:
    """One attempt while rows are read; a choice is order, position, time by the page's clock."""

    start: Row | None = None
    devices: set[bytes] = field(default_factory=set)
    choices: array[int] = field(default_factory=lambda: array("q"))

    def in_order(self) -> list[Choice]:
        """As the page numbered them, device by device."""
        flat = iter(self.choices)
        return [
            Choice(at, told_ms) for _, at, told_ms in sorted(zip(flat, flat, flat, strict=True))
        ]


def paces_of(
    rows: Iterable[Row],
    questions: paper.Questions,
    entry_keys: Mapping[int, bytes],
    opened_ms: Sequence[int] | None = None,
) -> list[Pace]:
    """Devices and fast answers of each attempt of a sitting, by its rows in any order.

    `entry_keys` are by the line of the roster, `opened_ms` as `fast_answers` takes them. An attempt
    whose start is a flaw of the journal, with which two people have collected it, is left out.
    """
    courses: dict[bytes, _Course] = defaultdict(_Course)
    for row in rows:
        match row.kind:
            case Kind.START if _can_be_read(row, entry_keys):
                course = courses[row.attempt]
                course.start = row
                course.devices.add(read_start_data(row.data)[1])
            case Kind.DEVICE:
                courses[row.attempt].devices.add(row.data)
            case Kind.ANSWER:
                order = row.epoch << 32 | row.seq
                courses[row.attempt].choices.extend((order, row.item, row.client_ms))
    least = [
        least_ms(len(item.stem) + sum(len(option) for option in item.options))
        for item in questions.file.items
    ]
    found = []
    for attempt, course in sorted(courses.items()):
        start = course.start
        if start is None:
            continue
        drawn = paper.draw(questions, entry_keys[start.item], start.option)
        choices = [each for each in course.in_order() if 0 <= each.position < len(drawn)]
        of_paper = [least[place.item] for place in drawn]
        fast = fast_answers(start.server_ms, choices, of_paper, opened_ms)
        answered = len({choice.position for choice in choices})
        found.append(Pace(attempt, len(course.devices), answered, len(fast)))
    return found


def _can_be_read(start: Row, entry_keys: Mapping[int, bytes]) -> bool:
    return start.item in entry_keys and start.option > 0 and len(start.data) == START_BYTES


@dataclass(frozen=True, slots=True)
class Person:
    """Whose attempt it is: a line of a sitting, by the number of the contestant."""

    sitting: int
    line: int
    number: str
    unit: str


@dataclass(slots=True)
class ConductRow:
    """What is kept of one attempt; `group` is that of its address, where several share it."""

    person: Person
    left: int = 0
    away_ms: int = 0
    copied: int = 0
    pasted: int = 0
    devices: int = 1
    answers: int = 0
    fast: int = 0
    group: int | None = None

    @property
    def away_s(self) -> int:
        """Whole seconds, rounded down."""
        return self.away_ms // 1000

    @property
    def is_told(self) -> bool:
        """Whether there is anything to look at; sharing an address alone is nothing."""
        return bool(self.left or self.copied or self.pasted or self.fast or self.devices > 1)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """All attempts of a unit together: how many there are, and how many people show what."""

    unit: str
    attempts: int
    left: int
    away_s: int
    copied: int
    pasted: int
    devices: int
    fast: int


@dataclass(frozen=True, slots=True)
class AddressGroup:
    """People who came from one address; `units` are by how many of them."""

    number: int
    people: list[Person]
    units: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class SittingSignals:
    """A sitting that keeps signals: until when, and how far it is."""

    sitting: Sitting
    erased_from: datetime
    is_collected: bool
    is_erased: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Conduct:
    """The report on a round: those with something to look at, the longest away first."""

    sittings: list[SittingSignals]
    rows: list[ConductRow]
    units: list[UnitRow]
    groups: list[AddressGroup]
    attempts: int


def has_signals(each: Round) -> bool:
    """Whether a sitting of the round keeps signals, or has kept some. One query."""
    return each.sittings.standing().filter(signals_days__gt=0).exists()


@transaction.atomic
def read_signals(*, actor: User, each: Round, now: datetime) -> None:
    """Write down that a member of the committee reads what is kept of people in a round."""
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.read_signals",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
    )


def conduct_of(each: Round, now: datetime) -> Conduct:
    """What is kept of the collected sittings of a round. Raises RuleViolation
    `hall_out_of_reach`."""
    sittings = [
        _sitting_signals(sitting, now)
        for sitting in each.sittings.standing().filter(signals_days__gt=0).order_by("pk")
    ]
    rows: list[ConductRow] = []
    shared: list[list[Person]] = []
    for one in sittings:
        if not one.is_collected or one.is_erased or one.is_overdue:
            continue
        with signals() as store:
            kept = store.kept(one.sitting.public_id.bytes)
        own = _rows(kept, _people(one.sitting))
        rows += own.values()
        shared += _shared(kept, own)
    groups = [
        AddressGroup(number, people, Counter(person.unit for person in people).most_common())
        for number, people in enumerate(sorted(shared, key=len, reverse=True), start=1)
    ]
    group_of = {person: group.number for group in groups for person in group.people}
    for row in rows:
        row.group = group_of.get(row.person)
    told = sorted(
        (row for row in rows if row.is_told), key=lambda row: (-row.away_ms, row.person.number)
    )
    return Conduct(sittings, told, _units(rows), groups, len(rows))


def _sitting_signals(sitting: Sitting, now: datetime) -> SittingSignals:
    due = erased_from(sitting)
    is_erased = sitting.erased_at is not None and sitting.erased_at >= due
    return SittingSignals(
        sitting,
        due,
        is_collected=sitting.state in _COLLECTED,
        is_erased=is_erased,
        is_overdue=due <= now and not is_erased,
    )


def _people(sitting: Sitting) -> dict[bytes, Person]:
    """Whose each attempt of a collected sitting is. One query."""
    return {
        bytes.fromhex(attempt): Person(sitting.pk, line, number, unit)
        for attempt, line, number, unit in Attempt.objects.filter(sitting=sitting).values_list(
            "public_id", "line__line", "line__entry__number", "line__entry__unit__name"
        )
    }


def _rows(kept: Kept, people: Mapping[bytes, Person]) -> dict[bytes, ConductRow]:
    """A row for every attempt that was collected; what nobody's attempt told is left out."""
    rows = {attempt: ConductRow(person) for attempt, person in people.items()}
    for told in kept.told:
        row = rows.get(told.attempt)
        if row is None:
            continue
        match told.kind:
            case "left":
                row.left, row.away_ms = told.times, told.lasted_ms
            case "copied":
                row.copied = told.times
            case "pasted":
                row.pasted = told.times
    for pace in kept.paces:
        row = rows.get(pace.attempt)
        if row is not None:
            row.devices, row.answers, row.fast = pace.devices, pace.answers, pace.fast
    return rows


def _shared(kept: Kept, rows: Mapping[bytes, ConductRow]) -> list[list[Person]]:
    """People by address, where there are several at one; by number."""
    at: dict[bytes, set[Person]] = defaultdict(set)
    for address, attempt in kept.addresses:
        if attempt in rows:
            at[address].add(rows[attempt].person)
    return [
        sorted(people, key=lambda person: person.number)
        for people in at.values()
        if len(people) > 1
    ]


def _units(rows: Sequence[ConductRow]) -> list[UnitRow]:
    """Units that have anybody to look at, by name."""
    by_unit: dict[str, list[ConductRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.person.unit].append(row)
    return [
        UnitRow(
            unit=unit,
            attempts=len(own),
            left=_people_of(row for row in own if row.left),
            away_s=sum(row.away_ms for row in own) // 1000,
            copied=_people_of(row for row in own if row.copied),
            pasted=_people_of(row for row in own if row.pasted),
            devices=_people_of(row for row in own if row.devices > 1),
            fast=_people_of(row for row in own if row.fast),
        )
        for unit, own in sorted(by_unit.items())
        if any(row.is_told for row in own)
    ]


def _people_of(rows: Iterable[ConductRow]) -> int:
    return len({row.person for row in rows})
