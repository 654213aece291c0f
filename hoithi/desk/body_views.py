"""The bodies of a contest: who sits where, appointing somebody by a decision, ending a seat."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hoithi.contests.actions import appoint as appoint_to
from hoithi.contests.actions import end_seat
from hoithi.contests.models import Contest
from hoithi.contests.queries import (
    contest_by_key,
    grants_of_seat,
    letters_of_seat,
    plan_of,
    seat_by_id,
)
from hoithi.contests.seats import role_of_body
from hoithi.desk.bodies import body_cards, listed_like, may_seat
from hoithi.desk.forms import AppointForm, EndSeatForm
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.keys import vault
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, has_role, roles_in
from hoithi.people.wording import ROLE_NAMES
from hoithi.web.acting import carried_out, posted

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
KEEPERS = (Role.ORGANISER, Role.COMMITTEE)
keeps_seats = contest_role(*KEEPERS)


@contest_role(*READERS)
@require_safe
def bodies(request: StaffRequest, contest: str) -> HttpResponseBase:
    """Who sits where, by which decision, and who of them is on a list."""
    found = contest_by_key(contest)
    return render(
        request,
        "desk/bodies.html",
        {
            "contest": found,
            "section": "bodies",
            "cards": body_cards(found, request.user),
            "may_keep": has_role(request.user, KEEPERS, contest_scope(contest)),
        },
    )


@keeps_seats
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: StaffRequest, contest: str) -> HttpResponseBase:
    """Seat somebody; who is on a list is named first, and appointed when this was seen."""
    found = contest_by_key(contest)
    form = AppointForm(_offered(request.user, found), posted(request))
    is_seen = form.is_valid() and not _warned(found, form)
    if is_seen and carried_out(form, lambda: _appoint(request.user, found, form)):
        messages.success(request, _("%(name)s is appointed.") % form.cleaned_data)
        return redirect("desk:bodies", contest=contest)
    return render(
        request, "desk/appoint.html", {"contest": found, "section": "bodies", "form": form}
    )


def _offered(actor: User, contest: Contest) -> list[tuple[str, str]]:
    """The bodies with what goes with a seat; only the committee gives a seat in the committee."""
    roles = roles_in(actor, contest_scope(contest.key))
    return [
        (body.key, f"{body.name} ({ROLE_NAMES[role_of_body(body.key)]})")
        for body in plan_of(contest).bodies
        if may_seat(roles, body.key)
    ]


def _warned(contest: Contest, form: AppointForm) -> bool:
    """Whether somebody of that name or number is on a list, and the form has just said so."""
    barring = {body.key for body in plan_of(contest).bodies if body.barred}
    if form.cleaned_data["body"] not in barring:
        return False
    return form.warn(listed_like(contest, name=form.cleaned_data["name"], identity=_identity(form)))


def _identity(form: AppointForm) -> str:
    return vault().index("national_id", form.cleaned_data["national_id"])


def _appoint(actor: User, contest: Contest, form: AppointForm) -> None:
    appoint_to(
        actor=actor,
        contest=contest,
        body=form.cleaned_data["body"],
        name=form.cleaned_data["name"],
        title=form.cleaned_data["title"],
        user=None,
        email=form.cleaned_data["email"],
        identity=_identity(form),
        decision=form.cleaned_data["decision"],
        since=form.cleaned_data["since"],
        now=timezone.now(),
    )


@keeps_seats
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: StaffRequest, contest: str, seat: int) -> HttpResponseBase:
    """End a seat, with the decision or the reason."""
    found = contest_by_key(contest)
    one = seat_by_id(found, seat)
    if one.until is not None:
        raise Http404
    form = EndSeatForm(posted(request))
    if request.method == "POST" and carried_out(
        form,
        lambda: end_seat(
            actor=request.user, seat=one, reason=form.cleaned_data["reason"], now=timezone.now()
        ),
    ):
        messages.success(request, _("The seat is ended."))
        return redirect("desk:bodies", contest=contest)
    return render(
        request,
        "desk/end_seat.html",
        {
            "contest": found,
            "section": "bodies",
            "seat": one,
            "body": next(b.name for b in plan_of(found).bodies if b.key == one.body),
            "rights": [ROLE_NAMES[Role(grant.role)] for grant in grants_of_seat(one)],
            "has_letter": bool(letters_of_seat(one)),
            "form": form,
        },
    )
