"""How far a piece of long work is, for who asked for it and who runs the contest."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from hoithi.desk.queries import job_place
from hoithi.desk.wording import job_name
from hoithi.jobs.models import Job, JobState
from hoithi.jobs.queries import job_by_id
from hoithi.people.http import StaffRequest, signed_in
from hoithi.people.models import Role, ScopeKind, User
from hoithi.people.permissions import Scope, has_role
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain


def _may_see(user: User, job: Job) -> bool:
    if job.requested_by == str(user.pk):
        return True
    scope = Scope(ScopeKind(job.scope_kind), job.scope_id)
    return has_role(user, [Role.ORGANISER, Role.COMMITTEE], scope)


@signed_in
@never_cache
@require_GET
def show(request: StaffRequest, job: int) -> HttpResponseBase:
    """A bar that moves by itself, or by loading the page again; at the end what came of it."""
    found = job_by_id(job)
    if not _may_see(request.user, found):
        raise PermissionDenied
    failed = found.state == JobState.FAILED
    return render(
        request,
        "desk/job.html",
        {
            "job": found,
            "name": job_name(found.kind),
            "is_over": found.state in (JobState.DONE, JobState.FAILED),
            "failure": explain(RuleViolation(found.message)) if failed else "",
            "place": job_place(found),
        },
    )
