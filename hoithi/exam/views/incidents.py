"""What happened in a round, written down at the time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hoithi.contests.actions import note_incident
from hoithi.exam.forms import IncidentForm
from hoithi.exam.views.rounds import READERS, RUNNERS, find_round
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.web.acting import carried_out


@contest_role(*READERS)
@require_http_methods(["GET", "HEAD"])
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The incidents of a round, newest first."""
    now = timezone.now()
    form = IncidentForm(initial={"at": now})
    return _page(request, contest, round_key, form)


@contest_role(*RUNNERS)
@require_http_methods(["POST"])
def note(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Write one down."""
    each = find_round(contest, round_key)
    form = IncidentForm(request.POST)
    if carried_out(
        form,
        lambda: note_incident(
            actor=request.user, each=each, now=timezone.now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("The incident is written down."))
        return redirect("exam:incidents", contest=contest, round_key=round_key)
    return _page(request, contest, round_key, form)


def _page(
    request: StaffRequest, contest: str, round_key: str, form: IncidentForm
) -> HttpResponseBase:
    each = find_round(contest, round_key)
    return render(
        request,
        "exam/incidents.html",
        {
            "contest": each.contest,
            "round": each,
            "incidents": list(each.incidents.order_by("-at")),
            "form": form,
            "may_note": has_role(request.user, RUNNERS, contest_scope(contest)),
        },
    )
