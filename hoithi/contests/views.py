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
from hoithi.contests.models import Contest
from hoithi.contests.queries import contest_by_key, scopes_of_contest
from hoithi.people.actions import invite, invite_again, withdraw, withdraw_invitation
from hoithi.people.forms import InvitationForm, WithdrawForm
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.people.queries import (
    Holder,
    NamedRight,
    OpenInvitation,
    grant_within,
    holders_in,
    invitation_within,
    named_right,
    open_invitations,
)
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain

keeps_people = contest_role(Role.ORGANISER, Role.COMMITTEE)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who may do what in a contest, and who is still invited."""

    contest: Contest
    holders: list[Holder]
    invitations: list[OpenInvitation]
    form: InvitationForm


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """A right that is about to be taken back."""

    contest: Contest
    right: NamedRight
    form: WithdrawForm


@keeps_people
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The list of people, and the form that invites one more."""
    found = contest_by_key(contest)
    now = timezone.now()
    scopes = scopes_of_contest(found)
    seats = has_role(request.user, [Role.COMMITTEE], contest_scope(contest))
    form = invitation_form(scopes, seats=seats, data=request.POST or None)
    if request.method == "POST" and form.is_valid() and _invited(request, form):
        return redirect("contests:people", contest)
    page = PeoplePage(found, holders_in(scopes, request.user), open_invitations(scopes, now), form)
    return render(request, "contests/people.html", {"page": page})


def _invited(request: StaffRequest, form: InvitationForm) -> bool:
    """Whether the person was invited; a rule that forbids it stands in the form."""
    offer, name = form.cleaned_data["offer"], form.cleaned_data["name"]
    try:
        invite(
            actor=request.user,
            email=form.cleaned_data["email"],
            name=name,
            role=offer.role,
            scope=offer.scope,
            scope_name=offer.scope_name,
            now=timezone.now(),
        )
    except RuleViolation as refused:
        form.add_error(None, explain(refused))
        return False
    messages.success(request, gettext("%(name)s is invited.") % {"name": name})
    return True


@keeps_people
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_right(request: StaffRequest, contest: str, grant: int) -> HttpResponseBase:
    """Take a right back, with the reason."""
    found = contest_by_key(contest)
    scopes = scopes_of_contest(found)
    right = grant_within(scopes, grant)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            withdraw(actor=request.user, grant=right, reason=reason, now=timezone.now())
        except RuleViolation as refused:
            form.add_error(None, explain(refused))
        else:
            messages.success(request, gettext("The right is taken back."))
            return redirect("contests:people", contest)
    page = WithdrawPage(found, named_right(right, scopes), form)
    return render(request, "contests/withdraw.html", {"page": page})


@keeps_people
@require_POST
def send_again(request: StaffRequest, contest: str, invitation: int) -> HttpResponseBase:
    """A new letter with a new link."""
    found = invitation_within(scopes_of_contest(contest_by_key(contest)), invitation)
    try:
        invite_again(actor=request.user, invitation=found, now=timezone.now())
    except RuleViolation as refused:
        messages.error(request, explain(refused))
    else:
        messages.success(request, gettext("A new letter is on its way."))
    return redirect("contests:people", contest)


@keeps_people
@require_POST
def withdraw_letter(request: StaffRequest, contest: str, invitation: int) -> HttpResponseBase:
    """Make a letter useless."""
    found = invitation_within(scopes_of_contest(contest_by_key(contest)), invitation)
    try:
        withdraw_invitation(actor=request.user, invitation=found, now=timezone.now())
    except RuleViolation as refused:
        messages.error(request, explain(refused))
    else:
        messages.success(request, gettext("The invitation is withdrawn."))
    return redirect("contests:people", contest)
