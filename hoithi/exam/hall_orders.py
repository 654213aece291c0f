"""What the desk tells the hall: sittings with their rosters, and numbered orders.

Control is another store: a sitting is first stored here as prepared, then published there, and only
then marked as published, so that a crash between leaves nothing that cannot be repeated.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.entries.actions import mark_seated
from hoithi.entries.models import BY_NUMBER, Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.models import (
    A_DAY,
    Package,
    PackageState,
    RosterLine,
    RosterLineQuerySet,
    Sitting,
    SittingState,
)
from hoithi.exam.queries import held_between, last_closing, unseated_entries
from hoithi.exam.sealing import signals_days_of, together_of
from hoithi.exam.stores import control
from hoithi.hall.roster import roster_bytes
from hoithi.hall.scores import ToldScore, read_scores, write_scores
from hoithi.hall.store.api import (
    Order,
    OrderKind,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoreError,
    Withdrawal,
)
from hoithi.hall.times import Times, times_of
from hoithi.people.models import User
from hoithi.results.queries import entry_name
from hoithi.rules.codes import code_tag
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import read_questions

FURTHEST_WINDOW = timedelta(days=31)


def _tag(entry: Entry) -> bytes:
    return code_tag(str(settings.HALL_SECRET).encode(), access_code_of(entry))


def public_roster(sitting: Sitting) -> bytes:
    """The roster that names nobody, byte for byte as its hash is committed and as published."""
    return roster_bytes(sitting.public_id.bytes, _published_lines(sitting))


def _published_lines(sitting: Sitting) -> list[PublishedLine]:
    """The roster as it goes to the hall."""
    lines = sitting.lines.select_related(
        "entry__unit", "entry__category", "entry__person", "entry__team"
    )
    return [
        PublishedLine(
            line=line.line,
            entry_key=bytes.fromhex(line.entry_key),
            code_tag=bytes.fromhex(line.code_tag),
            issue=line.entry.code_issue,
            name=entry_name(line.entry),
            unit=line.entry.unit.name,
            number=line.entry.number,
            entry=line.entry.public_id.bytes,
            unit_code=line.entry.unit.code,
            category=line.entry.category.key,
            barred=line.is_barred,
        )
        for line in lines.order_by("line")
    ]


def publish_sitting(*, actor: User, each: Round, now: datetime) -> Sitting:
    """Publish the sealed package and the roster of accepted entries to the hall.

    Entries that sit already in another sitting of the round are left out, so that people accepted
    later get a sitting of their own, open for as long as the others are; who presses twice finds
    nobody left. Raises RuleViolation: `not_sealed`, `being_withdrawn`, `nobody_to_sit`,
    `entries_changed` when somebody of them was changed in the same moment, `round_over` once the
    window has passed or the questions may have been read, `together_one_sitting` for people who
    come later to a round in which all answer together.
    """
    sitting = _prepare(actor=actor, each=each, now=now)
    push_to_hall(sitting)
    return sitting


@transaction.atomic
def _prepare(*, actor: User, each: Round, now: datetime) -> Sitting:
    hold_contest(each.contest)  # of two at once the second sees whom the first has seated
    package = Package.objects.filter(round=each, state=PackageState.SEALED).first()
    if package is None:
        raise RuleViolation("not_sealed")
    if package.is_leaving:
        raise RuleViolation("being_withdrawn")
    held = list(each.sittings.filter(package=package))
    closes_at = last_closing(each, held)
    if closes_at is None or now >= closes_at:
        raise RuleViolation("round_over")
    entries = list(
        unseated_entries(each)
        .select_related("unit", "person", "team")
        .order_by("unit__position", *BY_NUMBER)
    )
    if not entries:
        raise RuleViolation("nobody_to_sit")
    together = together_of(package)
    if together is not None and held:
        raise RuleViolation("together_one_sitting")
    opens_at = held_between(each, held)[0]
    sitting = Sitting.objects.create(
        round=each,
        package=package,
        title=each.contest.short_title,
        opens_at=opens_at,
        closes_at=closes_at,
        first_opens_at=opens_at,
        first_closes_at=closes_at,
        roster_sha256="",
        published_by=actor.name,
        published_at=now,
        signals_days=signals_days_of(package),
    )
    # Where all answer together, all have one paper: drawn by chance that comes after the seal.
    common_key = os.urandom(16).hex() if together is not None else ""
    RosterLine.objects.bulk_create(
        RosterLine(
            sitting=sitting,
            line=line,
            entry=entry,
            entry_key=common_key or os.urandom(16).hex(),
            code_tag=_tag(entry).hex(),
            is_barred=bool(entry.barred_reason),
        )
        for line, entry in enumerate(entries, start=1)
    )
    mark_seated(entries)
    sitting.roster_sha256 = hashlib.sha256(public_roster(sitting)).hexdigest()
    sitting.save()
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.publish_sitting",
        target=f"sitting:{sitting.public_id.hex}",
        now=now,
        after={"lines": len(entries), "roster_sha256": sitting.roster_sha256},
    )
    return sitting


def push_to_hall(sitting: Sitting) -> None:
    """Write a prepared sitting into control; again does nothing. Raises StoreError."""
    if sitting.state != SittingState.PREPARED:
        return
    package = sitting.package
    with control() as writer:
        try:
            writer.publish(
                PublishedPackage(
                    package.public_id.hex,
                    bytes(package.questions),
                    bytes.fromhex(package.questions_sha256),
                    bytes.fromhex(package.keys_sha256),
                ),
                PublishedSitting(
                    sitting.public_id.bytes,
                    package.public_id.hex,
                    sitting.title,
                    f"{settings.PUBLIC_URL}/ket-qua-cua-toi/",
                    bytes.fromhex(sitting.roster_sha256),
                    ms(sitting.opens_at),
                    ms(sitting.closes_at),
                ),
                _published_lines(sitting),
            )
        except StoreError as error:
            if "already" not in str(error):
                raise
    Sitting.objects.filter(pk=sitting.pk, state=SittingState.PREPARED).update(
        state=SittingState.PUBLISHED
    )
    sitting.refresh_from_db()


@transaction.atomic
def _order(
    *,
    actor: User,
    sitting: Sitting,
    kind: OrderKind,
    reason: str,
    now: datetime,
    line: int | None = None,
    attempt: bytes | None = None,
    amount: int = 0,
    text: str = "",
    unit: str = "",
) -> int:
    """Give one order, with its entry in the log, which names the `unit` it is about.

    Raises RuleViolation: `reason_missing`, `sitting_over` once a sitting has been collected, since
    its chains are published with the heads they had then, `hall_out_of_reach`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    hold(sitting)
    _log_order(actor, sitting, kind, now, line, amount, reason, unit)
    with control() as writer:
        return writer.order(
            sitting=sitting.public_id.bytes,
            kind=kind,
            actor=actor.name,
            reason=reason,
            at_ms=ms(now),
            line=line,
            attempt=attempt,
            amount=amount,
            text=text,
        )


