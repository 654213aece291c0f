"""A round in which all answer together: each press at the desk is an order (docs/decisions/0023).

Where the round stands is a fold of the orders in control, so that nothing is lost with the power.
Who stands is worked out of the journal when every node of the hall has said that it takes no answer
to the question any more; the keys are open for as long as that takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.contests.queries import online_plan, regulation_of
from hoithi.exam.closings import Closed, has_closed
from hoithi.exam.hall_orders import hold, move_close
from hoithi.exam.item_reports import Opened
from hoithi.exam.models import Attempt, Sitting
from hoithi.exam.sealing import open_keys_at_once, together_of
from hoithi.exam.stores import control, journal
from hoithi.exam.watching import is_living
from hoithi.hall.formats import Kind
from hoithi.hall.ledger import Flaw, Ledger, read_ledger
from hoithi.hall.presses import Presses, answered_outside, presses_of, sheet_of
from hoithi.hall.store import on_postgres
from hoithi.hall.store.api import NodeStatus, Order, OrderKind, Place
from hoithi.people.models import User
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import Paper, Questions
from hoithi.rules.scoring import Grade, Ruling, grades_together, right_options
from hoithi.rules.together import (
    Announced,
    AnyEvent,
    Asked,
    Cancelled,
    Ended,
    Game,
    Given,
    Rescued,
    Sheet,
    faced,
    play,
    players_of,
    read_log,
    winners,
    write_event,
)

LEAD = timedelta(seconds=4)
"""How long before its opening a question is ordered: every phone has heard of it by then."""
SHOWN_TO_THE_END = timedelta(seconds=30)
"""How long the hall goes on showing the end before it hands in for all."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a round stands; `orders` are the presses that count, as control has them."""

    sitting: Sitting
    questions: Questions
    game: Game
    events: list[AnyEvent]

    @property
    def paper(self) -> Paper:
        """The paper that all have."""
        line = self.sitting.lines.order_by("line")[0]
        return paper.draw(self.questions, bytes.fromhex(line.entry_key), 1)


def stand_of(sitting: Sitting) -> Stand:
    """Where the round stands by the presses so far. Raises RuleViolation: `not_together`,
    `hall_out_of_reach`."""
    with control() as writer:
        given = writer.given(sitting.public_id.bytes, OrderKind.TOGETHER, 0)
    return _stand(sitting, given)


def _stand(sitting: Sitting, given: list[Order]) -> Stand:
    questions = paper.read_questions(bytes(sitting.package.questions))
    rule = questions.file.policy.together
    if rule is None:
        raise RuleViolation("not_together")
    game, events = read_log(rule, questions.paper_length, [order.text for order in given])
    return Stand(sitting, questions, game, events)


@transaction.atomic
def _press(
    *,
    actor: User,
    sitting: Sitting,
    seen: int,
    now: datetime,
    make: Callable[[Stand], AnyEvent],
    reason: str = "",
) -> AnyEvent:
    """Give the order of one press, unless another one was given since the page was read.

    Raises RuleViolation: those of `rules.together.Game`, `together_changed` with what was pressed,
    `sitting_over`, `hall_out_of_reach`.
    """
    hold(sitting)
    with control() as writer:
        stand = _stand(sitting, writer.given(sitting.public_id.bytes, OrderKind.TOGETHER, 0))
        if stand.game.number != seen:
            raise _changed(stand)
        event = make(stand)
        stand.game.take(event)
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action="exam.order.together",
            target=f"sitting:{sitting.public_id.hex}",
            now=now,
            after={
                "line": None,
                "amount": stand.game.number,
                "reason": reason,
                "event": type(event).__name__,
            },
        )
        writer.order(
            sitting=sitting.public_id.bytes,
            kind=OrderKind.TOGETHER,
            actor=actor.name,
            reason=reason or "theo diễn biến vòng thi",
            at_ms=ms(now),
            amount=stand.game.number,
            text=write_event(event),
        )
    return event


def _changed(stand: Stand) -> RuleViolation:
    """Somebody else has pressed meanwhile; told is what."""
    number = len(stand.game.asked)
    match stand.game.last:
        case Asked():
            return RuleViolation("together_asked_meanwhile", number=number)
        case Announced():
            return RuleViolation("together_announced_meanwhile", number=number)
        case Rescued():
            return RuleViolation("together_rescued_meanwhile", people=len(stand.game.back))
        case Cancelled():
            return RuleViolation("together_cancelled_meanwhile", number=number)
        case _:
            return RuleViolation("together_changed")


