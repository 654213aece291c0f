"""Answer sheets of a graded round that are more alike than their marks explain.

The index and what it is not: docs/rules/similarity.md. The worker compares the attempts that count
and keeps what it found; the committee writes down what it made of a pair. Nothing here touches a
mark, a place or a prize.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import transaction
from django.http import Http404

from hoithi.audit.actions import record
from hoithi.contests.models import Round
from hoithi.exam.actions import read_rulings
from hoithi.exam.item_reports import Opened, open_packages
from hoithi.exam.models import Attempt, PairReview, ReviewOutcome, RosterLine, SimilarityReport
from hoithi.people.models import User
from hoithi.results.models import RoundScore
from hoithi.results.pending import newest_grading
from hoithi.rules import similarity
from hoithi.rules.errors import RuleViolation
from hoithi.rules.similarity import Comparison, Pair, Question, Sheet
from hoithi.web.wording import marks

MOST_SHEETS = 10_000
_AT_ONCE = 500  # as many ids as a statement takes on every database
_EVIDENCE = "attempt:"
_LEAST_TOLD = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class PairRow:
    """A listed pair as a page shows it; `review` is the newest word about it."""

    pair: Pair
    first: RosterLine
    second: RosterLine
    review: PairReview | None

    @property
    def expected(self) -> Decimal:
        """So many equal answers strangers would have, to one decimal."""
        return Decimal(str(self.pair.expected)).quantize(Decimal("0.1"))

    @property
    def alarms(self) -> str:
        """How many such pairs are expected by chance, told as people read it."""
        alarms = Decimal(str(self.pair.alarms))
        if alarms < _LEAST_TOLD:
            return f"< {marks(_LEAST_TOLD)}"
        return marks(alarms.quantize(_LEAST_TOLD))

    @property
    def is_of_one_unit(self) -> bool:
        return self.first.entry.unit_id == self.second.entry.unit_id


def check_comparable(each: Round) -> None:
    """Raises RuleViolation: `not_graded_yet`, `too_many_sheets`."""
    if newest_grading(each) is None:
        raise RuleViolation("not_graded_yet")
    sheets = RoundScore.objects.filter(round=each, voided_at=None).count()
    if sheets > MOST_SHEETS:
        raise RuleViolation("too_many_sheets", count=sheets, most=MOST_SHEETS)


def compare_round(
    *,
    actor: User,
    each: Round,
    now: datetime,
    tell: Callable[[int, int], None],
    settle: Callable[[], None],
) -> SimilarityReport:
    """Compare the attempts that count, each with each, and keep what was found.

    It is stored in one short transaction, with what `settle` does. Raises RuleViolation as
    `check_comparable`.
    """
    check_comparable(each)
    sheets, questions = _gathered(each)
    found = similarity.compare(sheets, questions, tell)
    with transaction.atomic():
        report = SimilarityReport.objects.create(
            round=each,
            sheets=len(sheets),
            compared=found.compared,
            passed_over=found.passed_over,
            pairs=msgspec.to_builtins(found.pairs),
            made_by=actor.name,
            made_at=now,
        )
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action="exam.compare_sheets",
            target=f"round:{each.contest.key}/{each.key}",
            now=now,
            after={"report": report.pk, "compared": found.compared, "listed": len(found.pairs)},
        )
        settle()
    return report


def _gathered(each: Round) -> tuple[list[Sheet], dict[str, Question]]:
    """Sheets and questions, by package and question: options are numbered by package."""
    counted = [
        evidence.removeprefix(_EVIDENCE)
        for evidence in RoundScore.objects.filter(round=each, voided_at=None).values_list(
            "evidence", flat=True
        )
    ]
    attempts = _attempts(each, counted)
    opened = open_packages(list(each.sittings.standing().select_related("package")))
    rulings = read_rulings(each.rulings.values_list("pk", flat=True))
    questions = {
        f"{pk}:{item}": question
        for pk, package in {each.package: each for each in opened.values()}.items()
        for item, question in package.accepted(rulings).items()
    }
    return [
        sheet_of(attempt, opened[attempt.sitting_id]) for attempt in attempts.values()
    ], questions


def sheet_of(attempt: Attempt, package: Opened) -> Sheet:
    """What an attempt chose, by question and option of its package."""
    chosen = (each for each in package.sheet_of(attempt) if each[1] >= 0)
    return Sheet(
        attempt.public_id, {f"{package.package}:{item}": option for item, option in chosen}
    )


def _attempts(each: Round, names: Iterable[str]) -> dict[str, Attempt]:
    """Attempts of a round by their public ids, with their lines."""
    wanted = list(names)
    return {
        attempt.public_id: attempt
        for start in range(0, len(wanted), _AT_ONCE)
        for attempt in Attempt.objects.filter(
            sitting__round=each, public_id__in=wanted[start : start + _AT_ONCE]
        ).select_related("line__entry__unit", "line__entry__person", "line__entry__team")
    }


def newest_report(each: Round) -> SimilarityReport | None:
    """What was found when the round was last compared. One query."""
    return SimilarityReport.objects.filter(round=each).order_by("-pk").first()


def is_outdated(report: SimilarityReport) -> bool:
    """Whether the round was graded again since. One query."""
    grading = newest_grading(report.round)
    return grading is not None and grading.graded_at > report.made_at


def comparison_of(report: SimilarityReport) -> Comparison:
    return Comparison(
        msgspec.convert(report.pairs, tuple[Pair, ...]), report.compared, report.passed_over
    )


def pair_rows(report: SimilarityReport) -> list[PairRow]:
    """The listed pairs, the least likely first, with who they are. Three queries."""
    pairs = comparison_of(report).pairs
    names = {name for pair in pairs for name in (pair.first, pair.second)}
    attempts = _attempts(report.round, names)
    reviews: Mapping[tuple[str, str], PairReview] = {
        (row.first.public_id, row.second.public_id): row for row in _reviews(report.round)
    }
    return [
        PairRow(
            pair,
            attempts[pair.first].line,
            attempts[pair.second].line,
            reviews.get((pair.first, pair.second)),
        )
        for pair in pairs
    ]


def pair_row(report: SimilarityReport | None, first: str, second: str) -> PairRow:
    """A pair of the report. Raises Http404."""
    for row in pair_rows(report) if report else ():
        if (row.pair.first, row.pair.second) == (first, second):
            return row
    raise Http404


def _reviews(each: Round) -> list[PairReview]:
    """All that was decided in a round, oldest first. One query."""
    return list(
        PairReview.objects.filter(round=each).select_related("first", "second").order_by("pk")
    )


def reviews_of(each: Round, first: str, second: str) -> list[PairReview]:
    """All that was decided on a pair, newest first. One query."""
    rows = PairReview.objects.filter(round=each, first__public_id=first, second__public_id=second)
    return list(rows.order_by("-pk"))


@transaction.atomic
def review_pair(
    *,
    actor: User,
    each: Round,
    first: str,
    second: str,
    outcome: ReviewOutcome,
    reason: str,
    now: datetime,
) -> PairReview:
    """Write down what was made of a listed pair; what was written before stays.

    It changes nothing else: making an attempt void is an order of its own. Raises RuleViolation
    `pair_not_listed` where the newest report does not name the pair.
    """
    report = newest_report(each)
    listed = comparison_of(report).pairs if report else ()
    if (first, second) not in {(pair.first, pair.second) for pair in listed}:
        raise RuleViolation("pair_not_listed")
    attempts = _attempts(each, (first, second))
    review = PairReview.objects.create(
        round=each,
        first=attempts[first],
        second=attempts[second],
        outcome=outcome,
        reason=reason,
        decided_by=actor.name,
        decided_at=now,
    )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.review_pair",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
        after={"first": first, "second": second, "outcome": str(outcome), "reason": reason},
    )
    return review
