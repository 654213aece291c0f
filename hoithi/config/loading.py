"""Loading the desk's modules without the collector of garbage, which finds none among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """What is loaded stays. Walked through again and again while it comes, it takes a sixth longer
    until a command begins or a desk that was killed answers again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
