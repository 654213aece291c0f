"""Asking for long work, and the worker that does it (docs/decisions/0011).

A kind is registered by the app it belongs to; its function may run twice for one job, so it starts
over or goes on from what it finds. One that must not take effect twice ends its job in the
transaction that stores its work (`Progress.finish`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import DatabaseError, Error, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from hoithi.jobs.models import Job, JobState
from hoithi.rules.errors import RuleViolation

logger = logging.getLogger(__name__)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
MOST_TRIES = 3
LOST_AFTER = timedelta(seconds=30)
BEAT_EVERY_S = 5.0
_REPORT_EVERY_S = 0.5


def _this_try(job: Job) -> QuerySet[Job]:
    """The job's row while this worker holds it: empty once another took it up as lost."""
    return Job.objects.filter(pk=job.pk, tries=job.tries, state=JobState.RUNNING)


class LostError(Exception):
    """Another worker has taken the job up: whatever this one has done must not be kept."""


class Progress:
    """How far a job is; told to the database at most twice a second."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._told < _REPORT_EVERY_S:
            return
        self._told = now
        _this_try(self._job).update(done=done, total=total, beat_at=timezone.now())

    def finish(self, result: dict[str, Json]) -> None:
        """End the job well. In the transaction that stores the work, either both happen or
        neither, however often workers die and come back. Raises LostError."""
        ended = _this_try(self._job).update(
            state=JobState.DONE, result=result, done=F("total"), ended_at=timezone.now()
        )
        if not ended:
            raise LostError


@contextmanager
def _beating(job: Job) -> Iterator[None]:
    """Let the job's beat move while its worker lives, however long a single step takes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_EVERY_S):
            try:
                _this_try(job).update(beat_at=timezone.now())
            except DatabaseError as error:
                logger.warning("the beat of job %s was not told: %s", job.pk, error)
        connection.close()  # each thread has one of its own

    thread = threading.Thread(target=beat, name=f"beat of job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Failure(RuleViolation):
    """A job cannot be done; what the code says to a person stands in the catalogue."""


# What a function answers is the job's result; None when it has finished the job itself.
Work: TypeAlias = Callable[[Mapping[str, Json], Progress], "dict[str, Json] | None"]
ClearUp: TypeAlias = Callable[[Mapping[str, Json]], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    work: Work
    clear_up: ClearUp
    is_beside: bool


_KINDS: dict[str, _Kind] = {}


@dataclass(frozen=True, slots=True)
class _Duty:
    """Something that a worker does again and again, whether or not somebody asks for it."""

    seconds: float
    act: Callable[[datetime], object]
    beside_jobs: bool


_DUTIES: dict[str, _Duty] = {}


def do_every(
    seconds: float, name: str, act: Callable[[datetime], object], *, beside_jobs: bool = False
) -> None:
    """Have each worker do something about this often, between two jobs; every app does so for its
    own when it is loaded.

    It may be done by two workers at once, and what it raises is written to the log and stops
    nothing. A long job puts it off, unless it is done `beside_jobs`, in a thread of its own: for
    what somebody waits for by the second.
    """
    _DUTIES[name] = _Duty(seconds, act, beside_jobs)


def _nothing(_: Mapping[str, Json]) -> None:
    pass


def register(
    kind: str, work: Work, *, clear_up: ClearUp = _nothing, is_beside: bool = False
) -> None:
    """Make a kind known; every app does so for its own when it is loaded.

    `clear_up` gets the params of a job that has failed for good, for whatever reason, and removes
    what was kept for it alone. One that mostly waits for a process of its own is done beside the
    others, so that nobody's list waits for its end; it dies with its worker.
    """
    _KINDS[kind] = _Kind(work, clear_up, is_beside)


def ask(
    *,
    kind: str,
    params: Mapping[str, Json],
    requested_by: str,
    scope_kind: str,
    scope_id: str,
    now: datetime,
) -> Job:
    """Put a job in the queue."""
    if kind not in _KINDS:
        raise ValueError(f"no such kind of job: {kind}")
    return Job.objects.create(
        kind=kind,
        params=dict(params),
        requested_by=requested_by,
        scope_kind=scope_kind,
        scope_id=scope_id,
        created_at=now,
    )


def take_next(now: datetime) -> Job | None:
    """Claim the oldest job that waits or was lost with its worker, for this worker alone."""
    lost = Q(state=JobState.RUNNING, beat_at__lt=now - LOST_AFTER)
    for job in Job.objects.filter(Q(state=JobState.WAITING) | lost).order_by("id")[:5]:
        if claim(job, now):
            job.refresh_from_db()
            return job
    return None


def claim(job: Job, now: datetime) -> bool:
    """Whether the job, still as it was read, is now this worker's; another may be quicker."""
    unchanged = Job.objects.filter(pk=job.pk, state=job.state, beat_at=job.beat_at, tries=job.tries)
    claimed = unchanged.update(
        state=JobState.RUNNING, started_at=now, beat_at=now, tries=F("tries") + 1, done=0
    )
    return claimed == 1


def run(job: Job) -> None:
    """Do one claimed job to its end; what it raises is written down, not raised."""
    if job.tries > MOST_TRIES:
        _fail(job, RuleViolation("job_lost"))
        return
    progress = Progress(job)
    try:
        with _beating(job):
            result = _KINDS[job.kind].work(job.params, progress)
        if result is not None:
            progress.finish(result)
    except RuleViolation as violation:
        _fail(job, violation)
    except LostError:
        logger.warning("job %s was taken up by another worker", job.pk)
    except Exception:
        logger.exception("job %s %s", job.kind, job.pk)
        _fail(job, RuleViolation("job_broken"))


@transaction.atomic
def _fail(job: Job, why: RuleViolation) -> None:
    ended = _this_try(job).update(
        state=JobState.FAILED, message=why.code, facts=why.params, ended_at=timezone.now()
    )
    if ended and job.kind in _KINDS:
        _KINDS[job.kind].clear_up(job.params)


def work_off(*, now: Callable[[], datetime] = timezone.now) -> int:
    """Do everything that waits; answers how many jobs were done."""
    count = 0
    while (job := take_next(now())) is not None:
        run(job)
        count += 1
    return count


def work_for_ever(stop: Callable[[], bool], pause_s: float = 0.5) -> None:
    """The worker's loop; told to stop, it ends after the job at hand."""
    due = _due(beside_jobs=False)
    with _prompt(pause_s):
        while not stop():
            close_old_connections()
            do_duties(due)
            job = take_next(timezone.now())
            if job is None:
                time.sleep(pause_s)
            elif job.kind in _KINDS and _KINDS[job.kind].is_beside:
                name = f"job {job.pk}"
                threading.Thread(target=_run_beside, args=(job,), name=name, daemon=True).start()
            else:
                run(job)


def _due(*, beside_jobs: bool) -> dict[str, float]:
    """The duties of one thread, all due now."""
    now = time.monotonic()
    return {name: now for name, duty in _DUTIES.items() if duty.beside_jobs is beside_jobs}


@contextmanager
def _prompt(pause_s: float) -> Iterator[None]:
    """Do what long jobs must not put off, in a thread that ends after the one it is at."""
    over = threading.Event()

    def work() -> None:
        due = _due(beside_jobs=True)
        while not over.wait(pause_s):
            with suppress(Error):  # a connection that broke must not end the thread
                close_old_connections()
            do_duties(due)
        connection.close()  # each thread has one of its own

    thread = threading.Thread(target=work, name="duties beside jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _run_beside(job: Job) -> None:
    try:
        run(job)
    finally:
        connection.close()  # each thread has one of its own


def do_duties(due: dict[str, float]) -> None:
    """Do what is due by the clock that never jumps, and note when each is due again."""
    for name, at in due.items():
        if time.monotonic() < at:
            continue
        try:
            _DUTIES[name].act(timezone.now())
        except RuleViolation as violation:
            logger.warning("%s: %s", name, violation.code)
        except Exception:
            logger.exception(name)
        due[name] = time.monotonic() + _DUTIES[name].seconds
