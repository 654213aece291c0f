"""Who has rights in a contest and its units: inviting people and taking rights back."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from hoithi.contests.forms import invitation_form
from hoithi.contests.queries import contest_by_key, scopes_of_contest
from hoithi.people.actions import (
    confirm_invitation,
    invite,
    invite_again,
    withdraw,
    withdraw_invitation,
)
from hoithi.people.forms import InvitationForm, WithdrawForm
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Grant, Invitation, Role, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.people.queries import (
    Holder,
    OpenInvitation,
    grant_within,
    holders_in,
    invitation_within,
    named_right,
    open_invitations,
)
from hoithi.web.acting import acted, carried_out, posted

keeps_people = contest_role(Role.ORGANISER, Role.COMMITTEE)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who may do what in a contest, and who is still invited."""

    holders: list[Holder]
    invitations: list[OpenInvitation]
    form: InvitationForm

    @property
    def has_lone(self) -> bool:
        """Whether somebody is of the committee by one other member's word alone."""
        return any(right.lone for holder in self.holders for right in holder.rights)


@keeps_people
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The list of people, and the form that invites one more."""
    found = contest_by_key(contest)
    scopes = scopes_of_contest(found)
    seats = has_role(request.user, [Role.COMMITTEE], contest_scope(contest))
    form = invitation_form(scopes, seats=seats, data=posted(request))
    made: list[Invitation] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(_invite(request.user, form))
    ):
        messages.success(request, _invited_words(made[0]))
        return redirect("contests:people", contest)
    page = PeoplePage(
        holders_in(scopes, request.user),
        open_invitations(scopes, request.user, timezone.now()),
        form,
    )
    return render(
        request, "contests/people.html", {"contest": found, "section": "people", "page": page}
    )


def _invited_words(invitation: Invitation) -> str:
    if invitation.is_waiting:
        words = gettext("The letter to %(name)s goes when another member has confirmed it.")
    else:
        words = gettext("%(name)s is invited.")
    return words % {"name": invitation.name}


def _invite(actor: User, form: InvitationForm) -> Invitation:
    offer = form.cleaned_data["offer"]
    return invite(
        actor=actor,
        email=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        role=offer.role,
        scope=offer.scope,
        scope_name=offer.scope_name,
        now=timezone.now(),
    ).invitation


@keeps_people
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_right(request: StaffRequest, contest: str, grant: int) -> HttpResponseBase:
    """Take a right back, with the reason."""
    found = contest_by_key(contest)
    scopes = scopes_of_contest(found)
    right = grant_within(scopes, grant)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and carried_out(form, lambda: _withdraw(request.user, right, form)):
        messages.success(request, gettext("The right is taken back."))
        return redirect("contests:people", contest)
    return render(
        request,
        "contests/withdraw.html",
        {
            "contest": found,
            "section": "people",
            "right": named_right(right, scopes),
            "form": form,
        },
    )


def _withdraw(actor: User, right: Grant, form: WithdrawForm) -> None:
    reason = form.cleaned_data["reason"]
    withdraw(actor=actor, grant=right, reason=reason, now=timezone.now())


@keeps_people
@require_POST
def send_again(request: StaffRequest, contest: str, invitation: int) -> HttpResponseBase:
    """A new letter with a new link."""
    found = invitation_within(scopes_of_contest(contest_by_key(contest)), invitation)
    acted(
        request,
        lambda: invite_again(actor=request.user, invitation=found, now=timezone.now()),
        gettext("A new letter is on its way."),
    )
    return redirect("contests:people", contest)


@contest_role(Role.COMMITTEE)
@require_POST
def confirm_letter(request: StaffRequest, contest: str, invitation: int) -> HttpResponseBase:
    """Sign an invitation into the committee as the second member."""
    found = invitation_within(scopes_of_contest(contest_by_key(contest)), invitation)
    acted(
        request,
        lambda: confirm_invitation(actor=request.user, invitation=found, now=timezone.now()),
        gettext("Your signature is under the invitation."),
    )
    return redirect("contests:people", contest)


@keeps_people
@require_POST
def withdraw_letter(request: StaffRequest, contest: str, invitation: int) -> HttpResponseBase:
    """Make a letter useless."""
    found = invitation_within(scopes_of_contest(contest_by_key(contest)), invitation)
    acted(
        request,
        lambda: withdraw_invitation(actor=request.user, invitation=found, now=timezone.now()),
        gettext("The invitation is withdrawn."),
    )
    return redirect("contests:people", contest)
