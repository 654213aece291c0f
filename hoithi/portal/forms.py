"""The shape of what the public types in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from hoithi.portal.queries.papers import read_check_code
from hoithi.rules.codes import read_code
from hoithi.web.fields import Words

_TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class AccessCodeForm(forms.Form):
    """A contestant's code, as it stands on the slip."""

    code = Words(
        label=gettext_lazy("Access code"),
        help_text=gettext_lazy("Eleven letters and digits on your slip, such as ABCD-EFGH-JKM."),
        max_length=60,
        widget=forms.TextInput(attrs=_TYPED),
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                gettext_lazy("This is not a code: a sign is wrong or missing. Please look again.")
            )
        return code


class CheckCodeForm(forms.Form):
    """The code of an issued paper."""

    ma = Words(
        label=gettext_lazy("Code of the paper"),
        help_text=gettext_lazy("Twelve letters and digits, printed beside the QR code."),
        max_length=60,
        widget=forms.TextInput(attrs=_TYPED),
    )

    def clean_ma(self) -> str:
        code = read_check_code(self.cleaned_data["ma"])
        if not code.isascii() or not code.isalnum():
            raise forms.ValidationError(
                gettext_lazy("A code has letters without marks and digits only.")
            )
        return code


class NameComplaintForm(forms.Form):
    """How a name ought to be printed; `token` says whose."""

    said = Words(
        label=gettext_lazy("How your name is written"),
        help_text=gettext_lazy("With all marks and capitals, as in your identity card."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    token = forms.CharField(max_length=500, widget=forms.HiddenInput)
