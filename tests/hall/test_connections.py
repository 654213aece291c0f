"""Connections that say nothing or never come to the point, over real sockets."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from hoithi.hall import connections
from hoithi.hall.__main__ import server_settings
from hoithi.hall.connections import overdue
from tests.hall.scene import free_port, wait_until

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(eq=False)
class Line:
    quiet_since: float | None
    head_since: float | None = None
    has_asked: bool = False


def test_who_never_asks_or_stops_in_the_head_is_overdue_and_who_waits_is_not() -> None:
    silent, fresh = Line(0.0), Line(80.0)
    served, waiting = Line(0.0, has_asked=True), Line(None, has_asked=True)
    half, begun = Line(None, 89.0), Line(None, 95.0)
    everybody = [silent, fresh, served, waiting, half, begun]
    assert overdue(everybody, 100.0, 100) == [silent, half]


def test_where_descriptors_run_short_the_longest_silent_go_first() -> None:
    quiet = [Line(float(since), has_asked=True) for since in (5, 1, 4, 2, 3)]
    waiting = Line(None, has_asked=True)
    assert overdue([waiting, *quiet], 10.0, 4) == [quiet[1], quiet[3]]
    assert overdue([waiting] * 9, 10.0, 4) == []


async def _app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answers /slow only when it is told."""
    if scope["type"] == "http" and scope["path"] == "/slow":
        await asyncio.to_thread(RELEASE.wait, 20)
    await send({"type": "http.response.start", "status": 204, "headers": [], "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


RELEASE = threading.Event()


@contextmanager
def serving(most: int = 1000) -> Iterator[int]:
    """The port of a server that watches its connections, in a thread of its own."""
    settings = server_settings(_app, "127.0.0.1", free_port())
    server = uvicorn.Server(settings)

    async def run() -> None:
        keeping = asyncio.create_task(connections.keep(server.server_state, most))
        await server.serve()
        keeping.cancel()

    def in_thread() -> None:
        with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
            runner.run(run())

    thread = threading.Thread(target=in_thread)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield settings.port
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def lines(port: int, *says: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        made = []
        for say in says:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            line.sendall(say)
            made.append(line)
        yield made


def readable(waiting: list[socket.socket]) -> list[socket.socket]:
    return select.select(waiting, [], [], 0)[0]


def is_cut(line: socket.socket) -> bool:
    try:
        return line.recv(1000) == b""
    except ConnectionResetError:
        return True


def test_silent_and_half_heard_lines_are_cut_and_others_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "SILENT_S", 0.2)
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    slow = ASK.replace(b"/", b"/slow", 1)
    with serving() as port, lines(port, slow, b"", b"GET / HT", ASK[:-2]) as (waiting, *bad):
        assert [is_cut(line) for line in bad] == [True] * 3
        RELEASE.set()
        assert waiting.recv(1000).startswith(b"HTTP/1.1 204")


def test_a_head_without_end_is_cut_at_once() -> None:
    with serving() as port, lines(port, ASK[:-2]) as (line,):
        with suppress(ConnectionError):
            for _ in range(1000):
                line.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
        assert is_cut(line)


def test_silent_lines_make_room_for_new_ones() -> None:
    with serving(most=5) as port, lines(port, *[ASK] * 8) as old:
        assert [line.recv(1000)[:12] for line in old] == [b"HTTP/1.1 204"] * 8
        wait_until(lambda: len(readable(old)) == 3)
        cut = readable(old)
        assert [is_cut(line) for line in cut] == [True] * 3
        for line in set(old) - set(cut):
            line.sendall(ASK)
            assert line.recv(1000).startswith(b"HTTP/1.1 204")


def test_descriptors_are_taken_as_far_as_the_system_gives_them() -> None:
    assert connections.most_connections() > 64
