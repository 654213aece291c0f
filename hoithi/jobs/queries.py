"""Reading jobs."""

from __future__ import annotations

from django.http import Http404

from hoithi.jobs.models import Job


def job_by_id(pk: int) -> Job:
    """Raises Http404."""
    job = Job.objects.filter(pk=pk).first()
    if job is None:
        raise Http404
    return job
