"""A hall with one sitting, for tests: a real process on a real socket, and who talks to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hoithi.hall import wire
from hoithi.hall.roster import roster_sha256
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import OrderKind, PublishedLine, PublishedPackage, PublishedSitting
from hoithi.rules import paper
from hoithi.rules.codes import access_code, code_tag
from hoithi.rules.paper import Policy, SourceItem
from tests.rules.test_paper import BLUEPRINT, POLICY, source

SECRET = b"a secret of the tests"
CODE_KEY = b"a code key of the tests"
SITTING = bytes(range(16))


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def entry_key(line: int) -> bytes:
    return (1000 + line).to_bytes(16, "big")


def code(line: int, issue: int = 1) -> str:
    return access_code(CODE_KEY, line.to_bytes(16, "big"), issue)


def published_line(line: int, *, common: bool = False) -> PublishedLine:
    """A line; with `common` it has the paper that all have."""
    return PublishedLine(
        line,
        entry_key(0 if common else line),
        code_tag(SECRET, code(line)),
        1,
        f"Mẫu Thị {line}",
        f"Đơn vị {line % 2}",
        f"{line:04d}",
        line.to_bytes(16, "big"),
        f"DV-{line % 2}",
        "ca-nhan",
        line % 7 == 0,
    )


def published_sitting(
    lines: Sequence[PublishedLine],
    opens_ms: int,
    closes_ms: int,
    *,
    package: str = "ab" * 16,
    title: str = "Hội thi mẫu",
    sitting: bytes = SITTING,
) -> PublishedSitting:
    """A sitting with the hash of its roster."""
    roster = roster_sha256(sitting, lines)
    return PublishedSitting(sitting, package, title, "", roster, opens_ms, closes_ms)


def made_package(
    policy: Policy = POLICY, items: Sequence[SourceItem] | None = None
) -> paper.Package:
    """The package that `publish` publishes."""
    return paper.build_package(
        source() if items is None else items,
        blueprint=BLUEPRINT,
        policy=policy,
        package_id="ab" * 16,
        secret=b"s" * 32,
    )


def publish(
    control: str | Path,
    *,
    opens_ms: int,
    closes_ms: int,
    lines: int = 5,
    policy: Policy = POLICY,
    items: Sequence[SourceItem] | None = None,
) -> paper.Package:
    """Publish one sitting; answers its package, keys and all, for the test's own grading.

    `control` is a path or an address.
    """
    made = made_package(policy, items)
    questions = paper.read_questions(made.questions)
    writer = control_writer(str(control))
    common = policy.together is not None
    roster = [published_line(line, common=common) for line in range(1, lines + 1)]
    writer.publish(
        PublishedPackage("ab" * 16, made.questions, questions.sha256, bytes(32)),
        published_sitting(roster, opens_ms, closes_ms),
        roster,
    )
    writer.close()
    return made


def order(control: str | Path, kind: OrderKind, **more: int | str | bytes | None) -> int:
    writer = control_writer(str(control))
    number = writer.order(
        sitting=_bytes(more.get("sitting")) or SITTING,
        kind=kind,
        actor="Thử",
        reason="thử",
        at_ms=_number(more.get("at_ms")) or now_ms(),
        line=_number(more.get("line")),
        attempt=_bytes(more.get("attempt")),
        amount=_number(more.get("amount")) or 0,
        text=str(more.get("text", "")),
    )
    writer.close()
    return number


def _number(value: int | str | bytes | None) -> int | None:
    return value if isinstance(value, int) else None


def _bytes(value: int | str | bytes | None) -> bytes | None:
    return value if isinstance(value, bytes) else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class HallProcess:
    """`python -m hoithi.hall` as a user would start it, on files or on one database."""

    folder: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def control(self) -> Path:
        return self.folder / "control.sqlite3"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite3"

    @property
    def control_address(self) -> str:
        return self.database or str(self.control)

    @property
    def journal_address(self) -> str:
        return self.database or str(self.journal)

    @property
    def log(self) -> Path:
        return self.folder / f"hall-{self.port}.log"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOITHI_HALL_SECRET": SECRET.decode(),
            "HOITHI_HALL_PORT": str(self.port),
            "HOITHI_HALL_JOURNAL": self.journal_address,
            "HOITHI_HALL_CONTROL": self.control_address,
            **self.more,
        }

    def start(self) -> HallProcess:
        """Start and wait until it answers."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hoithi.hall"], env=self.environment(), stderr=log
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            try:
                status, _, _ = Client(self.port).request("GET", "/thi/health")
            except OSError:
                time.sleep(0.02)
                continue
            if status == 200:
                return self
        raise TimeoutError("the hall does not answer")

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is written."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)


