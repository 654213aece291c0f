"""Names of all peoples of the province are stored composed, whoever writes the row."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

import pytest
from django.db import IntegrityError, transaction

from hoithi.contests.models import Contest
from hoithi.entries.composed import IsComposed
from hoithi.entries.models import Person
from hoithi.people.models import Unit
from tests import factories
from tests.entries.scene import begin, listed, load, save, sheet

pytestmark = pytest.mark.django_db
NAMES = (
    "Nguyễn Thị Hoà",
    "Y Blô Niê",
    "H'Ngân Byă",
    "K'Brĭ",
    "M'Nông",
    "H'Čil Ñŏng",
    "Y Bhơ̆m Êban",
    "H'Ê̆n Kbuôr",
)
# Letters of Vietnamese, Ê Đê, M'Nông and Jrai, and the marks they carry.
LETTERS = "aeiouybcdnAEOUăâêôơưđƀĕñẹộ"
MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u030c\u031b\u0323"


@pytest.fixture
def contest() -> Contest:
    return load()


def composed(texts: Iterable[str]) -> list[str]:
    """Those that the database takes for composed."""
    rows = [Unit(tree="chu", code=str(at), name=text) for at, text in enumerate(texts)]
    Unit.objects.bulk_create(rows)
    found = Unit.objects.filter(IsComposed("name"), tree="chu").order_by("pk")
    return list(found.values_list("name", flat=True))


@pytest.mark.parametrize("name", [*NAMES, "Č"])
def test_a_name_in_parts_is_refused_and_a_composed_one_stored(contest: Contest, name: str) -> None:
    stored = factories.person(contest, "GN", name)
    assert Person.objects.get().name == name
    apart = unicodedata.normalize("NFD", name)
    assert apart != name
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=stored.pk).update(name=apart)


def test_a_list_that_was_typed_in_parts_is_stored_composed(contest: Contest) -> None:
    typed = [listed(at, name=unicodedata.normalize("NFD", name)) for at, name in enumerate(NAMES)]
    save(begin(contest), sheet(*typed))
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted(NAMES)


def test_the_database_knows_what_is_composed() -> None:
    texts = [
        f"K{letter}{first}{second}n"
        for letter in LETTERS
        for first, second in itertools.product(["", *MARKS], MARKS)
    ]
    wanted = [text for text in texts if unicodedata.is_normalized("NFC", text)]
    assert 0 < len(wanted) < len(texts)
    assert composed(texts) == wanted


def test_marks_that_are_never_composed_are_refused() -> None:
    assert composed(["An\u0340", "An\u0341", "An\u0343", "An\u0344", "An"]) == ["An"]
