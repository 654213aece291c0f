"""Request bodies, bounded in size and time.

A timer for each request would be one of the larger costs of a save; so the readings that go on are
noted, and one look a second ends those that have taken too long.
"""

from __future__ import annotations

import asyncio
import time

from asgiref.typing import ASGIReceiveCallable

LARGEST = 16_384
SLOWEST_S = 10.0


class TooLargeError(Exception):
    """More than the largest body that is taken."""


class TooSlowError(Exception):
    """The body did not come in time."""


class Bodies:
    """The bodies that are being read."""

    def __init__(self) -> None:
        self._since: dict[asyncio.Task[object], float] = {}
        self._ended: set[asyncio.Task[object]] = set()

    async def read(self, receive: ASGIReceiveCallable) -> bytes | None:
        """The whole body, or nothing when the client has gone. Raises one of the two errors."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a body is read inside a task")
        self._since[task] = time.monotonic()
        body = b""
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body = body + message["body"] if body else message["body"]
                if len(body) > LARGEST:
                    raise TooLargeError
                if not message["more_body"]:
                    return body
        except asyncio.CancelledError:
            if task in self._ended:
                task.uncancel()
                raise TooSlowError from None
            raise
        finally:
            del self._since[task]
            self._ended.discard(task)

    def end_slow(self, now_s: float) -> None:
        """End the readings that began too long ago, on the monotonic clock."""
        for task, since in self._since.items():
            if now_s - since > SLOWEST_S and task not in self._ended:
                self._ended.add(task)
                task.cancel()
