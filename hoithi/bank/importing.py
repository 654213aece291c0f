"""Questions from a table, as a user sends it: every bad cell named, nothing saved half-way.

Pure: rows in, items and problems out. The columns are those of `plans/daknong-2023/bank.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hoithi.rules.legacy_text import oddities, old_reading
from hoithi.rules.vietnamese import fold, tidy

COLUMNS = (
    "Mã",
    "Chủ đề",
    "Mức độ",
    "Câu hỏi",
    "A",
    "B",
    "C",
    "D",
    "Đáp án",
    "Giải thích",
    "Văn bản",
    "Điều khoản",
    "Số sự kiện",
    "Hiệu lực từ",
    "Hiệu lực đến",
    "Ngày kiểm tra",
)
_OPTIONS = "ABCD"
# As long as their columns in the database, and nothing that no phone can show.
LONGEST = {
    "Mã": 40,
    "Câu hỏi": 2_000,
    "A": 500,
    "B": 500,
    "C": 500,
    "D": 500,
    "Giải thích": 4_000,
    "Văn bản": 300,
    "Điều khoản": 200,
    "Số sự kiện": 40,
}
_SURELY_OLD = 2  # one odd word may be a sign such as µm
_DAYS = ("Hiệu lực từ", "Hiệu lực đến", "Ngày kiểm tra")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in a cell: row as in the file, column's heading, code and the value.

    `most` is the number of letters that the column holds, where there are more.
    """

    row: int
    column: str
    code: str
    value: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True)
class NewItem:
    """A question as it was read; `key` is the index of the right option."""

    code: str
    topic: str
    level: str
    stem: str
    options: tuple[str, ...]
    key: int
    explanation: str
    source: str
    article: str
    fact: str
    valid_from: date
    valid_to: date | None
    checked_on: date


@dataclass(frozen=True, slots=True)
class ReadItems:
    items: tuple[NewItem, ...]
    problems: tuple[CellProblem, ...]


def read_items(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    topics: Mapping[str, str],
    levels: Mapping[str, str],
) -> ReadItems:
    """Read (row number, text by column); empty rows are passed over.

    Topics and levels are name → key.
    """
    reader = _Reader(
        {fold(name): key for name, key in topics.items()},
        {fold(name): key for name, key in levels.items()},
    )
    items = []
    for row, cells in rows:
        values = {column: tidy(cells.get(column, "")) for column in COLUMNS}
        if any(values.values()):
            items.append(reader.read(row, values))
    return ReadItems(tuple(item for item in items if item is not None), tuple(reader.problems))


class _Reader:
    """Reads row after row and remembers what was seen."""

    def __init__(self, topics: Mapping[str, str], levels: Mapping[str, str]) -> None:
        self._topics = topics
        self._levels = levels
        self._codes: set[str] = set()
        self._stems: set[str] = set()
        self.problems: list[CellProblem] = []

    def read(self, row: int, values: Mapping[str, str]) -> NewItem | None:
        """One question, or none when a cell is bad; its problems are remembered."""
        bad = [*self._texts(values), *_lengths(values), *self._choices(values)]
        days = {column: read_day(values[column]) for column in _DAYS}
        bad += [
            (column, "no_day")
            for column, day in days.items()
            if day is None and (values[column] or column != "Hiệu lực đến")
        ]
        start, end, checked = (days[column] for column in _DAYS)
        if start and end and end < start:
            bad.append(("Hiệu lực đến", "ends_before_it_begins"))
        topic = self._topics.get(fold(values["Chủ đề"]))
        level = self._levels.get(fold(values["Mức độ"]))
        self.problems += [
            CellProblem(row, column, code, values[column][:80], LONGEST.get(column, 0))
            for column, code in bad
        ]
        if bad or not (topic and level and start and checked):
            return None
        options = [values[letter] for letter in _OPTIONS if values[letter]]
        return NewItem(
            code=values["Mã"],
            topic=topic,
            level=level,
            stem=values["Câu hỏi"],
            options=tuple(options),
            key=options.index(values[values["Đáp án"].upper()]),
            explanation=values["Giải thích"],
            source=values["Văn bản"],
            article=values["Điều khoản"],
            fact=values["Số sự kiện"],
            valid_from=start,
            valid_to=end,
            checked_on=checked,
        )

    def _texts(self, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """What is empty, unknown or there twice."""
        for column in ("Mã", "Câu hỏi", "A", "B", "Đáp án", "Văn bản"):
            if not values[column]:
                yield column, "empty"
        if values["Mã"] in self._codes:
            yield "Mã", "code_twice"
        self._codes.add(values["Mã"])
        stem = fold(values["Câu hỏi"])
        if stem and stem in self._stems:
            yield "Câu hỏi", "stem_twice"
        self._stems.add(stem)
        if fold(values["Chủ đề"]) not in self._topics:
            yield "Chủ đề", "no_such_topic"
        if fold(values["Mức độ"]) not in self._levels:
            yield "Mức độ", "no_such_level"

    def _choices(self, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Options that repeat each other, and a key that names none."""
        options = [fold(values[letter]) for letter in _OPTIONS if values[letter]]
        if len(set(options)) < len(options):
            yield "A", "option_twice"
        key = values["Đáp án"].upper()
        if key and (len(key) != 1 or key not in _OPTIONS or not values[key]):
            yield "Đáp án", "no_such_option"


def _lengths(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is too long for its column, or typed in an old encoding."""
    for column, most in LONGEST.items():
        text = values[column]
        if len(text) > most:
            yield column, "too_long"
        meant = old_reading(text)
        if meant and oddities(text) - oddities(meant) >= _SURELY_OLD:
            yield column, "old_encoding"


def read_day(text: str) -> date | None:
    """A day written `dd/mm/yyyy` or as ISO date; none when it is neither or does not exist."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None
