"""What everybody may see of a round in which all answer together: the big screen's snapshot.

Made of the log and of the questions that were opened: it can hold no key that was not announced,
and nobody's name.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.exam.models import RosterLine, Sitting
from hoithi.exam.together import Stand, stand_of
from hoithi.rules.canonical import Value
from hoithi.rules.together import Announced, Game, Rescued

ASKS_EVERY_MS = 1000
_KEPT_S = 0.4


@dataclass(frozen=True, slots=True)
class Shown:
    """A snapshot as a page asks for it; `number` changes when what is to be seen does."""

    number: int
    snapshot: dict[str, Value]
    again_ms: int


def sitting_together(each: Round) -> Sitting | None:
    """The sitting of a round in which all answer together; none before its roster was published."""
    sittings = each.sittings.standing().select_related("package", "round__contest")
    return sittings.order_by("id").first()


def shown(each: Round, now: datetime) -> Shown:
    """Where a round stands for everybody. Raises RuleViolation: `not_together` for any other round,
    `hall_out_of_reach`."""
    sitting = sitting_together(each)
    if sitting is None:
        return Shown(0, _title(each), 5000)
    now_ms = ms(now)
    stand = stand_of(sitting)
    game = stand.game
    opening_ms = game.asked[-1].opens_ms if game.asked else 0
    is_open = game.has_begun and now_ms >= opening_ms
    waits_ms = opening_ms - now_ms
    again_ms = waits_ms if 0 < waits_ms < ASKS_EVERY_MS else ASKS_EVERY_MS
    return Shown(1 + 2 * game.number + is_open, _snapshot(each, stand, is_open=is_open), again_ms)


def _title(each: Round) -> dict[str, Value]:
    return {"contest": each.contest.title, "round": each.name, "scene": "emblem", "people": []}


def _snapshot(each: Round, stand: Stand, *, is_open: bool) -> dict[str, Value]:
    game = stand.game
    return _title(each) | {
        "scene": _scene(game),
        "items": game.length,
        "left": len(game.standing) if game.has_standing else None,
        "of": len(game.standing) + len(game.out_at) if game.has_standing else None,
        "back": len(game.back),
        "question": _question(stand, is_open=is_open),
        "people": _people(stand),
    }


def _scene(game: Game) -> str:
    """What the last press is about."""
    if game.ended is not None:
        return "winner"
    if not game.has_begun:
        return "emblem"
    if isinstance(game.last, Rescued):
        return "rescue"
    return "answer" if isinstance(game.last, Announced) else "question"


def _question(stand: Stand, *, is_open: bool) -> dict[str, Value] | None:
    """The question asked last; its text only once it is open."""
    game = stand.game
    if not game.asked:
        return None
    at = len(game.asked) - 1
    told = game.announced.get(at)
    found: dict[str, Value] = {
        "number": at + 1,
        "opens": game.asked[at].opens_ms,
        "closes": game.asked[at].closes_ms,
        "cancelled": at in game.cancelled,
        "right": list(told.right) if told is not None else None,
        "out": len(told.out) if told is not None else None,
    }
    if is_open:
        place = stand.paper[at]
        item = stand.questions.file.items[place.item]
        found |= {
            "stem": item.stem,
            "options": [item.options[index] for index in place.order],
        }
    return found


def _people(stand: Stand) -> list[Value]:
    """Number and state of everybody on the roster, in order; the first place of those who won."""
    game = stand.game
    winners = game.ended.winners if game.ended is not None else []
    lines = (
        RosterLine.objects.filter(sitting=stand.sitting)
        .order_by("line")
        .values_list("line", "entry__number", "entry__unit__name")
    )
    return [
        {"number": number, "state": _state(game, line, winners), "unit": unit}
        for line, number, unit in lines
    ]


def _state(game: Game, line: int, winners: list[int]) -> str:
    if line in winners:
        return "winner"
    if line in game.out_at:
        return "out"
    if not game.has_standing:
        return "in"
    if line not in game.standing:
        return "absent"
    return "back" if line in game.back else "in"


_kept: dict[int, tuple[float, Shown]] = {}


def shown_bytes(each: Round, now: datetime) -> bytes:
    """The same as JSON with the server's time; many who ask in one moment cost one look."""
    at = time.monotonic()
    known = _kept.get(each.pk)
    if known is None or at - known[0] > _KEPT_S:
        known = _kept[each.pk] = (at, shown(each, now))
    found = known[1]
    told = {"now": ms(now), "n": found.number, "s": found.snapshot, "again": found.again_ms}
    return msgspec.json.encode(told)
