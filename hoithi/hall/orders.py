"""Follows the desk: new sittings and numbered orders, applied once and in order, and journalled.

Effects are absolute (a deadline, not minutes more), so that an order whose effects were stored but
whose own row was not can be applied again after a restart without harm.
"""

from __future__ import annotations

import asyncio
import hashlib
import os

from hoithi.hall.formats import NO_ATTEMPT, NONE, Kind, Row
from hoithi.hall.journal import Journal
from hoithi.hall.session import Expire, MoveDeadline, SetVoid
from hoithi.hall.sittings import RosterEntry, Sitting, Sittings
from hoithi.hall.store.api import Control, Order, OrderKind


def order_digest(order: Order) -> bytes:
    """What the journal keeps of an order it applied: a hash over all of it but the person."""
    parts = (
        str(order.number),
        order.sitting.hex(),
        order.kind.value,
        "" if order.line is None else str(order.line),
        "" if order.attempt is None else order.attempt.hex(),
        str(order.amount),
        order.text,
        str(order.at_ms),
    )
    return hashlib.sha256("\n".join(parts).encode()).digest()


class Follower:
    """Keeps the sittings in memory at what control says, and ends what time ends."""

    def __init__(self, control: Control, journal: Journal, sittings: Sittings) -> None:
        self.order = 0
        self._control = control
        self._journal = journal
        self._sittings = sittings

    def load(self) -> dict[bytes, int]:
        """Take in new sittings; answers the number of positions of each sitting's papers."""
        packages = {package.package: package for package in self._control.packages()}
        for published in self._control.sittings():
            if published.sitting not in self._sittings.by_id:
                self._sittings.add(
                    packages[published.package],
                    published,
                    self._control.roster(published.sitting),
                )
        return {key: sitting.items for key, sitting in self._sittings.by_id.items()}

    async def follow(self) -> bool:
        """One look at control; answers whether there was anything new."""
        if not self._control.changed():
            return False
        for sitting, items in self.load().items():
            self._journal.store.add_sitting(sitting, items)
        applied = await self._journal.store.orders_applied()
        for order in self._control.orders(self.order):
            await self._apply(order, journal=order.number > applied)
            self.order = order.number
        return True

    async def _apply(self, order: Order, *, journal: bool) -> None:
        sitting = self._sittings.by_id[order.sitting]
        entry = sitting.lines.get(order.line) if order.line is not None else None
        self._change_memory(order, sitting, entry)
        if not journal:
            return
        if order.kind in (OrderKind.CLOSE_AT, OrderKind.EXTRA_TIME):
            lines = [entry] if entry is not None else list(sitting.lines.values())
            await self._move_deadlines(order, sitting, lines)
        elif order.kind in (OrderKind.VOID, OrderKind.RESTORE) and order.attempt and entry:
            void = order.kind is OrderKind.VOID
            await self._journal.act(
                sitting.sitting,
                entry.line,
                SetVoid(order.attempt, order.number, void=void),
                sitting.terms(entry),
            )
        row = Row(
            NO_ATTEMPT,
            0,
            0,
            Kind.ORDER,
            order.number,
            NONE,
            self._journal.clock.now_ms(),
            NONE,
            order_digest(order),
        )
        await self._journal.note(sitting.sitting, row)

    def _change_memory(self, order: Order, sitting: Sitting, entry: RosterEntry | None) -> None:
        match order.kind:
            case OrderKind.OPEN_AT:
                sitting.opens_ms = order.amount
            case OrderKind.CLOSE_AT:
                sitting.closes_ms = order.amount
            case OrderKind.EXTRA_TIME:
                for line in [entry] if entry is not None else sitting.lines.values():
                    line.extra_ms += order.amount
            case OrderKind.REISSUE if entry is not None:
                self._sittings.reissue(sitting, entry.line, order.amount, bytes.fromhex(order.text))
            case OrderKind.SCORE_TO_SHOW if entry is not None:
                entry.score = order.text

    async def _move_deadlines(
        self, order: Order, sitting: Sitting, lines: list[RosterEntry]
    ) -> None:
        for entry in lines:
            line = await self._journal.store.line(sitting.sitting, entry.line)
            if not line.attempts:
                continue
            attempt = line.attempts[-1]
            deadline_ms = sitting.deadline_of(attempt, entry)
            if deadline_ms != attempt.deadline_ms:
                await self._journal.act(
                    sitting.sitting,
                    entry.line,
                    MoveDeadline(attempt.attempt, order.number, deadline_ms),
                    sitting.terms(entry),
                )

    async def sweep(self) -> None:
        """End attempts whose time is over, and close sittings in which nothing can happen."""
        now_ms = self._journal.clock.now_ms()
        for sitting in list(self._sittings.by_id.values()):
            grace_ms = sitting.exam.questions.file.policy.grace_ms
            over = [
                (number, attempt)
                for number, attempt, deadline_ms in await self._journal.store.open_attempts(
                    sitting.sitting
                )
                if now_ms > deadline_ms + grace_ms
            ]
            await asyncio.gather(
                *(
                    self._journal.act(
                        sitting.sitting,
                        number,
                        Expire(attempt, os.urandom(16)),
                        sitting.terms(sitting.lines[number]),
                    )
                    for number, attempt in over
                )
            )
            if now_ms > sitting.last_moment_ms():
                await self._close(sitting, now_ms)

    async def _close(self, sitting: Sitting, now_ms: int) -> None:
        store = self._journal.store
        if await store.closed(sitting.sitting) or await store.open_attempts(sitting.sitting):
            return
        row = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, self.order, NONE, now_ms)
        await self._journal.note(sitting.sitting, row)
