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
from hoithi.portal.wording import deadline, instant, period
from hoithi.results.models import Publication
from hoithi.results.wording import decided_by
from hoithi.rules.regulation import PrizeLine
from hoithi.web.countdown import Countdown, countdown

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
    """A published result to link to."""

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
    steps: tuple[Step, ...]
    forms: tuple[FormCard, ...]
    barred: tuple[str, ...]
    prizes: tuple[PrizeTable, ...]
    rules: tuple[str, ...]
    units: tuple[str, ...]
    results: tuple[PublishedResult, ...]
    is_all_published: bool


def home_of(contest: Contest, now: datetime) -> HomePage:
    """The home page at an instant. Seven queries, however large the contest."""
    plan = plan_of(contest)
    rounds = list(contest.rounds.all())
    official = [each for each in rounds if each.purpose == Purpose.OFFICIAL]
    results = published_results(contest)
    all_published = {each.key for each in official} == {result.key for result in results}
    label, until = _next_moment(contest, official, now)
    return HomePage(
        frame=frame_of(contest),
        plan=plan,
        when=_whole_period(official),
        register_until=deadline(contest.registration_closes_at),
        countdown=countdown(until, now) if until else None,
        countdown_label=label,
        action=_action(official, results, now),
        steps=(
            *_steps(contest, rounds, now),
            _publication_step(results, is_done=all_published),
        ),
        forms=tuple(_form_card(plan, form, rounds) for form in plan.forms),
        barred=tuple(body.name for body in plan.bodies if body.barred),
        prizes=_prize_tables(plan),
        rules=tuple(line for line in plan.rules.text.splitlines() if line.strip()),
        units=tuple(unit.name for unit in units_of(contest)),
        results=results,
        is_all_published=all_published,
    )


def published_results(contest: Contest) -> tuple[PublishedResult, ...]:
    """The version in force of each published round, in the order of the rounds. One query."""
    newest: dict[str, PublishedResult] = {}
    publications = Publication.objects.filter(contest=contest).select_related("round")
    for publication in publications.defer("content").order_by("round__position", "number"):
        each = publication.round
        newest[each.key] = PublishedResult(
            each.key, each.name, publication.number, publication.published_at
        )
    return tuple(newest.values())


def _whole_period(rounds: list[Round]) -> str:
    if not rounds:
        return ""
    return period(min(each.opens_at for each in rounds), max(each.closes_at for each in rounds))


def _state(opens_at: datetime, closes_at: datetime, now: datetime) -> StepState:
    if closes_at <= now:
        return "done"
    return "today" if opens_at <= now else "ahead"


def _steps(contest: Contest, rounds: list[Round], now: datetime) -> list[Step]:
    windows = [
        (
            gettext("Units register and send their lists"),
            contest.registration_opens_at,
            contest.registration_closes_at,
        ),
        *((each.name, each.opens_at, each.closes_at) for each in rounds),
    ]
    return [
        Step(title, period(opens_at, closes_at), _state(opens_at, closes_at, now))
        for title, opens_at, closes_at in sorted(windows, key=lambda window: window[1])
    ]


def _publication_step(results: tuple[PublishedResult, ...], *, is_done: bool) -> Step:
    title = gettext("Results are published")
    if is_done:
        last = max(result.published_at for result in results)
        return Step(title, instant(last), "done")
    return Step(title, gettext("after each round has been closed and checked"), "ahead")


def _next_moment(
    contest: Contest, rounds: list[Round], now: datetime
) -> tuple[str, datetime | None]:
    """What a reader waits for: the end of an open round, the next opening, or the lists' end."""
    online = [each for each in rounds if each.is_online]
    for each in sorted(online, key=lambda each: each.closes_at):
        if each.opens_at <= now < each.closes_at:
            return gettext("%(round)s is open for") % {"round": each.name}, each.closes_at
    for each in sorted(rounds, key=lambda each: each.opens_at):
        if now < each.opens_at:
            return gettext("%(round)s opens in") % {"round": each.name}, each.opens_at
    if now < contest.registration_closes_at:
        return gettext("Registration is open for"), contest.registration_closes_at
    return "", None


def _action(
    rounds: list[Round], results: tuple[PublishedResult, ...], now: datetime
) -> Literal["hall", "results", ""]:
    if any(each.is_online and now < each.closes_at for each in rounds):
        return "hall"
    return "results" if results else ""


def _form_card(plan: Plan, form: Form, rounds: list[Round]) -> FormCard:
    audiences = {audience.key: audience.name for audience in plan.audiences}
    stored = {each.key: each for each in rounds}
    return FormCard(
        form,
        tuple(audiences[key] for key in form.audiences),
        tuple(
            _round_card(plan, planned, stored[planned.key])
            for planned in plan.rounds
            if planned.form == form.key
        ),
    )


def _round_card(plan: Plan, planned: RoundPlan, stored: Round) -> RoundCard:
    regulation = regulation_from(plan, planned)
    return RoundCard(
        plan=planned,
        when=period(stored.opens_at, stored.closes_at),
        questions=sum(part.count for part in planned.online.paper) if planned.online else 0,
        ranking=tuple(str(decided_by(name, regulation)) for name in planned.ranking),
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
    """A contest with the time of its official rounds. No query when its rounds are prefetched."""
    rounds = [each for each in contest.rounds.all() if each.purpose == Purpose.OFFICIAL]
    opens_at = min((each.opens_at for each in rounds), default=contest.registration_opens_at)
    closes_at = max((each.closes_at for each in rounds), default=contest.registration_closes_at)
    return Listed(
        contest.key, contest.title, period(opens_at, closes_at), _state(opens_at, closes_at, now)
    )