def hold(sitting: Sitting) -> None:
    """Keep the sitting in the hall until this transaction ends: collecting it waits for that.

    Raises RuleViolation `sitting_over`.
    """
    here = Sitting.objects.filter(pk=sitting.pk, state=SittingState.PUBLISHED)
    if not here.update(state=SittingState.PUBLISHED):
        raise RuleViolation("sitting_over")


def last_order_of(sitting: Sitting) -> int:
    """The number of the last order about a sitting that the hall must have heard before it can be
    collected: any but one that tells scores, which changes nothing that counts.

    Raises RuleViolation `hall_out_of_reach`.
    """
    with control() as writer:
        return writer.last_order(sitting.public_id.bytes)


def ordered_times(sitting: Sitting) -> Times:
    """The sitting's own time, and every order about it that the hall was given.

    Raises RuleViolation `hall_out_of_reach`.
    """
    key = sitting.public_id.bytes
    with control() as writer:
        return times_of(key, writer.window(key), writer.orders(key))


def _log_order(
    actor: User,
    sitting: Sitting,
    kind: OrderKind,
    now: datetime,
    line: int | None,
    amount: int,
    reason: str,
    unit: str = "",
) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"exam.order.{kind}",
        target=f"sitting:{sitting.public_id.hex}",
        now=now,
        after={"line": line, "amount": amount, "reason": reason} | ({"unit": unit} if unit else {}),
    )


