"""Follows the desk: new sittings and numbered orders, applied once and in order, and journalled.

Effects are absolute (a deadline, not minutes more), so that an order whose effects were stored but
whose own row was not can be applied again after a restart without harm.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Coroutine, Iterable

from hoithi.hall.formats import NO_ATTEMPT, NONE, Kind, Row
from hoithi.hall.journal import Journal
from hoithi.hall.scores import read_scores
from hoithi.hall.session import Attempt, Command, Ended, Expire, MoveDeadline, Reply, SetVoid
from hoithi.hall.sittings import RosterEntry, Sitting, Sittings
from hoithi.hall.steps import in_steps
from hoithi.hall.store.api import Control, Opening, Order, OrderKind, Withdrawal
from hoithi.hall.times import order_digest
from hoithi.hall.windows import Window
from hoithi.rules.errors import RuleViolation
from hoithi.rules.together import Game, read_event

_log = logging.getLogger("hoithi.hall")


def _take_scores(sitting: Sitting, order: Order) -> None:
    """Keep what is told; a sitting whose sealed rules promise nothing keeps nothing."""
    if sitting.promise == "none":
        return
    try:
        told = {bytes.fromhex(each.attempt): each for each in read_scores(order.text)}
    except ValueError:
        _log.warning("order %s tells no scores that can be read", order.number)
        return
    sitting.scores |= told


def _press(sitting: Sitting, order: Order) -> None:
    """Go on by an event; one that the rules forbid changes nothing, here and in the verifier."""
    try:
        sitting.press(read_event(order.text))
    except (ValueError, RuleViolation) as fault:
        _log.warning("order %s is no event of its round: %s", order.number, fault)


class Follower:
    """Keeps the sittings in memory at what control says, and ends what time ends.

    `order` is the last order whose effects are stored; `_last` holds the last one of each sitting.
    On several nodes each applies every order given while it lives; the state machine lets none undo
    a newer one.

    `looked_ms` is when control was last looked at: everything ordered by then is in memory.
    `at_work` is how many attempts were open at the last sweep.
    """

    def __init__(self, control: Control, journal: Journal, sittings: Sittings) -> None:
        self.order = 0
        self.looked_ms = 0
        self.at_work = 0
        self._read = 0
        self._unsettled: deque[Order] = deque()
        self._last: dict[bytes, int] = {}
        self._shut_items: dict[bytes, int] = {}
        self._behind = False
        self._control = control
        self._journal = journal
        self._sittings = sittings

    async def load(self) -> dict[bytes, Opening]:
        """Take in new sittings; answers what the journal must know of each.

        It knows so before anybody can be served.
        """
        packages = {package.package: package for package in await self._control.packages()}
        for published in await self._control.sittings():
            if published.sitting not in self._sittings.openings():
                roster = await self._control.roster(published.sitting)
                sitting = self._sittings.add(packages[published.package], published, roster)
                self._journal.store.add_sitting(sitting.sitting, sitting.opening)
        return self._sittings.openings()

    async def follow(self) -> bool:
        """One look at control; answers whether there was anything new.

        Raises UnavailableError; then the next look goes on where this one stopped.
        """
        now_ms = self._journal.clock.now_ms()
        self._behind = await self._control.changed() or self._behind
        if not self._behind:
            self.looked_ms = now_ms
            return False
        # Orders first: whatever they are about was published before, and is found then.
        orders = await self._control.orders(self._read)
        await self.load()
        for order in orders:
            self._change_memory(order)
            self._unsettled.append(order)
            self._read = order.number
        self.looked_ms = now_ms
        applied = await self._journal.store.orders_applied()
        while self._unsettled:
            order = self._unsettled[0]
            if order.number > applied:
                await self._settle(order)
            self._unsettled.popleft()
            self.order = self._last[order.sitting] = order.number
        self._behind = False
        return True

    async def _settle(self, order: Order) -> None:
        """Store what an order does to attempts, and that it was applied.

        Nothing is written of a sitting that was refused.
        """
        sitting = self._sittings.by_id.get(order.sitting)
        if sitting is None:
            return
        entry = sitting.lines.get(order.line) if order.line is not None else None
        if order.kind in (OrderKind.CLOSE_AT, OrderKind.EXTRA_TIME, OrderKind.WINDOW):
            await self._move_deadlines(order.number, sitting, sitting.concerned(order))
        elif order.kind in (OrderKind.VOID, OrderKind.RESTORE) and order.attempt and entry:
            void = order.kind is OrderKind.VOID
            await self._do(sitting, entry, SetVoid(order.attempt, order.number, void=void))
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

    def _change_memory(self, order: Order) -> None:
        sitting = self._sittings.by_id.get(order.sitting)
        if sitting is None:
            return
        entry = sitting.lines.get(order.line) if order.line is not None else None
        match order.kind:
            case OrderKind.OPEN_AT:
                sitting.move_opening(order.amount, order.at_ms)
            case OrderKind.CLOSE_AT:
                sitting.move_closing(order.amount)
            case OrderKind.EXTRA_TIME:
                sitting.grant(sitting.concerned(order), order.amount, order.at_ms)
            case OrderKind.WINDOW:
                window = Window(*order.window, order.at_ms)
                sitting.give_window(sitting.concerned(order), window)
            case OrderKind.REISSUE if entry is not None:
                self._sittings.reissue(sitting, entry.line, order.amount, bytes.fromhex(order.text))
            case OrderKind.WITHDRAW:
                sitting.withdrawal = Withdrawal(order.amount)
            case OrderKind.SCORE_TO_SHOW:
                _take_scores(sitting, order)
            case OrderKind.TOGETHER:
                _press(sitting, order)

    async def _move_deadlines(
        self, order: int, sitting: Sitting, entries: Iterable[RosterEntry]
    ) -> None:
        """Bring the deadlines of last attempts to what window and grants say by this order."""
        lines = await self._journal.store.lines(sitting.sitting)
        moves = []
        for entry in entries:
            line = lines.get(entry.line)
            if line is None or not line.attempts:
                continue
            attempt = line.attempts[-1]
            if self._is_moved(sitting, entry, attempt):
                move = MoveDeadline(attempt.attempt, order, sitting.deadline_of(attempt, entry))
                moves.append(self._do(sitting, entry, move))
        await asyncio.gather(*moves)

    async def sweep(self) -> None:
        """End attempts whose time is over, and close sittings in which nothing can happen.

        An attempt whose start was on its way to the disk while an order was applied did not hear
        it: it does now.
        """
        now_ms = self._journal.clock.now_ms()
        at_work = 0
        for sitting in list(self._sittings.by_id.values()):
            doing = []
            async for step in in_steps(await self._open_attempts(sitting)):
                for number, attempt in step:
                    at_work += not attempt.void
                    entry = sitting.lines[number]
                    command = self._called_for(sitting, entry, attempt, now_ms)
                    if command is not None:
                        doing.append(self._do(sitting, entry, command))
            await asyncio.gather(*doing)
            if sitting.game is not None:
                await self._shut(sitting, sitting.game, now_ms)
            if now_ms > sitting.last_moment_ms():
                await self._close(sitting, now_ms)
        self.at_work = at_work

    def _called_for(
        self, sitting: Sitting, entry: RosterEntry, attempt: Attempt, now_ms: int
    ) -> Command | None:
        """What time and orders ask to be done with an open attempt."""
        last = self._last.get(sitting.sitting, NONE)
        if last > attempt.deadline_order and self._is_moved(sitting, entry, attempt):
            return MoveDeadline(attempt.attempt, last, sitting.deadline_of(attempt, entry))
        if now_ms > attempt.deadline_ms + sitting.exam.questions.file.policy.grace_ms:
            return Expire(attempt.attempt, os.urandom(16))
        return None

    def _is_moved(self, sitting: Sitting, entry: RosterEntry, attempt: Attempt) -> bool:
        return sitting.deadline_of(attempt, entry) != attempt.deadline_ms

    def _do(
        self, sitting: Sitting, entry: RosterEntry, command: Command
    ) -> Coroutine[None, None, Reply]:
        terms = sitting.terms(entry, self._journal.clock.now_ms())
        return self._journal.act(sitting.sitting, entry.line, command, terms)

    async def _open_attempts(self, sitting: Sitting) -> list[tuple[int, Attempt]]:
        lines = await self._journal.store.lines(sitting.sitting)
        return [
            (number, attempt)
            async for step in in_steps(lines.items())
            for number, line in step
            for attempt in line.attempts
            if attempt.ended is Ended.OPEN
        ]

    async def _shut(self, sitting: Sitting, game: Game, now_ms: int) -> None:
        """Say of the question asked last that this node takes no answer to it any more.

        The row stands behind every answer that it has taken in time: they were queued before.
        """
        item, shut = len(game.asked) - 1, self._shut_items.get(sitting.sitting, NONE)
        if item <= shut:
            return
        grace_ms = sitting.exam.questions.file.policy.grace_ms
        if now_ms > game.asked[item].closes_ms + grace_ms:
            row = Row(NO_ATTEMPT, 0, 0, Kind.SHUT, item, NONE, now_ms)
            await self._journal.note(sitting.sitting, row)
            self._shut_items[sitting.sitting] = item

    async def _close(self, sitting: Sitting, now_ms: int) -> None:
        """Say that it is over: once, and again when an order came after that."""
        closed_at = await self._journal.store.closed_at(sitting.sitting)
        if closed_at is not None and closed_at >= self._last.get(sitting.sitting, 0):
            return
        if await self._open_attempts(sitting):
            return
        row = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, self.order, NONE, now_ms)
        await self._journal.note(sitting.sitting, row)
