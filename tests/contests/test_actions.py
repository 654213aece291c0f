"""Loading plans into a database: again and again, corrected, shifted for a demo, exported."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from hoithi.contests.actions import Loaded, export_plan, load_plan, move_windows
from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.reading import PlanError, parse_plan
from hoithi.contests.queries import plan_of, regulation_of, units_of

pytestmark = pytest.mark.django_db
CONTENT = (Path(__file__).parents[2] / "plans/daknong-2023/contest.toml").read_bytes()
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def load(content: bytes = CONTENT) -> Loaded:
    return load_plan(content=content, actor_id="1", actor_name="Thử", now=NOW)


def test_a_plan_becomes_rows_and_loading_it_again_changes_nothing() -> None:
    first = load()
    again = load()
    contest = Contest.objects.get()
    assert (first.changed, again.changed) == (True, False)
    assert contest.law_date == date(2023, 10, 15)
    assert [unit.code for unit in units_of(contest)] == [
        "GN",
        "CJ",
        "DG",
        "DM",
        "DR",
        "DS",
        "KN",
        "TD",
    ]
    assert contest.plans.count() == 1
    assert contest.duties.count() == 14
    assert [each.key for each in contest.rounds.all()] == ["truc-tuyen", "truc-tiep"]
    assert LogEntry.objects.count() == 1


def test_a_corrected_plan_is_a_new_version() -> None:
    load()
    result = load(CONTENT.replace(b"minutes = 30", b"minutes = 25"))
    assert result.changed
    assert [plan.number for plan in result.contest.plans.all()] == [1, 2]
    assert result.contest.rounds.count() == 2
    assert first_broken() is None


def test_a_wrong_plan_leaves_nothing_behind() -> None:
    with pytest.raises(PlanError):
        load(CONTENT.replace(b"minutes = 30", b"minutes = 0"))
    assert Contest.objects.count() == 0


def test_a_demo_moves_the_windows_once_and_an_export_undoes_it() -> None:
    contest = load().contest
    assert move_windows(contest=contest, now=NOW)
    assert not move_windows(contest=contest, now=NOW + timedelta(days=3))
    each = Round.objects.get(key="truc-tuyen")
    assert (each.opens_at, each.closes_at) == (NOW, NOW + timedelta(days=14))
    assert contest.law_date == date(2023, 10, 15)
    assert parse_plan(export_plan(contest).encode()) == parse_plan(CONTENT)
    load(CONTENT.replace(b"minutes = 30", b"minutes = 25"))
    each.refresh_from_db()
    assert each.opens_at == NOW


def test_the_regulation_of_a_round_comes_from_the_plan() -> None:
    contest = load().contest
    each = Round.objects.get(key="truc-tuyen")
    regulation = regulation_of(each)
    assert regulation.ranking == ["points", "duration", "submitted"]
    assert plan_of(contest).round("truc-tuyen").online is not None
