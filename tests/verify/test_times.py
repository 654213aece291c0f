"""When an attempt began, against the sitting's own time and the orders about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from hoithi.hall.formats import Kind
from hoithi.hall.store.api import Order, OrderKind
from hoithi.hall.times import Times, order_digest, times_of
from hoithi.verify.bundle import struct_bytes
from tests.verify import scene
from tests.verify.scene import BEGAN, FIRST, Files, codes, folder, honest, journal_of, rechained

NAME = f"{folder(FIRST)}/times.json"
HOUR_MS = 3_600_000
STARTS = [
    row.server_ms
    for own in journal_of(honest(), FIRST).values()
    for batch in own
    for row in batch
    if row.kind is Kind.START
]
FIRST_START, LAST_START = min(STARTS), max(STARTS)


def order(kind: OrderKind, *, amount: int, text: str = "", line: int | None = None) -> Order:
    return Order(900, FIRST, kind, line, None, amount, text, "An", "Mất điện", BEGAN)


def with_times(opens_ms: int, closes_ms: int, *orders: Order) -> Files:
    """The bundle with the sitting's times; its journal has applied the orders."""
    journal = journal_of(honest(), FIRST)
    writer = next(iter(journal))
    (example,) = [row for batch in journal[writer] for row in batch if row.kind is Kind.OPENED]
    rows = [
        msgspec.structs.replace(
            example, kind=Kind.ORDER, item=each.number, option=-1, data=order_digest(each)
        )
        for each in orders
    ]
    files = rechained(
        honest(), FIRST, {**journal, writer: [[*journal[writer][0], *rows], *journal[writer][1:]]}
    )
    times = times_of(FIRST, (opens_ms, closes_ms), orders)
    return {**files, NAME: struct_bytes(times)}


def test_who_started_in_the_sittings_own_time_is_not_named(tmp_path: Path) -> None:
    assert codes(tmp_path / "b.zip", with_times(FIRST_START, LAST_START + 1)) == []


@pytest.mark.parametrize(
    "times",
    [(FIRST_START + 1, LAST_START + 1), (FIRST_START, LAST_START), (0, 0)],
)
def test_a_start_outside_every_window_is_named(tmp_path: Path, times: tuple[int, int]) -> None:
    assert set(codes(tmp_path / "b.zip", with_times(*times))) == {"started_outside"}


@pytest.mark.parametrize(
    ("given", "is_named"),
    [
        (order(OrderKind.OPEN_AT, amount=FIRST_START), True),  # it had closed before
        (order(OrderKind.CLOSE_AT, amount=LAST_START + 1), False),
        (order(OrderKind.CLOSE_AT, amount=LAST_START), True),
        (order(OrderKind.EXTRA_TIME, amount=HOUR_MS), False),
        (order(OrderKind.EXTRA_TIME, amount=HOUR_MS, text="GN"), True),  # others started too
        (order(OrderKind.WINDOW, amount=LAST_START + 1, text=f"{FIRST_START} GN"), True),
    ],
)
def test_orders_move_what_is_allowed(tmp_path: Path, given: Order, is_named: bool) -> None:
    files = with_times(FIRST_START, FIRST_START, given)
    assert set(codes(tmp_path / "b.zip", files)) == ({"started_outside"} if is_named else set())


def test_a_window_is_for_its_unit_or_its_person(tmp_path: Path) -> None:
    """The sitting itself was never open; every unit, or every line, has a window."""
    units = sorted({each.unit for each in scene.ROSTERS[FIRST]})
    of_units = [
        numbered(order(OrderKind.WINDOW, amount=LAST_START + 1, text=f"{FIRST_START} {unit}"), at)
        for at, unit in enumerate(units)
    ]
    assert codes(tmp_path / "b.zip", with_times(0, 0, *of_units)) == []
    of_lines = [
        numbered(
            order(OrderKind.WINDOW, amount=LAST_START + 1, text=str(FIRST_START), line=each.line),
            at,
        )
        for at, each in enumerate(scene.ROSTERS[FIRST])
    ]
    assert codes(tmp_path / "b.zip", with_times(0, 0, *of_lines)) == []
    found = scene.found(tmp_path / "b.zip", with_times(0, 0, *of_lines[1:]))
    assert {code for code, _, _ in found} == {"started_outside"}
    assert len(found) == sum(
        row.item == 1
        for own in journal_of(honest(), FIRST).values()
        for batch in own
        for row in batch
        if row.kind is Kind.START
    )


def numbered(given: Order, at: int) -> Order:
    """The same order under a number of its own."""
    return replace(given, number=given.number + at)


def test_an_order_that_the_journal_does_not_have_is_named(tmp_path: Path) -> None:
    """Neither a window made up afterwards nor one made longer allows anything."""
    given = order(OrderKind.WINDOW, amount=LAST_START + 1, text=f"{FIRST_START} GN")
    files = with_times(FIRST_START, LAST_START + 1, given)
    assert codes(tmp_path / "b.zip", files) == []
    times = msgspec.json.decode(files[NAME], type=Times)
    for changed in (
        msgspec.structs.replace(times.orders[0], amount=LAST_START + HOUR_MS),
        msgspec.structs.replace(times.orders[0], text=f"{FIRST_START} CJ"),
        msgspec.structs.replace(times.orders[0], number=901),
        msgspec.structs.replace(times.orders[0], line=2),
    ):
        forged = msgspec.structs.replace(times, orders=[changed])
        assert codes(tmp_path / "b.zip", {**files, NAME: struct_bytes(forged)}) == ["order_differs"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{}", "malformed"),
        (b"[" * 99_999, "malformed"),
        (b'{"sitting":"00"}', "malformed"),
        (struct_bytes(Times("f" * 32, 0, 2**63, [])), "wrong_place"),
        (
            struct_bytes(Times(FIRST.hex(), 0, 2**63 - 1, [])).replace(b"9223", b" 9223"),
            "not_canonical",
        ),
    ],
)
def test_a_file_of_times_that_makes_no_sense_is_named(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    assert expected in codes(tmp_path / "b.zip", {**honest(), NAME: content})


def test_a_window_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    given = order(OrderKind.WINDOW, amount=LAST_START + 1, text="bao-giờ GN")
    assert "unreadable" in codes(tmp_path / "b.zip", with_times(0, 0, given))
