"""Fields for text: what people type comes out in one way of writing, or is told in a sentence."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from hoithi.contests.models import CommitteeSeat, Duty
from hoithi.entries.models import (
    Entry,
    Handover,
    Leaving,
    Lineup,
    Person,
    Team,
    TeamChange,
    UnitRegistration,
)
from hoithi.exam.models import PairReview
from hoithi.people.models import Approval, Grant, Invitation, User
from hoithi.results.models import (
    Choice,
    CollectivePublication,
    NameComplaint,
    Publication,
    RecordedRound,
    Ruling,
    TieDecision,
    UnitKit,
    UnitResult,
    UnitTieDecision,
)
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import tidy
from hoithi.stage.models import Conflict, Seat
from hoithi.web.fields import MomentField, SizedFileField, Words
from hoithi.web.violations import explain
from tests.worst import DECOMPOSED, WORST

ROOMS = Path(__file__).parents[2] / "hoithi"
# Passwords and tokens are taken as they are; cells of a list are tidied by who checks the list,
# after old encodings have been told.
AS_TYPED = {
    *("people.PasswordForm.password", "people.PasswordForm.again"),
    *("portal.NameComplaintForm.token", "entries.CellForm.text"),
    *(
        f"entries.PersonForm.{name}"
        for name in ("name", "given_name", "birth", "workplace", "national_id", "phone")
    ),
}
Kept = tuple[type[models.Model], str]
KEPT: dict[str, tuple[Kept, ...]] = {
    "desk.AppointForm.decision": ((CommitteeSeat, "decision"),),
    "desk.AppointForm.name": ((CommitteeSeat, "name"),),
    "desk.AppointForm.title": ((CommitteeSeat, "title"),),
    "desk.DutyForm.evidence": ((Duty, "evidence"),),
    "desk.EndSeatForm.reason": ((CommitteeSeat, "ended_reason"),),
    "desk.PlanReasonForm.reason": ((Approval, "reason"),),
    "entries.ExtensionForm.reason": ((UnitRegistration, "extended_reason"),),
    "entries.PersonForm.reason": ((Entry, "withdrawn_reason"),),
    "entries.ReasonForm.reason": (
        (Handover, "reason"),
        (Entry, "withdrawn_reason"),
        (UnitRegistration, "returned_reason"),
    ),
    "entries.SubstituteForm.reason": ((TeamChange, "reason"),),
    "entries.TeamForm.name": ((Team, "name"),),
    "entries.TeamForm.reason": ((TeamChange, "reason"),),
    "entries.HandInForm.summary": ((Handover, "summary"),),
    "entries.HandInForm.title": ((Handover, "title"),),
    "entries.ReturnForm.reason": ((UnitRegistration, "returned_reason"),),
    "exam.ReasonForm.reason": ((Approval, "reason"),),
    "exam.ReviewForm.reason": ((PairReview, "reason"),),
    "exam.RulingForm.reason": ((Ruling, "reason"), (Approval, "reason")),
    "people.InvitationForm.email": ((Invitation, "email"), (User, "email")),
    "people.InvitationForm.name": ((Invitation, "name"), (User, "name")),
    "people.WithdrawForm.reason": ((Grant, "reason"),),
    "portal.NameComplaintForm.said": ((NameComplaint, "said"), (Person, "name")),
    "results.CorrectNameForm.name": ((Person, "name"),),
    "results.HandForm.reason": ((Lineup, "by_hand"),),
    "results.LeaveForm.reason": ((Leaving, "reason"), (Approval, "reason")),
    "results.KitForm.reason": ((UnitKit, "reason"),),
    "results.MinutesForm.late_reason": ((RecordedRound, "late_reason"), (Approval, "reason")),
    "results.MinutesForm.place": ((RecordedRound, "place"),),
    "results.NumberForm.number": ((Lineup, "number"),),
    "results.PublishForm.reason": ((Publication, "reason"), (CollectivePublication, "reason")),
    "results.RefuseNameForm.reason": ((NameComplaint, "answer"),),
    "results.SecondForm.late_reason": ((RecordedRound, "late_reason"),),
    "results.TieForm.reason": (
        *((Approval, "reason"), (TieDecision, "reason")),
        (UnitTieDecision, "reason"),
    ),
    "results.KeepForm.reason": ((Approval, "reason"),),
    "results.VoidForm.reason": ((Approval, "reason"),),
    "results.WinnersForm.reason": ((Choice, "reason"), (Approval, "reason")),
    "results.UnitFileForm.reason": ((UnitResult, "reason"),),
    "stage.ConflictForm.reason": ((Conflict, "reason"),),
    "stage.JudgeForm.name": ((Seat, "name"),),
    "stage.JudgeForm.title": ((Seat, "title"),),
    "stage.PointsForm.reason": ((Approval, "reason"),),
}
# Without a bound in the database, only looked up, or checked cell by cell.
NOT_KEPT = AS_TYPED | {
    *("exam.IncidentForm.text", "exam.MinutesForm.reason", "exam.MoveForm.reason"),
    *("desk.AppointForm.email", "desk.AppointForm.national_id"),
    *("entries.SeenForm.seen", "entries.RowForm.seen", "entries.CellForm.seen"),
    *("entries.AnswerForm.seen", "entries.ReturnForm.seen", "entries.SearchForm.tim"),
    *("entries.SubstituteForm.seen", "entries.TeamForm.seen"),
    *("exam.WindowForm.reason", "exam.UnitWindowForm.reason"),
    *("exam.UnitMinutesForm.reason", "portal.AccessCodeForm.code", "portal.CheckCodeForm.ma"),
    "stage.JudgeForm.reason",
}


def all_forms() -> Iterator[type[forms.Form]]:
    """Every form of our own, in the room that has it."""
    for path in sorted(ROOMS.glob("*/forms.py")):
        module = importlib.import_module(f"hoithi.{path.parent.name}.forms")
        for form in vars(module).values():
            is_here = isinstance(form, type) and form.__module__ == module.__name__
            if is_here and issubclass(form, forms.Form):
                yield form


def text_fields() -> Iterator[tuple[str, forms.CharField]]:
    """Every field of our forms into which text is typed, by `room.Form.field`."""
    for form in all_forms():
        room = form.__module__.split(".")[1]
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField):
                yield f"{room}.{form.__name__}.{name}", field


FIELDS = dict(text_fields())


def column(kept: Kept) -> int:
    """How many letters a column holds."""
    field = kept[0]._meta.get_field(kept[1])
    assert isinstance(field, models.CharField)
    return field.max_length or 0


def test_every_text_is_tidied_or_named_here() -> None:
    plain = {name for name, field in FIELDS.items() if not isinstance(field, Words)}
    assert plain == AS_TYPED | {"people.InvitationForm.email", "desk.AppointForm.email"}


def test_every_text_has_a_longest_and_fits_where_it_is_kept() -> None:
    longest = {name: field.max_length or 0 for name, field in FIELDS.items()}
    assert longest.keys() == KEPT.keys() | NOT_KEPT
    assert [name for name, most in longest.items() if not most] == []
    assert [
        (name, *kept)
        for name, columns in KEPT.items()
        for kept in columns
        if longest[name] > column(kept)
    ] == []


@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
@pytest.mark.parametrize("name", sorted(FIELDS.keys() - AS_TYPED))
def test_the_worst_text_is_tidied_or_told(name: str, worst: str) -> None:
    try:
        text = FIELDS[name].clean(worst)
    except ValidationError as refused:
        assert all(refused.messages)
    else:
        assert unicodedata.is_normalized("NFC", text)
        assert text.encode().decode() == text
        assert all(line == tidy(line) for line in text.split("\n"))


def test_what_is_typed_apart_is_put_together() -> None:
    assert Words().clean(DECOMPOSED) == "Hội trường Nhà văn hóa thị xã"


def test_lines_are_kept_where_they_mean_something() -> None:
    typed = "  08h15  mất điện\r\n\r\n08h20 có lại\0 "
    assert Words(lines=True).clean(typed) == "08h15 mất điện\n\n08h20 có lại"
    assert Words().clean(typed) == "08h15 mất điện 08h20 có lại"


def test_what_cannot_be_seen_is_an_empty_field() -> None:
    with pytest.raises(ValidationError):
        Words().clean("\u200b \u202e")


@pytest.mark.parametrize("year", ["0001", "1899", "2201", "9999"])
def test_a_moment_in_a_year_that_no_contest_has_is_told(year: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MomentField().clean(f"{year}-01-01T00:00")
    assert refused.value.messages == ["Năm phải nằm trong khoảng từ 1900 đến 2200."]


def test_a_moment_is_one_in_vietnam() -> None:
    moment = MomentField().clean("2023-10-05T08:00")
    assert moment.astimezone(UTC) == datetime(2023, 10, 5, 1, tzinfo=UTC)


def test_every_moment_has_bounds() -> None:
    unbounded = [
        (form.__name__, name)
        for form in all_forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateTimeField) and not isinstance(field, MomentField)
    ]
    assert unbounded == []


class Unread(SimpleUploadedFile):
    """A file that must not be read."""

    def read(self, num_bytes: int | None = None) -> bytes:
        raise AssertionError("read before its size was looked at")


def test_a_file_that_is_too_large_is_not_read() -> None:
    file = Unread("ds.xlsx", b"x")
    file.size = 5 * 1024 * 1024 + 1
    with pytest.raises(ValidationError) as refused:
        SizedFileField(most_bytes=5 * 1024 * 1024).clean(file)
    assert refused.value.messages == [
        explain(RuleViolation("file_too_large", name="ds.xlsx", max_mb=5))
    ]
    file.size -= 1
    assert SizedFileField(most_bytes=5 * 1024 * 1024).clean(file) is file
