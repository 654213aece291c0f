"""Flows play in one Chromium and against one hall of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.browser.chromium import browser, new_phone
from tests.hall.scene import SECRET, HallProcess, close_connections

__all__ = ["browser", "new_phone"]


@pytest.fixture
def hall(tmp_path: Path, settings: Settings) -> Iterator[HallProcess]:
    """A hall that is not running yet, and a desk that knows its stores."""
    folder = tmp_path / "hall"
    folder.mkdir()
    process = HallProcess(folder)
    settings.HALL_CONTROL = str(process.control)
    settings.HALL_JOURNAL = str(process.journal)
    settings.HALL_SECRET = SECRET.decode()
    yield process
    close_connections()
    process.stop()
