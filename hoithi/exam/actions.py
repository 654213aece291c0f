"""From the journal to scores: collect a sitting, open the keys, grade, push down to results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from django.conf import settings
from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.contests.queries import online_plan, plan_version_of, regulation_of
from hoithi.exam.closings import Closed, has_closed
from hoithi.exam.flaws import check_flaws
from hoithi.exam.hall_orders import last_order_of, ordered_times
from hoithi.exam.heads import public_heads
from hoithi.exam.item_reports import Figured, Opened, figured, open_packages, store_reports
from hoithi.exam.models import Attempt, RosterLine, Sitting, SittingState
from hoithi.exam.queries import ends_at
from hoithi.exam.stores import journal
from hoithi.exam.together import flaws_of_answers, graded_together, ordered_presses
from hoithi.hall.formats import Head, Kind, Row, merkle_root, receipt_text
from hoithi.hall.ledger import Flaw, Ledger, read_ledger
from hoithi.hall.store import on_postgres
from hoithi.hall.store.api import JournalReader
from hoithi.hall.times import Times, started_outside
from hoithi.people.models import User
from hoithi.results.actions import ScoreRow, freeze_counts, note_grading, record_round_scores
from hoithi.results.models import FrozenCounts
from hoithi.results.models import Ruling as RulingRow
from hoithi.rules import paper, scoring
from hoithi.rules.attempts import granted_ms
from hoithi.rules.errors import RuleViolation
from hoithi.rules.scoring import Effect, Grade, Ruling
from hoithi.rules.standings import Counts, Marked, Participant, count, online_result
from hoithi.verify.bundle import Closing, WriterHead, fingerprint

_AT_ONCE = 500  # as many ids as a statement takes on every database


def _to_nobody(_done: int, _total: int) -> None:
    pass


def _nothing() -> None:
    pass


def read_sitting(
    sitting: Sitting,
    reader: JournalReader,
    heads: Sequence[Head] | None = None,
    tell: Callable[[int, int], None] = _to_nobody,
    awaited: set[Head] | None = None,
) -> tuple[Ledger, list[Closed]]:
    """A sitting's journal, read once: its attempts, and who has closed it.

    All that is written by now, or as far as these heads. Of those that are `awaited` the ones that
    its chains go through are taken out.
    """
    questions = paper.read_questions(bytes(sitting.package.questions))
    last = {head.writer: head.batch for head in heads or ()}
    closings: list[Closed] = []

    total = sum(last.values())

    def rows() -> Iterator[Row]:
        for done, batch in enumerate(reader.batches(sitting.public_id.bytes), start=1):
            if done < total:
                tell(done, total)
            if awaited:
                awaited.discard(Head(batch.writer, batch.number, batch.digest))
            if heads is not None and batch.number > last.get(batch.writer, 0):
                continue
            for row in batch.rows:
                if row.kind is Kind.CLOSED:
                    closings.append(Closed(batch.writer, row.item, row.server_ms))
                yield row

    ledger = read_ledger(
        rows(),
        items=questions.paper_length,
        grace_ms=questions.file.policy.grace_ms,
        roster_sha256=bytes.fromhex(sitting.roster_sha256),
        timed=questions.file.policy.together is not None,
    )
    return ledger, closings


def collect_sitting(
    *,
    actor: User,
    sitting: Sitting,
    now: datetime,
    tell: Callable[[int, int], None] = _to_nobody,
    settle: Callable[[], None] = _nothing,
) -> None:
    """Take in a closed sitting: attempts, last heads of all chains, and the receipts' root.

    Keys stay shut. The journal is read first, `tell` hears how many of its batches; what is stored
    goes into one short transaction, with what `settle` does. Raises RuleViolation: `not_published`,
    `sitting_open` until its end, `hall_out_of_reach`, `hall_not_closed`, also after an
    order that the hall has not answered by closing again, `journal_flawed` until two people have
    accepted what is wrong in the journal, ends that
    were public during the exam and are not in it among that.
    """
    sitting.refresh_from_db()
    if sitting.state != SittingState.PUBLISHED:
        raise RuleViolation("not_published")
    if now < ends_at(sitting):
        raise RuleViolation("sitting_open")
    last_order = last_order_of(sitting)
    with journal() as reader:
        heads = reader.heads(sitting.public_id.bytes)
        missed = public_heads(sitting)
        ledger, closings = read_sitting(sitting, reader, heads, tell, missed)
        nodes = reader.nodes()
    shared = on_postgres(settings.HALL_JOURNAL)
    if not has_closed(closings, nodes, last_order=last_order, shared=shared):
        raise RuleViolation("hall_not_closed")
    times, presses = ordered_times(sitting), ordered_presses(sitting)
    outside = [*_started_outside(sitting, times, ledger), *flaws_of_answers(sitting, ledger)]
    check_flaws(sitting, [*ledger.flaws, *outside], missed)
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    record_of_closing = Closing(
        sitting=sitting.public_id.hex,
        roster_sha256=sitting.roster_sha256,
        heads=[WriterHead(head.writer.hex(), head.batch, head.digest.hex()) for head in heads],
        receipts_root=merkle_root(receipts).hex(),
        receipts=len(receipts),
        times_sha256=fingerprint(times),
        presses_sha256=fingerprint(presses) if presses is not None else None,
    )
    with transaction.atomic():
        _store_attempts(actor, sitting, ledger, record_of_closing, last_order, now)
        Sitting.objects.filter(pk=sitting.pk).update(
            times=msgspec.to_builtins(times), presses=msgspec.to_builtins(presses)
        )
        settle()
    sitting.refresh_from_db()


def _started_outside(sitting: Sitting, times: Times, ledger: Ledger) -> list[Flaw]:
    """The attempts that began when their holder might not start. One query."""
    units = dict(sitting.lines.values_list("line", "entry__unit__code"))
    return [
        Flaw("started_outside", facts.attempt.hex(), "")
        for facts in started_outside(times, ledger.attempts, units)
    ]


def _store_attempts(
    actor: User,
    sitting: Sitting,
    ledger: Ledger,
    closing_record: Closing,
    last_order: int,
    now: datetime,
) -> None:
    """Collect it, unless somebody else did or has given another order meanwhile."""
    changed = Sitting.objects.filter(pk=sitting.pk, state=SittingState.PUBLISHED).update(
        state=SittingState.COLLECTED,
        closing=msgspec.to_builtins(closing_record),
        collected_at=now,
    )
    if not changed:
        raise RuleViolation("not_published")
    # Orders take turns with this update (hall_orders.hold): from here on there are none.
    if last_order_of(sitting) != last_order:
        raise RuleViolation("hall_not_closed")
    lines = {line.line: line for line in sitting.lines.all()}
    policy = paper.read_questions(bytes(sitting.package.questions)).file.policy
    duration_ms = policy.duration_ms
    Attempt.objects.bulk_create(
        Attempt(
            sitting=sitting,
            line=lines[facts.line],
            public_id=facts.attempt.hex(),
            number=facts.number,
            started_ms=facts.started_ms,
            deadline_ms=facts.deadline_ms,
            submitted_ms=facts.submitted_ms,
            granted_ms=granted_ms(
                started_ms=facts.started_ms,
                first_deadline_ms=facts.first_deadline_ms,
                deadline_ms=facts.deadline_ms,
                duration_ms=duration_ms,
            ),
            is_automatic=facts.automatic,
            is_void=facts.void,
            answers=list(facts.answers),
            answered_ms=list(facts.answered_ms) or None,
            prediction=facts.prediction,
            late_rows=facts.late_rows,
            receipt=receipt_text(facts.receipt) if facts.receipt else "",
        )
        for facts in ledger.attempts
    )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.collect_sitting",
        target=f"sitting:{sitting.public_id.hex}",
        now=now,
        after={
            "attempts": len(ledger.attempts),
            "receipts": closing_record.receipts,
            "root": closing_record.receipts_root,
        },
    )


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a grading rests on and others may change meanwhile: the plan in force, the rulings, the
    frozen numbers."""

    plan: int
    rulings: tuple[int, ...]
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class _Graded:
    """Every attempt of a round marked, by its key, and what comes of it; nothing is stored yet."""

    basis: _Basis
    grades: Mapping[int, Grade]
    counts: Counts
    rows: tuple[ScoreRow, ...]
    figured: tuple[Figured, ...]


