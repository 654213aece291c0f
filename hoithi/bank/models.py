"""Questions in versions. They outlive contests; a contest freezes a set of versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Collection(models.Model):
    """A bank of questions with its topics and levels, in the words of its owner."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    topics = models.JSONField()
    levels = models.JSONField()

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A question through all its versions; `code` is its owner's number."""

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="items")
    code = models.CharField(max_length=40)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("collection", "code")
        constraints = (
            models.UniqueConstraint(fields=("collection", "code"), name="one_item_per_code"),
        )

    def __str__(self) -> str:
        return self.code


class ItemVersion(models.Model):
    """What a question said at a time; never changed. `key` is the index of the right option."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    topic = models.SlugField(max_length=60)
    level = models.SlugField(max_length=60)
    stem = models.TextField()
    options = models.JSONField()
    key = models.PositiveSmallIntegerField()
    explanation = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    article = models.CharField(max_length=200, blank=True)
    fact = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    checked_on = models.DateField()
    added_by = models.CharField(max_length=200)
    added_by_id = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_by_id = models.CharField(max_length=40, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("item", "number")
        constraints = (
            models.UniqueConstraint(fields=("item", "number"), name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="valid_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item.code}/{self.number}"
