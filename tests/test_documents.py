"""Pages of the documents name what is there: files, tests, and the words on buttons."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
HANDBOOK = ROOT / "docs/vi/huong-dan-to-chuc.md"
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"")
_NAMED = re.compile(r"`((?:docs|tests|hoithi|plans|bench|bin)/[\w./-]+)`")
_FORMAT = re.compile(r"hoithi/[\w-]+/\d+")  # hoithi/bundle/1 names a format, not a file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = [page.parent / (link or source) for link, source in _LINK.findall(text)]
    named = [ROOT / path for path in _NAMED.findall(text) if not _FORMAT.fullmatch(path)]
    assert [str(each) for each in linked + named if not each.exists()] == []


def test_every_page_can_be_found_from_the_index() -> None:
    index = ROOT / "docs/README.md"
    linked = {
        (index.parent / link).resolve() for link, _ in _LINK.findall(index.read_text("utf-8"))
    }
    pages = {page for page in (ROOT / "docs").glob("*.md") if page != index}
    assert pages - linked == set()


def test_the_index_of_decisions_has_every_decision_with_its_title() -> None:
    folder = ROOT / "docs/decisions"
    rows = re.findall(
        r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \|$",
        (folder / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    titles = [
        (page.name[:4], page.name, page.read_text("utf-8").split("\n")[0][len("# 0000 ") :])
        for page in sorted(folder.glob("[0-9]*.md"))
    ]
    assert rows == titles


@cache
def words_on_pages() -> tuple[set[str], str]:
    """What the desk's catalogues say in Vietnamese, and the texts of the contestant's page."""
    words: set[str] = set()
    for catalogue in (ROOT / "hoithi").rglob("locale/vi/LC_MESSAGES/*.po"):
        with catalogue.open("rb") as file:
            for message in read_po(file, locale="vi"):
                texts = message.string or ""
                words.update([texts] if isinstance(texts, str) else texts)
    return words, (ROOT / "hoithi/hall/page/page.js").read_text("utf-8")


@pytest.mark.parametrize(
    "label", sorted(set(re.findall(r"\*\*([^*]+?)\*\*", HANDBOOK.read_text("utf-8"))))
)
def test_a_label_of_the_handbook_stands_on_a_page(label: str) -> None:
    words, hall = words_on_pages()
    text = " ".join(label.split())
    assert text in words or f'"{text}"' in hall
