"""Ends of the hall's chains, kept minute by minute while a sitting runs (design 4.2).

Whoever could change the journal would have to change it before the next minute: what everybody has
seen of a chain binds all of it before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Max, Q, QuerySet

from hoithi.exam.models import ChainHead, Sitting, SittingState
from hoithi.exam.stores import journal

EVERY_S = 60


def note_heads(now: datetime) -> int:
    """Keep where the chains of every sitting in the hall end; answers how many have moved.

    One short read of the journal for each sitting. Raises RuleViolation `hall_out_of_reach`.
    """
    running = list(Sitting.objects.filter(state=SittingState.PUBLISHED, opens_at__lte=now))
    if not running:
        return 0
    known = {(head.sitting_id, head.writer): head.batch for head in newest_heads(running)}
    with journal() as reader:
        found = [
            ChainHead(
                sitting=sitting,
                writer=head.writer.hex(),
                batch=head.batch,
                sha256=head.digest.hex(),
                read_at=now,
            )
            for sitting in running
            for head in reader.heads(sitting.public_id.bytes)
            if head.batch > known.get((sitting.pk, head.writer.hex()), 0)
        ]
    ChainHead.objects.bulk_create(found, ignore_conflicts=True)  # two workers may read one head
    return len(found)


def newest_heads(sittings: Iterable[Sitting]) -> list[ChainHead]:
    """The last kept head of every writer, by sitting and writer. Two queries."""
    last = (
        ChainHead.objects.filter(sitting__in=sittings)
        .order_by()
        .values_list("sitting", "writer")
        .annotate(last=Max("batch"))
    )
    these = [Q(sitting=sitting, writer=writer, batch=batch) for sitting, writer, batch in last]
    if not these:
        return []
    return list(ChainHead.objects.filter(reduce(or_, these)).order_by("sitting", "writer"))


def heads_of(sitting: Sitting) -> QuerySet[ChainHead]:
    """Every kept head of a sitting, newest first."""
    return sitting.heads.order_by("-read_at", "writer", "-batch")
