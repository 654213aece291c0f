"""From the journal to scores: collect a sitting, open the keys, grade, push down to results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from django.conf import settings
from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.contests.queries import online_plan, regulation_of
from hoithi.exam.models import Attempt, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import open_keys
from hoithi.exam.stores import journal
from hoithi.exam.watching import is_living
from hoithi.hall.formats import Head, Kind, Row, merkle_root, receipt_text
from hoithi.hall.ledger import Ledger, read_ledger
from hoithi.hall.store import on_postgres
from hoithi.hall.store.api import JournalReader
from hoithi.people.models import User
from hoithi.results.actions import ScoreRow, freeze_counts, record_round_scores
from hoithi.results.models import Ruling as RulingRow
from hoithi.rules import paper, scoring
from hoithi.rules.errors import RuleViolation
from hoithi.rules.scoring import Effect, Ruling
from hoithi.rules.standings import Marked, Participant, count, online_result
from hoithi.verify.bundle import Closing, WriterHead


def has_closed(reader: JournalReader, sitting: bytes, *, now_ms: int, shared: bool) -> bool:
    """Whether no node can still take an answer of the sitting (docs/decisions/0008).

    On one machine one process after another holds the journal, and one CLOSED is enough. On a
    shared journal every node that still reports itself must have written its own.
    """
    closers = {
        batch.writer
        for batch in reader.batches(sitting)
        if any(row.kind is Kind.CLOSED for row in batch.rows)
    }
    if not shared:
        return bool(closers)
    living = {node.writer for node in reader.nodes() if is_living(node, now_ms)}
    return bool(closers) and living <= closers


def _rows(reader: JournalReader, sitting: bytes, heads: Sequence[Head] | None) -> Iterator[Row]:
    last = {head.writer: head.batch for head in heads or ()}
    for batch in reader.batches(sitting):
        if heads is None or batch.number <= last.get(batch.writer, 0):
            yield from batch.rows


def ledger_of(
    sitting: Sitting, reader: JournalReader, heads: Sequence[Head] | None = None
) -> Ledger:
    """A sitting's journal as attempts: all that is written by now, or as far as these heads."""
    questions = paper.read_questions(bytes(sitting.package.questions))
    return read_ledger(
        _rows(reader, sitting.public_id.bytes, heads),
        items=questions.paper_length,
        grace_ms=questions.file.policy.grace_ms,
    )


def collect_sitting(*, actor: User, sitting: Sitting, now: datetime) -> None:
    """Take in a closed sitting: attempts, last heads of all chains, and the receipts' root.

    Keys stay shut. Raises RuleViolation: `not_published`, `hall_out_of_reach`, `hall_not_closed`,
    `journal_flawed`.
    """
    if sitting.state != SittingState.PUBLISHED:
        raise RuleViolation("not_published")
    with journal() as reader:
        if not has_closed(
            reader,
            sitting.public_id.bytes,
            now_ms=ms(now),
            shared=on_postgres(settings.HALL_JOURNAL),
        ):
            raise RuleViolation("hall_not_closed")
        heads = reader.heads(sitting.public_id.bytes)
        ledger = ledger_of(sitting, reader, heads)
    if ledger.flaws:
        raise RuleViolation("journal_flawed", flaw=ledger.flaws[0].code)
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    record_of_closing = Closing(
        sitting=sitting.public_id.hex,
        roster_sha256=sitting.roster_sha256,
        heads=[WriterHead(head.writer.hex(), head.batch, head.digest.hex()) for head in heads],
        receipts_root=merkle_root(receipts).hex(),
        receipts=len(receipts),
    )
    _store_attempts(actor, sitting, ledger, record_of_closing, now)


