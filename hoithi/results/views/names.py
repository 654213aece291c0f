"""Complaints about printed names: those that wait, those that were answered, and answering one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.queries import contest_by_key
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.results.actions import correct_name, refuse_name
from hoithi.results.complaints import (
    answered_complaints,
    complaint_by_id,
    complaint_page,
    complaint_row,
    open_complaints,
)
from hoithi.results.forms import CorrectNameForm, RefuseNameForm
from hoithi.results.models import NameComplaint
from hoithi.results.views.rounds import READERS
from hoithi.web.acting import carried_out

PAGE_SIZE = 50
ANSWERERS = (Role.ORGANISER, Role.COMMITTEE)
answers = contest_role(*ANSWERERS)


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str) -> HttpResponseBase:
    """All complaints of a contest."""
    found = contest_by_key(contest)
    answered = Paginator(answered_complaints(found), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "results/names.html",
        {
            "contest": found,
            "section": "results",
            "here": "names",
            "open": [complaint_row(one) for one in open_complaints(found)],
            "answered": [complaint_row(one) for one in answered],
            "page": answered,
        },
    )


@contest_role(*READERS)
@require_GET
def one(request: StaffRequest, contest: str, complaint: int) -> HttpResponseBase:
    """One complaint, with what is known of whoever wrote it."""
    return _page(request, complaint_by_id(contest_by_key(contest), complaint))


def _page(
    request: StaffRequest,
    complaint: NameComplaint,
    *,
    correct: CorrectNameForm | None = None,
    refuse: RefuseNameForm | None = None,
) -> HttpResponseBase:
    contest = complaint.entry.contest
    roles = roles_in(request.user, contest_scope(contest.key))
    return render(
        request,
        "results/name.html",
        {
            "contest": contest,
            "section": "results",
            "page": complaint_page(complaint),
            "may_answer": not complaint.answered_at and not roles.isdisjoint(ANSWERERS),
            "may_change": Role.ORGANISER in roles,
            "answer_forms": [form for form in (correct, refuse) if form is not None],
            "correct": correct or CorrectNameForm(initial={"name": complaint.said}),
            "refuse": refuse or RefuseNameForm(),
        },
    )


@answers
@require_POST
def correct(request: StaffRequest, contest: str, complaint: int) -> HttpResponseBase:
    """Write the name otherwise from now on; numbered certificates are replaced."""
    found = complaint_by_id(contest_by_key(contest), complaint)
    form = CorrectNameForm(request.POST)
    if carried_out(
        form,
        lambda: correct_name(
            actor=request.user,
            complaint=found,
            name=form.cleaned_data["name"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The name is corrected; the contestant reads it."))
        return redirect("results:name", contest=contest, complaint=complaint)
    return _page(request, found, correct=form)


@answers
@require_POST
def refuse(request: StaffRequest, contest: str, complaint: int) -> HttpResponseBase:
    """Leave the name as it is, with the reason."""
    found = complaint_by_id(contest_by_key(contest), complaint)
    form = RefuseNameForm(request.POST)
    if carried_out(
        form,
        lambda: refuse_name(
            actor=request.user,
            complaint=found,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("Answered: the name stays as it is."))
        return redirect("results:names", contest=contest)
    return _page(request, found, refuse=form)
