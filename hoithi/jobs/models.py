"""Long work with a progress bar: one row a piece of work, done by the worker process."""

from __future__ import annotations

from django.db import models

from hoithi.rules.errors import RuleViolation


class JobState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Job(models.Model):
    """A piece of work: its kind names the function, `params` what it works on, never people's data.

    A failed one says in `message` the code of a sentence, and in `facts` what fills it.
    `beat_at` moves while it runs; a running job whose beat stands still was lost with its worker
    and is taken up again.
    """

    kind = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    requested_by = models.CharField(max_length=40)
    scope_kind = models.CharField(max_length=20)
    scope_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("state", "id"), name="job_next"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def failure(self) -> RuleViolation | None:
        """Why it could not be done."""
        return RuleViolation(self.message, **self.facts) if self.message else None
