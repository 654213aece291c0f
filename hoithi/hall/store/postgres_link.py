"""A connection to PostgreSQL that comes back, and the settings without which it is refused.

The server must be one that keeps what it has acknowledged: `fsync` and `full_page_writes` on,
`synchronous_commit` not off. This is looked at on every new connection, and the session then holds
on to its `synchronous_commit`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hoithi.hall.store import postgres_arrays
from hoithi.hall.store.api import StoreError, UnavailableError

Connection = psycopg.AsyncConnection[tuple[object, ...]]

_RETRY_S = 0.5
_DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "hoithi",
}
# A node that hangs must not hold the lines of others, and none must wait for ever. Every statement
# of the hot path goes by a key: without counts of a table just made, the planner would sometimes
# read the whole of it instead, and plan anew for every batch.
_SESSION = """
SET default_transaction_isolation = 'read committed';
SET lock_timeout = '5s';
SET statement_timeout = '20s';
SET idle_in_transaction_session_timeout = '10s';
SET plan_cache_mode = 'force_generic_plan';
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET jit = off;
"""
_SETTINGS = """
SELECT name, setting FROM pg_settings
 WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name
"""


def conninfo(url: str) -> str:
    """The address with our timeouts, where it names none itself. Raises StoreError."""
    try:
        named = conninfo_to_dict(url)
        return make_conninfo(
            url, **{key: _DEFAULTS[key] for key in _DEFAULTS.keys() - named.keys()}
        )
    except psycopg.ProgrammingError as error:
        raise StoreError(f"this is not the address of a PostgreSQL database: {error}") from error


def refusal(error: psycopg.Error) -> StoreError:
    """A sentence for whoever starts a process; messages of the server hold no password."""
    return StoreError(f"PostgreSQL cannot be used: {str(error).strip()}")


def refuse_unsafe(settings: list[tuple[object, ...]]) -> None:
    """Refuse a server that can lose what it has acknowledged. Raises StoreError."""
    for name, setting in settings:
        if setting == "off":
            raise StoreError(
                f"PostgreSQL runs with {name} = off and can lose what it has acknowledged;"
                f" set {name} = on"
            )


async def hold_safe(db: Connection) -> None:
    """Check a writer's session, and keep its commits synchronous. Raises StoreError."""
    settings = await (await db.execute(_SETTINGS)).fetchall()
    refuse_unsafe(settings)
    await db.execute(
        "SELECT set_config(name, setting, false) FROM pg_settings WHERE name = 'synchronous_commit'"
    )


def open_sync(url: str, *, read_only: bool) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the desk, in autocommit. Raises StoreError."""
    try:
        db = psycopg.connect(conninfo(url), autocommit=True)
    except psycopg.Error as error:
        raise refusal(error) from error
    try:
        db.execute(_SESSION)
        if read_only:
            db.execute("SET default_transaction_read_only = on")
        else:
            refuse_unsafe(db.execute(_SETTINGS).fetchall())
    except BaseException:
        db.close()
        raise
    return db


class Link:
    """One connection, used by one task at a time, and opened again after it failed.

    `prepare` runs on every new connection.
    """

    def __init__(self, url: str, prepare: Callable[[Connection], Awaitable[None]]) -> None:
        self._url = url
        self._prepare = prepare
        self._turn = asyncio.Lock()
        self._db: Connection | None = None
        self._shut = False
        self._not_before = 0.0

    async def connect(self) -> Connection:
        """Open it. Raises StoreError."""
        try:
            db = await psycopg.AsyncConnection.connect(conninfo(self._url), autocommit=True)
        except psycopg.Error as error:
            raise refusal(error) from error
        postgres_arrays.register(db.adapters)
        try:
            await db.execute(_SESSION)
            await self._prepare(db)
        except psycopg.Error as error:
            await db.close()
            raise refusal(error) from error
        except BaseException:
            await db.close()
            raise
        self._db = db
        return db

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """The connection, for as long as the block lasts.

        Whatever goes wrong inside, the connection is dropped, and with it what was not committed.
        Raises UnavailableError when the database is the reason.
        """
        async with self._turn:
            db = self._db or await self._again()
            try:
                yield db
            except psycopg.Error as error:
                await self._drop()
                raise UnavailableError(type(error).__name__) from error
            except BaseException:
                await self._drop()
                raise

    async def _again(self) -> Connection:
        """Connect, but not more often than twice a second: who waits is told soon."""
        if self._shut or time.monotonic() < self._not_before:
            raise UnavailableError("no connection")
        try:
            return await self.connect()
        except StoreError as error:
            self._not_before = time.monotonic() + _RETRY_S
            raise UnavailableError(str(error)) from error

    async def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            await db.close()

    async def shut(self) -> None:
        self._shut = True
        async with self._turn:
            await self._drop()
