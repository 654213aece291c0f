"""Fixtures that several rooms share."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from hypothesis import settings as hypothesis_settings

from hoithi.web.catalogues import compile_catalogues
from tests.migrated import DESK, cluster_with_desk, fill, share_tables
from tests.postgres import Cluster
from tests.races import run_race

# How long an example takes says how busy the machine is.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Make warnings errors in the processes that tests start, as they are in the tests themselves.

    Compile the catalogues before anything asks for a word: pages and sentences are tested in the
    words that people read. Workers find it done.
    """
    os.environ["PYTHONWARNINGS"] = "error"
    if not hasattr(config, "workerinput"):
        share_tables()
        for each in compile_catalogues(Path(__file__).parents[1] / "hoithi"):
            # Setting up has read the catalogues already.
            translation_file_changed(None, each.path.with_suffix(".mo"))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: no look for garbage need walk through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Have the tables in SQLite's memory before Django comes to make them; it looks and finds no
    migration left to do. What is in there lasts as long as somebody is connected.
    """
    if connection.vendor != "sqlite":
        connection.settings_dict["TEST"]["TEMPLATE"] = DESK  # of tests.on_postgres
        yield
        return
    name = f"file:memorydb_{connection.alias}?mode=memory&cache=shared"
    with closing(sqlite3.connect(name, uri=True)) as memory:
        fill(memory)
        yield


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One server for the whole run."""
    with cluster_with_desk() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def postgres_url(postgres_cluster: Cluster) -> str:
    """A database of its own for each test module."""
    return postgres_cluster.fresh()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], object]:
    """Runs `module:function` with threads on a database of its own (tests/races.py)."""
    database = ""
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        database = cluster.fresh(DESK)
    return lambda name: run_race(name, tmp_path, database)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> None:
    """Hashing a password well takes most of a second; tests are not worth stealing from."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def folder_of_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of data for the whole run, so that no test writes beside the code."""
    folder = tmp_path_factory.mktemp("var")
    with override_settings(VAR=folder, FILES=folder / "files"):
        yield folder


@pytest.fixture(autouse=True)
def in_vietnamese() -> Iterator[None]:
    """Every test begins in Vietnamese; a page asked for in English leaves its language behind."""
    with translation.override("vi"):
        yield
