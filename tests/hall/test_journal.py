"""Group commit on either store: who waits together, what a restart finds, a writer killed."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from http.client import HTTPException

import pytest

from hoithi.hall.formats import NO_ATTEMPT, NO_HEAD, NONE, Kind, Row, opened_row
from hoithi.hall.session import SaveAnswers, Saved, Standing, Start
from hoithi.hall.store.api import Opening, UnavailableError, Work
from tests.hall.scene import SITTING, Client, HallProcess, code, now_ms, publish
from tests.hall.writing import (
    ITEMS,
    OPENING,
    TERMS,
    begin,
    begin_all,
    chain_findings,
    opened,
    save,
    stored_batches,
    stored_numbers,
    stored_rows,
)


def test_whoever_waits_is_written_together(journal_address: str) -> None:
    async def play() -> int:
        journal = await opened(journal_address)
        attempts = await begin_all(journal, 200)
        before = journal.batches
        saves = (save(journal, line, each, 1) for line, each in enumerate(attempts, start=1))
        replies = await asyncio.gather(*saves)
        assert {type(reply) for reply in replies} == {Saved}
        used = journal.batches - before
        await journal.stop()
        return used

    assert asyncio.run(play()) <= 2
    kinds = Counter(row.kind for row in stored_rows(journal_address))
    assert kinds == {Kind.OPENED: 1, Kind.START: 200, Kind.ANSWER: 200}
    assert chain_findings(journal_address) == []


def test_what_is_still_being_read_joins_the_batch(journal_address: str) -> None:
    """A socket's bytes become a task in one turn of the loop, a command in the next."""

    async def play() -> int:
        journal = await opened(journal_address)

        async def arrive(line: int) -> None:
            await asyncio.sleep(0)
            await asyncio.create_task(begin(journal, line))

        await asyncio.gather(begin(journal, 1), *(arrive(line) for line in range(2, 40)))
        used = journal.batches
        await journal.stop()
        return used

    assert asyncio.run(play()) == 1


def test_two_starts_of_one_person_at_once_make_one_attempt(journal_address: str) -> None:
    async def play() -> set[bytes]:
        journal = await opened(journal_address)
        made = await asyncio.gather(*(begin(journal, 1) for _ in range(20)))
        await journal.stop()
        return set(made)

    assert len(asyncio.run(play())) == 1


def test_one_batch_of_several_sittings_makes_a_link_in_the_chain_of_each(
    journal_address: str,
) -> None:
    others = [bytes([number]) * 16 for number in (1, 2)]

    async def play() -> None:
        journal = await opened(journal_address)
        for each in others:
            journal.store.add_sitting(each, OPENING)
        closed = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, 0, NONE, 5)
        starts = [Start(b"d" * 8, False, bytes([n]) * 16, b"n" * 16) for n in range(4)]
        work = [
            Work(others[0], 1, starts[0], TERMS, 5),
            Work(others[1], 1, starts[1], TERMS, 5),
            Work(others[1], 0, closed, None, 5),
            Work(others[0], 2, starts[2], TERMS, 5),
            Work(others[1], 1, starts[3], TERMS, 5),
        ]
        replies = await journal.store.commit(work)
        attempts = [each.attempt.attempt[0] for each in replies if isinstance(each, Standing)]
        assert attempts == [0, 1, 2, 1]
        assert await journal.store.closed_at(others[1]) == 0
        assert await journal.store.closed_at(others[0]) is None
        await journal.stop()

    asyncio.run(play())
    kinds = [
        [row.kind for batch in stored_batches(journal_address, each) for row in batch.rows]
        for each in others
    ]
    assert kinds == [
        [Kind.OPENED, Kind.START, Kind.START],
        [Kind.OPENED, Kind.START, Kind.CLOSED],
    ]
    assert [chain_findings(journal_address, each) for each in others] == [[], []]


def test_a_restarted_journal_stands_where_it_stood(journal_address: str) -> None:
    async def play() -> None:
        journal = await opened(journal_address)
        attempt = await begin(journal, 1)
        for seq in (1, 2, 3):
            await save(journal, 1, attempt, seq)
        line = await journal.store.line(SITTING, 1)
        await journal.stop()
        again = await opened(journal_address)
        assert await again.store.line(SITTING, 1) == line
        assert isinstance(await save(again, 1, attempt, 4), Saved)
        await again.stop()

    asyncio.run(play())
    batches = stored_batches(journal_address)
    firsts = {batch.writer: batch.previous for batch in batches if batch.number == 1}
    lasts = {batch.writer: batch.digest for batch in batches}
    first_writer = next(writer for writer, previous in firsts.items() if previous == NO_HEAD)
    assert set(firsts.values()) == {NO_HEAD, lasts[first_writer]}
    assert chain_findings(journal_address) == []


