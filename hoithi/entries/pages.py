"""What the pages of registration show, as ready values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import Http404
from django.utils.functional import Promise

from hoithi.contests.models import Contest
from hoithi.contests.plan.schema import Form as FormPlan
from hoithi.contests.queries import contest_by_key, form_of, plan_of, unit_by_code
from hoithi.entries.actions.registering import OPEN
from hoithi.entries.models import Entry, EntryState, RegistrationState, UnitRegistration
from hoithi.entries.queries import (
    FormCount,
    PersonRow,
    UnitOverview,
    barred_entrants,
    deadline_of,
    is_open,
    people_of,
    people_of_entry,
    registration_of,
    registration_overview,
    staged_lists,
    unit_overview,
)
from hoithi.entries.wording import ENTRY_STATES, REGISTRATION_STATES, Shown
from hoithi.people.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: a unit of a contest."""

    contest: Contest
    unit: Unit
    registration: UnitRegistration | None

    @property
    def forms(self) -> tuple[FormPlan, ...]:
        """The chosen forms, in the order of the plan."""
        chosen = self.registration.forms if self.registration else []
        return tuple(form for form in plan_of(self.contest).forms if form.key in chosen)

    def chosen(self, form: str) -> FormPlan:
        """A form that the unit has chosen. Raises Http404 for another one."""
        for each in self.forms:
            if each.key == form:
                return each
        raise Http404

    @property
    def begun(self) -> UnitRegistration:
        """Raises Http404 before the unit has chosen a form."""
        if self.registration is None:
            raise Http404
        return self.registration


def place_of(contest: str, unit: str) -> Place:
    """Raises Http404."""
    found = contest_by_key(contest)
    member = unit_by_code(found, unit)
    return Place(found, member, registration_of(found, member))


@dataclass(frozen=True, slots=True)
class FormLine:
    """A chosen form with its list; `is_staged` says that an upload waits to be mended."""

    count: FormCount
    is_staged: bool
    is_enough: bool


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit's registration from beginning to receipt."""

    place: Place
    overview: UnitOverview
    state: Shown
    forms: tuple[FormLine, ...]
    opens_at: datetime
    deadline: datetime
    is_open: bool
    is_before: bool
    can_edit: bool
    can_submit: bool
    can_recall: bool
    is_accepted: bool


def unit_page(place: Place, now: datetime) -> UnitPage:
    """The first page of a unit."""
    overview = unit_overview(place.contest, place.unit)
    staged = staged_lists(place.registration) if place.registration else {}
    lines = tuple(
        FormLine(count, count.key in staged, not count.missing and not count.over)
        for count in overview.forms
    )
    open_now = is_open(place.contest, place.registration, now)
    can_edit = open_now and (not overview.state or overview.state in OPEN)
    return UnitPage(
        place=place,
        overview=overview,
        state=REGISTRATION_STATES[overview.state],
        forms=lines,
        opens_at=place.contest.registration_opens_at,
        deadline=deadline_of(place.contest, place.registration),
        is_open=open_now,
        is_before=now < place.contest.registration_opens_at,
        can_edit=can_edit,
        can_submit=can_edit and bool(lines) and all(map(_is_ready, lines)),
        can_recall=open_now and overview.state == RegistrationState.SUBMITTED,
        is_accepted=overview.state == RegistrationState.ACCEPTED,
    )


def _is_ready(line: FormLine) -> bool:
    return line.is_enough and not line.is_staged


