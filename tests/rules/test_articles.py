"""The articles of docs/rules name functions and tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(page for page in (ROOT / "docs/rules").glob("*.md") if page.name != "README.md")


def names(page: Path, kind: str) -> list[tuple[str, str]]:
    """File and name of every `- Code:` or `- Test:` line."""
    return re.findall(rf"^- {kind}: `([^`:]+)::(\w+)`$", page.read_text(), re.MULTILINE)


def missing(named: list[tuple[str, str]]) -> list[str]:
    return [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^(def|class) {name}\b", (ROOT / file).read_text(), re.MULTILINE)
    ]


def test_there_is_a_page_for_every_chapter_and_the_index_names_it() -> None:
    index = (ROOT / "docs/rules/README.md").read_text()
    assert re.findall(r"^\| \[(\w+\.md)\]\(\1\)", index, re.MULTILINE) == [
        *["paper.md", "attempts.md", "scoring.md", "together.md"],
        *["teams.md", "live.md", "judging.md", "overtime.md", "quiz.md"],
        *["ranking.md", "qualifying.md", "awards.md", "side_prizes.md", "collective.md"],
        *["similarity.md", "statistics.md", "pace.md"],
    ]
    assert len(PAGES) == 17


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_article_names_code_and_test_that_there_are(page: Path) -> None:
    articles = re.split(r"^\*\*\d+\. ", page.read_text(), flags=re.MULTILINE)[1:]
    for number, article in enumerate(articles, start=1):
        assert "- Code: `" in article, number
        assert "- Test: `" in article, number
    assert missing(names(page, "Code")) == []
    assert missing(names(page, "Test")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_reference_has_the_form_that_is_checked(page: Path) -> None:
    lines = [line for line in page.read_text().splitlines() if line.startswith("- ")]
    assert len(lines) == len(names(page, "Code")) + len(names(page, "Test"))
