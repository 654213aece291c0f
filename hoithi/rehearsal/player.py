"""Contestants as their pages are: one connection each, one request at a time, nothing given up.

A wait is counted from the moment at which something was due, the players' own delay with it. What
is not acknowledged is sent again under its number; who is told to come back does so, with jitter.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple, cast

import msgspec

from hoithi.rehearsal.replies import Replies
from hoithi.rehearsal.script import Answer, Part
from hoithi.rehearsal.tally import Tally

AFTER_S = 60.0
"""How long the last receipts are waited for."""
_MOST_AT_ONCE = 50
_TOLD_S = 1.0
_AT_A_STRETCH = 100
_LONGEST_NAP_S = 0.2
_ASKED_AGAIN_S = 2.0
_NOT_OPEN_S = 0.5
_LONGEST_BACK_OFF_S = 8.0
_RETRY = re.compile(rb"\r\nretry-after: (\d{1,4})\r\n")
_TRY_AGAIN = frozenset({429, 503})


class Entered(msgspec.Struct):
    token: str


class Started(msgspec.Struct):
    token: str
    attempt: str
    epoch: int
    last_seq: int


class Saved(msgspec.Struct):
    acknowledged: int
    late: bool = False


class Pulsed(msgspec.Struct):
    pulse_ms: int


class Receipt(msgspec.Struct):
    receipt: str
    automatic: bool


class Refused(msgspec.Struct):
    error: str = ""


class Todo(NamedTuple):
    """What is to be asked, and since when; `path` for files only."""

    phase: str
    due: float
    path: str = ""


class Wire(asyncio.Protocol):
    """One connection of one page; what comes after it was left is nobody's any more."""

    def __init__(self, owner: Contestant) -> None:
        self._owner = owner
        self._replies = Replies()
        self._left = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        if self._left:
            self._transport.close()

    def ask(self, request: bytes) -> None:
        if self._transport is not None:
            self._transport.write(request)

    def leave(self) -> None:
        """Close after what was written: it may arrive, its answer will not."""
        self._left = True
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        reply = self._replies.take(data)
        if reply is None or self._left:
            return
        retry = _RETRY.search(reply.head)
        self._owner.answered(reply.status, reply.body, int(retry[1]) if retry else None)

    def connection_lost(self, _: Exception | None) -> None:
        if not self._left:
            self._left = True
            self._owner.was_cut()


