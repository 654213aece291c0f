"""All results of a contest in one place: its rounds, the table of units, names to be corrected."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hoithi.contests.queries import contest_by_key, plan_of
from hoithi.people.http import StaffRequest, contest_role
from hoithi.results.collective import latest_collective
from hoithi.results.complaints import answered_complaints, open_complaints
from hoithi.results.queries import rounds_in_force
from hoithi.results.views.rounds import READERS


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str) -> HttpResponseBase:
    """How far the result of each round is, and what rests on them."""
    found = contest_by_key(contest)
    return render(
        request,
        "results/home.html",
        {
            "contest": found,
            "section": "results",
            "rounds": rounds_in_force(found),
            "has_table": plan_of(found).rules.collective is not None,
            "table": latest_collective(found),
            "names_open": open_complaints(found).count(),
            "names_answered": answered_complaints(found).count(),
        },
    )
