"""The stage door of a round: who has come, and a tick that was a mistake."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.contests.models import Round
from hoithi.entries.actions.holding import log
from hoithi.entries.models import Entry, EntryState, Presence, TeamMember
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation


@transaction.atomic
def check_in(*, actor: User, each: Round, team: int, person: int, now: datetime) -> None:
    """Somebody of a team is there; ticked twice, by two at one door, it stands once.

    Team and person by their keys. Raises RuleViolation `not_on_this_stage` for who is in no
    accepted team of this round.
    """
    member = TeamMember.objects.filter(
        team=team,
        person=person,
        team__entries__in=Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED),
    ).first()
    if member is None:
        raise RuleViolation("not_on_this_stage")
    _, is_new = Presence.objects.get_or_create(
        round=each,
        team_id=team,
        person_id=person,
        undone_at=None,
        defaults={"by": actor.name, "at": now},
    )
    if is_new:
        log(
            actor, "check_in", f"round:{each.contest.key}/{each.key}", now, after={"person": person}
        )


@transaction.atomic
def undo_check_in(*, actor: User, each: Round, team: int, person: int, now: datetime) -> None:
    """Take a tick back; the row stays. Nothing happens where there is none."""
    standing = Presence.objects.filter(round=each, team_id=team, person_id=person, undone_at=None)
    if standing.update(undone_at=now, undone_by=actor.name):
        log(
            actor,
            "undo_check_in",
            f"round:{each.contest.key}/{each.key}",
            now,
            after={"person": person},
        )
