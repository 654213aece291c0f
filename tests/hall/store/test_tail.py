"""A journal read as it grows, on either store: every row once, whoever wrote it."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from hoithi.hall import store
from hoithi.hall.formats import Row
from hoithi.hall.journal import Journal
from hoithi.hall.store import postgres_reader, sqlite_journal
from hoithi.hall.store.api import NodeStatus, Place
from tests.hall.scene import SITTING
from tests.hall.writing import begin, begin_all, opened, saved, stored_rows


async def reporting(address: str) -> Journal:
    """A journal that has said that it lives, as every hall does before it serves."""
    journal = await opened(address)
    await journal.store.report(NodeStatus(journal.store.writer, 0, 0, 0, ""))
    return journal


def read_on(address: str, place: Place) -> tuple[list[Row], Place, int]:
    """All rows after a place, and in how many readings they came."""
    rows: list[Row] = []
    with closing(store.journal_reader(address)) as reader:
        for readings in range(1, 1000):
            tail = reader.rows_after(SITTING, place)
            rows += tail.rows
            place = tail.place
            if tail.is_all:
                return rows, place, readings
    raise AssertionError("no end")


def test_a_reading_goes_on_where_the_last_one_stopped(journal_address: str) -> None:
    async def play() -> None:
        journal = await reporting(journal_address)
        assert read_on(journal_address, {})[0] == []
        attempts = await begin_all(journal, 5)
        first, place, _ = read_on(journal_address, {})
        assert len(first) == 6
        assert read_on(journal_address, place)[0] == []
        await saved(journal, 1, attempts[0], 1)
        second, place, _ = read_on(journal_address, place)
        await journal.stop()
        another = await reporting(journal_address)
        await begin(another, 6)
        third, place, _ = read_on(journal_address, place)
        await another.stop()
        assert [len(second), len(third)] == [1, 2]
        assert sorted(first + second + third, key=str) == sorted(
            stored_rows(journal_address), key=str
        )
        assert read_on(journal_address, place)[0] == []

    asyncio.run(play())


def test_a_long_journal_comes_in_parts(
    journal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_journal, "_MOST_ROWS", 4)
    monkeypatch.setattr(postgres_reader, "_MOST_BATCHES", 4)

    async def play() -> None:
        journal = await reporting(journal_address)
        attempt = await begin(journal, 1)
        for seq in range(1, 12):
            await saved(journal, 1, attempt, seq)
        await journal.stop()

    asyncio.run(play())
    rows, _, readings = read_on(journal_address, {})
    assert rows == stored_rows(journal_address)
    assert readings > 2
