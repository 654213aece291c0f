"""Writing people as they are stored: numbers encrypted, names foldable and sortable.

A list becomes the unit's in one transaction: whoever looks and whatever dies, there is the old list
or the new one. What takes long (sealing, keys for sorting, the database's form of every value) is
done before it begins, and rows go in by prepared statements: others wait for a fraction of a
second, however long the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import Count, Max, QuerySet

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Category
from hoithi.contests.queries import plan_of
from hoithi.entries.actions.rows import Columns, Row, delete
from hoithi.entries.checking import Kin, ListedPerson, kin_of
from hoithi.entries.models import Entry, EntryState, Person, Team, TeamMember, UnitRegistration
from hoithi.entries.queries import listed_where
from hoithi.people.keys import vault
from hoithi.rules.errors import RuleViolation
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
_LISTED = Columns(Person, *_FIELDS)
_WHOLE = Columns(Person, *_FIELDS, "contest", "unit", "is_sample", "added_at", "removed_at")
_PUBLIC_ID = Columns(Entry, "public_id")
_REST = [
    field.name
    for field in Entry._meta.local_concrete_fields
    if not field.primary_key and field.name not in ("person", "public_id")
]
_ENTERED = Columns(Entry, "person", "public_id", *_REST)


@dataclass(slots=True)
class Prepared:
    """Somebody of a list: the row of the person and the public id of an entry as the database
    takes them, numbers as blind indexes; `key` is the person's once it is stored."""

    folded_name: str
    birth: str
    numbers: tuple[str, str]
    kin: str
    row: Row
    public_id: str | UUID
    key: int = 0

    @property
    def is_known_by_name(self) -> bool:
        """Nothing but name and birth tells this person from others."""
        return bool(self.birth) and not self.numbers[0]


def prepared(
    registration: UnitRegistration,
    people: Sequence[ListedPerson],
    *,
    now: datetime,
    sample: bool,
    tell: Callable[[int], None] = lambda _: None,
) -> list[Prepared]:
    """In the order of the list, numbers sealed; `tell` hears how many are done."""
    alike: dict[str, object] = {
        "contest_id": registration.contest_id,
        "unit_id": registration.unit_id,
        "is_sample": sample,
        "added_at": now,
        "removed_at": None,
    }
    made = []
    for done, listed in enumerate(people, start=1):
        made.append(_prepared(listed, alike))
        tell(done)
    return made


def _prepared(listed: ListedPerson, alike: dict[str, object]) -> Prepared:
    folded = fold(listed.name)
    national_id = vault().seal("national_id", listed.national_id.encode())
    phone = vault().seal("phone", listed.phone.encode())
    numbers = (
        vault().index("national_id", listed.national_id),
        vault().index("phone", listed.phone),
    )
    values: dict[str, object] = {
        "name": listed.name,
        "given_name": listed.given_name,
        "folded_name": folded,
        "sort_key": name_sort_key(listed.name, listed.given_name),
        "birth": listed.birth,
        "audience": listed.audience,
        "workplace": listed.workplace,
        "national_id_cipher": national_id.cipher if listed.national_id else None,
        "national_id_index": numbers[0],
        "phone_cipher": phone.cipher if listed.phone else None,
        "phone_index": numbers[1],
        "key_id": national_id.key_id,
    }
    return Prepared(
        folded,
        listed.birth,
        numbers,
        listed.kin,
        _WHOLE.row(alike | values),
        *_PUBLIC_ID.row({"public_id": uuid4()}),
    )


class _Known(NamedTuple):
    """Somebody of a unit as stored; `seen` are the values of _SEEN."""

    pk: int
    folded_name: str
    seen: tuple[str, ...]

    @property
    def birth(self) -> str:
        return self.seen[_SEEN.index("birth")]

    @property
    def numbers(self) -> tuple[str, str]:
        return self.seen[_SEEN.index("national_id_index")], self.seen[_SEEN.index("phone_index")]


def store_people(
    registration: UnitRegistration, people: Sequence[Prepared], replaced: str = ""
) -> None:
    """Give everybody a row and its key. Known people keep theirs, an unchanged one untouched.

    Somebody is known by the national id, else by name and birth within the unit: always on the
    list of the form that is `replaced`, whose rows are only put right; on another list where the
    numbers say so or, where they are silent, the officer does. The registration must be held: then
    nobody else adds people of the unit. Raises RuleViolation: `people_to_compare` where it has to
    be asked.
    """
    own, beside = listed_where(registration.contest, registration.unit, replaced)
    unit = Person.objects.filter(contest=registration.contest, unit=registration.unit)
    standing = unit.filter(removed_at=None).values_list("pk", "folded_name", *_SEEN)
    known = [_Known(pk, folded, tuple(seen)) for pk, folded, *seen in standing]
    by_id = {each.numbers[0]: each for each in known if each.numbers[0]}
    found = [by_id.get(each.numbers[0]) for each in people]
    taken = {each.pk for each in found if each is not None}
    by_name: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    for one in known:
        if one.pk not in taken:
            by_name[one.folded_name, one.birth].append(one)
    fresh, changed = [], []
    for same, each in zip(found, people, strict=True):
        match = same or _namesake(each, by_name[each.folded_name, each.birth], own, beside)
        if match is None:
            fresh.append(each)
            continue
        each.key = match.pk
        if each.row[: len(_SEEN)] != match.seen:
            changed.append((each.row[: len(_FIELDS)], match.pk))
    _LISTED.update(changed)
    last = unit.aggregate(last=Max("pk"))["last"] or 0
    _WHOLE.insert(each.row for each in fresh)
    keys = unit.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    for each, key in zip(fresh, keys, strict=True):
        each.key = key


