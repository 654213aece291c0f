"""The hall's door: how fast those who knock are let in, and a door that cannot be opened."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvloop

from hoithi.hall.config import ConfigError
from hoithi.hall.listening import TAKEN_AT_ONCE, listen
from tests.hall.scene import free_port

KNOCKS = 5 * TAKEN_AT_ONCE


class Counting(asyncio.Protocol):
    come = 0

    def connection_made(self, _: asyncio.BaseTransport) -> None:
        Counting.come += 1


async def turns_until_all_are_in(port: int) -> int:
    """How often the loop turned until everybody who knocked while it stood still was let in."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Counting, sock=each) for each in listen("127.0.0.1", port)]
    Counting.come, turns = 0, 0
    knocking = [socket.create_connection(("127.0.0.1", port)) for _ in range(KNOCKS)]
    while Counting.come < KNOCKS:
        await asyncio.sleep(0)
        turns += 1
    for each in knocking:
        each.close()
    for server in servers:
        server.close()
    return turns


def test_a_crowd_is_let_in_within_a_few_turns_of_the_loop() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        turns = runner.run(turns_until_all_are_in(free_port()))
    assert turns < KNOCKS / 4  # one socket alone lets in one a turn


def test_a_name_is_listened_at() -> None:
    port = free_port()
    sockets = listen("localhost", port)
    try:
        socket.create_connection(("127.0.0.1", port), timeout=20).close()
        assert len(sockets) % TAKEN_AT_ONCE == 0
    finally:
        for each in sockets:
            each.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.1"])
def test_a_door_that_cannot_be_opened_is_told_in_a_sentence(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"^cannot listen on {host}:{port} \(.+\)$"):
            listen(host, port)
