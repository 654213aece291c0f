"""`hoithi doctor` and the health page: what is well here, what is not, and what to do."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import apsw
from django.conf import settings
from django.db import DatabaseError, connection

from hoithi.audit.queries import first_broken
from hoithi.config.tables import wrong_with_tables
from hoithi.hall.config import read_config
from hoithi.hall.store import journal_reader
from hoithi.hall.store.api import StoreError

State = Literal["ok", "warn", "bad"]
FREE_BAD, FREE_WARN = 200_000_000, 2_000_000_000
_SYNC_WARN_MS = 50
_HALL_SEEN_MS = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    detail: str


def examine() -> list[Finding]:
    """Look at everything; a few seconds at most."""
    return [
        _disk(),
        _sync(),
        _libraries(),
        _tables(),
        _log(),
        _hall(),
        _addresses(),
        _secrets(),
    ]


def _disk() -> Finding:
    free = shutil.disk_usage(settings.VAR).free
    state: State = "bad" if free < FREE_BAD else "warn" if free < FREE_WARN else "ok"
    return Finding(state, "disk", f"{free // 1_000_000} MB free in {settings.VAR}")


def _sync() -> Finding:
    """Median of a few flushes of a small write: what one batch of answers costs."""
    times = []
    with tempfile.NamedTemporaryFile(dir=settings.VAR) as file:
        for _ in range(9):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - begun)
    middle = sorted(times)[4] * 1000
    return Finding("warn" if middle > _SYNC_WARN_MS else "ok", "sync", f"{middle:.1f} ms")


def _libraries() -> Finding:
    return Finding(
        "ok",
        "SQLite",
        f"desk {sqlite3.sqlite_version}, hall {apsw.sqlite_lib_version()}",
    )


def _tables() -> Finding:
    wrong = wrong_with_tables()
    return Finding("bad" if wrong else "ok", "database", wrong or "up to date")


def _log() -> Finding:
    try:
        broken = first_broken()
    except DatabaseError:
        return Finding("bad", "log", "cannot be read")
    if broken is not None:
        return Finding("bad", "log", f"entry {broken} does not follow from the one before")
    return Finding("ok", "log", "unbroken")


def _hall() -> Finding:
    try:
        with closing(journal_reader(settings.HALL_JOURNAL)) as reader:
            nodes = reader.nodes()
    except StoreError:
        nodes = []
    if not nodes:
        return Finding("warn", "hall", "has never run here")
    newest = max(nodes, key=lambda node: node.seen_ms)
    refused = json.loads(newest.snapshot or "{}").get("refused", [])
    if refused:
        return Finding(
            "bad",
            "hall",
            f"not opened, since its roster in control is not that published: {', '.join(refused)}",
        )
    away = int(time.time() * 1000) - newest.seen_ms
    if away > _HALL_SEEN_MS:
        return Finding("warn", "hall", f"last seen {away // 1000} s ago, or the clock has moved")
    return Finding("ok", "hall", "running")


def _addresses() -> Finding:
    if settings.PRODUCTION and not settings.PUBLIC_URL.startswith("https://"):
        return Finding(
            "warn", "address", f"{settings.PUBLIC_URL} has no certificate; passwords go in the open"
        )
    if settings.PRODUCTION and not read_config().trusted_proxies:
        return Finding(
            "warn",
            "address",
            "HOITHI_TRUSTED_PROXIES is empty: to the hall everybody has the proxy's address, "
            "and a few wrong codes keep all others out",
        )
    return Finding("ok", "address", f"{settings.PUBLIC_URL}, hall {settings.HALL_URL}")


def _secrets() -> Finding:
    """What is public or short has stopped the start already (hoithi.config.environment)."""
    if not settings.PRODUCTION:
        return Finding("warn", "secrets", "development values; HOITHI_ENV=production refuses them")
    secrets = [settings.SECRET_KEY, settings.DATA_KEY, settings.CODE_KEY, settings.HALL_SECRET]
    if len(set(secrets)) < len(secrets):
        return Finding("bad", "secrets", "one of them stands in two variables; each needs its own")
    return Finding("ok", "secrets", "four of 32 characters or more, each its own, none public")


def is_healthy() -> bool:
    """Whether the desk can serve: its tables answer and its folder has room."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        free = shutil.disk_usage(settings.VAR).free
    except (DatabaseError, OSError):
        return False
    return free >= FREE_BAD
