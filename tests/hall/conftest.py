"""Both stores, and a hall of its own for each test module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hall.scene import HallProcess, close_connections, now_ms, publish
from tests.postgres import Cluster


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes the address of an empty database; nothing on SQLite, where a folder will do."""
    if request.param == "sqlite":
        return str
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.fresh


@pytest.fixture
def journal_address(new_database: Callable[[], str], tmp_path: Path) -> str:
    """Where a new journal can be made."""
    return new_database() or str(tmp_path / "journal.sqlite3")


@pytest.fixture(scope="module")
def hall(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A running hall with one open sitting of forty lines."""
    process = HallProcess(tmp_path_factory.mktemp("hall"), new_database())
    publish(
        process.control_address,
        opens_ms=now_ms() - 1000,
        closes_ms=now_ms() + 3_600_000,
        lines=40,
    )
    yield process.start()
    process.stop()


@pytest.fixture
def new_hall(new_database: Callable[[], str], tmp_path: Path) -> Iterator[HallProcess]:
    """A hall that is not yet running, for a test of its own."""
    process = HallProcess(tmp_path, new_database())
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """No test leaves a connection open."""
    yield
    close_connections()
