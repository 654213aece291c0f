"""Accepting an invitation. Signing in and the second factor are allauth's (account_urls)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hoithi.people.actions import accept_as_holder, accept_invitation, find_invitation
from hoithi.people.forms import PasswordForm
from hoithi.people.http import public
from hoithi.people.models import Invitation, Role, User
from hoithi.people.queries import Welcome, welcome_of
from hoithi.people.wording import ROLE_NAMES, ROLE_TASKS
from hoithi.rules.errors import RuleViolation
from hoithi.web.acting import posted


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation as its reader sees it."""

    name: str
    email: str
    invited_by: str
    scope: str
    role: Promise
    task: Promise
    expires_at: datetime
    must_sign_in: bool
    must_sign_out: bool
    form: PasswordForm | None


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Who invites to what; the answer makes an account, or adds the right to the one there is."""
    now = timezone.now()
    found = find_invitation(token, now)
    if found is None:
        return _dead(request)
    welcome = welcome_of(found, request.user)
    form = PasswordForm(posted(request))
    if request.method == "POST":
        try:
            answer = _accept(request, token, welcome, form, now)
        except RuleViolation:  # it was answered a moment ago in another window
            return _dead(request)
        if answer is not None:
            return answer
    return render(request, "people/invitation.html", {"letter": _letter(found, welcome, form)})


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "people/invitation_dead.html", status=410)


def _accept(
    request: HttpRequest, token: str, welcome: Welcome, form: PasswordForm, now: datetime
) -> HttpResponseBase | None:
    """The way on; nothing while the answer is not complete."""
    if welcome is Welcome.CONFIRM and isinstance(request.user, User):
        accept_as_holder(actor=request.user, token=token, now=now)
        messages.success(request, gettext("The invitation is accepted."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    if welcome is Welcome.CHOOSE_PASSWORD and form.is_valid():
        password = form.cleaned_data["password"]
        user = accept_invitation(token=token, password=password, now=now)
        to_second_factor = reverse("mfa_activate_totp")
        entered: HttpResponseBase = perform_login(request, user, redirect_url=to_second_factor)
        return entered
    return None


def _letter(found: Invitation, welcome: Welcome, form: PasswordForm) -> Letter:
    role = Role(found.role)
    return Letter(
        name=found.name,
        email=found.email,
        invited_by=found.invited_by.name,
        scope=found.scope_name,
        role=ROLE_NAMES[role],
        task=ROLE_TASKS[role],
        expires_at=found.expires_at,
        must_sign_in=welcome is Welcome.SIGN_IN,
        must_sign_out=welcome is Welcome.SIGN_OUT,
        form=form if welcome is Welcome.CHOOSE_PASSWORD else None,
    )
