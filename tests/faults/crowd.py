"""People who answer while things break, and remember what they were told.

Each has a device and a connection of their own. What is not acknowledged is sent again under the
same number with the same content, as the contestant's page does. At the end the journal is held
against their memory: everything acknowledged is there once, and nothing that was never sent.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException

from hoithi.hall.formats import Kind
from hoithi.hall.ledger import read_ledger
from tests.hall.scene import Client, code, wait_until
from tests.hall.writing import chain_findings, stored_rows

ITEMS = 5
OPTIONS = 4
_PAUSE_S = 0.03  # eight people who knock more often keep a hall from starting
_WITHIN_S = 60.0


@dataclass
class Person:
    """One contestant; `sent[n − 1]` is what was sent under number n, `told` the highest number
    acknowledged, `answers` the statuses that came back.
    """

    line: int
    ports: Sequence[int]
    sent: list[tuple[int, int]] = field(default_factory=list)
    told: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    unsaid: list[str] = field(default_factory=list)
    _client: Client | None = None
    _failures: int = 0

    def client(self) -> Client:
        """A connection with a token; after a failure to the next node."""
        if self._client is None:
            port = self.ports[(self.line + self._failures) % len(self.ports)]
            client = Client(port, device=f"{self.line:032x}")
            self._said(client.enter(code(self.line))[0])
            self._said(client.start()[0])
            self._client = client
        return self._client

    def _said(self, status: int) -> None:
        self.statuses[status] += 1
        if status != 200:
            raise _NotNowError(status)

    def answer(self) -> None:
        """Send one answer, new or not yet acknowledged, once."""
        if self.told == len(self.sent):
            number = len(self.sent) + 1
            self.sent.append(((number * 7 + self.line) % ITEMS, (number * 3 + self.line) % OPTIONS))
        number = self.told + 1
        position, option = self.sent[number - 1]
        try:
            client = self.client()
            status, reply, headers = client.request(
                "POST", "/thi/v1/save", b'{"saves":[[%d,%d,%d,-1]]}' % (number, position, option)
            )
            if status == 503 and (headers.get("retry-after") is None or not reply.get("error")):
                self.unsaid.append(f"{headers} {reply}")
            self._said(status)
        except (OSError, HTTPException, _NotNowError):
            self._failures += 1
            self._hang_up()
            time.sleep(_PAUSE_S)
            return
        acknowledged = reply["acknowledged"]
        assert isinstance(acknowledged, int)
        self.told = acknowledged

    def _hang_up(self) -> None:
        if self._client is not None and self._client.connection is not None:
            self._client.connection.close()
        self._client = None


class _NotNowError(Exception):
    """The hall did not accept it now."""


@dataclass
class Crowd:
    """People who go on answering until they are told to stop."""

    people: list[Person]
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def told(self) -> int:
        """How many answers have been acknowledged to anybody."""
        return sum(person.told for person in self.people)

    def _go_on(self, person: Person) -> None:
        while not self._over.is_set():
            person.answer()

    def start(self) -> None:
        self._threads = [
            threading.Thread(target=self._go_on, args=(person,), daemon=True)
            for person in self.people
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=_WITHIN_S)
        assert not any(thread.is_alive() for thread in self._threads)

    def wait_for_more(self, answers: int = 1) -> None:
        """Return when everybody has been told of that many answers more than now."""
        wanted = [person.told + answers for person in self.people]
        wait_until(
            lambda: all(
                person.told >= told for person, told in zip(self.people, wanted, strict=True)
            )
        )

    def wait_for_refusals(self) -> None:
        """Return when everybody has been told once more that it cannot be accepted now."""
        wanted = [person.statuses[503] + 1 for person in self.people]
        wait_until(
            lambda: all(
                person.statuses[503] >= times
                for person, times in zip(self.people, wanted, strict=True)
            )
        )

    def check(self, journal: str) -> None:
        """Hold the journal against what everybody sent and was told."""
        allowed = {200, 503}
        for person in self.people:
            assert set(person.statuses) <= allowed
            assert person.unsaid == []
            assert person.told > 0
        rows = stored_rows(journal)
        line_of = {row.attempt: row.item for row in rows if row.kind is Kind.START}
        assert sorted(line_of.values()) == [person.line for person in self.people]
        stored: dict[int, list[tuple[int, int, int]]] = {each.line: [] for each in self.people}
        for row in rows:
            if row.kind is Kind.ANSWER:
                stored[line_of[row.attempt]].append((row.seq, row.item, row.option))
        for person in self.people:
            kept = sorted(stored[person.line])
            assert len(kept) >= person.told
            assert kept == [
                (number, *choice) for number, choice in enumerate(person.sent[: len(kept)], start=1)
            ]
        ledger = read_ledger(rows, items=ITEMS, grace_ms=10_000)
        assert ledger.flaws == ()
        assert {attempt.line: list(attempt.answers) for attempt in ledger.attempts} == {
            person.line: _last_of(person.sent[: len(stored[person.line])]) for person in self.people
        }
        assert chain_findings(journal) == []


def _last_of(choices: Sequence[tuple[int, int]]) -> list[int]:
    answers = [-1] * ITEMS
    for position, option in choices:
        answers[position] = option
    return answers


@contextmanager
def answering(ports: Sequence[int], people: int = 8) -> Iterator[Crowd]:
    """A crowd at work; it has stopped when this ends."""
    crowd = Crowd([Person(line, ports) for line in range(1, people + 1)])
    crowd.start()
    try:
        yield crowd
    finally:
        crowd.stop()
