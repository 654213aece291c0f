"""When somebody may start, as it can be looked up afterwards (docs/decisions/0019).

A sitting's own time as it was published and the orders that moved it, told without names. Each
order is bound to the journal by the digest that the hall wrote when it applied it; the time as
published is the desk's word.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, TypeVar

import msgspec

from hoithi.hall.formats import Hex16
from hoithi.hall.store.api import Order, OrderKind

TIMED = (OrderKind.OPEN_AT, OrderKind.CLOSE_AT, OrderKind.EXTRA_TIME, OrderKind.WINDOW)


def order_digest(order: Order) -> bytes:
    """What the journal keeps of an order: a hash over all but actor and reason (decision 0004)."""
    parts = (
        str(order.number),
        order.sitting.hex(),
        order.kind.value,
        "" if order.line is None else str(order.line),
        "" if order.attempt is None else order.attempt.hex(),
        str(order.amount),
        order.text,
        str(order.at_ms),
    )
    return hashlib.sha256("\n".join(parts).encode()).digest()


class TimedOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order about time, without actor and reason; its fields are those of `store.api.Order`."""

    number: int
    kind: Literal["open_at", "close_at", "extra_time", "window"]
    line: int | None
    amount: int
    text: str
    at_ms: int

    def whole(self, sitting: bytes) -> Order:
        """As control has it, but for the two fields that no digest covers."""
        return Order(
            number=self.number,
            sitting=sitting,
            kind=OrderKind(self.kind),
            line=self.line,
            attempt=None,
            amount=self.amount,
            text=self.text,
            actor="",
            reason="",
            at_ms=self.at_ms,
        )


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sitting's own time as it was published, in milliseconds, and what was ordered about it."""

    sitting: Hex16
    opens_ms: int
    closes_ms: int
    orders: list[TimedOrder]


class Begun(Protocol):
    """An attempt as far as its start goes."""

    @property
    def line(self) -> int: ...
    @property
    def started_ms(self) -> int: ...


B = TypeVar("B", bound=Begun)


def times_of(sitting: bytes, window: tuple[int, int], orders: Iterable[Order]) -> Times:
    """What is told of a sitting's orders: those about time."""
    return Times(
        sitting.hex(),
        *window,
        [
            msgspec.convert(
                {
                    "number": each.number,
                    "kind": each.kind.value,
                    "line": each.line,
                    "amount": each.amount,
                    "text": each.text,
                    "at_ms": each.at_ms,
                },
                TimedOrder,
            )
            for each in orders
            if each.kind in TIMED
        ],
    )


class ToldOrder(Protocol):
    """An order as the bundle tells it."""

    @property
    def number(self) -> int: ...
    def whole(self, sitting: bytes) -> Order: ...


class ToldOrders(Protocol):
    @property
    def sitting(self) -> str: ...
    @property
    def orders(self) -> Sequence[ToldOrder]: ...


def not_applied(told: ToldOrders, applied: Mapping[int, bytes]) -> list[int]:
    """The numbers of orders of which the journal has no digest, or another one."""
    sitting = bytes.fromhex(told.sitting)
    return [
        each.number
        for each in told.orders
        if applied.get(each.number) != order_digest(each.whole(sitting))
    ]


def started_outside(times: Times, attempts: Iterable[B], units: Mapping[int, str]) -> list[B]:
    """The attempts that began when their line might not start; `units` are codes by line.

    Every time that was ever in force counts, so that a start in the half second before a hall hears
    an order is none of them: the sitting's widest, and each window of the line or of its unit.
    """
    sitting = bytes.fromhex(times.sitting)
    orders = [each.whole(sitting) for each in times.orders]
    opens = [each.amount for each in orders if each.kind is OrderKind.OPEN_AT]
    closes = [each.amount for each in orders if each.kind is OrderKind.CLOSE_AT]
    own = (min([times.opens_ms, *opens]), max([times.closes_ms, *closes]))

    about: dict[int | str, list[Order]] = defaultdict(list)
    for each in orders:
        about[each.unit_code if each.line is None else each.line].append(each)

    def may_start(line: int, at_ms: int) -> bool:
        concerning: set[int | str] = {"", units.get(line, ""), line}
        heard = [order for key in concerning for order in about.get(key, [])]
        extra_ms = sum(each.amount for each in heard if each.kind is OrderKind.EXTRA_TIME)
        windows = [each.window for each in heard if each.kind is OrderKind.WINDOW]
        return any(first <= at_ms < last + extra_ms for first, last in (own, *windows))

    return [each for each in attempts if not may_start(each.line, each.started_ms)]
