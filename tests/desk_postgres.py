"""The desk of this process on PostgreSQL, for tests in which two connections meet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from hoithi.rules.errors import RuleViolation
from tests.migrated import DESK
from tests.postgres import Cluster

_BLOCKED = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@contextmanager
def _desk_on(url: str) -> Iterator[None]:
    """Every thread's default connection leads to another database."""
    parts = urlsplit(url)
    usual, held = connections.settings["default"], connections["default"]
    connections.settings["default"] = {
        **usual,
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": str(parts.port),
        "OPTIONS": {},
    }
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = usual
        connections["default"] = held


@dataclass(frozen=True, slots=True)
class PostgresDesk:
    """Where the desk's tables are."""

    url: str

    def wait_until_blocked(self, blocked: int = 1) -> None:
        """Return when so many connections wait for a lock of another one."""
        deadline = time.monotonic() + 30
        with psycopg.connect(self.url, autocommit=True) as db:
            while db.execute(_BLOCKED).fetchall() != [(blocked,)]:
                assert time.monotonic() < deadline, "nobody waits for a lock"
                time.sleep(0.01)


@pytest.fixture(scope="module")
def migrated_postgres(postgres_cluster: Cluster) -> str:
    """A database of its own for each test module, with the desk's tables."""
    return postgres_cluster.fresh(DESK)


@pytest.fixture
def postgres_desk(
    migrated_postgres: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[PostgresDesk]:
    """The desk on PostgreSQL, empty again afterwards."""
    with django_db_blocker.unblock(), _desk_on(migrated_postgres):
        yield PostgresDesk(migrated_postgres)
        call_command("flush", verbosity=0, interactive=False)


class Beside:
    """Something done over a connection of its own, beside the test; `said` is what came of it:
    "done", or the code of a violation."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.said = ""
        self._act = act
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._act()
        except RuleViolation as violation:
            self.said = violation.code
        else:
            self.said = "done"
        finally:
            connection.close()

    def end(self) -> str:
        self._thread.join(timeout=60)
        return self.said
