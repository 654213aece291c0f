"""A unit's list, checked whole before anything is stored.

Pure: rows and terms in, people and problems out. A row number is the one Excel shows, a column is
one of COLUMNS. Whether somebody stands at another unit or holds a seat is looked up by the caller
(`claims_of` says what to look up) and comes in as plain sets, so that no problem can name who.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from hoithi.entries.cells import (
    Finding,
    Read,
    Weight,
    doubtful_texts,
    is_formula,
    read_audience,
    read_birthday,
    read_given_name,
    read_name,
    read_number,
    read_workplace,
)
from hoithi.rules.errors import ParamValue, RuleViolation
from hoithi.rules.vietnamese import fold, is_name, read_birth, read_national_id, read_phone, tidy

COLUMNS = (
    "ordinal",
    "name",
    "given_name",
    "birth",
    "audience",
    "workplace",
    "national_id",
    "phone",
)
_TEXTS = ("name", "given_name", "audience", "workplace")
_FORMULA = Read("", (Finding("formula"),))
ALWAYS_ASKED = ("ordinal", "name", "given_name")

SheetRow = tuple[int, Mapping[str, str]]
NameAndBirth = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a list claims, as far as it can be read: who has to be looked up elsewhere."""

    national_ids: frozenset[str]
    phones: frozenset[str]
    names: frozenset[NameAndBirth]


