"""Where a round held online stands: its packages, its sittings, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from uuid import UUID

from django.db.models import Count, F, Max, QuerySet
from django.http import Http404

from hoithi.contests.models import Round
from hoithi.contests.queries import online_plan, plan_of
from hoithi.entries.models import Entry, EntryState
from hoithi.exam.item_reports import newest_report
from hoithi.exam.models import (
    A_DAY,
    Attempt,
    Package,
    PackageState,
    RosterLine,
    Sitting,
    SittingState,
)
from hoithi.exam.sealing import open_keys
from hoithi.exam.secrecy import is_collected
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Approval, ScopeKind
from hoithi.results.models import Publication
from hoithi.results.pending import is_grading_outdated, newest_grading
from hoithi.results.wording import LETTERS
from hoithi.rules.paper import read_questions
from hoithi.rules.statistics import ItemFigures


class Step(StrEnum):
    """The way of a round, in order."""

    BUILD = "build"
    SEAL = "seal"
    WITHDRAW = "withdraw"
    ROSTER = "roster"
    RUN = "run"
    COLLECT = "collect"
    GRADE = "grade"
    PUBLISH = "publish"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package as lists show it; `first` is who has signed while a second person is awaited,
    `is_leaving` that its withdrawal waits for the hall."""

    number: int
    state: str
    items: int
    commitment: str
    built_by: str
    built_at: datetime
    first: str
    first_id: int | None
    sealed_at: datetime | None
    is_leaving: bool


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A sitting as lists show it; numbers count from 1 within the round.

    `windows` are the times that people of it were given for themselves.
    """

    id: int
    number: int
    public_id: UUID
    state: str
    opens_at: datetime
    closes_at: datetime
    windows: tuple[tuple[datetime, datetime], ...]
    people: int
    attempts: int
    published_at: datetime
    collected_at: datetime | None
    longer_until: datetime

    @property
    def ends_at(self) -> datetime:
        """When nobody may start any more: its closing, or that of the last window, with the minutes
        that some were given."""
        return max([self.longer_until, *(closes_at for _, closes_at in self.windows)])

    def is_open(self, now: datetime, before: timedelta = timedelta()) -> bool:
        """Whether somebody may start now, or in so much time."""
        times = [(self.opens_at, self.closes_at), *self.windows]
        return any(opens_at - before <= now < closes_at for opens_at, closes_at in times)


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window of their own of so many people of these units."""

    opens_at: datetime
    closes_at: datetime
    units: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Unseated:
    """How many accepted entries of a unit are in no sitting of a round."""

    unit: str
    people: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A round on its way. `may_seat` says that a sitting can still be opened (`last_closing`);
    `every_sitting` has those too that were withdrawn with their package."""

    step: Step
    packages: tuple[PackageRow, ...]
    every_sitting: tuple[SittingRow, ...]
    unseated_units: tuple[Unseated, ...]
    may_seat: bool
    graded_at: datetime | None
    published_at: datetime | None

    @property
    def sittings(self) -> tuple[SittingRow, ...]:
        """Those that stand."""
        return tuple(row for row in self.every_sitting if row.state != SittingState.WITHDRAWN)

    @property
    def unseated(self) -> int:
        """Accepted entries that are in no sitting: without one they are in no result."""
        return sum(row.people for row in self.unseated_units)

    @property
    def has_latecomers(self) -> bool:
        """Whether somebody was accepted after the roster had been published."""
        return self.unseated > 0 and bool(self.sittings) and self.step is not Step.ROSTER

    @property
    def package(self) -> PackageRow | None:
        """The sealed package, else the newest draft."""
        standing = [row for row in self.packages if row.state != PackageState.WITHDRAWN]
        sealed = [row for row in standing if row.state == PackageState.SEALED]
        found = sealed or standing
        return found[-1] if found else None


def _standing(sittings: Iterable[Sitting | SittingRow]) -> list[Sitting | SittingRow]:
    return [row for row in sittings if row.state != SittingState.WITHDRAWN]


def held_between(
    each: Round, sittings: Iterable[Sitting | SittingRow]
) -> tuple[datetime, datetime]:
    """When a round is open: by its sittings, which orders can move, else by the plan. No query."""
    held = _standing(sittings)
    return (
        min((sitting.opens_at for sitting in held), default=each.opens_at),
        max((sitting.closes_at for sitting in held), default=each.closes_at),
    )


def last_closing(each: Round, sittings: Iterable[Sitting | SittingRow]) -> datetime | None:
    """Until when another sitting of the same package can be opened; none once no sitting of it is
    in the hall any more, as its questions may be read then. No query."""
    held = _standing(sittings)
    standing = [row.closes_at for row in held if row.collected_at is None]
    return max([each.closes_at, *standing]) if standing or not held else None


def is_together(each: Round) -> bool:
    """Whether all answer one question at a time (docs/decisions/0023)."""
    return each.is_online and online_plan(each).together is not None


def progress(each: Round, now: datetime) -> Progress:
    """Where a round stands. Twelve queries at most, whatever its size."""
    packages = package_rows(each)
    sittings = sitting_rows(each)
    grading = newest_grading(each)
    latest = Publication.objects.filter(round=each).order_by("-number").first()
    until = last_closing(each, sittings)
    if until is not None and _standing(sittings) and is_together(each):
        until = None  # such a round has one sitting
    return Progress(
        step=_step(each, packages, sittings, latest, now),
        packages=packages,
        every_sitting=sittings,
        unseated_units=_unseated(each),
        may_seat=until is not None and now < until,
        graded_at=grading.graded_at if grading else None,
        published_at=latest.published_at if latest else None,
    )


def _step(
    each: Round,
    packages: tuple[PackageRow, ...],
    sittings: tuple[SittingRow, ...],
    latest: Publication | None,
    now: datetime,
) -> Step:
    states = {row.state for row in packages}
    if PackageState.SEALED not in states:
        return Step.SEAL if PackageState.DRAFT in states else Step.BUILD
    if any(row.is_leaving for row in packages):
        return Step.WITHDRAW
    held = {row.state for row in sittings} - {SittingState.WITHDRAWN}
    if not held or SittingState.PREPARED in held:
        return Step.ROSTER
    if SittingState.PUBLISHED in held:
        standing = [row for row in sittings if row.state == SittingState.PUBLISHED]
        return Step.RUN if any(now < row.ends_at for row in standing) else Step.COLLECT
    if SittingState.COLLECTED in held or is_grading_outdated(each):
        return Step.GRADE
    if each.is_official and latest is None:
        return Step.PUBLISH
    return Step.DONE


def is_to_be_graded(each: Round) -> bool:
    """Whether something was collected or ruled that the scores which stand do not heed."""
    return each.sittings.filter(state=SittingState.COLLECTED).exists() or is_grading_outdated(each)


def work_at(each: Round, kind: str = "", **what: int) -> Job | None:
    """The job that is at a round and not over, of one kind about one thing or of any. One query."""
    jobs = Job.objects.filter(
        scope_kind=ScopeKind.CONTEST,
        scope_id=each.contest.key,
        kind__startswith=kind or "exam.",
        state__in=(JobState.WAITING, JobState.RUNNING),
    )
    about = {"round": each.key, **what}
    return next((job for job in jobs if about.items() <= job.params.items()), None)


def package_rows(each: Round) -> tuple[PackageRow, ...]:
    """Every package of a round, oldest first. Two queries."""
    packages = list(
        Package.objects.filter(round=each)
        .defer("questions", "keys_cipher")
        .select_related("sealing")
        .annotate(size=Count("items"))
        .order_by("number")
    )
    waiting = {
        approval.subject_hash: approval.first
        for approval in Approval.objects.filter(
            kind="seal",
            subject_hash__in=[package.commitment for package in packages],
            second=None,
            refused_at=None,
        ).select_related("first")
    }
    return tuple(
        PackageRow(
            number=package.number,
            state=package.state,
            items=package.size,
            commitment=package.commitment,
            built_by=package.built_by,
            built_at=package.built_at,
            first=waiting[package.commitment].name if package.commitment in waiting else "",
            first_id=waiting[package.commitment].pk if package.commitment in waiting else None,
            sealed_at=package.sealing.second_at if package.sealing else None,
            is_leaving=package.is_leaving,
        )
        for package in packages
    )


def sitting_rows(each: Round) -> tuple[SittingRow, ...]:
    """Every sitting of a round in the order they were made. Five queries."""
    sittings = Sitting.objects.filter(round=each).order_by("id")
    windows: dict[int, list[tuple[datetime, datetime]]] = {}
    given = (
        RosterLine.objects.filter(sitting__round=each, window_opens_at__isnull=False)
        .order_by("window_opens_at", "window_closes_at")
        .values_list("sitting", "window_opens_at", "window_closes_at")
        .distinct()
    )
    for sitting_id, opens_at, closes_at in given:
        if opens_at is not None and closes_at is not None:
            windows.setdefault(sitting_id, []).append((opens_at, closes_at))
    longer = _longer(RosterLine.objects.filter(sitting__round=each))
    people = _counts(RosterLine.objects.filter(sitting__round=each))
    attempts = _counts(Attempt.objects.filter(sitting__round=each))
    return tuple(
        SittingRow(
            id=sitting.pk,
            number=number,
            public_id=sitting.public_id,
            state=sitting.state,
            opens_at=sitting.opens_at,
            closes_at=sitting.closes_at,
            windows=tuple(windows.get(sitting.pk, ())),
            people=people.get(sitting.pk, 0),
            attempts=attempts.get(sitting.pk, 0),
            published_at=sitting.published_at,
            collected_at=sitting.collected_at,
            longer_until=longer.get(sitting.pk, sitting.closes_at),
        )
        for number, sitting in enumerate(sittings, start=1)
    )


def windows_of(sitting: Sitting) -> tuple[WindowRow, ...]:
    """The windows that people of a sitting were given, in their order. One query."""
    counted = (
        sitting.lines.filter(window_opens_at__isnull=False)
        .order_by(
            "window_opens_at", "window_closes_at", "entry__unit__position", "entry__unit__code"
        )
        .values_list("window_opens_at", "window_closes_at", "entry__unit__name")
        .annotate(people=Count("pk"))
    )
    found: dict[tuple[datetime, datetime], list[tuple[str, int]]] = {}
    for opens_at, closes_at, unit, people in counted:
        if opens_at is not None and closes_at is not None:
            found.setdefault((opens_at, closes_at), []).append((unit, people))
    return tuple(
        WindowRow(*time, tuple(unit for unit, _ in units), sum(people for _, people in units))
        for time, units in found.items()
    )


def ends_at(sitting: Sitting) -> datetime:
    """When nobody of a sitting may start any more: its closing, or that of somebody's own window.
    One query."""
    windows = sitting.lines.filter(window_opens_at__isnull=False)
    last: datetime | None = windows.aggregate(last=Max("window_closes_at"))["last"]
    return max(sitting.closes_at, last or sitting.closes_at)


def goes_on_until(sitting: Sitting) -> datetime:
    """The same with the minutes that some were given: before it the hall does not close, even
    where nobody makes use of them. Two queries."""
    longer = _longer(sitting.lines.all()).get(sitting.pk, sitting.closes_at)
    return max(ends_at(sitting), longer)


def _longer(lines: QuerySet[RosterLine]) -> dict[int, datetime]:
    """Until when those may start who were given minutes on the last day, by sitting. One query."""
    given = (
        lines.filter(extra_ms__gt=0)
        .exclude(extra_at__lt=F("sitting__closes_at") - A_DAY)
        .order_by()
        .values_list("sitting", "sitting__closes_at", "window_closes_at")
        .annotate(most=Max("extra_ms"))
    )
    until: dict[int, datetime] = {}
    for sitting, closes_at, window_closes_at, most in given:
        last = max(closes_at, window_closes_at or closes_at) + timedelta(milliseconds=most)
        until[sitting] = max(last, until.get(sitting, last))
    return until


def _counts(rows: QuerySet[RosterLine] | QuerySet[Attempt]) -> dict[int, int]:
    """How many of the rows each sitting has; a count over both at once would multiply them."""
    return dict(rows.order_by().values_list("sitting").annotate(size=Count("pk")))


def unseated_entries(each: Round) -> QuerySet[Entry]:
    """Accepted entries of a round's form that are in no sitting of it."""
    seated = RosterLine.objects.standing().filter(sitting__round=each).values("entry")
    return Entry.objects.filter(category=each.category_id, state=EntryState.ACCEPTED).exclude(
        pk__in=seated
    )


