"""A PostgreSQL cluster of its own for tests and measurements, gone when they are done."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

_INSTALLED = Path("/usr/lib/postgresql")
_OURS = "hoithi.conf"
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 50
shared_buffers = 64MB
log_min_messages = warning
"""
_UNSYNCED = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def binaries() -> Path:
    """The folder of initdb and postgres; the newest version where there are several."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(
        (int(folder.name), folder) for folder in _INSTALLED.glob("*") if folder.name.isdecimal()
    )
    for _, folder in reversed(versions):
        if (folder / "bin/initdb").exists():
            return folder / "bin"
    raise FileNotFoundError(
        "PostgreSQL's initdb is missing. Install it with:  sudo apt-get install postgresql"
    )


def server_user() -> str | None:
    """Who runs the server: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A server with its data in one folder. It `syncs` what it writes, as it would where it counts;
    tests of which none cuts the power may do without."""

    folder: Path
    syncs: bool = True
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def create(self, *options: str) -> None:
        """`options` are more of those that initdb takes."""
        user = self._hand_over()
        subprocess.run(
            [
                *(binaries() / "initdb", "--pgdata", self.data, "--username", "postgres"),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
                *options,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            extra_groups=None if user is None else [],
            cwd=self.folder,
        )
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"include '{_OURS}'\n")
        self._configure()

    def copy(self, data: Path) -> None:
        """Begin with the data of a cluster that is at rest."""
        self._hand_over()
        subprocess.run(["cp", "-a", data, self.data], check=True)
        self._configure()

    def _hand_over(self) -> str | None:
        user = server_user()
        if user is not None:
            shutil.chown(self.folder, user)
        return user

    def _configure(self) -> None:
        (self.data / _OURS).write_text(_CONFIGURATION + ("" if self.syncs else _UNSYNCED))

    def start(self) -> None:
        user = server_user()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [binaries() / "postgres", "-D", self.data, "-p", str(self.port)],
                stdout=log,
                stderr=log,
                user=user,
                extra_groups=None if user is None else [],
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """All processes of the server leave at once and write nothing."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)

    def stop(self) -> None:
        """It ends in order and writes everything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def fresh(self, template: str = "template1") -> str:
        """The address of a new database: an empty one, or a copy of one that nobody is in."""
        name = f"t{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def execute(self, *statements: str) -> None:
        """Run statements as the owner of the cluster."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            for statement in statements:
                db.execute(statement.encode())


@contextmanager
def temporary_cluster(
    *options: str, syncs: bool = True, copied: Path | None = None
) -> Iterator[Cluster]:
    """A running cluster on a free loopback port, without passwords; nothing of it remains.

    `options` are more of those that initdb takes; a `copied` one has been made already and rests.
    """
    with tempfile.TemporaryDirectory(prefix="hoithi-postgres-") as folder:
        cluster = Cluster(Path(folder), syncs)
        if copied is None:
            cluster.create(*options)
        else:
            cluster.copy(copied)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.kill()
