"""Forms of a round on stage: shape of input only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.people.models import Unit
from hoithi.rules.errors import RuleViolation
from hoithi.rules.judging import Criterion, mark_flaw
from hoithi.web.fields import Words
from hoithi.web.violations import explain
from hoithi.web.wording import marks


class JudgeForm(forms.Form):
    """A member of the jury; one who `joins` an open round does so for a reason.

    `alike` are those of the same name: somebody has to say that they were looked at.
    """

    name = Words(label=_("Full name"), max_length=200)
    title = Words(label=_("Post"), max_length=200, required=False)
    unit = forms.ChoiceField(label=_("Unit of the judge"), required=False)
    is_chair = forms.BooleanField(label=_("Chairs the jury"), required=False)
    reason = Words(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is published with the log of the round: no name, nothing of an illness."),
    )

    checked = forms.BooleanField(label=_("Checked: this is the right person to judge"))

    def __init__(
        self,
        *args: object,
        units: list[Unit],
        joins: bool = False,
        alike: Sequence[str] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("none of those that take part")),
            *((u.code, u.name) for u in units),
        ]
        field.help_text = _("A judge does not mark the teams of their own unit.")
        if not joins:
            del self.fields["reason"]
        if not alike:
            del self.fields["checked"]
            return
        told = gettext(
            "Somebody of this name is there already: %(who)s. Please check; then tick this box "
            "and add the judge again."
        )
        self.fields["checked"].error_messages["required"] = told % {"who": "; ".join(alike)}


class SheetForm(forms.Form):
    """A sheet of paper; `criteria` are those of its part, a mark for each."""

    def __init__(self, *args: object, criteria: Sequence[Criterion], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        for each in criteria:
            self.fields[each.key] = MarkField(each)

    @property
    def marks(self) -> dict[str, Decimal]:
        return dict(self.cleaned_data)


class MarkField(forms.Field):
    """A mark as it stands on paper, with a comma or a point."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        most, step = marks(criterion.maximum), marks(criterion.step)
        super().__init__(
            label=criterion.label,
            help_text=_("From 0 to %(maximum)s, in steps of %(step)s.")
            % {"maximum": most, "step": step},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: object) -> Decimal | None:
        text = str(value or "").strip().replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text):
            raise ValidationError(gettext("Please enter a mark such as 7 or 7.5."))
        mark = Decimal(text)
        flaw = mark_flaw(self.criterion, mark)
        if flaw:
            raise ValidationError(
                explain(
                    RuleViolation(
                        flaw,
                        criterion=self.criterion.label,
                        maximum=marks(self.criterion.maximum),
                        step=marks(self.criterion.step),
                    )
                )
            )
        return mark


class PointsForm(forms.Form):
    """Points beside the marks, by two people."""

    part = forms.ChoiceField(label=_("Part"))
    team = forms.ChoiceField(label=_("Team"))
    points = forms.Field(
        label=_("Points, with a minus where they are taken"),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    reason = Words(label=_("Reason"), max_length=300)

    def __init__(
        self,
        *args: object,
        parts: list[tuple[str, str]],
        teams: list[tuple[str, str]],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        for name, choices in (("part", parts), ("team", teams)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_points(self) -> Decimal:
        text = str(self.cleaned_data["points"]).strip().replace(",", ".").replace("−", "-")
        if not re.fullmatch(r"[+-]?[0-9]{1,4}(\.[0-9]{1,2})?", text):
            raise ValidationError(gettext("Please enter points such as 1.5 or -2."))
        return Decimal(text)


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
