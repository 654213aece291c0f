"""Scores come in from the ways of holding a round; ties are decided; results are published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import IntegrityError, transaction

from hoithi.audit.actions import record
from hoithi.contests.models import Purpose, Round
from hoithi.contests.queries import regulation_of
from hoithi.entries.models import Entry, EntryState
from hoithi.people.actions import approve
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.results.models import (
    Award,
    FrozenCounts,
    Publication,
    RecordedRound,
    RoundScore,
    Ruling,
    TieDecision,
)
from hoithi.results.queries import proposal, publication_content
from hoithi.rules.canonical import Value, canonical
from hoithi.rules.errors import RuleViolation
from hoithi.rules.standings import Counts, Participant, recorded_result


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What a way of holding a round says of one entry, by its public id in hex."""

    entry: str
    points: Decimal
    values: Mapping[str, Decimal | None]
    is_barred: bool
    meets_requirement: bool
    evidence: str


@transaction.atomic
def record_round_scores(
    *, each: Round, rows: Sequence[ScoreRow], actor_id: str, actor_name: str, now: datetime
) -> None:
    """Take in the scores of a closed round; what was there before is voided, not overwritten."""
    entries = {entry.public_id.hex: entry for entry in Entry.objects.filter(contest=each.contest)}
    voided = RoundScore.objects.filter(round=each, voided_at=None).update(voided_at=now)
    RoundScore.objects.bulk_create(
        RoundScore(
            round=each,
            entry=entries[row.entry],
            points=row.points,
            values={
                name: None if value is None else f"{value:f}" for name, value in row.values.items()
            },
            is_barred=row.is_barred,
            meets_requirement=row.meets_requirement,
            evidence=row.evidence,
            recorded_at=now,
        )
        for row in rows
    )
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="results.record_round_scores",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
        after={"scores": len(rows), "voided": voided},
    )


@transaction.atomic
def freeze_counts(*, each: Round, counts: Counts, actor_name: str, now: datetime) -> Counts:
    """Fix the numbers that predictions are about; frozen once, later calls answer the first."""
    frozen, _ = FrozenCounts.objects.get_or_create(
        round=each,
        defaults={
            "participants": counts.participants,
            "attempts": counts.attempts,
            "all_correct": counts.all_correct,
            "frozen_by": actor_name,
            "frozen_at": now,
        },
    )
    return Counts(frozen.participants, frozen.attempts, frozen.all_correct)


@dataclass(frozen=True, slots=True)
class Minutes:
    """Signed minutes of a live round: marks by entry (public id in hex) and segment."""

    held_on: date
    place: str
    late_reason: str
    scan_name: str
    scan: bytes
    marks: Mapping[str, Mapping[str, str]]


def _read_marks(each: Round, minutes: Minutes) -> dict[str, dict[str, Decimal]]:
    """The marks as decimals within their bounds. Raises RuleViolation."""
    known = {
        entry.public_id.hex
        for entry in Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED)
    }
    segments = {segment.key: segment for segment in regulation_of(each).segments}
    read: dict[str, dict[str, Decimal]] = {}
    for entry, by_segment in minutes.marks.items():
        if entry not in known or by_segment.keys() != segments.keys():
            raise RuleViolation("minutes_not_of_this_round")
        read[entry] = {}
        for key, text in by_segment.items():
            try:
                value = Decimal(text.strip().replace(",", "."))
            except InvalidOperation as error:
                raise RuleViolation("mark_not_a_number", value=text[:20]) from error
            if not value.is_finite() or not 0 <= value <= segments[key].maximum:
                raise RuleViolation(
                    "mark_out_of_bounds", value=text[:20], maximum=f"{segments[key].maximum:f}"
                )
            read[entry][key] = value
    return read


