"""Forms about a contest: shape of input only."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hoithi.bank.sheets import MOST_BYTES
from hoithi.people.forms import InvitationForm, Offer
from hoithi.people.models import Role, ScopeKind
from hoithi.people.permissions import Scope
from hoithi.people.wording import ROLE_NAMES, ROLE_TASKS
from hoithi.web.fields import SizedFileField


def invitation_form(
    scopes: Mapping[Scope, str], *, seats: bool, data: Mapping[str, str] | None = None
) -> InvitationForm:
    """Invitations to a contest and its units; `seats` says whether the committee is offered."""
    roles = [Role.ORGANISER, Role.QUESTIONS, Role.OBSERVER]
    if seats:
        roles.insert(0, Role.COMMITTEE)
    (contest_name,) = (name for scope, name in scopes.items() if scope.kind is ScopeKind.CONTEST)
    contest = [
        Offer(
            role=role,
            scope=scope,
            scope_name=name,
            label=format_lazy("{}: {}", ROLE_NAMES[role], ROLE_TASKS[role]),
            group=_("The contest"),
        )
        for scope, name in scopes.items()
        if scope.kind is ScopeKind.CONTEST
        for role in roles
    ]
    units = [
        Offer(
            role=Role.UNIT_OFFICER,
            scope=scope,
            scope_name=f"{name}, {contest_name}",
            label=name,
            group=_("Unit officer of"),
        )
        for scope, name in scopes.items()
        if scope.kind is ScopeKind.UNIT
    ]
    return InvitationForm([*contest, *units], data)


class BankFileForm(forms.Form):
    """A spreadsheet or CSV of questions."""

    file = SizedFileField(
        most_bytes=MOST_BYTES,
        label=_("File of questions"),
        help_text=_("Excel, OpenDocument or CSV with the columns of the template; 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
