"""Scores told at once, where the sealed rules promise it (docs/decisions/0018).

The worker follows the journal of every such sitting while it runs, marks each attempt when it has
ended, with the functions that grade it in the end, and gives the hall the numbers by orders, many
attempts in one. What it remembers of a journal it can read again: a worker may die at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from hoithi.contests.models import Round
from hoithi.contests.queries import online_plan, regulation_of
from hoithi.exam.actions import read_rulings
from hoithi.exam.hall_orders import tell_scores, told_scores
from hoithi.exam.models import Package, Sitting
from hoithi.exam.sealing import open_keys_at_once, promise_of
from hoithi.exam.stores import control, journal
from hoithi.hall.ledger import AttemptFacts, Unfolding
from hoithi.hall.scores import ToldScore
from hoithi.hall.store.api import JournalReader, OrderKind, Place
from hoithi.results.models import Ruling as RulingRow
from hoithi.rules import paper, scoring
from hoithi.rules.errors import RuleViolation
from hoithi.rules.marks import round_marks
from hoithi.rules.regulation import Online
from hoithi.rules.standings import duration_ms
from hoithi.verify.sittings import as_marked

LOOK_EVERY_S = 1.0
_MOST_IN_AN_ORDER = 500


@dataclass
class _Followed:
    """How far a sitting was read; `due` may have ended since, `told` was told for that receipt."""

    unfolding: Unfolding
    place: Place = field(default_factory=dict)
    due: set[bytes] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    last_order: int = 0

    def read(self, reader: JournalReader, sitting: bytes) -> None:
        """Take in all that is written by now, in short transactions."""
        is_all = False
        while not is_all:
            tail = reader.rows_after(sitting, self.place)
            self.due |= self.unfolding.add(tail.rows)
            self.place, is_all = tail.place, tail.is_all

    def learn(self, sitting: bytes) -> None:
        """Take in what was told by now, also by another worker."""
        with control() as writer:
            orders = writer.given(sitting, OrderKind.SCORE_TO_SHOW, self.last_order)
        self.told |= told_scores(orders)
        self.last_order = max([self.last_order, *(order.number for order in orders)])

    def ended(self) -> list[AttemptFacts]:
        """Those that are over and stand, and were not told the score of these answers."""
        found = [self.unfolding.ended(attempt) for attempt in sorted(self.due)]
        return [
            facts
            for facts in found
            if facts is not None
            and not facts.void
            and self.told.get(facts.attempt.hex()) != facts.receipt.hex()
        ]


_followed: dict[bytes, _Followed] = {}
_promises: dict[str, str] = {}


def forget() -> None:
    """Begin anew, as a worker does that was just started."""
    _followed.clear()


def show_scores(now: datetime) -> int:
    """Tell every score that is due; answers how many. A sitting that is over has none.

    Raises RuleViolation `hall_out_of_reach`.
    """
    promising = [each for each in _running(now) if _promise(each.package) != "none"]
    for key in _followed.keys() - {sitting.public_id.bytes for sitting in promising}:
        del _followed[key]
    return sum(_show(sitting, now) for sitting in promising)


def _running(now: datetime) -> list[Sitting]:
    """Sittings in the hall that people may have started, with sealed packages that stay."""
    return list(
        Sitting.objects.begun(now)
        .filter(package__withdrawal=None)
        .select_related("package", "round__contest")
        .defer("package__questions", "package__keys_cipher")
    )


def _promise(package: Package) -> str:
    """As the sealed file says; it is read once."""
    known = _promises.get(package.commitment)
    if known is None:
        known = _promises[package.commitment] = promise_of(package)
    return known


def _show(sitting: Sitting, now: datetime) -> int:
    key = sitting.public_id.bytes
    followed = _followed.get(key)
    if followed is None:
        questions = paper.read_questions(bytes(sitting.package.questions))
        followed = _Followed(
            Unfolding(items=questions.paper_length, grace_ms=questions.file.policy.grace_ms)
        )
        followed.learn(key)
        _followed[key] = followed
    with journal() as reader:
        followed.read(reader, key)
    ended = followed.ended()
    count = 0
    try:
        for scores in _marked(sitting, ended):
            fresh = tell_scores(sitting=sitting, scores=scores, known=followed.last_order, now=now)
            count += len(fresh)
    except RuleViolation as violation:
        if violation.code != "sitting_over":
            raise
        return count
    followed.due.clear()
    if ended:
        followed.learn(key)
    return count


def _marked(sitting: Sitting, ended: Sequence[AttemptFacts]) -> Iterator[list[ToldScore]]:
    """The scores of attempts, a good many at a time. The keys are open for as long as it takes."""
    if not ended:
        return
    questions = paper.read_questions(bytes(sitting.package.questions))
    keys = open_keys_at_once(sitting.package)
    each = sitting.round
    rulings = read_rulings(RulingRow.objects.filter(round=each).values_list("pk", flat=True))
    points_per_item = online_plan(each).points_per_item
    online = _online(each)
    for start in range(0, len(ended), _MOST_IN_AN_ORDER):
        some = ended[start : start + _MOST_IN_AN_ORDER]
        numbers = {facts.line for facts in some}
        entry_keys = dict(
            sitting.lines.filter(line__in=numbers).values_list("line", "entry_key").order_by()
        )
        scores = []
        for facts in some:
            drawn = paper.draw(questions, bytes.fromhex(entry_keys[facts.line]), facts.number)
            grade = scoring.grade(questions, keys, drawn, facts.answers, points_per_item, rulings)
            maximum = round_marks(points_per_item * grade.items)
            time_ms = duration_ms(
                online, as_marked(facts, "", grade, questions.file.policy.duration_ms)
            )
            scores.append(
                ToldScore(
                    facts.attempt.hex(),
                    facts.receipt.hex(),
                    plain(grade.points),
                    plain(maximum),
                    time_ms,
                )
            )
        yield scores


def plain(marks: Decimal) -> str:
    """Marks without zeros that say nothing: 17.5, 20."""
    return f"{marks:f}".rstrip("0").rstrip(".") if marks % 1 else f"{marks:.0f}"


def _online(each: Round) -> Online:
    online = regulation_of(each).online
    if online is None:
        raise ValueError(f"round {each.key} is not held online")
    return online
