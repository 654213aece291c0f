"""The hall of a rehearsal: a folder, stores, and a process of its own; and taking them away again.

One rehearsal at a time in an installation: it holds a lock for as long as it lives. Whoever holds
the lock takes away what one that was killed has left.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hoithi.hall.formats import Row
from hoithi.hall.roster import roster_sha256
from hoithi.hall.store import control_writer, journal_reader
from hoithi.hall.store.api import (
    OrderKind,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoreError,
)
from hoithi.rehearsal.spec import OPTIONS, Spec
from hoithi.rules import paper
from hoithi.rules.codes import access_code, code_tag
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import SourceItem
from hoithi.rules.together import Event, write_event

FOLDER = re.compile(r"dien-tap-([0-9a-f]{12})")
_DATABASE = "hoithi_dien_tap_"
_LOCKED_WITHIN_S = 2.0
_READY_WITHIN_S = 60.0
_SETTLED_WITHIN_S = 120.0
_STOPPED_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.1
_IDLE_S = 0.05
_GONE_WITHIN_MS = 10_000
_LATER_MS = 86_400_000
MEGABYTE = 1_000_000
_POOL = 5
_UNITS = 20
_STEM = (
    "Câu diễn tập số {}: theo quy định, cơ quan nào chịu trách nhiệm hướng dẫn, kiểm tra và tổng"
    " hợp việc thực hiện nội dung nêu trên tại địa phương trong năm?"
)
_OPTION = "Phương án diễn tập {} của câu {}, dài như người ta vẫn viết trong đề thi."


@contextmanager
def alone(root: Path, within_s: float = _LOCKED_WITHIN_S) -> Iterator[None]:
    """Be the only rehearsal of this installation. Raises RuleViolation `rehearsal_running`."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        until = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise RuleViolation("rehearsal_running") from None
                time.sleep(_LOOK_EVERY_S)
        yield


def clear(root: Path, server: str) -> None:
    """Take away what killed rehearsals have left; for who holds the lock."""
    for folder in root.resolve().iterdir():
        name = FOLDER.fullmatch(folder.name)
        if name is None:
            continue
        for process in halls_of(folder):
            _kill(process)
        _remove(folder, server, name[1])


def _kill(process: int) -> None:
    """End a process of somebody else, and wait until it writes nothing any more."""
    with suppress(ProcessLookupError):
        watched = os.pidfd_open(process)
        try:
            signal.pidfd_send_signal(watched, signal.SIGKILL)
            waiting = select.poll()
            waiting.register(watched, select.POLLIN)
            waiting.poll(_GONE_WITHIN_MS)
        finally:
            os.close(watched)


def clear_left(root: Path, server: str) -> None:
    """The same, unless a rehearsal runs."""
    if root.exists() and any(FOLDER.fullmatch(each.name) for each in root.iterdir()):
        with suppress(RuleViolation), alone(root, 0):
            clear(root, server)


def halls_of(folder: Path) -> Iterator[int]:
    """Halls that write into a folder, by what they were told."""
    told = f"HOITHI_VAR={folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if told in (process / "environ").read_bytes().split(b"\0"):
                yield int(process.name)


