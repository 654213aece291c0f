"""The home page of a contest: what its plan says, when, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.contests.plan.conversion import regulation_of as regulation_from
from hoithi.contests.plan.schema import Form, Plan
from hoithi.contests.plan.schema import Round as RoundPlan
from hoithi.contests.queries import plan_of, units_of
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.windows import Window, window_of, windows_of
from hoithi.results.models import CollectivePublication, Publication
from hoithi.results.wording import comes_first
from hoithi.rules.regulation import PrizeLine
from hoithi.stage.queries import rounds_on_stage
from hoithi.web.countdown import Countdown, countdown
from hoithi.web.periods import deadline, instant, period

StepState = Literal["done", "today", "ahead"]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the timetable."""

    title: str
    when: str
    state: StepState


@dataclass(frozen=True, slots=True)
class RoundCard:
    """How one round is held; `when` is as it stands now, the plan may know another time."""

    plan: RoundPlan
    when: str
    questions: int
    ranking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormCard:
    """A way of taking part with its rounds."""

    form: Form
    audiences: tuple[str, ...]
    rounds: tuple[RoundCard, ...]


@dataclass(frozen=True, slots=True)
class PrizeTable:
    """The prizes of a round or of the units; an amount of 0 is not named by the plan."""

    name: str
    lines: tuple[PrizeLine, ...]


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """A published result to link to; the key is empty for the table of units."""

    key: str
    name: str
    number: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class HomePage:
    """Ready values of the page; `action` is the one thing to do now."""

    frame: Frame
    plan: Plan
    when: str
    register_until: str
    countdown: Countdown | None
    countdown_label: str
    action: Literal["hall", "results", ""]
    on_stage: tuple[Round, ...]
    steps: tuple[Step, ...]
    forms: tuple[FormCard, ...]
    barred: tuple[str, ...]
    prizes: tuple[PrizeTable, ...]
    rules: tuple[str, ...]
    units: tuple[str, ...]
    results: tuple[PublishedResult, ...]
    units_table: PublishedResult | None
    is_all_published: bool


def home_of(contest: Contest, now: datetime) -> HomePage:
    """The home page at an instant. Seven queries, however large the contest; eight where units
    are scored."""
    plan = plan_of(contest)
    windows = windows_of(contest)
    official = [each for each in windows if each.is_official]
    results = published_results(contest)
    units_table = _units_table(contest) if plan.rules.collective else None
    published = [*results, units_table] if units_table else list(results)
    due = len(official) + (plan.rules.collective is not None)
    coming = [each for each in official if each.key not in {result.key for result in results}]
    label, until = _next_moment(contest, coming, now)
    return HomePage(
        frame=frame_of(contest),
        plan=plan,
        when=_whole_period(official),
        register_until=deadline(contest.registration_closes_at),
        countdown=countdown(until, now) if until else None,
        countdown_label=label,
        action=_action(coming, results, now),
        on_stage=tuple(rounds_on_stage(contest)),
        steps=(
            *_steps(contest, windows, results, now),
            _publication_step(published, due),
        ),
        forms=tuple(_form_card(plan, form, windows) for form in plan.forms),
        barred=tuple(body.name for body in plan.bodies if body.barred),
        prizes=_prize_tables(plan),
        rules=tuple(line for line in plan.rules.text.splitlines() if line.strip()),
        units=tuple(unit.name for unit in units_of(contest)),
        results=results,
        units_table=units_table,
        is_all_published=len(published) == due,
    )


def published_results(contest: Contest) -> tuple[PublishedResult, ...]:
    """The version in force of each published round, in the order of the rounds. One query."""
    publications = (
        Publication.objects.filter(contest=contest)
        .select_related("round")
        .defer("content", "standing")
        .order_by("round__position", "number")
    )
    newest = {one.round.key: one for one in publications}
    return tuple(
        PublishedResult(one.round.key, one.round.name, one.number, one.published_at)
        for one in newest.values()
    )


def _units_table(contest: Contest) -> PublishedResult | None:
    """The table of units in force. One query."""
    last = CollectivePublication.objects.filter(contest=contest).defer("content").first()
    if last is None:
        return None
    return PublishedResult("", gettext("Prizes for units"), last.number, last.published_at)


