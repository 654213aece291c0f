"""Asking for long work, and the worker that does it (docs/decisions/0011).

A kind is registered by the app it belongs to; its function may run twice for one job, so it starts
over or goes on from what it finds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from hoithi.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
MOST_TRIES = 3
LOST_AFTER = timedelta(seconds=30)
BEAT_EVERY_S = 5.0
_REPORT_EVERY_S = 0.5


def _this_try(job: Job) -> QuerySet[Job]:
    """The job's row while this worker holds it: empty once another took it up as lost."""
    return Job.objects.filter(pk=job.pk, tries=job.tries, state=JobState.RUNNING)


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


class Failure(Exception):  # noqa: N818 - what a job ends with, said to a person
    """A job cannot be done; the code is a sentence of the catalogue that needs no facts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Work: TypeAlias = Callable[[Mapping[str, Json], Progress], "dict[str, Json]"]
_KINDS: dict[str, Work] = {}


def register(kind: str, work: Work) -> None:
    """Make a kind known; every app does so for its own when it is loaded."""
    _KINDS[kind] = work


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
        _end(job, JobState.FAILED, message="job_lost")
        return
    try:
        with _beating(job):
            result = _KINDS[job.kind](job.params, Progress(job))
    except Failure as failure:
        _end(job, JobState.FAILED, message=failure.code)
    except Exception:
        logger.exception("job %s %s", job.kind, job.pk)
        _end(job, JobState.FAILED, message="job_broken")
    else:
        _this_try(job).update(result=result, done=F("total"))
        _end(job, JobState.DONE)


def _end(job: Job, state: JobState, message: str = "") -> None:
    _this_try(job).update(state=state, message=message, ended_at=timezone.now())


def work_off(*, now: Callable[[], datetime] = timezone.now) -> int:
    """Do everything that waits; answers how many jobs were done."""
    count = 0
    while (job := take_next(now())) is not None:
        run(job)
        count += 1
    return count


def work_for_ever(stop: Callable[[], bool], pause_s: float = 0.5) -> None:
    """The worker's loop; told to stop, it ends after the job at hand."""
    while not stop():
        close_old_connections()
        job = take_next(timezone.now())
        if job is None:
            time.sleep(pause_s)
        else:
            run(job)
