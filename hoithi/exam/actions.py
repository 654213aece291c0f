"""From the journal to scores: collect a sitting, open the keys, grade, push down to results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from django.conf import settings
from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.models import Round
from hoithi.contests.queries import online_plan, regulation_of
from hoithi.exam.flaws import check_flaws
from hoithi.exam.hall_orders import last_order_of
from hoithi.exam.models import Attempt, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import open_keys
from hoithi.exam.stores import journal
from hoithi.exam.watching import is_living
from hoithi.hall.formats import Head, Kind, Row, merkle_root, receipt_text
from hoithi.hall.ledger import Ledger, read_ledger
from hoithi.hall.store import on_postgres
from hoithi.hall.store.api import JournalReader, NodeStatus
from hoithi.people.models import User
from hoithi.results.actions import ScoreRow, freeze_counts, record_round_scores
from hoithi.results.models import Ruling as RulingRow
from hoithi.rules import paper, scoring
from hoithi.rules.attempts import granted_ms
from hoithi.rules.errors import RuleViolation
from hoithi.rules.scoring import Effect, Ruling
from hoithi.rules.standings import Marked, Participant, count, online_result
from hoithi.verify.bundle import Closing, WriterHead


@dataclass(frozen=True, slots=True)
class Closed:
    """A node's word that it takes no answer of a sitting any more, and up to which order."""

    writer: bytes
    order: int
    at_ms: int


def has_closed(
    closings: Iterable[Closed], nodes: Sequence[NodeStatus], *, last_order: int, shared: bool
) -> bool:
    """Whether no node can still take an answer of the sitting (docs/decisions/0008).

    A word given before the last order about the sitting is void: that order may have opened it
    again. On one machine one process after another holds the journal, and one word is enough. On a
    shared journal every living node must have given its own, but those that started after one was
    given and have read it. A node lives that reported itself shortly before the newest report: all
    of this is by the hall's clock, whatever the desk's says.
    """
    standing = [each for each in closings if each.order >= last_order]
    if not shared or not standing:
        return bool(standing)
    closers = {each.writer for each in standing}
    first_ms = min(each.at_ms for each in standing)
    newest_ms = max((node.seen_ms for node in nodes), default=0)
    return all(
        node.writer in closers or node.started_ms >= first_ms
        for node in nodes
        if is_living(node, newest_ms)
    )


def read_sitting(
    sitting: Sitting, reader: JournalReader, heads: Sequence[Head] | None = None
) -> tuple[Ledger, list[Closed]]:
    """A sitting's journal, read once: its attempts, and who has closed it.

    All that is written by now, or as far as these heads.
    """
    questions = paper.read_questions(bytes(sitting.package.questions))
    last = {head.writer: head.batch for head in heads or ()}
    closings: list[Closed] = []

    def rows() -> Iterator[Row]:
        for batch in reader.batches(sitting.public_id.bytes):
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
    )
    return ledger, closings


def collect_sitting(*, actor: User, sitting: Sitting, now: datetime) -> None:
    """Take in a closed sitting: attempts, last heads of all chains, and the receipts' root.

    Keys stay shut. Raises RuleViolation: `not_published`, `sitting_open` until its closing time,
    `hall_out_of_reach`, `hall_not_closed`, also after an order that the hall has not answered by
    closing again, `journal_flawed` until two people have accepted what is wrong in the journal.
    """
    sitting.refresh_from_db()
    if sitting.state != SittingState.PUBLISHED:
        raise RuleViolation("not_published")
    if now < sitting.closes_at:
        raise RuleViolation("sitting_open")
    last_order = last_order_of(sitting)
    with journal() as reader:
        heads = reader.heads(sitting.public_id.bytes)
        ledger, closings = read_sitting(sitting, reader, heads)
        nodes = reader.nodes()
    shared = on_postgres(settings.HALL_JOURNAL)
    if not has_closed(closings, nodes, last_order=last_order, shared=shared):
        raise RuleViolation("hall_not_closed")
    check_flaws(sitting, ledger.flaws)
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    record_of_closing = Closing(
        sitting=sitting.public_id.hex,
        roster_sha256=sitting.roster_sha256,
        heads=[WriterHead(head.writer.hex(), head.batch, head.digest.hex()) for head in heads],
        receipts_root=merkle_root(receipts).hex(),
        receipts=len(receipts),
    )
    _store_attempts(actor, sitting, ledger, record_of_closing, last_order, now)


@transaction.atomic
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
    # Orders take turns with this update (hall_orders._hold): from here on there are none.
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
    """Every entry on a roster of the round, barred or not as the register says now."""
    lines = RosterLine.objects.filter(sitting__round=each).select_related("entry__unit")
    return [
        Participant(line.entry.public_id.hex, line.entry.unit.code, bool(line.entry.barred_reason))
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
            granted_ms=attempt.granted_ms,
        )
        for attempt in attempts
    ]
