"""What is typed on the desk's own pages: shapes only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.desk.bodies import Listed
from hoithi.entries.wording import CELLS
from hoithi.rules.vietnamese import is_name, read_national_id, tidy
from hoithi.web.fields import Words


class PlanReasonForm(forms.Form):
    """Why rules are changed after they were fixed."""

    reason = Words(
        label=_("Why the plan is changed"),
        max_length=500,
        help_text=_("Such as the number and day of the decision. It stands in the log."),
    )


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


class AppointForm(forms.Form):
    """Who is appointed to which body by which decision.

    Once it has warned that somebody like this is on a list, it asks whether to go on.
    """

    body = forms.ChoiceField(label=_("Body"))
    name = Words(
        label=_("Full name"),
        max_length=100,
        help_text=_("Without title or post."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = Words(
        label=_("Post in the body"),
        max_length=200,
        required=False,
        help_text=_("Such as head, deputy head, standing member."),
    )
    decision = Words(
        label=_("Number of the decision"),
        max_length=200,
        help_text=_("As on the signed paper, such as 12/QĐ-STTTT."),
    )
    since = forms.DateField(
        label=_("Day of the decision"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    national_id = Words(
        label=_("National id"),
        max_length=40,
        required=False,
        help_text=_(
            "Compared with the lists of those who take part, and not stored. Without it only names"
            " can be compared."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_(
            "For who works with the desk: the account gets the right of the seat, or its holder is"
            " invited by a letter."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, bodies: Sequence[tuple[str, str]], data: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data)
        self.fields["body"] = forms.ChoiceField(
            label=self.fields["body"].label, choices=[("", _("Please choose")), *bodies]
        )
        self.order_fields(["body"])
        self.listed: tuple[Listed, ...] = ()
        self._seen = frozenset((data or {}).get("seen", "").split())

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not is_name(name):
            raise ValidationError(str(CELLS["name_form"]))
        return name

    def clean_national_id(self) -> str:
        text = self.cleaned_data["national_id"]
        if not text.strip():
            return ""
        read = read_national_id(text)
        if read.code:
            # Whoever types has lost no zeros, as Excel does: the number is too short.
            code = "id_length" if read.code == "id_lost_zeros" else read.code
            raise ValidationError(str(CELLS[code]))
        return read.value

    def warn(self, listed: Collection[Listed]) -> bool:
        """Name people on lists, unless all of them were named before; whether it has."""
        self.listed = tuple(listed)
        if {str(each.person) for each in listed} <= self._seen:
            return False
        self.add_error(None, gettext("Somebody like this is on a list of those who take part."))
        return True


class EndSeatForm(forms.Form):
    """Why a seat ends."""

    reason = Words(
        label=_("Decision or reason"),
        max_length=300,
        help_text=_("Such as the number and day of the decision."),
    )
