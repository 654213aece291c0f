"""What a room says is found in its sources and put into its catalogues once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.web.catalogues import CatalogueError, compile_catalogues
from hoithi.web.extraction import Entry, add_missing, entries_of, missing_entries
from tests.web.conftest import ROOM

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext
from hoithi.rules.errors import RuleViolation

TITLE = gettext_lazy("Teams")


def say(count, name):
    text = ngettext("%(n)d team", "%(n)d teams", count)
    other = pgettext("of a team", "Name") + npgettext("of a team", "One", "Many", count)
    raise RuleViolation(
        "list_closed", name=name
    )
"""
PAGE = """{% load i18n %}{% translate "Teams" %}
{% blocktranslate with name=team.name trimmed %}
  Team {{ name }}
{% endblocktranslate %}{% translate "Order" context "of a team" %}
"""
SAID = [
    Entry("Teams"),
    Entry("%(n)d team", "%(n)d teams"),
    Entry("Name", context="of a team"),
    Entry("One", "Many", "of a team"),
    Entry("Team %(name)s"),
    Entry("Order", context="of a team"),
    Entry("list_closed", context="violation"),
]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "templates" / "room").mkdir(parents=True)
    (tmp_path / "actions.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "templates" / "room" / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_every_message_is_found_once_in_code_and_templates(room: Path) -> None:
    assert entries_of(room, "vi") == SAID


def test_english_needs_the_sentences_of_codes_only(room: Path) -> None:
    assert entries_of(room, "en") == [Entry("list_closed", context="violation")]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_was_added_is_missing_no_more(room: Path, language: str) -> None:
    said = entries_of(room, language)
    assert missing_entries(room, language) == said
    assert add_missing(room, language) == len(said)
    assert missing_entries(room, language) == []
    assert add_missing(room, language) == 0


def test_an_added_entry_waits_for_its_translation(room: Path) -> None:
    add_missing(room, "vi")
    with pytest.raises(CatalogueError) as caught:
        compile_catalogues(room)
    assert len(str(caught.value).splitlines()) == len(SAID)


def test_what_stands_in_a_catalogue_is_left_as_it_is(room: Path) -> None:
    add_missing(room, "vi")
    path = room / "locale/vi/LC_MESSAGES/django.po"
    translated = path.read_text().replace(
        'msgid "Teams"\nmsgstr ""', '# hai đội trở lên\nmsgid "Teams"\nmsgstr "Các đội"'
    )
    path.write_text(translated)
    (room / "views.py").write_text('from x import gettext\nNEW = gettext("New")\n')
    assert add_missing(room, "vi") == 1
    assert path.read_text() == translated + '\nmsgid "New"\nmsgstr ""\n'


def test_this_rooms_catalogues_hold_all_it_says() -> None:
    assert [missing_entries(ROOM, language) for language in ("vi", "en")] == [[], []]
