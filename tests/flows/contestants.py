"""Contestants who speak the hall's protocol and write down what the hall has acknowledged."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from tests.hall.scene import Client, HallProcess, Json

ITEMS = 30
PATIENCE_S = 120.0
_AWAY = (OSError, http.client.HTTPException)


class Power:
    """The hall's power switch: whoever finds the hall dead waits here until it is back."""

    def __init__(self, hall: HallProcess) -> None:
        self.hall = hall
        self._on = threading.Event()
        self._told = threading.Condition()
        self._saves = 0

    def on(self) -> None:
        self.hall.start()
        self._on.set()

    def cut(self) -> None:
        """SIGKILL, whatever the hall is doing."""
        self._on.clear()
        self.hall.kill()

    def wait(self) -> None:
        assert self._on.wait(PATIENCE_S), "the hall did not come back"

    def saved(self) -> None:
        """Somebody's save was acknowledged."""
        with self._told:
            self._saves += 1
            self._told.notify_all()

    def wait_for_saves(self, count: int) -> None:
        """Until the hall has acknowledged so many saves."""
        with self._told:
            assert self._told.wait_for(lambda: self._saves >= count, PATIENCE_S), self._saves


@dataclass
class Log:
    """What a client knows for sure: 2xx replies of the hall, nothing else.

    `answers` is the option last acknowledged at each place of the paper, −1 where it was cleared.
    """

    answers: dict[int, int] = field(default_factory=dict)
    started_ms: int = -1
    submitted_ms: int = -1
    receipt: str = ""

    @property
    def duration_ms(self) -> int:
        return self.submitted_ms - self.started_ms

    def note_receipt(self, receipt: object) -> None:
        assert isinstance(receipt, dict)
        self.submitted_ms, self.receipt = receipt["submitted_ms"], receipt["receipt"]


@dataclass
class Contestant:
    """Somebody with a slip, a device, and so many answers that they mean to get right."""

    place: int  # among all contestants; what they do differs by it
    number: str
    code: str
    right: int
    power: Power
    knowledge: Mapping[str, str]
    log: Log = field(default_factory=Log)
    device: int = 1
    moves: list[tuple[int, int]] = field(default_factory=list)
    done: int = 0
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.power.hall.port, device=self._device_id())

    def _device_id(self) -> str:
        return f"{self.place * 10 + self.device:032x}"

    def _surely(self, call: Callable[[], tuple[int, Json]]) -> Json:
        """Repeat a call until the hall has answered it; it must accept."""
        while True:
            try:
                status, reply = call()
            except _AWAY:
                if self.client.connection is not None:
                    self.client.connection.close()
                self.power.wait()
            else:
                assert status == 200, (self.number, status, reply)
                return reply

    def begin(self) -> None:
        """Enter with the slip, start, and decide what to answer in which order."""
        entered = self._surely(lambda: self.client.enter(self.code))
        assert entered["number"] == self.number
        started = self._surely(lambda: self._start(take_over=False))
        self.log.started_ms = _whole(started["started_ms"])
        self.moves = self._plan(started["paper"])

    def _start(self, *, take_over: bool) -> tuple[int, Json]:
        status, reply = self.client.post(
            "start",
            {
                "device": self.client.device,
                "regulation": "1.0",
                "consent": "1.0",
                "take_over": take_over,
            },
        )
        if status == 200:
            self.client.token, self.client.seq = str(reply["token"]), _whole(reply["last_seq"])
        return status, reply

    def _plan(self, paper: object) -> list[tuple[int, int]]:
        """(position, option) in the order of saving; some change their mind, some take back."""
        assert isinstance(paper, list)
        assert len(paper) == ITEMS
        moves = []
        for step in range(ITEMS):
            position = (step * 7 + self.place) % ITEMS  # 7 and 30 share no divisor
            options = paper[position]["options"]
            best = options.index(self.knowledge[paper[position]["stem"]])
            wrong = (best + 1 + self.place % 3) % len(options)
            final = best if step < self.right else wrong
            if (step + self.place) % 9 == 0:
                moves.append((position, (final + 1) % len(options)))
            moves.append((position, final))
            if final == wrong and step % 5 == 0:
                moves.append((position, -1))
        return moves

    def work(self, share: float) -> None:
        """Save the next moves up to this share of them, one to three at a time."""
        end = round(len(self.moves) * share)
        while self.done < end:
            here = self.moves[self.done : min(end, self.done + 1 + (self.place + self.done) % 3)]
            reply = self._surely(partial(self.client.save, *here))
            assert reply["acknowledged"] == self.client.seq
            self.done += len(here)
            self.log.answers.update(here)
            self.power.saved()

    def change_device(self) -> None:
        """The phone is lost; another one goes on where the hall's acknowledged answers end."""
        self.device += 1
        self.client = Client(self.power.hall.port, device=self._device_id())
        self._surely(lambda: self.client.enter(self.code))
        status, refused = self._start(take_over=False)
        assert (status, refused["error"]) == (409, "other_device")
        reply = self._surely(lambda: self._start(take_over=True))
        assert reply["answers"] == [self.log.answers.get(at, -1) for at in range(ITEMS)]

    def hand_in(self) -> None:
        self.log.note_receipt(self._surely(self.client.submit))

    def fetch_receipt(self) -> None:
        """After the sitting was closed: the hall has handed in for them."""
        reply = self._surely(self.client.pulse)
        assert reply["state"] == "submitted"
        self.log.note_receipt(reply["receipt"])

    def come_too_late(self) -> None:
        """Answer once more when all is over; the hall keeps it as late, it does not count."""
        status, reply = self.client.save((0, 0), (1, 0))
        assert (status, reply["late"]) == (202, True)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
