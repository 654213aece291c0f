"""Workbooks of this room: the template to fill in, and what was found in a list."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hoithi.contests.models import Contest
from hoithi.contests.plan.schema import Form
from hoithi.contests.queries import plan_of
from hoithi.entries.checking import ALWAYS_ASKED, COLUMNS, CheckedList
from hoithi.entries.queries import PersonRow
from hoithi.entries.sheets import TITLES, StagedSheet, rows_of
from hoithi.entries.wording import cell_sentence
from hoithi.people.models import Unit
from hoithi.web.spreadsheets import Column, Kind, Table, reference, write_workbook

_SPARE = 20
_WIDTHS = {
    "ordinal": 6,
    "name": 28,
    "given_name": 14,
    "birth": 14,
    "audience": 26,
    "workplace": 36,
    "national_id": 18,
    "phone": 16,
}


def asked_columns(contest: Contest) -> list[str]:
    """The columns that a contest's lists have, in the order of the template."""
    asked = plan_of(contest).registration.fields
    return [column for column in COLUMNS if column in ALWAYS_ASKED or column in asked]


def template_of(contest: Contest, unit: Unit, form: Form) -> bytes:
    """The empty list of a form, numbered as far as the plan asks for people, and how to fill it."""
    names = {audience.key: audience.name for audience in plan_of(contest).audiences}
    choices = tuple(names[key] for key in form.audiences)
    columns = asked_columns(contest)
    helps = _helps(choices)
    people = max(form.minimum, 1)
    sheet = Table(
        name=_("List"),
        title=(
            contest.title,
            _("List of %(unit)s: %(form)s") % {"unit": unit.name, "form": form.name},
        ),
        columns=tuple(
            Column(
                title=TITLES[column][0],
                kind=Kind.NUMBER if column == "ordinal" else Kind.TEXT,
                width=_WIDTHS[column],
                choices=choices if column == "audience" else (),
                help=helps.get(column, ""),
            )
            for column in columns
        ),
        rows=[
            [number if column == "ordinal" else None for column in columns]
            for number in range(1, people + 1)
        ],
        spare=_SPARE,
    )
    guide = Table(
        name=_("How to fill in"),
        columns=(Column(_("Column"), width=22), Column(_("What to write"), width=48)),
        rows=[[TITLES[column][0], helps[column]] for column in columns if column in helps],
    )
    return write_workbook([sheet, guide])


def _helps(choices: Sequence[str]) -> dict[str, str]:
    return {
        "name": _("The whole name with its marks, as on the national id: Nguyễn Thị Ánh."),
        "given_name": _("Leave empty; only where the last word is not the given name."),
        "birth": _("Day/month/year: 05/10/1980. A year alone will do where the day is not known."),
        "audience": _("One of: %(choices)s.") % {"choices": "; ".join(choices)},
        "workplace": _("Where the person works, as it should stand in lists."),
        "national_id": _("12 digits; the column keeps the zero in front."),
        "phone": _("10 digits; for calls about the contest only."),
    }


def findings_of(staged: StagedSheet, checked: CheckedList) -> bytes:
    """What was found in a list, row by row: to be mended in the officer's own file."""
    names = {number: cells.get("name", "") for number, cells in rows_of(staged)}
    said: dict[int, list[str]] = {number: [] for number in checked.rows}
    for problem in checked.problems:
        place = reference(staged.columns.get(problem.column, 0), problem.row)
        proposal = f" → {problem.proposal}" if problem.proposal else ""
        said[problem.row].append(
            f"{place}: {cell_sentence(problem.code, problem.params)}{proposal}"
        )
    bad = {problem.row for problem in checked.bad}
    table = Table(
        name=_("Findings"),
        columns=(
            Column(_("Row"), kind=Kind.NUMBER, width=8),
            Column(TITLES["name"][0], width=28),
            Column(_("Result"), width=16),
            Column(_("What to mend"), width=48),
        ),
        rows=[
            [
                number,
                names[number],
                _("To be mended") if number in bad else _("Right"),
                "\n".join(said[number]),
            ]
            for number in checked.rows
        ],
    )
    return write_workbook([table])


def people_workbook(contest: Contest, unit: Unit, people: Sequence[PersonRow]) -> bytes:
    """A list as it stands; numbers of people stay masked, as on the page."""
    table = Table(
        name=unit.name,
        title=(contest.title, unit.name),
        columns=(
            Column(_("No."), kind=Kind.NUMBER, width=6),
            Column(_("Number of the contestant"), width=16),
            Column(TITLES["name"][0], width=28),
            Column(TITLES["birth"][0], width=14),
            Column(TITLES["audience"][0], width=26),
            Column(TITLES["workplace"][0], width=36),
            Column(TITLES["national_id"][0], width=18),
            Column(TITLES["phone"][0], width=16),
        ),
        rows=[
            [
                place,
                row.number,
                row.name,
                row.birth,
                row.audience,
                row.workplace,
                row.national_id,
                row.phone,
            ]
            for place, row in enumerate(people, start=1)
        ],
    )
    return write_workbook([table])
