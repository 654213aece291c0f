"""The load by the clock: a request leaves when it is due, whoever still waits for an answer.

A closed loop asks less of a server the slower it is, and so hides what people wait. Here a time is
counted from the moment at which a request was due, the load's own delay and the opening of the
connection with it.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from typing import Protocol, cast

from hoithi.rehearsal.replies import Replies

_TICK_S = 0.001
_AT_A_STRETCH = 100
_UNANSWERED_S = 60.0
_KEPT_BACK = 200


class Person(Protocol):
    """Who asks: `kind` names what."""

    def request(self, kind: str) -> bytes: ...

    def take(self, kind: str, reply: bytes) -> None: ...


Due = tuple[float, int, str]
"""Seconds after the beginning, who, and what."""


def percentile(values: Iterable[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@dataclass(slots=True)
class Tally:
    """Milliseconds by what was asked, for all 200s; and what else came back, or never did."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def percentile_ms(self, kind: str, percent: int) -> float:
        """Endless where nobody was answered."""
        times = self.milliseconds.get(kind)
        return percentile(times, percent) if times else inf


def sockets(wanted: int) -> int:
    """As many as this process may open, if that is less."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(wanted, hard - _KEPT_BACK)


class Browser(asyncio.Protocol):
    """A connection that is kept; what comes due while it waits for an answer goes after that."""

    def __init__(self, port: int, tally: Tally) -> None:
        self._port = port
        self._tally = tally
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[Person, str, float]] = deque()
        self._asked: tuple[Person, str, float] | None = None
        self._replies = Replies()
        self._opening: asyncio.Task[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    @property
    def open_requests(self) -> int:
        return len(self._waiting) + (self._asked is not None)

    def due(self, person: Person, kind: str, at: float) -> None:
        self._waiting.append((person, kind, at))
        if self._transport is not None:
            self._ask()
        elif self._opening is None:
            self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            await self._loop.create_connection(lambda: self, "127.0.0.1", self._port)
        except OSError:
            self._tally.errors.update(f"{kind} not connected" for _, kind, _ in self._waiting)
            self._waiting.clear()
            self._opening = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._ask()

    def _ask(self) -> None:
        if self._asked is None and self._waiting and self._transport is not None:
            self._asked = person, kind, _ = self._waiting.popleft()
            self._transport.write(person.request(kind))

    def data_received(self, data: bytes) -> None:
        reply = self._replies.take(data)
        if reply is None or self._asked is None:
            return
        person, kind, at_s = self._asked
        if reply.status == HTTPStatus.OK:
            took_ms = (time.perf_counter() - at_s) * 1000
            self._tally.milliseconds.setdefault(kind, []).append(took_ms)
            person.take(kind, reply.body)
        else:
            self._tally.errors[f"{kind} {reply.status}"] += 1
        self._asked = None
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = self._opening = None
        if self._asked is not None:
            self._tally.errors[f"{self._asked[1]} cut off"] += 1
        self._asked = None
        self._replies.clear()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Play:
    """People with their browsers; where sockets are short, several share one."""

    def __init__(self, port: int, people: Sequence[Person]) -> None:
        self.tally = Tally()
        self.sockets = sockets(len(people))
        self._people = people
        self._browsers = [Browser(port, self.tally) for _ in range(self.sockets)]

    async def run(self, schedule: Iterable[Due]) -> None:
        """Ask all of it, each at its time, and wait for the answers."""
        began = time.perf_counter()
        for place, (at, who, kind) in enumerate(schedule):
            while (early := began + at - time.perf_counter()) > 0:
                await asyncio.sleep(max(early, _TICK_S))
            self._browsers[who % self.sockets].due(self._people[who], kind, began + at)
            if place % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        await self._answered(time.perf_counter() + _UNANSWERED_S)

    async def _answered(self, until: float) -> None:
        while open_requests := sum(each.open_requests for each in self._browsers):
            if time.perf_counter() > until:
                self.tally.errors["unanswered"] += open_requests
                return
            await asyncio.sleep(_TICK_S * 10)

    def close(self) -> None:
        for each in self._browsers:
            each.close()
