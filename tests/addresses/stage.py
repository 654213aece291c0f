"""A round on stage that is being prepared: for everybody, for devices, for those who run it."""

from __future__ import annotations

from hoithi.stage.actions.preparing import prepare_stage
from tests import factories
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene

ANYBODY = Row(get="200 ...", post="405 ...")
DEVICE = Row(get="405 ...", post="401 ...")
RUN = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 302 302")
FORM = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 200 200")
NOBODY_THERE = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 404 404")
SIGN = Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302")
ROWS = {
    "stage:live": ANYBODY,
    "stage:screen": ANYBODY,
    "stage:feed": ANYBODY,
    "stage:draws": ANYBODY,
    # This round has no heats.
    "stage:heats": Row(get="404 ...", post="405 ..."),
    "stage:heats_feed": Row(get="404 ...", post="405 ..."),
    "stage:judge": ANYBODY,
    "stage:team": ANYBODY,
    "stage:vote": Row(get="405 ...", post="400 ..."),
    "stage:seat": Row(get="401 ...", post="405 ..."),
    "stage:enter": Row(get="405 ...", post="400 ..."),
    "stage:sheet": DEVICE,
    "stage:not_marked": DEVICE,
    "stage:answer": DEVICE,
    "stage:press": DEVICE,
    "stage:call": DEVICE,
    "stage:setup": Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405"),
    "stage:prepare": RUN,
    "stage:add_judge": FORM,
    "stage:drop_judge": NOBODY_THERE,
    "stage:conflict": FORM,
    "stage:packets": RUN,
    "stage:seal": Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 404"),
    "stage:open": RUN,
    "stage:codes": Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 405 405"),
    "stage:new_code": NOBODY_THERE,
    # Not open yet: the console leads to what is lacking.
    "stage:console": Row(
        get="signin 403 403 403 403 302 302", post="signin 403 403 403 403 405 405"
    ),
    **{
        name: Row(get="signin 403 404 403 403 404 404", post="signin 403 405 403 403 405 405")
        for name in ("stage:minutes", "stage:minutes_word")
    },
    # Nothing of this is there before the opening.
    **{
        f"stage:{name}": Row(
            get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 404 404"
        )
        for name in ("paper_sheet",)
    },
    "stage:turn": Row(get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 405 405"),
    "stage:sheets": Row(
        get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 405 405"
    ),
    "stage:points": Row(
        get="signin 403 403 403 403 403 404", post="signin 403 403 403 403 403 404"
    ),
    **{
        f"stage:{name}": Row(
            get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 404"
        )
        for name in ("confirm_points", "refuse_points")
    },
    "stage:act": RUN,
    "stage:answered": NOBODY_THERE,
    "stage:close": SIGN,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """The live round of our contest; the other contest has none."""
    each = scene.ours.rounds.get(key="truc-tiep")
    prepare_stage(actor=scene.people["organiser"], each=each, now=factories.now())
    live = Pair("truc-tiep", "dot-1")
    return {
        "judge": Pair("gk9", "gk8"),
        "part": Pair("kien-thuc", "khong-co"),
        "call": Pair(0, 1),
        "turn": Pair(1, 2),
        **{f"{name}.round_key": live for name in ROWS},
    }
