"""Asking for long work, and the worker that does it (docs/decisions/0011).

A kind is registered by the app it belongs to; its function may run twice for one job, so it starts
over or goes on from what it finds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import close_old_connections
from django.db.models import F, Q
from django.utils import timezone

from hoithi.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
MOST_TRIES = 3
LOST_AFTER = timedelta(seconds=30)
_REPORT_EVERY_S = 0.5


class Progress:
    """How far a job is; told to the database at most twice a second."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._told < _REPORT_EVERY_S:
            return
        self._told = now
        Job.objects.filter(pk=self._job_id, state=JobState.RUNNING).update(
            done=done, total=total, beat_at=timezone.now()
        )


@dataclass(frozen=True, slots=True)
class Failure(Exception):  # noqa: N818 - what a job ends with, said to a person
    """A job cannot be done; the code is a sentence of the catalogue."""

    code: str


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
        claimed = Job.objects.filter(pk=job.pk, state=job.state, beat_at=job.beat_at).update(
            state=JobState.RUNNING, started_at=now, beat_at=now, tries=F("tries") + 1, done=0
        )
        if claimed:
            job.refresh_from_db()
            return job
    return None


def run(job: Job) -> None:
    """Do one claimed job to its end; what it raises is written down, not raised."""
    if job.tries > MOST_TRIES:
        _end(job, JobState.FAILED, message="job_lost")
        return
    try:
        result = _KINDS[job.kind](job.params, Progress(job.pk))
    except Failure as failure:
        _end(job, JobState.FAILED, message=failure.code)
    except Exception:
        logger.exception("job %s %s", job.kind, job.pk)
        _end(job, JobState.FAILED, message="job_broken")
    else:
        Job.objects.filter(pk=job.pk).update(result=result, done=F("total"))
        _end(job, JobState.DONE)


def _end(job: Job, state: JobState, message: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, message=message, ended_at=timezone.now())


def work_off(*, now: Callable[[], datetime] = timezone.now) -> int:
    """Do everything that waits; answers how many jobs were done."""
    count = 0
    while (job := take_next(now())) is not None:
        run(job)
        count += 1
    return count


def work_for_ever(stop: Callable[[], bool], pause_s: float = 0.5) -> None:
    """The worker's loop, until told to stop."""
    while not stop():
        close_old_connections()
        if not work_off():
            time.sleep(pause_s)
