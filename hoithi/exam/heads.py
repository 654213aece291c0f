"""Ends of the hall's chains, kept minute by minute while a sitting runs (design 4.2).

Whoever could change the journal would have to change it before the next minute: what everybody has
seen of a chain binds all of it before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, QuerySet

from hoithi.exam.models import ChainHead, Sitting
from hoithi.exam.stores import journal
from hoithi.hall.formats import Head

logger = logging.getLogger(__name__)

EVERY_S = 60


def note_heads(now: datetime) -> int:
    """Keep where the chains of every sitting end that has begun; answers how many have moved.

    One short read of the journal for each sitting. Raises RuleViolation `hall_out_of_reach`.
    """
    running = list(Sitting.objects.begun(now))
    if not running:
        return 0
    known = {(head.sitting_id, head.writer): head for head in newest_heads(running)}
    with journal() as reader:
        ends = [
            ChainHead(
                sitting=sitting,
                writer=head.writer.hex(),
                batch=head.batch,
                sha256=head.digest.hex(),
                read_at=now,
            )
            for sitting in running
            for head in reader.heads(sitting.public_id.bytes)
        ]
    found = [end for end in ends if _goes_on(end, known.get((end.sitting_id, end.writer)))]
    ChainHead.objects.bulk_create(found, ignore_conflicts=True)  # two workers may read one head
    return len(found)


def _goes_on(end: ChainHead, before: ChainHead | None) -> bool:
    """Whether a chain has moved; one that has gone back, or is another, is called out."""
    if before is None or end.batch > before.batch:
        return True
    if (end.batch, end.sha256) != (before.batch, before.sha256):
        logger.error(
            "the chain of writer %s ends at batch %s, and is not the one of %s at batch %s",
            end.writer,
            end.batch,
            before.read_at.isoformat(),
            before.batch,
        )
    return False


def newest_heads(sittings: Iterable[Sitting]) -> list[ChainHead]:
    """The last kept head of every writer, by sitting and writer. One query."""
    last = (
        ChainHead.objects.filter(sitting__in=sittings)
        .order_by()
        .values("sitting", "writer")
        .annotate(last=Max("pk"))
    )
    return list(ChainHead.objects.filter(pk__in=last.values("last")).order_by("sitting", "writer"))


def public_heads(sitting: Sitting) -> set[Head]:
    """Every kept end as the journal has it."""
    kept = sitting.heads.values_list("writer", "batch", "sha256")
    return {
        Head(bytes.fromhex(writer), batch, bytes.fromhex(digest)) for writer, batch, digest in kept
    }


def heads_of(sitting: Sitting) -> QuerySet[ChainHead]:
    """Every kept head of a sitting, newest first."""
    return sitting.heads.order_by("-read_at", "writer", "-batch")
