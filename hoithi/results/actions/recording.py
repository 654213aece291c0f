"""Scores come in from the ways of holding a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from hoithi.audit.actions import record
from hoithi.contests.actions import fix_rules, hold_contest
from hoithi.contests.models import Round
from hoithi.contests.queries import regulation_of
from hoithi.entries.actions.lining_up import begin_round
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Entry, EntryState
from hoithi.people.actions import approve
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.results.actions.motions import put_forward
from hoithi.results.models import FrozenCounts, Grading, Motion, RecordedRound, RoundScore
from hoithi.results.queries import digest
from hoithi.results.scans import keep_scan
from hoithi.results.units import check_held_here
from hoithi.rules.canonical import Value
from hoithi.rules.errors import RuleViolation
from hoithi.rules.regulation import Regulation
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
def note_grading(
    *, each: Round, rulings: Sequence[int], plan: int, actor_name: str, now: datetime
) -> Grading:
    """Keep which rulings and which version of the plan the scores recorded with this rest on."""
    return Grading.objects.create(
        round=each, rulings=list(rulings), plan_id=plan, graded_by=actor_name, graded_at=now
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
    known = {entry.public_id.hex for entry in entries_of_round(each)}
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


def _others_wait(each: Round, subject_hash: str) -> bool:
    """Whether other minutes of the round wait for their second person."""
    waiting = Motion.objects.filter(
        round=each,
        approval__kind="minutes",
        approval__second=None,
        approval__refused_at=None,
    )
    return waiting.exclude(approval__subject_hash=subject_hash).exists()


@transaction.atomic
def record_minutes(*, actor: User, each: Round, minutes: Minutes, now: datetime) -> Approval:
    """Enter a round from its minutes: the first person enters, a second confirms the same.

    The same call by a second person of the committee with the same contents completes it. Raises
    RuleViolation: `held_by_units`, `held_in_future`, `late_without_reason`, `scan_missing`,
    `minutes_not_of_this_round`, `mark_not_a_number`, `mark_out_of_bounds`, `minutes_waiting` while
    other minutes wait to be confirmed or refused, and those of `people.actions.approve`.
    """
    hold_contest(each.contest)
    check_held_here(each)
    marks = _read_marks(each, minutes)
    if not minutes.scan:
        raise RuleViolation("scan_missing")
    today = timezone.localdate(now)
    if minutes.held_on > today:
        raise RuleViolation("held_in_future")
    if minutes.held_on < today and not minutes.late_reason.strip():
        raise RuleViolation("late_without_reason")
    scan_sha256 = keep_scan(minutes.scan)
    content: dict[str, Value] = {
        "held_on": minutes.held_on.isoformat(),
        "place": minutes.place,
        "scan": scan_sha256,
        "marks": {
            entry: {key: f"{value:f}" for key, value in by_segment.items()}
            for entry, by_segment in marks.items()
        },
    }
    subject_hash = digest(content)
    if _others_wait(each, subject_hash):
        raise RuleViolation("minutes_waiting")
    approval = approve(
        actor=actor,
        kind="minutes",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=subject_hash,
        reason=minutes.late_reason,
        now=now,
    )
    if not approval.is_complete:
        named = {"scan_name": minutes.scan_name, "late_reason": minutes.late_reason}
        put_forward(approval, each.contest, each, {**content, **named})
        return approval
    begin_round(each=each)
    fix_rules(each=each, now=now)
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
    record_live_marks(
        each=each,
        regulation=regulation_of(each),
        marks=marks,
        evidence=dict.fromkeys(marks, f"minutes:{scan_sha256[:16]}"),
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )
    return approval


def record_live_marks(
    *,
    each: Round,
    regulation: Regulation,
    marks: Mapping[str, Mapping[str, Decimal]],
    evidence: Mapping[str, str],
    actor_id: str,
    actor_name: str,
    now: datetime,
    votes: Mapping[str, Mapping[str, int]] | None = None,
) -> None:
    """Take in the marks of a live round, by entry and segment, however it was held; `evidence`
    says of each entry what its marks rest on, `votes` what the audience gave, by segment and entry.
    """
    accepted = Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED)
    participants = [
        Participant(entry.public_id.hex, entry.unit.code, bool(entry.barred_reason))
        for entry in accepted.select_related("unit")
    ]
    result = recorded_result(regulation, participants, marks, votes=votes)
    record_round_scores(
        each=each,
        rows=[
            ScoreRow(
                entry=entry,
                points=score.values["points"] or Decimal(0),
                values=score.values,
                is_barred=entry in result.barred,
                meets_requirement=entry not in result.unfit,
                evidence=evidence[entry],
            )
            for entry, score in result.scores.items()
        ],
        actor_id=actor_id,
        actor_name=actor_name,
        now=now,
    )
