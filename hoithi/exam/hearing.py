"""What the hall's nodes have heard of the desk, and whether anybody has started."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from hoithi.exam.models import Sitting, SittingState
from hoithi.exam.stores import journal
from hoithi.exam.watching import is_living
from hoithi.hall.formats import Kind
from hoithi.hall.store import on_postgres
from hoithi.hall.store.api import JournalReader, NodeStatus
from hoithi.rules.errors import RuleViolation


def has_heard(nodes: Sequence[NodeStatus], order: int, *, shared: bool) -> bool:
    """Whether no hall process acts any more as it did before an order (docs/decisions/0016).

    A process reports an order only when everything it did before is on disk. On one machine one
    process after another holds the journal, and each begins by reading all orders: one that has
    reported it is enough. On a shared journal every living one must have, as in
    `exam.closings.has_closed`; one that starts reports itself before it reads the orders.
    """
    if not shared:
        return any(node.order >= order for node in nodes)
    newest_ms = max((node.seen_ms for node in nodes), default=0)
    living = [node for node in nodes if is_living(node, newest_ms)]
    return bool(living) and all(node.order >= order for node in living)


def somebody_started(sittings: Sequence[Sitting], order: int) -> bool | None:
    """Whether anybody has started in the sittings, for good; none while some hall process may not
    have heard the order that stops it.

    Raises RuleViolation `hall_out_of_reach`.
    """
    with journal() as reader:
        # In this order: what was started before a report is in the journal when that is read.
        nodes = reader.nodes()
        if not has_heard(nodes, order, shared=on_postgres(settings.HALL_JOURNAL)):
            return None
        return _has_started(reader, sittings)


def has_started(sittings: Sequence[Sitting]) -> bool:
    """Whether anybody has started by now; not where no hall has ever run."""
    if all(sitting.state == SittingState.PREPARED for sitting in sittings):
        return False
    try:
        with journal() as reader:
            return _has_started(reader, sittings)
    except RuleViolation:
        return False


def _has_started(reader: JournalReader, sittings: Sequence[Sitting]) -> bool:
    return any(
        row.kind is Kind.START
        for sitting in sittings
        for batch in reader.batches(sitting.public_id.bytes)
        for row in batch.rows
    )
