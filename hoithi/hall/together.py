"""What a phone is shown of a round in which all answer together (docs/decisions/0023).

The text of a question leaves the hall from its opening on, never before.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from hoithi.hall.session import Save
from hoithi.hall.sittings import Sitting
from hoithi.hall.wire import ItemView, Standing, TogetherView
from hoithi.rules.together import Game

ASKS_EVERY_MS = 1000
_SPREAD_MS = 300


def view_of(sitting: Sitting, game: Game, line: int, now_ms: int) -> TogetherView:
    """Where the round stands for a line of the roster."""
    told = game.has_standing
    return TogetherView(
        number=game.number,
        standing=_standing(game, line),
        items=game.length,
        item=_item(sitting, game, now_ms),
        left=len(game.standing) if told else None,
        of=len(game.standing) + len(game.out_at) if told else None,
        ended=game.ended is not None,
    )


def _standing(game: Game, line: int) -> Standing:
    if game.ended is not None and line in game.ended.winners:
        return "winner"
    if game.is_out(line):
        return "out"
    return "back" if line in game.back else "in"


def _item(sitting: Sitting, game: Game, now_ms: int) -> ItemView | None:
    if not game.asked:
        return None
    position = len(game.asked) - 1
    span = game.asked[position]
    told = game.announced.get(position)
    return ItemView(
        position=position,
        opens_ms=span.opens_ms,
        closes_ms=span.closes_ms,
        question=sitting.common_paper()[position] if now_ms >= span.opens_ms else None,
        right=told.right if told is not None else None,
        cancelled=position in game.cancelled,
    )


def asks_again_ms(game: Game, now_ms: int) -> int:
    """How soon a phone should ask: at the opening that it was told of, else every second."""
    if game.asked and now_ms < game.asked[-1].opens_ms <= now_ms + ASKS_EVERY_MS:
        spread_ms = random.random() * _SPREAD_MS  # noqa: S311 - jitter, not a secret
        return game.asked[-1].opens_ms - now_ms + int(spread_ms)
    return ASKS_EVERY_MS


def is_too_much(game: Game, line: int, saves: Sequence[Save], now_ms: int, grace_ms: int) -> bool:
    """Whether somebody who is out answers a question as long as answers to it count; what comes too
    late is kept."""
    return game.is_out(line) and any(
        0 <= item < len(game.asked) and now_ms <= game.asked[item].closes_ms + grace_ms
        for _, item, _, _ in saves
    )
