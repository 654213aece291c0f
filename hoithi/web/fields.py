"""Fields for what people type and send: texts of any keyboard, moments that can be, sized files.

Shape only: what a moment or a file means, the rooms decide.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext

from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import tidy, tidy_lines
from hoithi.web.violations import explain

FIRST_YEAR, LAST_YEAR = 1900, 2200
_MEGABYTE = 1024 * 1024


class Words(forms.CharField):
    """A text that comes out in one way of writing: composed letters, nothing invisible, one space.

    Windows' own Vietnamese keyboard types marks apart from their letters, and what is pasted out
    of papers brings worse. With `lines`, line breaks are kept.
    """

    def __init__(self, *, lines: bool = False, **options: object) -> None:
        self.lines = lines
        super().__init__(**options)  # type: ignore[arg-type] # handed through

    def to_python(self, value: object) -> str:
        text = str(super().to_python(value) or "")
        if self.lines:
            return tidy_lines(text)
        return tidy(text)


class MomentField(forms.DateTimeField):
    """A day and a time in Vietnam's zone, picked from the browser's own calendar.

    Years that no contest has are slips of the keyboard, and some of them no database takes.
    """

    def __init__(self, **options: object) -> None:
        options.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        super().__init__(**options)  # type: ignore[arg-type] # handed through

    def to_python(self, value: str | datetime | date | None) -> datetime | None:
        moment = super().to_python(value)
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(
                gettext("The year must lie between %(first)d and %(last)d.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return moment


class SizedFileField(forms.FileField):
    """An upload that is looked at only when it is no larger than `most_bytes`."""

    def __init__(self, *, most_bytes: int, **options: object) -> None:
        self.most_bytes = most_bytes
        super().__init__(**options)  # type: ignore[arg-type] # handed through

    def to_python(self, data: File[Any] | None) -> File[Any] | None:
        file = super().to_python(data)
        if file is not None and file.size > self.most_bytes:
            mb = self.most_bytes // _MEGABYTE
            raise ValidationError(
                explain(RuleViolation("file_too_large", name=str(file.name), max_mb=mb))
            )
        return file
