"""When an attempt began, against the sitting's own time and the orders about it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from hoithi.hall.formats import Kind
from hoithi.hall.store.api import Order, OrderKind
from hoithi.hall.times import Times, order_digest, times_of
from hoithi.verify.bundle import Closing, struct_bytes
from hoithi.verify.checks import examine
from hoithi.verify.public import PublicValues, not_compared, printed
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


def bound(files: Files) -> Files:
    """The same with the hash of the times in the closing record, as it is made today."""
    name = f"{folder(FIRST)}/closing.json"
    closing = msgspec.json.decode(files[name], type=Closing)
    sha256 = hashlib.sha256(files[NAME]).hexdigest()
    closing = msgspec.structs.replace(closing, times_sha256=sha256)
    return {**files, name: struct_bytes(closing)}


WIDE = with_times(
    FIRST_START,
    FIRST_START,
    order(OrderKind.CLOSE_AT, amount=LAST_START + 1),
    replace(order(OrderKind.EXTRA_TIME, amount=60_000, line=4), number=901),
)


def test_times_are_those_of_the_closing_record(tmp_path: Path) -> None:
    assert codes(tmp_path / "b.zip", bound(WIDE)) == []


def test_times_that_were_taken_out_are_missed(tmp_path: Path) -> None:
    without = {name: content for name, content in bound(WIDE).items() if name != NAME}
    assert scene.found(tmp_path / "b.zip", without) == [("part_missing", NAME, "")]


def test_a_sitting_collected_before_there_were_times_does_without(tmp_path: Path) -> None:
    """Neither the file nor its hash: such bundles are public already. It is said all the same."""
    path = scene.packed(tmp_path / "b.zip", honest())
    report = examine(path)
    assert report.findings == []
    assert report.values is not None
    said = "    Fingerprint of the times and the orders about them: none, "
    lines = [each for each in printed(report.values, "en") if each.startswith(said)]
    assert len(lines) == 2


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    ("changed", "unbound"),
    [
        ({"opens_ms": FIRST_START - 1}, []),
        ({"closes_ms": FIRST_START + 1}, []),
        ({"orders": 0}, ["started_outside"]),  # the order that closes later is gone
        ({"orders": 1}, []),
        ({"amount": LAST_START + 2}, ["order_differs"]),
    ],
)
def test_times_that_were_changed_are_named(
    tmp_path: Path, changed: dict[str, int], unbound: list[str], closed: bool
) -> None:
    """Also where the questions are closed still."""
    times = msgspec.json.decode(WIDE[NAME], type=Times)
    (name, value) = next(iter(changed.items()))
    if name == "orders":
        orders = [each for at, each in enumerate(times.orders) if at != value]
        forged = msgspec.structs.replace(times, orders=orders)
    elif name == "amount":
        other = msgspec.structs.replace(times.orders[0], amount=value)
        forged = msgspec.structs.replace(times, orders=[other, *times.orders[1:]])
    else:
        forged = msgspec.structs.replace(times, **changed)
    files = {**bound(WIDE), NAME: struct_bytes(forged)}
    before = {**WIDE, NAME: struct_bytes(forged)}
    if closed:
        files, before = without_questions(files), without_questions(before)
    always = {"questions_closed", *found_closed(tmp_path)} if closed else set()
    assert set(codes(tmp_path / "b.zip", files)) == {"times_differ", *unbound, *always}
    assert set(codes(tmp_path / "b.zip", before)) == {*unbound, *always}


def without_questions(files: Files) -> Files:
    """As while another round may draw from them."""
    left_out = {f"{scene.ROUND}/questions.json", f"{scene.ROUND}/keys.json"}
    return {name: content for name, content in files.items() if name not in left_out}


def found_closed(tmp_path: Path) -> set[str]:
    """What is found of any bundle without questions."""
    return set(codes(tmp_path / "closed.zip", without_questions(honest())))


def test_who_makes_the_hash_anew_is_held_to_what_was_public(tmp_path: Path) -> None:
    """File, closing record and manifest fit; they are not what the page of seals had said."""
    expected = examine(scene.packed(tmp_path / "b.zip", bound(WIDE))).values
    assert expected is not None
    times = msgspec.json.decode(WIDE[NAME], type=Times)

    def missed(files: Files, known: PublicValues = expected) -> list[str]:
        report = examine(scene.packed(tmp_path / "other.zip", files), known)
        assert {each.code for each in report.findings} <= {"not_as_public"}
        return [each.detail for each in report.findings]

    forged = msgspec.structs.replace(times, opens_ms=FIRST_START - 1)
    assert missed(bound({**WIDE, NAME: struct_bytes(forged)})) == ["time", "times_sha256"]
    fewer = msgspec.structs.replace(times, orders=times.orders[:1])
    assert missed(bound({**WIDE, NAME: struct_bytes(fewer)})) == ["times_sha256"]
    # Both taken out, as if it were an old one.
    old = {name: content for name, content in WIDE.items() if name != NAME}
    assert missed(old) == ["time", "times_sha256"]
    # Kept before anybody started: only the time of the sitting is in the file.
    early = before_the_start(expected)
    assert missed(bound(WIDE), early) == []
    assert missed(bound({**WIDE, NAME: struct_bytes(forged)}), early) == ["time"]
    assert missed(bound({**WIDE, NAME: struct_bytes(fewer)}), early) == []


def before_the_start(values: PublicValues) -> PublicValues:
    each = values.rounds["truc-tuyen"]
    sittings = {
        sitting: msgspec.structs.replace(said, closing=None, heads=[])
        for sitting, said in each.sittings.items()
    }
    early = msgspec.structs.replace(each, sittings=sittings, published=None)
    return msgspec.structs.replace(values, rounds={"truc-tuyen": early}, collective=None)


def test_a_file_kept_before_times_were_public_is_compared_without_them(tmp_path: Path) -> None:
    path = scene.packed(tmp_path / "b.zip", bound(WIDE))
    values = examine(path).values
    assert values is not None
    each = values.rounds["truc-tuyen"]
    sittings = {
        sitting: msgspec.structs.replace(
            said,
            opens_ms=None,
            closes_ms=None,
            closing=said.closing and msgspec.structs.replace(said.closing, times_sha256=None),
        )
        for sitting, said in each.sittings.items()
    }
    rounds = {**values.rounds, "truc-tuyen": msgspec.structs.replace(each, sittings=sittings)}
    old = msgspec.structs.replace(values, rounds=rounds)
    assert examine(path, old).findings == []
    assert not_compared(old, values, "en") == [
        f"the fingerprint of the times of the sitting {FIRST.hex()} of the round truc-tuyen"
    ]


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
