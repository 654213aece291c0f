"""What the committee types about a result: shapes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.results.scans import is_whole, kind_of
from hoithi.rules.awards import Tie
from hoithi.rules.regulation import Segment
from hoithi.web.fields import Words

LONGEST_REASON = 500
LARGEST_SCAN_MB = 10


class PublishForm(forms.Form):
    """A first version needs no reason; a correction does."""

    reason = Words(
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


class TieForm(forms.Form):
    """The order of entries that share a place: a number for each, 1 first."""

    reason = Words(
        label=_("Grounds of the decision"),
        max_length=LONGEST_REASON,
        help_text=_("Such as the number and day of the committee's minutes."),
    )

    def __init__(
        self, data: Mapping[str, str] | None = None, *, tie: Tie, names: Mapping[str, str]
    ) -> None:
        super().__init__(data, auto_id=f"tie-{tie.place}-%s")
        self.tie = tie
        ranks = [(str(at), str(at)) for at in range(1, len(tie.entries) + 1)]
        for entry in tie.entries:
            self.fields[f"order-{entry}"] = forms.ChoiceField(
                label=names[entry], choices=[("", "–"), *ranks]
            )
        self.order_fields([*(f"order-{entry}" for entry in tie.entries), "reason"])

    def clean(self) -> None:
        chosen = [self.cleaned_data.get(f"order-{entry}") for entry in self.tie.entries]
        if None not in chosen and len(set(chosen)) < len(chosen):
            raise ValidationError(gettext("Each number in the order is given once."))

    @property
    def order(self) -> list[str]:
        """The entries in the order decided."""
        return sorted(self.tie.entries, key=lambda entry: int(self.cleaned_data[f"order-{entry}"]))


class WinnersForm(forms.Form):
    """Whom the jury chooses for a side prize: as many as there are of it, or nobody."""

    reason = Words(
        label=_("Grounds of the choice"),
        max_length=LONGEST_REASON,
        help_text=_("Such as the number and day of the jury's minutes."),
    )

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        key: str,
        most: int,
        names: Mapping[str, str],
    ) -> None:
        super().__init__(data, auto_id=f"choice-{key}-%s")
        self._winners = [f"winner-{at}" for at in range(1, min(most, len(names)) + 1)]
        name = gettext("Team that gets it")
        for at, field in enumerate(self._winners, start=1):
            self.fields[field] = forms.ChoiceField(
                label=name if most == 1 else f"{name} {at}",
                choices=[("", _("Nobody")), *names.items()],
                required=False,
            )
        self.order_fields([*self._winners, "reason"])

    @property
    def order(self) -> list[str]:
        """The chosen, each once."""
        return [*dict.fromkeys(each for n in self._winners if (each := self.cleaned_data[n]))]


class NumberForm(forms.Form):
    """The number that somebody in the hall gives, and everybody hears."""

    number = Words(
        label=_("Number from the hall"),
        max_length=40,
        help_text=_("Digits only, as somebody in the hall says them aloud."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class HandForm(forms.Form):
    """Lots of paper: the number that each team has drawn."""

    reason = Words(label=_("Why lots of paper were drawn"), max_length=LONGEST_REASON)

    def __init__(self, data: Mapping[str, str] | None = None, *, names: Mapping[str, str]) -> None:
        super().__init__(data, auto_id="hand-%s")
        self._names = names
        lots = [(str(at), str(at)) for at in range(1, len(names) + 1)]
        for entry, name in names.items():
            self.fields[f"lot-{entry}"] = forms.ChoiceField(label=name, choices=[("", "–"), *lots])
        self.order_fields([*(f"lot-{entry}" for entry in names), "reason"])

    def clean(self) -> None:
        chosen = [self.cleaned_data.get(f"lot-{entry}") for entry in self._names]
        if None not in chosen and len(set(chosen)) < len(chosen):
            raise ValidationError(gettext("Each lot is drawn once."))

    @property
    def order(self) -> list[str]:
        """The teams in the order of their lots."""
        return sorted(self._names, key=lambda entry: int(self.cleaned_data[f"lot-{entry}"]))


class LeaveForm(forms.Form):
    """Which team leaves before its round begins, and why."""

    reason = Words(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Published with the list. The next team in order comes in by itself."),
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, names: Mapping[str, str]) -> None:
        super().__init__(data, auto_id="leave-%s")
        self.fields["team"] = forms.ChoiceField(
            label=_("The team that leaves"), choices=[("", "–"), *names.items()]
        )
        self.order_fields(["team", "reason"])


class KeepForm(forms.Form):
    """Why a list stands although results before it were corrected."""

    reason = Words(
        label=_("Why the list stands"),
        max_length=LONGEST_REASON,
        help_text=_("The reason stands in the log and in the bundle."),
    )

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data, auto_id="keep-%s")


class VoidForm(forms.Form):
    """Why a list of teams does not hold."""

    reason = Words(
        label=_("Why the list does not hold"),
        max_length=LONGEST_REASON,
        help_text=_("The list stays readable with this reason, for everybody."),
    )

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data, auto_id="void-%s")


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the minutes list it."""

    entry: str
    name: str
    unit: str


