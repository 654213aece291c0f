"""Ending a sitting as its organiser does."""

from __future__ import annotations

import time

from hoithi.exam.actions import collect_sitting
from hoithi.exam.hall_orders import move_close
from hoithi.exam.models import Sitting
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from tests import factories


def close_the_hall(organiser: User, sitting: Sitting) -> None:
    """End the sitting now; collect it as soon as the hall has closed it."""
    move_close(
        actor=organiser,
        sitting=sitting,
        closes_at=factories.now(),
        reason="Hết giờ của ca thi",
        now=factories.now(),
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            collect_sitting(actor=organiser, sitting=sitting, now=factories.now())
        except RuleViolation as violation:
            assert violation.code == "hall_not_closed"
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the hall did not close the sitting")
