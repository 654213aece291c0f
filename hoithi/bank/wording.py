"""What is said of a bad cell in a file of questions."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.bank.importing import CellProblem

SENTENCES: dict[str, Promise | str] = {
    "no_column": _("The column is missing. Add it, or take the template."),
    "empty": _("Must not be empty."),
    "code_twice": _("The code stands twice. Every question has its own."),
    "stem_twice": _("The same question stands twice."),
    "no_such_topic": _("No such topic in the plan of this contest."),
    "no_such_level": _("No such level in the plan of this contest."),
    "option_twice": _("Two options say the same."),
    "no_such_option": _("Must be the letter of an option that is filled in, A to D."),
    "no_day": _("Not a day. Write it as 05/10/2023."),
    "too_long": _("Longer than %(most)d letters."),
    "old_encoding": _(
        "Typed in an old encoding (TCVN3 or VNI). Please change the file to Unicode."
    ),
    "ends_before_it_begins": _("The last day lies before the first."),
}


def cell_sentence(problem: CellProblem) -> str:
    """The sentence for a bad cell."""
    sentence = str(SENTENCES[problem.code])
    return sentence % {"most": problem.most} if problem.code == "too_long" else sentence