@dataclass(frozen=True, slots=True)
class ListedPersonLine:
    """A person on a page, with the state of the entry in words."""

    row: PersonRow
    state: Shown


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of one form."""

    place: Place
    form_key: str
    form_name: str
    people: tuple[ListedPersonLine, ...]
    minimum: int
    missing: int
    is_staged: bool
    can_edit: bool
    is_accepted: bool
    has_samples: bool


def list_page(place: Place, form_key: str, now: datetime) -> ListPage:
    """Raises Http404 for a form that the unit has not chosen."""
    registration, form = place.begun, place.chosen(form_key)
    people = person_lines(registration, form_key)
    return ListPage(
        place=place,
        form_key=form_key,
        form_name=form.name,
        people=people,
        minimum=form.minimum,
        missing=max(0, max(1, form.minimum) - len(people)),
        is_staged=form_key in staged_lists(registration),
        can_edit=is_open(place.contest, registration, now) and registration.state in OPEN,
        is_accepted=registration.state == RegistrationState.ACCEPTED,
        has_samples=any(line.row.is_sample for line in people),
    )


def person_lines(
    registration: UnitRegistration, form_key: str, *, withdrawn: bool = False
) -> tuple[ListedPersonLine, ...]:
    """The people of a form with their states in words."""
    rows = people_of(registration, form_key, withdrawn=withdrawn)
    return tuple(ListedPersonLine(row, ENTRY_STATES[row.state]) for row in rows)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in the organiser's table."""

    overview: UnitOverview
    state: Shown


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All units, what is to be done about them, and who may not take part although listed."""

    units: tuple[UnitLine, ...]
    barred: tuple[Entry, ...]
    people: int
    waiting: int
    accepted: int
    enough: int


def overview_page(contest: Contest) -> OverviewPage:
    """Every unit, those that wait for a decision counted."""
    overviews = registration_overview(contest)
    states = [each.state for each in overviews]
    return OverviewPage(
        units=tuple(UnitLine(each, REGISTRATION_STATES[each.state]) for each in overviews),
        barred=tuple(barred_entrants(contest)),
        people=sum(form.people for each in overviews for form in each.forms),
        waiting=states.count(RegistrationState.SUBMITTED),
        accepted=states.count(RegistrationState.ACCEPTED),
        enough=sum(1 for each in overviews if each.forms and not each.missing),
    )


@dataclass(frozen=True, slots=True)
class FormPeople:
    """A chosen form and everybody who was ever on its accepted list."""

    count: FormCount
    people: tuple[ListedPersonLine, ...]


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A unit as the organiser decides about it."""

    unit: UnitPage
    forms: tuple[FormPeople, ...]
    can_decide: bool
    can_extend: bool
    has_samples: bool


def decision_page(place: Place, now: datetime) -> DecisionPage:
    """Everything about one unit, withdrawn people included."""
    page = unit_page(place, now)
    forms = tuple(
        FormPeople(line.count, person_lines(place.begun, line.count.key, withdrawn=True))
        for line in page.forms
    )
    return DecisionPage(
        unit=page,
        forms=forms,
        can_decide=page.overview.state == RegistrationState.SUBMITTED,
        can_extend=not page.is_accepted,
        has_samples=any(line.row.is_sample for form in forms for line in form.people),
    )


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry, who stands behind it, and whether it can still be changed."""

    entry: Entry
    name: str
    state: Shown
    people: tuple[PersonRow, ...]
    is_team: bool
    can_change: bool
    replaces: str
    replaced_by: str


def entry_page(entry: Entry) -> EntryPage:
    """What the organiser sees of an entry; `replaces` and `replaced_by` are numbers."""
    successor = Entry.objects.filter(replaces=entry).first()
    return EntryPage(
        entry=entry,
        name=entry.person.name if entry.person else entry.team.name if entry.team else "",
        state=ENTRY_STATES[entry.state],
        people=people_of_entry(entry),
        is_team=entry.team is not None,
        can_change=entry.state == EntryState.ACCEPTED,
        replaces=entry.replaces.number if entry.replaces else "",
        replaced_by=successor.number if successor else "",
    )


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number in clear, for one look."""

    name: str
    title: Promise
    value: str = field(repr=False)


def audience_names(contest: Contest, form_key: str) -> list[str]:
    """The names of the audiences that may take a form."""
    names = {audience.key: audience.name for audience in plan_of(contest).audiences}
    return [names[key] for key in form_of(contest, form_key).audiences]
