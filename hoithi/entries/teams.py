"""A unit's team as the rules see it: its cast, the plan's limits, until when it may be changed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from hoithi.contests.models import Contest
from hoithi.contests.plan.schema import Form
from hoithi.contests.queries import form_of, plan_of
from hoithi.entries.cells import read_birthday
from hoithi.entries.models import (
    Entry,
    EntryState,
    Person,
    RegistrationState,
    Team,
    TeamMember,
    UnitRegistration,
)
from hoithi.entries.queries import barred_people, birth_text
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.canonical import Value, canonical
from hoithi.rules.teams import PARTS, Cast, Limit, Part, distinct


def team_entry(registration: UnitRegistration, form_key: str) -> Entry | None:
    """The entry of the unit's team in a form, unless it was withdrawn. One query."""
    return (
        Entry.objects.filter(
            contest=registration.contest,
            unit=registration.unit,
            category__key=form_key,
            team__isnull=False,
        )
        .exclude(state=EntryState.WITHDRAWN)
        .select_related("team", "team__leader", "category")
        .first()
    )


def members_of(team: Team) -> list[TeamMember]:
    """In the order of lists. One query."""
    members = TeamMember.objects.filter(team=team).select_related("person")
    return list(members.order_by("person__sort_key", "person"))


def limits_of(contest: Contest, form_key: str) -> tuple[Limit, ...]:
    """What the rounds of a form allow, each limit once, in the order of the plan."""
    return distinct(
        Limit(segment.part, segment.label, segment.most_people)
        for each in plan_of(contest).rounds
        if each.form == form_key
        for segment in each.segments
        if segment.part is not None
    )


def parts_of(contest: Contest, form_key: str) -> tuple[Part, ...]:
    """The parts that the segments of a form name; all of them where none is named."""
    named = {limit.part for limit in limits_of(contest, form_key)}
    return tuple(part for part in PARTS if part in named) or PARTS


def cast_of(team: Team, members: list[TeamMember]) -> Cast:
    """The team as it stands."""
    parts: dict[Part, list[int]] = {
        part: [each.person_id for each in members if part in each.parts] for part in PARTS
    }
    return Cast(team.name, team.leader_id, parts)


def facts_of(cast: Cast, members: list[int]) -> dict[str, Value]:
    """A whole team as it is kept beside a change: people by their keys."""
    return {
        "name": cast.name,
        "leader": cast.leader,
        "members": {
            str(person): [part for part in PARTS if person in cast.of(part)]
            for person in sorted(members)
        },
    }


def team_facts(team: Team) -> dict[str, Value]:
    """The same of a team as it is stored. One query."""
    members = members_of(team)
    return facts_of(cast_of(team, members), [each.person_id for each in members])


def team_seen(team: Team) -> str:
    """Another one as soon as anything of the team is another: what a page of it carries."""
    return hashlib.sha256(canonical(team_facts(team))).hexdigest()[:32]


def is_organiser(user: User, contest: Contest) -> bool:
    """Whether somebody changes teams after the time that units are set."""
    return has_role(user, (Role.ORGANISER,), contest_scope(contest.key))


def may_substitute(user: User, contest: Contest, form_key: str, now: datetime) -> bool:
    """Whether somebody may still change an accepted team, as far as the clock goes."""
    until = form_of(contest, form_key).substitutions_until
    return (until is not None and now < until) or is_organiser(user, contest)


def substitutes_of(registration: UnitRegistration, form: Form, team: Team) -> list[Person]:
    """Registered people of the unit who may come into a team, in the order of lists.

    Left out is who is in it, of an audience that the form does not take, too young for it, or
    barred by a seat.
    """
    contest = registration.contest
    barred = {each.pk for each in barred_people(contest, registration.unit)}
    people = Person.objects.filter(
        contest=contest, unit=registration.unit, removed_at=None, audience__in=["", *form.audiences]
    ).exclude(pk__in=TeamMember.objects.filter(team=team).values("person"))
    return [
        each
        for each in people
        if each.pk not in barred and _is_old_enough(each.birth, contest.law_date, form.minimum_age)
    ]


def _is_old_enough(birth: str, law_date: date, least: int) -> bool:
    if not birth:
        return True
    return not read_birthday(birth_text(birth), law_date=law_date, minimum_age=least).findings


def is_accepted(registration: UnitRegistration) -> bool:
    return registration.state == RegistrationState.ACCEPTED
