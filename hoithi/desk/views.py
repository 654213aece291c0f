"""The desk of everybody, and the first pages of a contest for those who run it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.audit.queries import first_broken
from hoithi.contests.actions import confirm_assumption
from hoithi.contests.queries import contest_by_key
from hoithi.desk.queries import (
    assumption_by_id,
    duties_by_holder,
    log_entries,
    places_of,
    registration_by_unit,
)
from hoithi.desk.wording import act_name, registration_chart
from hoithi.people.http import StaffRequest, contest_role, signed_in
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.vietnamese import tidy
from hoithi.web.acting import acted

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
PAGE_SIZE = 50


@signed_in
@require_GET
def home(request: StaffRequest) -> HttpResponseBase:
    """Every contest and unit in which the user has rights, each leading on."""
    return render(request, "desk/home.html", {"places": places_of(request.user)})


@contest_role(*READERS)
@require_GET
def overview(request: StaffRequest, contest: str) -> HttpResponseBase:
    """A contest at a glance."""
    found = contest_by_key(contest)
    charts = [registration_chart(found, form) for form in registration_by_unit(found)]
    return render(
        request,
        "desk/overview.html",
        {
            "contest": found,
            "section": "overview",
            "charts": charts,
            "rounds": list(found.rounds.order_by("position")),
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
            "assumptions": list(found.assumptions.order_by("id")),
            "may_confirm": has_role(request.user, [Role.COMMITTEE], contest_scope(contest)),
        },
    )


@contest_role(Role.COMMITTEE)
@require_POST
def confirm(request: StaffRequest, contest: str, assumption: int) -> HttpResponseBase:
    """Confirm one of them."""
    found = assumption_by_id(contest_by_key(contest), assumption)
    acted(
        request,
        lambda: confirm_assumption(actor=request.user, assumption=found, now=timezone.now()),
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
        {"contest": found, "section": "duties", "holders": duties_by_holder(found)},
    )


@contest_role(*READERS)
@require_GET
def audit(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The log of the contest, newest first, and whether the log is unbroken."""
    found = contest_by_key(contest)
    words = tidy(request.GET.get("q", ""))[:80]
    page = Paginator(log_entries(found, words), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/audit.html",
        {
            "contest": found,
            "section": "audit",
            "words": words,
            "page": page,
            "entries": [(entry, act_name(entry.action)) for entry in page],
            "broken": first_broken(),
        },
    )
