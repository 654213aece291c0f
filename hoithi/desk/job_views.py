"""How far a piece of long work is, for who asked for it and who runs what it is for."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from hoithi.desk.queries import goes_on, job_place
from hoithi.desk.wording import JOBS_DONE, job_name
from hoithi.jobs.models import Job
from hoithi.jobs.queries import job_by_id
from hoithi.people.http import StaffRequest, signed_in
from hoithi.people.models import Role, ScopeKind, Unit, User
from hoithi.people.permissions import contest_scope, has_role, may_act_for
from hoithi.web.violations import explain


def _may_see(user: User, job: Job) -> bool:
    if job.requested_by == str(user.pk):
        return True
    if job.scope_kind == ScopeKind.UNIT:
        unit = Unit.objects.filter(pk=job.scope_id).first()
        return unit is not None and may_act_for(user, unit)
    return has_role(user, [Role.ORGANISER, Role.COMMITTEE], contest_scope(job.scope_id))


@signed_in
@never_cache
@require_GET
def show(request: StaffRequest, job: int) -> HttpResponseBase:
    """A bar that moves by itself, or by loading the page again; at the end what came of it."""
    found = job_by_id(job)
    if not _may_see(request.user, found):
        raise PermissionDenied
    if goes_on(found):
        return _onwards(request, found)
    return render(
        request,
        "desk/job.html",
        {
            "job": found,
            "name": job_name(found.kind),
            "failure": explain(found.failure) if found.failure else "",
            "place": job_place(found),
        },
    )


def _onwards(request: StaffRequest, job: Job) -> HttpResponseBase:
    """To what has been made; the whole page goes, also when only the bar was asked for."""
    if job.kind in JOBS_DONE:
        messages.success(request, str(JOBS_DONE[job.kind]))
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(job_place(job))
    return redirect(job_place(job))
