"""The page for whatever watches the installation."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from hoithi.config import doctor

pytestmark = pytest.mark.django_db


def test_a_well_desk_says_so_and_nothing_else(client: Client) -> None:
    answer = client.get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["cache-control"]
    assert answer.cookies == {}


def test_a_desk_without_its_tables_is_unwell(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO away")
    answer = client.get("/suc-khoe/")
    assert (answer.status_code, answer.json()) == (503, {"status": "bad"})


def test_a_desk_without_its_folder_is_unwell(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path / "away"
    assert client.get("/suc-khoe/").status_code == 503


def test_a_full_disk_is_unwell(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE_BAD", 10**18)
    assert client.get("/suc-khoe/").status_code == 503


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/suc-khoe/").status_code == 405
