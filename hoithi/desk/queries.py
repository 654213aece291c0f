"""What the organiser's first pages say: where somebody has rights, and how far a contest is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404
from django.urls import reverse

from hoithi.contests.models import Assumption, Contest, ContestUnit, Duty, DutyState
from hoithi.contests.queries import contests_of, plan_of, units_of
from hoithi.entries.jobs import READ_LIST, SAVE_LIST
from hoithi.entries.models import Entry, EntryState, UnitRegistration
from hoithi.entries.queries import deadline_of
from hoithi.exam.jobs import COLLECT, COMPARE, GRADE, WITHDRAW
from hoithi.exam.rehearsal_jobs import REHEARSE
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import ScopeKind, Unit, User
from hoithi.people.permissions import scopes_of
from hoithi.results.jobs import CERTIFICATES
from hoithi.results.models import Publication
from hoithi.web.periods import deadline

LISTS = (READ_LIST, SAVE_LIST)
# Where a round's work leads: to its steps, or to what was graded.
ROUNDS = {
    COLLECT: "exam:round",
    WITHDRAW: "exam:round",
    GRADE: "results:round",
    COMPARE: "exam:likeness",
}


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in whose name somebody registers people for a contest; `until` when, in words."""

    contest: Contest
    unit: Unit
    until: str


@dataclass(frozen=True, slots=True)
class Places:
    """Everywhere somebody has a right."""

    contests: tuple[Contest, ...]
    units: tuple[UnitPlace, ...]


def places_of(user: User) -> Places:
    """The contests and units of somebody. Five queries."""
    units = [int(scope) for scope in scopes_of(user, ScopeKind.UNIT)]
    taking_part = (
        ContestUnit.objects.filter(unit__in=units)
        .select_related("contest", "unit")
        .order_by("-contest__loaded_at", "unit__position")
    )
    registered = {
        (each.contest_id, each.unit_id): each
        for each in UnitRegistration.objects.filter(unit__in=units)
    }
    return Places(
        tuple(contests_of(user)),
        tuple(
            UnitPlace(
                each.contest,
                each.unit,
                deadline(
                    deadline_of(each.contest, registered.get((each.contest_id, each.unit_id)))
                ),
            )
            for each in taking_part
        ),
    )


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many of a unit are registered for a form, against the least the plan asks for.

    A unit that has chosen other forms only `is_elsewhere`: it misses nobody here.
    """

    code: str
    name: str
    people: int
    minimum: int
    is_elsewhere: bool

    @property
    def missing(self) -> int:
        return 0 if self.is_elsewhere else max(0, self.minimum - self.people)


@dataclass(frozen=True, slots=True)
class FormRegistration:
    """A form by unit: who is missing most first, who takes part elsewhere last."""

    name: str
    minimum: int
    units: tuple[UnitCount, ...]

    @property
    def expected(self) -> int:
        """How many units take part in the form, or have not said otherwise."""
        return sum(not unit.is_elsewhere for unit in self.units)

    @property
    def enough(self) -> int:
        """How many of them have as many as the plan asks for, and somebody at all."""
        return sum(
            not unit.is_elsewhere and not unit.missing and unit.people > 0 for unit in self.units
        )


def registration_by_unit(contest: Contest) -> tuple[FormRegistration, ...]:
    """Listed and accepted entries by unit of each form for persons. Four queries."""
    counts = _entry_counts(contest)
    units = units_of(contest)
    chosen = dict(contest.registrations.values_list("unit", "forms"))
    found = []
    for form in plan_of(contest).forms:
        if form.entrant != "person":
            continue
        rows = [
            UnitCount(
                code=unit.code,
                name=unit.name,
                people=counts[unit.pk, form.key],
                minimum=form.minimum,
                is_elsewhere=bool(chosen.get(unit.pk)) and form.key not in chosen[unit.pk],
            )
            for unit in units
        ]
        rows.sort(key=lambda row: (row.is_elsewhere, -row.missing, row.people))
        found.append(FormRegistration(form.name, form.minimum, tuple(rows)))
    return tuple(found)


def _entry_counts(contest: Contest) -> Counter[tuple[int, str]]:
    entries = Entry.objects.filter(contest=contest).exclude(state=EntryState.WITHDRAWN)
    rows = entries.order_by().values_list("unit", "category__key").annotate(size=Count("pk"))
    return Counter({(unit, form): size for unit, form, size in rows})


@dataclass(frozen=True, slots=True)
class HolderDuties:
    """Everything one holder has to carry out."""

    holder: str
    duties: tuple[Duty, ...]

    @property
    def open(self) -> int:
        return sum(duty.state == DutyState.OPEN for duty in self.duties)


def duties_by_holder(contest: Contest) -> tuple[HolderDuties, ...]:
    """The duties of the plan, holders in its order. One query."""
    held: dict[str, list[Duty]] = {}
    for duty in contest.duties.order_by("id"):
        held.setdefault(duty.holder, []).append(duty)
    return tuple(HolderDuties(holder, tuple(duties)) for holder, duties in held.items())


def assumption_by_id(contest: Contest, pk: int) -> Assumption:
    """Raises Http404."""
    assumption = Assumption.objects.filter(contest=contest, pk=pk).first()
    if assumption is None:
        raise Http404
    return assumption


def job_place(job: Job) -> str:
    """The address of what a job works on; empty where there is no page for it."""
    if job.kind in LISTS:
        return _list_place(job)
    if job.kind in ROUNDS:
        page = ROUNDS[job.kind] if job.state == JobState.DONE else "exam:round"
        return reverse(page, args=[job.params["contest"], job.params["round"]])
    if job.kind == REHEARSE:
        parts = [job.params[each] for each in ("contest", "round", "rehearsal")]
        return reverse("exam:rehearsal", args=parts)
    if job.kind != CERTIFICATES:
        return ""
    publication = (
        Publication.objects.filter(pk=job.params["publication"])
        .select_related("contest", "round")
        .first()
    )
    if publication is None:
        return ""
    return reverse(
        "results:papers",
        kwargs={
            "contest": publication.contest.key,
            "round_key": publication.round.key,
            "number": publication.number,
        },
    )


def goes_on(job: Job) -> bool:
    """Whether a job that is done leads on to what it has made, as a request would have done."""
    return job.kind in (*LISTS, *ROUNDS) and job.state == JobState.DONE


def _list_place(job: Job) -> str:
    """The list itself; where it is mended when it has been read or could not be saved."""
    was_read = job.kind == READ_LIST and job.state == JobState.DONE
    not_saved = job.kind == SAVE_LIST and job.state == JobState.FAILED
    view = "entries:mend" if was_read or not_saved else "entries:people"
    return reverse(view, args=[job.params[each] for each in ("contest", "unit", "form")])


def duty_by_id(contest: Contest, pk: int) -> Duty:
    """Raises Http404."""
    duty = Duty.objects.filter(contest=contest, pk=pk).first()
    if duty is None:
        raise Http404
    return duty
