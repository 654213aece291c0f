"""Fixtures that several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Cluster, temporary_cluster


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One server for the whole run."""
    with temporary_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def postgres_url(postgres_cluster: Cluster) -> str:
    """A database of its own for each test module."""
    return postgres_cluster.fresh()
