"""What the pages of a unit's team show, as ready values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hoithi.entries.actions.registering import OPEN
from hoithi.entries.forms import SubstituteForm, TeamForm
from hoithi.entries.models import Person, Team, TeamChange, TeamMember
from hoithi.entries.pages import Place
from hoithi.entries.queries import birth_text, is_open
from hoithi.entries.teams import (
    cast_of,
    is_accepted,
    limits_of,
    may_substitute,
    members_of,
    parts_of,
    substitutes_of,
    team_entry,
    team_seen,
)
from hoithi.entries.wording import PART_NAMES
from hoithi.people.models import User
from hoithi.rules.teams import Cast, Limit, Part, Room, rooms
from hoithi.rules.vietnamese import fold

MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class Tick:
    """A box of a member's row."""

    part: Part
    name: Promise
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member with the parts as the form has them."""

    person: int
    name: str
    is_leader: bool
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class PartCard:
    """A part with what the plan allows of it, and what is wrong."""

    part: Part
    name: Promise
    rooms: tuple[Room, ...]
    people: int
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of an accepted team in sentences."""

    change: TeamChange
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A unit's team in a form; `until` is from when on only organisers change an accepted one."""

    place: Place
    form_key: str
    form_name: str
    team: Team | None
    members: tuple[TeamMember, ...]
    cast: Cast | None
    limits: tuple[Limit, ...]
    parts: tuple[Part, ...]
    seen: str
    is_accepted: bool
    can_edit: bool
    until: datetime | None
    changes: tuple[ChangeLine, ...]

    @property
    def can_substitute(self) -> bool:
        return self.can_edit and self.is_accepted


def team_page(place: Place, form_key: str, user: User, now: datetime) -> TeamPage:
    """Raises Http404 for a form that the unit has not chosen, or in which persons take part."""
    registration, form = place.begun, place.chosen(form_key)
    if form.entrant != "team":
        raise Http404
    entry = team_entry(registration, form_key)
    team = entry.team if entry else None
    members = tuple(members_of(team)) if team else ()
    accepted = is_accepted(registration)
    if accepted:
        can_edit = may_substitute(user, place.contest, form_key, now)
    else:
        can_edit = is_open(place.contest, registration, now) and registration.state in OPEN
    return TeamPage(
        place=place,
        form_key=form_key,
        form_name=form.name,
        team=team,
        members=members,
        cast=cast_of(team, list(members)) if team else None,
        limits=limits_of(place.contest, form_key),
        parts=parts_of(place.contest, form_key),
        seen=team_seen(team) if team else "",
        is_accepted=accepted,
        can_edit=can_edit and team is not None,
        until=form.substitutions_until,
        changes=tuple(_told(team)) if team else (),
    )


def member_lines(page: TeamPage, form: TeamForm) -> tuple[MemberLine, ...]:
    """Every member with what is ticked."""
    cast = form.cast()
    return tuple(
        MemberLine(
            person=each.person_id,
            name=each.person.name,
            is_leader=cast.leader == each.person_id,
            ticks=tuple(
                Tick(part, PART_NAMES[part], each.person_id in cast.of(part)) for part in page.parts
            ),
        )
        for each in page.members
    )


def part_cards(page: TeamPage, form: TeamForm) -> tuple[PartCard, ...]:
    """Every part with how far its limits are used by what is ticked."""
    cast = form.cast()
    used = rooms(cast, len(page.members), page.limits)
    return tuple(
        PartCard(
            part=part,
            name=PART_NAMES[part],
            rooms=tuple(room for room in used if room.limit.part == part),
            people=len(cast.of(part)),
            errors=tuple(str(each) for each in form.errors.get(part, [])),
        )
        for part in page.parts
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """Who may come into a team: those of a search, as many as a list can show."""

    people: tuple[tuple[int, str], ...]
    left_out: int


def offered(page: TeamPage, search: str) -> Offered:
    """Registered people of the unit, told apart by birth and workplace."""
    if page.team is None:
        return Offered((), 0)
    form = page.place.chosen(page.form_key)
    people = substitutes_of(page.place.begun, form, page.team)
    wanted = fold(search)
    found = [each for each in people if wanted in each.folded_name]
    shown = found[:MOST_OFFERED]
    return Offered(tuple((each.pk, _who(each)) for each in shown), len(found) - len(shown))


def _who(person: Person) -> str:
    told = (person.name, birth_text(person.birth), person.workplace)
    return ", ".join(each for each in told if each)


def substitute_form(page: TeamPage, offer: Offered, data: QueryDict | None) -> SubstituteForm:
    """The form of a substitution."""
    members = [(each.person_id, each.person.name) for each in page.members]
    return SubstituteForm(members, offer.people, seen=page.seen, data=data)


def _told(team: Team) -> Iterator[ChangeLine]:
    """The newest first. Two queries."""
    changes = list(team.changes.order_by("-id"))
    keys = {
        int(key)
        for each in changes
        for facts in (each.before, each.after)
        for key in [*facts["members"], *([facts["leader"]] if facts["leader"] else [])]
    }
    names = dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))
    for each in changes:
        yield ChangeLine(each, tuple(_sentences(each.before, each.after, names)))


def _sentences(
    before: Mapping[str, object], after: Mapping[str, object], names: Mapping[int, str]
) -> Iterator[str]:
    was, now = _parts(before), _parts(after)
    gone, came = sorted(was.keys() - now.keys()), sorted(now.keys() - was.keys())
    if len(gone) == len(came) == 1:
        yield _("%(came)s in the place of %(gone)s.") % {
            "came": names[came[0]],
            "gone": names[gone[0]],
        }
    if before["name"] != after["name"]:
        yield _("The team is called “%(name)s”.") % {"name": after["name"]}
    leader = after["leader"]
    if before["leader"] != leader and isinstance(leader, int):
        yield _("%(name)s leads the team.") % {"name": names[leader]}
    for person in sorted(was.keys() & now.keys()):
        if was[person] != now[person]:
            said = ", ".join(str(PART_NAMES[part]) for part in now[person])
            yield _("%(name)s: %(parts)s.") % {
                "name": names[person],
                "parts": said or _("no part on stage"),
            }


def _parts(facts: Mapping[str, object]) -> dict[int, Sequence[Part]]:
    members = facts["members"]
    return {int(key): parts for key, parts in members.items()} if isinstance(members, dict) else {}


def team_form(page: TeamPage, data: QueryDict | None) -> TeamForm:
    """The form of a team; an accepted one is changed with a reason. Raises Http404 without one."""
    if page.cast is None:
        raise Http404
    return TeamForm(
        page.cast,
        {each.person_id for each in page.members},
        page.limits,
        asks_reason=page.is_accepted,
        seen=page.seen,
        data=data,
    )
