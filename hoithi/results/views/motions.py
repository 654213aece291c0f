"""What waits for a second member of the committee: confirmed or refused with one button."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hoithi.contests.queries import contest_by_key
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.results.actions import refuse_motion, second_motion
from hoithi.results.models import Motion
from hoithi.results.pending import OF_LINEUPS, OF_POINTS, motion_by_id
from hoithi.rules.vietnamese import tidy
from hoithi.web.acting import acted

decides = contest_role(Role.COMMITTEE)


@decides
@require_POST
def second(request: StaffRequest, contest: str, motion: int) -> HttpResponseBase:
    """Confirm it: with this it is decided."""
    found = _decided_here(contest, motion)
    acted(
        request,
        lambda: second_motion(
            actor=request.user,
            motion=found,
            now=timezone.now(),
            late_reason=tidy(request.POST.get("late_reason", ""))[:500],
        ),
        _("Confirmed: both signatures are there."),
    )
    return redirect(*_back(found))


@decides
@require_POST
def refuse(request: StaffRequest, contest: str, motion: int) -> HttpResponseBase:
    """Refuse it, or take back what one has put forward."""
    found = _decided_here(contest, motion)
    acted(
        request,
        lambda: refuse_motion(actor=request.user, motion=found, now=timezone.now()),
        _("Taken back: nothing was decided."),
    )
    return redirect(*_back(found))


def _decided_here(contest: str, pk: int) -> Motion:
    """A motion about results; points of the stage have pages of their own. Raises Http404."""
    found = motion_by_id(contest_by_key(contest), pk)
    if found.approval.kind == OF_POINTS:
        raise Http404
    return found


def _back(motion: Motion) -> tuple[str, ...]:
    """Where what the motion is about stands."""
    if motion.round is None:
        return ("results:collective", motion.contest.key)
    kind = motion.approval.kind
    page = "results:minutes" if kind == "minutes" else "results:round"
    if kind in OF_LINEUPS or (kind == "choice" and not motion.content["about"]):
        page = "results:lineup"
    return (page, motion.contest.key, motion.round.key)
