"""What the pages of registration show, as ready values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.utils.functional import Promise

from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.schema import Form as FormPlan
from hoithi.contests.queries import contest_by_key, form_of, plan_of, unit_by_code
from hoithi.entries.actions.registering import OPEN
from hoithi.entries.models import (
    Bar,
    Entry,
    EntryState,
    RegistrationState,
    StagedList,
    UnitRegistration,
)
from hoithi.entries.queries import (
    FormCount,
    ListedPeople,
    PersonRow,
    UnitOverview,
    barred_entrants,
    deadline_of,
    is_open,
    list_jobs,
    people_listed,
    people_of_entry,
    registration_of,
    registration_overview,
    staged_forms,
    staged_list,
    unit_overview,
    without_sitting,
)
from hoithi.entries.wording import ENTRY_STATES, REGISTRATION_STATES, Shown
from hoithi.jobs.models import Job
from hoithi.people.models import Unit
from hoithi.web.violations import explain

PAGE_SIZE = 100


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
class Work:
    """What the worker does with a list: a job that is not over yet, or why the last one failed."""

    job: int | None = None
    failure: str = ""


def work_on(registration: UnitRegistration) -> dict[str, Work]:
    """By form; forms without long work are left out."""
    return {form: _work(job) for form, job in list_jobs(registration).items()}


def _work(job: Job) -> Work:
    if not job.is_over:
        return Work(job.pk)
    return Work(failure=explain(job.failure) if job.failure else "")


@dataclass(frozen=True, slots=True)
class FormLine:
    """A chosen form with its list; `is_staged` says that an upload waits to be mended, `is_team`
    that its people are one team."""

    count: FormCount
    is_staged: bool
    is_enough: bool
    work: Work
    is_team: bool


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit's registration from beginning to receipt; `listed` counts everybody once."""

    place: Place
    overview: UnitOverview
    state: Shown
    forms: tuple[FormLine, ...]
    listed: int
    opens_at: datetime
    deadline: datetime
    is_open: bool
    is_before: bool
    can_edit: bool
    can_submit: bool
    can_recall: bool
    is_accepted: bool
    without_sitting: int

    @property
    def differs(self) -> bool:
        """Whether there are lists, of another number of people than the unit had expected."""
        declared = self.overview.declared
        return bool(declared and self.listed) and declared != self.listed


def unit_page(place: Place, now: datetime) -> UnitPage:
    """The first page of a unit."""
    overview = unit_overview(place.contest, place.unit)
    staged = staged_forms(place.registration) if place.registration else ()
    work = work_on(place.registration) if place.registration else {}
    lines = tuple(
        FormLine(
            count,
            is_staged=count.key in staged,
            is_enough=not count.missing and not count.over,
            work=work.get(count.key, Work()),
            is_team=place.chosen(count.key).entrant == "team",
        )
        for count in overview.forms
    )
    open_now = is_open(place.contest, place.registration, now)
    can_edit = open_now and (not overview.state or overview.state in OPEN)
    return UnitPage(
        place=place,
        overview=overview,
        state=REGISTRATION_STATES[overview.state],
        forms=lines,
        listed=people_listed(place.contest, place.unit),
        opens_at=place.contest.registration_opens_at,
        deadline=deadline_of(place.contest, place.registration),
        is_open=open_now,
        is_before=now < place.contest.registration_opens_at,
        can_edit=can_edit,
        can_submit=can_edit and bool(lines) and all(map(_is_ready, lines)),
        can_recall=open_now and overview.state == RegistrationState.SUBMITTED,
        is_accepted=overview.state == RegistrationState.ACCEPTED,
        without_sitting=without_sitting(place.contest, place.unit),
    )


def _is_ready(line: FormLine) -> bool:
    return line.is_enough and not line.is_staged and line.work.job is None


