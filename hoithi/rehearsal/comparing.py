"""What the hall acknowledged, held against what it wrote: nothing may be lost, twice or foreign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hoithi.hall.formats import Kind, Row, receipt_text
from hoithi.hall.ledger import read_ledger
from hoithi.rehearsal.report import Kept
from hoithi.rehearsal.script import PREDICTION

_ANSWERS = frozenset({Kind.ANSWER, Kind.LATE_ANSWER})
_PREDICTIONS = frozenset({Kind.PREDICT, Kind.LATE_PREDICT})


class Choice(Protocol):
    """An answer as somebody gave it; position −1 is the prediction."""

    @property
    def position(self) -> int: ...

    @property
    def option(self) -> int: ...


class Player(Protocol):
    """What a contestant knows: answers in the order of their numbers, so many acknowledged."""

    attempt: str
    epoch: int
    acknowledged: int
    receipt: str

    @property
    def sent(self) -> Sequence[Choice]: ...


Rows = dict[tuple[int, int], tuple[int, int]]
"""What the journal has of one attempt: position and option by (epoch, number)."""


def compare(
    players: Iterable[Player], rows: Iterable[Row], *, items: int, grace_ms: int, roster: bytes
) -> Kept:
    """Every acknowledged answer must stand in the journal once and as it was given; every row must
    be one that was given; every receipt must be that of the rows."""
    known = {each.attempt: each for each in players if each.attempt}
    found: dict[str, Rows] = {each: {} for each in known}
    kept: list[Row] = []
    twice = foreign = 0
    for row in rows:
        kept.append(row)
        if row.kind not in _ANSWERS and row.kind not in _PREDICTIONS:
            continue
        own = found.get(row.attempt.hex())
        if own is None:
            foreign += 1
            continue
        key = (row.epoch, row.seq)
        twice += key in own
        own[key] = (PREDICTION if row.kind in _PREDICTIONS else row.item, row.option)
    for attempt, own in found.items():
        foreign += _not_given(known[attempt], own)
    ledger = read_ledger(kept, items=items, grace_ms=grace_ms, roster_sha256=roster)
    receipts = {facts.attempt.hex(): facts.receipt for facts in ledger.attempts if facts.receipt}
    handed_out = [each for each in known.values() if each.receipt]
    return Kept(
        acknowledged=sum(each.acknowledged for each in known.values()),
        lost=sum(_lost(each, found[each.attempt]) for each in known.values()),
        twice=twice,
        foreign=foreign,
        receipts=len(handed_out),
        wrong_receipts=sum(
            each.receipt != receipt_text(receipts.get(each.attempt, b"")) for each in handed_out
        ),
        flaws=len(ledger.flaws),
    )


def _lost(player: Player, own: Rows) -> int:
    """Acknowledged answers that are not there as they were given."""
    return sum(
        own.get((player.epoch, at + 1)) != (player.sent[at].position, player.sent[at].option)
        for at in range(player.acknowledged)
    )


def _not_given(player: Player, own: Rows) -> int:
    """Rows that nobody sent."""
    sent = player.sent
    return sum(
        epoch != player.epoch
        or not 1 <= number <= len(sent)
        or (sent[number - 1].position, sent[number - 1].option) != content
        for (epoch, number), content in own.items()
    )
