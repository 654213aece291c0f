"""Whether no node of the hall can still take an answer (docs/decisions/0008)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hoithi.exam.watching import is_living
from hoithi.hall.store.api import NodeStatus


@dataclass(frozen=True, slots=True)
class Closed:
    """A node's word that it takes no answer of a sitting any more, and up to which order."""

    writer: bytes
    order: int
    at_ms: int


def has_closed(
    closings: Iterable[Closed], nodes: Sequence[NodeStatus], *, last_order: int, shared: bool
) -> bool:
    """Whether no node can still take an answer of the sitting (docs/decisions/0008).

    A word given before the last order about the sitting is void: that order may have opened it
    again. On one machine one process after another holds the journal, and one word is enough. On a
    shared journal every living node must have given its own, but those that started after one was
    given and have read it. A node lives that reported itself shortly before the newest report: all
    of this is by the hall's clock, whatever the desk's says.
    """
    standing = [each for each in closings if each.order >= last_order]
    if not shared or not standing:
        return bool(standing)
    closers = {each.writer for each in standing}
    first_ms = min(each.at_ms for each in standing)
    newest_ms = max((node.seen_ms for node in nodes), default=0)
    return all(
        node.writer in closers or node.started_ms >= first_ms
        for node in nodes
        if is_living(node, newest_ms)
    )