def _remove(folder: Path, server: str, name: str) -> None:
    """The folder goes last: while it is there, the next rehearsal knows what is left over."""
    if server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        try:
            with _administering(server) as db:
                db.execute(drop.format(sql.Identifier(_DATABASE + name)))
        except psycopg.Error:
            return
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _administering(server: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with closing(psycopg.connect(server, autocommit=True, connect_timeout=10)) as db:
        yield db


@dataclass(slots=True)
class Stage:
    """A hall with one sitting and a synthetic roster, not open yet."""

    spec: Spec
    folder: Path
    control: str
    journal: str
    sitting: bytes
    port: int
    secret: str
    process: subprocess.Popen[bytes] | None = None
    codes: list[str] = field(default_factory=list)
    roster: bytes = b""

    def publish(self) -> None:
        """Package and roster into control, the opening a day away. Raises StoreError."""
        made = _package(self.spec, self.sitting.hex())
        questions = paper.read_questions(made.questions)
        key = secrets.token_bytes(32)
        is_together = self.spec.policy.together is not None
        common = secrets.token_bytes(16) if is_together else b""  # one paper for all
        lines = []
        for number in range(1, self.spec.contestants + 1):
            entry = secrets.token_bytes(16)
            code = access_code(key, entry, 1)
            self.codes.append(code)
            tag = code_tag(self.secret.encode(), code)
            lines.append(_line(number, entry, tag, common or secrets.token_bytes(16)))
        self.roster = roster_sha256(self.sitting, lines)
        opens_ms = _now_ms() + _LATER_MS
        sitting = PublishedSitting(
            self.sitting,
            self.sitting.hex(),
            self.spec.title,
            "",
            self.roster,
            opens_ms,
            opens_ms + _LATER_MS,
        )
        package = PublishedPackage(self.sitting.hex(), made.questions, questions.sha256, bytes(32))
        with closing(control_writer(self.control)) as writer:
            writer.publish(package, sitting, lines)

    def start(self) -> None:
        """Start the hall and wait until it answers. Raises RuleViolation `rehearsal_no_hall`."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("HOITHI_")}
        own |= {
            "HOITHI_VAR": str(self.folder),
            "HOITHI_HALL_SECRET": self.secret,
            "HOITHI_HALL_HOST": "127.0.0.1",
            "HOITHI_HALL_PORT": str(self.port),
            "HOITHI_HALL_CONTROL": self.control,
            "HOITHI_HALL_JOURNAL": self.journal,
        }
        if self.spec.capacity:
            own["HOITHI_HALL_CAPACITY"] = str(self.spec.capacity)
        with (self.folder / "hall.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hoithi.hall"],
                env=own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                if self._health() == http.HTTPStatus.OK:
                    return
            time.sleep(_LOOK_EVERY_S)
        raise RuleViolation("rehearsal_no_hall", said=self._said())

    def _health(self) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as asking:
            asking.request("GET", "/thi/health")
            answer = asking.getresponse()
            answer.read()
            return answer.status

    def _said(self) -> str:
        lines = (self.folder / "hall.log").read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else ""

    def files(self) -> list[str]:
        """What a phone loads before the first question."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as asking:
            asking.request("GET", "/thi/")
            page = asking.getresponse().read().decode()
        return ["/thi/", *(f"/thi/{name}" for name in re.findall(r'"(page\.\w+\?\w+)"', page))]

    def settle(self, going: Callable[[], bool]) -> None:
        """Wait until the hall has drawn its papers ahead and rests, as on the evening before."""
        before = self.cpu_s()
        until = time.monotonic() + _SETTLED_WITHIN_S
        while going() and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S * 5)
            now = self.cpu_s()
            if now - before < _IDLE_S:
                return
            before = now

    def open_at(self, at_ms: int) -> None:
        """Order the opening, as the desk does."""
        self._order(OrderKind.OPEN_AT, at_ms, "")

    def press(self, number: int, event: Event) -> None:
        """The next press in a round in which all answer together."""
        self._order(OrderKind.TOGETHER, number, write_event(event))

    def _order(self, kind: OrderKind, amount: int, text: str) -> None:
        with closing(control_writer(self.control)) as writer:
            writer.order(
                sitting=self.sitting,
                kind=kind,
                actor="rehearsal",
                reason="rehearsal",
                at_ms=_now_ms(),
                amount=amount,
                text=text,
            )

    def cpu_s(self) -> float:
        """Seconds of a processor that the hall has used."""
        times = self._proc("stat").rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK") if times else 0.0

    def peak_mb(self) -> int:
        """The most memory that the hall has had."""
        found = re.search(r"VmHWM:\s+(\d+) kB", self._proc("status"))
        return int(found[1]) // 1000 if found else 0

    def _proc(self, name: str) -> str:
        """What the kernel says of the hall; nothing where it says nothing."""
        if self.process is None:
            return ""
        try:
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        except OSError:
            return ""

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Let the hall write what waits, and end it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=_STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def store_mb(self) -> int:
        """What control and journal take in the end, rounded up. Raises psycopg.Error."""
        if self.spec.server:
            with _administering(self.journal) as db:
                (found,) = db.execute("SELECT pg_database_size(current_database())").fetchall()
            taken = int(str(found[0]))
        else:
            files = (*self.folder.glob("control.*"), *self.folder.glob("journal.*"))
            taken = sum(each.stat().st_size for each in files)
        return -(-taken // MEGABYTE)

    def rows(self) -> Iterator[Row]:
        """Everything that the journal has of the sitting. Raises StoreError."""
        with closing(journal_reader(self.journal)) as reader:
            for batch in reader.batches(self.sitting):
                yield from batch.rows


@contextmanager
def stage(spec: Spec) -> Iterator[Stage]:
    """A stage with its stores made; in the end nothing of it is left.

    Raises RuleViolation: `rehearsal_no_room`, `rehearsal_no_database`, `rehearsal_no_hall`.
    """
    root = Path(spec.root)
    name = secrets.token_hex(6)
    folder = root.resolve() / f"dien-tap-{name}"
    folder.mkdir(parents=True)
    made = Stage(
        spec=spec,
        folder=folder,
        control=str(folder / "control.sqlite3"),
        journal=str(folder / "journal.sqlite3"),
        sitting=secrets.token_bytes(16),
        port=_free_port(),
        secret=secrets.token_urlsafe(32),
    )
    try:
        if spec.server:
            made.control = made.journal = _make_database(spec.server, name)
        yield made
    except StoreError as error:
        raise RuleViolation("rehearsal_no_hall", said=str(error)[:200]) from error
    finally:
        made.stop()
        _remove(folder, spec.server, name)


def _make_database(server: str, name: str) -> str:
    """A database of its own on the server that the real journal is on; answers its address."""
    try:
        with _administering(server) as db:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE + name)))
    except psycopg.Error as error:
        raise RuleViolation("rehearsal_no_database", said=str(error).strip()[:200]) from error
    return address_of(server, _DATABASE + name)


