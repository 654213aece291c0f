"""A hall of its own for each test module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall.scene import HallProcess, close_connections, now_ms, publish


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    """A running hall with one open sitting of forty lines."""
    folder: Path = tmp_path_factory.mktemp("hall")
    process = HallProcess(folder)
    publish(process.control, opens_ms=now_ms() - 1000, closes_ms=now_ms() + 3_600_000, lines=40)
    yield process.start()
    process.stop()


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """No test leaves a connection open."""
    yield
    close_connections()
