"""The desk of everybody, and the first pages of a contest."""

from __future__ import annotations

from django.utils import timezone

from hoithi.contests.actions import appoint
from hoithi.contests.models import Contest
from hoithi.jobs.actions import ask
from hoithi.results.jobs import CERTIFICATES
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.factories import now

PAGE = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
KEEP = Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 200 200")
ROWS = {
    "desk:home": Row(get="signin 200 ...", post="signin 405 ..."),
    "desk:overview": PAGE,
    "desk:assumptions": PAGE,
    "desk:confirm": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
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


def _job(contest: str) -> int:
    return ask(
        kind=CERTIFICATES,
        params={"publication": 0, "user": 0},
        requested_by="0",
        scope_kind="contest",
        scope_id=contest,
        now=now(),
    ).pk
