"""Control in PostgreSQL: written by the desk, followed by every hall node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import psycopg

from hoithi.hall.store.api import (
    OLD_CONTROL,
    ORDER_FIELDS,
    ROSTER_FIELDS,
    Order,
    OrderKind,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoredOrder,
    StoredRosterLine,
    StoreError,
    read_line,
    read_order,
)
from hoithi.hall.store.postgres_link import Connection, Link, open_sync, refusal

_LONGEST_WAIT_S = 0.5
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('hoithi hall control'))"
_SCHEMA = f"""
{_LOCK};
CREATE SCHEMA IF NOT EXISTS hall_control;
CREATE TABLE IF NOT EXISTS hall_control.packages (
  package text PRIMARY KEY, questions bytea NOT NULL, questions_sha256 bytea NOT NULL,
  keys_sha256 bytea NOT NULL);
CREATE TABLE IF NOT EXISTS hall_control.sittings (
  sitting bytea PRIMARY KEY, package text NOT NULL REFERENCES hall_control.packages,
  title text NOT NULL, results_url text NOT NULL, roster_sha256 bytea NOT NULL,
  opens_ms bigint NOT NULL, closes_ms bigint NOT NULL);
CREATE TABLE IF NOT EXISTS hall_control.roster (
  sitting bytea NOT NULL, line bigint NOT NULL, entry_key bytea NOT NULL,
  code_tag bytea NOT NULL, issue integer NOT NULL, name text NOT NULL, unit text NOT NULL,
  number text NOT NULL, entry bytea NOT NULL, unit_code text NOT NULL, category text NOT NULL,
  barred integer NOT NULL, PRIMARY KEY (sitting, line));
CREATE TABLE IF NOT EXISTS hall_control.orders (
  number bigint PRIMARY KEY, sitting bytea NOT NULL, kind text NOT NULL, line bigint,
  attempt bytea, amount bigint NOT NULL, text text NOT NULL, actor text NOT NULL,
  reason text NOT NULL, at_ms bigint NOT NULL);
CREATE OR REPLACE FUNCTION hall_control.stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'orders are append-only'; END $$;
CREATE OR REPLACE TRIGGER orders_stay BEFORE UPDATE OR DELETE OR TRUNCATE
  ON hall_control.orders EXECUTE FUNCTION hall_control.stays();
"""
_CAN_CHECK = """
SELECT 1 FROM information_schema.columns
 WHERE table_schema = 'hall_control' AND table_name = 'roster' AND column_name = 'entry'
"""
_COPY_ROSTER = f"COPY hall_control.roster (sitting, {ROSTER_FIELDS}) FROM STDIN"
_SELECT_ORDERS = f"SELECT {ORDER_FIELDS} FROM hall_control.orders"  # noqa: S608 - constant
_ORDERS = f"{_SELECT_ORDERS} WHERE number > %s ORDER BY number"
_GIVEN = f"{_SELECT_ORDERS} WHERE number > %s AND sitting = %s AND kind = %s ORDER BY number"
_ORDERS_OF = f"{_SELECT_ORDERS} WHERE sitting = %s ORDER BY number"
_WINDOW = "SELECT opens_ms, closes_ms FROM hall_control.sittings WHERE sitting = %s"
_SITTINGS = """
SELECT sitting, package, title, results_url, roster_sha256, opens_ms, closes_ms
  FROM hall_control.sittings ORDER BY opens_ms, sitting
"""
_ROSTER = f"SELECT {ROSTER_FIELDS} FROM hall_control.roster WHERE sitting = %s ORDER BY line"  # noqa: S608 - constant
_VERSION = """
SELECT (SELECT count(*) FROM hall_control.sittings),
       (SELECT coalesce(max(number), 0) FROM hall_control.orders)
