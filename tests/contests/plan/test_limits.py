"""What the plan check lets through the tables hold; to PostgreSQL a longer text is an error.

The limits stand in the plan's types. Here a plan with every text at its longest is loaded, and
columns that are filled later from a plan's texts are held to them.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest
from django.db.models import CharField, Model

from hoithi.audit.models import LogEntry
from hoithi.bank.models import Collection, ItemVersion
from hoithi.contests.actions import export_plan, load_plan
from hoithi.contests.models import (
    Assumption,
    Category,
    CommitteeSeat,
    Contest,
    Duty,
    Round,
)
from hoithi.contests.plan.checking import MOST_POINTS, check_plan
from hoithi.contests.plan.reading import field_types, plan_from
from hoithi.contests.plan.schema import Code, Plan
from hoithi.contests.plan.schema import Contest as ContestPlan
from hoithi.contests.plan.schema import Unit as UnitPlan
from hoithi.contests.plan.writing import write_plan
from hoithi.documents.models import Document, Series
from hoithi.entries.models import Entry, Person, StagedList, Team
from hoithi.exam.models import Attempt, Sitting
from hoithi.people.models import Approval, Grant, Invitation, Unit
from hoithi.results.models import Award, RoundScore
from hoithi.rules.shapes import KEY, Key, Label

NOW = datetime(2023, 9, 1, tzinfo=UTC)
FILE = Path(__file__).parents[3] / "plans/daknong-2023/contest.toml"


def longest(kind: Any) -> int:
    """The most characters of a text of the plan."""
    (most,) = (note.max_length for note in get_args(kind)[1:] if note.max_length)
    assert isinstance(most, int)
    return most


KEY_LENGTH, CODE_LENGTH, LABEL = longest(Key), longest(Code), longest(Label)
TITLE = longest(field_types(ContestPlan)["title"])
SHORT_TITLE = longest(field_types(ContestPlan)["short_title"])
UNIT_NAME = longest(field_types(UnitPlan)["name"])


def long_key(key: str) -> str:
    return f"{key}-{'x' * KEY_LENGTH}"[:KEY_LENGTH]


def at_its_longest(kind: Any, value: Any, name: str = "") -> Any:
    """The value with every text in it as long as its type allows; keys stay in step."""
    notes = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    bare = get_args(kind)[0] if notes else kind
    given = [each for each in get_args(bare) if each is not type(None)]
    if value == "" or name == "about":
        return value
    if type(None) in get_args(bare):
        return at_its_longest(given[0], value)
    if isinstance(value, dict):
        kinds = field_types(bare)
        return {key: at_its_longest(kinds[key], each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [at_its_longest(given[0], each, name) for each in value]
    if not isinstance(value, str):
        return value
    if value.startswith("segment:"):
        return f"segment:{long_key(value.removeprefix('segment:'))}"
    pattern = next((note.pattern for note in notes if note.pattern), None)
    if pattern == KEY or name == "level":
        return long_key(value)
    most = next((note.max_length for note in notes if note.max_length), len(value))
    return value + ("x" if kind is Code or name == "code" else "ắ") * (most - len(value))


def longest_plan() -> Plan:
    table = tomllib.loads(FILE.read_text(), parse_float=Decimal)
    short_level = table["contest"].pop("level")  # the one `level` that is no key
    table = at_its_longest(Plan, table)
    table["contest"]["level"] = short_level
    return plan_from(table)


@pytest.mark.django_db
def test_a_plan_with_every_text_at_its_longest_is_valid_and_loaded() -> None:
    plan = longest_plan()
    assert check_plan(plan) == []
    assert (len(plan.key), len(plan.units[0].code)) == (KEY_LENGTH, CODE_LENGTH)
    content = write_plan(plan).encode()
    loaded = load_plan(content=content, actor_id="0", actor_name="hoithi", now=NOW)
    rows: list[Model] = [loaded.contest]
    for model in (Unit, Category, Round, Duty, Assumption):
        rows += model._default_manager.all()
    assert len(rows) > 30
    for row in rows:
        for field in row._meta.concrete_fields:
            if isinstance(field, CharField):  # SQLite itself takes texts of any length
                field.run_validators(getattr(row, field.attname))
    assert export_plan(loaded.contest) == content.decode()


@pytest.mark.parametrize(
    ("model", "column", "needed"),
    [
        (Contest, "key", KEY_LENGTH),
        (Contest, "title", TITLE),
        (Contest, "short_title", SHORT_TITLE),
        (Unit, "tree", KEY_LENGTH),
        (Grant, "scope_id", KEY_LENGTH),
        (Approval, "scope_id", KEY_LENGTH),
        (Approval, "subject", len("round:/") + 2 * KEY_LENGTH),
        (Invitation, "scope_name", UNIT_NAME + len(", ") + SHORT_TITLE),
        (LogEntry, "target", len("round:/") + 2 * KEY_LENGTH),
        (Series, "scope_id", KEY_LENGTH),
        (Document, "title", len("Giấy chứng nhận ") + LABEL),
        (Document, "about", len("999999999/999999999//") + 32 + KEY_LENGTH),
        (Collection, "key", KEY_LENGTH),
        (Collection, "name", TITLE),
        (ItemVersion, "topic", KEY_LENGTH),
        (ItemVersion, "level", KEY_LENGTH),
        (CommitteeSeat, "body", KEY_LENGTH),
        (Person, "audience", KEY_LENGTH),
        (StagedList, "form", KEY_LENGTH),
        (Team, "name", UNIT_NAME),
        (Entry, "number", CODE_LENGTH + len("-D99999")),
        (Award, "prize", KEY_LENGTH),
        (Award, "label", LABEL),
        (Sitting, "title", SHORT_TITLE),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_column_holds_the_longest_text_of_a_plan(
    model: type[Model], column: str, needed: int
) -> None:
    field = model._meta.get_field(column)
    assert isinstance(field, CharField)
    assert field.max_length is not None
    assert field.max_length >= needed


@pytest.mark.parametrize("model", [RoundScore, Attempt])
def test_a_score_holds_the_highest_mark_of_a_plan(model: type[Model]) -> None:
    field = model._meta.get_field("points")
    assert field.clean(MOST_POINTS, None) == MOST_POINTS  # type: ignore[union-attr]
