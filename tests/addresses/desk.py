"""The desk of everybody, and the first pages of a contest."""

from __future__ import annotations

from tests.addresses import Pair, Row
from tests.addresses.scene import Scene

PAGE = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
ROWS = {
    "desk:home": Row(get="signin 200 ...", post="signin 405 ..."),
    "desk:overview": PAGE,
    "desk:assumptions": PAGE,
    "desk:confirm": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
    "desk:duties": PAGE,
    "desk:audit": PAGE,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """What the plans leave open."""
    ours, theirs = scene.ours.assumptions.all()[0], scene.theirs.assumptions.all()[0]
    return {"assumption": Pair(ours.pk, theirs.pk)}
