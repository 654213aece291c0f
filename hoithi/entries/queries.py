"""Reading the register: how far each unit is, who is on a list, who takes part."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, overload
from uuid import UUID

import msgspec
from django.db.models import Count
from django.http import Http404

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Category, Contest
from hoithi.contests.plan.schema import Form
from hoithi.contests.queries import barring_seats, form_of, plan_of, units_of
from hoithi.entries.checking import (
    Beside,
    CheckedList,
    Claims,
    SheetRow,
    Standing,
    Terms,
    check_list,
    claims_of,
)
from hoithi.entries.models import (
    BY_NUMBER,
    Entry,
    EntryState,
    Person,
    SentFile,
    StagedList,
    TeamMember,
    UnitRegistration,
)
from hoithi.entries.sheets import StagedSheet, answers_of, rows_of
from hoithi.jobs.models import Job
from hoithi.people.keys import code_key, vault
from hoithi.people.models import Unit
from hoithi.people.vault import Sealed
from hoithi.rules.canonical import canonical
from hoithi.rules.codes import access_code
from hoithi.rules.vietnamese import fold
from hoithi.web.wording import day, mask

NumberField = Literal["national_id", "phone"]


def registration_of(contest: Contest, unit: Unit) -> UnitRegistration | None:
    """A unit's registration; nothing before it has chosen a form."""
    return (
        UnitRegistration.objects.filter(contest=contest, unit=unit)
        .select_related("contest", "unit")
        .first()
    )


def deadline_of(contest: Contest, registration: UnitRegistration | None) -> datetime:
    """The first instant that is too late for a unit."""
    extended = registration.extended_to if registration else None
    return max(contest.registration_closes_at, extended or contest.registration_closes_at)


def is_open(contest: Contest, registration: UnitRegistration | None, now: datetime) -> bool:
    """Whether a unit may still change what it registers, as far as the clock goes."""
    return contest.registration_opens_at <= now < deadline_of(contest, registration)


# What a list is held against.


def terms_for(
    contest: Contest,
    unit: Unit,
    form_key: str,
    rows: Sequence[SheetRow],
    *,
    is_whole: bool = True,
) -> Terms:
    """The terms of a form for one sheet of a unit, with what already stands elsewhere.

    A whole list takes the place of the one before; a row alone joins whoever is on it.
    """
    plan = plan_of(contest)
    form = form_of(contest, form_key)
    names = {audience.key: audience.name for audience in plan.audiences}
    return Terms(
        asked=tuple(plan.registration.fields),
        required=frozenset(plan.registration.required),
        unique=frozenset(plan.registration.unique),
        audiences={names[key]: key for key in form.audiences},
        plan_audiences=tuple(names.values()),
        minimum_age=form.minimum_age,
        law_date=contest.law_date,
        standing=_standing(contest, unit, claims_of(rows), form_key if is_whole else ""),
    )


def _standing(contest: Contest, unit: Unit, claims: Claims, replaced: str) -> Standing:
    others = Person.objects.filter(contest=contest, removed_at=None).exclude(unit=unit)
    ids = {vault().index("national_id", each): each for each in claims.national_ids}
    phones = {vault().index("phone", each): each for each in claims.phones}
    taken_ids = others.filter(national_id_index__in=ids).values_list("national_id_index", flat=True)
    taken_phones = others.filter(phone_index__in=phones).values_list("phone_index", flat=True)
    folded = {name for name, _ in claims.names}
    named = others.filter(folded_name__in=folded).values_list("folded_name", "birth")
    seats = barring_seats(contest)
    return Standing(
        national_ids=frozenset(ids[index] for index in taken_ids),
        phones=frozenset(phones[index] for index in taken_phones),
        names=frozenset(named) & claims.names,
        barred_ids=frozenset(ids[seat.identity] for seat in seats if seat.identity in ids),
        seat_names=frozenset(fold(seat.name) for seat in seats if not seat.identity),
        beside=_beside(contest, unit, replaced, ids, phones),
    )


def _beside(
    contest: Contest, unit: Unit, replaced: str, ids: dict[str, str], phones: dict[str, str]
) -> tuple[Beside, ...]:
    """Who is on other lists of a unit than the one that is `replaced`; numbers in clear where the
    list claims them too, so that they can be compared."""
    own, beside = listed_where(contest, unit, replaced)
    people = Person.objects.filter(contest=contest, unit=unit, removed_at=None)
    rows = people.values_list("pk", "folded_name", "birth", "national_id_index", "phone_index")
    return tuple(
        Beside(name, birth, ids.get(identity, identity), phones.get(phone, phone), pk in own)
        for pk, name, birth, identity, phone in rows
        if pk in beside
    )