class MarkField(forms.DecimalField):
    """A mark with a comma or a point before its decimals."""

    def __init__(self, segment: Segment, label: str) -> None:
        self.segment = segment
        super().__init__(
            label=label,
            min_value=Decimal(0),
            max_value=segment.maximum,
            decimal_places=2,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(  # type: ignore[override] # as in Django's own field
        self, value: object
    ) -> Decimal | None:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class ScanField(forms.FileField):
    """The scan of a signed paper: a whole PDF, JPEG or PNG file."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Scan of the signed minutes"), help_text=_("PDF, JPEG or PNG, up to 10 MB.")
        )

    def clean(self, data: object, initial: object = None) -> UploadedFile[bytes]:
        scan: UploadedFile[bytes] = super().clean(data, initial)
        if (scan.size or 0) > LARGEST_SCAN_MB * 1024 * 1024:
            raise ValidationError(gettext("The file is larger than 10 MB."))
        content = scan.read()
        if not kind_of(content):
            raise ValidationError(gettext("This is not a PDF, JPEG or PNG file."))
        if not is_whole(content):
            raise ValidationError(
                gettext("The file cannot be opened: it is damaged or cut off. Please scan again.")
            )
        scan.seek(0)
        return scan


class ScanForm(forms.Form):
    """The signed minutes of a round that was held on stage."""

    scan = ScanField()


class MinutesForm(forms.Form):
    """The signed minutes of a live round: a row for each team, a mark for each part of the round.

    A team whose row is empty did not take part.
    """

    held_on = forms.DateField(
        label=_("Day of the round"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = Words(label=_("Venue"), max_length=200)
    scan = ScanField()
    late_reason = Words(
        label=_("Why it is entered later"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Needed when the day of the round has passed."),
    )

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        teams: Sequence[Team],
        segments: Sequence[Segment],
    ) -> None:
        super().__init__(data, files)
        self.teams, self.segments = teams, segments
        self._papers = list(self.fields)
        for team in teams:
            for segment in segments:
                label = f"{team.name}: {segment.label}"
                self.fields[_mark(team, segment)] = MarkField(segment, label)

    def papers(self) -> list[BoundField]:
        """The fields about the minutes themselves."""
        return [self[name] for name in self._papers]

    def rows(self) -> Iterator[tuple[Team, list[BoundField]]]:
        """Each team with the fields of its marks."""
        for team in self.teams:
            yield team, [self[_mark(team, segment)] for segment in self.segments]

    def clean(self) -> None:
        for team in self.teams:
            names = [_mark(team, segment) for segment in self.segments]
            given = [name for name in names if self.cleaned_data.get(name) is not None]
            for name in names:
                if given and name not in given and name not in self.errors:
                    self.add_error(name, gettext("A mark is missing here."))
        if not self.errors and not self.marks:
            raise ValidationError(gettext("No marks are entered."))

    @property
    def marks(self) -> dict[str, dict[str, str]]:
        """Marks by entry and segment, of the teams that took part."""
        return {
            team.entry: {
                segment.key: f"{self.cleaned_data[_mark(team, segment)]:f}"
                for segment in self.segments
            }
            for team in self.teams
            if self.cleaned_data.get(_mark(team, self.segments[0])) is not None
        }


def _mark(team: Team, segment: Segment) -> str:
    return f"mark-{team.entry}-{segment.key}"


class SecondForm(forms.Form):
    """What a second person adds to minutes that were entered on the day and are confirmed later."""

    late_reason = Words(
        label=_("Why it is confirmed later"), max_length=LONGEST_REASON, required=False
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, is_late: bool) -> None:
        super().__init__(data)
        if not is_late:
            del self.fields["late_reason"]


class CorrectNameForm(forms.Form):
    """The name as it will be printed; what the contestant wrote, unless somebody knows better."""

    name = Words(
        label=_("The name as it will be printed"),
        max_length=100,
        help_text=_("As on the contestant's identity papers."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RefuseNameForm(forms.Form):
    """Why a name stays as it is; the contestant reads it."""

    reason = Words(
        label=_("Reason"),
        max_length=300,
        help_text=_("The contestant reads it on the page of the own result."),
    )


class KitForm(forms.Form):
    """The first kit of a unit needs no reason; another one does, and voids the one before."""

    reason = Words(
        label=_("Why a new kit is needed"),
        max_length=300,
        help_text=_("Such as a lost laptop or a changed team. The kit before becomes void."),
    )

    def __init__(self, data: Mapping[str, str] | None = None, *, is_first: bool) -> None:
        super().__init__(data)
        if is_first:
            del self.fields["reason"]


class UnitFileForm(forms.Form):
    """What a unit sent; in place of a result that stands, with the reason."""

    file = forms.FileField(
        label=_("File of results"),
        help_text=_("The zip file that the unit's laptop wrote, as it is, not unpacked."),
    )
    reason = Words(
        label=_("Why it replaces the result that stands"),
        max_length=300,
        help_text=_("The earlier result stays readable here."),
    )

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        is_replacement: bool,
    ) -> None:
        super().__init__(data, files)
        if not is_replacement:
            del self.fields["reason"]
