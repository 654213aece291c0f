"""What is published of an order: enough to know it again, and nothing of people and reasons."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from hoithi.hall.store.api import Order, OrderKind
from hoithi.hall.times import order_digest

ORDER = Order(
    number=7,
    sitting=bytes(range(16)),
    kind=OrderKind.EXTRA_TIME,
    line=12,
    attempt=None,
    amount=600_000,
    text="",
    actor="Hoàng An",
    reason="Ốm",
    at_ms=1_696_118_400_123,
)


def test_the_digest_is_of_eight_texts_as_the_decision_says() -> None:
    said = "7\n000102030405060708090a0b0c0d0e0f\nextra_time\n12\n\n600000\n\n1696118400123"
    assert order_digest(ORDER) == hashlib.sha256(said.encode()).digest()


def test_neither_actor_nor_reason_can_be_guessed_from_it() -> None:
    assert order_digest(replace(ORDER, actor="Đỗ Bình", reason="Mất điện")) == order_digest(ORDER)


@pytest.mark.parametrize(
    "other",
    [
        replace(ORDER, number=8),
        replace(ORDER, sitting=bytes(16)),
        replace(ORDER, kind=OrderKind.CLOSE_AT),
        replace(ORDER, line=None),
        replace(ORDER, attempt=b"a" * 16),
        replace(ORDER, amount=600_001),
        replace(ORDER, text="0"),
        replace(ORDER, at_ms=1),
    ],
)
def test_whatever_an_order_does_is_bound(other: Order) -> None:
    assert order_digest(other) != order_digest(ORDER)