def listed_where(contest: Contest, unit: Unit, form_key: str) -> tuple[set[int], set[int]]:
    """Who is on a unit's list of a form, and who on those of the others: keys of people."""
    standing = Entry.objects.filter(contest=contest, unit=unit).exclude(state=EntryState.WITHDRAWN)
    persons = standing.exclude(person=None).values_list("category__key", "person")
    members = standing.exclude(team=None).values_list("category__key", "team__members__person")
    places = [*persons, *members]
    return (
        {person for key, person in places if key == form_key},
        {person for key, person in places if key != form_key},
    )


def barred_people(contest: Contest, unit: Unit) -> list[Person]:
    """People of a unit who hold a seat that bars them; seats may be given after a list is saved."""
    identities = [seat.identity for seat in barring_seats(contest) if seat.identity]
    return list(
        Person.objects.filter(
            contest=contest, unit=unit, removed_at=None, national_id_index__in=identities
        )
    )


def barred_entrants(contest: Contest) -> list[Entry]:
    """Persons of all units who take part, or are listed to, and hold a seat that bars them.

    A seat may be given after somebody was accepted; what follows is the organiser's to decide.
    """
    identities = [seat.identity for seat in barring_seats(contest) if seat.identity]
    return list(
        Entry.objects.filter(contest=contest, person__national_id_index__in=identities)
        .exclude(state=EntryState.WITHDRAWN)
        .select_related("person", "unit")
    )


# How far each unit is.


@dataclass(frozen=True, slots=True)
class FormCount:
    """A chosen form with the people listed for it; `missing` and `over` against the plan.

    Without a minimum in the plan (0) one person is missing while there is nobody.
    """

    key: str
    name: str
    people: int
    minimum: int
    missing: int
    over: int


@dataclass(frozen=True, slots=True)
class UnitOverview:
    """One unit's registration; `state` is empty where nothing was begun."""

    code: str
    name: str
    state: str
    forms: tuple[FormCount, ...]
    declared: int
    submitted_at: datetime | None
    extended_to: datetime | None
    returned_reason: str

    @property
    def missing(self) -> int:
        """People missing over all chosen forms."""
        return sum(form.missing for form in self.forms)


def registration_overview(contest: Contest) -> tuple[UnitOverview, ...]:
    """Every unit in the order of the plan. Four queries."""
    standing = {each.unit_id: each for each in contest.registrations.all()}
    counts = _people_counts(contest)
    forms = plan_of(contest).forms
    return tuple(
        _overview(unit, standing.get(unit.pk), forms, counts) for unit in units_of(contest)
    )


def unit_overview(contest: Contest, unit: Unit) -> UnitOverview:
    """The line of one unit."""
    counts = _people_counts(contest)
    return _overview(unit, registration_of(contest, unit), plan_of(contest).forms, counts)


def _people_counts(contest: Contest) -> Counter[tuple[int, str]]:
    """People by unit and form: persons with an entry, members of a team with one."""
    entries = Entry.objects.filter(contest=contest).exclude(state=EntryState.WITHDRAWN)
    counts: Counter[tuple[int, str]] = Counter()
    persons = entries.filter(person__isnull=False).values_list("unit", "category__key")
    for unit, key, people in persons.annotate(people=Count("pk")).order_by():
        counts[unit, key] += people
    teams = entries.filter(team__isnull=False).values_list("unit", "category__key")
    for unit, key, people in teams.annotate(people=Count("team__members")).order_by():
        counts[unit, key] += people
    return counts


def people_listed(contest: Contest, unit: Unit) -> int:
    """How many people are on the lists of a unit; whoever is on two counts once."""
    return len(set().union(*listed_where(contest, unit, "")) - {None})


def _overview(
    unit: Unit,
    registration: UnitRegistration | None,
    forms: Sequence[Form],
    counts: Counter[tuple[int, str]],
) -> UnitOverview:
    chosen = registration.forms if registration else []
    return UnitOverview(
        code=unit.code,
        name=unit.name,
        state=registration.state if registration else "",
        forms=tuple(
            _count(form, counts[unit.pk, form.key]) for form in forms if form.key in chosen
        ),
        declared=registration.declared if registration else 0,
        submitted_at=registration.submitted_at if registration else None,
        extended_to=registration.extended_to if registration else None,
        returned_reason=registration.returned_reason if registration else "",
    )


def _count(form: Form, people: int) -> FormCount:
    return FormCount(
        key=form.key,
        name=form.name,
        people=people,
        minimum=form.minimum,
        missing=max(0, max(1, form.minimum) - people),
        over=max(0, people - form.maximum) if form.maximum else 0,
    )


# What the lists of a unit are.

_OF_PEOPLE = (
    *("name", "given_name", "birth", "audience", "workplace"),
    *("national_id_index", "phone_index"),
)


