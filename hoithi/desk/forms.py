"""What is typed on the desk's own pages: shapes only."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from hoithi.web.fields import Words


class DutyForm(forms.Form):
    """What shows that a duty was carried out; nothing is asked to open it again."""

    evidence = Words(
        label=_("What shows it"),
        max_length=300,
        help_text=_("Such as the number and day of a paper, or where it can be seen."),
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, is_open: bool) -> None:
        super().__init__(data)
        if not is_open:
            del self.fields["evidence"]
