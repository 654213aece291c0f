"""English that a reader of Vietnamese would meet: words of message ids that no translation uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
from babel.messages.pofile import read_po

from hoithi.web.extraction import entries_of

SOURCE = Path(__file__).parents[1] / "hoithi"
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))
FOREIGN = (
    Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po",
    Path(django.__file__).parent / "contrib/auth/locale/en/LC_MESSAGES/django.po",
    Path(allauth.__file__).parent / "locale/de/LC_MESSAGES/django.po",
)
SHOWN = ("title", "alt", "placeholder", "aria-label")
_WORD = re.compile(r"[^\W\d_]{3,}")
_PLACE = re.compile(r"%\(\w+\)\w|\{\w*\}|https?://\S+|\S+@\S+")


def catalogue(language: str) -> dict[tuple[str | None, str], set[str]]:
    """What all our catalogues of a language say for a context and a message id."""
    texts: dict[tuple[str | None, str], set[str]] = {}
    for path in sorted(SOURCE.glob(f"*/locale/{language}/LC_MESSAGES/*.po")):
        for id_, context, text in _messages(path, language):
            texts.setdefault((context, id_), set()).add(text)
    return texts


def _messages(path: Path, language: str) -> list[tuple[str, str | None, str]]:
    """Message id, context and translation; of a plural the first form of each."""
    with path.open("rb") as file:
        found = [message for message in read_po(file, locale=language) if message.id]
    return [(_first(each.id), each.context, _first(each.string)) for each in found]


def _first(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else (text or [""])[0]


def words(text: str) -> set[str]:
    """Words of three letters or more, without places to be filled, links and addresses."""
    return {word.lower() for word in _WORD.findall(_PLACE.sub(" ", text))}


@cache
def english_words() -> frozenset[str]:
    """Words of all message ids, ours and foreign, less those that our translations use too."""
    said = [entry.text for room in ROOMS for entry in entries_of(room, "vi") if not entry.context]
    for path in FOREIGN:
        said += [id_ for id_, _, _ in _messages(path, path.parts[-3])]
    vietnamese = [text for texts in catalogue("vi").values() for text in texts]
    return frozenset(
        set().union(*(words(text) for text in said))
        - set().union(*(words(text) for text in vietnamese))
    )


class _Shown(HTMLParser):
    """Collects what a page shows and what it says to readers of screens.

    Names of things inside the machine (`code`) and what is marked as of another language, such as
    the names of languages, are left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._left_out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"script", "style", "code"} or values.get("lang", "vi") != "vi":
            self._left_out.append(tag)
        if not self._left_out:
            self.texts += [values[name] or "" for name in SHOWN if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and self._left_out[-1] == tag:
            self._left_out.pop()

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.texts.append(data)


def english_of(content: str) -> list[str]:
    """The English words that a page or a letter shows."""
    reader = _Shown()
    reader.feed(content)
    reader.close()
    return sorted(words(unescape(" ".join(reader.texts))) & english_words())
