"""The way from a receipt to the root that was public before any key was opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hoithi.exam.models import Attempt, Sitting
from hoithi.hall.formats import ReceiptTree, receipt_bytes


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A step of the way: the digest to be taken together with the one so far, and on which side."""

    is_left: bool
    sha256: str


def way_to_root(sitting: Sitting, receipt: str) -> tuple[Neighbour, ...]:
    """From a receipt of a collected sitting up (docs/verification.md).

    Raises LookupError where the sitting has no such receipt.
    """
    steps = _tree(sitting.pk, sitting.public_id.hex).path(receipt_bytes(receipt))
    return tuple(Neighbour(step.is_left, step.digest.hex()) for step in steps)


@lru_cache(maxsize=4)
def _tree(sitting_id: int, _public_id: str) -> ReceiptTree:
    """What is collected stays as it is; the tree of 10,000 receipts costs a twentieth second."""
    receipts = Attempt.objects.filter(sitting=sitting_id).exclude(receipt="")
    return ReceiptTree(receipt_bytes(text) for text in receipts.values_list("receipt", flat=True))
