"""The journal in PostgreSQL: what it refuses, when it answers, what it survives."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hoithi.hall.formats import Kind
from hoithi.hall.journal import Journal
from hoithi.hall.session import MoveDeadline, Refused, Reply, Saved, Standing, Start, Submit
from hoithi.hall.store.api import StoreError, UnavailableError
from hoithi.hall.store.postgres_journal import PostgresJournal
from hoithi.hall.store.postgres_link import Link, hold_safe
from hoithi.hall.wire import Refusal
from tests.hall.scene import SITTING, Client, HallProcess, code, now_ms, publish
from tests.hall.store.cable import Cable
from tests.hall.writing import (
    TERMS,
    begin,
    begin_all,
    chain_findings,
    opened,
    save,
    saved,
    stored_batches,
    stored_numbers,
    stored_rows,
)
from tests.postgres import Cluster, temporary_cluster

pytestmark = pytest.mark.postgres


@pytest.fixture
def mortal() -> Iterator[Cluster]:
    """A server to be killed."""
    with temporary_cluster() as cluster:
        yield cluster


@pytest.fixture
def setting_off(
    postgres_cluster: Cluster,
) -> Iterator[Callable[[str], None]]:
    """Turns a setting of the server off until the end of the test."""
    changed: list[str] = []

    def turn_off(setting: str) -> None:
        changed.append(setting)
        postgres_cluster.execute(f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()")

    yield turn_off
    for setting in changed:
        postgres_cluster.execute(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")


async def until_saved(journal: Journal, line: int, attempt: bytes, seq: int) -> Reply:
    """Repeat a save until the journal can be written again."""
    for _ in range(200):
        try:
            return await save(journal, line, attempt, seq)
        except UnavailableError:
            await asyncio.sleep(0.05)
    raise TimeoutError("the journal does not come back")


# ---- what is refused


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_can_lose_commits_is_refused(
    postgres_url: str, setting_off: Callable[[str], None], setting: str
) -> None:
    setting_off(setting)
    with pytest.raises(StoreError, match=f"PostgreSQL runs with {setting} = off"):
        asyncio.run(PostgresJournal(postgres_url).open({}))


def test_a_hall_that_is_refused_leaves_with_a_sentence(postgres_url: str, tmp_path: Path) -> None:
    """The setting can be changed for one database, or in the address itself."""
    publish(postgres_url, opens_ms=0, closes_ms=now_ms() + 60_000)
    unsafe = postgres_url + "?options=-c%20synchronous_commit%3Doff"
    with pytest.raises(RuntimeError, match=r"^hall: PostgreSQL runs with synchronous_commit = off"):
        HallProcess(tmp_path, unsafe).start()


def test_commits_stay_synchronous_whatever_is_set_later(
    postgres_url: str, setting_off: Callable[[str], None]
) -> None:
    async def play() -> list[tuple[object, ...]]:
        link = Link(postgres_url, hold_safe)
        await link.connect()
        setting_off("synchronous_commit")
        async with link.use() as db:
            rows = await (await db.execute("SHOW synchronous_commit")).fetchall()
        await link.shut()
        return rows

    assert asyncio.run(play()) == [("on",)]


def test_an_address_that_leads_nowhere_is_said_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"^PostgreSQL cannot be used") as refused:
        asyncio.run(PostgresJournal("postgresql://hall:s3cret@127.0.0.1:1/hall").open({}))
    assert "s3cret" not in str(refused.value)
    with pytest.raises(StoreError, match="not the address of a PostgreSQL database"):
        asyncio.run(PostgresJournal("postgresql://host/a?nonsense=1").open({}))


def test_rows_can_be_neither_changed_nor_deleted(postgres_url: str) -> None:
    async def play() -> None:
        journal = await opened(postgres_url)
        await begin(journal, 1)
        await journal.stop()

    asyncio.run(play())
    with psycopg.connect(postgres_url, autocommit=True) as db:
        for change in (
            "UPDATE hall_journal.events SET option = 3",
            "DELETE FROM hall_journal.events",
            "TRUNCATE hall_journal.events",
            "UPDATE hall_journal.batches SET rows = 3",
            "DELETE FROM hall_journal.batches",
            "TRUNCATE hall_journal.batches CASCADE",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                db.execute(change.encode())


# ---- when it answers


def test_no_reply_leaves_before_the_commit_of_its_batch_has_come_back(
    postgres_cluster: Cluster,
) -> None:
    url = postgres_cluster.fresh()
    waits: list[int] = []

    async def play(cable: Cable) -> None:
        journal = await opened(cable.url(url))
        attempts = await begin_all(journal, 20)

        async def one(line: int, attempt: bytes) -> None:
            for seq in range(1, 11):
                before = cable.commits
                await saved(journal, line, attempt, seq)
                waits.append(cable.commits - before)

        await asyncio.gather(*(one(n, each) for n, each in enumerate(attempts, start=1)))
        await journal.stop()

    with Cable(postgres_cluster.port) as cable:
        asyncio.run(play(cable))
    assert len(waits) == 200
    assert min(waits) >= 1
    assert chain_findings(url) == []


@pytest.mark.faults
@pytest.mark.parametrize("hold", [Cable.hold_requests, Cable.hold_commits])
def test_a_server_killed_around_the_commit_loses_and_doubles_nothing(
    mortal: Cluster, hold: Callable[[Cable], None]
) -> None:
    """The batch is on its way, or its acknowledgement is: nobody is told it was stored."""
    url = mortal.fresh()

    async def play(cable: Cable) -> None:
        journal = await opened(cable.url(url))
        attempt = await begin(journal, 1)
        hold(cable)
        waiting = asyncio.create_task(save(journal, 1, attempt, 1))
        assert await asyncio.to_thread(cable.held.wait, 20)
        assert not waiting.done()
        mortal.kill()
        cable.cut()
        with pytest.raises(UnavailableError):
            await waiting
        with pytest.raises(UnavailableError):
            await save(journal, 1, attempt, 1)
        mortal.start()
        cable.mend()
        assert isinstance(await until_saved(journal, 1, attempt, 1), Saved)
        await saved(journal, 1, attempt, 2)
        await journal.stop()

    with Cable(mortal.port) as cable:
        asyncio.run(play(cable))
    assert list(stored_numbers(url).values()) == [[1, 2]]
    assert chain_findings(url) == []


@pytest.mark.faults
def test_a_hall_without_its_database_says_so_and_comes_back(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    url = postgres_cluster.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000)
    with Cable(postgres_cluster.port) as cable:
        hall = HallProcess(tmp_path, cable.url(url)).start()
        try:
            client = Client(hall.port)
            client.enter(code(1))
            client.start()
            assert client.save((0, 1))[0] == 200
            cable.cut()
            assert client.save((1, 1)) == (503, {"error": "unavailable"})
            status, _, headers = client.request("POST", "/thi/v1/pulse", b"")
            assert (status, headers["retry-after"]) == (503, "2")
            assert client.request("GET", "/thi/health")[0] == 503
            cable.mend()
            wait_for_health(client)
            assert client.save((1, 1))[0] == 200
            assert client.save((2, 1))[0] == 200
        finally:
            hall.stop()
    assert list(stored_numbers(url).values()) == [[1, 2, 3]]
    assert chain_findings(url) == []


def wait_for_health(client: Client) -> None:
    for _ in range(200):
        if client.request("GET", "/thi/health")[0] == 200:
            return
        time.sleep(0.05)
    raise TimeoutError("the hall does not come back")


# ---- several nodes


async def two_nodes(url: str) -> tuple[Journal, Journal]:
    return await opened(url), await opened(url)


def test_two_nodes_make_one_attempt_of_two_starts(postgres_cluster: Cluster) -> None:
    url = postgres_cluster.fresh()

    async def play() -> None:
        one, two = await two_nodes(url)
        made = await asyncio.gather(
            *(begin(node, line) for line in range(1, 41) for node in (one, two))
        )
        assert len(set(made)) == 40
        await one.stop()
        await two.stop()

    asyncio.run(play())
    kinds = Counter(row.kind for row in stored_rows(url))
    writers = {batch.writer for batch in stored_batches(url)}
    assert kinds == {Kind.OPENED: len(writers), Kind.START: 40}
    assert chain_findings(url) == []


def test_a_device_taken_over_on_another_node_is_stale_on_its_own(
    postgres_cluster: Cluster,
) -> None:
    url = postgres_cluster.fresh()

    async def play() -> None:
        one, two = await two_nodes(url)
        attempt = await begin(one, 1, b"first---")
        await saved(one, 1, attempt, 1)
        assert await begin(two, 1, b"second--") == attempt
        assert await save(one, 1, attempt, 2) == Refused(409, Refusal("stale_device"))
        await saved_in(two, attempt, epoch=2, seq=1)
        assert await one.store.line(SITTING, 1) == await two.store.line(SITTING, 1)
        await one.stop()
        await two.stop()

    asyncio.run(play())
    kinds = [row.kind for row in stored_rows(url)]
    assert Counter(kinds) == {
        Kind.OPENED: 2,
        Kind.START: 1,
        Kind.ANSWER: 2,
        Kind.DEVICE: 1,
        Kind.STALE_ANSWER: 1,
    }
    assert chain_findings(url) == []


async def saved_in(node: Journal, attempt: bytes, *, epoch: int, seq: int) -> None:
    assert isinstance(await save(node, 1, attempt, seq, epoch), Saved)


def test_who_comes_back_on_another_node_goes_on_from_what_is_stored(
    postgres_cluster: Cluster,
) -> None:
    """The other node knew the line once; nothing is written, and what it knows is asked again."""
    url = postgres_cluster.fresh()

    async def play() -> None:
        one, two = await two_nodes(url)
        attempt = await begin(one, 1)
        await saved(two, 1, attempt, 1)
        await saved(one, 1, attempt, 2)
        again = Start(b"d" * 8, False, b"x" * 16, b"n" * 16)
        reply = await two.act(SITTING, 1, again, TERMS)
        assert isinstance(reply, Standing)
        assert (reply.attempt.attempt, reply.attempt.last_seq) == (attempt, 2)
        await one.stop()
        await two.stop()

    asyncio.run(play())


def test_nodes_that_write_the_same_lines_in_any_order_wait_for_nobody(
    postgres_cluster: Cluster,
) -> None:
    """Both nodes save for the same sixty people; a deadlock would cost a batch."""
    url = postgres_cluster.fresh()

    async def play() -> None:
        one, two = await two_nodes(url)
        attempts = await begin_all(one, 60)

        async def person(line: int, attempt: bytes) -> None:
            for seq in range(1, 11):
                node = (one, two)[(line + seq) % 2]
                await saved(node, line, attempt, seq)

        lines = list(enumerate(attempts, start=1))
        await asyncio.gather(*(person(*each) for each in lines))
        assert (one.failures, two.failures) == (0, 0)
        await one.stop()
        await two.stop()

    asyncio.run(play())
    assert list(stored_numbers(url).values()) == [list(range(1, 11))] * 60
    assert chain_findings(url) == []


def test_a_node_whose_clock_is_behind_dates_nothing_before_what_it_follows(
    postgres_cluster: Cluster,
) -> None:
    url = postgres_cluster.fresh()

    async def play() -> None:
        ahead, behind = await two_nodes(url)
        ahead.clock.set(1_000_000)
        behind.clock.set(990_000)
        attempt = await begin(ahead, 1)
        await saved(ahead, 1, attempt, 1)
        reply = await behind.act(SITTING, 1, Submit(attempt, 1, 1, b"n" * 16), TERMS)
        assert isinstance(reply, Standing)
        await ahead.stop()
        await behind.stop()

    asyncio.run(play())
    at_ms = {row.kind: row.server_ms for row in stored_rows(url)}
    assert 1_000_000 <= at_ms[Kind.START] <= at_ms[Kind.ANSWER] <= at_ms[Kind.SUBMIT]


def test_a_node_sees_what_others_start_move_and_end(postgres_cluster: Cluster) -> None:
    url = postgres_cluster.fresh()

    async def play() -> None:
        one, two = await two_nodes(url)
        attempt = await begin(one, 1)
        await saved(one, 1, attempt, 1)
        assert [line.attempts[0].ended for line in (await two.store.lines(SITTING)).values()] == [0]
        move = MoveDeadline(attempt, 1, 2**49)
        await one.act(SITTING, 1, move, TERMS)
        assert (await two.store.lines(SITTING))[1].attempts[0].deadline_ms == 2**49
        await one.act(SITTING, 1, Submit(attempt, 1, 1, b"n" * 16), TERMS)
        await begin(one, 2)
        seen = await two.store.lines(SITTING)
        assert {number: line.attempts[0].ended for number, line in seen.items()} == {1: 1, 2: 0}
        await one.stop()
        await two.stop()

    asyncio.run(play())


def test_the_time_is_the_database_server_s(postgres_cluster: Cluster) -> None:
    async def play() -> None:
        journal = PostgresJournal(postgres_cluster.fresh())
        await journal.open({})
        before = now_ms()
        told = await journal.clock_ms()
        assert told is not None
        assert before - 50 <= told <= now_ms() + 50
        await journal.shut()

    asyncio.run(play())


def test_lines_made_ahead_by_every_node_hide_no_start_of_another_and_have_not_moved(
    postgres_cluster: Cluster,
) -> None:
    """So many that they are made in several parts; the second node knows them as untouched."""
    url = postgres_cluster.fresh()
    people = range(1, 1202)

    async def play() -> None:
        one, two = await two_nodes(url)
        await one.store.expect(SITTING, people)
        await two.store.expect(SITTING, people)
        assert dict(await two.store.lines(SITTING)) == {}
        attempt = await begin(one, 1201)
        await saved(one, 1201, attempt, 1)
        again = Start(b"d" * 8, False, b"x" * 16, b"n" * 16)
        reply = await two.act(SITTING, 1201, again, TERMS)
        assert isinstance(reply, Standing)
        assert (reply.attempt.attempt, reply.attempt.last_seq) == (attempt, 1)
        assert list(await two.store.lines(SITTING)) == [1201]
        await one.store.expect(SITTING, people)
        await saved(two, 1201, attempt, 2)
        await one.stop()
        await two.stop()

    asyncio.run(play())
    with psycopg.connect(url) as db:
        (count,) = db.execute("SELECT count(*) FROM hall_journal.lines").fetchone() or (0,)
    assert count == len(people)
    assert stored_numbers(url) == {next(iter(stored_numbers(url))): [1, 2]}


def test_making_lines_ahead_waits_for_a_database_that_comes_back(mortal: Cluster) -> None:
    async def play() -> None:
        journal = await opened(mortal.fresh())
        mortal.kill()
        with pytest.raises(UnavailableError):
            await journal.store.expect(SITTING, range(1, 4))
        mortal.start()
        while True:
            try:
                await journal.store.expect(SITTING, range(1, 4))
                break
            except UnavailableError:
                await asyncio.sleep(0.05)
        await saved(journal, 1, await begin(journal, 1), 1)
        await journal.stop()

    asyncio.run(play())
