"""Words of this room: what is said about the cells of a list, and what states are called.

Sentences of violations stand in the catalogues under their codes (hoithi.web.violations).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.entries.models import EntryState, HandoverState, RegistrationState
from hoithi.rules.errors import ParamValue
from hoithi.rules.teams import Flaw, Part


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as a word and the tone of its mark (`state-good` and its sisters)."""

    word: Promise
    tone: str


REGISTRATION_STATES: Mapping[str, Shown] = {
    "": Shown(_("Not begun"), "muted"),
    RegistrationState.DRAFT: Shown(_("Being prepared"), "warn"),
    RegistrationState.SUBMITTED: Shown(_("Lists handed in"), "now"),
    RegistrationState.RETURNED: Shown(_("Returned"), "bad"),
    RegistrationState.ACCEPTED: Shown(_("Accepted"), "good"),
}
ENTRY_STATES: Mapping[str, Shown] = {
    EntryState.LISTED: Shown(_("On the list"), "now"),
    EntryState.ACCEPTED: Shown(_("Accepted"), "good"),
    EntryState.WITHDRAWN: Shown(_("Withdrawn from the contest"), "muted"),
}

HANDOVER_STATES: Mapping[str, Shown] = {
    "": Shown(_("Not handed in yet"), "warn"),
    HandoverState.HANDED_IN: Shown(_("Waits to be read"), "now"),
    HandoverState.APPROVED: Shown(_("Text approved"), "good"),
    HandoverState.RETURNED: Shown(_("Text returned"), "bad"),
}
TEXT_KINDS: Mapping[str, Promise] = {
    "solution": _("Solution or initiative"),
    "script": _("Script"),
}

CELLS: Mapping[str, str | Promise] = {
    "missing": _("This cell is empty."),
    "formula": _(
        "This cell is a formula without a result. Open the file in Excel, save it and send it "
        "again, or write the value itself."
    ),
    "legacy_text": _("Typed in an old encoding (TCVN3 or VNI)."),
    "legacy_doubt": _(
        "The list is typed in an old encoding (TCVN3 or VNI); this cell can be read in two ways. "
        "Please look which one is meant."
    ),
    "text_tidied": _(
        "Letters and apostrophes were written in the standard way; nothing else changed."
    ),
    "text_too_long": _("Longer than %(most)s characters."),
    "name_capitals": _("The name is all in capitals or all in small letters."),
    "name_form": _("A name has only letters, spaces, hyphens and apostrophes."),
    "name_one_word": _("The name has one word only; please look again."),
    "given_not_in_name": _("This is not a part of the whole name."),
    "birth_form": _("Write the date of birth as day/month/year, such as 05/10/1980."),
    "birth_no_such_day": _("There is no such day in the calendar."),
    "birth_in_future": _("The date of birth is after the day of the contest."),
    "birth_improbable": _("This would make the person %(years)s years old; please look again."),
    "birth_needs_day": _(
        "The year alone does not tell whether the person is %(least)s; write the whole date."
    ),
    "too_young": _("The person is %(years)s years old; the form asks for at least %(least)s."),
    "audience_unknown": _("Not one of the audiences of the contest."),
    "audience_not_of_form": _("This audience does not take part in this form."),
    "id_not_digits": _("A national id has digits only."),
    "id_length": _("A national id has 12 digits, the old card 9."),
    "id_lost_zeros": _("Zeros in front were lost, as Excel does with numbers."),
    "phone_not_digits": _("A phone number has digits only."),
    "phone_form": _("A mobile number has 10 digits and begins with 03, 05, 07, 08 or 09."),
    "phone_lost_zero": _("The zero in front was lost, as Excel does with numbers."),
    "duplicate_national_id": _("The same national id as in row %(rows)s."),
    "duplicate_phone": _("The same phone as in row %(rows)s."),
    "duplicate_name_and_birth": _("The same name and date of birth as in row %(rows)s."),
    "taken_elsewhere": _(
        "Somebody with this national id is already on the list of another unit. Please "
        "ask the organisers."
    ),
    "phone_taken_elsewhere": _("This phone is already on the list of another unit."),
    "name_taken_elsewhere": _(
        "Somebody of this name and date of birth is already on the list of another unit; "
        "please look again."
    ),
    "asked_same": _(
        "Somebody of this name and date of birth is on another list of the unit, and no number "
        "tells whether it is the same person. Please say so, or write the national id or the phone "
        "in both lists."
    ),
    "said_same": _("Somebody of this name is on another list of the unit: said to be the same."),
    "said_other": _("Somebody of this name is on another list of the unit: said to be another."),
    "namesake_beside": _(
        "Somebody of this name and date of birth is on another list of the unit with other "
        "numbers: they are saved as two people. If it is one person, write the same numbers."
    ),
    "id_beside": _(
        "On another list of the unit this national id has another name or date of birth; once this "
        "list is saved, both say what this row says. Please look again."
    ),
    "phone_beside": _("Somebody else on another list of the unit has this phone."),
    "barred": _("This person sits in a body of the contest and may not take part."),
    "name_of_seat": _(
        "A member of a body of the contest has this name; please check that it is another person."
    ),
}

# What is said of a name where the officer answers whether it is one person.
ASKED = frozenset({"asked_same", "said_same", "said_other"})

PART_NAMES: Mapping[Part, Promise] = {
    "presenter": _("Presents the team"),
    "quiz": _("Answers in the quiz"),
    "performer": _("Performs"),
}

# Why a team cannot stand so (hoithi.rules.teams.flaws).
TEAM_FLAWS: Mapping[str, Promise] = {
    "team_without_name": _("Write the name of the team."),
    "team_name_too_long": _("The name is longer than %(most)s characters."),
    "team_without_leader": _("Say who leads the team."),
    "leader_not_in_team": _("The leader is not on the list of this form. Choose a member."),
    "part_not_in_team": _(
        "%(people)s of those ticked are not on the list of this form. Only registered people of "
        "the team may appear."
    ),
    "part_has_too_many": _(
        "“%(segment)s” takes at most %(most)s people of this team; %(people)s are ticked."
    ),
}

NUMBER_NAMES: Mapping[str, Promise] = {
    "national_id": _("National id"),
    "phone": _("Phone"),
}


def flaw_sentence(flaw: Flaw) -> str:
    """Why a team cannot stand so, in the language of the reader. Raises KeyError."""
    return str(TEAM_FLAWS[flaw.code]) % flaw.params


def cell_sentence(code: str, params: Mapping[str, ParamValue]) -> str:
    """What is said about a cell, in the language of the reader. Raises KeyError."""
    return str(CELLS[code]) % params