def lists_seen(registration: UnitRegistration) -> str:
    """Another one as soon as a form, or anything of anybody on a list of the unit, is another."""
    standing = Entry.objects.filter(
        contest=registration.contest_id, unit=registration.unit_id
    ).exclude(state=EntryState.WITHDRAWN)
    about = ("category__key", "public_id", "team__name")
    persons = standing.exclude(person=None).values_list(
        *about, *(f"person__{field}" for field in _OF_PEOPLE)
    )
    members = standing.exclude(team=None).values_list(
        *(*about, "team__leader", "team__members__person", "team__members__parts"),
        *(f"team__members__person__{field}" for field in _OF_PEOPLE),
    )
    lines = sorted([str(text or "") for text in row] for row in (*persons, *members))
    forms = UnitRegistration.objects.values_list("forms", flat=True).get(pk=registration.pk)
    content = canonical({"forms": forms, "lines": lines})
    return hashlib.sha256(content).hexdigest()[:32]


def choice_seen(registration: UnitRegistration) -> str:
    """What a page of forms carries: `lists_seen` with the number declared, then the uploads that
    are not saved yet, which a dropped form would take with it."""
    declared = UnitRegistration.objects.values_list("declared", flat=True).get(pk=registration.pk)
    uploads = [
        *registration.staged.order_by("form").values_list("form", "pk", "version"),
        *registration.sent.order_by("form").values_list("form", "pk"),
    ]
    told = canonical([[str(part) for part in upload] for upload in uploads])
    return f"{lists_seen(registration)}-{declared}.{hashlib.sha256(told).hexdigest()[:16]}"


def last_change(registration: UnitRegistration) -> tuple[str, datetime]:
    """Who changed the forms, lists or teams of a unit last, and when."""
    changes = LogEntry.objects.filter(
        target=f"registration:{registration.pk}",
        action__in=("entries.choose_forms", "entries.save_list", "entries.save_team"),
    )
    last = changes.latest("number")
    return last.actor_name, last.at


def without_sitting(contest: Contest, unit: Unit) -> int:
    """How many of a unit were accepted after others of their form had got a sitting. One query.

    Their codes open nothing yet, and nobody at the unit would know. A live form has no sittings.
    """
    seated = Entry.objects.filter(contest=contest, is_seated=True).values("category")
    return Entry.objects.filter(
        contest=contest,
        unit=unit,
        state=EntryState.ACCEPTED,
        is_seated=False,
        category__in=seated,
    ).count()


# Who is on a list.


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody on a list as a page shows them: numbers masked, `birth` as people write it.
    `state` is an EntryState."""

    person: int
    entry: str
    number: str
    name: str
    given_name: str
    birth: str
    audience: str
    workplace: str
    national_id: str
    phone: str
    state: str
    is_sample: bool


class ListedPeople(Sequence[PersonRow]):
    """The people of a form in the order of lists; of a team, its members.

    Who stands where is looked up once. A slice reads the rows that it is asked for, three queries:
    numbers are opened for those alone who are shown.
    """

    def __init__(
        self, registration: UnitRegistration, form_key: str, *, withdrawn: bool = False
    ) -> None:
        entries = Entry.objects.filter(
            contest=registration.contest, unit=registration.unit, category__key=form_key
        )
        if not withdrawn:
            entries = entries.exclude(state=EntryState.WITHDRAWN)
        persons = entries.exclude(person=None).values_list("person__sort_key", "person", "pk")
        members = TeamMember.objects.filter(team__entries__in=entries)
        self._places = sorted(
            [*persons, *members.values_list("person__sort_key", "person", "team__entries")]
        )
        self._audiences = _audiences(registration.contest)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> PersonRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PersonRow, ...]: ...
    def __getitem__(self, index: int | slice) -> PersonRow | tuple[PersonRow, ...]:
        if isinstance(index, int):
            return self._rows([self._places[index]])[0]
        return self._rows(self._places[index])

    def _rows(self, places: Sequence[tuple[str, int, int]]) -> tuple[PersonRow, ...]:
        people = Person.objects.in_bulk([person for _, person, _ in places])
        entries = Entry.objects.in_bulk({entry for *_, entry in places})
        return tuple(
            _row(entries[entry], people[person], self._audiences) for _, person, entry in places
        )


def people_of(registration: UnitRegistration, form_key: str) -> tuple[PersonRow, ...]:
    """Everybody who takes part in a form, or is listed to."""
    return ListedPeople(registration, form_key)[:]


def people_of_entry(entry: Entry) -> tuple[PersonRow, ...]:
    """The person of an entry, or the members of its team."""
    audiences = _audiences(entry.contest)
    people = sorted(_persons(entry), key=lambda person: (person.sort_key, person.pk))
    return tuple(_row(entry, person, audiences) for person in people)


def person_of_entry(entry: Entry, person: int) -> Person:
    """Somebody behind an entry. Raises Http404."""
    found = next((each for each in _persons(entry) if each.pk == person), None)
    if found is None:
        raise Http404
    return found


def _audiences(contest: Contest) -> dict[str, str]:
    return {audience.key: audience.name for audience in plan_of(contest).audiences}


def _persons(entry: Entry) -> list[Person]:
    if entry.person is not None:
        return [entry.person]
    members = TeamMember.objects.filter(team=entry.team).select_related("person")
    return [member.person for member in members]


def _row(entry: Entry, person: Person, audiences: dict[str, str]) -> PersonRow:
    return PersonRow(
        person=person.pk,
        entry=str(entry.public_id),
        number=entry.number,
        name=person.name,
        given_name=person.given_name,
        birth=birth_text(person.birth),
        audience=audiences.get(person.audience, ""),
        workplace=person.workplace,
        national_id=mask(open_number(person, "national_id")),
        phone=mask(open_number(person, "phone")),
        state=entry.state,
        is_sample=person.is_sample,
    )


def birth_text(birth: str) -> str:
    """An ISO day as 05/10/1980; a year alone stays."""
    return day(date.fromisoformat(birth)) if len(birth) > len("1980") else birth


def open_number(person: Person, field: NumberField) -> str:
    """A person's number in clear. Whoever shows it whole goes through `actions.show_number`."""
    cipher = person.national_id_cipher if field == "national_id" else person.phone_cipher
    if cipher is None:
        return ""
    return vault().open(field, Sealed(person.key_id, bytes(cipher))).decode()