@transaction.atomic
def move_close(
    *, actor: User, sitting: Sitting, closes_at: datetime, reason: str, now: datetime
) -> int:
    """Close a sitting at another time: later, earlier, or now."""
    Sitting.objects.filter(pk=sitting.pk).update(closes_at=closes_at)
    sitting.closes_at = closes_at
    return _order(
        actor=actor,
        sitting=sitting,
        kind=OrderKind.CLOSE_AT,
        reason=reason,
        now=now,
        amount=ms(closes_at),
    )


@transaction.atomic
def move_opening(
    *, actor: User, sitting: Sitting, opens_at: datetime, reason: str, now: datetime
) -> int:
    """Open a sitting at another time."""
    Sitting.objects.filter(pk=sitting.pk).update(opens_at=opens_at)
    sitting.opens_at = opens_at
    return _order(
        actor=actor,
        sitting=sitting,
        kind=OrderKind.OPEN_AT,
        reason=reason,
        now=now,
        amount=ms(opens_at),
    )


def order_withdrawal(
    *, actor: User, sitting: Sitting, step: Withdrawal, reason: str, now: datetime
) -> int:
    """Let nobody start in a sitting, let them start again, or take it out of the hall for good."""
    return _order(
        actor=actor,
        sitting=sitting,
        kind=OrderKind.WITHDRAW,
        reason=reason,
        now=now,
        amount=step,
    )


@transaction.atomic
def give_minutes(*, actor: User, line: RosterLine, minutes: int, reason: str, now: datetime) -> int:
    """Give one person more time, whole minutes."""
    _lengthen(RosterLine.objects.filter(pk=line.pk), line.sitting, minutes, now)
    return _order(
        actor=actor,
        sitting=line.sitting,
        kind=OrderKind.EXTRA_TIME,
        reason=reason,
        now=now,
        line=line.line,
        amount=minutes * 60_000,
    )


@transaction.atomic
def give_minutes_to_all(
    *,
    actor: User,
    sitting: Sitting,
    unit_id: int | None,
    minutes: int,
    reason: str,
    now: datetime,
) -> int:
    """Give a unit, or with none the whole sitting, more time in whole minutes.

    One order, given whole or not at all. Answers how many people that are. Raises RuleViolation
    `nobody_of_unit`.
    """
    lines, unit = RosterLine.objects.filter(sitting=sitting), ""
    if unit_id is not None:
        lines, unit = _of_unit(sitting, unit_id)
    _lengthen(lines, sitting, minutes, now)
    _order(
        actor=actor,
        sitting=sitting,
        kind=OrderKind.EXTRA_TIME,
        reason=reason,
        now=now,
        amount=minutes * 60_000,
        text=unit,
        unit=unit,
    )
    return lines.count()


@transaction.atomic
def give_window(
    *,
    actor: User,
    sitting: Sitting,
    line: RosterLine | None,
    unit_id: int | None,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
    now: datetime,
) -> int:
    """Let one person, or the people of one unit, start between two instants besides the sitting's
    own time; of several windows the last one given holds.

    One order, given whole or not at all. Answers how many people that are. Raises RuleViolation:
    `window_backwards`, `window_too_far` where it would keep the sitting from being collected for
    more than a month, `nobody_of_unit`.
    """
    opens_at = max(opens_at, now)
    if closes_at <= opens_at:
        raise RuleViolation("window_backwards")
    if closes_at > max(now, sitting.closes_at) + FURTHEST_WINDOW:
        raise RuleViolation("window_too_far")
    if line is not None:
        lines, unit = RosterLine.objects.filter(pk=line.pk), ""
    else:
        lines, unit = _of_unit(sitting, unit_id)
    people = lines.update(window_opens_at=opens_at, window_closes_at=closes_at)
    _order(
        actor=actor,
        sitting=sitting,
        kind=OrderKind.WINDOW,
        reason=reason,
        now=now,
        line=line.line if line is not None else None,
        amount=ms(closes_at),
        text=f"{ms(opens_at)} {unit}".rstrip(),
        unit=unit,
    )
    return people


