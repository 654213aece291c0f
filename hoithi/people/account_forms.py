"""Allauth's forms as we show them: labels instead of placeholders, keyboards of numbers for codes.

Named in the settings (ACCOUNT_FORMS, MFA_FORMS).
"""

from __future__ import annotations

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms


class _Plain(forms.BaseForm):
    """Mixed in before a form: a placeholder only repeats the label above the field."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        code = self.fields.get("code")
        if code is not None:
            code.widget.attrs.update(inputmode="numeric", autofocus=True, maxlength=12)


class LoginForm(_Plain, account.LoginForm):  # type: ignore[misc] # allauth carries no types
    pass


class ChangePasswordForm(_Plain, account.ChangePasswordForm):  # type: ignore[misc] # as above
    pass


class ResetPasswordForm(_Plain, account.ResetPasswordForm):  # type: ignore[misc] # as above
    pass


class ResetPasswordKeyForm(_Plain, account.ResetPasswordKeyForm):  # type: ignore[misc] # as above
    pass


class ReauthenticateForm(_Plain, account.ReauthenticateForm):  # type: ignore[misc] # as above
    pass


class AuthenticateForm(_Plain, mfa.AuthenticateForm):  # type: ignore[misc] # as above
    pass


class ReauthenticateByCodeForm(_Plain, mfa.ReauthenticateForm):  # type: ignore[misc] # as above
    pass


class ActivateForm(_Plain, totp.ActivateTOTPForm):  # type: ignore[misc] # as above
    pass
