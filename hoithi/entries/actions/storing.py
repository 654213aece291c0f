"""Writing people as they are stored: numbers encrypted, names foldable and sortable."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from hoithi.contests.models import Category
from hoithi.entries.checking import ListedPerson
from hoithi.entries.models import Entry, EntryState, Person, Team, TeamMember, UnitRegistration
from hoithi.people.keys import vault
from hoithi.rules.vietnamese import fold, name_sort_key

# What a list says; equal indexes are equal numbers, although each sealing looks different.
_SEEN = (
    "name",
    "given_name",
    "birth",
    "audience",
    "workplace",
    "national_id_index",
    "phone_index",
)
_FIELDS = (*_SEEN, "folded_name", "sort_key", "national_id_cipher", "phone_cipher", "key_id")
_BATCH = 100
_SHORT = 500
# SQLite lets who waits for the database try again every tenth of a second at the latest.
_BREATH_S = 0.12


def prepared(
    registration: UnitRegistration, people: Sequence[ListedPerson], *, now: datetime, sample: bool
) -> list[Person]:
    """Rows that are not stored yet, in the order of the list, numbers sealed.

    Sealing and sorting keys take most of the time of saving: done before the transaction begins,
    it keeps nobody waiting.
    """
    return [
        _filled(
            Person(
                contest=registration.contest,
                unit=registration.unit,
                is_sample=sample,
                added_at=now,
            ),
            listed,
        )
        for listed in people
    ]


def _filled(person: Person, listed: ListedPerson) -> Person:
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


def arrive_early(registration: UnitRegistration, people: Sequence[Person]) -> list[int]:
    """Store the newcomers of a long list in short transactions, before it is saved; their ids.

    They are on no list yet, and whoever saves gives them up when the save does not happen. Thus the
    save itself holds the database only for a moment, however long the list.
    """
    if len(people) <= _SHORT:
        return []
    known = set(
        Person.objects.filter(
            contest=registration.contest, unit=registration.unit, removed_at=None
        ).values_list("folded_name", "birth", "national_id_index")
    )
    newcomers = [
        each
        for each in people
        if (each.folded_name, each.birth, each.national_id_index) not in known
    ]
    arrived: list[int] = []
    try:
        for start in range(0, len(newcomers), _SHORT):
            part = newcomers[start : start + _SHORT]
            with transaction.atomic():
                Person.objects.bulk_create(part)
            arrived += [each.pk for each in part]
            time.sleep(_BREATH_S)
    except IntegrityError:
        give_up(arrived)
        raise
    return arrived


def give_up(arrived: Sequence[int]) -> None:
    """Forget newcomers whose list was not saved."""
    Person.objects.filter(pk__in=arrived).delete()


def store_people(registration: UnitRegistration, people: Sequence[Person]) -> list[Person]:
    """The stored row of each prepared one; known people keep theirs, unchanged ones untouched.

    Somebody is known by the national id, else by name and birth within the unit.
    """
    known = list(
        Person.objects.filter(contest=registration.contest, unit=registration.unit, removed_at=None)
    )
    by_id = {each.national_id_index: each for each in known if each.national_id_index}
    found = [by_id.get(each.national_id_index) for each in people]
    taken = {each.pk for each in found if each is not None}
    by_name = {(each.folded_name, each.birth): each for each in known if each.pk not in taken}
    stored = [
        match or by_name.pop((each.folded_name, each.birth), None) or each
        for match, each in zip(found, people, strict=True)
    ]
    changed = [
        _overwritten(row, each)
        for row, each in zip(stored, people, strict=True)
        if row is not each and any(getattr(row, name) != getattr(each, name) for name in _SEEN)
    ]
    Person.objects.bulk_update(changed, _FIELDS, batch_size=_BATCH)
    Person.objects.bulk_create(row for row in stored if row.pk is None)
    return stored


def _overwritten(row: Person, prepared: Person) -> Person:
    for name in _FIELDS:
        setattr(row, name, getattr(prepared, name))
    return row


def enter_persons(
    registration: UnitRegistration, category: Category, people: Sequence[Person]
) -> None:
    """One listed entry for each; whoever is no longer on the list loses theirs."""
    standing = dict(_listed(registration, category).values_list("person", "pk"))
    listed = {person.pk for person in people}
    gone = [pk for person, pk in standing.items() if person not in listed]
    Entry.objects.filter(pk__in=gone).delete()
    fresh = [person.pk for person in people if person.pk not in standing]
    if fresh:
        pattern = Entry(
            contest=registration.contest,
            category=category,
            unit=registration.unit,
            person_id=fresh[0],
        )
        _insert_alike(pattern, fresh)


def _insert_alike(pattern: Entry, people: Sequence[int]) -> None:
    """Entries that differ in person and public id only, by one prepared statement.

    `bulk_create` takes ten times as long to make its own, and all the while nobody else can write.
    """
    columns = [each for each in Entry._meta.local_concrete_fields if not each.primary_key]
    values = [
        each.get_db_prep_save(each.pre_save(pattern, add=True), connection) for each in columns
    ]
    names = [each.name for each in columns]
    at_person, at_public = names.index("person"), names.index("public_id")
    public_id = columns[at_public]
    rows = []
    for person in people:
        row = list(values)
        row[at_person] = person
        row[at_public] = public_id.get_db_prep_save(uuid.uuid4(), connection)
        rows.append(row)
    quote = connection.ops.quote_name
    titles = ", ".join(quote(str(each.column)) for each in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(Entry._meta.db_table)} ({titles}) VALUES ({places})",  # noqa: S608 - our own names
            rows,
        )


def enter_team(
    registration: UnitRegistration, category: Category, people: Sequence[Person]
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
            is_sample=all(person.is_sample for person in people),
            added_at=people[0].added_at,
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