@transaction.atomic
def _store_attempts(
    actor: User, sitting: Sitting, ledger: Ledger, closing_record: Closing, now: datetime
) -> None:
    lines = {line.line: line for line in sitting.lines.all()}
    Attempt.objects.bulk_create(
        Attempt(
            sitting=sitting,
            line=lines[facts.line],
            public_id=facts.attempt.hex(),
            number=facts.number,
            started_ms=facts.started_ms,
            deadline_ms=facts.deadline_ms,
            submitted_ms=facts.submitted_ms,
            is_automatic=facts.automatic,
            is_void=facts.void,
            answers=list(facts.answers),
            prediction=facts.prediction,
            late_rows=facts.late_rows,
            receipt=receipt_text(facts.receipt) if facts.receipt else "",
        )
        for facts in ledger.attempts
    )
    changed = Sitting.objects.filter(pk=sitting.pk, state=SittingState.PUBLISHED).update(
        state=SittingState.COLLECTED,
        closing=msgspec.to_builtins(closing_record),
        collected_at=now,
    )
    if not changed:
        raise RuleViolation("not_published")
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
    sitting.refresh_from_db()


def rulings_of(each: Round) -> list[Ruling]:
    """The rulings on items of a round, in order."""
    return [
        Ruling(ruling.item, Effect(ruling.effect), ruling.option)
        for ruling in RulingRow.objects.filter(round=each)
    ]


@transaction.atomic
def close_round(*, actor: User, each: Round, now: datetime) -> None:
    """Open the keys, grade every attempt and push the scores down to results.

    Called again after a ruling, it grades anew and the older scores are voided. Raises
    RuleViolation `sittings_open` while a sitting has not been collected, `nobody_sat`.
    """
    sittings = list(each.sittings.select_related("package"))
    if any(sitting.collected_at is None for sitting in sittings):
        raise RuleViolation("sittings_open")
    if not Attempt.objects.filter(sitting__in=sittings).exists():
        raise RuleViolation("nobody_sat")
    for sitting in sittings:
        _grade(sitting, rulings_of(each))
    Sitting.objects.filter(pk__in=[sitting.pk for sitting in sittings]).update(
        state=SittingState.GRADED
    )
    regulation = regulation_of(each)
    participants = participants_of(each)
    attempts = marked_attempts(each)
    counts = freeze_counts(
        each=each,
        counts=count(regulation, participants, attempts),
        actor_name=actor.name,
        now=now,
    )
    result = online_result(regulation, participants, attempts, counts)
    barred, unfit = set(result.barred), set(result.unfit)
    record_round_scores(
        each=each,
        rows=[
            ScoreRow(
                entry=entry,
                points=score.values["points"] or Decimal(0),
                values=score.values,
                is_barred=entry in barred,
                meets_requirement=entry not in unfit,
                evidence=f"attempt:{result.counted[entry].attempt}",
            )
            for entry, score in result.scores.items()
        ],
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )


def _grade(sitting: Sitting, rulings: list[Ruling]) -> None:
    """Fill in the marks of a sitting's attempts."""
    package = sitting.package
    questions = paper.read_questions(bytes(package.questions))
    keys = open_keys(package)
    points_per_item = online_plan(sitting.round).points_per_item
    attempts = list(sitting.attempts.select_related("line"))
    for attempt in attempts:
        drawn = paper.draw(questions, bytes.fromhex(attempt.line.entry_key), attempt.number)
        grade = scoring.grade(questions, keys, drawn, attempt.answers, points_per_item, rulings)
        attempt.correct, attempt.points = grade.correct, grade.points
        attempt.items = grade.items
    Attempt.objects.bulk_update(attempts, ["correct", "items", "points"], batch_size=500)


def participants_of(each: Round) -> list[Participant]:
    """Every entry on a roster of the round."""
    lines = RosterLine.objects.filter(sitting__round=each).select_related("entry__unit")
    return [
        Participant(line.entry.public_id.hex, line.entry.unit.code, line.is_barred)
        for line in lines
    ]


def marked_attempts(each: Round) -> list[Marked]:
    """The graded attempts of a round, as hoithi.rules takes them."""
    attempts = Attempt.objects.filter(sitting__round=each).select_related("line__entry")
    return [
        Marked(
            attempt=attempt.public_id,
            entry=attempt.line.entry.public_id.hex,
            number=attempt.number,
            started_ms=attempt.started_ms,
            submitted_ms=min(attempt.submitted_ms, attempt.deadline_ms),
            automatic=attempt.is_automatic,
            void=attempt.is_void,
            correct=attempt.correct or 0,
            items=attempt.items or 0,
            points=Decimal("0.00") if attempt.points is None else attempt.points,
            prediction=attempt.prediction,
        )
        for attempt in attempts
    ]
