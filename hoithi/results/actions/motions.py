"""What one person puts forward waits, whole, for a second one to confirm or refuse."""

from __future__ import annotations

from collections.abc import Mapping

from hoithi.contests.models import Contest, Round
from hoithi.people.models import Approval
from hoithi.results.models import Motion
from hoithi.rules.canonical import Value


def put_forward(
    approval: Approval, contest: Contest, each: Round | None, content: Mapping[str, Value]
) -> Motion:
    """Keep what the first person asks for, in the transaction of the first signature."""
    return Motion.objects.create(
        contest=contest, round=each, approval=approval, content=dict(content)
    )