"""


class PostgresControlWriter:
    """The desk's door: publishes packages, sittings and rosters, and gives orders."""

    def __init__(self, url: str) -> None:
        self._db = open_sync(url, read_only=False)
        try:
            made = self._db.execute("SELECT to_regclass('hall_control.orders')").fetchall()
            if made == [(None,)]:
                self._db.execute(_SCHEMA)
            can_check = self._db.execute(_CAN_CHECK).fetchall()
        except psycopg.Error as error:
            self._db.close()
            raise refusal(error) from error
        if not can_check:
            self._db.close()
            raise StoreError(OLD_CONTROL)

    def publish(
        self,
        package: PublishedPackage,
        sitting: PublishedSitting,
        roster: Iterable[PublishedLine],
    ) -> None:
        """Publish a sitting whole, or not at all. Raises StoreError when it was published."""
        try:
            with self._db.transaction(), self._db.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO hall_control.packages VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (
                        package.package,
                        package.questions,
                        package.questions_sha256,
                        package.keys_sha256,
                    ),
                )
                cursor.execute(
                    "INSERT INTO hall_control.sittings VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (
                        sitting.sitting,
                        sitting.package,
                        sitting.title,
                        sitting.results_url,
                        sitting.roster_sha256,
                        sitting.opens_ms,
                        sitting.closes_ms,
                    ),
                )
                with cursor.copy(_COPY_ROSTER) as copy:
                    for each in roster:
                        copy.write_row(
                            (
                                sitting.sitting,
                                each.line,
                                each.entry_key,
                                each.code_tag,
                                each.issue,
                                each.name,
                                each.unit,
                                each.number,
                                each.entry,
                                each.unit_code,
                                each.category,
                                int(each.barred),
                            )
                        )
                cursor.execute("NOTIFY hall_control")
        except psycopg.errors.UniqueViolation as error:
            raise StoreError("the sitting is published already") from error

    def order(
        self,
        *,
        sitting: bytes,
        kind: OrderKind,
        actor: str,
        reason: str,
        at_ms: int,
        line: int | None = None,
        attempt: bytes | None = None,
        amount: int = 0,
        text: str = "",
    ) -> int:
        """Give an order; answers its number. Orders take turns, so that no number is left out."""
        with self._db.transaction():
            self._db.execute(_LOCK)
            ((number,),) = self._db.execute(
                "INSERT INTO hall_control.orders"
                " SELECT coalesce(max(number), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s, %s"
                " FROM hall_control.orders RETURNING number",
                (sitting, kind.value, line, attempt, amount, text, actor, reason, at_ms),
            ).fetchall()
            self._db.execute("NOTIFY hall_control")
        return cast("int", number)

    def last_order(self, sitting: bytes) -> int:
        ((number,),) = self._db.execute(
            "SELECT coalesce(max(number), 0) FROM hall_control.orders"
            " WHERE sitting = %s AND kind <> %s",
            (sitting, OrderKind.SCORE_TO_SHOW.value),
        ).fetchall()
        return cast("int", number)

    def given(self, sitting: bytes, kind: OrderKind, after: int) -> list[Order]:
        rows = self._db.execute(_GIVEN, (after, sitting, kind.value)).fetchall()
        return [read_order(cast("StoredOrder", row)) for row in rows]

    def orders(self, sitting: bytes) -> list[Order]:
        rows = self._db.execute(_ORDERS_OF, (sitting,)).fetchall()
        return [read_order(cast("StoredOrder", row)) for row in rows]

    def window(self, sitting: bytes) -> tuple[int, int]:
        (found,) = self._db.execute(_WINDOW, (sitting,)).fetchall()
        return cast("tuple[int, int]", found)

    def close(self) -> None:
        self._db.close()


class PostgresControl:
    """The hall's view of control: told of news by LISTEN, and looking every half second anyway."""

    def __init__(self, url: str, *, longest_wait_s: float = _LONGEST_WAIT_S) -> None:
        self._url = url
        self._longest_wait_s = longest_wait_s
        self._link = Link(url, self._listen)
        self._version: tuple[object, ...] = ()

    async def open(self) -> None:
        PostgresControlWriter(self._url).close()
        await self._link.connect()

    @staticmethod
    async def _listen(db: Connection) -> None:
        await db.execute("SET default_transaction_read_only = on")
        await db.execute("LISTEN hall_control")

    async def wait(self) -> None:
        async with self._link.use() as db:
            async for _ in db.notifies(timeout=self._longest_wait_s, stop_after=1):
                pass

    async def _rows(self, query: str, *values: bytes | int) -> list[tuple[object, ...]]:
        async with self._link.use() as db:
            return await (await db.execute(query.encode(), values)).fetchall()

    async def changed(self) -> bool:
        (version,) = await self._rows(_VERSION)
        changed = version != self._version
        self._version = version
        return changed

    async def packages(self) -> list[PublishedPackage]:
        rows = await self._rows(
            "SELECT package, questions, questions_sha256, keys_sha256 FROM hall_control.packages"
        )
        return [PublishedPackage(*cast("tuple[str, bytes, bytes, bytes]", row)) for row in rows]

    async def sittings(self) -> list[PublishedSitting]:
        return [
            PublishedSitting(*cast("tuple[bytes, str, str, str, bytes, int, int]", row))
            for row in await self._rows(_SITTINGS)
        ]

    async def roster(self, sitting: bytes) -> list[PublishedLine]:
        return [
            read_line(cast("StoredRosterLine", row)) for row in await self._rows(_ROSTER, sitting)
        ]

    async def orders(self, after: int) -> list[Order]:
        return [read_order(cast("StoredOrder", row)) for row in await self._rows(_ORDERS, after)]

    async def shut(self) -> None:
        await self._link.shut()
