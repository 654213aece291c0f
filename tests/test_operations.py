"""What the documents say about running an installation is what the code reads and does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hoithi.config.cli import main
from hoithi.config.doctor import examine
from hoithi.config.environment import Environment
from hoithi.hall.config import DEVELOPMENT_SECRET, read_config

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
_VARIABLE = re.compile(r"\bHOITHI_[A-Z]+(?:_[A-Z]+)*(?![A-Z_])")
_READ = re.compile(r"environ(?:\.get\(|\[)\"(HOITHI_[A-Z_]+)\"")


def variables() -> set[str]:
    """What the program names, and what tests and measurements read (they also make names up)."""
    program = [ROOT / "Makefile", *(ROOT / "bin").iterdir(), *(ROOT / "hoithi").rglob("*.py")]
    found = {name for each in program for name in _VARIABLE.findall(each.read_text("utf-8"))}
    for folder in ("tests", "bench"):
        for each in (ROOT / folder).rglob("*.py"):
            found |= set(_READ.findall(each.read_text("utf-8")))
    return found


def example() -> dict[str, str]:
    """Names and values of the example, also those that are commented out."""
    lines = re.findall(r"^(?:# )?(HOITHI_\w+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert len(lines) == len({name for name, _ in lines})
    return dict(lines)


def test_every_variable_has_a_row_and_every_row_a_variable() -> None:
    rows = re.findall(r"^\| `(HOITHI_\w+)` \|", OPERATIONS, re.MULTILINE)
    assert sorted(set(rows)) == sorted(variables())


def test_the_example_has_every_variable_and_no_other() -> None:
    assert sorted(example()) == sorted(variables())


def test_a_page_of_the_documents_names_no_variable_that_is_not_read() -> None:
    known = variables()
    pages = [*ROOT.glob("*.md"), ROOT / "Containerfile", *(ROOT / "docs").rglob("*.md")]
    named = {
        (each.name, name)
        for each in pages
        for name in _VARIABLE.findall(each.read_text(encoding="utf-8"))
    }
    assert {each for each in named if each[1] not in known} == set()


def test_the_example_says_what_development_does_anyway() -> None:
    values = {name: value for name, value in example().items() if value}
    environment = Environment(values)
    assert not environment.production
    assert read_config(values | {"HOITHI_HALL_CONTROL": "", "HOITHI_HALL_JOURNAL": ""}).port == 8001
    assert values["HOITHI_HALL_SECRET"] == DEVELOPMENT_SECRET
    settings = (ROOT / "hoithi/config/settings.py").read_text(encoding="utf-8")
    defaults = dict(re.findall(r'_env\.secret\("(HOITHI_\w+)", "([^"]+)"\)', settings))
    assert defaults == {name: values[name] for name in defaults}
    assert len(defaults) == 4


@pytest.mark.django_db
def test_the_doctor_has_a_row_for_each_line_that_it_says() -> None:
    section = OPERATIONS.split("## `hoithi doctor`, line by line")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \|", section, re.MULTILINE)
    assert rows[1:] == [finding.what for finding in examine()]


def test_every_command_that_is_shown_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    pages = [ROOT / name for name in ("README.md", "README.vi.md", "docs/operations.md")]
    text = "\n".join(each.read_text(encoding="utf-8") for each in pages if each.exists())
    shown = set(re.findall(r"(?:^    |`|bin/)hoithi ([a-z][a-z-]+)\b", text, re.MULTILINE))
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^    ([a-z-]+)(?: |$)", capsys.readouterr().out, re.MULTILINE))
    assert {"run", "serve", "backup"} <= known
    assert shown - known == set()
