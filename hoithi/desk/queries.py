"""What the organiser's first pages say: where somebody has rights, and how far a contest is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Assumption, Contest, ContestUnit, Duty, DutyState
from hoithi.contests.queries import contests_of, plan_of, units_of
from hoithi.entries.models import Entry, EntryState
from hoithi.exam.models import Package, Sitting
from hoithi.jobs.models import Job
from hoithi.people.models import ScopeKind, Unit, User
from hoithi.people.permissions import scopes_of
from hoithi.results.jobs import CERTIFICATES
from hoithi.results.models import Publication


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in whose name somebody registers people for a contest."""

    contest: Contest
    unit: Unit


@dataclass(frozen=True, slots=True)
class Places:
    """Everywhere somebody has a right."""

    contests: tuple[Contest, ...]
    units: tuple[UnitPlace, ...]


def places_of(user: User) -> Places:
    """The contests and units of somebody. Four queries."""
    units = [int(scope) for scope in scopes_of(user, ScopeKind.UNIT)]
    taking_part = (
        ContestUnit.objects.filter(unit__in=units)
        .select_related("contest", "unit")
        .order_by("-contest__loaded_at", "unit__position")
    )
    return Places(
        tuple(contests_of(user)),
        tuple(UnitPlace(each.contest, each.unit) for each in taking_part),
    )


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many of a unit are registered for a form, against the least the plan asks for."""

    code: str
    name: str
    people: int
    minimum: int

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.people)


@dataclass(frozen=True, slots=True)
class FormRegistration:
    """A form by unit, who is missing most first."""

    name: str
    minimum: int
    units: tuple[UnitCount, ...]

    @property
    def enough(self) -> int:
        """How many units have as many as the plan asks for."""
        return sum(not unit.missing and unit.people > 0 for unit in self.units)


def registration_by_unit(contest: Contest) -> tuple[FormRegistration, ...]:
    """Listed and accepted entries by unit of each form for persons. Three queries."""
    counts = _entry_counts(contest)
    units = units_of(contest)
    return tuple(
        FormRegistration(
            form.name,
            form.minimum,
            tuple(
                sorted(
                    (
                        UnitCount(unit.code, unit.name, counts[unit.pk, form.key], form.minimum)
                        for unit in units
                    ),
                    key=lambda row: (-row.missing, row.people),
                )
            ),
        )
        for form in plan_of(contest).forms
        if form.entrant == "person"
    )


def _entry_counts(contest: Contest) -> Counter[tuple[int, str]]:
    entries = Entry.objects.filter(contest=contest).exclude(state=EntryState.WITHDRAWN)
    rows = entries.order_by().values_list("unit", "category__key").annotate(size=Count("pk"))
    return Counter({(unit, form): size for unit, form, size in rows})


def log_of(contest: Contest) -> Q:
    """Which entries of the log are about a contest: itself, its rounds, packages and sittings,
    its registrations, and rights given in it."""
    packages = Package.objects.filter(round__contest=contest).values_list("public_id", flat=True)
    sittings = Sitting.objects.filter(round__contest=contest).values_list("public_id", flat=True)
    targets = [f"contest:{contest.key}"]
    targets += [f"package:{each.hex}" for each in packages]
    targets += [f"sitting:{each.hex}" for each in sittings]
    about = Q(target__in=targets) | Q(target__startswith=f"round:{contest.key}/")
    return about | Q(after__scope=f"contest:{contest.key}")


def log_entries(contest: Contest, words: str) -> QuerySet[LogEntry]:
    """The log of a contest, newest first, of acts or people whose name has the words."""
    entries = LogEntry.objects.filter(log_of(contest)).order_by("-number")
    if words:
        named = Q(actor_name__icontains=words) | Q(action__icontains=words)
        entries = entries.filter(named | Q(target__icontains=words))
    return entries


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