def read_rulings(keys: Iterable[int]) -> list[Ruling]:
    """Rulings by their keys, as hoithi.rules takes them. One query."""
    return [
        Ruling(row.item, Effect(row.effect), row.option)
        for row in RulingRow.objects.filter(pk__in=keys).order_by("pk")
    ]


def _basis(each: Round) -> _Basis:
    rulings = RulingRow.objects.filter(round=each).order_by("pk")
    frozen = FrozenCounts.objects.filter(round=each).first()
    return _Basis(
        plan=plan_version_of(each.contest).pk,
        rulings=tuple(rulings.values_list("pk", flat=True)),
        counts=Counts(frozen.participants, frozen.attempts, frozen.all_correct) if frozen else None,
    )


def close_round(
    *,
    actor: User,
    each: Round,
    now: datetime,
    tell: Callable[[int, int], None] = _to_nobody,
    settle: Callable[[], None] = _nothing,
) -> None:
    """Open the keys, grade every attempt and push the scores down to results.

    Called again after a ruling, it grades anew and the older scores are voided. Everything is
    worked out first and stored in one short transaction, with what `settle` does; when a ruling or
    another plan came in between, it is worked out again. `tell` hears how far it is. Raises
    RuleViolation `sittings_open` while a sitting has not been collected, `nobody_sat`.
    """
    while not _store_grades(actor, each, _worked_out(each, tell), now, settle):
        pass


