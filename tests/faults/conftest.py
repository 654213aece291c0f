"""Halls on either store, killed and started again by the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hall.conftest import hang_up, new_database, new_hall
from tests.postgres import Cluster, temporary_cluster

__all__ = ["hang_up", "new_database", "new_hall"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder breaks something."""
    for item in items:
        if "tests/faults/" in item.nodeid:
            item.add_marker("faults")


@pytest.fixture
def mortal() -> Iterator[Cluster]:
    """A server of its own, for a test that kills it or starves it."""
    with temporary_cluster() as cluster:
        yield cluster