def people_of(each: Round) -> int:
    """Who sits the round by now, or would. Two queries."""
    seated = RosterLine.objects.standing().filter(sitting__round=each).count()
    return seated + unseated_entries(each).count()


def _unseated(each: Round) -> tuple[Unseated, ...]:
    counted = (
        unseated_entries(each)
        .order_by("unit__position", "unit__code")
        .values_list("unit__name")
        .annotate(people=Count("pk"))
    )
    return tuple(Unseated(unit, people) for unit, people in counted)


@dataclass(frozen=True, slots=True)
class Share:
    """How many questions of a topic and level a package has, and how many a paper takes."""

    there: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Contents:
    """A package's questions as a grid: a row for each topic, a cell for each of the levels.

    A level without a name takes any; a cell is none where the blueprint asks for nothing.
    `tells_scores` says that who hands in is told the score at once (docs/decisions/0018),
    `is_together` that all answer one question at a time (docs/decisions/0023). Signals
    are kept for `signals_days` days after the sitting, as `signals_in` of the regulation says
    (docs/decisions/0017); 0 where none are.
    """

    levels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Share | None, ...]], ...]
    tells_scores: bool
    is_together: bool
    signals_in: str
    signals_days: int


def withdrawal_of(package: Package) -> Approval | None:
    """The signatures under the withdrawal of a package, if anybody has signed one."""
    return (
        Approval.objects.filter(kind="withdraw", subject_hash=package.commitment, refused_at=None)
        .select_related("first", "second")
        .first()
    )


