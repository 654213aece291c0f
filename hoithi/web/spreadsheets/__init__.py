"""Spreadsheets as people send them, and as we hand them out.

`read_sheet` takes the bytes of an upload and gives rows whose cells know their reference, so that
whoever checks a list can say "C7". `write_workbook` makes lists and templates for Excel.
"""

from hoithi.web.spreadsheets.headings import Headings, find_headings
from hoithi.web.spreadsheets.reading import read_sheet
from hoithi.web.spreadsheets.sheet import Cell, Row, Sheet, Value, reference
from hoithi.web.spreadsheets.writing import XLSX_TYPE, Column, Kind, Table, write_workbook

__all__ = [
    "XLSX_TYPE",
    "Cell",
    "Column",
    "Headings",
    "Kind",
    "Row",
    "Sheet",
    "Table",
    "Value",
    "find_headings",
    "read_sheet",
    "reference",
    "write_workbook",
]
