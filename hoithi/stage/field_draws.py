"""The draws that put teams into heats and semi-finals: for the public page of draws, and step by
step for a big screen of their own, since they are held before any of these rounds is on stage."""

from __future__ import annotations

from collections.abc import Mapping

from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.contests.queries import plan_of, round_plan
from hoithi.entries.lineups import field_round, standing_lineup
from hoithi.entries.models import Lineup
from hoithi.rules.canonical import Value
from hoithi.rules.live.state import Lots
from hoithi.stage.queries import TeamName, team_names
from hoithi.stage.screen import draw_record

KEY = "field"
ASKS_EVERY_MS = 1000


def is_drawn(each: Round) -> bool:
    """Whether lots put teams into this round and others."""
    rule = round_plan(each).entrants
    return rule is not None and len(rule.among) > 1


def field_draws(each: Round, names: Mapping[str, TeamName]) -> list[dict[str, Value]]:
    """Every draw of the field of a round with the teams as dealt; a void one has its `reason`."""
    first = field_round(each)
    if first is None:
        return []
    titles = _titles(each)
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


def field_message(each: Round, now_ms: int) -> dict[str, Value]:
    """What the big screen shows of the draw of a field now, as `ask` of web/feed.js has it.

    For a round that `is_drawn`. Six queries.
    """
    lineup = standing_lineup(each)
    number = 0 if lineup is None else 2 * lineup.pk + (lineup.drawn_at is not None)
    return {"now": now_ms, "n": number, "again": ASKS_EVERY_MS, "s": _snapshot(each, lineup)}


def _snapshot(each: Round, lineup: Lineup | None) -> dict[str, Value]:
    """The draw with when it was held, and the teams of each round in the order in which they were
    dealt; neither lots nor rounds before the list is fixed."""
    rule, titles = round_plan(each).entrants, _titles(each)
    assert rule is not None
    names = team_names(each) if lineup is not None else {}
    return {
        "contest": each.contest.title,
        "titles": [titles[key] for key in rule.among],
        "apart": rule.apart,
        "lots": draw_record(_lots(lineup), names) if lineup is not None else None,
        "since": ms(lineup.drawn_at) if lineup is not None and lineup.drawn_at is not None else 0,
        "dealt": [
            [{"team": names[entry].name, "unit": names[entry].beside} for entry in entries]
            for entries in (lineup.rounds.get(key, []) for key in rule.among)
        ]
        if lineup is not None
        else [],
    }


def _titles(each: Round) -> dict[str, str]:
    return {one.key: one.name for one in plan_of(each.contest).rounds}


def _lots(lineup: Lineup) -> Lots:
    return Lots(
        among=tuple(sorted(seat["entry"] for seat in lineup.field)),
        commitment=lineup.commitment,
        number=lineup.number,
        secret=lineup.secret,
        order=tuple(lineup.order),
        by_hand=lineup.by_hand,
    )
