"""One rehearsal from the empty folder to the report."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import secrets
import shutil
import time
from collections import deque
from collections.abc import Callable, Coroutine
from random import Random
from typing import NamedTuple, TypeVar

import uvicorn

from hoithi.rehearsal.comparing import compare
from hoithi.rehearsal.live import Live, Step
from hoithi.rehearsal.player import Contestant, Play
from hoithi.rehearsal.report import Kept, Report, phases_of, slots_of
from hoithi.rehearsal.script import part
from hoithi.rehearsal.spec import KEPT_FREE, Spec
from hoithi.rehearsal.stage import MEGABYTE, Stage, stage
from hoithi.rehearsal.tally import Tally, percentile
from hoithi.rehearsal.together import presses_of, questions_of
from hoithi.rules.errors import RuleViolation

T = TypeVar("T")
Tell = Callable[[Live], None]
Going = Callable[[], bool]
_FOR_OURSELVES = 200
_SEED = 7


class StoppedError(Exception):
    """Somebody has stopped the rehearsal; nothing of it is left."""


def check_machine(spec: Spec) -> None:
    """Raise the limit of descriptors, and see whether they and the disk of `root` will do.

    A journal on PostgreSQL is on another disk, which nobody but its server can look at.

    Raises RuleViolation: `rehearsal_descriptors`, `rehearsal_no_room`.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = hard - _FOR_OURSELVES
    if spec.contestants > most:
        raise RuleViolation("rehearsal_descriptors", limit=hard, most=max(0, most))
    free = shutil.disk_usage(spec.root).free
    needed = spec.needed_bytes + KEPT_FREE
    if free < needed:
        raise RuleViolation(
            "rehearsal_no_room", free_mb=free // MEGABYTE, needed_mb=needed // MEGABYTE + 1
        )


def rehearse(spec: Spec, *, tell: Tell, going: Going) -> Report:
    """Play it all. Raises StoppedError, and RuleViolation as `stage` does."""
    tell(_live(spec, "preparing", 0, None, None))
    with stage(spec) as made:
        made.publish()
        _go_on(going)
        made.start()
        made.settle(going)
        _go_on(going)
        play = _play(spec, made)
        _run(_played(spec, made, play, tell, going))
        _go_on(going)
        memory_mb, cpu_s = made.peak_mb(), made.cpu_s()
        made.stop()
        tell(_live(spec, "comparing", _whole_s(spec), play, None))
        kept = compare(
            play.people,
            made.rows(),
            items=spec.items,
            grace_ms=spec.policy.grace_ms,
            roster=made.roster,
        )
        used = _Used(memory_mb, round(cpu_s), made.store_mb())
    return _report(spec, play, kept, used)


def _go_on(going: Going) -> None:
    if not going():
        raise StoppedError


def _run(playing: Coroutine[None, None, T]) -> T:
    """On the server's own kind of loop, the collector at rest: it would walk through everybody."""
    loop_factory = uvicorn.Config("", loop="uvloop").get_loop_factory()
    gc.collect()
    gc.freeze()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(playing)


def _play(spec: Spec, made: Stage) -> Play:
    """Everybody with a part of their own; the same parts in every rehearsal of this size."""
    chance = Random(_SEED)  # noqa: S311 - times of a play, no secret
    play = Play(
        port=made.port,
        tally=Tally(_whole_s(spec)),
        chance=chance,
        files=made.files(),
        versions=(spec.policy.regulation.version, spec.policy.consent.version),
    )
    play.people = [
        Contestant(play, code, secrets.token_hex(16), part(who, spec, chance))
        for who, code in enumerate(made.codes)
    ]
    return play


async def _played(spec: Spec, made: Stage, play: Play, tell: Tell, going: Going) -> None:
    opens_s = spec.arriving_s + 1
    opens = time.perf_counter() + opens_s
    opens_ms = round((time.time() + opens_s) * 1000)
    made.open_at(opens_ms)
    presses = deque(enumerate(presses_of(spec, opens_ms), start=1))
    saved = play.tally.times["save"]
    before = 0

    def told() -> bool:
        nonlocal before
        done_s = time.perf_counter() - opens + opens_s
        while presses and presses[0][1].at <= done_s - opens_s:
            number, press = presses.popleft()
            made.press(number, press.event)
        step: Step = "arriving" if done_s < opens_s else "working"
        now = saved.total()
        tell(_live(spec, step, round(done_s), play, now - before))
        before = now
        return going() and made.is_alive

    await play.run(opens, told)


def _whole_s(spec: Spec) -> int:
    return round(spec.arriving_s + spec.seconds) + 1


def _live(
    spec: Spec, step: Step, done_s: int, play: Play | None, saves_a_second: int | None
) -> Live:
    total_s = _whole_s(spec)
    if play is None:
        return Live(step, 0, total_s)
    return Live(
        step=step,
        done_s=min(done_s, total_s),
        total_s=total_s,
        entered=sum(each.has_entered for each in play.people),
        started=sum(bool(each.attempt) for each in play.people),
        submitted=sum(bool(each.receipt) for each in play.people),
        saves=play.tally.times["save"].total(),
        saves_a_second=saves_a_second or 0,
        p99_ms=play.tally.worst_p99_ms,
        errors=play.tally.errors.total(),
    )


class _Used(NamedTuple):
    """What the hall took of the machine."""

    memory_mb: int
    cpu_s: int
    store_mb: int


def _report(spec: Spec, play: Play, kept: Kept, used: _Used) -> Report:
    tally = play.tally
    return Report(
        contestants=spec.contestants,
        seconds=round(spec.seconds),
        arriving_s=round(spec.arriving_s),
        items=len(questions_of(spec)) or spec.items,
        store=spec.store,
        cores=len(os.sched_getaffinity(0)),
        entered=sum(each.has_entered for each in play.people),
        started=sum(bool(each.attempt) for each in play.people),
        submitted=sum(bool(each.receipt) for each in play.people),
        reloaded=sum(each.has_reloaded for each in play.people),
        away=sum(each.was_away for each in play.people),
        late=tally.late,
        phases=phases_of(tally),
        slot_s=tally.slot_s,
        slots=slots_of(tally),
        errors={f"{of} {what}": count for (of, what), count in sorted(tally.errors.items())},
        kept=kept,
        lag_ms=percentile(tally.lag, 99),
        hall_mb=used.memory_mb,
        hall_cpu_s=used.cpu_s,
        store_mb=used.store_mb,
        capacity=spec.capacity,
        queued=sum(each.was_queued for each in play.people),
    )
