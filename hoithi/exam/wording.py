"""What the states and steps of an online round are called."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.contests.plan.schema import Plan
from hoithi.exam.models import PackageState, SittingState
from hoithi.exam.queries import Step
from hoithi.rules.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as a word and the tone of its mark (`state-good` and its sisters)."""

    word: Promise
    tone: str


STEPS: dict[Step, Promise] = {
    Step.BUILD: _("Put the paper together"),
    Step.SEAL: _("Seal by two people"),
    Step.ROSTER: _("Publish the roster"),
    Step.RUN: _("Exam"),
    Step.COLLECT: _("Collect"),
    Step.GRADE: _("Grade"),
    Step.PUBLISH: _("Publish the result"),
}
PACKAGE_STATES: dict[str, Shown] = {
    PackageState.DRAFT: Shown(_("To be sealed"), "warn"),
    PackageState.SEALED: Shown(_("Sealed"), "good"),
    PackageState.WITHDRAWN: Shown(_("Withdrawn"), "muted"),
}
SITTING_STATES: dict[str, Shown] = {
    SittingState.PREPARED: Shown(_("Not yet in the hall"), "warn"),
    SittingState.PUBLISHED: Shown(_("In the hall"), "now"),
    SittingState.COLLECTED: Shown(_("Collected"), "now"),
    SittingState.GRADED: Shown(_("Graded"), "good"),
}


def with_names(violation: RuleViolation, plan: Plan) -> RuleViolation:
    """The same violation, with the names of topic and level in place of their keys."""
    names = {each.key: each.name for each in (*plan.topics, *plan.levels)}
    params = {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in violation.params.items()
    }
    return RuleViolation(violation.code, **params)
