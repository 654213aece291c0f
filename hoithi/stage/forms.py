"""Forms of a round on stage: shape of input only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hoithi.people.models import Unit
from hoithi.web.fields import Words


class JudgeForm(forms.Form):
    """A member of the jury."""

    name = Words(label=_("Full name"), max_length=200)
    title = Words(label=_("Post"), max_length=200, required=False)
    unit = forms.ChoiceField(label=_("Unit of the judge"), required=False)
    is_chair = forms.BooleanField(label=_("Chairs the jury"), required=False)

    def __init__(self, *args: object, units: list[Unit], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("none of those that take part")),
            *((u.code, u.name) for u in units),
        ]
        field.help_text = _("A judge does not mark the teams of their own unit.")


class ConflictForm(forms.Form):
    """A team that a judge may not mark."""

    judge = forms.ChoiceField(label=_("Judge"))
    team = forms.ChoiceField(label=_("Team"))
    reason = Words(label=_("Reason"), max_length=300)

    def __init__(
        self,
        *args: object,
        judges: list[tuple[str, str]],
        teams: list[tuple[str, str]],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        for name, choices in (("judge", judges), ("team", teams)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
