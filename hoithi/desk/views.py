"""The desk of everybody, and the first pages of a contest for those who run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from hoithi.contests.actions import confirm_assumption, finish_duty, reopen_duty
from hoithi.contests.models import Assumption, Contest, DutyState
from hoithi.contests.queries import contest_by_key, plan_of
from hoithi.desk.forms import DutyForm
from hoithi.desk.log import log_entries, staff_in, targets_of
from hoithi.desk.overview import (
    RUNNERS,
    Link,
    risks,
    round_facts,
    round_links,
    time_line,
    waiting_for,
)
from hoithi.desk.queries import (
    assumption_by_id,
    duties_by_holder,
    duty_by_id,
    places_of,
    registration_by_unit,
)
from hoithi.desk.wording import about_words, act_name, acts_with, registration_chart
from hoithi.people.http import StaffRequest, contest_role, signed_in
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, has_role, roles_in
from hoithi.rules.vietnamese import tidy
from hoithi.web.acting import acted, carried_out

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ContestPlace:
    """A contest on somebody's desk, with what waits there."""

    contest: Contest
    waiting: list[Link]
    may_enter: bool


@signed_in
@require_GET
def home(request: StaffRequest) -> HttpResponseBase:
    """Every contest and unit in which the user has rights, each leading on."""
    places = places_of(request.user)
    now = timezone.now()
    return render(
        request,
        "desk/home.html",
        {
            "contests": [_place(request.user, each, now) for each in places.contests],
            "units": places.units,
        },
    )


def _place(user: User, contest: Contest, now: datetime) -> ContestPlace:
    roles = roles_in(user, contest_scope(contest.key))
    waiting: list[Link] = []
    if roles & RUNNERS:
        waiting = waiting_for(user, roles, contest, round_facts(contest, now))
    return ContestPlace(contest, waiting, may_enter=not roles.isdisjoint(READERS))


@contest_role(*READERS)
@require_GET
def overview(request: StaffRequest, contest: str) -> HttpResponseBase:
    """A contest at a glance."""
    found = contest_by_key(contest)
    now = timezone.now()
    roles = roles_in(request.user, contest_scope(contest))
    registration = registration_by_unit(found)
    rounds = round_facts(found, now)
    return render(
        request,
        "desk/overview.html",
        {
            "contest": found,
            "section": "overview",
            "line": time_line(found, rounds, now),
            "charts": [
                registration_chart(found, form, may_decide=Role.ORGANISER in roles)
                for form in registration
            ],
            "rounds": round_links(rounds, now),
            "waiting": waiting_for(request.user, roles, found, rounds),
            "acts": bool(roles & RUNNERS),
            "risks": risks(found, rounds, registration, now),
        },
    )


@contest_role(*READERS)
@require_GET
def assumptions(request: StaffRequest, contest: str) -> HttpResponseBase:
    """What the plan leaves open, and who has confirmed it."""
    found = contest_by_key(contest)
    return render(
        request,
        "desk/assumptions.html",
        {
            "contest": found,
            "section": "assumptions",
            "assumptions": _assumption_rows(found),
            "may_confirm": has_role(request.user, [Role.COMMITTEE], contest_scope(contest)),
        },
    )


def _assumption_rows(contest: Contest) -> list[tuple[Assumption, str]]:
    """The assumptions, each with the part of the plan it is about."""
    plan = plan_of(contest)
    about = {each.key: each.about for each in plan.assumptions}
    return [
        (each, about_words(plan, about.get(each.key, [])))
        for each in contest.assumptions.order_by("id")
    ]


@contest_role(Role.COMMITTEE)
@require_POST
def confirm(request: StaffRequest, contest: str, assumption: int) -> HttpResponseBase:
    """Confirm one of them."""
    found = assumption_by_id(contest_by_key(contest), assumption)
    acted(
        request,
        lambda: confirm_assumption(
            actor=request.user,
            assumption=found,
            value=request.POST.get("value", ""),
            now=timezone.now(),
        ),
        _("Confirmed."),
    )
    return redirect("desk:assumptions", contest=contest)


@contest_role(*READERS)
@require_GET
def duties(request: StaffRequest, contest: str) -> HttpResponseBase:
    """Who has to carry out what."""
    found = contest_by_key(contest)
    return render(
        request,
        "desk/duties.html",
        {
            "contest": found,
            "section": "duties",
            "holders": duties_by_holder(found),
            "may_tick": has_role(
                request.user, [Role.ORGANISER, Role.COMMITTEE], contest_scope(contest)
            ),
            "today": timezone.localdate(),
        },
    )


@contest_role(Role.ORGANISER, Role.COMMITTEE)
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: StaffRequest, contest: str, duty: int) -> HttpResponseBase:
    """Tick a duty off with what shows it, or open it again."""
    found = contest_by_key(contest)
    one = duty_by_id(found, duty)
    is_open = one.state == DutyState.OPEN
    form = DutyForm(request.POST if request.method == "POST" else None, is_open=is_open)

    def act() -> None:
        now = timezone.now()
        if is_open:
            evidence = form.cleaned_data["evidence"]
            finish_duty(actor=request.user, duty=one, evidence=evidence, now=now)
        else:
            reopen_duty(actor=request.user, duty=one, now=now)

    if request.method == "POST" and carried_out(form, act):
        messages.success(request, _("Written down."))
        return redirect("desk:duties", contest=contest)
    return render(
        request,
        "desk/duty.html",
        {"contest": found, "section": "duties", "duty": one, "is_open": is_open, "form": form},
    )


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry of the log as people read it; `lone` is who alone invited the signer."""

    number: int
    at: datetime
    who: str
    act: str | Promise
    about: str
    reason: str
    lone: str


@contest_role(*READERS)
@require_GET
def audit(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The log of the contest, newest first, and whether the log is unbroken."""
    found = contest_by_key(contest)
    words = tidy(request.GET.get("q", ""))[:80]
    targets = targets_of(found)
    entries = log_entries(found, targets, words, acts_with(words))
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    names = {**targets, **staff_in(page)}
    is_first = page.number == 1 and not words
    return render(
        request,
        "desk/audit.html",
        {
            "contest": found,
            "section": "audit",
            "words": words,
            "page": page,
            "rows": [_log_row(entry, names) for entry in page],
            # Reading all of a long log takes seconds: once on the way in is enough.
            "is_checked": is_first,
            "broken": first_broken() if is_first else None,
        },
    )


def _log_row(entry: LogEntry, names: Mapping[str, str]) -> LogRow:
    facts = entry.after if isinstance(entry.after, dict) else {}
    return LogRow(
        number=entry.number,
        at=entry.at,
        who=entry.actor_name,
        act=act_name(entry.action),
        about=names.get(entry.target, entry.target),
        reason=str(facts.get("reason") or ""),
        lone=str(facts.get("invited_alone_by") or ""),
    )