def _whole_period(windows: list[Window]) -> str:
    if not windows:
        return ""
    return period(min(each.opens_at for each in windows), max(each.closes_at for each in windows))


def _state(opens_at: datetime, closes_at: datetime, now: datetime) -> StepState:
    if closes_at <= now:
        return "done"
    return "today" if opens_at <= now else "ahead"


def _steps(
    contest: Contest, windows: list[Window], results: tuple[PublishedResult, ...], now: datetime
) -> list[Step]:
    """Registration and rounds by their opening; a round with a result is done."""
    since, until = contest.registration_opens_at, contest.registration_closes_at
    registering = Step(
        gettext("Units register and send their lists"),
        period(since, until),
        _state(since, until, now),
    )
    done = {result.key for result in results}
    steps = [(since, registering)]
    for each in windows:
        state = "done" if each.key in done else _state(each.opens_at, each.closes_at, now)
        steps.append((each.opens_at, Step(each.name, period(each.opens_at, each.closes_at), state)))
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def _publication_step(results: list[PublishedResult], due: int) -> Step:
    title = gettext("Results are published")
    if results and len(results) == due:
        last = max(result.published_at for result in results)
        return Step(title, instant(last), "done")
    if results:
        facts = {"count": len(results), "due": due}
        return Step(title, gettext("%(count)s of %(due)s published") % facts, "today")
    return Step(title, gettext("after each round has been closed and checked"), "ahead")


def _next_moment(
    contest: Contest, coming: list[Window], now: datetime
) -> tuple[str, datetime | None]:
    """What a reader waits for: the end of an open round, the next opening, or the lists' end."""
    online = [each for each in coming if each.is_online]
    for each in sorted(online, key=lambda each: each.closes_at):
        if each.opens_at <= now < each.closes_at:
            return gettext("%(round)s is open for") % {"round": each.name}, each.closes_at
    for each in sorted(coming, key=lambda each: each.opens_at):
        if now < each.opens_at:
            return gettext("%(round)s opens in") % {"round": each.name}, each.opens_at
    if coming and now < contest.registration_closes_at:
        return gettext("Registration is open for"), contest.registration_closes_at
    return "", None


def _action(
    coming: list[Window], results: tuple[PublishedResult, ...], now: datetime
) -> Literal["hall", "results", ""]:
    if any(each.is_online and now < each.closes_at for each in coming):
        return "hall"
    return "results" if results else ""


def _form_card(plan: Plan, form: Form, windows: list[Window]) -> FormCard:
    audiences = {audience.key: audience.name for audience in plan.audiences}
    stored = {each.key: each for each in windows}
    return FormCard(
        form,
        tuple(audiences[key] for key in form.audiences),
        tuple(
            _round_card(plan, planned, stored[planned.key])
            for planned in plan.rounds
            if planned.form == form.key
        ),
    )


def _round_card(plan: Plan, planned: RoundPlan, window: Window) -> RoundCard:
    regulation = regulation_from(plan, planned)
    return RoundCard(
        plan=planned,
        when=period(window.opens_at, window.closes_at),
        questions=sum(part.count for part in planned.online.paper) if planned.online else 0,
        ranking=tuple(str(comes_first(name, regulation)) for name in planned.ranking),
    )


def _prize_tables(plan: Plan) -> tuple[PrizeTable, ...]:
    tables = [(planned.name, planned.prizes) for planned in plan.rounds if planned.prizes]
    if plan.rules.collective is not None:
        tables.append((gettext("Prizes for units"), plan.rules.collective.prizes))
    return tuple(PrizeTable(name, tuple(lines)) for name, lines in tables)


@dataclass(frozen=True, slots=True)
class Listed:
    """A contest in a list of several."""

    key: str
    title: str
    when: str
    state: StepState


def listed(contest: Contest, now: datetime) -> Listed:
    """A contest with the time of its official rounds. No query when `rounds__sittings` are
    prefetched.
    """
    rounds = [window_of(each) for each in contest.rounds.all() if each.purpose == Purpose.OFFICIAL]
    opens_at = min((each.opens_at for each in rounds), default=contest.registration_opens_at)
    closes_at = max((each.closes_at for each in rounds), default=contest.registration_closes_at)
    return Listed(
        contest.key, contest.title, period(opens_at, closes_at), _state(opens_at, closes_at, now)
    )
