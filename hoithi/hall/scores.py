"""Scores that the rules promise at once: told by the desk, many in one order (decision 0018).

The hall holds no key. It is told a number for an attempt, and by the receipt for which answers:
an attempt that is opened again has another receipt in the end, and the number is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hoithi.hall.wire import ScoreView


class ToldScore(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One attempt's score; attempt and receipt in hex, points and maximum decimals as text."""

    attempt: str
    receipt: str
    points: str
    maximum: str
    time_ms: int


_decoder = msgspec.json.Decoder(list[ToldScore])


def write_scores(scores: Iterable[ToldScore]) -> str:
    """As the text of an order has them."""
    return msgspec.json.encode(list(scores)).decode()


def read_scores(text: str) -> list[ToldScore]:
    """Raises ValueError."""
    return _decoder.decode(text)


def shown_score(told: ToldScore | None, receipt: bytes, promise: str) -> ScoreView | None:
    """What a contestant sees beside a receipt, by what the sealed rules promise."""
    if told is None or told.receipt != receipt.hex() or promise not in ("score", "score_and_time"):
        return None
    return ScoreView(
        told.points, told.maximum, told.time_ms if promise == "score_and_time" else None
    )
