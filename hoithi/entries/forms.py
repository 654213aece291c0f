"""Forms of registration: shape of input only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.contests.plan.schema import Form as FormPlan
from hoithi.entries.actions.handing import Text
from hoithi.entries.actions.holding import LONGEST_REASON
from hoithi.entries.checking import COLUMNS, CheckedList, Kin, SheetRow
from hoithi.entries.jobs import MOST_BYTES
from hoithi.entries.sheets import TITLES
from hoithi.entries.wording import cell_sentence, flaw_sentence
from hoithi.rules.teams import LONGEST_NAME, PARTS, Cast, Limit, Part, flaws
from hoithi.web.fields import MomentField, SizedFileField, Words

LONGEST_CELL = 500
MOST_TEXT_BYTES = 20 * 1024 * 1024
_LONGEST_KEY = 18  # digits; no database has more
_ROW = 1  # the one row that a person's form makes


class ChooseForms(forms.Form):
    """In which forms a unit takes part, and with about how many people."""

    chosen = forms.MultipleChoiceField(
        label=_("Forms of the contest"), widget=forms.CheckboxSelectMultiple
    )
    declared = forms.IntegerField(
        label=_("How many people are expected"),
        min_value=1,
        max_value=100_000,
        help_text=_("An estimate for the organisers; the lists count in the end."),
    )

    def __init__(
        self,
        plans: Sequence[FormPlan],
        data: Mapping[str, str] | None = None,
        *,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        field = self.fields["chosen"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(plan.key, plan.name) for plan in plans]


class UploadForm(forms.Form):
    """A list as a file."""

    file = SizedFileField(
        most_bytes=MOST_BYTES,
        label=_("File of the list"),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) or .csv."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )


class SeenForm(forms.Form):
    """What the page showed on which a button was pressed; an old page says nothing."""

    seen = Words(required=False, max_length=80)

    def said(self) -> str:
        """What is wrong with the shape, in sentences."""
        return " ".join(
            f"{self.fields[name].label}: {sentence}"
            for name, sentences in self.errors.items()
            for sentence in sentences
        )


class RowForm(SeenForm):
    """A row of an uploaded sheet."""

    row = forms.IntegerField(min_value=1)


class AnswerForm(RowForm):
    """Whether somebody is the one of that name on another list of the unit."""

    answer = forms.ChoiceField(choices=[(each, each) for each in (Kin.SAME, Kin.OTHER)])


class CellForm(RowForm):
    """Another text in a cell of an uploaded sheet."""

    column = forms.ChoiceField(choices=[(column, column) for column in COLUMNS])
    text = forms.CharField(label=_("Text of the cell"), required=False, max_length=LONGEST_CELL)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = Words(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_REASON
    )


class ReturnForm(ReasonForm):
    """Why lists are returned; `seen` is the receipt of those that were read."""

    seen = Words(required=False, max_length=80, widget=forms.HiddenInput)


class ExtensionForm(ReasonForm):
    """More time for one unit."""

    until = MomentField(label=_("New deadline"), help_text=_("From this minute on it is too late."))
    field_order = ("until", "reason")


class SearchForm(forms.Form):
    """A part of a name that is looked for."""

    tim = Words(required=False, max_length=80)

    def text(self) -> str:
        """Nothing where it has the wrong shape: then everything is shown."""
        return str(self.cleaned_data["tim"]) if self.is_valid() else ""


class HandInForm(forms.Form):
    """A text for the stage: typed, or as a file."""

    title = Words(label=_("Title of the text"), max_length=200)
    summary = Words(
        lines=True,
        label=_("Summary"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What it is about; may be left out where a file says it."),
    )
    file = SizedFileField(
        most_bytes=MOST_TEXT_BYTES,
        required=False,
        label=_("File of the text"),
        help_text=_("Word, PDF, OpenDocument or plain text, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.doc,.pdf,.odt,.rtf,.txt"}),
    )

    def text(self) -> Text:
        """What was handed in."""
        said = self.cleaned_data
        file = said["file"]
        named = (str(file.name), file.read()) if file else ("", b"")
        return Text(said["title"], said["summary"], *named)


class KeyField(forms.ChoiceField):
    """The key of a row that the page showed; whether it may be meant, the action says."""

    def valid_value(self, value: object) -> bool:
        return is_key(str(value))


class KeysField(forms.MultipleChoiceField):
    """Keys of rows; ticked twice, one stands once."""

    def valid_value(self, value: object) -> bool:
        return is_key(str(value))


def is_key(text: str) -> bool:
    """Whether a text can be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY


