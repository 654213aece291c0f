"""Signatures of several people in the same moment, for tests/races.py."""

from __future__ import annotations

from collections import Counter
from functools import partial

from hoithi.people.actions import approve
from hoithi.people.models import Approval, Role, User
from hoithi.people.permissions import contest_scope
from tests import factories
from tests.races import at_once

TIMES = 10


def _sign(who: User, number: int) -> None:
    approve(
        actor=who,
        kind="seal",
        scope=contest_scope("c1"),
        subject="package:1",
        subject_hash=f"{number:064x}",
        reason="",
        now=factories.now(),
    )


def two_sign() -> object:
    """Two people sign the same at once, again and again: one is the first, one the second."""
    people = [factories.user(name, "c1", Role.COMMITTEE) for name in ("An", "Bình")]
    errors = [
        error
        for number in range(TIMES)
        for error in at_once(*(partial(_sign, who, number) for who in people))
    ]
    return {"errors": errors, "complete": sum(each.is_complete for each in Approval.objects.all())}


def three_sign() -> object:
    """Three people sign the same at once: two signatures count, the third is told so."""
    people = [factories.user(name, "c1", Role.COMMITTEE) for name in ("An", "Bình", "Chi")]
    errors = [
        error
        for number in range(TIMES)
        for error in at_once(*(partial(_sign, who, number) for who in people))
    ]
    return {
        "errors": dict(Counter(errors)),
        "complete": sum(each.is_complete for each in Approval.objects.all()),
    }