def ask(*, actor: User, sitting: Sitting, seen: int, now: datetime) -> AnyEvent:
    """Open the next question in a few seconds.

    Raises RuleViolation besides those of a press: `together_not_open` outside the sitting's time
    or so near its end that the question would not be over.
    """

    def make(stand: Stand) -> Asked:
        opens_ms = max(ms(now + LEAD), stand.game.opens_from_ms)
        closes_ms = opens_ms + stand.game.rule.seconds * 1000
        if now < sitting.opens_at or closes_ms > ms(sitting.closes_at):
            raise RuleViolation("together_not_open")
        return Asked(len(stand.game.asked), opens_ms, closes_ms)

    return _press(actor=actor, sitting=sitting, seen=seen, now=now, make=make)


def announce(*, actor: User, sitting: Sitting, seen: int, now: datetime) -> AnyEvent:
    """Mark the question that is over and tell who stands.

    Raises RuleViolation besides those of a press: `together_not_shut` until every node of the hall
    has said that it takes no answer to it any more.
    """

    def make(stand: Stand) -> Announced:
        item = stand.game.pending
        if item is None:
            raise RuleViolation("together_nothing_asked")
        answers = _answers(stand, item)
        keys = open_keys_at_once(sitting.package)
        right = right_options(stand.questions, keys, stand.paper)
        if not stand.game.has_standing:
            _log_keys(sitting, now)
        played = play([*stand.events, Announced(item, [], [], [])], answers, right)
        before = stand.game.standing if stand.game.has_standing else frozenset(answers)
        stay = played.told[item] & before
        return Announced(item, sorted(right[item] or ()), sorted(stay), sorted(before - stay))

    return _press(actor=actor, sitting=sitting, seen=seen, now=now, make=make)


def _log_keys(sitting: Sitting, now: datetime) -> None:
    record(
        actor_id="0",
        actor_name="hoithi",
        action="exam.open_keys_at_once",
        target=f"sitting:{sitting.public_id.hex}",
        now=now,
        after={"package": sitting.package.public_id.hex},
    )


def _answers(stand: Stand, item: int) -> dict[int, list[Given | None]]:
    """The answers of every line by the journal. Raises RuleViolation `together_not_shut` while a
    node may still take one to this question."""
    shut: list[Closed] = []
    with journal() as reader:
        rows = [
            (batch.writer, row)
            for batch in reader.batches(stand.sitting.public_id.bytes)
            for row in batch.rows
        ]
        nodes = reader.nodes()
    for writer, row in rows:
        if row.kind is Kind.SHUT:
            shut.append(Closed(writer, row.item, row.server_ms))
    shared = on_postgres(settings.HALL_JOURNAL)
    if not has_closed(shut, nodes, last_order=item, shared=shared):
        raise RuleViolation("together_not_shut")
    ledger = read_ledger(
        (row for _, row in rows),
        items=stand.questions.paper_length,
        grace_ms=stand.questions.file.policy.grace_ms,
        timed=True,
    )
    playing = players_of(sheet_of(facts) for facts in ledger.attempts)
    return {line: sheet.given for line, sheet in playing.items()}


def rescue(*, actor: User, sitting: Sitting, seen: int, now: datetime) -> AnyEvent:
    """Bring back those whom the plan's rescue brings back now."""

    def make(stand: Stand) -> Rescued:
        return Rescued(stand.game.rescued_now())

    return _press(actor=actor, sitting=sitting, seen=seen, now=now, make=make)


def cancel(*, actor: User, sitting: Sitting, seen: int, reason: str, now: datetime) -> AnyEvent:
    """The question asked last puts nobody out. Raises RuleViolation `reason_missing`."""
    if not reason.strip():
        raise RuleViolation("reason_missing")

    def make(stand: Stand) -> Cancelled:
        if not stand.game.may_cancel:
            raise RuleViolation("together_nothing_asked")
        return Cancelled(len(stand.game.asked) - 1)

    return _press(actor=actor, sitting=sitting, seen=seen, now=now, make=make, reason=reason)


