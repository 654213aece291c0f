"""Vietnamese text as people type it: tidying, comparing, sorting names, reading numbers of papers.

Everything stored is NFC. Nothing here guesses silently: what had to be mended is said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ`´"), "'")
_CONTROL = (code for code in range(160) if not 32 <= code < 127 and chr(code) not in "\t\n\r")
_ZERO_WIDTH = "\u200b\u200c\u200d\ufeff\u00ad\u2060"
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LONE = range(0xD800, 0xE000)  # halves of letters, which no file and no database takes
_INVISIBLE = dict.fromkeys([*map(ord, _ZERO_WIDTH + _DIRECTION), *_CONTROL, *_LONE])
_UNTIDY = _INVISIBLE | _APOSTROPHES
_ANY_UNTIDY = re.compile(f"[{re.escape(''.join(map(chr, _UNTIDY)))}]")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_ORDER = {letter: at for at, letter in enumerate(_LETTERS, start=2)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = "\u0302\u0306\u031b"
# Ê Đê, M'Nông and Jrai write ê̆, ô̆, ơ̆ and ư̆, which Unicode knows in two parts only.
_WORD = r"(?:[^\W\d_]\u0306?)+"
_NAME = re.compile(rf"{_WORD}(?:['.\- ]+{_WORD})*\.?")


def tidy(text: str) -> str:
    """NFC, one space between words, none around, plain apostrophes, nothing invisible."""
    clean = unicodedata.normalize("NFC", text)
    if _ANY_UNTIDY.search(clean):  # six times as quick as translating every text
        clean = unicodedata.normalize("NFC", clean.translate(_UNTIDY))
    return " ".join(clean.split())


def tidy_lines(text: str) -> str:
    """The same line by line."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip()


def fold(text: str) -> str:
    """For searching: small letters without marks, đ as d. 'Hòa' and 'HOÀ' fold alike."""
    decomposed = unicodedata.normalize("NFD", tidy(text).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.replace("đ", "d")


def sort_key(text: str) -> str:
    """A text that sorts as Vietnamese dictionaries do: letters first, then tones (CLDR vi).

    Tones rank ngang, huyền, hỏi, ngã, sắc, nặng and only decide between words of the same letters.
    """
    letters, tones = [], []
    for word in tidy(text).casefold().split(" "):
        for letter in word:
            base, tone = _parts(letter)
            letters.append(chr(64 + _LETTER_ORDER.get(base, 0)) if base.isalpha() else "0")
            tones.append(str(tone))
        letters.append(" ")
    return f"{''.join(letters).rstrip()}\u0002{''.join(tones)}"


@lru_cache(maxsize=512)
def _parts(letter: str) -> tuple[str, int]:
    """A letter without its tone, and the tone's rank."""
    tone = 0
    kept = []
    for part in unicodedata.normalize("NFD", letter):
        if part in _TONES:
            tone = _TONES[part]
        elif not unicodedata.combining(part) or part in _SHAPES:
            kept.append(part)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def given_name(full_name: str) -> str:
    """The name by which a list is sorted: the last word, or the one after the Ê Đê particle Y.

    Only a proposal: the holder of a name of another people can have it changed.
    """
    words = tidy(full_name).split(" ")
    if len(words) > 1 and words[0] == "Y":
        return words[1]
    if len(words) > 1 and words[0].startswith(("H'", "H")) and words[0][1:2] == "'":
        return words[0][2:]
    return words[-1]


def name_sort_key(full_name: str, given: str) -> str:
    """Sort by given name, then by the whole name."""
    return f"{sort_key(given)}\u0001{sort_key(full_name)}"


def is_name(text: str) -> bool:
    """Whether a text can be a person's name: letters, and between them ' - . and spaces."""
    return 2 <= len(text) <= 100 and _NAME.fullmatch(text) is not None


def capitalise_name(text: str) -> str:
    """Names typed all in capitals or all small, as they are written: 'VĂN AN' → 'Văn An'.

    A name of mixed case is left alone.
    """
    if text not in (text.upper(), text.lower()):
        return text
    return re.sub(_WORD, lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of a paper as it was read: its digits, or what is wrong and what may be meant."""

    value: str = ""
    code: str = ""
    proposal: str = ""


def read_national_id(text: str) -> Reading:
    """Twelve digits; nine of the old card. Codes: `id_not_digits`, `id_length`, `id_lost_zeros`.

    Excel drops leading zeros: ten or eleven digits get a proposal, and a person confirms it.
    """
    digits = re.sub(r"[ .\-]", "", tidy(text)).removeprefix("'")
    if not digits.isascii() or not digits.isdecimal():
        return Reading(code="id_not_digits")
    if len(digits) in (9, 12):
        return Reading(digits)
    if len(digits) in (10, 11):
        return Reading(code="id_lost_zeros", proposal=digits.zfill(12))
    return Reading(code="id_length")


def read_phone(text: str) -> Reading:
    """A Vietnamese mobile (10 digits) or land line (11). Codes: `phone_not_digits`, `phone_form`,
    `phone_lost_zero`."""
    digits = re.sub(r"[ .\-()]", "", tidy(text)).removeprefix("'")
    digits = re.sub(r"^(\+84|0084)", "0", digits)
    if not digits.isascii() or not digits.isdecimal():
        return Reading(code="phone_not_digits")
    if re.fullmatch(r"0[35789]\d{8}|02\d{9}", digits):
        return Reading(digits)
    if re.fullmatch(r"84[35789]\d{8}", digits):
        return Reading("0" + digits[2:])
    if re.fullmatch(r"[35789]\d{8}|2\d{9}", digits):
        return Reading(code="phone_lost_zero", proposal="0" + digits)
    return Reading(code="phone_form")


def read_birth(text: str) -> Reading:
    """A day of birth as ISO date, or a year alone; from `dd/mm/yyyy`, `d-m-yyyy`, ISO or `yyyy`.

    Codes: `birth_form`, and `birth_no_such_day` for one like 31 February.
    """
    clean = tidy(text)
    if re.fullmatch(r"(19|20)\d\d", clean):
        return Reading(clean)
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]((?:19|20)\d\d)", clean)
    if match:
        day, month, year = map(int, match.groups())
    else:
        match = re.fullmatch(r"((?:19|20)\d\d)-(\d\d)-(\d\d)", clean)
        if not match:
            return Reading(code="birth_form")
        year, month, day = map(int, match.groups())
    try:
        return Reading(date(year, month, day).isoformat())
    except ValueError:
        return Reading(code="birth_no_such_day")