def _worked_out(each: Round, tell: Callable[[int, int], None]) -> _Graded:
    sittings = list(each.sittings.standing().select_related("package"))
    if any(sitting.collected_at is None for sitting in sittings):
        raise RuleViolation("sittings_open")
    attempts = list(Attempt.objects.filter(sitting__round=each).select_related("line__entry"))
    if not attempts:
        raise RuleViolation("nobody_sat")
    basis = _basis(each)
    rulings = read_rulings(basis.rulings)
    regulation = regulation_of(each)
    opened = open_packages(sittings)
    faced: Mapping[int, frozenset[int]] | None = None
    if regulation.together is not None:
        grades, faced = graded_together(each, opened, attempts, rulings)
    else:
        grades = _grades(each, opened, attempts, rulings, tell)
    participants = participants_of(each)
    marked = [_marked(attempt, grades[attempt.pk]) for attempt in attempts]
    counts = basis.counts or count(regulation, participants, marked)
    result = online_result(regulation, participants, marked, counts)
    barred, unfit = set(result.barred), set(result.unfit)
    rows = tuple(
        ScoreRow(
            entry=entry,
            points=score.values["points"] or Decimal(0),
            values=score.values,
            is_barred=entry in barred,
            meets_requirement=entry not in unfit,
            evidence=f"attempt:{result.counted[entry].attempt}",
        )
        for entry, score in result.scores.items()
    )
    counted = {found.attempt for found in result.counted.values()}
    sheets = [attempt for attempt in attempts if attempt.public_id in counted]
    return _Graded(basis, grades, counts, rows, figured(opened, sheets, rulings, faced))


def _grades(
    each: Round,
    opened: Mapping[int, Opened],
    attempts: Sequence[Attempt],
    rulings: Sequence[Ruling],
    tell: Callable[[int, int], None],
) -> dict[int, Grade]:
    """Draw every paper again and mark it."""
    points_per_item = online_plan(each).points_per_item
    grades = {}
    for done, attempt in enumerate(attempts, start=1):
        package = opened[attempt.sitting_id]
        grades[attempt.pk] = scoring.grade(
            package.questions,
            package.keys,
            package.paper_of(attempt),
            attempt.answers,
            points_per_item,
            rulings,
        )
        tell(done, len(attempts))
    return grades


@transaction.atomic
def _store_grades(
    actor: User, each: Round, graded: _Graded, now: datetime, settle: Callable[[], None]
) -> bool:
    """Whether it was stored: not when it rests on something else than what holds by now."""
    hold_contest(each.contest)
    if _basis(each) != graded.basis:
        return False
    alike: dict[tuple[int, int, Decimal], list[int]] = defaultdict(list)
    for pk, grade in graded.grades.items():
        alike[grade.correct, grade.items, grade.points].append(pk)
    for (correct, items, points), pks in alike.items():
        for start in range(0, len(pks), _AT_ONCE):
            some = Attempt.objects.filter(pk__in=pks[start : start + _AT_ONCE])
            some.update(correct=correct, items=items, points=points)
    Sitting.objects.standing().filter(round=each).update(state=SittingState.GRADED)
    freeze_counts(each=each, counts=graded.counts, actor_name=actor.name, now=now)
    record_round_scores(
        each=each, rows=graded.rows, actor_id=str(actor.pk), actor_name=actor.name, now=now
    )
    note_grading(
        each=each,
        rulings=graded.basis.rulings,
        plan=graded.basis.plan,
        actor_name=actor.name,
        now=now,
    )
    store_reports(graded.figured, now)
    settle()
    return True


def participants_of(each: Round) -> list[Participant]:
    """Every entry on a roster of the round, barred or not as the register says now."""
    lines = RosterLine.objects.standing().filter(sitting__round=each).select_related("entry__unit")
    return [
        Participant(line.entry.public_id.hex, line.entry.unit.code, bool(line.entry.barred_reason))
        for line in lines
    ]


def _marked(attempt: Attempt, grade: Grade) -> Marked:
    """A graded attempt, as hoithi.rules takes it."""
    return Marked(
        attempt=attempt.public_id,
        entry=attempt.line.entry.public_id.hex,
        number=attempt.number,
        started_ms=attempt.started_ms,
        submitted_ms=min(attempt.submitted_ms, attempt.deadline_ms),
        automatic=attempt.is_automatic,
        void=attempt.is_void,
        correct=grade.correct,
        items=grade.items,
        points=grade.points,
        prediction=attempt.prediction,
        granted_ms=attempt.granted_ms,
        answer_ms=grade.answer_ms,
    )
