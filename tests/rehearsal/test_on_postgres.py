"""A rehearsal on the server that the real journal is on: a database of its own, gone in the end."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from hoithi.rehearsal.live import Live
from hoithi.rehearsal.spec import spec_of
from hoithi.rehearsal.supervising import play
from hoithi.rules.errors import RuleViolation
from tests.rehearsal.traces import databases

pytestmark = pytest.mark.postgres


def schemas(url: str) -> list[str]:
    """What the hall would have made in the database of the real journal."""
    with closing(psycopg.connect(url)) as db:
        rows = db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hall%'").fetchall()
    return [str(name) for (name,) in rows]


def test_the_journal_is_tried_where_the_real_one_is(postgres_url: str, tmp_path: Path) -> None:
    during: set[int] = set()
    spec = spec_of(contestants=40, seconds=3, arriving_s=1, root=str(tmp_path), server=postgres_url)

    def tell(_: Live) -> None:
        during.add(len(databases(postgres_url)))

    report = play(spec, tell=tell)
    assert report is not None
    assert (report.store, report.kept.acknowledged, report.kept.is_whole) == (
        "postgresql",
        1320,
        True,
    )
    assert report.store_mb > 0
    assert 1 in during
    assert (databases(postgres_url), schemas(postgres_url)) == ([], [])
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_an_account_that_may_make_no_database_is_told_so(postgres_url: str, tmp_path: Path) -> None:
    with closing(psycopg.connect(postgres_url, autocommit=True)) as db:
        db.execute("CREATE ROLE plain LOGIN")
    spec = spec_of(
        contestants=4,
        seconds=2,
        root=str(tmp_path),
        server=_as(postgres_url, "plain"),
    )
    with pytest.raises(RuleViolation, match="rehearsal_no_database"):
        play(spec, tell=lambda _: None)
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def _as(url: str, role: str) -> str:
    """The same address for another account."""
    scheme, _, rest = url.partition("://")
    after = rest.partition("@")[2] if "@" in rest.partition("/")[0] else rest
    return f"{scheme}://{role}@{after}"
