"""Lines of a log: their shape, and the chain that binds them."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.live import events as ev
from hoithi.rules.live.fold import _STEPS
from tests.rules.live.log import SEAL, A, whole


def heads(lines: list[ev.Line]) -> list[str]:
    found = [ev.START]
    for line in lines:
        found.append(ev.line_hash(found[-1], line))
    return found


LOG = whole().do(ev.Closed("1", "2"))


def test_a_line_is_read_back_as_it_was_written() -> None:
    for line in LOG.lines:
        assert msgspec.json.decode(msgspec.json.encode(line), type=ev.Line) == line


def test_the_hash_of_a_line_is_that_of_the_one_before_and_its_canonical_bytes() -> None:
    """Whoever writes a verifier of their own computes the same."""
    line = ev.Line(1, 1_696_464_000_000, ev.TeamPresent(A))
    written = f'{{"at_ms":1696464000000,"event":{{"entry":"{A}","is":"team_present"}},"number":1}}'
    content = b"hoithi/live/1\x00" + bytes.fromhex(SEAL) + written.encode()
    assert ev.line_hash(SEAL, line) == hashlib.sha256(content).hexdigest()


@given(st.data())
def test_changing_any_line_changes_the_head(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LOG.lines) - 1))
    line = LOG.lines[at]
    changed = data.draw(
        st.sampled_from(
            [
                msgspec.structs.replace(line, at_ms=line.at_ms + 1),
                msgspec.structs.replace(line, number=line.number + 1),
                msgspec.structs.replace(line, event=ev.Scene("board", "khác")),
            ]
        )
    )
    lines = [*LOG.lines[:at], changed, *LOG.lines[at + 1 :]]
    before, after = heads(LOG.lines), heads(lines)
    assert after[: at + 1] == before[: at + 1]
    assert all(
        mine != theirs for mine, theirs in zip(after[at + 1 :], before[at + 1 :], strict=True)
    )


def test_leaving_out_a_line_or_changing_the_order_changes_the_head() -> None:
    head = heads(LOG.lines)[-1]
    assert heads(LOG.lines[:-1])[-1] != head
    assert heads([LOG.lines[1], LOG.lines[0], *LOG.lines[2:]])[-1] != head


def test_every_event_has_a_name_of_its_own_and_a_step_of_the_fold() -> None:
    kinds = get_args(ev.AnyEvent)
    assert set(_STEPS) == set(kinds)
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)


@pytest.mark.parametrize(
    "event",
    [
        {"is": "gift"},
        {"turn": 1},
        {"is": "turn_ended", "turn": 0},
        {"is": "turn_ended", "turn": "1"},
        {"is": "turn_ended", "turn": 1, "name": "Nguyễn Văn A"},
        {"is": "team_present", "entry": "A" * 32},
        {"is": "team_present", "entry": "a" * 31},
        {"is": "team_present", "entry": "a" * 32 + "\n"},
        {"is": "turn_called", "turn": 1, "segment": "Giới thiệu", "entry": ""},
        {"is": "turn_void", "turn": 1, "reason": ""},
        {"is": "turn_void", "turn": 1, "reason": "x" * 501},
        {"is": "lots_numbered", "lots": "order", "number": "12a"},
        {"is": "lots_numbered", "lots": "order", "number": "\u0661"},
        {"is": "lots_numbered", "lots": "prizes", "number": "1"},
        {"is": "lots_drawn", "lots": "order", "secret": "00"},
        {"is": "clock_set", "turn": 1, "elapsed_ms": -1, "reason": "x"},
        {"is": "sheet_saved", "turn": 1, "judge": "gk1", "epoch": 0, "seq": 1, "marks": {}},
        {"is": "sheet_saved", "turn": 1, "judge": "gk1", "epoch": 1, "seq": 1, "marks": {"A": 1}},
        {"is": "sheet_saved", "turn": 1, "judge": "gk1", "epoch": 1, "seq": 1, "marks": {"a": "b"}},
        {"is": "answered", "turn": 1, "entry": A, "option": -2, "epoch": 1},
        {"is": "answered", "turn": 1, "entry": A, "option": 26, "epoch": 1},
        {"is": "key_shown", "turn": 1, "right": [-1]},
        {"is": "vote_closed", "segment": "a", "votes": {A: -1}},
        {"is": "scene", "scene": "advertisement"},
    ],
)
def test_what_is_no_event_is_not_read(event: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"number": 1, "at_ms": 1, "event": event}, ev.Line)


def test_marks_are_read_as_they_were_written_and_hashed_so() -> None:
    """2.50 and 2.5 are the same mark and not the same line."""
    event = {"is": "sheet_saved", "turn": 1, "judge": "gk1", "epoch": 1, "seq": 1}
    long, short = (
        msgspec.json.decode(
            msgspec.json.encode({"number": 1, "at_ms": 1, "event": event | {"marks": {"a": mark}}}),
            type=ev.Line,
        )
        for mark in ("2.50", "2.5")
    )
    assert isinstance(long.event, ev.SheetSaved)
    assert isinstance(short.event, ev.SheetSaved)
    assert long.event.marks == short.event.marks == {"a": Decimal("2.5")}
    assert ev.line_hash(SEAL, long) != ev.line_hash(SEAL, short)


def test_no_event_has_room_for_a_name() -> None:
    fields = {field for kind in get_args(ev.AnyEvent) for field in kind.__struct_fields__}
    assert {"entry", "judge", "first", "second", "reason"} <= fields
    assert not fields & {"name", "person", "actor", "user"}
