"""Numbered papers with their files: issued once, never changed, replaced by a new number."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Series(models.Model):
    """Numbers 1, 2, 3 … of one kind of paper in one year, such as 2023/GCN-BTC."""

    scope_id = models.CharField(max_length=64)
    kind = models.SlugField(max_length=40)
    year = models.PositiveSmallIntegerField()
    symbol = models.CharField(max_length=60)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("scope_id", "kind", "year"), name="one_series"),
        )

    def __str__(self) -> str:
        return f"{self.year}/{self.symbol}"


class Document(models.Model):
    """One issued paper. `check_code` opens its public page; `facts` are what that page says."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="documents")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    about = models.CharField(max_length=120, db_index=True)
    facts = models.JSONField()
    check_code = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("series", "number")
        constraints = (
            models.UniqueConstraint(fields=("series", "number"), name="number_given_once"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_reason=""),
                name="revoked_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number:02d}/{self.series.symbol}"
