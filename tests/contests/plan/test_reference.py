"""The published reference of the plan file is the one that the types give."""

from __future__ import annotations

import re
from pathlib import Path

from hoithi.contests.plan.reading import read_plan
from hoithi.contests.plan.reference import reference
from hoithi.contests.plan.writing import write_plan

ROOT = Path(__file__).parents[3]
LINES = reference().splitlines()


def section(heading: str) -> list[str]:
    """The rows of a section, without the head of its table."""
    start = LINES.index(heading)
    rest = LINES[start + 1 :]
    end = next((at for at, line in enumerate(rest) if line.startswith("## ")), len(rest))
    return [line for line in rest[:end] if line.startswith("| `")]


def test_the_published_page_is_up_to_date() -> None:
    assert (ROOT / "docs/plan-format.md").read_text() == reference()


def test_every_table_of_every_plan_has_its_section_and_every_key_its_row() -> None:
    for file in (ROOT / "plans").glob("*/contest.toml"):
        heading = "## At the top"
        for line in write_plan(read_plan(file)).splitlines():
            if line.startswith("["):
                heading = f"## `{line}`"
            elif line:
                key = line.partition(" = ")[0]
                # The keys of this one table are those of the contest's own prizes.
                if heading != "## `[rules.collective.prize_points]`":
                    assert [row for row in section(heading) if row.startswith(f"| `{key}` |")]


def test_rows_say_type_constraint_and_meaning() -> None:
    assert section("## `[[rounds.online.paper]]`") == [
        "| `topic` | key |  | a key of `[[topics]]` |",
        ("| `level` | line | at most 200 characters | a key of `[[levels]]`; empty takes any |"),
        "| `count` | whole number | 1 to 100000 | so many in every paper |",
    ]
    assert section("## `[rules.one_prize]`") == [
        "| `freed` | `next` or `not_given` |  | what becomes of the lower prize |",
    ]
    assert section("## `[rounds.online]`")[:2] == [
        (
            "| `minutes` | whole number | 1 to 600 | time for one attempt; where all answer "
            "together, about how long the round takes: an attempt ends with its sitting |"
        ),
        (
            "| `grace_seconds` | whole number | 0 to 120 | "
            "what arrives so many seconds after the deadline still counts |"
        ),
    ]
    assert section("## `[[duties]]`")[-1] == "| `due` | date | or none | the last day |"


def test_every_key_has_a_meaning() -> None:
    assert [line for line in LINES if re.fullmatch(r"\| `.*\|  \|", line)] == []