# Lists that are being read and mended.


def open_sent(sent: SentFile) -> bytes:
    """The file as it was sent; nothing once it is erased."""
    if sent.cipher is None:
        return b""
    return vault().open("sent_file", Sealed(sent.key_id, bytes(sent.cipher)))


def staged_forms(registration: UnitRegistration) -> frozenset[str]:
    """The forms of which an uploaded list has not been saved yet."""
    return frozenset(registration.staged.values_list("form", flat=True))


def list_jobs(registration: UnitRegistration) -> dict[str, Job]:
    """By form, the job asked for last: to read the file that was sent, to save the list."""
    jobs = [
        (each.form, each.job)
        for uploads in (registration.sent, registration.staged)
        for each in uploads.select_related("job").only("form", "job")
        if each.job is not None
    ]
    return dict(sorted(jobs, key=lambda pair: pair[1].pk))


def staged_list(registration: UnitRegistration, form_key: str) -> StagedList | None:
    """The uploaded list of a form that has not been saved yet."""
    return registration.staged.filter(form=form_key).first()


def open_staged(staged: StagedList) -> StagedSheet:
    """What was uploaded, with what has been mended since."""
    content = vault().open("staged_list", Sealed(staged.key_id, bytes(staged.cipher)))
    return msgspec.json.decode(content, type=StagedSheet)


def found_in(staged: StagedList) -> CheckedList:
    """What was found in an uploaded list when it last changed, without the people."""
    if staged.found_cipher is None:  # uploaded before this was kept
        return check_sheet(staged.registration, staged.form, open_staged(staged))
    content = vault().open("found", Sealed(staged.key_id, bytes(staged.found_cipher)))
    return msgspec.json.decode(content, type=CheckedList)


def check_sheet(
    registration: UnitRegistration,
    form_key: str,
    sheet: StagedSheet,
    tell: Callable[[int], None] = lambda _: None,
) -> CheckedList:
    """Hold a sheet as it stands now against its form and everybody registered by now."""
    rows = rows_of(sheet)
    terms = terms_for(registration.contest, registration.unit, form_key, rows)
    return check_list(rows, terms, tell, answers_of(sheet))


# Who takes part.


def accepted_entries(category: Category) -> list[Entry]:
    """Those who take part in a category, by their number."""
    return list(
        Entry.objects.filter(category=category, state=EntryState.ACCEPTED)
        .select_related("person", "team", "unit", "contest")
        .order_by("unit__position", *BY_NUMBER)
    )


def entry_by_public_id(contest: Contest, public_id: UUID) -> Entry:
    """Raises Http404."""
    entry = (
        Entry.objects.filter(contest=contest, public_id=public_id)
        .select_related("person", "team", "unit", "contest", "category", "replaces")
        .first()
    )
    if entry is None:
        raise Http404
    return entry


def access_code_of(entry: Entry) -> str:
    """What opens the hall for an entry: derived, never stored (docs/decisions/0007)."""
    return access_code(code_key(), entry.public_id.bytes, entry.code_issue)
