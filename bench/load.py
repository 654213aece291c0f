"""The load: HTTP/1.1 over raw sockets, each connection asking again as soon as it is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

import uvicorn

from bench.cores import load_core

T = TypeVar("T")
CONNECTIONS = 64
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Load:
    """What came back within the time."""

    replies: int
    seconds: float
    milliseconds: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.replies / self.seconds

    def percentile_ms(self, percent: int) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def post(path: str, body: bytes, token: str = "") -> bytes:
    """A request as it goes over the wire."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Thi-Token: {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


Asking = Iterator[tuple[bytes, Callable[[bytes], None]]]
"""Requests of one connection, each with what takes the body of its reply before the next."""


def ignore(_: bytes) -> None:
    """Takes a body that nobody needs."""


def talk(port: int, talks: Sequence[Asking]) -> Load:
    """One connection a talk, until all of them are over."""
    with load_core():
        return run_load(_drive([port], talks, None))


def bodies(port: int, requests: Sequence[bytes]) -> list[bytes]:
    """Send all of them once; the reply bodies in the same order."""
    found: dict[int, bytes] = {}
    places = iter(range(len(requests)))

    def stream() -> Iterator[tuple[bytes, Callable[[bytes], None]]]:
        for place in places:

            def keep(body: bytes, place: int = place) -> None:
                found[place] = body

            yield requests[place], keep

    talk(port, [stream() for _ in range(CONNECTIONS)])
    return [found[place] for place in range(len(requests))]


def drive(ports: Sequence[int], streams: Sequence[Iterator[bytes]], seconds: float) -> Load:
    """One connection a stream, for so long or until a stream has no more to ask.

    Where there are several ports, the connections take turns among them.
    """
    with load_core():
        return run_load(
            _drive(ports, [((each, ignore) for each in stream) for stream in streams], seconds)
        )


def run_load(driving: Coroutine[None, None, T]) -> T:
    """On the server's own kind of loop."""
    loop_factory = uvicorn.Config("", loop="uvloop").get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(driving)


class _Connection(asyncio.Protocol):
    def __init__(self, asking: Asking, milliseconds: list[float]) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asking = asking
        self._milliseconds = milliseconds
        self._buffer = b""
        self._whole = 0
        self._asked = 0.0
        self._take: Callable[[bytes], None] = lambda _: None
        self._transport: asyncio.WriteTransport | None = None
        self.stopping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def ask(self) -> None:
        following = None if self.stopping else next(self._asking, None)
        if following is None or self._transport is None:
            if not self.over.done():
                self.over.set_result(None)
            return
        request, self._take = following
        self._asked = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer = buffer = self._buffer + data if self._buffer else data
        if not self._whole:
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            at = buffer.index(_LENGTH) + len(_LENGTH)
            self._whole = head + 4 + int(buffer[at : buffer.index(b"\r", at)])
        if len(buffer) < self._whole:
            return
        if buffer[9:12] != b"200":
            self.over.set_exception(RuntimeError(buffer.decode()))
            return
        self._milliseconds.append((time.perf_counter() - self._asked) * 1000)
        self._take(buffer[buffer.index(b"\r\n\r\n") + 4 :])
        self._buffer, self._whole = b"", 0
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("the server hung up"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def _drive(ports: Sequence[int], asking: Sequence[Asking], seconds: float | None) -> Load:
    loop = asyncio.get_running_loop()
    milliseconds: list[float] = []
    connections = []
    for place, each in enumerate(asking):
        _, connection = await loop.create_connection(
            partial(_Connection, each, milliseconds), "127.0.0.1", ports[place % len(ports)]
        )
        connections.append(connection)
    started = time.perf_counter()
    for connection in connections:
        connection.ask()
    everybody = asyncio.gather(*(connection.over for connection in connections))
    if seconds is not None:
        await asyncio.wait([everybody], timeout=seconds)
        elapsed = time.perf_counter() - started
        replies = len(milliseconds)
        for connection in connections:
            connection.stopping = True
        await everybody
    else:
        await everybody
        elapsed = time.perf_counter() - started
        replies = len(milliseconds)
    for connection in connections:
        connection.close()
    return Load(replies, elapsed, milliseconds[:replies])