@transaction.atomic
def record_minutes(*, actor: User, each: Round, minutes: Minutes, now: datetime) -> Approval:
    """Enter a round from its minutes: the first person enters, a second confirms the same.

    The same call by a second person of the committee with the same contents completes it. Raises
    RuleViolation: `late_without_reason`, `scan_missing`, `minutes_not_of_this_round`,
    `mark_not_a_number`, `mark_out_of_bounds`, and those of `people.actions.approve`.
    """
    marks = _read_marks(each, minutes)
    if not minutes.scan:
        raise RuleViolation("scan_missing")
    if minutes.held_on < now.date() and not minutes.late_reason:
        raise RuleViolation("late_without_reason")
    scan_sha256 = hashlib.sha256(minutes.scan).hexdigest()
    content: dict[str, Value] = {
        "held_on": minutes.held_on.isoformat(),
        "place": minutes.place,
        "scan": scan_sha256,
        "marks": {
            entry: {key: f"{value:f}" for key, value in by_segment.items()}
            for entry, by_segment in marks.items()
        },
    }
    approval = approve(
        actor=actor,
        kind="minutes",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=hashlib.sha256(canonical(content)).hexdigest(),
        reason=minutes.late_reason,
        now=now,
    )
    if not approval.is_complete:
        return approval
    RecordedRound.objects.filter(round=each, voided_at=None).update(voided_at=now)
    RecordedRound.objects.create(
        round=each,
        held_on=minutes.held_on,
        place=minutes.place,
        late_reason=minutes.late_reason,
        scan_name=minutes.scan_name,
        scan_sha256=scan_sha256,
        marks=content["marks"],
        approval=approval,
        recorded_at=now,
    )
    entries = Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED)
    participants = [
        Participant(entry.public_id.hex, str(entry.unit_id), bool(entry.barred_reason))
        for entry in entries
    ]
    result = recorded_result(regulation_of(each), participants, marks)
    record_round_scores(
        each=each,
        rows=[
            ScoreRow(
                entry=entry,
                points=score.values["points"] or Decimal(0),
                values=score.values,
                is_barred=entry in result.barred,
                meets_requirement=entry not in result.unfit,
                evidence=f"minutes:{scan_sha256[:16]}",
            )
            for entry, score in result.scores.items()
        ],
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )
    return approval


@transaction.atomic
def decide_tie(
    *, actor: User, each: Round, order: Sequence[str], reason: str, now: datetime
) -> Approval:
    """Order entries that share a place across a prize line; two people decide the same.

    Raises RuleViolation: `no_such_tie`, `reason_missing`, and those of `approve`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    ties = proposal(each).ties
    if not any(set(tie.entries) == set(order) and len(order) == len(tie.entries) for tie in ties):
        raise RuleViolation("no_such_tie")
    approval = approve(
        actor=actor,
        kind="tie",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=hashlib.sha256(canonical(list(order))).hexdigest(),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        TieDecision.objects.create(
            round=each, order=list(order), reason=reason, approval=approval, decided_at=now
        )
    return approval


@transaction.atomic
def rule_on_item(
    *,
    actor: User,
    each: Round,
    item: str,
    effect: str,
    option: int | None,
    reason: str,
    now: datetime,
) -> Approval:
    """Rule on an item after the first start; marks change when the round is graded again.

    Raises RuleViolation: `reason_missing`, and those of `approve`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    content = {"item": item, "effect": effect, "option": option}
    approval = approve(
        actor=actor,
        kind="ruling",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=hashlib.sha256(canonical(content)).hexdigest(),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        Ruling.objects.create(
            round=each,
            item=item,
            effect=effect,
            option=option,
            reason=reason,
            approval=approval,
            ruled_at=now,
        )
    return approval


@transaction.atomic
def publish(*, actor: User, each: Round, reason: str, now: datetime) -> Publication:
    """Freeze the result of a round as its next version.

    Raises RuleViolation: `not_official`, `no_scores`, `ties_open`, `reason_missing` for a
    correction, `nothing_changed`.
    """
    if each.purpose != Purpose.OFFICIAL:
        raise RuleViolation("not_official")
    proposed = proposal(each)
    if not proposed.rows:
        raise RuleViolation("no_scores")
    if proposed.ties:
        raise RuleViolation("ties_open", count=len(proposed.ties))
    last = Publication.objects.filter(round=each).order_by("-number").first()
    content = publication_content(each, proposed)
    sha256 = hashlib.sha256(canonical(content)).hexdigest()
    if last is not None and last.sha256 == sha256:
        raise RuleViolation("nothing_changed")
    if last is not None and not reason.strip():
        raise RuleViolation("reason_missing")
    try:
        with transaction.atomic():
            publication = Publication.objects.create(
                contest=each.contest,
                round=each,
                number=last.number + 1 if last else 1,
                content=content,
                sha256=sha256,
                reason=reason,
                published_by=actor.name,
                published_at=now,
            )
    except IntegrityError as error:
        raise RuleViolation("published_meanwhile") from error
    _store_awards(publication, proposed.awarded())
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="results.publish",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
        after={"version": publication.number, "sha256": sha256, "reason": reason},
    )
    return publication


def _store_awards(
    publication: Publication, awarded: Iterable[tuple[int, str, str, int, int]]
) -> None:
    Award.objects.bulk_create(
        Award(
            publication=publication,
            entry_id=entry_id,
            prize=prize,
            label=label,
            amount_vnd=amount_vnd,
            place=place,
            position=position,
        )
        for position, (entry_id, prize, label, amount_vnd, place) in enumerate(awarded, start=1)
    )
