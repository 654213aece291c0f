"""`hoithi doctor`: what it says of an installation, and when it says that something is bad."""

from __future__ import annotations

import asyncio
import secrets
import time
from pathlib import Path

import msgspec
import pytest
from django.db import connection
from pytest_django import Settings

from hoithi.audit.actions import record
from hoithi.audit.models import LogEntry
from hoithi.config import doctor
from hoithi.config.cli import main
from hoithi.config.doctor import examine
from hoithi.hall.monitor import Snapshot
from hoithi.hall.store import journal
from hoithi.hall.store.api import NodeStatus
from tests.config.installation import ROOT, hoithi
from tests.factories import now

PRODUCTION = {
    "HOITHI_ENV": "production",
    "HOITHI_PUBLIC_URL": "https://hoithi.example.vn",
    "HOITHI_HALL_URL": "https://hoithi.example.vn/thi/",
    "HOITHI_SECRET_KEY": secrets.token_urlsafe(32),
    "HOITHI_DATA_KEY": secrets.token_urlsafe(32),
    "HOITHI_CODE_KEY": secrets.token_urlsafe(32),
    "HOITHI_HALL_SECRET": secrets.token_urlsafe(32),
}


def lines(folder: Path, **variables: str) -> dict[str, str]:
    """State and detail by what was looked at."""
    _, said = hoithi(folder, "doctor", **variables)
    return {
        line[6:].split(": ")[0]: line[:6] + line.split(": ", 1)[1]
        for line in said.split("\n")
        if line
    }


def test_an_empty_folder_of_data_is_bad_and_says_what_to_run(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "doctor")
    assert code == 1
    assert "bad   database: " in said
    assert "run hoithi setup" in said


def test_after_setting_up_nothing_is_bad(tmp_path: Path) -> None:
    assert hoithi(tmp_path, "setup", **PRODUCTION) == (0, "")
    code, said = hoithi(tmp_path, "doctor", **PRODUCTION)
    assert (code, "bad " in said) == (0, False)


def test_a_hall_behind_a_proxy_that_is_not_named_is_a_warning(tmp_path: Path) -> None:
    alone = lines(tmp_path, **PRODUCTION)["address"]
    assert alone.startswith("warn  HOITHI_TRUSTED_PROXIES is empty")
    named = lines(tmp_path, **PRODUCTION, HOITHI_TRUSTED_PROXIES="127.0.0.1")["address"]
    assert named == "ok    https://hoithi.example.vn, hall https://hoithi.example.vn/thi/"


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    without = {name: value for name, value in PRODUCTION.items() if name != "HOITHI_CODE_KEY"}
    sentence = "HOITHI_CODE_KEY must be set in production\n"
    assert hoithi(tmp_path, "doctor", **without) == (1, sentence)


def example() -> dict[str, str]:
    """What `set -a; . ./.env` makes of a copied .env.example."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_copied_example_does_not_start_in_production(tmp_path: Path) -> None:
    for command in ("setup", "doctor"):
        code, text = hoithi(tmp_path, command, **example() | {"HOITHI_ENV": "production"})
        assert code == 1
        assert text == (
            "HOITHI_SECRET_KEY is the public value of development; "
            "production needs one of its own\n"
        )
    assert not (tmp_path / "desk.sqlite3").exists()


@pytest.mark.parametrize("name", [name for name in PRODUCTION if "KEY" in name or "SECRET" in name])
def test_each_secret_is_looked_at(tmp_path: Path, name: str) -> None:
    code, text = hoithi(tmp_path, "doctor", **PRODUCTION | {name: example()[name]})
    assert (code, text.split(" is ")[0]) == (1, name)


def test_a_secret_in_two_variables_is_bad(tmp_path: Path) -> None:
    same = PRODUCTION | {"HOITHI_CODE_KEY": PRODUCTION["HOITHI_DATA_KEY"]}
    assert lines(tmp_path, **same)["secrets"] == (
        "bad   one of them stands in two variables; each needs its own"
    )


# Line by line.


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Settings:
    """A development installation on the tests' database and a folder of its own."""
    settings.VAR = tmp_path
    settings.HALL_JOURNAL = str(tmp_path / "journal.sqlite3")
    settings.PUBLIC_URL, settings.HALL_URL = "http://127.0.0.1:8000", "http://127.0.0.1:8001/thi/"
    return settings


