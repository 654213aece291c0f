"""Flows play in a Chromium and against a hall of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings

from tests.browser.chromium import new_phone, running_browser
from tests.hall.scene import SECRET, HallProcess, close_connections

__all__ = ["new_phone"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gone before the flows that need none."""
    with running_browser() as running:
        yield running


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
