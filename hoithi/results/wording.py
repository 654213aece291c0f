"""What decides a place, in words: who comes first by the rules, why a row is lower than another."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.results.models import RulingEffect
from hoithi.rules.ranking import DECISION, SHARED
from hoithi.rules.regulation import CollectiveRule, Regulation
from hoithi.web.wording import marks

COMES_FIRST: dict[str, Promise] = {
    "points": _("points"),
    "correct": _("number of right answers"),
    "prediction": _("nearer prediction"),
    "duration": _("shorter working time"),
    "submitted": _("handed in earlier"),
    "started": _("started earlier"),
    "attempts": _("fewer attempts"),
    "full_marks": _("more papers without a mistake"),
    "answer_time": _("quicker right answers"),
    "lots": _("drawing of lots"),
}
_BY_NO_RULE: dict[str, Promise] = {
    "": _("first in order"),
    SHARED: _("equal in everything"),
    DECISION: _("decision of the committee"),
}
IS_LOWER_BY: dict[str, Promise] = {
    "points": _("points"),
    "correct": _("number of right answers"),
    "prediction": _("prediction less near"),
    "duration": _("longer working time"),
    "submitted": _("handed in later"),
    "started": _("started later"),
    "attempts": _("more attempts"),
    "full_marks": _("fewer papers without a mistake"),
    "answer_time": _("slower right answers"),
    "lots": _("drawing of lots"),
    **_BY_NO_RULE,
}
UNITS_COME_FIRST: dict[str, Promise] = {
    "score": _("points"),
    "percent": _("larger share of its people"),
    "participants": _("more people who took part"),
}
UNITS_ARE_LOWER_BY: dict[str, Promise] = {
    "score": _("points"),
    "percent": _("smaller share of its people"),
    "participants": _("fewer people who took part"),
    **_BY_NO_RULE,
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
    """Why an entry is lower than the one above; parts of a live round as the plan names them."""
    return _part(criterion, regulation) or IS_LOWER_BY[criterion]


def comes_first(criterion: str, regulation: Regulation) -> str | Promise:
    """Who comes first by a criterion of the rules."""
    return _part(criterion, regulation) or COMES_FIRST[criterion]


def _part(criterion: str, regulation: Regulation) -> str:
    """The part of a live round; one that only an older plan had keeps its key."""
    kind, _colon, key = criterion.partition(":")
    if kind != "segment":
        return ""
    return next((part.label for part in regulation.segments if part.key == key), key)


def units_decided_by(criterion: str) -> Promise:
    """Why a unit is lower than the one above."""
    return UNITS_ARE_LOWER_BY[criterion]


def collective_rule_words(rule: CollectiveRule, labels: Mapping[str, str]) -> list[str]:
    """How units are scored and what decides between equal ones; `labels` name prizes by key."""
    sentences = [
        gettext("Each per cent of a unit's people who took part: %(points)s points.")
        % {"points": marks(rule.points_per_percent)}
    ]
    prizes = [f"{labels[key]} {marks(points)}" for key, points in rule.prize_points.items()]
    if prizes:
        sentences.append(gettext("Points for prizes: %(prizes)s.") % {"prizes": ", ".join(prizes)})
    order = ", ".join(str(UNITS_COME_FIRST[criterion]) for criterion in rule.ranking)
    sentences.append(gettext("What decides a place, in this order: %(order)s.") % {"order": order})
    return sentences
