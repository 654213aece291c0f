"""Sheets of a graded round that are alike: comparing, looking, writing down what was made of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.exam.forms import ReviewForm
from hoithi.exam.jobs import COMPARE, ask_to_compare
from hoithi.exam.models import ReviewOutcome
from hoithi.exam.queries import work_at
from hoithi.exam.similarity import (
    is_outdated,
    newest_report,
    pair_row,
    pair_rows,
    review_pair,
    reviews_of,
)
from hoithi.exam.views.rounds import RUNNERS, find_round, to_work
from hoithi.exam.views.sittings import FORM, posted
from hoithi.exam.wording import REVIEWS
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.pending import newest_grading
from hoithi.results.queries import entry_name
from hoithi.rules.similarity import FEWEST_COMMON
from hoithi.web.acting import carried_out


@contest_role(*RUNNERS)
@never_cache
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """What was found when the round was last compared; numbers of people, no names."""
    each = find_round(contest, round_key)
    report = newest_report(each)
    return render(
        request,
        "exam/likeness.html",
        {
            "contest": each.contest,
            "round": each,
            "report": report,
            "is_outdated": report is not None and is_outdated(report),
            "rows": [
                (row, REVIEWS[row.review.outcome] if row.review else None)
                for row in (pair_rows(report) if report else ())
            ],
            "fewest": FEWEST_COMMON,
            "is_graded": newest_grading(each) is not None,
            "work": work_at(each, COMPARE),
        },
    )


@contest_role(*RUNNERS)
@require_POST
def compare(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Have the worker compare all sheets."""
    each = find_round(contest, round_key)
    return to_work(
        request,
        lambda: ask_to_compare(actor=request.user, each=each, now=timezone.now()),
        each,
    )


@contest_role(*RUNNERS)
@never_cache
@require_http_methods(FORM)
def pair(
    request: StaffRequest, contest: str, round_key: str, first: str, second: str
) -> HttpResponseBase:
    """Two sheets, what was decided on them so far, and for the committee deciding."""
    each = find_round(contest, round_key)
    may_decide = has_role(request.user, (Role.COMMITTEE,), contest_scope(contest))
    if request.method == "POST" and not may_decide:
        raise Http404
    row = pair_row(newest_report(each), first, second)
    form = ReviewForm(posted(request))

    def act() -> None:
        review_pair(
            actor=request.user,
            each=each,
            first=first,
            second=second,
            outcome=ReviewOutcome(form.cleaned_data["outcome"]),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )

    if request.method == "POST" and carried_out(form, act):
        messages.success(request, _("The decision is written down."))
        return redirect("exam:likeness", contest=contest, round_key=round_key)
    return render(
        request,
        "exam/pair.html",
        {
            "contest": each.contest,
            "round": each,
            "row": row,
            "people": [(line, entry_name(line.entry)) for line in (row.first, row.second)],
            "reviews": [
                (review, REVIEWS[review.outcome]) for review in reviews_of(each, first, second)
            ],
            "may_bar": has_role(request.user, (Role.ORGANISER,), contest_scope(contest)),
            "form": form if may_decide else None,
        },
    )