@dataclass(frozen=True, slots=True)
class ListedPersonLine:
    """A person on a page, with the state of the entry in words."""

    row: PersonRow
    state: Shown


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of a list; `total` is all of them."""

    lines: tuple[ListedPersonLine, ...]
    page: Page[PersonRow]

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def has_samples(self) -> bool:
        return any(line.row.is_sample for line in self.lines)


def people_page(people: ListedPeople, number: str | None) -> PeoplePage:
    """The page of that number, or one that there is."""
    page = Paginator(people, PAGE_SIZE).get_page(number)
    return PeoplePage(tuple(ListedPersonLine(row, ENTRY_STATES[row.state]) for row in page), page)


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of one form."""

    place: Place
    form_key: str
    form_name: str
    people: PeoplePage
    minimum: int
    missing: int
    staged: StagedList | None
    work: Work
    can_edit: bool
    is_accepted: bool
    is_team: bool


def list_page(place: Place, form_key: str, now: datetime, number: str | None) -> ListPage:
    """Raises Http404 for a form that the unit has not chosen."""
    registration, form = place.begun, place.chosen(form_key)
    people = people_page(ListedPeople(registration, form_key), number)
    return ListPage(
        place=place,
        form_key=form_key,
        form_name=form.name,
        people=people,
        minimum=form.minimum,
        missing=max(0, max(1, form.minimum) - people.total),
        staged=staged_list(registration, form_key),
        work=work_on(registration).get(form_key, Work()),
        can_edit=is_open(place.contest, registration, now) and registration.state in OPEN,
        is_accepted=registration.state == RegistrationState.ACCEPTED,
        is_team=form.entrant == "team",
    )


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in the organiser's table."""

    overview: UnitOverview
    state: Shown


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All units, what is to be done about them, who may not take part although listed, and the
    rounds on stage.

    Of these whoever is barred already is left out.
    """

    units: tuple[UnitLine, ...]
    barred: tuple[Entry, ...]
    people: int
    waiting: int
    accepted: int
    enough: int
    stages: tuple[Round, ...]


def overview_page(contest: Contest) -> OverviewPage:
    """Every unit, those that wait for a decision counted."""
    overviews = registration_overview(contest)
    states = [each.state for each in overviews]
    return OverviewPage(
        units=tuple(UnitLine(each, REGISTRATION_STATES[each.state]) for each in overviews),
        barred=tuple(each for each in barred_entrants(contest) if not each.barred_reason),
        people=sum(form.people for each in overviews for form in each.forms),
        waiting=states.count(RegistrationState.SUBMITTED),
        accepted=states.count(RegistrationState.ACCEPTED),
        enough=sum(1 for each in overviews if each.forms and not each.missing),
        stages=tuple(contest.rounds.filter(is_online=False)),
    )


@dataclass(frozen=True, slots=True)
class FormPeople:
    """A chosen form and everybody who was ever on its accepted list, a page of them."""

    count: FormCount
    people: PeoplePage


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A unit as the organiser decides about it."""

    unit: UnitPage
    forms: tuple[FormPeople, ...]
    can_decide: bool
    can_extend: bool
    has_samples: bool


def decision_page(place: Place, now: datetime, number: str | None) -> DecisionPage:
    """Everything about one unit, withdrawn people included; the lists turn their pages together."""
    page = unit_page(place, now)
    forms = tuple(
        FormPeople(
            line.count,
            people_page(ListedPeople(place.begun, line.count.key, withdrawn=True), number),
        )
        for line in page.forms
    )
    return DecisionPage(
        unit=page,
        forms=forms,
        can_decide=page.overview.state == RegistrationState.SUBMITTED,
        can_extend=not page.is_accepted,
        has_samples=any(form.people.has_samples for form in forms),
    )


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry, who stands behind it, whether it can be changed, and how it was ever barred."""

    entry: Entry
    name: str
    state: Shown
    people: tuple[PersonRow, ...]
    is_team: bool
    can_change: bool
    replaces: str
    replaced_by: str
    bars: tuple[Bar, ...]


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
        bars=tuple(entry.bars.order_by("-id")),
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