def check_unique(registration: UnitRegistration, people: Sequence[Prepared]) -> None:
    """Look once more for what no two people may have in common, with the contest held.

    National ids are the database's own to keep apart; which of the rest counts, the plan says. What
    was found when the list was checked may be old: another unit was quicker, and whoever comes now
    waits. Raises RuleViolation `taken_elsewhere`.
    """
    contest = registration.contest
    hold_contest(contest)
    unique = plan_of(contest).registration.unique
    standing = Person.objects.filter(contest=contest, removed_at=None)
    if "phone" in unique:
        phones = {each.numbers[1] for each in people} - {""}
        alike = standing.filter(phone_index__in=phones).values("phone_index").order_by()
        if alike.annotate(people=Count("pk")).filter(people__gt=1).exists():
            raise RuleViolation("taken_elsewhere")
    if "name_and_birth" in unique:
        named = {(each.folded_name, each.birth) for each in people if each.is_known_by_name}
        others = standing.exclude(unit=registration.unit).filter(
            folded_name__in={name for name, _ in named}
        )
        if named.intersection(others.values_list("folded_name", "birth")):
            raise RuleViolation("taken_elsewhere")


def _namesake(
    each: Prepared, namesakes: list[_Known], own: Collection[int], beside: Collection[int]
) -> _Known | None:
    """The one of these who is this person, taken off the list; whose numbers say so comes first."""
    kin = {known.pk: kin_of(each.numbers, known.numbers) for known in namesakes}
    namesakes.sort(key=lambda known: kin[known.pk] is not Kin.SAME)
    for known in namesakes:
        said = kin[known.pk]
        if known.pk not in beside or (said is Kin.UNKNOWN and known.pk in own):
            said = Kin.SAME
        if said is Kin.UNKNOWN and not each.kin:
            raise RuleViolation("people_to_compare")
        if Kin.SAME in (said, each.kin if said is Kin.UNKNOWN else ""):
            namesakes.remove(known)
            return known
    return None


def enter_persons(
    registration: UnitRegistration, category: Category, people: Sequence[Prepared]
) -> None:
    """One listed entry for each; whoever is no longer on the list loses theirs."""
    standing = dict(_listed(registration, category).values_list("person", "pk"))
    listed = {each.key for each in people}
    delete(Entry, [pk for person, pk in standing.items() if person not in listed])
    entry = Entry(contest=registration.contest, category=category, unit=registration.unit)
    alike = Columns(Entry, *_REST).row(vars(entry))
    _ENTERED.insert(
        (each.key, each.public_id, *alike) for each in people if each.key not in standing
    )


def enter_team(
    registration: UnitRegistration,
    category: Category,
    people: Sequence[Prepared],
    now: datetime,
) -> None:
    """The unit's one team with these members; without members there is no team.

    Who stays keeps the parts that the officer gave, and the lead.
    """
    listed = {each.key for each in people}
    entry = _listed(registration, category).select_related("team").first()
    team = entry.team if entry else None
    if team is not None:
        team.members.exclude(person__in=listed).delete()
        Team.objects.filter(pk=team.pk).exclude(leader__in=listed).update(leader=None)
    if not people:
        _listed(registration, category).delete()
        if team is not None:
            team.delete()
        return
    if team is None:
        members = Person.objects.filter(pk__in=[each.key for each in people])
        team = Team.objects.create(
            contest=registration.contest,
            unit=registration.unit,
            name=registration.unit.name,
            is_sample=all(person.is_sample for person in members),
            added_at=now,
        )
        Entry.objects.create(
            contest=registration.contest, category=category, unit=registration.unit, team=team
        )
    stayed = set(team.members.values_list("person", flat=True))
    TeamMember.objects.bulk_create(
        TeamMember(team=team, person_id=each.key) for each in people if each.key not in stayed
    )


def forget_unlisted(registration: UnitRegistration) -> None:
    """Delete people of a unit who were only on a draft: nothing about them was ever decided."""
    people = Person.objects.filter(
        contest=registration.contest, unit=registration.unit, removed_at=None
    )
    idle = people.exclude(pk__in=Entry.objects.exclude(person=None).values("person")).exclude(
        pk__in=TeamMember.objects.values("person")
    )
    delete(Person, idle.values_list("pk", flat=True))


def _listed(registration: UnitRegistration, category: Category) -> QuerySet[Entry]:
    return Entry.objects.filter(
        contest=registration.contest,
        category=category,
        unit=registration.unit,
        state=EntryState.LISTED,
    )
