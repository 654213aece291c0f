"""The mending page: the officer's own sheet with its faults in their places.

Turns a staged sheet and what was found in it into ready values; a template only loops over them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from hoithi.contests.plan.schema import Form
from hoithi.entries.cells import Weight
from hoithi.entries.checking import COLUMNS, CheckedList, Problem
from hoithi.entries.models import StagedList
from hoithi.entries.sheets import TITLES, StagedSheet, answer_at, row_seen, rows_of, text_at
from hoithi.entries.wording import ASKED, cell_sentence
from hoithi.rules.vietnamese import tidy
from hoithi.web.spreadsheets import reference

MOST_ROWS_SHOWN = 200
MOST_LINES_BELOW = 20
_TONES = {Weight.BAD: "bad", Weight.DOUBT: "doubt"}


@dataclass(frozen=True, slots=True)
class MendCell:
    """One cell of the sheet. `sent` is what was typed where it has been mended since; `anchor`
    leads to what is said about the cell."""

    text: str
    tone: str = ""
    sent: str = ""
    proposal: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class MendRow:
    number: int
    cells: tuple[MendCell, ...]


@dataclass(frozen=True, slots=True)
class MendProblem:
    """What is said about one cell, with the way to mend it; `is_next` where the reader goes on.
    Where it `is_asked` whether it is one person, `answer` is what was answered."""

    anchor: str
    seen: str
    place: str
    title: str
    who: str
    row: int
    column: str
    value: str
    proposal: str
    sentences: tuple[str, ...]
    tone: str
    can_edit: bool
    is_next: bool
    is_asked: bool
    answer: str


@dataclass(frozen=True, slots=True)
class DroppedRow:
    """Somebody who was left out and can come back."""

    number: int
    seen: str
    who: str


@dataclass(frozen=True, slots=True)
class LineBelow:
    """A line behind the last person that was taken for none."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class MendView:
    """The whole page. `counter` says what is left to do; `notes` how many cells were put in order
    without anybody seeing a difference; `more` how many cells are told once these are mended.
    What is changed on it carries `seen`, of the whole or of a row (`StagedList.seen`)."""

    seen: str
    letters: tuple[str, ...]
    heading: int
    titles: tuple[str, ...]
    rows: tuple[MendRow, ...]
    problems: tuple[MendProblem, ...]
    dropped: tuple[DroppedRow, ...]
    below: tuple[LineBelow, ...]
    counter: str
    people: int
    bad: int
    proposals: int
    notes: int
    hidden: int
    more: int

    @property
    def is_clean(self) -> bool:
        return self.bad == 0


def mend_view(
    upload: StagedList, staged: StagedSheet, checked: CheckedList, form: Form, after: str = ""
) -> MendView:
    """The page of an upload and its sheet; who goes on is led to the cell of anchor `after`."""
    told: dict[tuple[int, str], list[Problem]] = defaultdict(list)
    of_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in checked.problems:
        of_row[problem.row].append(problem)
        if problem.weight is not Weight.NOTE:
            told[problem.row, problem.column].append(problem)
    faulty = {row for row, _ in told}
    shown = _shown_rows(staged, checked, faulty)
    seen = {number for number, _ in shown}
    names = {number: cells.get("name", "") for number, cells in rows_of(staged)}
    width = max((len(cells) for _, cells in staged.rows), default=0)
    cells_of = dict(staged.rows)
    bad_cells = sum(any(each.weight is Weight.BAD for each in group) for group in told.values())
    return MendView(
        seen=upload.seen,
        letters=tuple(reference(place, 1)[:-1] for place in range(width)),
        heading=staged.heading,
        titles=tuple(staged.titles),
        rows=tuple(_row(staged, number, cells, told) for number, cells in shown),
        problems=tuple(
            _problem(
                staged,
                key,
                group,
                names.get(key[0], ""),
                row_seen(upload.pk, staged, key[0], cells_of[key[0]], of_row[key[0]]),
                after,
            )
            for key, group in told.items()
            if key[0] in seen
        ),
        dropped=tuple(
            DroppedRow(
                number,
                row_seen(upload.pk, staged, number, cells, of_row[number]),
                text_at(staged, number, cells, "name"),
            )
            for number, cells in staged.rows
            if number in staged.dropped
        ),
        below=tuple(
            LineBelow(number, " ".join(tidy(text) for text in cells_of[number] if tidy(text)))
            for number in checked.below[:MOST_LINES_BELOW]
        ),
        counter=counter(bad_cells, len(checked.rows), form),
        people=len(checked.rows),
        bad=bad_cells,
        proposals=sum(1 for problem in checked.bad if problem.proposal),
        notes=sum(1 for problem in checked.problems if problem.weight is Weight.NOTE),
        hidden=len(set(checked.rows) - seen - faulty),
        more=sum(1 for row, _ in told if row not in seen),
    )


