"""The open connections of screens and phones: one snapshot a line, pushed to all of them.

Server-sent events over plain http: a browser connects again by itself, and what it gets first is
where the round stands. The connections live on the event loop beside Django; a snapshot is made
once a line, in a thread, however many look on. Five hundred viewers cost five hundred writes, so
they wait a moment for whoever pressed to have their answer, and go out in slices between which the
desk answers others.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from django.db import DatabaseError

from hoithi.stage.feed import listen
from hoithi.stage.snapshots import current, last_of, message, stage_key

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_PATH = re.compile(r"/san-khau/([a-z0-9-]{1,60})/([a-z0-9-]{1,60})/song")
# Lines of other processes are found by looking; a beat tells a page that its line is alive, which
# gives up after two of them have not come (`feed.js`).
_LOOK_S = 1.0
_BEAT_S = 8.0
_BEAT = b"event:beat\ndata:\n\n"
# Five judges who confirm at once are one snapshot.
_GATHER_S = 0.15
_SLICE, _BETWEEN_S = 20, 0.008
# More than any hall holds; beyond it a page asks again now and then.
MOST_VIEWERS = 5000
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Channel:
    """Everybody who looks at one round.

    `fresh` is set when there may be a new line; the last snapshot is kept for whoever comes.
    """

    def __init__(self, stage: int) -> None:
        self.stage = stage
        self.viewers: set[asyncio.Event] = set()
        self.content = b""
        self.number = -1
        self.fresh = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def message(self) -> bytes:
        return message(self.number, self.content, time.time_ns() // 1_000_000)

    async def run(self) -> None:
        """Make snapshots while anybody looks on."""
        try:
            while self.viewers:
                self.fresh.clear()
                # A database that is away for a moment comes back; screens keep what they show.
                with contextlib.suppress(DatabaseError):
                    await self._look()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.fresh.wait(), _LOOK_S)
                    await asyncio.sleep(_GATHER_S)
        finally:  # whoever comes next begins anew
            self.task, self.number, self.content = None, -1, b""

    async def _look(self) -> None:
        if self.number < 0 or await asyncio.to_thread(last_of, self.stage) != self.number:
            self.number, content = await asyncio.to_thread(current, self.stage)
            # A mark that is only saved changes nothing that is public: nobody is sent anything.
            if content != self.content:
                self.content = content
                for at, viewer in enumerate(tuple(self.viewers), start=1):
                    viewer.set()
                    if at % _SLICE == 0:
                        await asyncio.sleep(_BETWEEN_S)


class Streaming:
    """An ASGI application that answers for open connections and hands on everything else."""

    def __init__(self, inner: App) -> None:
        self._inner = inner
        self._channels: dict[int, Channel] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        listen(self._told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if wanted is None or scope["method"] != "GET":
            await self._inner(scope, receive, send)
            return
        self._loop = asyncio.get_running_loop()
        stage = await asyncio.to_thread(stage_key, *wanted.groups())
        viewers = sum(len(channel.viewers) for channel in self._channels.values())
        if stage is None or viewers >= MOST_VIEWERS:
            await self._inner(scope, receive, send)
            return
        await self._stream(self._channels.setdefault(stage, Channel(stage)), receive, send)

    def _told(self, stage: int) -> None:
        """From the thread that stored a line."""
        channel = self._channels.get(stage)
        if channel is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(channel.fresh.set)

    async def _stream(self, channel: Channel, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        fresh = asyncio.Event()
        channel.viewers.add(fresh)
        if channel.task is None:
            channel.task = asyncio.create_task(channel.run())
        elif channel.content:
            fresh.set()
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await send(_body(b"retry: 2000\n\n"))
            while not gone.done():
                waiting = asyncio.create_task(fresh.wait())
                await asyncio.wait(
                    (waiting, gone), timeout=_BEAT_S, return_when=asyncio.FIRST_COMPLETED
                )
                if waiting.done():
                    fresh.clear()
                    await send(_body(channel.message()))
                else:
                    waiting.cancel()
                    if not gone.done():
                        await send(_body(_BEAT))
        finally:
            gone.cancel()
            channel.viewers.discard(fresh)


def _body(content: bytes) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": True}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
