"""One cell of an officer's list: what it says, or what is wrong with it and what may be meant.

Pure. A proposal is never taken by itself, except where nothing that can be seen changes: letters
of two signs are composed, apostrophes made plain, and that is noted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from hoithi.rules.errors import ParamValue
from hoithi.rules.legacy_text import from_legacy, is_unicode, legacy_encoding, oddities, old_reading
from hoithi.rules.vietnamese import (
    Reading,
    capitalise_name,
    fold,
    given_name,
    is_name,
    read_birth,
    tidy,
)

MOST_YEARS = 100
LONGEST_NAME = 100
LONGEST_WORKPLACE = 200
LONGEST_GIVEN_NAME = 60
_SERIAL_ZERO = date(1899, 12, 30)
_ENCODINGS = ("tcvn3", "vni")


class Weight(StrEnum):
    """BAD must be mended before the list is saved; DOUBT asks to look again; NOTE only tells."""

    BAD = "bad"
    DOUBT = "doubt"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said about a cell. `proposal` is a text that could stand there instead."""

    code: str
    proposal: str = ""
    weight: Weight = Weight.BAD
    params: Mapping[str, ParamValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a cell in its normal form, empty when it is bad, and the findings."""

    value: str
    findings: tuple[Finding, ...] = ()


def is_formula(raw: str) -> bool:
    """A formula without its result, or one that Excel could not work out."""
    return (
        re.fullmatch(r"=.*|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", raw, re.DOTALL)
        is not None
    )


def read_text(raw: str) -> Read:
    """Any text: old encodings are recognised, the rest is tidied."""
    meant = old_reading(raw)
    if meant:
        return Read("", (Finding("legacy_text", tidy(meant)),))
    clean = tidy(raw)
    if clean == " ".join(raw.split()):
        return Read(clean)
    return Read(clean, (Finding("text_tidied", clean, Weight.NOTE),))


def doubtful_texts(texts: Sequence[str]) -> dict[str, str]:
    """Texts of one list that can be read in two ways, with the other way.

    Where most are typed in an old encoding, one like `Mai Cã` may be `Mai Có`: it is good
    Vietnamese both ways, and only a person knows.
    """
    known = [legacy_encoding(text) for text in texts if not is_unicode(text)]
    used = max(_ENCODINGS, key=known.count)
    if known.count(used) * 2 <= len(known):
        return {}
    meant = {
        text: tidy(from_legacy(text, used))
        for text in texts
        if not is_unicode(text) and not legacy_encoding(text)
    }
    return {
        text: other
        for text, other in meant.items()
        if other != tidy(text) and oddities(other) <= oddities(text)
    }


def read_name(raw: str) -> Read:
    """A person's whole name. Codes: `legacy_text`, `name_capitals`, `name_form`, `name_one_word`,
    `text_tidied`, `text_too_long`."""
    read = read_text(raw)
    if len(read.value) > LONGEST_NAME:
        return Read("", (Finding("text_too_long", params={"most": LONGEST_NAME}),))
    if not read.value:
        return Read("", tuple(_capitalised(each) for each in read.findings))
    written = capitalise_name(read.value)
    if written != read.value and is_name(written):
        return Read("", (*read.findings, Finding("name_capitals", written)))
    if not is_name(read.value):
        return Read("", (*read.findings, Finding("name_form", _without_number(read.value))))
    if " " not in read.value:
        return Read(read.value, (*read.findings, Finding("name_one_word", weight=Weight.DOUBT)))
    return read


def _capitalised(finding: Finding) -> Finding:
    return Finding(finding.code, capitalise_name(finding.proposal), finding.weight)


def _without_number(text: str) -> str:
    """'3. Nguyễn Văn An' → 'Nguyễn Văn An'; nothing when that does not make it a name."""
    rest = re.sub(r"^\d+\s*[.)\-:]?\s*", "", text)
    return rest if rest != text and is_name(rest) else ""


def read_given_name(raw: str, name: str) -> Read:
    """The part of `name` by which lists are sorted; proposed when the cell is empty.

    Codes: `given_not_in_name`, `text_too_long`, and those of a text.
    """
    read = read_text(raw)
    if read.findings and not read.value:
        return read
    if not read.value:
        return Read(given_name(name)[:LONGEST_GIVEN_NAME] if name else "")
    if len(read.value) > LONGEST_GIVEN_NAME:
        return Read("", (Finding("text_too_long", params={"most": LONGEST_GIVEN_NAME}),))
    if name and fold(read.value) not in fold(name):
        return Read("", (*read.findings, Finding("given_not_in_name", given_name(name))))
    return Read(capitalise_name(read.value), read.findings)


def read_workplace(raw: str) -> Read:
    """Codes: `legacy_text`, `text_tidied`, `text_too_long`."""
    read = read_text(raw)
    if len(read.value) > LONGEST_WORKPLACE:
        return Read("", (Finding("text_too_long", params={"most": LONGEST_WORKPLACE}),))
    return read


def read_birthday(raw: str, *, law_date: date, minimum_age: int) -> Read:
    """An ISO day or a year, of somebody old enough on `law_date`.

    Codes: `birth_form`, `birth_no_such_day`, `birth_in_future`, `birth_improbable`, `too_young`,
    `birth_needs_day` where a year alone leaves the age open.
    """
    reading = read_birth(raw)
    if reading.code:
        return Read("", (Finding(reading.code, _meant_day(tidy(raw))),))
    finding = _age_finding(reading, law_date, minimum_age)
    return Read("" if finding else reading.value, (finding,) if finding else ())


def _meant_day(text: str) -> str:
    """A day that may be meant: a day number of Excel, a year of two figures, month before day."""
    if re.fullmatch(r"\d{5}", text):
        return f"{_SERIAL_ZERO + timedelta(days=int(text)):%d/%m/%Y}"
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]((?:19|20)?\d\d)", text)
    if not match:
        return ""
    day, month, year = match.groups()
    whole = year if len(year) == 4 else f"19{year}"
    for first, second in ((day, month), (month, day)):
        proposal = f"{first.zfill(2)}/{second.zfill(2)}/{whole}"
        if not read_birth(proposal).code:
            return proposal
    return ""


def _age_finding(reading: Reading, law_date: date, minimum_age: int) -> Finding | None:
    year = int(reading.value[:4])
    years = law_date.year - year
    if len(reading.value) > 4:
        born = date.fromisoformat(reading.value)
        if born > law_date:
            return Finding("birth_in_future")
        years -= (law_date.month, law_date.day) < (born.month, born.day)
    elif year > law_date.year:
        return Finding("birth_in_future")
    elif minimum_age and years == minimum_age:
        return Finding("birth_needs_day", params={"least": minimum_age})
    if years > MOST_YEARS:
        return Finding("birth_improbable", params={"years": years})
    if years < minimum_age:
        return Finding("too_young", params={"least": minimum_age, "years": years})
    return None


def read_audience(raw: str, *, of_form: Mapping[str, str], of_plan: Iterable[str]) -> Read:
    """The key of an audience that may take this form; `of_form` maps names to keys.

    Codes: `audience_not_of_form`, `audience_unknown`, `legacy_text`.
    """
    read = read_text(raw)
    if read.findings and not read.value:
        return read
    folded = {fold(name): name for name in of_form}
    wanted = fold(read.value)
    if wanted in folded:
        return Read(of_form[folded[wanted]])
    if wanted in {fold(name) for name in of_plan}:
        return Read("", (Finding("audience_not_of_form"),))
    near = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.7)
    return Read("", (Finding("audience_unknown", folded[near[0]] if near else ""),))


def read_number(reading: Reading) -> Read:
    """A national id or phone as `rules.vietnamese` read it."""
    if reading.code:
        return Read("", (Finding(reading.code, reading.proposal),))
    return Read(reading.value)
