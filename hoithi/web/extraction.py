"""What a room says: messages in its Python and templates, and the codes of its violations.

    python -m hoithi.web.extraction hoithi/portal     append what its catalogues lack

New entries are put at the end without a translation; `make setup` then refuses the catalogue until
somebody has written one. Entries that stand already, with their comments and order, are left alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import cast

from babel.messages.extract import extract_python
from babel.messages.pofile import normalize, read_po
from django.utils.translation.template import templatize

from hoithi.web.violations import CONTEXT

_Texts = str | tuple[str | None, ...]
_Call = tuple[int, str, _Texts, list[str]]
_PARTS: dict[str, tuple[str, ...]] = {
    "_": ("text",),
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
    "npgettext_lazy": ("context", "text", "plural"),
}
_CODE = re.compile(r'RuleViolation\(\s*"(\w+)"')
_HEAD = """msgid ""
msgstr ""
"Project-Id-Version: hoithi\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"
"""
_PLURALS = {"vi": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a catalogue without its translation."""

    text: str
    plural: str | None = None
    context: str | None = None


def entries_of(room: Path, language: str) -> list[Entry]:
    """What a room's catalogue must hold, each once, in the order of files and lines.

    In English a message is its own text, so that only codes need an entry.
    """
    found = list(_codes(room)) if language == "en" else [*_messages(room), *_codes(room)]
    return list(dict.fromkeys(found))


def missing_entries(room: Path, language: str) -> list[Entry]:
    """What the room says and its catalogue does not hold."""
    path = _catalogue(room, language)
    held: set[Entry] = set()
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                texts = [message.id] if isinstance(message.id, str) else list(message.id)
                held.add(Entry(texts[0], texts[1] if len(texts) > 1 else None, message.context))
    return [entry for entry in entries_of(room, language) if entry not in held]


def add_missing(room: Path, language: str) -> int:
    """Append what is missing to the room's catalogue; the number of entries added."""
    missing = missing_entries(room, language)
    path = _catalogue(room, language)
    if missing and not path.exists():
        path.parent.mkdir(parents=True)
        head = _HEAD.format(language=language, plural=_PLURALS[language])
        path.write_text(head, encoding="utf-8")
    if missing:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(_written(entry, language) for entry in missing)
    return len(missing)


def _catalogue(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def _messages(room: Path) -> Iterator[Entry]:
    templates = (room.rglob(f"templates/**/*.{suffix}") for suffix in ("html", "txt"))
    for path in sorted([*room.rglob("*.py"), *chain.from_iterable(templates)]):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = templatize(source, origin=str(path))
        content = BytesIO(source.encode())
        # Babel's types promise the order of another function: this one gives line, name, texts.
        calls = cast("Iterator[_Call]", extract_python(content, dict.fromkeys(_PARTS), [], {}))
        for _, function, texts, _ in calls:
            if entry := _entry(function, texts):
                yield entry


def _entry(function: str, given: _Texts) -> Entry | None:
    """The literal arguments of a call by their meaning; None when one of them is no literal."""
    texts = given if isinstance(given, tuple) else (given,)
    parts = {part: text for part, text in zip(_PARTS[function], texts, strict=False) if text}
    return Entry(**parts) if len(parts) == len(_PARTS[function]) else None


def _codes(room: Path) -> Iterator[Entry]:
    for path in sorted(room.rglob("*.py")):
        for code in _CODE.findall(path.read_text(encoding="utf-8")):
            yield Entry(code, context=CONTEXT)


def _written(entry: Entry, language: str) -> str:
    lines = [""]
    if entry.context is not None:
        lines.append(f"msgctxt {normalize(entry.context)}")
    lines.append(f"msgid {normalize(entry.text)}")
    if entry.plural is None:
        lines.append('msgstr ""')
    else:
        lines.append(f"msgid_plural {normalize(entry.plural)}")
        count = int(_PLURALS[language].split("nplurals=")[1][0])
        lines += [f'msgstr[{number}] ""' for number in range(count)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for language in _PLURALS:
            added = add_missing(Path(name), language)
            sys.stdout.write(f"{_catalogue(Path(name), language)}: {added}\n")
