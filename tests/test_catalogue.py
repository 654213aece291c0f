"""Everything that people read is Vietnamese: messages, refusals, pages, letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.test import RequestFactory

from hoithi.web.catalogues import compile_catalogues
from hoithi.web.extraction import entries_of
from hoithi.web.violations import CONTEXT
from tests.english import ROOMS, SOURCE, catalogue, english_of, english_words
from tests.people.tour import VISITS, Visit

ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")
each_room = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)


def text_of(response: HttpResponseBase) -> str:
    return response.content.decode() if hasattr(response, "content") else ""


def rolled_back(visit: Visit) -> list[HttpResponseBase]:
    """What a visit meets; nothing of it stays."""
    with transaction.atomic():
        met = list(visit())
        transaction.set_rollback(True)
    return met


def test_every_catalogue_compiles() -> None:
    compiled = {(each.path.parts[-5], each.language) for each in compile_catalogues(SOURCE)}
    assert ("people", "vi") in compiled


@each_room
def test_whatever_a_room_says_has_its_vietnamese(room: Path) -> None:
    held = catalogue("vi")
    said = entries_of(room, "vi")
    assert [entry for entry in said if (entry.context, entry.text) not in held] == []


@each_room
def test_whatever_a_room_refuses_has_its_sentence_in_english(room: Path) -> None:
    held = catalogue("en")
    codes = [entry.text for entry in entries_of(room, "en")]
    assert [code for code in codes if (CONTEXT, code) not in held] == []


def test_a_message_is_translated_in_one_way_only() -> None:
    """Catalogues of all rooms are one at run time: of two translations one would never be seen."""
    assert {key: texts for key, texts in catalogue("vi").items() if len(texts) > 1} == {}


def test_english_is_recognised() -> None:
    assert {"password", "forgotten", "the"} <= english_words()
    assert english_of("<p title='Forgotten'>Quên mật khẩu</p><script>the</script>") == ["forgotten"]


@pytest.mark.django_db
@pytest.mark.parametrize("visit", VISITS.values(), ids=VISITS)
def test_pages_refusals_and_letters_about_accounts_are_vietnamese(visit: Visit) -> None:
    pages = [text_of(response) for response in visit()]
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert [english_of(page) for page in [*pages, *letters] if english_of(page)] == []


@pytest.mark.django_db
def test_every_page_about_accounts_is_visited() -> None:
    visited = {
        template.name
        for visit in VISITS.values()
        for response in rolled_back(visit)
        for template in getattr(response, "templates", ())
    }
    root = SOURCE / "people/templates"
    assert [
        name
        for path in sorted(root.rglob("*.html"))
        if (name := path.relative_to(root).as_posix()) not in visited
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_are_vietnamese(name: str) -> None:
    assert english_of(render_to_string(name, request=RequestFactory().get("/"))) == []


def test_vietnamese_is_what_is_spoken_first() -> None:
    assert settings.LANGUAGE_CODE == "vi"
