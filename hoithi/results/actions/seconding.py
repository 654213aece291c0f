"""The second person: confirms what the first put forward, byte for byte, or refuses it."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.db import transaction

from hoithi.contests.models import Round
from hoithi.people.actions import closed, refuse
from hoithi.people.models import Approval, User
from hoithi.results.actions.choosing import choose
from hoithi.results.actions.deciding import decide_tie, decide_unit_tie, rule_on_item
from hoithi.results.actions.lineups import keep_lineup, let_leave, void_lineup
from hoithi.results.actions.recording import Minutes, record_minutes
from hoithi.results.models import Motion
from hoithi.results.pending import KEEPING, OF_LINEUPS
from hoithi.results.scans import read_scan


class Order(msgspec.Struct):
    """The content of a motion about a tie."""

    order: list[str]


class ItemRuling(msgspec.Struct):
    """The content of a motion about an item."""

    item: str
    effect: str
    option: int | None


class Chosen(msgspec.Struct):
    """The content of a motion about a side prize, or with an empty `about` about runners-up."""

    about: str
    order: list[str]


class Left(msgspec.Struct):
    """The content of a motion by which a team leaves a lineup."""

    entry: str


class EnteredMinutes(msgspec.Struct):
    """The content of a motion that enters a live round; `scan` is the hash of the scan."""

    held_on: date
    place: str
    late_reason: str
    scan: str
    scan_name: str
    marks: dict[str, dict[str, str]]


@transaction.atomic
def second_motion(*, actor: User, motion: Motion, now: datetime, late_reason: str = "") -> Approval:
    """Confirm what waits: the same call as the first person's, with what that one put forward.

    `late_reason` is for minutes that were entered on the day and are confirmed after it. Raises
    RuleViolation: `already_approved` or `already_refused` for a motion that is closed, and those
    of the act itself.
    """
    approval = motion.approval
    if approval.refused_at is not None or approval.is_complete:
        raise closed(approval)
    each = motion.round
    if each is None:
        return decide_unit_tie(
            actor=actor,
            contest=motion.contest,
            order=msgspec.convert(motion.content, Order).order,
            reason=approval.reason,
            now=now,
        )
    if approval.kind in ("choice", *OF_LINEUPS):
        return _second_lineup(actor, motion, each, now)
    if approval.kind == "minutes":
        return _second_minutes(actor, motion, each, late_reason, now)
    if approval.kind == "ruling":
        ruling = msgspec.convert(motion.content, ItemRuling)
        return rule_on_item(
            actor=actor,
            each=each,
            item=ruling.item,
            effect=ruling.effect,
            option=ruling.option,
            reason=approval.reason,
            now=now,
        )
    return decide_tie(
        actor=actor,
        each=each,
        order=msgspec.convert(motion.content, Order).order,
        reason=approval.reason,
        now=now,
    )


def _second_lineup(actor: User, motion: Motion, each: Round, now: datetime) -> Approval:
    reason = motion.approval.reason
    if motion.approval.kind == "lineup_void":
        return void_lineup(actor=actor, each=each, reason=reason, now=now)
    if motion.approval.kind == KEEPING:
        return keep_lineup(actor=actor, each=each, reason=reason, now=now)
    if motion.approval.kind == "leaving":
        entry = msgspec.convert(motion.content, Left).entry
        return let_leave(actor=actor, each=each, entry=entry, reason=reason, now=now)
    chosen = msgspec.convert(motion.content, Chosen)
    return choose(
        actor=actor, each=each, about=chosen.about, order=chosen.order, reason=reason, now=now
    )


def _second_minutes(
    actor: User, motion: Motion, each: Round, late_reason: str, now: datetime
) -> Approval:
    entered = msgspec.convert(motion.content, EnteredMinutes)
    return record_minutes(
        actor=actor,
        each=each,
        minutes=Minutes(
            held_on=entered.held_on,
            place=entered.place,
            late_reason=entered.late_reason or late_reason,
            scan_name=entered.scan_name,
            scan=read_scan(entered.scan),
            marks=entered.marks,
        ),
        now=now,
    )


def refuse_motion(*, actor: User, motion: Motion, now: datetime) -> None:
    """Refuse what waits, or take it back. Raises RuleViolation as `people.actions.refuse`."""
    refuse(actor=actor, approval=motion.approval, now=now)
