"""Who does what in a unit's team: freely while its lists are open, with a reason once accepted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from hoithi.entries.actions.holding import checked_reason, hold, log
from hoithi.entries.actions.registering import OPEN, check_clock
from hoithi.entries.models import (
    Entry,
    EntryState,
    Person,
    RegistrationState,
    Team,
    TeamChange,
    TeamMember,
    UnitRegistration,
)
from hoithi.entries.queries import last_change
from hoithi.entries.teams import (
    is_accepted,
    limits_of,
    may_substitute,
    members_of,
    team_entry,
    team_facts,
    team_seen,
)
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.rules.teams import PARTS, Cast, flaws
from hoithi.web.wording import moment


@transaction.atomic
def save_team(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    cast: Cast,
    seen: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Say what the team is called, who leads it and who has which part.

    `seen` is the team as the page showed it (`team_seen`). Of an accepted team the change is kept
    with its reason. Raises RuleViolation: `team_missing`, `team_differs`, `team_not_allowed` with
    the number of flaws that `rules.teams.flaws` tells; before acceptance those of clock and state;
    after it `substitution_closed`, `entry_not_accepted` or what is wrong with the reason.
    """
    entry, team = held_team(actor, registration, form_key, seen, now)
    accepted = is_accepted(registration)
    reason = checked_reason(reason) if accepted else ""
    members = members_of(team)
    registered = {each.person_id for each in members}
    wrong = flaws(cast, registered, limits_of(registration.contest, form_key))
    if wrong:
        raise RuleViolation("team_not_allowed", flaws=len(wrong))
    before = team_facts(team)
    team.name, team.leader_id = cast.name, cast.leader
    team.save(update_fields=["name", "leader"])
    for each in members:
        each.parts = [part for part in PARTS if each.person_id in cast.of(part)]
    TeamMember.objects.bulk_update(members, ["parts"])
    if team_facts(team) == before:
        return
    if accepted:
        keep_change(team, before, reason, actor, now)
    log(
        actor,
        "save_team",
        entry.log_target if accepted else f"registration:{registration.pk}",
        now,
        after={
            "form": form_key,
            "leader": cast.leader,
            "parts": {part: len(cast.of(part)) for part in PARTS},
            **({"reason": reason} if accepted else {}),
        },
    )


def held_team(
    actor: User, registration: UnitRegistration, form_key: str, seen: str, now: datetime
) -> tuple[Entry, Team]:
    """The team, held to the end of the transaction, if the actor may change it now as it was seen.

    Raises RuleViolation as `save_team` does.
    """
    registration.refresh_from_db(fields=["state", "extended_to"])
    if is_accepted(registration):
        if not may_substitute(actor, registration.contest, form_key, now):
            raise RuleViolation("substitution_closed")
        hold(registration, [RegistrationState.ACCEPTED])
    else:
        check_clock(registration, now)
        hold(registration, OPEN)
    entry = team_entry(registration, form_key)
    if entry is None or entry.team is None:
        raise RuleViolation("team_missing")
    if is_accepted(registration) and entry.state != EntryState.ACCEPTED:
        raise RuleViolation("entry_not_accepted")
    if team_seen(entry.team) != seen:
        who, at = _last_change(entry.team, registration)
        raise RuleViolation("team_differs", who=who, at=moment(at, get_language() or "vi"))
    return entry, entry.team


def _last_change(team: Team, registration: UnitRegistration) -> tuple[str, datetime]:
    last = team.changes.last()
    return (last.changed_by, last.changed_at) if last else last_change(registration)


def taken_out(team: Team, gone: Person | int) -> TeamMember:
    """Somebody who is in the team no more; the row says what parts there were.

    Raises RuleViolation: `not_a_member`.
    """
    out = TeamMember.objects.filter(team=team, person=gone).first()
    if out is None:
        raise RuleViolation("not_a_member")
    TeamMember.objects.filter(pk=out.pk).delete()
    return out


def put_in(team: Team, came: Person, out: TeamMember) -> None:
    """Somebody who takes over the parts of another, and the lead if it was.

    Raises RuleViolation: `listed_already`.
    """
    if TeamMember.objects.filter(team=team, person=came).exists():
        raise RuleViolation("listed_already")
    TeamMember.objects.create(team=team, person=came, parts=out.parts)
    Team.objects.filter(pk=team.pk, leader=out.person_id).update(leader=came)


def keep_change(team: Team, before: object, reason: str, actor: User, now: datetime) -> TeamChange:
    """Keep what an accepted team was and is, for everybody who reads its page."""
    team.refresh_from_db()
    return TeamChange.objects.create(
        team=team,
        before=before,
        after=team_facts(team),
        reason=reason,
        changed_by=actor.name,
        changed_at=now,
    )
