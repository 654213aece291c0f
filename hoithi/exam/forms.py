"""What the organiser types when a round is held: shapes only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hoithi.bank.models import Collection

LONGEST_REASON = 300


class BuildForm(forms.Form):
    """Which bank a package is put together from."""

    collection = forms.ModelChoiceField(
        Collection.objects.order_by("name"), label=_("Bank of questions"), empty_label=None
    )


class ReasonForm(forms.Form):
    """Why something out of the ordinary is done; it stands in the log."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Recorded in the log with your name."),
    )
