"""When a sitting may be collected: one journal in turn, and one shared by several nodes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hoithi.exam.actions import has_closed
from hoithi.hall.formats import NO_ATTEMPT, NO_HEAD, Head, Kind, Row
from hoithi.hall.store.api import NodeStatus, StoredBatch

SITTING = b"s" * 16
ONE, TWO = b"1" * 16, b"2" * 16
NOW_MS = 1_000_000


class Journal:
    """A journal as its reader tells it: who wrote CLOSED, and who was seen when."""

    def __init__(self, closers: list[bytes], seen: dict[bytes, int]) -> None:
        self._closers = closers
        self._seen = seen

    def batches(self, sitting: bytes) -> Iterator[StoredBatch]:
        assert sitting == SITTING
        for writer in self._closers:
            row = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, 0, -1, NOW_MS)
            yield StoredBatch(writer, 1, NO_HEAD, NO_HEAD, (row,))

    def heads(self, sitting: bytes) -> list[Head]:
        raise NotImplementedError

    def nodes(self) -> list[NodeStatus]:
        return [NodeStatus(writer, 0, seen, 0, "") for writer, seen in self._seen.items()]

    def close(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("closers", "seen", "shared", "expected"),
    [
        ([], {ONE: NOW_MS}, False, False),
        ([ONE], {ONE: NOW_MS, TWO: NOW_MS}, False, True),
        ([], {}, True, False),
        ([ONE], {ONE: NOW_MS, TWO: NOW_MS - 14_999}, True, False),
        ([ONE], {ONE: NOW_MS, TWO: NOW_MS - 15_000}, True, True),
        ([ONE, TWO], {ONE: NOW_MS, TWO: NOW_MS}, True, True),
    ],
)
def test_every_living_node_must_have_closed(
    closers: list[bytes], seen: dict[bytes, int], shared: bool, expected: bool
) -> None:
    journal = Journal(closers, seen)
    assert has_closed(journal, SITTING, now_ms=NOW_MS, shared=shared) is expected