def counter(bad_cells: int, people: int, form: Form) -> str:
    """ "Còn 4 ô cần sửa, thiếu 2 người so với tối thiểu 30": what is left once cells are mended."""
    parts = []
    if bad_cells:
        parts.append(
            ngettext("%(count)d cell to mend", "%(count)d cells to mend", bad_cells)
            % {"count": bad_cells}
        )
    missing = max(1, form.minimum) - people
    if missing > 0:
        parts.append(
            ngettext(
                "%(count)d person too few of at least %(minimum)d",
                "%(count)d people too few of at least %(minimum)d",
                missing,
            )
            % {"count": missing, "minimum": max(1, form.minimum)}
        )
    if form.maximum and people > form.maximum:
        parts.append(
            ngettext(
                "%(count)d person more than the allowed %(maximum)d",
                "%(count)d people more than the allowed %(maximum)d",
                people - form.maximum,
            )
            % {"count": people - form.maximum, "maximum": form.maximum}
        )
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


def _shown_rows(
    staged: StagedSheet, checked: CheckedList, told: set[int]
) -> list[tuple[int, list[str]]]:
    """All rows of people; of a long list, those of which something is said."""
    kept = set(checked.rows)
    rows = [(number, cells) for number, cells in staged.rows if number in kept]
    if len(rows) <= MOST_ROWS_SHOWN:
        return rows
    return [(number, cells) for number, cells in rows if number in told][:MOST_ROWS_SHOWN]


def _row(
    staged: StagedSheet,
    number: int,
    cells: Sequence[str],
    told: dict[tuple[int, str], list[Problem]],
) -> MendRow:
    return MendRow(
        number, tuple(_cell(staged, number, cells, place, told) for place in range(len(cells)))
    )


def _cell(
    staged: StagedSheet,
    number: int,
    cells: Sequence[str],
    place: int,
    told: dict[tuple[int, str], list[Problem]],
) -> MendCell:
    column = next((key for key, each in staged.columns.items() if each == place), None)
    if column is None:
        return MendCell(tidy(cells[place]))
    sent, text = cells[place], text_at(staged, number, cells, column)
    group = told.get((number, column), [])
    if group:
        tone, proposal = _tone(group), _proposal(group)
        return MendCell(text, tone, proposal=proposal, anchor=anchor_of(number, column))
    return MendCell(text, "mended", sent) if text != sent else MendCell(text)


def _problem(
    staged: StagedSheet,
    key: tuple[int, str],
    group: Sequence[Problem],
    who: str,
    seen: str,
    after: str,
) -> MendProblem:
    row, column = key
    return MendProblem(
        anchor=anchor_of(row, column),
        seen=seen,
        place=reference(staged.columns.get(column, 0), row),
        title=TITLES[column][0],
        who=who,
        row=row,
        column=column,
        value=group[0].value,
        proposal=_proposal(group),
        sentences=tuple(cell_sentence(each.code, each.params) for each in group),
        tone=_tone(group),
        can_edit=column in staged.columns,
        is_next=after == anchor_of(row, column),
        is_asked=any(each.code in ASKED for each in group),
        answer=answer_at(staged, row),
    )


def _tone(group: Sequence[Problem]) -> str:
    worst = Weight.BAD if any(each.weight is Weight.BAD for each in group) else Weight.DOUBT
    return _TONES[worst]


def _proposal(group: Sequence[Problem]) -> str:
    return next((each.proposal for each in group if each.proposal), "")


def anchor_of(row: int, column: str) -> str:
    """Where on the page it is told what is the matter with a cell."""
    return f"o-{row}-{column}"


def next_to_mend(checked: CheckedList, row: int, column: str) -> str:
    """The anchor of the bad cell after this one, from the top again behind the last; or nothing."""
    places = [(each.row, COLUMNS.index(each.column)) for each in checked.bad]
    here = (row, COLUMNS.index(column))
    ahead = min((place for place in places if place >= here), default=None)
    found = ahead or min(places, default=None)
    return anchor_of(found[0], COLUMNS[found[1]]) if found else ""