@transaction.atomic
def end(*, actor: User, sitting: Sitting, seen: int, reason: str, now: datetime) -> AnyEvent:
    """Tell who has won; the hall hands in for all soon afterwards.

    Raises RuleViolation `reason_missing`: an end before the plan's end needs it as well.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")

    def make(stand: Stand) -> Ended:
        return Ended(_winners(stand) if stand.game.may_end else [])

    event = _press(actor=actor, sitting=sitting, seen=seen, now=now, make=make, reason=reason)
    closes_at = now + SHOWN_TO_THE_END
    if closes_at < sitting.closes_at:
        move_close(actor=actor, sitting=sitting, closes_at=closes_at, reason=reason, now=now)
    return event


def ordered_presses(sitting: Sitting) -> Presses | None:
    """Every press of a sitting as the hall was given it; none of a round of the own pace.

    Raises RuleViolation `hall_out_of_reach`.
    """
    if together_of(sitting.package) is None:
        return None
    with control() as writer:
        return presses_of(sitting.public_id.bytes, writer.orders(sitting.public_id.bytes))


def flaws_of_answers(sitting: Sitting, ledger: Ledger) -> list[Flaw]:
    """Answers that a hall has counted although their question was not open."""
    if together_of(sitting.package) is None:
        return []
    stand = stand_of(sitting)
    found = answered_outside(
        [sheet_of(facts) for facts in ledger.attempts],
        stand.game.asked,
        stand.questions.file.policy.grace_ms,
    )
    return [Flaw("answered_outside", attempt, str(item + 1)) for attempt, item in found]


def graded_together(
    each: Round,
    opened: Mapping[int, Opened],
    attempts: Sequence[Attempt],
    rulings: Sequence[Ruling],
) -> tuple[dict[int, Grade], dict[int, frozenset[int]]]:
    """The marks of every attempt by its key, from what was kept of its sitting; and the questions
    that it faced."""
    points_per_item = online_plan(each).points_per_item
    grades: dict[int, Grade] = {}
    asked: dict[int, frozenset[int]] = {}
    for key, package in opened.items():
        own = [attempt for attempt in attempts if attempt.sitting_id == key]
        if not own:
            continue
        kept = kept_of(own[0].sitting, package.questions)
        if kept is None:
            raise RuntimeError("the plan says together, and what was sealed does not")
        right = right_options(package.questions, package.keys, package.paper_of(own[0]), rulings)
        sheets = [
            Sheet(
                attempt.public_id,
                attempt.line.line,
                attempt.number,
                attempt.answers,
                attempt.answered_ms or (),
            )
            for attempt in own
        ]
        found = grades_together(kept.events, sheets, right, points_per_item)
        grades |= {attempt.pk: found[attempt.public_id] for attempt in own}
        by_line = kept.faced_by(attempt.line.line for attempt in own)
        asked |= {attempt.pk: by_line[attempt.line.line] for attempt in own}
    return grades, asked


@dataclass(frozen=True, slots=True)
class KeptLog:
    """A round as it was kept with its collected sitting."""

    game: Game
    events: list[AnyEvent]

    def faced_by(self, lines: Iterable[int]) -> dict[int, frozenset[int]]:
        """The questions that each of these lines was asked (`rules.together.faced`)."""
        return faced(self.game.rule, self.game.items, self.events, lines)


def kept_of(sitting: Sitting, questions: Questions) -> KeptLog | None:
    """None of a round of the own pace."""
    rule = questions.file.policy.together
    if rule is None:
        return None
    presses = msgspec.convert(sitting.presses, Presses)
    return KeptLog(*read_log(rule, questions.paper_length, presses.texts))


@dataclass
class _Heard:
    """How far a sitting's journal was read, who has begun and answered which question, and to which
    a node takes no answer any more."""

    place: Place = field(default_factory=dict)
    begun: set[bytes] = field(default_factory=set)
    shut: set[int] = field(default_factory=set)
    nodes: list[NodeStatus] = field(default_factory=list)
    answered: dict[int, set[bytes]] = field(default_factory=dict)


_MOST_HEARD = 8
_heard: dict[bytes, _Heard] = {}


def _hear(sitting: Sitting) -> _Heard:
    """What the journal says by now; each look reads what is new. Raises RuleViolation
    `hall_out_of_reach`."""
    key = sitting.public_id.bytes
    heard = _heard.get(key)
    if heard is None:
        if len(_heard) >= _MOST_HEARD:  # rounds of other days: none goes on for ever
            _heard.clear()
        heard = _heard[key] = _Heard()
    is_all = False
    with journal() as reader:
        while not is_all:
            tail = reader.rows_after(key, heard.place)
            for row in tail.rows:
                if row.kind is Kind.START:
                    heard.begun.add(row.attempt)
                elif row.kind is Kind.ANSWER:
                    heard.answered.setdefault(row.item, set()).add(row.attempt)
                elif row.kind is Kind.SHUT:
                    heard.shut.add(row.item)
            heard.place, is_all = tail.place, tail.is_all
        nodes = sorted(reader.nodes(), key=lambda node: node.started_ms)
    # On one machine one process after another holds the journal: the last one is the hall.
    heard.nodes = nodes if on_postgres(settings.HALL_JOURNAL) else nodes[-1:]
    return heard


def _is_away(nodes: Sequence[NodeStatus], opens_ms: int, now_ms: int) -> bool:
    """Whether no node lives that was there when a question opened: it may not have been open for
    all."""
    return not any(is_living(node, now_ms) and node.started_ms <= opens_ms for node in nodes)


@dataclass(frozen=True, slots=True)
class Console:
    """What the desk's page shows of a round, and what may be pressed.

    `seconds` are left of what is counted down: to the opening, or to the close. Of `people` on the
    roster `begun` have started, and `answered` have answered the question asked last. `spares` are
    left to stand in for cancelled questions. `was_away` says of the question that waits to be
    announced that the hall was not there all the time.
    """

    people: int
    begun: int
    answered: int
    seen: int
    number: int
    items: int
    spares: int
    seconds: int
    is_waiting: bool
    is_open: bool
    is_over: bool
    was_away: bool
    left: int | None
    out: int | None
    stem: str
    options: list[tuple[str, bool]]
    may_ask: bool
    may_announce: bool
    may_rescue: bool
    may_cancel: bool
    may_end: bool
    back: int
    winners: list[str]
    is_ended: bool
    is_cancelled: bool

    @property
    def state(self) -> str:
        """Another one when anything is to be seen but the seconds, which the page counts itself."""
        return hashlib.sha256(repr(replace(self, seconds=0)).encode()).hexdigest()[:16]


def console_of(sitting: Sitting, now: datetime) -> Console:
    """Where a round stands for whoever runs it. Raises RuleViolation: `not_together`,
    `hall_out_of_reach`."""
    stand = stand_of(sitting)
    game, now_ms = stand.game, ms(now)
    at = len(game.asked) - 1
    span = game.asked[-1] if game.asked else None
    is_pending = game.pending is not None and span is not None
    is_waiting = is_pending and span is not None and now_ms < span.opens_ms
    is_open = is_pending and span is not None and span.opens_ms <= now_ms < span.closes_ms
    until_ms = (span.opens_ms if is_waiting else span.closes_ms) if span is not None else 0
    is_over = is_pending and not is_waiting and not is_open
    told = game.announced.get(at)
    # Nobody at the desk reads it sooner than those who answer.
    stem, options = _texts(stand, at) if span is not None and not is_waiting else ("", [])
    winners_of = game.ended.winners if game.ended is not None else []
    numbers = sitting.lines.filter(line__in=winners_of).values_list("entry__number", flat=True)
    heard = _hear(sitting)
    return Console(
        people=sitting.lines.count(),
        begun=len(heard.begun),
        answered=len(heard.answered.get(at, ())),
        seen=game.number,
        number=at + 1,
        items=game.length,
        spares=game.spares_left,
        seconds=max(0, -(-(until_ms - now_ms) // 1000)) if is_waiting or is_open else 0,
        is_waiting=is_waiting,
        is_open=is_open,
        is_over=is_over,
        was_away=span is not None
        and (is_open or is_over)
        and _is_away(heard.nodes, span.opens_ms, now_ms),
        left=len(game.standing) if game.has_standing else None,
        out=len(game.out_at) if game.has_standing else None,
        stem=stem,
        options=[
            (option, told is not None and index in told.right)
            for index, option in enumerate(options)
        ],
        may_ask=game.may_ask,
        may_announce=is_over and at in heard.shut,
        may_rescue=game.may_rescue,
        may_cancel=game.may_cancel,
        may_end=game.may_end,
        back=len(game.rescued_now()) if game.may_rescue else 0,
        winners=list(numbers.order_by("line")),
        is_ended=game.ended is not None,
        is_cancelled=at in game.cancelled,
    )


def _texts(stand: Stand, at: int) -> tuple[str, list[str]]:
    """A question of the common paper as it is served."""
    place = stand.paper[at]
    item = stand.questions.file.items[place.item]
    return item.stem, [item.options[index] for index in place.order]


def _winners(stand: Stand) -> list[int]:
    sitting = stand.sitting
    if not stand.game.has_standing:
        return []
    answers = _answers(stand, max(stand.game.announced))
    right = right_options(stand.questions, open_keys_at_once(sitting.package), stand.paper)
    played = play(stand.events, answers, right)
    barred = frozenset(
        sitting.lines.exclude(entry__barred_reason="").values_list("line", flat=True)
    )
    return winners(played.players, regulation_of(sitting.round).ranking, barred)
