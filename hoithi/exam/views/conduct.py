"""What was recorded of those who sat, where the rules announced it: for the committee alone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from hoithi.exam.conduct import conduct_of, has_signals, read_signals
from hoithi.exam.queries import is_together
from hoithi.exam.views.rounds import find_round
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.rules.errors import RuleViolation
from hoithi.rules.pace import LONG_CHARACTERS, LONG_MS, MIDDLE_MS, SHORT_CHARACTERS, SHORT_MS
from hoithi.web.violations import explain

PAGE_SIZE = 50
MOST_NAMED = 20
MOST_GROUPS = 100


@contest_role(Role.COMMITTEE)
@never_cache
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Signals by person, by unit and by address; numbers of people, no names. Where it shows any,
    the log has who read them."""
    each = find_round(contest, round_key)
    now = timezone.now()
    report, problem = None, ""
    try:
        report = conduct_of(each, now)
    except RuleViolation as violation:
        problem = explain(violation)
    if report is not None and report.attempts:
        read_signals(actor=request.user, each=each, now=now)
    page = Paginator(report.rows if report else [], PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "exam/conduct.html",
        {
            "contest": each.contest,
            "round": each,
            "is_announced": has_signals(each),
            "is_together": is_together(each),
            "report": report,
            "problem": problem,
            "page": page,
            "most_named": MOST_NAMED,
            "most_named_slice": f":{MOST_NAMED}",
            "most_groups_slice": f":{MOST_GROUPS}",
            "pace": {
                "short": SHORT_MS // 1000,
                "middle": MIDDLE_MS // 1000,
                "long": LONG_MS // 1000,
                "few": SHORT_CHARACTERS,
                "many": LONG_CHARACTERS,
            },
        },
    )