def said(what: str) -> tuple[str, str]:
    """State and detail of one line."""
    return next((each.state, each.detail) for each in examine() if each.what == what)


@pytest.mark.django_db
def test_every_line_has_a_state(here: Settings) -> None:
    assert [(each.state, each.what) for each in examine()] == [
        ("ok", "disk"),
        ("ok", "sync"),
        ("ok", "SQLite"),
        ("ok", "database"),
        ("ok", "log"),
        ("warn", "hall"),
        ("ok", "address"),
        ("warn", "secrets"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("bad", "warn", "state"), [(1, 2, "ok"), (1, 10**18, "warn")])
def test_a_disk_that_fills_up_is_told_in_time(
    here: Settings, monkeypatch: pytest.MonkeyPatch, bad: int, warn: int, state: str
) -> None:
    monkeypatch.setattr(doctor, "FREE_BAD", bad)
    monkeypatch.setattr(doctor, "FREE_WARN", warn)
    found, detail = said("disk")
    assert found == state
    assert detail.endswith(f" MB free in {here.VAR}")


@pytest.mark.django_db
def test_a_full_disk_is_bad_and_ends_the_command_with_1(
    here: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "FREE_BAD", 10**18)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.startswith("bad   disk: ")


@pytest.mark.django_db
def test_tables_of_an_older_version_are_bad(here: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app='jobs'")
    state, detail = said("database")
    assert (state, detail.split(" ", 1)[1]) == ("bad", "migrations wait; run hoithi setup")


@pytest.mark.django_db
def test_a_log_that_was_changed_is_bad(here: Settings) -> None:
    for number in range(3):
        record(actor_id="1", actor_name="Thử", action="test", target=f"t:{number}", now=now())
    assert said("log") == ("ok", "unbroken")
    LogEntry.objects.filter(number=2).update(target="t:9")
    assert said("log") == ("bad", "entry 2 does not follow from the one before")


@pytest.mark.django_db
def test_a_hall_is_never_seen_running_or_away(here: Settings) -> None:
    assert said("hall") == ("warn", "has never run here")
    asyncio.run(report(here.HALL_JOURNAL))
    assert said("hall") == ("warn", "has never run here")
    moment = time.time_ns() // 1_000_000
    asyncio.run(report(here.HALL_JOURNAL, moment - 100_000))
    state, detail = said("hall")
    seconds = int(detail.split()[2])
    assert (state, 100 <= seconds <= 130) == ("warn", True)
    assert detail == f"last seen {seconds} s ago, or the clock has moved"
    asyncio.run(report(here.HALL_JOURNAL, moment))
    assert said("hall") == ("ok", "running")


@pytest.mark.django_db
def test_a_sitting_that_the_hall_does_not_open_is_bad(here: Settings) -> None:
    moment = time.time_ns() // 1_000_000
    snapshot = Snapshot(moment, 0, 0, 0, {}, refused=["ab" * 16])
    asyncio.run(report(here.HALL_JOURNAL, moment, snapshot=snapshot))
    assert said("hall") == (
        "bad",
        f"not opened, since its roster in control is not that published: {'ab' * 16}",
    )


async def report(address: str, *seen_ms: int, snapshot: Snapshot | None = None) -> None:
    """A hall on this journal, that says when it was seen."""
    said = msgspec.json.encode(snapshot).decode() if snapshot else ""
    store = journal(address)
    await store.open({})
    for each in seen_ms:
        await store.report(NodeStatus(store.writer, each, each, 0, said))
    await store.shut()


@pytest.mark.django_db
def test_an_address_without_a_certificate_is_a_warning_in_production(here: Settings) -> None:
    here.PRODUCTION = True
    assert said("address") == (
        "warn",
        "http://127.0.0.1:8000 has no certificate; passwords go in the open",
    )
    here.CODE_KEY = "another one"
    assert said("secrets") == ("ok", "four of 32 characters or more, each its own, none public")
