"""Before the day: the jury, its conflicts, sealed packets, and the opening of the round."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from hoithi.audit.actions import record
from hoithi.bank.models import Collection, ItemVersion
from hoithi.bank.queries import usable_versions
from hoithi.bank.uses import taken_for
from hoithi.contests.actions import fix_rules, hold_contest
from hoithi.contests.models import Round
from hoithi.contests.queries import plan_version_of, regulation_of
from hoithi.entries.actions.lining_up import begin_round
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Entry
from hoithi.people.actions import approve
from hoithi.people.keys import vault
from hoithi.people.models import Approval, Unit, User
from hoithi.people.permissions import contest_scope
from hoithi.results.queries import entry_name
from hoithi.results.units import check_held_here
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live import events as ev
from hoithi.rules.packets import (
    Packets,
    TooFewQuestionsError,
    UnevenQuestionsError,
    make_packets,
)
from hoithi.rules.quiz import Quiz
from hoithi.rules.regulation import Regulation, Segment
from hoithi.rules.vietnamese import tidy
from hoithi.stage.actions.log import append, hold
from hoithi.stage.models import Conflict, PacketSet, Seat, SeatKind, Stage
from hoithi.stage.packets import (
    FORMAT,
    PURPOSE,
    PacketFile,
    PacketItem,
    commitment_of,
    drawn_elsewhere,
    file_bytes,
    standing_packets,
)
from hoithi.stage.queries import jury_of, stage_of
from hoithi.verify.bundle import fingerprint


@transaction.atomic
def prepare_stage(*, actor: User, each: Round, now: datetime) -> Stage:
    """The stage of a live round, made at the first call."""
    stage, made = Stage.objects.get_or_create(
        round=each,
        defaults={"head": ev.START, "prepared_by": actor.name, "prepared_at": now},
    )
    if made:
        _record(actor, stage, "stage.prepare", now)
    return stage


@transaction.atomic
def seat_judge(
    *,
    actor: User,
    stage: Stage,
    name: str,
    title: str,
    unit: Unit | None,
    is_chair: bool,
    now: datetime,
    reason: str = "",
) -> Seat:
    """Add a judge; once the round is open, with a reason that stands in its log.

    Raises RuleViolation: `reason_missing`, `one_chair_needed`, and those of the log.
    """
    hold_contest(stage.round.contest)
    stage.refresh_from_db()
    is_open = stage.plan is not None
    reason = tidy(reason)
    if is_open and not reason:
        raise RuleViolation("reason_missing")
    if is_chair:
        chairs = Seat.objects.filter(stage=stage, is_chair=True, removed_at=None)
        if is_open:  # a chair who has left is replaced
            chairs.filter(key__in=hold(stage).left).update(is_chair=False)
        if chairs.exists():
            raise RuleViolation("one_chair_needed")
    last = Seat.objects.filter(stage=stage, kind=SeatKind.JUDGE).aggregate(at=Max("position"))["at"]
    position = (last or 0) + 1
    seat = Seat.objects.create(
        stage=stage,
        kind=SeatKind.JUDGE,
        key=f"gk{position}",
        name=tidy(name),
        title=tidy(title),
        unit=unit,
        is_chair=is_chair,
        position=position,
        added_at=now,
    )
    if is_open:
        (judge,) = _judges(stage, [seat], _seated_teams(stage))
        append(
            stage=stage,
            wish=lambda _state: [ev.JudgeJoined(judge, reason)],
            actor_id=str(actor.pk),
            actor_name=actor.name,
            now=now,
        )
    _record(actor, stage, "stage.seat_judge", now, judge=seat.key, is_chair=is_chair)
    return seat


@transaction.atomic
def remove_judge(*, actor: User, seat: Seat, now: datetime) -> None:
    """Take a judge from the jury before the round is opened. Raises RuleViolation."""
    hold_contest(seat.stage.round.contest)
    _not_opened(seat.stage)
    Seat.objects.filter(pk=seat.pk, removed_at=None).update(removed_at=now, is_chair=False)
    _record(actor, seat.stage, "stage.remove_judge", now, judge=seat.key)


@transaction.atomic
def declare_conflict(
    *, actor: User, seat: Seat, entry: Entry, reason: str, now: datetime
) -> Conflict:
    """Bar a judge from a team, before the round is opened or while it goes on.

    Raises RuleViolation: `reason_missing`, and those of the log.
    """
    reason = tidy(reason)
    if not reason:
        raise RuleViolation("reason_missing")
    conflict, _ = Conflict.objects.get_or_create(
        seat=seat, entry=entry, defaults={"reason": reason, "declared_at": now}
    )
    if seat.stage.plan is not None:
        barred = ev.JudgeBarred(seat.key, entry.public_id.hex, reason)
        append(
            stage=seat.stage,
            wish=lambda _state: [barred],
            actor_id=str(actor.pk),
            actor_name=actor.name,
            now=now,
        )
    target = f"entry:{entry.public_id.hex}"
    _record(actor, seat.stage, "stage.declare_conflict", now, judge=seat.key, team=target)
    return conflict


@transaction.atomic
def reissue_code(*, actor: User, seat: Seat, now: datetime) -> Seat:
    """Give a seat a new code; the old one opens nothing any more, devices in use stay."""
    Seat.objects.filter(pk=seat.pk).update(code_issue=F("code_issue") + 1)
    seat.refresh_from_db()
    _record(actor, seat.stage, "stage.reissue_code", now, seat=seat.key, issue=seat.code_issue)
    return seat


@transaction.atomic
def build_packets(
    *, actor: User, stage: Stage, segment: str, collection: Collection, now: datetime
) -> PacketSet:
    """Draw packets and spares from the questions that were true on the contest's law date.

    None that stands in packets of another part or round is drawn: who sits in the hall of one heat
    hears it. Where there are enough that stand in no online package, only those are drawn. What
    stood before is void. Raises RuleViolation: `opened_already`,
    `part_without_questions`, `bank_too_small`, `bank_uneven`.
    """
    # Of two parts that are drawn at once the second knows what the first has drawn.
    hold_contest(stage.round.contest)
    _not_opened(stage)
    part = _quiz_part(stage, segment)
    assert part.quiz is not None
    used = drawn_elsewhere(stage, segment)
    versions = [
        each
        for each in usable_versions(collection, stage.round.contest.law_date)
        if each.stem not in used
    ]
    online = set().union(*taken_for(stage.round.contest.key).values())
    drawn = _drawn(part.quiz, [each for each in versions if each.stem not in online], versions)
    content = file_bytes(
        PacketFile(
            format=FORMAT,
            round=stage.round.key,
            segment=segment,
            salt=secrets.token_hex(32),
            seed=drawn.seed.hex(),
            items=[
                PacketItem(key, v.topic, v.level, v.stem, list(v.options), [v.key])
                for key, v in drawn.pool.items()
            ],
            packets=[list(packet) for packet in drawn.made.packets],
            spares=[list(spares) for spares in drawn.made.spares],
        )
    )
    sealed = vault().seal(PURPOSE, content)
    PacketSet.objects.filter(stage=stage, segment=segment, voided_at=None).update(voided_at=now)
    packets = PacketSet.objects.create(
        stage=stage,
        segment=segment,
        cipher=sealed.cipher,
        key_id=sealed.key_id,
        commitment=commitment_of(content),
        built_by=actor.name,
        built_at=now,
    )
    _record(actor, stage, "stage.build_packets", now, part=segment, commitment=packets.commitment)
    return packets


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Packets from a pool of questions, by the ids that these have in the file."""

    pool: Mapping[str, ItemVersion]
    seed: bytes
    made: Packets


