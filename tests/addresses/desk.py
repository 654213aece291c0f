"""The desk of everybody, and the first pages of a contest."""

from __future__ import annotations

from django.utils import timezone

from hoithi.contests.actions import appoint
from hoithi.contests.models import Contest, PlanProposal
from hoithi.contests.queries import plan_version_of
from hoithi.jobs.actions import ask
from hoithi.results.jobs import CERTIFICATES
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.factories import now

PAGE = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
KEEP = Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 200 200")
SIGN = Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302")
ROWS = {
    "desk:home": Row(get="signin 200 ...", post="signin 405 ..."),
    "desk:overview": PAGE,
    "desk:assumptions": PAGE,
    "desk:confirm": SIGN,
    "desk:plan": PAGE,
    "desk:sign_plan": SIGN,
    "desk:refuse_plan": SIGN,
    "desk:duties": PAGE,
    "desk:job": Row(get="signin 403 403 403 403 200 200", post="signin 405 ..."),
    "desk:duty": Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 200 200"),
    "desk:bodies": PAGE,
    "desk:appoint": KEEP,
    "desk:end_seat": KEEP,
    "desk:audit": PAGE,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """What the plans leave open and ask of somebody, a seat, and long work for each contest."""
    their_duty = scene.theirs.duties.create(key="theirs", holder="Sở Mẫu", text="Việc mẫu")
    ours, theirs = scene.ours.assumptions.all()[0], scene.theirs.assumptions.all()[0]
    return {
        "seat": Pair(_seat(scene.ours, scene), _seat(scene.theirs, scene)),
        "assumption": Pair(ours.pk, theirs.pk),
        "duty": Pair(scene.ours.duties.all()[0].pk, their_duty.pk),
        "proposal": Pair(_proposal(scene.ours), _proposal(scene.theirs)),
        "job": Pair(_job(scene.ours.key), _job(scene.theirs.key)),
    }


def _seat(contest: Contest, scene: Scene) -> int:
    seat = appoint(
        actor=scene.people["organiser"],
        contest=contest,
        body="to-thu-ky",
        name="Hà Thị Mẫu",
        user=None,
        identity="",
        since=timezone.localdate(now()),
        now=now(),
    )
    return seat.pk


def _proposal(contest: Contest) -> int:
    """The plan in force once more, as if it changed something."""
    version = plan_version_of(contest)
    return PlanProposal.objects.create(
        contest=contest,
        base=version,
        text=version.text,
        sha256=version.sha256,
        changes=[["rounds[1].ranking", "[points]", "[points; lots]"]],
        proposed_by="Thử",
        proposed_at=now(),
    ).pk


def _job(contest: str) -> int:
    return ask(
        kind=CERTIFICATES,
        params={"publication": 0, "user": 0},
        requested_by="0",
        scope_kind="contest",
        scope_id=contest,
        now=now(),
    ).pk