class Kin(StrEnum):
    """Whether two of one name and birth are one person, as far as their numbers tell; the officer
    answers SAME or OTHER where they do not."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def kin_of(own: tuple[str, str], known: tuple[str, str]) -> Kin:
    """By national id and phone, in this order: the first that both have decides."""
    for mine, theirs in zip(own, known, strict=True):
        if mine and theirs:
            return Kin.SAME if mine == theirs else Kin.OTHER
    return Kin.UNKNOWN


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody on the unit's list of another form; `is_own` when on the one before of this form
    too. Only equality of the numbers means anything."""

    name: str
    birth: str
    national_id: str = field(repr=False)
    phone: str = field(repr=False)
    is_own: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Which of a list's claims already stand: at other units, or in a body that may not enter; and
    who is on the unit's other lists (`beside`).

    Names are folded; `seat_names` are of seats without a number, where only the name can be told.
    """

    national_ids: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[NameAndBirth] = frozenset()
    barred_ids: frozenset[str] = frozenset()
    seat_names: frozenset[str] = frozenset()
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a list of one form is held against. `audiences` maps names to keys."""

    asked: tuple[str, ...]
    required: frozenset[str]
    unique: frozenset[str]
    audiences: Mapping[str, str]
    plan_audiences: tuple[str, ...]
    minimum_age: int
    law_date: date
    standing: Standing = Standing()


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody on a list, every value in its normal form; `birth` is an ISO day or a year, `kin`
    what the officer has answered where it had to be asked."""

    row: int
    name: str
    given_name: str
    birth: str = ""
    audience: str = ""
    workplace: str = ""
    national_id: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    kin: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell and what is to be said about it; `value` is the cell as it was sent."""

    row: int
    column: str
    code: str
    value: str = field(repr=False)
    proposal: str = field(default="", repr=False)
    weight: Weight = Weight.BAD
    params: Mapping[str, ParamValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckedList:
    """`people` are the rows that nothing bad was found in, in the order of the sheet; `below` are
    those behind the last that were taken for no people."""

    people: tuple[ListedPerson, ...]
    problems: tuple[Problem, ...]
    rows: tuple[int, ...]
    below: tuple[int, ...] = ()

    @property
    def bad(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.weight is Weight.BAD)

    def missing(self, minimum: int) -> int:
        """How many good rows there are too few."""
        return max(0, minimum - len(self.people))


def too_few(people: int, minimum: int) -> RuleViolation | None:
    """`too_few` when a unit has fewer people than the form asks for; somebody is always asked."""
    least = max(1, minimum)
    if people >= least:
        return None
    return RuleViolation("too_few", missing=least - people, minimum=least, people=people)


def too_many(people: int, maximum: int) -> RuleViolation | None:
    """`too_many` when the form limits the number; 0 says no limit."""
    if not maximum or people <= maximum:
        return None
    return RuleViolation("too_many", over=people - maximum, maximum=maximum, people=people)


def people_rows(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows that are people: without empty ones, a row that numbers the columns, and the lines
    for totals and signatures below the list (`lines_below`)."""
    kept = [(number, cells) for number, cells in rows if not _is_idle(cells)]
    return kept[: len(kept) - len(_lines_below(kept))]


def lines_below(rows: Sequence[SheetRow]) -> tuple[int, ...]:
    """The rows below the list that are taken for no people: they are told, never left out silently.

    A name alone in its column that follows the last person is a person who lacks the rest, numbered
    or not; below a line that is no name it is a signature.
    """
    kept = [(number, cells) for number, cells in rows if not _is_idle(cells)]
    return tuple(number for number, _ in _lines_below(kept))


def _lines_below(kept: Sequence[SheetRow]) -> Sequence[SheetRow]:
    first = len(kept)
    while first and _is_footer(kept[first - 1][1]):
        first -= 1
    while first < len(kept) and _is_name_alone(kept[first][1]):
        first += 1
    return kept[first:]


def _is_name_alone(cells: Mapping[str, str]) -> bool:
    """Of two words or more, each with a capital: "Lê Thị Bình", and neither "Tổng cộng" nor "NGƯỜI
    LẬP BIỂU"."""
    name = tidy(cells.get("name", ""))
    words = name.split()
    written = all(word[0].isupper() and not word.isupper() for word in words)
    return len(words) > 1 and written and is_name(name)


def _is_idle(cells: Mapping[str, str]) -> bool:
    filled = [tidy(text) for text in cells.values() if tidy(text)]
    return all(re.fullmatch(r"\(?\d{0,2}\)?", text) for text in filled)


def _is_footer(cells: Mapping[str, str]) -> bool:
    """At most one cell beside an ordinal that is no number."""
    filled = [key for key, text in cells.items() if key != "ordinal" and tidy(text)]
    return len(filled) <= 1 and not tidy(cells.get("ordinal", "")).rstrip(".").isdecimal()


def claims_of(rows: Sequence[SheetRow]) -> Claims:
    """What to look up before `check_list`."""
    kept = [cells for _, cells in people_rows(rows)]
    ids = (read_national_id(cells.get("national_id", "")).value for cells in kept)
    phones = (read_phone(cells.get("phone", "")).value for cells in kept)
    named = ((fold(cells.get("name", "")), read_birth(cells.get("birth", ""))) for cells in kept)
    return Claims(
        national_ids=frozenset(ids) - {""},
        phones=frozenset(phones) - {""},
        names=frozenset((name, birth.value) for name, birth in named if birth.value),
    )


def check_list(
    rows: Sequence[SheetRow],
    terms: Terms,
    tell: Callable[[int], None] = lambda _: None,
    answers: Mapping[int, str] = MappingProxyType({}),
) -> CheckedList:
    """Check every cell, then the rows against each other, then against what stands elsewhere.

    `tell` hears how many rows have been read; `answers` say by row whether somebody is the one of
    that name on another list of the unit (`Kin`).
    """
    kept = people_rows(rows)
    problems: list[Problem] = []
    people = []
    for done, (number, cells) in enumerate(kept, start=1):
        reads = _read_row(cells, terms)
        problems += _problems_of(number, cells, reads)
        people.append(_person(number, reads))
        tell(done)
    problems += _doubtful(kept)
    problems += _duplicates(people, dict(kept), terms)
    problems += _elsewhere(people, dict(kept), terms)
    beside, kin = _beside(people, dict(kept), terms, answers)
    problems += beside
    problems.sort(key=lambda each: (each.row, COLUMNS.index(each.column)))
    bad = {problem.row for problem in problems if problem.weight is Weight.BAD}
    return CheckedList(
        people=tuple(
            replace(person, kin=kin.get(person.row, ""))
            for person in people
            if person.row not in bad
        ),
        problems=tuple(problems),
        rows=tuple(number for number, _ in kept),
        below=lines_below(rows),
    )


def _read_row(cells: Mapping[str, str], terms: Terms) -> dict[str, Read]:
    name = _read_cell("name", cells, terms)
    given = cells.get("given_name", "")
    reads = {
        "name": name,
        "given_name": _FORMULA if is_formula(tidy(given)) else read_given_name(given, name.value),
    }
    for column in terms.asked:
        reads[column] = _read_cell(column, cells, terms)
    return reads


def _read_cell(column: str, cells: Mapping[str, str], terms: Terms) -> Read:
    raw = cells.get(column, "")
    if not tidy(raw):
        needed = column == "name" or column in terms.required
        return Read("", (Finding("missing"),) if needed else ())
    if is_formula(tidy(raw)):
        return _FORMULA
    match column:
        case "name":
            return read_name(raw)
        case "birth":
            return read_birthday(raw, law_date=terms.law_date, minimum_age=terms.minimum_age)
        case "audience":
            return read_audience(raw, of_form=terms.audiences, of_plan=terms.plan_audiences)
        case "workplace":
            return read_workplace(raw)
        case "national_id":
            return read_number(read_national_id(raw))
        case "phone":
            return read_number(read_phone(raw))
    raise KeyError(column)


def _problems_of(
    row: int, cells: Mapping[str, str], reads: Mapping[str, Read]
) -> Iterator[Problem]:
    for column, read in reads.items():
        for each in read.findings:
            yield Problem(
                row,
                column,
                each.code,
                cells.get(column, ""),
                each.proposal,
                each.weight,
                each.params,
            )


def _doubtful(rows: Sequence[SheetRow]) -> Iterator[Problem]:
    """Texts that are good Vietnamese, in a list that is else typed in an old encoding."""
    texts = [cells[key] for _, cells in rows for key in _TEXTS if tidy(cells.get(key, ""))]
    doubtful = doubtful_texts(texts)
    for number, cells in rows:
        for column in _TEXTS:
            text = cells.get(column, "")
            if text in doubtful:
                yield Problem(number, column, "legacy_doubt", text, doubtful[text])


def _person(row: int, reads: Mapping[str, Read]) -> ListedPerson:
    return ListedPerson(row, **{column: read.value for column, read in reads.items()})


def _duplicates(
    people: Sequence[ListedPerson], cells: Mapping[int, Mapping[str, str]], terms: Terms
) -> Iterator[Problem]:
    """Rows that are one person. Every row of a group is told of the others.

    Equal name and birth with two different numbers may be two people: that is only a doubt.
    """
    for column in ("national_id", "phone"):
        if column in terms.unique:
            for group in _groups(people, column):
                yield from _told(group, column, f"duplicate_{column}", Weight.BAD, cells)
    if "name_and_birth" in terms.unique:
        for group in _groups(people, "name_and_birth"):
            numbers = {person.national_id for person in group} - {""}
            if len(numbers) == 1 and all(person.national_id for person in group):
                continue  # told already by the number
            known = len(numbers) == len(group)
            weight = Weight.DOUBT if known else Weight.BAD
            yield from _told(group, "name", "duplicate_name_and_birth", weight, cells)


def _groups(people: Sequence[ListedPerson], kind: str) -> list[list[ListedPerson]]:
    groups: dict[str, list[ListedPerson]] = defaultdict(list)
    for person in people:
        key = _key(person, kind)
        if key:
            groups[key].append(person)
    return [group for group in groups.values() if len(group) > 1]


def _key(person: ListedPerson, kind: str) -> str:
    match kind:
        case "national_id":
            return person.national_id
        case "phone":
            return person.phone
    return f"{fold(person.name)}\n{person.birth}" if person.name and person.birth else ""


def _told(
    group: Sequence[ListedPerson],
    column: str,
    code: str,
    weight: Weight,
    cells: Mapping[int, Mapping[str, str]],
) -> Iterator[Problem]:
    for person in group:
        others = ", ".join(str(other.row) for other in group if other is not person)
        value = cells[person.row].get(column, "")
        yield Problem(person.row, column, code, value, weight=weight, params={"rows": others})


def _elsewhere(
    people: Sequence[ListedPerson], cells: Mapping[int, Mapping[str, str]], terms: Terms
) -> Iterator[Problem]:
    for person in people:
        for column, code, weight in _standing_of(person, terms):
            yield Problem(person.row, column, code, cells[person.row].get(column, ""), "", weight)


def _standing_of(person: ListedPerson, terms: Terms) -> Iterator[tuple[str, str, Weight]]:
    standing = terms.standing
    if person.national_id in standing.barred_ids:
        yield "national_id", "barred", Weight.BAD
    elif fold(person.name) in standing.seat_names:
        yield "name", "name_of_seat", Weight.DOUBT
    if "national_id" in terms.unique and person.national_id in standing.national_ids:
        yield "national_id", "taken_elsewhere", Weight.BAD
    elif "name_and_birth" in terms.unique and (fold(person.name), person.birth) in standing.names:
        weight = Weight.DOUBT if person.national_id else Weight.BAD
        yield "name", "name_taken_elsewhere", weight
    if "phone" in terms.unique and person.phone in standing.phones:
        yield "phone", "phone_taken_elsewhere", Weight.BAD


def _beside(
    people: Sequence[ListedPerson],
    cells: Mapping[int, Mapping[str, str]],
    terms: Terms,
    answers: Mapping[int, str],
) -> tuple[list[Problem], dict[int, str]]:
    """What is to be said where somebody may be, or is not, one of the unit's other lists; and the
    answers that were needed."""
    namesakes: dict[NameAndBirth, list[Beside]] = defaultdict(list)
    by_id: dict[str, set[NameAndBirth]] = defaultdict(set)
    by_phone: dict[str, list[Beside]] = defaultdict(list)
    for each in terms.standing.beside:
        namesakes[each.name, each.birth].append(each)
        by_id[each.national_id].add((each.name, each.birth))
        by_phone[each.phone].append(each)
    problems: list[Problem] = []
    kin: dict[int, str] = {}
    for person in people:
        called = (fold(person.name), person.birth)
        said = []
        if person.name and called in namesakes:
            found = _kin_of_all(person, namesakes[called])
            if found is Kin.UNKNOWN and answers.get(person.row) in (Kin.SAME, Kin.OTHER):
                kin[person.row] = answers[person.row]
                said.append(("name", f"said_{kin[person.row]}", Weight.DOUBT))
            elif found is Kin.UNKNOWN:
                said.append(("name", "asked_same", Weight.BAD))
            elif found is Kin.OTHER:
                said.append(("name", "namesake_beside", Weight.DOUBT))
        if person.national_id and by_id.get(person.national_id, {called}) != {called}:
            said.append(("national_id", "id_beside", Weight.DOUBT))
        if "phone" in terms.unique and person.phone:
            others = (each for each in by_phone[person.phone] if not _is_one(person, each))
            if any(others):
                said.append(("phone", "phone_beside", Weight.BAD))
        for column, code, weight in said:
            value = cells[person.row].get(column, "")
            problems.append(Problem(person.row, column, code, value, "", weight))
    return problems, kin


def _kin_of_all(person: ListedPerson, namesakes: Sequence[Beside]) -> Kin:
    """SAME as one of them, OTHER than all, or not to be told."""
    found = {_kin(person, each) for each in namesakes}
    if Kin.SAME in found:
        return Kin.SAME
    return Kin.UNKNOWN if Kin.UNKNOWN in found else Kin.OTHER


def _kin(person: ListedPerson, known: Beside) -> Kin:
    kin = kin_of((person.national_id, person.phone), (known.national_id, known.phone))
    return Kin.SAME if kin is Kin.UNKNOWN and known.is_own else kin


def _is_one(person: ListedPerson, known: Beside) -> bool:
    if person.national_id and known.national_id:
        return person.national_id == known.national_id
    return (fold(person.name), person.birth) == (known.name, known.birth)