class TeamForm(ReasonForm):
    """Name, leader and parts of a team. Everything that is wrong is said at once, at its place."""

    name = Words(label=_("Name of the team"), max_length=LONGEST_NAME)
    leader = KeyField(label=_("Leader"), required=False)
    presenter = KeysField(required=False)
    quiz = KeysField(required=False)
    performer = KeysField(required=False)
    seen = Words(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(
        self,
        standing: Cast,
        registered: AbstractSet[int],
        limits: Sequence[Limit],
        *,
        asks_reason: bool,
        seen: str,
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial={"name": standing.name, "seen": seen})
        self._standing, self._registered, self._limits = standing, registered, limits
        if not asks_reason:
            del self.fields["reason"]

    def cast(self) -> Cast:
        """What was sent, or how the team stands; what cannot be a key is left out."""
        sent = self.data
        if not isinstance(sent, QueryDict) or not self.is_bound:
            return self._standing
        leader = str(sent.get("leader", ""))
        parts: dict[Part, list[int]] = {
            part: [int(key) for key in sent.getlist(part) if is_key(key)] for part in PARTS
        }
        name = str(getattr(self, "cleaned_data", {}).get("name", ""))
        return Cast(name, int(leader) if is_key(leader) else None, parts)

    def clean(self) -> None:
        said = set(self.errors)
        for flaw in flaws(self.cast(), self._registered, self._limits):
            if flaw.place not in said:
                self.add_error(flaw.place, flaw_sentence(flaw))


class SubstituteForm(ReasonForm):
    """Who goes out of an accepted team, and who comes in."""

    gone = KeyField(label=_("Who goes out"))
    came = KeyField(label=_("Who comes in"))
    seen = Words(required=False, max_length=80, widget=forms.HiddenInput)
    field_order = ("gone", "came", "reason", "seen")

    def __init__(
        self,
        members: Sequence[tuple[int, str]],
        substitutes: Sequence[tuple[int, str]],
        *,
        seen: str,
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        for name, people in (("gone", members), ("came", substitutes)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Choose")), *((str(key), said) for key, said in people)]


class PersonForm(ReasonForm):
    """Somebody who takes another's place; checked like a row of a list, as it was typed: tidied,
    an old encoding could no longer be told."""

    name = forms.CharField(label=_("Full name"), max_length=LONGEST_CELL)
    given_name = forms.CharField(
        label=_("Given name, for the order of lists"),
        required=False,
        max_length=LONGEST_CELL,
        help_text=_("Only where the last word of the name is not the given name."),
    )
    birth = forms.CharField(
        label=_("Date of birth"), max_length=LONGEST_CELL, help_text=_("Such as 05/10/1980.")
    )
    audience = forms.ChoiceField(label=_("Audience"))
    workplace = forms.CharField(label=_("Workplace"), max_length=LONGEST_CELL)
    national_id = forms.CharField(label=_("National id"), max_length=LONGEST_CELL)
    phone = forms.CharField(label=_("Phone"), max_length=LONGEST_CELL)
    kin = forms.ChoiceField(
        label=_("Somebody of this name is on a list of the unit"),
        choices=[(Kin.SAME, _("The same person")), (Kin.OTHER, _("Another person"))],
        widget=forms.HiddenInput,
        required=False,
    )
    field_order = (*COLUMNS, "kin", "reason")

    def __init__(
        self,
        audiences: Sequence[str],
        *,
        asked: Sequence[str],
        required: Sequence[str],
        data: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data)
        field = self.fields["audience"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose")), *((name, name) for name in audiences)]
        for column in ("birth", "audience", "workplace", "national_id", "phone"):
            self.fields[column].required = column in required
            if column not in asked:
                del self.fields[column]

    def rows(self) -> list[SheetRow]:
        """The person as the one row of a list."""
        return [(_ROW, {key: str(self.cleaned_data.get(key, "")) for key in TITLES})]

    def answers(self) -> dict[int, str]:
        """What was answered about that row; asked only where it has to be."""
        return {_ROW: self.cleaned_data["kin"]}

    def say(self, checked: CheckedList) -> bool:
        """Put what was found at the fields; whether there was anything to be mended."""
        for problem in checked.bad:
            if problem.code == "asked_same":
                field = self.fields["kin"]
                field.required = True
                field.widget = forms.RadioSelect(choices=getattr(field, "choices", ()))
            text = cell_sentence(problem.code, problem.params)
            hint = gettext("Perhaps: %(text)s") % {"text": problem.proposal}
            self.add_error(problem.column, f"{text} {hint}" if problem.proposal else text)
        return bool(checked.bad)
