"""A sitting's people and what was ordered for them, as its pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.db.models import Q, QuerySet

from hoithi.audit.models import LogEntry
from hoithi.contests.plan.conversion import ms
from hoithi.exam.actions import read_sitting
from hoithi.exam.flaws import waiting_acceptance
from hoithi.exam.models import Attempt, RosterLine, Sitting
from hoithi.exam.stores import journal
from hoithi.people.models import Unit
from hoithi.results.queries import entry_name
from hoithi.rules.vietnamese import fold

_ORDERS = "exam.order."


def lines_of(sitting: Sitting, words: str) -> QuerySet[RosterLine]:
    """The roster, or those whose name, number or unit has the words, marks and case aside."""
    lines = (
        RosterLine.objects.filter(sitting=sitting)
        .select_related("entry__person", "entry__team", "entry__unit")
        .order_by("line")
    )
    if not words:
        return lines
    found = Q(entry__number__icontains=words)
    if folded := fold(words):
        units = [unit for unit in units_of_roster(sitting) if folded in fold(unit.name)]
        found |= Q(entry__person__folded_name__contains=folded) | Q(entry__unit__in=units)
    return lines.filter(found)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody on the roster."""

    line: int
    number: str
    name: str
    unit: str
    is_barred: bool
    window_opens_at: datetime | None
    window_closes_at: datetime | None


def person_line(line: RosterLine) -> PersonLine:
    return PersonLine(
        line=line.line,
        number=line.entry.number,
        name=entry_name(line.entry),
        unit=line.entry.unit.name,
        is_barred=bool(line.entry.barred_reason),
        window_opens_at=line.window_opens_at,
        window_closes_at=line.window_closes_at,
    )


def units_of_roster(sitting: Sitting) -> list[Unit]:
    """The units that have somebody in a sitting, in the order of the plan."""
    units = RosterLine.objects.filter(sitting=sitting).values("entry__unit")
    return list(Unit.objects.filter(pk__in=units).order_by("position", "code"))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as the log has it; `amount` is milliseconds, an instant or a duration."""

    at: datetime
    actor: str
    kind: str
    who: str
    reason: str
    amount: int

    @property
    def until(self) -> datetime | None:
        """The instant an opening or closing was moved to, or at which a window closes."""
        if self.kind not in ("open_at", "close_at", "window"):
            return None
        return datetime.fromtimestamp(self.amount / 1000, UTC)

    @property
    def is_at_once(self) -> bool:
        """Whether it closed the sitting at the moment in which it was given."""
        return self.kind == "close_at" and self.amount == ms(self.at)

    @property
    def minutes(self) -> int | None:
        return self.amount // 60_000 if self.kind == "extra_time" else None


class _Facts(msgspec.Struct):
    """What the log says of an order."""

    line: int | None
    amount: int
    reason: str
    unit: str = ""


def orders_of(sitting: Sitting, most: int) -> list[OrderRow]:
    """The newest orders of a sitting, from the log. Three queries."""
    entries = LogEntry.objects.filter(
        target=f"sitting:{sitting.public_id.hex}", action__startswith=_ORDERS
    ).order_by("-number")[:most]
    orders = [(entry, msgspec.convert(entry.after, _Facts)) for entry in entries]
    named = [facts.line for _, facts in orders if facts.line is not None]
    lines = RosterLine.objects.filter(sitting=sitting, line__in=named).select_related(
        "entry__person", "entry__team"
    )
    names = {line.line: f"{entry_name(line.entry)} ({line.entry.number})" for line in lines}
    units = {unit.code: unit.name for unit in units_of_roster(sitting)}
    return [
        OrderRow(
            at=entry.at,
            actor=entry.actor_name,
            kind=entry.action.removeprefix(_ORDERS),
            who=units.get(facts.unit, "") if facts.line is None else names.get(facts.line, ""),
            reason=facts.reason,
            amount=facts.amount,
        )
        for entry, facts in orders
    ]


@dataclass(frozen=True, slots=True)
class FlawSheet:
    """Rows that the journal of a sitting should not have, and who has signed under them."""

    rows: tuple[tuple[str, str, str], ...]
    first: str
    first_id: int | None
    second: str
    second_id: int | None


def flaw_sheet(sitting: Sitting) -> FlawSheet | None:
    """What stands in the way of collecting; none where nothing does. One query."""
    if not sitting.flaws:
        return None
    signed = waiting_acceptance(sitting)
    return FlawSheet(
        rows=tuple((code, attempt, row) for code, attempt, row in sitting.flaws),
        first=signed.first.name if signed else "",
        first_id=signed.first_id if signed else None,
        second=signed.second.name if signed and signed.second else "",
        second_id=signed.second_id if signed else None,
    )


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt of somebody: from the journal while the sitting is in the hall."""

    public_id: str
    number: int
    started_at: datetime
    ended_at: datetime | None
    is_automatic: bool
    answered: int
    late_rows: int
    is_void: bool
    receipt: str


def attempts_of(line: RosterLine) -> list[AttemptRow]:
    """Somebody's attempts. Before they are collected the whole journal of the sitting is read:
    about a second for a hundred thousand rows. Raises RuleViolation `hall_out_of_reach`."""
    if line.sitting.collected_at is not None:
        return [_collected(attempt) for attempt in line.attempts.order_by("number")]
    with journal() as reader:
        ledger, _ = read_sitting(line.sitting, reader)
    return [
        AttemptRow(
            public_id=facts.attempt.hex(),
            number=facts.number,
            started_at=_moment(facts.started_ms),
            ended_at=_moment(facts.submitted_ms) if facts.receipt else None,
            is_automatic=facts.automatic,
            answered=sum(answer >= 0 for answer in facts.answers),
            late_rows=facts.late_rows,
            is_void=facts.void,
            receipt="",
        )
        for facts in ledger.attempts
        if facts.line == line.line
    ]


def _collected(attempt: Attempt) -> AttemptRow:
    return AttemptRow(
        public_id=attempt.public_id,
        number=attempt.number,
        started_at=_moment(attempt.started_ms),
        ended_at=_moment(attempt.submitted_ms),
        is_automatic=attempt.is_automatic,
        answered=sum(answer >= 0 for answer in attempt.answers),
        late_rows=attempt.late_rows,
        is_void=attempt.is_void,
        receipt=attempt.receipt,
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
