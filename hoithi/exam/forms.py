"""What the organiser types when a round is held: shapes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.bank.models import Collection
from hoithi.exam.wording import REVIEWS
from hoithi.people.models import Unit
from hoithi.rehearsal.spec import MOST_CONTESTANTS
from hoithi.rehearsal.spec import MOST_MINUTES as MOST_REHEARSED
from hoithi.results.models import RulingEffect
from hoithi.results.wording import RULINGS
from hoithi.web.acting import moment_field
from hoithi.web.fields import Words

LONGEST_REASON = 300
MOST_MINUTES = 180


class BuildForm(forms.Form):
    """Which bank a package is put together from."""

    collection = forms.ModelChoiceField(
        Collection.objects.order_by("name"), label=_("Bank of questions"), empty_label=None
    )


class ReasonForm(forms.Form):
    """Why something out of the ordinary is done; it stands in the log."""

    reason = Words(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Recorded in the log with your name."),
    )


class ReviewForm(ReasonForm):
    """What was made of two sheets that are alike."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=list(REVIEWS.items()), widget=forms.RadioSelect
    )
    field_order = ("outcome", "reason")


class MoveForm(ReasonForm):
    """Another instant for an opening or a closing, between two that it may not pass."""

    at = moment_field(_("New time"))
    field_order = ("at", "reason")

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        initial: Mapping[str, datetime],
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self._after, self._before = after, before

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if self._after is not None and at <= self._after:
            raise ValidationError(gettext("This is not after the opening, or has passed already."))
        if self._before is not None and at >= self._before:
            raise ValidationError(gettext("This is not before the closing."))
        return at


class MinutesForm(ReasonForm):
    """More time for one person."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MOST_MINUTES)
    field_order = ("minutes", "reason")


class UnitMinutesForm(MinutesForm):
    """More time for a unit, or for everybody."""

    def __init__(self, data: Mapping[str, str] | None = None, *, units: Iterable[Unit]) -> None:
        super().__init__(data)
        self.fields["unit"] = forms.ChoiceField(
            label=_("For whom"),
            choices=[
                ("", gettext("Choose a unit")),
                *((str(each.pk), each.name) for each in units),
                ("all", gettext("Everybody in the sitting")),
            ],
        )
        self.order_fields(("unit", "minutes", "reason"))

    @property
    def unit_id(self) -> int | None:
        chosen = self.cleaned_data["unit"]
        return None if chosen == "all" else int(chosen)


class RehearsalForm(forms.Form):
    """How many people are played, and how long."""

    contestants = forms.IntegerField(
        label=_("People at once"), min_value=1, max_value=MOST_CONTESTANTS
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MOST_REHEARSED,
        help_text=_("As long as the round gives, to be true to it; shorter is harder."),
    )


class WindowForm(ReasonForm):
    """From when to when somebody may start besides the sitting's own time."""

    opens_at = moment_field(_("Opens"))
    closes_at = moment_field(_("Closes"))
    field_order = ("opens_at", "closes_at", "reason")


class UnitWindowForm(WindowForm):
    """The same for the people of a unit."""

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        initial: Mapping[str, datetime],
        units: Iterable[Unit],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["unit"] = forms.ChoiceField(
            label=_("For whom"),
            choices=[
                ("", gettext("Choose a unit")),
                *((str(each.pk), each.name) for each in units),
            ],
        )
        self.order_fields(("unit", "opens_at", "closes_at", "reason"))


class IncidentForm(forms.Form):
    """What happened, and when."""

    at = moment_field(_("When it happened"))
    text = Words(
        label=_("What happened"),
        max_length=2000,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Names and numbers of people are not needed: unit and room are enough."),
    )


class RulingForm(ReasonForm):
    """What becomes of a question after the first start."""

    effect = forms.ChoiceField(
        label=_("Ruling"), choices=list(RULINGS.items()), widget=forms.RadioSelect
    )
    field_order = ("effect", "option", "reason")

    def __init__(
        self, data: Mapping[str, str] | None = None, *, options: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        choices = [(str(at), f"{letter}. {text}") for at, (letter, text) in enumerate(options)]
        self.fields["option"] = forms.ChoiceField(
            label=_("The option that is accepted too"),
            choices=[("", gettext("None")), *choices],
            required=False,
        )
        self.order_fields(self.field_order)

    def clean(self) -> None:
        accepts = self.cleaned_data.get("effect") == RulingEffect.ACCEPT_ALSO
        if accepts and not self.cleaned_data.get("option"):
            self.add_error("option", gettext("Choose the option that is accepted."))

    @property
    def option_index(self) -> int | None:
        """The accepted option by its place in the package, where one is accepted."""
        if self.cleaned_data["effect"] != RulingEffect.ACCEPT_ALSO:
            return None
        return int(self.cleaned_data["option"])
