"""What decided a place, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.results.models import RulingEffect
from hoithi.rules.ranking import DECISION, SHARED
from hoithi.rules.regulation import CollectiveRule, Regulation
from hoithi.web.wording import marks

DECIDED_BY: dict[str, Promise] = {
    "": _("first in order"),
    "points": _("points"),
    "correct": _("number of right answers"),
    "prediction": _("nearer prediction"),
    "duration": _("shorter working time"),
    "submitted": _("handed in earlier"),
    "started": _("started earlier"),
    "attempts": _("fewer attempts"),
    "full_marks": _("more papers without a mistake"),
    "lots": _("drawing of lots"),
    SHARED: _("equal in everything"),
    DECISION: _("decision of the committee"),
}
UNITS_DECIDED_BY: dict[str, Promise] = {
    "": DECIDED_BY[""],
    "score": _("points"),
    "percent": _("larger share of its people"),
    "participants": _("more people who took part"),
    SHARED: DECIDED_BY[SHARED],
    DECISION: DECIDED_BY[DECISION],
}
RULINGS: dict[str, Promise] = {
    RulingEffect.DROP: _("The question is cancelled: everybody who has it gets the points"),
    RulingEffect.ACCEPT_ALSO: _("Another option is accepted too"),
    RulingEffect.POINTS_TO_ALL: _("The question stays: everybody who has it gets the points"),
}
LETTERS = "ABCDEFGH"


def ruling_words(effect: str, option: int | None) -> str:
    """A ruling in words; an option by its letter in the package."""
    words = str(RULINGS[RulingEffect(effect)])
    return words if option is None else f"{words}: {LETTERS[option]}"


def decided_by(criterion: str, regulation: Regulation) -> str | Promise:
    """What separates an entry from the one above; parts of a live round as the plan names them.

    A part that only an older plan had keeps its key.
    """
    kind, _colon, key = criterion.partition(":")
    if kind == "segment":
        return next((part.label for part in regulation.segments if part.key == key), key)
    return DECIDED_BY[criterion]


def units_decided_by(criterion: str) -> Promise:
    """What separates a unit from the one above."""
    return UNITS_DECIDED_BY[criterion]


def collective_rule_words(rule: CollectiveRule, labels: Mapping[str, str]) -> list[str]:
    """How units are scored and what decides between equal ones; `labels` name prizes by key."""
    sentences = [
        gettext("Each per cent of a unit's people who took part: %(points)s points.")
        % {"points": marks(rule.points_per_percent)}
    ]
    prizes = [f"{labels[key]} {marks(points)}" for key, points in rule.prize_points.items()]
    if prizes:
        sentences.append(gettext("Points for prizes: %(prizes)s.") % {"prizes": ", ".join(prizes)})
    order = ", ".join(str(units_decided_by(criterion)) for criterion in rule.ranking)
    sentences.append(gettext("What decides a place, in this order: %(order)s.") % {"order": order})
    return sentences
