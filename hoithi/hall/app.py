"""The hall as an ASGI application: a dict of routes, limits, errors; no framework.

A 2xx leaves only after the journal has said that what it acknowledges is on disk. docs/hall.md
tells every message, status and body.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
from asgiref.typing import (
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)

from hoithi.hall import wire
from hoithi.hall.bodies import Bodies, TooLargeError, TooSlowError
from hoithi.hall.clock import Clock
from hoithi.hall.config import Config
from hoithi.hall.formats import NO_ATTEMPT, NONE, device_tag, receipt_text
from hoithi.hall.journal import Journal
from hoithi.hall.limits import GuessLimit
from hoithi.hall.monitor import Monitor
from hoithi.hall.orders import Follower
from hoithi.hall.page_files import Header, read_page
from hoithi.hall.queue import Queue
from hoithi.hall.scores import shown_score
from hoithi.hall.session import (
    PREDICTION,
    Attempt,
    Ended,
    Line,
    Refused,
    Reply,
    Save,
    SaveAnswers,
    Saved,
    Standing,
    Start,
    Submit,
    attempts_left,
    would_begin,
)
from hoithi.hall.signals import MOST_AT_ONCE, STARTED, Signals
from hoithi.hall.sittings import RosterEntry, Sitting, Sittings
from hoithi.hall.store import signal_store
from hoithi.hall.store.api import (
    Control,
    JournalStore,
    NodeStatus,
    UnavailableError,
    Withdrawal,
)
from hoithi.hall.store.signals import Signal
from hoithi.hall.together import asks_again_ms as asks_again_ms_of
from hoithi.hall.together import is_too_much, view_of
from hoithi.hall.tokens import Token, Tokens
from hoithi.hall.waiting import Crowd, own_share
from hoithi.hall.wire import Refusal
from hoithi.rules.codes import code_tag, read_code
from hoithi.rules.paper import Prediction

SITTING_PULSE_MS = 4000
ENDED_PULSE_MS = 15_000
SCORE_PULSE_MS = 2000
_SCORED_SOON_MS = 10_000
_AWAITS_SCORE_MS = 600_000
MOST_SAVES = 400
_RETRY_AFTER_S = 2
_DRAWN_AT_ONCE = 10
_PAUSE_S = 0.001
_BUSY_PAUSE_S = 0.02
_RETRY_S = 0.5
# Less than the time after which the desk takes a process for dead (docs/decisions/0016).
_LOOKED_WITHIN_MS = 10_000

_log = logging.getLogger("hoithi.hall")
_encode = msgspec.json.Encoder().encode
_enter = msgspec.json.Decoder(wire.EnterRequest)
_start = msgspec.json.Decoder(wire.StartRequest)
_save = msgspec.json.Decoder(wire.SaveRequest)
_submit = msgspec.json.Decoder(wire.SubmitRequest)
_signals = msgspec.json.Decoder(wire.SignalsRequest)

T = TypeVar("T")

_JSON: tuple[Header, ...] = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class _Refusing(Exception):  # noqa: N818 - carries a reply, not a fault
    """Ends a request with a refusal."""

    def __init__(self, status: int, refusal: Refusal, retry_s: int | None = None) -> None:
        super().__init__(status, refusal)
        self.status = status
        self.refusal = refusal
        self.retry_s = retry_s


Answer = tuple[int, bytes]
Handler = Callable[["Hall", HTTPScope, bytes], Awaitable[Answer]]


class Hall:
    """One hall process: its stores, its sittings in memory, and the routes."""

    def __init__(self, config: Config, control: Control, store: JournalStore) -> None:
        self.config = config
        self.clock = Clock()
        self.sittings = Sittings()
        self.journal = Journal(store, self.clock)
        self.follower = Follower(control, self.journal, self.sittings)
        self.guesses = GuessLimit()
        self.queue: Queue[tuple[bytes, int]] = Queue(config.capacity)
        self.monitor = Monitor(self.sittings, self.journal, self.queue)
        self.crowd = Crowd()
        self.signals = Signals(signal_store(config.signals))
        self._tokens = Tokens(config.secret)
        self._bodies = Bodies()
        self._control = control
        self._page = read_page(config.notices)
        self._counts: dict[bytes, tuple[int, ...]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._started_ms = 0

    async def open(self) -> None:
        """Take hold of the journal and catch up with the desk. Raises StoreError."""
        store = self.journal.store
        await self._control.open()
        await store.open(await self.follower.load())
        store_ms = await store.clock_ms()
        if store_ms is not None:
            self.clock.set(store_ms)
        self._started_ms = self.clock.now_ms()
        self.journal.start()
        # Before the orders are read: whoever sees no report of this process and gives an order then
        # knows that it will be read before anybody is served.
        await self._report()
        await self.follower.follow()
        self._tasks = [
            asyncio.create_task(self._follow(), name="follow"),
            asyncio.create_task(self._keep_time(), name="keep time"),
            asyncio.create_task(self._draw_ahead(), name="draw ahead"),
            asyncio.create_task(self._keep_signals(), name="keep signals"),
        ]

    async def shut(self) -> None:
        """Stop following, write what waits, let go of the journal."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.journal.stop()
        await self._control.shut()
        await self.signals.write()  # last: answers never wait for signals

    async def _follow(self) -> None:
        while True:
            try:
                await self._control.wait()
                await self.follower.follow()
            except UnavailableError:
                _log.warning("orders wait: a store cannot be used")
                await asyncio.sleep(_RETRY_S)
            except Exception:  # noqa: BLE001 - see the comment
                # A fault of ours must not end the following for as long as the hall lives.
                _log.exception("an order was not applied; it is tried again")
                await asyncio.sleep(_RETRY_S)

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._bodies.end_slow(time.monotonic())
            try:
                mark = self.queue.mark()
                await self.follower.sweep()
                self.queue.look(
                    at_work=self.follower.at_work,
                    mark=mark,
                    delay_ms=self.journal.take_delay_ms(),
                    now_ms=self.clock.now_ms(),
                )
                await self._report()
                self.journal.is_failing = False
            except UnavailableError:
                self.journal.is_failing = True
                _log.warning("time waits: the journal cannot be written")
            except Exception:  # noqa: BLE001 - see the comment
                # A fault of ours must not end the keeping of time for as long as the hall lives.
                _log.exception("time was not kept; it is tried again")

    async def _keep_signals(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                await self.signals.write()
            except Exception:  # noqa: BLE001 - a fault of ours must not end it for the hall's life
                _log.exception("signals were not kept")

    async def _report(self) -> None:
        status = NodeStatus(
            self.journal.store.writer,
            self._started_ms,
            self.clock.now_ms(),
            self.follower.order,
            await self.monitor.snapshot(),
        )
        await self.journal.store.report(status)

    async def _draw_ahead(self) -> None:
        """Draw papers in the pauses, a few at a time; fewer while answers wait for the disk."""
        while True:
            for drawn, _ in enumerate(self.sittings.draw_ahead(self.clock.now_ms())):
                if drawn % _DRAWN_AT_ONCE == 0:
                    await asyncio.sleep(_BUSY_PAUSE_S if self.journal.queue else _PAUSE_S)
            await self._expect()
            await asyncio.sleep(1)

    async def _expect(self) -> None:
        """Tell the store who may come, once for each sitting."""
        for sitting in list(self.sittings.by_id.values()):
            if sitting.is_expected:
                continue
            try:
                await self.journal.store.expect(sitting.sitting, list(sitting.lines))
            except UnavailableError:
                _log.warning("getting ready waits: the journal cannot be written")
                return
            sitting.is_expected = True

    # ---- HTTP

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        path = scope["path"]
        handler = ROUTES.get(path)
        if handler is None:
            await self._get(scope, path, send)
            return
        extra: tuple[Header, ...] = ()
        try:
            body = await self._bodies.read(receive)
            if body is None:
                return
            status, content = await _posted(scope, handler)(self, scope, body)
        except _Refusing as refusing:
            status, content = refusing.status, _encode(refusing.refusal)
            if refusing.retry_s is not None:
                extra = ((b"retry-after", str(refusing.retry_s).encode()),)
        except TooLargeError:
            status, content = 413, _encode(Refusal("too_large"))
        except TooSlowError:
            status, content = 408, _encode(Refusal("malformed"))
        except UnavailableError:
            status, content = 503, _encode(Refusal("unavailable"))
            extra = ((b"retry-after", str(_RETRY_AFTER_S).encode()),)
        await _reply(send, status, content, (*_JSON, *extra))

    async def _get(self, scope: HTTPScope, path: str, send: ASGISendCallable) -> None:
        if path == "/thi":
            await _reply(send, 308, b"", ((b"location", b"/thi/"),))
            return
        if path == "/thi/health":
            status = 503 if self.journal.is_failing else 200
            content = _encode({"now_ms": self.clock.now_ms(), "order": self.follower.order})
            await _reply(send, status, content, _JSON)
            return
        file = self._page.get(path)
        if file is None:
            await _reply(send, 404, _encode(Refusal("not_found")), _JSON)
        elif scope["method"] not in ("GET", "HEAD"):
            await _reply(send, 405, _encode(Refusal("method")), _JSON)
        elif _header(scope, b"if-none-match") == file.etag:
            await _reply(send, 304, b"", file.headers)
        elif b"gzip" in _header(scope, b"accept-encoding"):
            await _reply(send, 200, file.packed, (*file.headers, (b"content-encoding", b"gzip")))
        else:
            await _reply(send, 200, file.plain, file.headers)

    # ---- the messages

    async def enter(self, scope: HTTPScope, body: bytes) -> Answer:
        request = _decode(_enter, body)
        now_ms = self.clock.now_ms()
        address = self._address(scope)
        code = read_code(request.code)
        if code is None:
            raise _Refusing(400, Refusal("code_mistyped"))
        wait_ms = self.guesses.wait_ms(address, now_ms)
        too_many = _Refusing(429, Refusal("too_many"), max(1, wait_ms // 1000))
        if wait_ms and not self.guesses.is_heard(address, now_ms):
            raise too_many
        tag = code_tag(self.config.secret, code)
        found = self.sittings.find(tag, now_ms)
        if found is None:
            if wait_ms:
                raise too_many
            if self.sittings.is_replaced(tag):
                raise _Refusing(401, Refusal("code_replaced"))
            self.guesses.wrong(address, now_ms)
            raise _Refusing(401, Refusal("code_unknown"))
        sitting, entry = found
        if sitting.withdrawal is Withdrawal.DONE:
            raise _Refusing(403, Refusal("held"))
        entry.seen_ms = now_ms
        line = await self.journal.store.line(sitting.sitting, entry.line)
        token = Token(entry.line, entry.issue, 0, sitting.sitting, NO_ATTEMPT)
        attempt = line.attempts[-1] if line.attempts else None
        terms = sitting.terms(entry, now_ms)
        own = {
            "token": self._tokens.make(token),
            "name": entry.name,
            "unit": entry.unit,
            "number": entry.number,
            "title": sitting.title,
            "now_ms": now_ms,
            "opens_ms": terms.opens_ms,
            "closes_ms": terms.closes_ms + terms.extra_ms,
            "state": self._state(sitting, entry, line, now_ms),
            "attempts_left": attempts_left(line, now_ms, terms),
            "results_url": sitting.results_url,
            "receipt": _receipt(sitting, attempt),
        }
        return 200, b"%b,%b}" % (_encode(own)[:-1], sitting.exam.entrance)

    async def start(self, scope: HTTPScope, body: bytes) -> Answer:
        token, sitting, entry = self._known(scope)
        request = _decode(_start, body)
        policy = sitting.exam.questions.file.policy
        try:
            device = bytes.fromhex(request.device)
        except ValueError:
            device = b""
        if self.clock.now_ms() - self.follower.looked_ms > _LOOKED_WITHIN_MS:
            raise UnavailableError("the desk may have stopped the starts meanwhile")
        accepted = (request.regulation, request.consent)
        if len(device) != 16 or accepted != (policy.regulation.version, policy.consent.version):
            raise _Refusing(400, Refusal("malformed"))
        chance = os.urandom(32)
        command = Start(device_tag(device), request.take_over, chance[:16], chance[16:])
        reply = await self._begin(sitting, entry, command)
        attempt = _standing(reply)
        entry.seen_ms = now_ms = self.clock.now_ms()
        pieces = sitting.pieces_of(entry, attempt.number) if sitting.game is None else ()
        if policy.signals:
            address = self._address(scope).encode()
            came = Signal(
                sitting.sitting,
                attempt.attempt,
                attempt.epoch,
                STARTED,
                NONE,
                NONE,
                0,
                now_ms,
                address,
            )
            self.signals.take(attempt.attempt, [came])
        started = {
            "token": self._tokens.make(
                Token(token.line, token.issue, attempt.epoch, sitting.sitting, attempt.attempt)
            ),
            "attempt": attempt.attempt.hex(),
            "epoch": attempt.epoch,
            "last_seq": attempt.last_seq,
            "started_ms": attempt.started_ms,
            "deadline_ms": attempt.deadline_ms,
            "now_ms": now_ms,
            "pulse_ms": self._pulse_ms(SITTING_PULSE_MS),
            "answers": attempt.answers,
            "prediction": attempt.prediction,
        }
        return 200, b"".join((_encode(started)[:-1], b',"paper":[', b",".join(pieces), b"]}"))

    async def _begin(self, sitting: Sitting, entry: RosterEntry, command: Start) -> Reply:
        """Start or resume; whoever would begin an attempt takes their turn where there is a queue.

        Whoever has one open is never asked to wait.
        """
        now_ms = self.clock.now_ms()
        terms = sitting.terms(entry, now_ms)
        if self.queue.is_open:
            return await self.journal.act(sitting.sitting, entry.line, command, terms)
        line = await self.journal.store.line(sitting.sitting, entry.line)
        if not would_begin(line, now_ms, terms):
            return await self.journal.act(sitting.sitting, entry.line, command, terms)
        turn = self.queue.ask((sitting.sitting, entry.line), now_ms)
        if not turn.may_begin:
            entry.seen_ms = now_ms
            queued = Refusal("queued", place=turn.place, wait_ms=turn.wait_ms)
            raise _Refusing(503, queued, turn.again_ms // 1000)
        has_begun = False
        try:
            reply = await self.journal.act(sitting.sitting, entry.line, command, terms)
            has_begun = isinstance(reply, Standing) and reply.attempt.attempt == command.attempt
            return reply
        finally:
            self.queue.settle(has_begun=has_begun)

    async def save(self, scope: HTTPScope, body: bytes) -> Answer:
        token, sitting, entry = self._known(scope)
        saves = _decode(_save, body).saves
        if token.attempt == NO_ATTEMPT:
            raise _Refusing(401, Refusal("token_invalid"))
        if not 0 < len(saves) <= MOST_SAVES:
            raise _Refusing(400, Refusal("malformed"))
        exam = sitting.exam
        counts = exam.option_counts or await self._option_counts(sitting, entry, token.attempt)
        if not _are_known(saves, counts, exam.questions.file.policy.prediction):
            raise _Refusing(422, Refusal("unknown_item"))
        game = sitting.game
        if game is not None:
            grace_ms = exam.questions.file.policy.grace_ms
            if is_too_much(game, entry.line, saves, self.clock.now_ms(), grace_ms):
                raise _Refusing(403, Refusal("out"))
        reply = await self.journal.act(
            sitting.sitting,
            entry.line,
            SaveAnswers(token.attempt, token.epoch, tuple(saves)),
            sitting.terms(entry, self.clock.now_ms()),
        )
        if not isinstance(reply, Saved):
            raise _refusing(reply)
        sitting.saves += 1
        entry.seen_ms = now_ms = self.clock.now_ms()
        saved = wire.SaveReply(reply.acknowledged, now_ms, reply.deadline_ms, reply.late)
        return 202 if reply.late else 200, _encode(saved)

    async def submit(self, scope: HTTPScope, body: bytes) -> Answer:
        token, sitting, entry = self._known(scope)
        request = _decode(_submit, body)
        reply = await self.journal.act(
            sitting.sitting,
            entry.line,
            Submit(token.attempt, token.epoch, request.last_seq, os.urandom(16)),
            sitting.terms(entry, self.clock.now_ms()),
        )
        return 200, _encode(_receipt(sitting, _standing(reply)))

    async def pulse(self, scope: HTTPScope, body: bytes) -> Answer:
        if body not in (b"", b"{}"):
            raise _Refusing(400, Refusal("malformed"))
        token, sitting, entry = self._known(scope)
        seen_ms, now_ms = entry.seen_ms, self.clock.now_ms()
        entry.seen_ms = now_ms
        line = await self.journal.store.line(sitting.sitting, entry.line)
        attempt = line.find(token.attempt) or (line.attempts[-1] if line.attempts else None)
        state = self._state(sitting, entry, line, now_ms)
        if attempt is not None and token.attempt == attempt.attempt:
            state = "open" if attempt.ended is Ended.OPEN else "submitted"
        receipt = _receipt(sitting, attempt)
        spread_ms = None
        asks_again_ms = _asks_again_ms(sitting, state, receipt, now_ms)
        if state == "waiting":
            self.crowd.hear(seen_ms, now_ms)
            spread_ms = self.crowd.spread_ms(own_share(entry.entry_key))
            asks_again_ms = self.crowd.asks_every_ms
        pulse_ms, together = self._pulse_ms(asks_again_ms), None
        if sitting.game is not None and attempt is not None:
            together = view_of(sitting, sitting.game, entry.line, now_ms)
            pulse_ms = asks_again_ms_of(sitting.game, now_ms) if state == "open" else pulse_ms
        terms = sitting.terms(entry, now_ms)
        reply = wire.PulseReply(
            now_ms=now_ms,
            opens_ms=terms.opens_ms,
            closes_ms=terms.closes_ms + terms.extra_ms,
            order=self.follower.order,
            pulse_ms=pulse_ms,
            state=state,
            deadline_ms=attempt.deadline_ms if attempt is not None else None,
            receipt=receipt,
            void=attempt is not None and attempt.void,
            spread_ms=spread_ms,
            together=together,
        )
        return 200, _encode(reply)

    async def note_signals(self, scope: HTTPScope, body: bytes) -> Answer:
        """Only where the sealed rules announce it, of an attempt that has begun, and in time."""
        token, sitting, entry = self._known(scope)
        if not sitting.exam.questions.file.policy.signals:
            raise _Refusing(403, Refusal("signals_off"))
        rows = _decode(_signals, body).signals
        if token.attempt == NO_ATTEMPT:
            raise _Refusing(401, Refusal("token_invalid"))
        if not 0 < len(rows) <= MOST_AT_ONCE:
            raise _Refusing(400, Refusal("malformed"))
        if any(not NONE <= item < sitting.items or lasted < 0 for _, item, _, lasted in rows):
            raise _Refusing(400, Refusal("malformed"))
        now_ms = self.clock.now_ms()
        terms = sitting.terms(entry, now_ms)
        line = await self.journal.store.line(sitting.sitting, entry.line)
        attempt = line.find(token.attempt)
        until_ms = max(terms.closes_ms + terms.extra_ms, attempt.deadline_ms if attempt else 0)
        if now_ms > until_ms + terms.grace_ms:
            raise _Refusing(403, Refusal("closed"))
        address = self._address(scope).encode()
        signals = [
            Signal(
                sitting.sitting,
                token.attempt,
                token.epoch,
                kind,
                item,
                client_ms,
                lasted_ms,
                now_ms,
                address,
            )
            for kind, item, client_ms, lasted_ms in rows
        ]
        return 200, _encode(wire.SignalsReply(self.signals.take(token.attempt, signals)))

    # ---- parts

    def _known(self, scope: HTTPScope) -> tuple[Token, Sitting, RosterEntry]:
        token = self._tokens.read(_header(scope, b"x-thi-token"))
        sitting = self.sittings.by_id.get(token.sitting) if token else None
        entry = sitting.lines.get(token.line) if sitting and token else None
        gone = sitting is not None and sitting.withdrawal is Withdrawal.DONE
        if token is None or sitting is None or entry is None or gone:
            raise _Refusing(401, Refusal("token_invalid"))
        if token.issue != entry.issue:
            raise _Refusing(401, Refusal("code_replaced"))
        return token, sitting, entry

    def _address(self, scope: HTTPScope) -> str:
        """Who speaks; a forwarded address counts only from a trusted proxy."""
        client = scope.get("client")
        address = client[0] if client else ""
        if address in self.config.trusted_proxies:
            forwarded = _header(scope, b"x-forwarded-for").decode("latin-1")
            return forwarded.rpartition(",")[2].strip() or address
        return address

    def _state(self, sitting: Sitting, entry: RosterEntry, line: Line, now_ms: int) -> wire.State:
        last = line.attempts[-1] if line.attempts else None
        if last is not None and last.ended is Ended.OPEN and not last.void:
            return "open"
        terms = sitting.terms(entry, now_ms)
        left = attempts_left(line, now_ms, terms)
        if now_ms < terms.opens_ms:
            return "waiting" if last is None or last.void else "submitted"
        if now_ms < terms.closes_ms + terms.extra_ms and left != 0:
            return "ready"
        return "submitted" if last is not None else "closed"

    async def _option_counts(
        self, sitting: Sitting, entry: RosterEntry, attempt: bytes
    ) -> tuple[int, ...]:
        """How many options each position of an attempt's paper has."""
        counts = self._counts.get(attempt)
        if counts is None:
            line = await self.journal.store.line(sitting.sitting, entry.line)
            known = line.find(attempt)
            if known is None:
                raise _Refusing(401, Refusal("token_invalid"))
            drawn = sitting.paper_of(entry, known.number)
            counts = self._counts[attempt] = tuple(len(place.order) for place in drawn)
        return counts

    def _pulse_ms(self, base_ms: int) -> int:
        """Longer when many wait for the disk; a little different for everybody."""
        loaded = base_ms * (1 + min(4, self.journal.queue // 500))
        return loaded + int(random.random() * loaded / 4)  # noqa: S311 - jitter, not a secret


ROUTES: dict[str, Handler] = {
    "/thi/v1/enter": Hall.enter,
    "/thi/v1/start": Hall.start,
    "/thi/v1/save": Hall.save,
    "/thi/v1/submit": Hall.submit,
    "/thi/v1/pulse": Hall.pulse,
    "/thi/v1/signals": Hall.note_signals,
}


def _posted(scope: HTTPScope, handler: Handler) -> Handler:
    if scope["method"] != "POST":
        raise _Refusing(405, Refusal("method"))
    return handler


def _are_known(
    saves: Sequence[Save], counts: tuple[int, ...], prediction: Prediction | None
) -> bool:
    """Whether positions and options are of this paper; −1 clears an answer."""
    for _, item, option, _ in saves:
        if item == PREDICTION:
            if prediction is None or not prediction.minimum <= option <= prediction.maximum:
                return False
        elif not (0 <= item < len(counts) and NONE <= option < counts[item]):
            return False
    return True


def _asks_again_ms(
    sitting: Sitting, state: wire.State, receipt: wire.ReceiptView | None, now_ms: int
) -> int:
    """How soon a page should ask again; sooner while it awaits the score that is promised."""
    if state == "submitted" and receipt is not None and receipt.score is None:
        waited_ms = now_ms - receipt.submitted_ms
        if sitting.promise != "none" and waited_ms < _AWAITS_SCORE_MS:
            return SCORE_PULSE_MS if waited_ms < _SCORED_SOON_MS else SITTING_PULSE_MS
    return ENDED_PULSE_MS if state == "submitted" else SITTING_PULSE_MS


def _receipt(sitting: Sitting, attempt: Attempt | None) -> wire.ReceiptView | None:
    if attempt is None or attempt.ended is Ended.OPEN:
        return None
    receipt = attempt.receipt()
    told = None if attempt.void else sitting.scores.get(attempt.attempt)
    return wire.ReceiptView(
        receipt=receipt_text(receipt),
        nonce=attempt.nonce.hex(),
        attempt=attempt.attempt.hex(),
        submitted_ms=attempt.ended_ms,
        automatic=attempt.ended is Ended.AUTOMATIC,
        answered=sum(option >= 0 for option in attempt.answers),
        total=len(attempt.answers),
        score=shown_score(told, receipt, sitting.promise),
    )


def _refusing(reply: Reply) -> Exception:
    if isinstance(reply, Refused):
        return _Refusing(reply.status, reply.refusal)
    return TypeError(f"unexpected reply: {type(reply).__name__}")


def _standing(reply: Reply) -> Attempt:
    if not isinstance(reply, Standing):
        raise _refusing(reply)
    return reply.attempt


def _decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refusing(400, Refusal("malformed")) from error


def _header(scope: HTTPScope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return value
    return b""


async def _reply(
    send: ASGISendCallable, status: int, content: bytes, headers: tuple[Header, ...]
) -> None:
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": status,
        "headers": (*headers, (b"content-length", b"%d" % len(content))),
        "trailers": False,
    }
    body: HTTPResponseBodyEvent = {
        "type": "http.response.body",
        "body": content,
        "more_body": False,
    }
    await send(start)
    await send(body)
