"""Connections that say nothing: each costs a descriptor, and there are not endlessly many.

The server closes a connection that is silent after a reply. Here end those that never asked, those
that stop in the middle of a request's head, heads that grow without end, and, where the machine's
descriptors run short, whoever has been silent longest. Who waits for a reply is never cut.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable
from typing import Protocol

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

SILENT_S = 30.0
HEAD_S = 10.0
LARGEST_HEAD = 16_384
_KEPT_BACK = 64
_FOR_OURSELVES = 128


class Line(Protocol):
    """A connection as far as it is looked at; times on the loop's clock, none where not so."""

    @property
    def quiet_since(self) -> float | None:
        """Since when nothing is asked and nothing is owed."""
        ...

    @property
    def head_since(self) -> float | None:
        """Since when the head of a request is being read."""
        ...

    @property
    def has_asked(self) -> bool: ...


def overdue(lines: Iterable[Line], now_s: float, most: int) -> list[Line]:
    """Those to be closed now; `most` is how many connections there may be."""
    closing: list[Line] = []
    quiet: list[tuple[float, int, Line]] = []
    count = 0
    for line in lines:
        count += 1
        if line.head_since is not None:
            if now_s - line.head_since > HEAD_S:
                closing.append(line)
        elif line.quiet_since is not None:
            if not line.has_asked and now_s - line.quiet_since > SILENT_S:
                closing.append(line)
            else:
                quiet.append((line.quiet_since, count, line))
    short = count - len(closing) - most
    if short > 0:
        closing += [line for _, _, line in sorted(quiet)[:short]]
    return closing


class Watched(HttpToolsProtocol):
    """The server's own protocol, which also knows how long a connection has been silent."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._heard_s = self.loop.time()
        self._head_bytes = 0
        self.head_since: float | None = None
        self.has_asked = False

    @property
    def quiet_since(self) -> float | None:
        cycle = self.cycle
        is_answered = cycle is None or cycle.response_complete
        return self._heard_s if is_answered and self.head_since is None else None

    def data_received(self, data: bytes) -> None:
        self._heard_s = self.loop.time()
        super().data_received(data)
        if self.head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.head_since = self._heard_s
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self.head_since = None
        self.has_asked = True
        super().on_headers_complete()


def most_connections() -> int:
    """As many as this process may have descriptors, less what it needs itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(_KEPT_BACK, hard - _FOR_OURSELVES)


async def keep(state: ServerState, most: int) -> None:
    """Look once a second, for as long as the server lives."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        lines = [each for each in state.connections if isinstance(each, Watched)]
        for line in overdue(lines, loop.time(), most):
            if isinstance(line, Watched):
                line.transport.abort()