def package_contents(package: Package) -> Contents:
    """How many questions of what a package has; says nothing about any question."""
    plan = plan_of(package.round.contest)
    names = {each.key: each.name for each in (*plan.topics, *plan.levels)}
    questions = read_questions(bytes(package.questions))
    policy = questions.file.policy
    shares: dict[str, dict[str, Share]] = {}
    levels: dict[str, None] = {}
    for row, pool in zip(questions.file.blueprint, questions.pools, strict=True):
        levels[row.level] = None
        shares.setdefault(row.topic, {})[row.level] = Share(len(pool), row.count)
    return Contents(
        tuple(names.get(level, level) for level in levels),
        tuple(
            (names.get(topic, topic), tuple(of_topic.get(level) for level in levels))
            for topic, of_topic in shares.items()
        ),
        tells_scores=policy.result != "none",
        is_together=policy.together is not None,
        signals_in=policy.signals_announced_in,
        signals_days=policy.signals_days if policy.signals else 0,
    )


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A question of a package with its options by letter; `right` are the letters of the key.

    `figures` says how it was answered, once its round is graded.
    """

    id: str
    topic: str
    stem: str
    options: tuple[tuple[str, str], ...]
    right: str
    figures: ItemFigures | None

    @property
    def answers(self) -> Iterator[tuple[str, str, int | None]]:
        """The options with how many chose each."""
        chosen = self.figures.chosen if self.figures and self.figures.served else ()
        for (letter, text), count in zip_longest(self.options, chosen):
            yield letter, text, count


def package_items(package: Package) -> list[ItemRow]:
    """The questions of a package with their keys, by topic. Who may see them says `secrecy`.

    Raises Http404 until every sitting of the package has been collected.
    """
    if not is_collected(package):
        raise Http404
    names = {topic.key: topic.name for topic in plan_of(package.round.contest).topics}
    keys = open_keys(package).keys
    report = newest_report(package)
    figures = report.figures if report else {}
    rows = [
        ItemRow(
            id=item.id,
            topic=names.get(item.topic, item.topic),
            stem=item.stem,
            options=tuple(zip(LETTERS, item.options, strict=False)),
            right=", ".join(LETTERS[index] for index in keys[item.id]),
            figures=figures.get(item.id),
        )
        for item in read_questions(bytes(package.questions)).file.items
    ]
    order = {name: at for at, name in enumerate(names.values())}
    return sorted(rows, key=lambda row: (order.get(row.topic, len(order)), row.id))


def package_with_item(each: Round, item: str) -> Package:
    """The package of a round in which a question is. Raises Http404."""
    package = (
        Package.objects.filter(round=each, items__item=item)
        .select_related("round__contest")
        .first()
    )
    if package is None:
        raise Http404
    return package


def package_by_number(each: Round, number: int) -> Package:
    """Raises Http404."""
    package = (
        Package.objects.filter(round=each, number=number)
        .select_related("round__contest", "sealing__first", "sealing__second")
        .first()
    )
    if package is None:
        raise Http404
    return package


def sitting_by_id(each: Round, pk: int) -> Sitting:
    """A sitting of this round and no other. Raises Http404."""
    sitting = (
        Sitting.objects.filter(round=each, pk=pk)
        .select_related("round__contest", "package")
        .first()
    )
    if sitting is None:
        raise Http404
    return sitting


def line_by_number(sitting: Sitting, number: int) -> RosterLine:
    """Somebody on a sitting's roster. Raises Http404."""
    line = (
        RosterLine.objects.filter(sitting=sitting, line=number)
        .select_related("entry__person", "entry__team", "entry__unit", "sitting")
        .first()
    )
    if line is None:
        raise Http404
    return line
