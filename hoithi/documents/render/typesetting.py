"""Templates and plain data to PDF bytes: the same bytes for the same data on every machine.

Data reaches a template as JSON through `sys.inputs` and is never markup: no name can break a page
or run anything. Only typst's embedded fonts are used, and those of the folder `fonts` when one is
given; what a machine happens to have installed never shows.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import typst

TEMPLATES = Path(__file__).parent / "templates"
Plain: TypeAlias = str | int | bool | Sequence["Plain"] | Mapping[str, "Plain"] | None

_LONGEST_WORD = 24
_PIECE = 4
_ZERO_WIDTH_SPACE = "\u200b"


def typeset(template: str, data: Plain, *, fonts: Path | None = None, tagged: bool = True) -> bytes:
    """The PDF of a template of this room over `data`.

    `tagged` adds the structure that readers of screens follow; it costs about half the time of a
    page, so that the largest files go without.
    """
    content = json.dumps(_printable(data), ensure_ascii=False, separators=(",", ":"))
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        format="pdf",
        sys_inputs={"data": content},
        font_paths=[] if fonts is None else [fonts],
        ignore_system_fonts=True,
        pdf_tags=tagged,
    )


def picture_png(svg: str) -> bytes:
    """A drawing (SVG) as a picture of 200 points an inch on the width of a page."""
    return typst.compile(
        TEMPLATES / "drawing.typ",
        root=TEMPLATES,
        format="png",
        ppi=200,
        sys_inputs={"svg": svg},
        ignore_system_fonts=True,
    )


def breakable(text: str, *, longest: int = _LONGEST_WORD) -> str:
    """A text that never leaves its column: words of more than `longest` letters may break.

    No Vietnamese syllable has more than seven letters; 8 suits narrow columns.
    """
    return " ".join(
        word
        if len(word) <= longest
        else _ZERO_WIDTH_SPACE.join(
            word[start : start + _PIECE] for start in range(0, len(word), _PIECE)
        )
        for word in text.split()
    )


def _printable(value: Plain) -> Plain:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_printable(item) for item in value]
    return value


def printable(text: str) -> str:
    """A text in precomposed letters (NFC), its spaces single, without control characters
    and those code points that are no characters, which no XML may hold."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if text.isprintable():
        return text
    return "".join(
        letter
        for letter in text
        if letter == _ZERO_WIDTH_SPACE
        or (
            unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
            and ord(letter) & 0xFFFE != 0xFFFE
        )
    )
