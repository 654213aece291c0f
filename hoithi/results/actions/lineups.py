"""Who takes part in heats, semi-finals and finals: fixed, drawn, left, void (decision 0022)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import fix_rules, hold_contest
from hoithi.contests.models import Round
from hoithi.entries.actions.lining_up import (
    Fixed,
    write_draw,
    write_leaving,
    write_lineup,
    write_void,
)
from hoithi.entries.lineups import field_round, standing_lineup, teams_by_round
from hoithi.entries.models import Entry, Lineup
from hoithi.people.actions import approve
from hoithi.people.keys import vault
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.people.vault import Sealed
from hoithi.results.actions.motions import put_forward
from hoithi.results.pending import KEEPING
from hoithi.results.qualifying import (
    came,
    changed_since,
    cut_choices,
    entrants_of,
    has_begun,
    keeping_of,
    seats_of,
    sources_of,
)
from hoithi.results.queries import digest
from hoithi.rules.canonical import Value
from hoithi.rules.draw import commit, lots_seed
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import deal, successor
from hoithi.rules.ranking import lots
from hoithi.rules.vietnamese import tidy
from hoithi.verify.lineups import Seat

SECRETS = "lineup_lots"
_MOST_REASON = 500
_MOST_DIGITS = 40


@transaction.atomic
def fix_lineup(*, actor: User, each: Round, now: datetime) -> Lineup:
    """Freeze who comes into a round, and into those that are drawn together with it.

    With several rounds the secret of the draw is sealed at the same moment and its hash is public.
    From now on the rules of these rounds are changed by two people only. Raises RuleViolation:
    `everybody_takes_part`, `source_unpublished`, `source_outdated`, `runners_up_equal`,
    `lineup_fixed_already`, and those of `rules.qualifying.deal`.
    """
    hold_contest(each.contest)
    rule, first = entrants_of(each), field_round(each) or each
    found = came(first)
    # Says now already what could not be dealt, whatever the lots.
    dealt = deal([seat.entry for seat in found.seats], rule, _keeps(rule.apart, found.seats))
    secret = os.urandom(32) if len(rule.among) > 1 else b""
    lineup = write_lineup(
        first=first,
        fixed=Fixed(
            among=rule.among,
            sources=found.sources,
            decisions=found.decisions,
            seats=[
                {"entry": seat.entry, "unit": seat.unit, "origin": seat.origin}
                for seat in found.seats
            ],
            commitment=commit(secret) if secret else "",
            sealed=vault().seal(SECRETS, secret) if secret else None,
        ),
        actor_name=actor.name,
        now=now,
    )
    for one in first.contest.rounds.filter(key__in=rule.among).select_related("contest"):
        fix_rules(each=one, now=now)
    if not secret:
        write_draw(lineup=lineup, order=[], rounds=dealt, now=now)
    _record(actor, lineup, "lineup.fix", now, teams=len(found.seats), commitment=lineup.commitment)
    return lineup


@transaction.atomic
def draw_lineup(*, actor: User, lineup: Lineup, number: str, now: datetime) -> Lineup:
    """Open the secret beside the number that somebody in the hall gave: the lots follow from both.

    Raises RuleViolation: `not_a_number`, `lineup_drawn`.
    """
    number = number.strip()
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise RuleViolation("not_a_number")
    if lineup.cipher is None:
        raise RuleViolation("lineup_drawn")
    secret = vault().open(SECRETS, Sealed(lineup.key_id, bytes(lineup.cipher)))
    seats = seats_of(lineup)
    places = lots([seat.entry for seat in seats], lots_seed(secret, number))
    order = sorted(places, key=places.__getitem__)
    write_draw(
        lineup=lineup,
        order=order,
        rounds=deal(order, entrants_of(lineup.round), _keeps(_apart(lineup), seats)),
        number=number,
        secret=secret.hex(),
        now=now,
    )
    _record(actor, lineup, "lineup.draw", now, number=number)
    return lineup


@transaction.atomic
def draw_by_hand(
    *, actor: User, lineup: Lineup, order: Sequence[str], reason: str, now: datetime
) -> Lineup:
    """Enter lots of paper that were drawn in the hall. Raises RuleViolation: `reason_missing`,
    `lots_not_all`, `lineup_drawn`."""
    reason = tidy(reason)[:_MOST_REASON]
    if not reason:
        raise RuleViolation("reason_missing")
    seats = seats_of(lineup)
    if sorted(order) != sorted(seat.entry for seat in seats):
        raise RuleViolation("lots_not_all")
    write_draw(
        lineup=lineup,
        order=order,
        rounds=deal(order, entrants_of(lineup.round), _keeps(_apart(lineup), seats)),
        by_hand=reason,
        now=now,
    )
    _record(actor, lineup, "lineup.draw_by_hand", now, reason=reason)
    return lineup


def _apart(lineup: Lineup) -> str:
    return entrants_of(lineup.round).apart


def _keeps(apart: str, seats: Sequence[Seat]) -> dict[str, str]:
    return {seat.entry: seat.unit if apart == "unit" else seat.origin for seat in seats}


@transaction.atomic
def let_leave(*, actor: User, each: Round, entry: str, reason: str, now: datetime) -> Approval:
    """A team leaves a round before it is opened; two people sign, and the next in order comes.

    Raises RuleViolation: `reason_missing`, `lineup_missing`, `no_such_team`, `round_has_begun`,
    `next_undecided`, `source_unpublished`, `source_outdated`, and those of `approve`.
    """
    hold_contest(each.contest)
    reason = tidy(reason)[:_MOST_REASON]
    if not reason:
        raise RuleViolation("reason_missing")
    lineup = _drawn(each)
    if entry not in teams_by_round(lineup).get(each.key, ()):
        raise RuleViolation("no_such_team")
    if has_begun(lineup, each.key):
        raise RuleViolation("round_has_begun")
    approval = _sign(actor, each, "leaving", {"lineup": lineup.pk, "entry": entry}, reason, now)
    if approval.is_complete:
        comes = _successor(lineup, entry)
        entries = {one.public_id.hex: one for one in Entry.objects.filter(category=each.category)}
        write_leaving(
            lineup=lineup,
            gone=entries[entry],
            comes=entries[comes] if comes else None,
            decisions=cut_choices(lineup.round),
            approval=approval,
            now=now,
        )
        _record(actor, lineup, "lineup.leave", now, team=f"entry:{entry}", comes=f"entry:{comes}")
    return approval


def _successor(lineup: Lineup, leaving: str) -> str:
    rule = entrants_of(lineup.round)
    if not rule.from_:
        return ""
    sources, _ = sources_of(lineup.contest, rule)
    gone = [each.entry.public_id.hex for each in lineup.leavings.select_related("entry")]
    # What was decided for the cut since the list was fixed counts for those who come later.
    return successor(rule, sources, cut_choices(lineup.round), gone, leaving)


@transaction.atomic
def void_lineup(*, actor: User, each: Round, reason: str, now: datetime) -> Approval:
    """A list does not hold: two people sign, it stays readable, and another one can be fixed.

    Raises RuleViolation: `reason_missing`, `lineup_missing`, `round_has_begun`, and those of
    `approve`.
    """
    hold_contest(each.contest)
    reason = tidy(reason)[:_MOST_REASON]
    if not reason:
        raise RuleViolation("reason_missing")
    lineup = standing_lineup(each)
    if lineup is None:
        raise RuleViolation("lineup_missing")
    if any(has_begun(lineup, key) for key in lineup.among):
        raise RuleViolation("round_has_begun")
    approval = _sign(actor, lineup.round, "lineup_void", {"lineup": lineup.pk}, reason, now)
    if approval.is_complete:
        write_void(lineup=lineup, approval=approval, now=now)
        _record(actor, lineup, "lineup.void", now, reason=reason)
    return approval


@transaction.atomic
def keep_lineup(*, actor: User, each: Round, reason: str, now: datetime) -> Approval:
    """A list stands although results before it were corrected; two people sign it with the reason.

    They sign in whom it differs: after another correction the decision no longer covers it. Raises
    RuleViolation: `reason_missing`, `lineup_missing`, `lineup_as_results`, those of
    `results.qualifying.came` and of `approve`.
    """
    hold_contest(each.contest)
    reason = tidy(reason)[:_MOST_REASON]
    if not reason:
        raise RuleViolation("reason_missing")
    lineup = _drawn(each)
    found = changed_since(lineup)
    if found is None or not (found.left_out or found.foreign):
        raise RuleViolation("lineup_as_results")
    approval = _sign(actor, lineup.round, KEEPING, keeping_of(lineup, found), reason, now)
    if approval.is_complete:
        _record(
            actor,
            lineup,
            "lineup.keep",
            now,
            reason=reason,
            left_out=" ".join(f"entry:{entry}" for entry in found.left_out),
            foreign=" ".join(f"entry:{entry}" for entry in found.foreign),
        )
    return approval


def _drawn(each: Round) -> Lineup:
    lineup = standing_lineup(each)
    if lineup is None or lineup.drawn_at is None:
        raise RuleViolation("lineup_missing")
    return lineup


def _sign(
    actor: User, each: Round, kind: str, content: Mapping[str, Value], reason: str, now: datetime
) -> Approval:
    approval = approve(
        actor=actor,
        kind=kind,
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=digest(dict(content)),
        reason=reason,
        now=now,
    )
    if not approval.is_complete:
        put_forward(approval, each.contest, each, content)
    return approval


def _record(actor: User, lineup: Lineup, action: str, now: datetime, **facts: str | int) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=action,
        target=f"round:{lineup.contest.key}/{lineup.round.key}",
        now=now,
        after=facts,
    )
