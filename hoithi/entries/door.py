"""The stage door of a round: its teams with their members, and who of them has come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils.functional import Promise

from hoithi.contests.models import Contest, Entrant, Round
from hoithi.contests.queries import round_by_key
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Person, Presence, Team, TeamMember
from hoithi.entries.wording import PART_NAMES
from hoithi.rules.teams import PARTS
from hoithi.rules.vietnamese import fold


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A member: what for, and since when at the door."""

    person: int
    name: str
    is_leader: bool
    parts: tuple[Promise, ...]
    came_at: datetime | None
    ticked_by: str


@dataclass(frozen=True, slots=True)
class DoorTeam:
    """A team; `present` and `people` count all of it, `lines` are those who were searched for."""

    team: int
    number: str
    name: str
    unit: str
    present: int
    people: int
    lines: tuple[DoorLine, ...]


@dataclass(frozen=True, slots=True)
class DoorPage:
    """All teams of a round, or those in which the search found somebody."""

    round: Round
    teams: tuple[DoorTeam, ...]
    search: str
    present: int
    people: int
    has_teams: bool


def stage_round(contest: Contest, key: str) -> Round:
    """A round of teams on stage. Raises Http404."""
    found = round_by_key(contest, key)
    if found.is_online or found.category.entrant != Entrant.TEAM:
        raise Http404
    return found


def expected_at(each: Round, team: int, person: int) -> None:
    """Raises Http404 for a team that is not of this round, or a person of another contest.

    Somebody who is in the team no more is told so, not lost: the page was older than the change.
    """
    teams = Team.objects.filter(pk=team, entries__category=each.category)
    people = Person.objects.filter(pk=person, contest=each.contest)
    if not teams.exists() or not people.exists():
        raise Http404


def door_page(each: Round, search: str) -> DoorPage:
    """Three queries, whatever the number of teams."""
    entries = entries_of_round(each)
    members: dict[int, list[TeamMember]] = defaultdict(list)
    rows = TeamMember.objects.filter(team__in=[entry.team_id for entry in entries])
    for member in rows.select_related("person").order_by("person__sort_key", "person"):
        members[member.team_id].append(member)
    came = {
        (row.team_id, row.person_id): row
        for row in Presence.objects.filter(round=each, undone_at=None)
    }
    teams = []
    for entry in entries:
        team = entry.team
        if team is None:
            continue
        mine = members[team.pk]
        whole = _found(search, team.name, entry.unit.name, entry.number)
        lines = tuple(
            _line(member, came.get((team.pk, member.person_id)), team.leader_id)
            for member in mine
            if whole or _found(search, member.person.name)
        )
        present = sum((team.pk, member.person_id) in came for member in mine)
        made = DoorTeam(
            team.pk, entry.number, team.name, entry.unit.name, present, len(mine), lines
        )
        teams.append(made)
    return DoorPage(
        round=each,
        teams=tuple(team for team in teams if team.lines or not search),
        search=search,
        present=sum(team.present for team in teams),
        people=sum(team.people for team in teams),
        has_teams=bool(teams),
    )


def _found(search: str, *texts: str) -> bool:
    return any(fold(search) in fold(text) for text in texts)


def _line(member: TeamMember, row: Presence | None, leader: int | None) -> DoorLine:
    return DoorLine(
        person=member.person_id,
        name=member.person.name,
        is_leader=member.person_id == leader,
        parts=tuple(PART_NAMES[part] for part in PARTS if part in member.parts),
        came_at=row.at if row else None,
        ticked_by=row.by if row else "",
    )