def address_of(server: str, database: str) -> str:
    """The address of another database on the same server, whichever way the first is named.

    Raises ValueError where it would lead to the first one all the same.
    """
    scheme, _, rest = server.partition("://")
    place, _, query = rest.partition("?")
    host = place.partition("/")[0]
    kept = "&".join(each for each in query.split("&") if not each.startswith("dbname="))
    address = f"{scheme}://{host}/{database}" + (f"?{kept}" if kept else "")
    if conninfo_to_dict(address).get("dbname") != database:
        raise ValueError("a rehearsal needs a database of its own")
    return address


def _package(spec: Spec, package_id: str) -> paper.Package:
    """Questions made up for the blueprint, five times as many as one paper has."""
    source = [
        SourceItem(
            topic=row.topic,
            level=row.level,
            stem=_STEM.format(f"{row.topic}-{number}"),
            options=tuple(_OPTION.format(at + 1, number) for at in range(OPTIONS)),
            keys=(0,),
        )
        for row in spec.blueprint
        for number in range(row.count * _POOL)
    ]
    return paper.build_package(
        source,
        blueprint=spec.blueprint,
        policy=spec.policy,
        package_id=package_id,
        secret=secrets.token_bytes(32),
    )


def _line(number: int, entry: bytes, tag: bytes, entry_key: bytes) -> PublishedLine:
    unit = number % _UNITS + 1
    return PublishedLine(
        line=number,
        entry_key=entry_key,
        code_tag=tag,
        issue=1,
        name=f"Diễn Tập {number:05d}",
        unit=f"Đơn vị diễn tập {unit:02d}",
        number=f"DT-{number:05d}",
        entry=entry,
        unit_code=f"DT-{unit:02d}",
        category="dien-tap",
        barred=False,
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
