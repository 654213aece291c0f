"""The draws that put teams into heats and semi-finals, as the public page of draws shows them."""

from __future__ import annotations

from collections.abc import Mapping

from hoithi.contests.models import Round
from hoithi.contests.queries import plan_of
from hoithi.entries.lineups import field_round
from hoithi.entries.models import Lineup
from hoithi.rules.canonical import Value
from hoithi.rules.live.state import Lots
from hoithi.stage.queries import TeamName
from hoithi.stage.screen import draw_record

KEY = "field"


def field_draws(each: Round, names: Mapping[str, TeamName]) -> list[dict[str, Value]]:
    """Every draw of the field of a round with the teams as dealt; a void one has its `reason`."""
    first = field_round(each)
    if first is None:
        return []
    titles = {one.key: one.name for one in plan_of(each.contest).rounds}
    return [
        {
            "key": KEY,
            "reason": lineup.voiding.reason if lineup.voiding is not None else "",
            "told": [
                f"{titles[key]}: {', '.join(names[entry].name for entry in entries)}"
                for key, entries in lineup.rounds.items()
            ],
            **draw_record(_lots(lineup), names),
        }
        for lineup in Lineup.objects.filter(round=first).select_related("voiding")
        if len(lineup.among) > 1
    ]


def _lots(lineup: Lineup) -> Lots:
    return Lots(
        among=tuple(sorted(seat["entry"] for seat in lineup.field)),
        commitment=lineup.commitment,
        number=lineup.number,
        secret=lineup.secret,
        order=tuple(lineup.order),
        by_hand=lineup.by_hand,
    )
