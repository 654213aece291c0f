"""What the committee types about a result: shapes only."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 500


class PublishForm(forms.Form):
    """A first version needs no reason; a correction does."""

    reason = forms.CharField(
        label=_("Reason for the correction"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Published with the new version."),
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, is_correction: bool) -> None:
        super().__init__(data)
        if is_correction:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
