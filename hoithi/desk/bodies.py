"""The bodies of a contest: who sits where, and who of them is on a list of those who take part."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hoithi.contests.models import CommitteeSeat, Contest
from hoithi.contests.queries import plan_of, seats_of
from hoithi.contests.seats import role_of_body
from hoithi.entries.models import Person
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.people.queries import waiting_addresses
from hoithi.people.wording import ROLE_NAMES
from hoithi.rules.vietnamese import fold


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a list of a unit; `is_certain` by the national id, else by the name only."""

    person: int
    name: str
    unit: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat as the page shows it; `account` says how its holder works with the desk."""

    id: int
    name: str
    title: str
    decision: str
    since: date
    until: date | None
    ended_reason: str
    account: str
    has_identity: bool
    listed: tuple[Listed, ...]
    can_end: bool


@dataclass(frozen=True, slots=True)
class BodyCard:
    """A body with who sits in it, and who sat; `right` goes with a seat."""

    key: str
    name: str
    is_barred: bool
    right: str | Promise
    seats: tuple[SeatRow, ...]
    former: tuple[SeatRow, ...]


def body_cards(contest: Contest, reader: User) -> list[BodyCard]:
    """The bodies in the order of the plan, with their seats. Seven queries at most."""
    seats = seats_of(contest)
    roles = roles_in(reader, contest_scope(contest.key))
    barring = {body.key for body in plan_of(contest).bodies if body.barred}
    listed = listed_members(contest, [seat for seat in seats if seat.body in barring])
    invited = [seat.email for seat in seats if seat.email]
    accounts = set(User.objects.filter(email__in=invited).values_list("email", flat=True))
    waiting = waiting_addresses(contest_scope(contest.key))
    rows = {
        seat.pk: _row(
            seat,
            listed.get(seat.pk, ()),
            accounts,
            waiting,
            can_end=seat.user_id != reader.pk and may_seat(roles, seat.body),
        )
        for seat in seats
    }
    return [
        BodyCard(
            key=body.key,
            name=body.name,
            is_barred=body.barred,
            right=ROLE_NAMES[role_of_body(body.key)],
            seats=tuple(rows[seat.pk] for seat in _in(seats, body.key) if seat.until is None),
            former=tuple(rows[seat.pk] for seat in _in(seats, body.key) if seat.until),
        )
        for body in plan_of(contest).bodies
    ]


def _in(seats: Iterable[CommitteeSeat], body: str) -> list[CommitteeSeat]:
    return [seat for seat in seats if seat.body == body]


def may_seat(roles: Collection[Role], body: str) -> bool:
    """Whether somebody with these roles appoints to a body: to the committee only its members."""
    right = role_of_body(body)
    return Role.COMMITTEE in roles or (Role.ORGANISER in roles and right != Role.COMMITTEE)


def _row(
    seat: CommitteeSeat,
    listed: tuple[Listed, ...],
    accounts: set[str],
    waiting: Collection[str],
    *,
    can_end: bool,
) -> SeatRow:
    account = ""
    if seat.email in waiting and role_of_body(seat.body) == Role.COMMITTEE:
        account = _("waits for a second member to confirm the invitation")
    elif seat.user is not None or seat.email in accounts:
        account = _("has an account")
    elif seat.email:
        account = _("invited by a letter")
    return SeatRow(
        id=seat.pk,
        name=seat.name,
        title=seat.title,
        decision=seat.decision,
        since=seat.since,
        until=seat.until,
        ended_reason=seat.ended_reason,
        account=account,
        has_identity=bool(seat.identity),
        listed=listed,
        can_end=can_end,
    )


def listed_members(
    contest: Contest, seats: Iterable[CommitteeSeat]
) -> dict[int, tuple[Listed, ...]]:
    """Who of those that sit is on a list of those who take part, by the seat's id. Two queries."""
    standing = [seat for seat in seats if seat.until is None]
    by_id = {seat.identity for seat in standing if seat.identity}
    by_name = {fold(seat.name) for seat in standing if not seat.identity}
    if not standing:
        return {}
    people = Person.objects.filter(contest=contest, removed_at=None).select_related("unit")
    same_id = list(people.filter(national_id_index__in=by_id))
    same_name = list(people.filter(folded_name__in=by_name))
    found = {}
    for seat in standing:
        if seat.identity:
            known = [each for each in same_id if each.national_id_index == seat.identity]
        else:
            known = [each for each in same_name if each.folded_name == fold(seat.name)]
        if known:
            found[seat.pk] = tuple(_listed(each, seat.identity) for each in known)
    return found


def listed_like(contest: Contest, *, name: str, identity: str) -> tuple[Listed, ...]:
    """Who of a list somebody may be who is to be appointed: by national id, and by name where one
    of the two has none. Two queries."""
    people = Person.objects.filter(contest=contest, removed_at=None).select_related("unit")
    same_id = people.filter(national_id_index=identity) if identity else people.none()
    same_name = people.filter(folded_name=fold(name))
    if identity:
        same_name = same_name.filter(national_id_index="")
    return tuple(_listed(each, identity) for each in [*same_id, *same_name])


def _listed(person: Person, identity: str) -> Listed:
    is_certain = bool(identity) and person.national_id_index == identity
    return Listed(person.pk, person.name, person.unit.name, is_certain)
