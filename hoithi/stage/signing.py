"""What waits for the signature of somebody of the committee in a round on stage."""

from __future__ import annotations

from enum import StrEnum

from hoithi.contests.models import Round
from hoithi.people.models import Approval, User
from hoithi.results.models import Motion
from hoithi.results.pending import OF_POINTS, open_motions
from hoithi.rules.live.marks import is_complete
from hoithi.stage.models import Stage
from hoithi.stage.packets import standing_packets
from hoithi.stage.queries import stage_of, state_at, who_signed_the_closing


class Waiting(StrEnum):
    """What there is to sign, in the order of the day."""

    PACKETS = "packets"
    POINTS = "points"
    CLOSING = "closing"


def waiting_for_signature(each: Round, user: User) -> list[Waiting]:
    """What this person has not signed yet; whether they may sign at all has been asked before."""
    stage = stage_of(each)
    if stage is None:
        return []
    if stage.plan_id is None:
        return [Waiting.PACKETS] if _is_to_seal(stage, user) else []
    found = []
    if any(motion.approval.first_id != user.pk for motion in points_motions(each)):
        found.append(Waiting.POINTS)
    if _may_close(stage) and who_signed_the_closing(stage) != user:
        found.append(Waiting.CLOSING)
    return found


def _is_to_seal(stage: Stage, user: User) -> bool:
    unsealed = {
        f"packets:{packets.pk}"
        for packets in standing_packets(stage).values()
        if packets.sealing_id is None
    }
    signed = Approval.objects.filter(
        kind="packets", subject__in=unsealed, first=user, refused_at=None
    )
    return len(unsealed) > signed.count()


def _may_close(stage: Stage) -> bool:
    state = state_at(stage)
    return (
        not state.is_closed
        and state.on_stage is None
        and all(is_complete(state, part.key) for part in state.regulation.segments)
    )


def points_motions(each: Round) -> list[Motion]:
    """Points beside the marks that wait for a second member, oldest first. One query."""
    return [motion for motion in open_motions(each) if motion.approval.kind == OF_POINTS]