def _lengthen(lines: RosterLineQuerySet, sitting: Sitting, minutes: int, now: datetime) -> None:
    """Note by how much later a sitting closes for some. Where attempts are counted by the day,
    minutes of earlier days are spent."""
    is_daily = read_questions(bytes(sitting.package.questions)).file.policy.attempts.per == "day"
    if is_daily:
        lines.exclude(extra_at__gt=now - A_DAY).update(extra_ms=0)
    lines.update(extra_ms=F("extra_ms") + minutes * 60_000, extra_at=now if is_daily else None)


def _of_unit(sitting: Sitting, unit_id: int | None) -> tuple[RosterLineQuerySet, str]:
    """The lines of a unit, and its code. Raises RuleViolation `nobody_of_unit`."""
    lines = RosterLine.objects.filter(sitting=sitting, entry__unit=unit_id)
    unit = lines.values_list("entry__unit__code", flat=True).first()
    if not unit:
        raise RuleViolation("nobody_of_unit")
    return lines, unit


@transaction.atomic
def reissue(*, actor: User, line: RosterLine, reason: str, now: datetime) -> str:
    """A new code for somebody who lost the slip; the old one is dead at once. Answers the code.

    A code opens every sitting of its holder, so each one in the hall is told. After the last one
    it still opens the holder's own result. Raises RuleViolation: `reason_missing`,
    `sitting_prepared` while the roster of one of them is on its way to the hall.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    entry = line.entry
    lines = RosterLine.objects.standing().filter(entry=entry)
    if lines.filter(sitting__state=SittingState.PREPARED).exists():
        raise RuleViolation("sitting_prepared")
    Entry.objects.filter(pk=entry.pk).update(code_issue=F("code_issue") + 1)
    entry.refresh_from_db()
    tag = _tag(entry)
    lines.update(code_tag=tag.hex())
    in_hall = list(lines.filter(sitting__state=SittingState.PUBLISHED).select_related("sitting"))
    for each in in_hall:
        _order(
            actor=actor,
            sitting=each.sitting,
            kind=OrderKind.REISSUE,
            reason=reason,
            now=now,
            line=each.line,
            amount=entry.code_issue,
            text=tag.hex(),
        )
    if not in_hall:
        _log_order(actor, line.sitting, OrderKind.REISSUE, now, line.line, entry.code_issue, reason)
    return access_code_of(entry)


@transaction.atomic
def tell_scores(
    *, sitting: Sitting, scores: Sequence[ToldScore], known: int, now: datetime
) -> list[ToldScore]:
    """Give the hall scores that the sealed rules promise at once, all in one order; answers those
    that had not been told yet.

    `known` is the last such order that the caller has read. Two workers take turns here, so that
    none is told twice; the log has the first, at which the keys were opened: the orders themselves
    stay in control. Raises RuleViolation: `sitting_over`, `hall_out_of_reach`.
    """
    hold(sitting)
    with control() as writer:
        since = told_scores(writer.given(sitting.public_id.bytes, OrderKind.SCORE_TO_SHOW, known))
        fresh = [each for each in scores if since.get(each.attempt) != each.receipt]
        if not fresh:
            return []
        if known == 0 and not since:
            record(
                actor_id="0",
                actor_name="hoithi",
                action="exam.open_keys_at_once",
                target=f"sitting:{sitting.public_id.hex}",
                now=now,
                after={"package": sitting.package.public_id.hex},
            )
        writer.order(
            sitting=sitting.public_id.bytes,
            kind=OrderKind.SCORE_TO_SHOW,
            actor="hoithi",
            reason="the sealed rules promise it",
            at_ms=ms(now),
            text=write_scores(fresh),
        )
    return fresh


def told_scores(orders: Iterable[Order]) -> dict[str, str]:
    """Of each attempt that was told a score, the receipt it was for; both in hex."""
    return {each.attempt: each.receipt for order in orders for each in read_scores(order.text)}


def set_void(
    *, actor: User, line: RosterLine, attempt: bytes, void: bool, reason: str, now: datetime
) -> int:
    """Make an attempt void, or restore it."""
    return _order(
        actor=actor,
        sitting=line.sitting,
        kind=OrderKind.VOID if void else OrderKind.RESTORE,
        reason=reason,
        now=now,
        line=line.line,
        attempt=attempt,
    )