def test_every_life_of_a_hall_says_first_of_each_sitting_which_roster_it_read(
    journal_address: str,
) -> None:
    other, untouched = b"o" * 16, b"u" * 16
    rosters = {SITTING: OPENING.roster_sha256, other: b"x" * 32}

    async def live(line: int) -> None:
        journal = await opened(journal_address)
        for sitting in (other, untouched):
            journal.store.add_sitting(sitting, Opening(ITEMS, b"x" * 32))
        await begin(journal, line)
        start = Start(b"d" * 8, False, bytes([line]) * 16, b"n" * 16)
        await journal.act(other, line, start, TERMS)
        await journal.act(other, line, start, TERMS)
        await begin(journal, line + 1)
        await journal.stop()

    asyncio.run(live(1))
    asyncio.run(live(3))
    for sitting, roster in rosters.items():
        batches = stored_batches(journal_address, sitting)
        firsts = [batch.rows[0] for batch in batches if batch.number == 1]
        at_ms = [batch.rows[1].server_ms for batch in batches if batch.number == 1]
        assert firsts == [opened_row(roster, at) for at in at_ms]
        assert len(firsts) == 2
        openings = [row for batch in batches for row in batch.rows if row.kind is Kind.OPENED]
        assert openings == firsts
        assert chain_findings(journal_address, sitting) == []
    assert stored_batches(journal_address, untouched) == []


def test_a_fault_of_ours_in_one_command_takes_no_other_along(journal_address: str) -> None:
    async def play() -> None:
        journal = await opened(journal_address)
        attempts = await begin_all(journal, 3)
        faulty = SaveAnswers(attempts[1], 1, ((1, 99, 1, -1),))
        replies = await asyncio.gather(
            save(journal, 1, attempts[0], 1),
            journal.act(SITTING, 2, faulty, TERMS),
            save(journal, 3, attempts[2], 1),
            return_exceptions=True,
        )
        assert [type(reply) for reply in replies] == [Saved, IndexError, Saved]
        assert isinstance(await save(journal, 2, attempts[1], 1), Saved)
        await journal.stop()

    asyncio.run(play())
    assert sorted(map(len, stored_numbers(journal_address).values())) == [1, 1, 1]
    assert chain_findings(journal_address) == []


def test_a_journal_that_stops_answers_whoever_waits_and_takes_no_more(journal_address: str) -> None:
    async def play() -> None:
        journal = await opened(journal_address)
        attempts = await begin_all(journal, 50)
        saves = [
            asyncio.create_task(save(journal, line, each, 1))
            for line, each in enumerate(attempts, start=1)
        ]
        await asyncio.sleep(0)
        await journal.stop()
        assert [type(await each) for each in saves] == [Saved] * 50
        with pytest.raises(UnavailableError):
            await save(journal, 1, attempts[0], 2)

    asyncio.run(play())
    assert list(map(len, stored_numbers(journal_address).values())) == [1] * 50


def test_what_was_acknowledged_before_a_kill_is_there_once(new_hall: HallProcess) -> None:
    """Five times SIGKILL under load; the client keeps its own log of acknowledged numbers."""
    hall = new_hall
    publish(hall.control_address, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=8)
    hall.start()
    clients = [Client(hall.port, device=f"{line:032x}") for line in range(1, 9)]
    for line, client in enumerate(clients, start=1):
        client.enter(code(line))
        assert client.start()[0] == 200
    acknowledged = dict.fromkeys(range(8), 0)
    for _ in range(5):
        killer = threading.Timer(0.15, hall.kill)
        killer.start()
        _save_until_gone(clients, acknowledged)
        killer.join()
        hall.start()
        for client in clients:
            client.connection = None
            assert client.start()[0] == 200
            assert client.seq >= acknowledged[clients.index(client)]
    hall.stop()
    line_of = {
        row.attempt: row.item for row in stored_rows(hall.journal_address) if row.kind is Kind.START
    }
    assert min(acknowledged.values()) > 0
    for attempt, numbers in stored_numbers(hall.journal_address).items():
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= acknowledged[line_of[attempt] - 1]
    assert chain_findings(hall.journal_address) == []


def _save_until_gone(clients: list[Client], acknowledged: dict[int, int]) -> None:
    while True:
        for at, client in enumerate(clients):
            try:
                status, reply = client.save((client.seq % 5, client.seq % 4))
            except (OSError, HTTPException):
                return
            assert status == 200
            upto = reply["acknowledged"]
            assert isinstance(upto, int)
            acknowledged[at] = upto