def _drawn(quiz: Quiz, *pools: Sequence[ItemVersion]) -> _Drawn:
    """From the first pool that has enough. Raises RuleViolation by the last: `bank_too_small`,
    `bank_uneven` where the packets could not be equal in level.
    """
    short: TooFewQuestionsError | None = None
    for versions in pools:
        pool = {secrets.token_hex(8): each for each in versions}
        seed = os.urandom(32)
        kinds = {key: (each.topic, each.level) for key, each in pool.items()}
        try:
            return _Drawn(pool, seed, make_packets(quiz, kinds, seed))
        except TooFewQuestionsError as error:
            short = error
    assert short is not None
    raise RuleViolation(
        "bank_uneven" if isinstance(short, UnevenQuestionsError) else "bank_too_small",
        topic=short.part.topic,
        level=short.part.level,
        wanted=short.wanted,
        there=short.there,
    ) from short


@transaction.atomic
def seal_packets(*, actor: User, packets: PacketSet, now: datetime) -> Approval:
    """Sign the seal of a part's packets; the second of two people completes it.

    Raises RuleViolation: `packets_replaced`, and those of `people.actions.approve`.
    """
    stage = packets.stage
    hold_contest(stage.round.contest)
    packets.refresh_from_db()
    if packets.voided_at is not None:
        raise RuleViolation("packets_replaced")
    approval = approve(
        actor=actor,
        kind="packets",
        scope=contest_scope(stage.round.contest.key),
        subject=f"packets:{packets.pk}",
        subject_hash=packets.commitment,
        reason="",
        now=now,
    )
    if approval.is_complete:
        PacketSet.objects.filter(pk=packets.pk).update(sealing=approval)
        packets.refresh_from_db()
    return approval