Json = dict[str, object]
OPENED: list[http.client.HTTPConnection] = []


def close_connections() -> None:
    """Hang up on behalf of every client."""
    while OPENED:
        OPENED.pop().close()


def hold_to(kind: type[msgspec.Struct], reply: Json) -> None:
    """Raise unless a reply has the fields of a message and no others, and each of its type."""
    unknown = reply.keys() - set(kind.__struct_encode_fields__)
    if unknown:
        raise AssertionError(f"{kind.__name__} has no {sorted(unknown)}")
    message = msgspec.convert(reply, kind)
    sent = msgspec.to_builtins(message)
    assert sent == reply, (sent, reply)


@dataclass
class Client:
    """One device that speaks the hall's protocol over its own connection."""

    port: int
    device: str = "0" * 32
    token: str = ""
    seq: int = 0
    connection: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Json, dict[str, str]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            OPENED.append(self.connection)
        send = {key.replace("_", "-"): value for key, value in headers.items()}
        if self.token:
            send["X-Thi-Token"] = self.token
        self.connection.request(method, path, body, send)
        response = self.connection.getresponse()
        content = response.read()
        reply = json.loads(content) if content.startswith(b"{") else {}
        return response.status, reply, {k.lower(): v for k, v in response.getheaders()}

    def post(self, name: str, message: object) -> tuple[int, Json]:
        """Post a message; whatever comes back must be what `wire` says, field by field."""
        body = json.dumps(message).encode()
        status, reply, _ = self.request("POST", f"/thi/v1/{name}", body)
        hold_to(wire.MESSAGES[f"/thi/v1/{name}"][1] if status < 300 else wire.Refusal, reply)
        return status, reply

    def enter(self, access: str) -> tuple[int, Json]:
        self.token = ""
        status, reply = self.post("enter", {"code": access})
        if status == 200:
            self.token = str(reply["token"])
        return status, reply

    def start(self, *, take_over: bool = False) -> tuple[int, Json]:
        status, reply = self.post(
            "start",
            {"device": self.device, "regulation": "1", "consent": "1", "take_over": take_over},
        )
        if status == 200:
            self.token = str(reply["token"])
            last = reply["last_seq"]
            assert isinstance(last, int)
            self.seq = last
        return status, reply

    def save(self, *choices: tuple[int, int]) -> tuple[int, Json]:
        """Save (position, option) pairs under the next numbers."""
        saves = [
            [self.seq + at, item, option, -1] for at, (item, option) in enumerate(choices, start=1)
        ]
        status, reply = self.post("save", {"saves": saves})
        if status in (200, 202):
            self.seq += len(choices)
        return status, reply

    def submit(self) -> tuple[int, Json]:
        return self.post("submit", {"last_seq": self.seq})

    def pulse(self) -> tuple[int, Json]:
        return self.post("pulse", {})


def wait_until(is_so: Callable[[], bool], within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def wait_for_order(client: Client, number: int) -> Json:
    for _ in range(100):
        status, reply = client.pulse()
        assert status == 200
        if reply["order"] == number:
            return reply
        time.sleep(0.05)
    raise TimeoutError(number)
