"""Writing people as they are stored: numbers encrypted, names foldable and sortable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from hoithi.contests.models import Category
from hoithi.entries.checking import ListedPerson
from hoithi.entries.models import Entry, EntryState, Person, Team, TeamMember, UnitRegistration
from hoithi.people.keys import vault
from hoithi.rules.vietnamese import fold, name_sort_key

_FIELDS = (
    "name",
    "given_name",
    "folded_name",
    "sort_key",
    "birth",
    "audience",
    "workplace",
    "national_id_cipher",
    "national_id_index",
    "phone_cipher",
    "phone_index",
    "key_id",
)


def fill(person: Person, listed: ListedPerson) -> Person:
    """Put what a list says into a row; both numbers are sealed anew, with one key."""
    person.name = listed.name
    person.given_name = listed.given_name
    person.folded_name = fold(listed.name)
    person.sort_key = name_sort_key(listed.name, listed.given_name)
    person.birth = listed.birth
    person.audience = listed.audience
    person.workplace = listed.workplace
    national_id = vault().seal("national_id", listed.national_id.encode())
    phone = vault().seal("phone", listed.phone.encode())
    person.national_id_cipher = national_id.cipher if listed.national_id else None
    person.national_id_index = vault().index("national_id", listed.national_id)
    person.phone_cipher = phone.cipher if listed.phone else None
    person.phone_index = vault().index("phone", listed.phone)
    person.key_id = national_id.key_id
    return person


def store_people(
    registration: UnitRegistration, people: Sequence[ListedPerson], *, now: datetime, sample: bool
) -> list[Person]:
    """One row for each listed person, in the order of the list; known people keep their row.

    Somebody is known by the national id, else by name and birth within the unit.
    """
    standing = Person.objects.filter(
        contest=registration.contest, unit=registration.unit, removed_at=None
    )
    known = list(standing)
    by_id = {each.national_id_index: each for each in known if each.national_id_index}
    found = {
        listed.row: by_id[index]
        for listed in people
        if (index := vault().index("national_id", listed.national_id)) in by_id
    }
    taken = {each.pk for each in found.values()}
    by_name = {(each.folded_name, each.birth): each for each in known if each.pk not in taken}
    for listed in people:
        if listed.row not in found:
            match = by_name.pop((fold(listed.name), listed.birth), None)
            if match is not None:
                found[listed.row] = match
    Person.objects.bulk_update(
        [fill(found[listed.row], listed) for listed in people if listed.row in found], _FIELDS
    )
    made = {
        listed.row: fill(
            Person(
                contest=registration.contest,
                unit=registration.unit,
                is_sample=sample,
                added_at=now,
            ),
            listed,
        )
        for listed in people
        if listed.row not in found
    }
    Person.objects.bulk_create(made.values())
    return [found.get(listed.row) or made[listed.row] for listed in people]


def enter_persons(
    registration: UnitRegistration, category: Category, people: Sequence[Person]
) -> None:
    """One listed entry for each; whoever is no longer on the list loses theirs."""
    standing = _listed(registration, category)
    standing.exclude(person__in=people).delete()
    entered = set(standing.values_list("person", flat=True))
    Entry.objects.bulk_create(
        Entry(
            contest=registration.contest, category=category, unit=registration.unit, person=person
        )
        for person in people
        if person.pk not in entered
    )


def enter_team(
    registration: UnitRegistration,
    category: Category,
    people: Sequence[Person],
    *,
    now: datetime,
    sample: bool,
) -> None:
    """The unit's one team with these members; without members there is no team."""
    entry = _listed(registration, category).select_related("team").first()
    team = entry.team if entry else None
    if team is not None:
        team.members.all().delete()
    if not people:
        _listed(registration, category).delete()
        if team is not None:
            team.delete()
        return
    if team is None:
        team = Team.objects.create(
            contest=registration.contest,
            unit=registration.unit,
            name=registration.unit.name,
            is_sample=sample,
            added_at=now,
        )
        Entry.objects.create(
            contest=registration.contest, category=category, unit=registration.unit, team=team
        )
    TeamMember.objects.bulk_create(TeamMember(team=team, person=person) for person in people)


def forget_unlisted(registration: UnitRegistration) -> None:
    """Delete people of a unit who were only on a draft: nothing about them was ever decided."""
    people = Person.objects.filter(contest=registration.contest, unit=registration.unit)
    people.exclude(pk__in=Entry.objects.exclude(person=None).values("person")).exclude(
        pk__in=TeamMember.objects.values("person")
    ).filter(removed_at=None).delete()


def _listed(registration: UnitRegistration, category: Category) -> QuerySet[Entry]:
    return Entry.objects.filter(
        contest=registration.contest,
        category=category,
        unit=registration.unit,
        state=EntryState.LISTED,
    )