class Contestant:
    """One line of the roster. `sent[n]` is the answer with the number n + 1; `acknowledged` is how
    far the hall has them."""

    def __init__(self, play: Play, code: str, device: str, part: Part) -> None:
        self._play = play
        self._code = code
        self._device = device
        self._part = part
        self._answers = iter(part.answers)
        self._times = timeline(part)
        self.last_at = part.submits
        self._todo: deque[Todo] = deque()
        self._asked: Todo | None = None
        self._wire: Wire | None = None
        self._is_connecting = False
        self._is_away = False
        self._waits_until = 0.0
        self._tries = 0
        self._dues: list[float] = []
        self._in_flight = 0
        self._token = ""
        self.sent: list[Answer] = []
        self.acknowledged = 0
        self.attempt = ""
        self.epoch = 0
        self.receipt = ""
        self.has_entered = False
        self.has_failed = False
        self.has_reloaded = False
        self.was_away = False
        self.was_queued = False

    @property
    def is_done(self) -> bool:
        return bool(self.receipt) or self.has_failed

    def next_time(self) -> tuple[float, str] | None:
        """What this contestant does next, in seconds after the opening."""
        return next(self._times, None)

    def comes_due(self, intent: str, due: float) -> None:
        match intent:
            case "arrive":
                self._open_page(due)
            case "start" | "submit":
                self._todo.append(Todo(intent, due))
            case "pulse":
                self._todo.append(Todo("pulse", due))
            case "answer":
                self.sent.append(next(self._answers))
                self._dues.append(due)
            case "reload" if not self._is_away:
                self._reload(due)
            case "away":
                self._leave(due)
                self._is_away = self.was_away = True
            case "back":
                self._is_away = False
                self._count_from(due)
        self._go()

    def _open_page(self, due: float) -> None:
        self._todo.extend(Todo("page", due, path) for path in self._play.files)
        self._todo.append(Todo("enter", due))

    def _reload(self, due: float) -> None:
        """The page again, the same code, the same device; what is not acknowledged has stayed."""
        self.has_reloaded = True
        self._leave(due)
        kept = [each for each in self._todo if each.phase in ("submit", "pulse")]
        self._todo.clear()
        self._open_page(due)
        self._todo.append(Todo("start", due))
        self._todo.extend(kept)
        self._count_from(due)

    def _leave(self, due: float) -> None:
        if self._wire is not None:
            self._wire.leave()
            self._wire = None
        if self._asked is not None and self._asked.phase != "save":
            self._todo.appendleft(self._asked._replace(due=due))
        self._asked = None

    def _count_from(self, due: float) -> None:
        """Nobody can wait for a server that they do not reach."""
        for at in range(self.acknowledged, len(self._dues)):
            self._dues[at] = max(self._dues[at], due)
        self._todo = deque(each._replace(due=max(each.due, due)) for each in self._todo)

    # ---- asking

    def _go(self) -> None:
        """Ask what is next, if nothing stands in the way."""
        if self._asked or self._is_away or self.is_done:
            return
        if time.perf_counter() < self._waits_until:
            return
        todo = self._next()
        if todo is None:
            return
        if self._wire is None:
            if not self._is_connecting:
                self._play.start(self._connect(todo.phase))
            return
        if todo.phase != "save":
            self._todo.popleft()
        self._asked = todo
        self._wire.ask(self._request(todo))

    def _next(self) -> Todo | None:
        """Unsaved answers go before everything but the way back into the exam."""
        first = self._todo[0] if self._todo else None
        if first is not None and first.phase in ("page", "enter", "start"):
            return first
        if self.attempt and self.acknowledged < len(self.sent):
            return Todo("save", self._dues[self.acknowledged])
        return first

    def _request(self, todo: Todo) -> bytes:
        match todo.phase:
            case "page":
                return get(todo.path)
            case "enter":
                return post("enter", {"code": self._code})
            case "start":
                accepted = {"regulation": self._play.regulation, "consent": self._play.consent}
                return post("start", {"device": self._device, **accepted}, self._token)
            case "save":
                return post("save", {"saves": self._unsaved()}, self._token)
            case "submit":
                return post("submit", {"last_seq": len(self.sent)}, self._token)
        return post("pulse", None, self._token)

    def _unsaved(self) -> list[tuple[int, int, int, int]]:
        self._in_flight = min(len(self.sent), self.acknowledged + _MOST_AT_ONCE)
        now_ms = int(time.time() * 1000)
        return [
            (at + 1, self.sent[at].position, self.sent[at].option, now_ms)
            for at in range(self.acknowledged, self._in_flight)
        ]

    async def _connect(self, phase: str) -> None:
        self._is_connecting = True
        wire = Wire(self)
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: wire, "127.0.0.1", self._play.port)
        except OSError:
            self._play.tally.went_wrong(phase, "not connected")
            self._come_back()
            return
        finally:
            self._is_connecting = False
        if self._is_away or self._wire is not None:
            wire.leave()
            return
        self._wire = wire
        self._go()

    # ---- being answered

    def answered(self, status: int, body: bytes, retry_s: int | None) -> None:
        todo, self._asked = self._asked, None
        if todo is None:
            return
        if status in (200, 202):
            self._tries = 0
            self._take(todo, body)
        elif status in _TRY_AGAIN:
            self._is_put_off(todo, body)
            self._put_back(todo)
            self._come_back(retry_s or _ASKED_AGAIN_S)
        else:
            self._was_refused(todo, status, body)
        self._go()

    def _is_put_off(self, todo: Todo, body: bytes) -> None:
        """Told to come back; who waits for a turn asks again and again, and is one person."""
        if code_of(body) == "queued":
            self.was_queued = True
        else:
            self._play.tally.refused[todo.phase] += 1

    def _was_refused(self, todo: Todo, status: int, body: bytes) -> None:
        code = code_of(body)
        if code == "not_open":  # the opening is on its way to the hall
            self._put_back(todo)
            self._come_back(_NOT_OPEN_S)
            return
        self._play.tally.went_wrong(todo.phase, f"{status} {code}".strip())
        self.has_failed = todo.phase not in ("page", "pulse")

    def _take(self, todo: Todo, body: bytes) -> None:
        if todo.phase == "save":
            self._take_saved(msgspec.json.decode(body, type=Saved))
            return
        self._play.took(todo.phase, todo.due)
        match todo.phase:
            case "enter":
                self._token = msgspec.json.decode(body, type=Entered).token
                if not self.has_entered:
                    self.has_entered = True
                    self._play.later(self._play.chance.uniform(2.0, 2.5), self, "pulse")
            case "start":
                self._take_started(msgspec.json.decode(body, type=Started))
            case "submit":
                receipt = msgspec.json.decode(body, type=Receipt)
                self.receipt = receipt.receipt
                if receipt.automatic:
                    self._play.tally.went_wrong("submit", "handed in by the hall")
                self._finish()
            case "pulse":
                pulse_ms = msgspec.json.decode(body, type=Pulsed).pulse_ms
                self._play.later(pulse_ms / 1000, self, "pulse")

    def _take_started(self, started: Started) -> None:
        self._token = started.token
        self.attempt, self.epoch = started.attempt, started.epoch
        if self.was_queued:
            self._count_from(time.perf_counter())
        self._is_acknowledged(started.last_seq)

    def _take_saved(self, saved: Saved) -> None:
        if saved.late:
            self._play.tally.late += saved.acknowledged - self.acknowledged
        self._is_acknowledged(saved.acknowledged)

    def _is_acknowledged(self, number: int) -> None:
        for at in range(self.acknowledged, min(number, len(self._dues))):
            self._play.took("save", self._dues[at])
        self.acknowledged = max(self.acknowledged, number)

    def _finish(self) -> None:
        """The page stays open in life; here its connection makes room."""
        if self._wire is not None:
            self._wire.leave()
            self._wire = None

    def was_cut(self) -> None:
        """The other side hung up. Between two requests it may: the page connects again."""
        self._wire = None
        todo, self._asked = self._asked, None
        if todo is None:
            self._go()
            return
        self._play.tally.went_wrong(todo.phase, "cut off")
        self._put_back(todo)
        self._come_back()

    def _put_back(self, todo: Todo) -> None:
        if todo.phase != "save":
            self._todo.appendleft(todo)

    def _come_back(self, seconds: float | None = None) -> None:
        """Later, and each at another moment."""
        if seconds is None:
            seconds = min(_LONGEST_BACK_OFF_S, 2**self._tries)
            self._tries += 1
        delay = seconds * self._play.chance.uniform(0.5, 1.5)
        self._waits_until = time.perf_counter() + delay
        self._play.later(delay, self, "again")

    def stop(self) -> None:
        self._is_away = True
        if self._wire is not None:
            self._wire.leave()