@transaction.atomic
def open_stage(*, actor: User, stage: Stage, now: datetime) -> Stage:
    """The first line of the log: from now on the rules of the round are fixed.

    Raises RuleViolation: `opened_already`, `held_by_units` where each unit holds it on a machine of
    its own, `part_not_for_stage` where a part is marked in no way that the stage knows,
    `packets_not_sealed`, `lineup_missing` for a round that waits for its teams, `no_teams`,
    `judges_missing`, `judges_missing_for` where conflicts leave a team too few of them,
    `one_chair_needed`.
    """
    hold_contest(stage.round.contest)
    stage.refresh_from_db()
    _not_opened(stage)
    each = stage.round
    check_held_here(each)
    regulation = regulation_of(each)
    for part in regulation.segments:
        if part.judged is None and part.quiz is None and part.voted is None:
            raise RuleViolation("part_not_for_stage", part=part.label)
    packets = standing_packets(stage)
    for part in regulation.segments:
        if part.quiz and (part.key not in packets or packets[part.key].sealing is None):
            raise RuleViolation("packets_not_sealed", part=part.label)
    begin_round(each=each)
    teams = entries_of_round(each)
    judges = jury_of(stage)
    for part in regulation.segments:
        if part.judged and len(judges) < part.judged.fewest:
            raise RuleViolation("judges_missing", wanted=part.judged.fewest, there=len(judges))
    for short in teams_short_of_judges(stage, regulation, judges, teams):
        raise RuleViolation(
            "judges_missing_for",
            team=entry_name(short.team),
            part=short.part.label,
            wanted=short.wanted,
            there=short.there,
        )
    fix_rules(each=each, now=now)
    stage.plan = plan_version_of(each.contest)
    stage.save(update_fields=["plan"])
    _seat_teams(stage, teams, now)
    opened = ev.Opened(
        regulation=fingerprint(regulation),
        teams=[team.public_id.hex for team in teams],
        judges=_judges(stage, judges, teams),
        packets={key: packets[key].commitment for key in _quiz_keys(regulation.segments)},
    )
    append(
        stage=stage,
        wish=lambda _state: [opened],
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )
    _record(actor, stage, "stage.open", now, teams=len(teams), judges=len(judges))
    return stage


@dataclass(frozen=True, slots=True)
class ShortOfJudges:
    """A team that fewer judges may mark in a part than it needs."""

    team: Entry
    part: Segment
    wanted: int
    there: int


def teams_short_of_judges(
    stage: Stage, regulation: Regulation, jury: Sequence[Seat], teams: Sequence[Entry]
) -> list[ShortOfJudges]:
    """Teams that could never have a mark, for the conflicts of the jury. One query."""
    judges = _judges(stage, jury, teams)
    found = []
    for team in teams:
        there = sum(team.public_id.hex not in judge.barred for judge in judges)
        found += [
            ShortOfJudges(team, part, part.judged.fewest, there)
            for part in regulation.segments
            if part.judged is not None and there < part.judged.fewest
        ]
    return found


def _judges(stage: Stage, jury: Sequence[Seat], teams: Sequence[Entry]) -> list[ev.Judge]:
    """Barred from the teams of the judge's own unit, and from those of declared conflicts."""
    declared = set(Conflict.objects.filter(seat__stage=stage).values_list("seat", "entry"))
    return [
        ev.Judge(
            seat.key,
            seat.is_chair,
            [
                team.public_id.hex
                for team in teams
                if (seat.pk, team.pk) in declared
                or (seat.unit_id is not None and team.unit_id == seat.unit_id)
            ],
        )
        for seat in jury
    ]


def _seated_teams(stage: Stage) -> list[Entry]:
    seats = Seat.objects.filter(stage=stage, kind=SeatKind.TEAM).select_related("entry")
    return [seat.entry for seat in seats if seat.entry is not None]


def _seat_teams(stage: Stage, teams: list[Entry], now: datetime) -> None:
    Seat.objects.bulk_create(
        Seat(
            stage=stage,
            kind=SeatKind.TEAM,
            key=team.public_id.hex,
            name=team.team.name if team.team else "",
            unit=team.unit,
            entry=team,
            position=position,
            added_at=now,
        )
        for position, team in enumerate(teams, start=1)
    )


def _quiz_keys(segments: list[Segment]) -> list[str]:
    return [part.key for part in segments if part.quiz is not None]


def _quiz_part(stage: Stage, segment: str) -> Segment:
    for part in regulation_of(stage.round).segments:
        if part.key == segment and part.quiz is not None:
            return part
    raise RuleViolation("part_without_questions")


def _not_opened(stage: Stage) -> None:
    standing = stage_of(stage.round)
    if standing is not None and standing.plan_id is not None:
        raise RuleViolation("opened_already")


def _record(
    actor: User, stage: Stage, action: str, now: datetime, **facts: str | int | bool
) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=action,
        target=f"round:{stage.round.contest.key}/{stage.round.key}",
        now=now,
        after=facts,
    )
