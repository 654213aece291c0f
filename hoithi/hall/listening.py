"""The hall's door: sockets on which new connections are taken.

The event loop takes one new connection of a listening socket each time it turns. That is right for
an idle server. At the opening of a large round a turn answers dozens of requests first, and whoever
comes then would knock for seconds while those inside are served at once. So the loop is given the
same socket under several descriptors, and takes one connection of each.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

from hoithi.hall.config import ConfigError

TAKEN_AT_ONCE = 16
BACKLOG = 4096


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at each address of a host, each of them `TAKEN_AT_ONCE` times.

    Raises ConfigError where that cannot be.
    """
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        try:
            for family, *_, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                door = opened.enter_context(
                    socket.create_server((address[0], port), family=family, backlog=BACKLOG)
                )
                copies = (door.dup() for _ in range(TAKEN_AT_ONCE - 1))
                sockets += [door, *map(opened.enter_context, copies)]
        except OSError as error:
            raise ConfigError(f"cannot listen on {host}:{port} ({error.strerror})") from error
        opened.pop_all()
        return sockets