class Play:
    """All contestants and the clock. `opens` is the opening on this process's own clock."""

    def __init__(
        self,
        *,
        port: int,
        tally: Tally,
        chance: Random,
        files: Sequence[str],
        versions: tuple[str, str],
    ) -> None:
        self.port = port
        self.tally = tally
        self.chance = chance
        self.files = files
        self.regulation, self.consent = versions
        self.people: list[Contestant] = []
        self._due: list[tuple[float, int, Contestant, str]] = []
        self._count = 0
        self._begin = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, connecting: Coroutine[None, None, None]) -> None:
        """Run something of a contestant beside the clock."""
        task = asyncio.get_running_loop().create_task(connecting)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def later(self, seconds: float, who: Contestant, intent: str) -> None:
        self._push(time.perf_counter() + seconds, who, intent)

    def took(self, phase: str, due: float) -> None:
        now = time.perf_counter()
        self.tally.took(phase, now - due, now - self._begin)

    def _push(self, at: float, who: Contestant, intent: str) -> None:
        self._count += 1
        heappush(self._due, (at, self._count, who, intent))

    async def run(self, opens: float, tell: Callable[[], bool]) -> None:
        """Play to the last receipt, and not longer than a minute after it was due.

        `tell` is called once a second; as soon as it says no, everybody goes.
        """
        last = opens + max(each.last_at for each in self.people)
        for each in self.people:
            self._follow(each, opens)
        self._begin = self._due[0][0]
        told = 0.0
        done = 0
        while True:
            now = time.perf_counter()
            if now - told >= _TOLD_S:
                told = now
                over = all(each.is_done for each in self.people) or now > last + AFTER_S
                if not tell() or over:
                    break
            if not self._due or self._due[0][0] > now:
                early = self._due[0][0] - now if self._due else _LONGEST_NAP_S
                await asyncio.sleep(min(early, _LONGEST_NAP_S))
                continue
            at, _, who, intent = heappop(self._due)
            self.tally.lag[int((now - at) * 1000)] += 1
            if intent not in ("pulse", "again"):
                self._follow(who, opens)
            if not who.is_done:
                who.comes_due(intent, at)
            done += 1
            if done % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        for each in self.people:
            each.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def _follow(self, who: Contestant, opens: float) -> None:
        """Put the next thing of somebody on the clock."""
        following = who.next_time()
        if following is not None:
            self._push(opens + following[0], who, following[1])


def timeline(part: Part) -> Iterator[tuple[float, str]]:
    """What comes due when, in the order of time."""
    times = [(part.arrives, "arrive"), (part.starts, "start"), (part.submits, "submit")]
    times += [(answer.at, "answer") for answer in part.answers]
    if part.reloads is not None:
        times.append((part.reloads, "reload"))
    if part.away is not None:
        times += [(part.away[0], "away"), (part.away[1], "back")]
    # "answer" comes before "away": the network goes while the answer is on its way.
    return iter(sorted(times, key=lambda each: (each[0], each[1] != "answer")))


def code_of(body: bytes) -> str:
    """Why the hall refuses; nothing where the answer is not the hall's."""
    try:
        return msgspec.json.decode(body, type=Refused).error
    except msgspec.DecodeError:
        return ""


def get(path: str) -> bytes:
    """A file as a phone asks for it."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def post(name: str, message: object, token: str = "") -> bytes:
    """A message as it goes over the wire."""
    body = b"" if message is None else json.dumps(message, separators=(",", ":")).encode()
    return (
        f"POST /thi/v1/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Thi-Token: {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
