"""What the rules of this room say to people: a sentence for each code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.rules.errors import ParamValue

SENTENCES: Mapping[str, str | Promise] = {
    # Cells of a list.
    "missing": _("This cell is empty."),
    "legacy_text": _("Typed in an old encoding (TCVN3 or VNI)."),
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
    "barred": _("This person sits in a body of the contest and may not take part."),
    "name_of_seat": _(
        "A member of a body of the contest has this name; please check that it is another person."
    ),
    # Whole lists.
    "too_few": _("%(missing)s too few of at least %(minimum)s."),
    "too_many": _("%(over)s more than the allowed %(maximum)s."),
    "list_has_problems": _("%(cells)s cells are still to be mended."),
    "barred_people": _(
        "%(people)s people on the list sit in a body of the contest and may not take "
        "part. Please replace them."
    ),
    # Registrations.
    "no_form": _("Choose at least one form."),
    "one_form_only": _("A unit chooses one form only."),
    "form_not_chosen": _("The unit has not chosen this form."),
    "registration_not_open": _("Registration has not begun."),
    "registration_closed": _("Registration is closed. Who needs more time asks the organisers."),
    "registration_submitted": _(
        "The lists have been handed in and are waiting for the organisers."
    ),
    "registration_accepted": _("The lists have been accepted and can no longer be changed here."),
    "not_submitted": _("The lists have not been handed in."),
    "extension_not_later": _("The new deadline must be later than the common one and than now."),
    "reason_missing": _("Write the reason."),
    "reason_too_long": _("Keep the reason within %(most)s characters."),
    "reason_has_number": _("Write no national id or phone in the reason."),
    # Entries.
    "entry_not_accepted": _("This entry has just been changed or is not accepted."),
    "entry_is_a_team": _("A team is not replaced as a whole; replace its members."),
    "not_a_member": _("This person is not a member of the team."),
    "one_person_needed": _("Write exactly one person."),
}


def sentence(code: str, params: Mapping[str, ParamValue]) -> str:
    """The sentence of a code in the language of the reader. Raises KeyError for an unknown code."""
    return str(SENTENCES[code]) % params
