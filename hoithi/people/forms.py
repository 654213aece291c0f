"""Inviting people, taking rights back, and the password of a new account: shape of input only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.people.models import Role
from hoithi.people.permissions import Scope
from hoithi.web.fields import Words


@dataclass(frozen=True, slots=True)
class Offer:
    """A role in a scope to which somebody may be invited, as it stands in the list to choose from.

    Offers of one group stand beside each other.
    """

    role: Role
    scope: Scope
    scope_name: str
    label: str | Promise
    group: str | Promise

    @property
    def key(self) -> str:
        return f"{self.role}:{self.scope.kind}:{self.scope.id}"


class InvitationForm(forms.Form):
    """Whom to invite to what; `cleaned_data["offer"]` is one of the offers."""

    name = Words(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The letter with the link goes there; only its reader can open the account."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, offers: Sequence[Offer], data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        by_key = {offer.key: offer for offer in offers}
        groups = groupby(offers, key=lambda offer: offer.group)
        self.fields["offer"] = forms.TypedChoiceField(
            label=_("Invited as"),
            choices=[
                ("", _("Please choose")),
                *(
                    (group, [(each.key, each.label) for each in members])
                    for group, members in groups
                ),
            ],
            coerce=by_key.__getitem__,
        )


class WithdrawForm(forms.Form):
    """Why a right is taken back."""

    reason = Words(
        label=_("Reason"),
        help_text=_("Kept with the right that is taken back."),
        max_length=300,
    )


class PasswordForm(forms.Form):
    """The password of a new account, twice."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password once more"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        first = self.cleaned_data.get("password")
        if first is not None and again != first:
            raise ValidationError(gettext("The two passwords are not the same."))
        return again
