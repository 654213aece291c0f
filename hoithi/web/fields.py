"""Fields for text as people type it, whatever keyboard they type it on."""

from __future__ import annotations

from django import forms

from hoithi.rules.vietnamese import tidy


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
            return "\n".join(tidy(line) for line in text.splitlines()).strip()
        return tidy(text)
