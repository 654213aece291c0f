"""The log of a round in which all answer together, as it can be looked up afterwards.

Told without names: each press is bound to the journal by the digest that the hall wrote when it
applied it, and the whole log to the closing record by its hash (docs/decisions/0023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hoithi.hall.formats import Hex16
from hoithi.hall.ledger import AttemptFacts
from hoithi.hall.store.api import Order, OrderKind
from hoithi.rules.together import Sheet, Span


class Press(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order of the kind `together`, without actor and reason."""

    number: int
    amount: int
    text: str
    at_ms: int

    def whole(self, sitting: bytes) -> Order:
        """As control has it, but for the two fields that no digest covers."""
        return Order(
            number=self.number,
            sitting=sitting,
            kind=OrderKind.TOGETHER,
            line=None,
            attempt=None,
            amount=self.amount,
            text=self.text,
            actor="",
            reason="",
            at_ms=self.at_ms,
        )


class Presses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every press of a sitting, in order."""

    sitting: Hex16
    orders: list[Press]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.orders]


def presses_of(sitting: bytes, orders: Iterable[Order]) -> Presses:
    """What is told of a sitting's orders: those of this kind."""
    return Presses(
        sitting.hex(),
        [
            Press(each.number, each.amount, each.text, each.at_ms)
            for each in orders
            if each.kind is OrderKind.TOGETHER
        ],
    )


def sheet_of(facts: AttemptFacts) -> Sheet:
    """An attempt as the rules take it; its times must have been read."""
    return Sheet(facts.attempt.hex(), facts.line, facts.number, facts.answers, facts.answered_ms)


def answered_outside(
    sheets: Iterable[Sheet], spans: Sequence[Span], grace_ms: int
) -> list[tuple[str, int]]:
    """Attempt and question of every counted answer that did not come while it was open."""
    return [
        (sheet.attempt, at)
        for sheet in sheets
        for at, (option, at_ms) in enumerate(zip(sheet.answers, sheet.answered_ms, strict=True))
        if option >= 0
        and not (at < len(spans) and spans[at].opens_ms <= at_ms <= spans[at].closes_ms + grace_ms)
    ]
