"""Who did what to what: an append-only log whose entries hash the one before."""

from __future__ import annotations

from django.db import models


class LogEntry(models.Model):
    """One act. Names are printed as they were; nothing here points at other tables."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=80, db_index=True)
    target = models.CharField(max_length=120, db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.target}"
