"""Control on either store: the desk writes, the hall follows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import psycopg
import pytest

from hoithi.hall import store
from hoithi.hall.store.api import (
    ControlWriter,
    Order,
    OrderKind,
    PublishedPackage,
    PublishedSitting,
    StoreError,
    UnavailableError,
)
from hoithi.hall.store.postgres_control import PostgresControl
from tests.hall.scene import SITTING, published_line
from tests.postgres import Cluster

PACKAGE = PublishedPackage("p" * 32, b"{}", b"q" * 32, b"k" * 32)
PUBLISHED = PublishedSitting(SITTING, "p" * 32, "Hội thi mẫu", "", b"r" * 32, 1000, 2000)


@pytest.fixture
def address(new_database: Callable[[], str], tmp_path: Path) -> str:
    return new_database() or str(tmp_path / "control.sqlite3")


def give(writer: ControlWriter, kind: OrderKind = OrderKind.CLOSE_AT) -> int:
    return writer.order(
        sitting=SITTING, kind=kind, actor="Thử", reason="thử", at_ms=5, amount=3000, text="x"
    )


def test_what_is_published_is_read_as_it_was(address: str) -> None:
    lines = [published_line(line) for line in (3, 1, 2)]

    async def play() -> None:
        control = store.control(address)
        await control.open()
        assert await control.packages() == []
        writer.publish(PACKAGE, PUBLISHED, lines)
        assert await control.packages() == [PACKAGE]
        assert await control.sittings() == [PUBLISHED]
        assert await control.roster(SITTING) == [published_line(line) for line in (1, 2, 3)]
        await control.shut()

    writer = store.control_writer(address)
    asyncio.run(play())
    writer.close()


def test_a_sitting_is_published_once_and_whole(address: str) -> None:
    writer = store.control_writer(address)
    writer.publish(PACKAGE, PUBLISHED, [published_line(1)])
    with pytest.raises(StoreError, match="published already"):
        writer.publish(PACKAGE, PUBLISHED, [published_line(2)])
    writer.close()

    async def roster() -> list[int]:
        control = store.control(address)
        await control.open()
        found = [each.line for each in await control.roster(SITTING)]
        await control.shut()
        return found

    assert asyncio.run(roster()) == [1]


def test_the_last_order_of_a_sitting_is_told_and_of_no_other(address: str) -> None:
    writer = store.control_writer(address)
    writer.publish(PACKAGE, PUBLISHED, [published_line(1)])
    assert writer.last_order(SITTING) == 0
    assert [give(writer), give(writer)] == [1, 2]
    writer.order(sitting=b"o" * 16, kind=OrderKind.VOID, actor="Thử", reason="thử", at_ms=5)
    assert (writer.last_order(SITTING), writer.last_order(b"o" * 16)) == (2, 3)
    # One that tells scores changes nothing that counts.
    told = OrderKind.SCORE_TO_SHOW
    writer.order(sitting=SITTING, kind=told, actor="Thử", reason="thử", at_ms=5, text="[]")
    assert writer.last_order(SITTING) == 2
    writer.close()


def test_orders_are_numbered_without_gaps_whoever_gives_them(address: str) -> None:
    writers = [store.control_writer(address) for _ in range(3)]
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda each=each: numbers.extend(give(each) for _ in range(10)))
        for each in writers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    assert sorted(numbers) == list(range(1, 31))


def test_the_hall_sees_a_change_once_and_reads_orders_after_a_number(address: str) -> None:
    async def play() -> None:
        control = store.control(address)
        await control.open()
        assert await control.changed()
        assert not await control.changed()
        give(writer)
        give(writer, OrderKind.OPEN_AT)
        assert await control.changed()
        assert not await control.changed()
        assert await control.orders(1) == [
            Order(2, SITTING, OrderKind.OPEN_AT, None, None, 3000, "x", "Thử", "thử", 5)
        ]
        await control.shut()

    writer = store.control_writer(address)
    asyncio.run(play())
    writer.close()


def test_waiting_for_news_never_takes_longer_than_half_a_second(address: str) -> None:
    async def play() -> float:
        control = store.control(address)
        await control.open()
        asked = time.monotonic()
        await control.wait()
        took = time.monotonic() - asked
        await control.shut()
        return took

    assert asyncio.run(play()) < 1


@pytest.mark.postgres
def test_news_is_told_before_the_next_look(postgres_cluster: Cluster) -> None:
    """The wait ends with the notice: it would take far longer than this test may."""
    url = postgres_cluster.fresh()

    async def play() -> None:
        control = PostgresControl(url, longest_wait_s=600)
        await control.open()
        waiting = asyncio.create_task(control.wait())
        await asyncio.sleep(0)
        await asyncio.to_thread(give, writer)
        await asyncio.wait_for(waiting, 20)
        assert await control.changed()
        await control.shut()

    writer = store.control_writer(url)
    asyncio.run(play())
    writer.close()


def test_orders_can_be_neither_changed_nor_deleted(address: str) -> None:
    writer = store.control_writer(address)
    give(writer)
    writer.close()
    changes = ("UPDATE orders SET amount = 1", "DELETE FROM orders")
    if store.on_postgres(address):
        with psycopg.connect(address, autocommit=True) as db:
            db.execute("SET search_path = hall_control")
            for change in (*changes, "TRUNCATE orders"):
                with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                    db.execute(change.encode())
    else:
        connection = apsw.Connection(address)
        for change in changes:
            with pytest.raises(apsw.ConstraintError, match="append-only"):
                connection.execute(change)
        connection.close()


@pytest.mark.postgres
def test_the_hall_s_own_connection_cannot_write_control(postgres_cluster: Cluster) -> None:
    async def play() -> None:
        control = PostgresControl(postgres_cluster.fresh())
        await control.open()
        with pytest.raises(UnavailableError, match="ReadOnlySqlTransaction"):
            await control._rows("DELETE FROM hall_control.roster")
        await control.shut()

    asyncio.run(play())


def test_a_control_whose_rosters_cannot_be_checked_is_refused_with_a_sentence(address: str) -> None:
    """One made before rosters had all that their hash is over."""
    store.control_writer(address).close()
    if store.on_postgres(address):
        with psycopg.connect(address, autocommit=True) as db:
            db.execute("ALTER TABLE hall_control.roster DROP COLUMN entry")
    else:
        with closing(apsw.Connection(address)) as file:
            file.execute("ALTER TABLE roster DROP COLUMN entry")
    with pytest.raises(StoreError, match="made by an older hoithi"):
        store.control_writer(address)
    with pytest.raises(StoreError, match="made by an older hoithi"):
        asyncio.run(store.control(address).open())
