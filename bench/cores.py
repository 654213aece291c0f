"""Which core the measured server gets, and which one the load."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

CORES = sorted(os.sched_getaffinity(0))
SEPARATE = len(CORES) > 1


@contextmanager
def server_core() -> Iterator[None]:
    """Processes started inside run on the first core, all of their threads with them."""
    with _on(CORES[0]):
        yield


@contextmanager
def load_core() -> Iterator[None]:
    """The block runs on the second core, where there is one."""
    with _on(CORES[-1]):
        yield


@contextmanager
def _on(core: int) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
