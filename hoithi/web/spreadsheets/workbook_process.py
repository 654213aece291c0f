"""The general reader, run as a program of its own: bytes of a workbook in, one sheet as JSON out.

A damaged .xls can make the reader ask for more memory than there is, which ends its process on the
spot. That process is this one, with bounded memory and time, and never the one that serves pages.
It is started by its path and imports nothing of ours.

    python workbook_process.py '[MAX_ROWS, MAX_COLUMNS, TITLE]'

reads the sheet of that title, or for null the first visible one that holds anything.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY = 512 << 20
SECONDS = 20

Raw = str | int | float | bool | time | date | datetime | timedelta
Plain = str | int | float | bool | dict[str, str]


def plain(raw: Raw) -> Plain:
    """A value for JSON. A whole float becomes an int; clock times become text; days are tagged."""
    match raw:
        case float() if raw.is_integer():
            return int(raw)
        case datetime():
            return {"moment": raw.isoformat()}
        case date():
            return {"day": raw.isoformat()}
        case time():
            return f"{raw:%H:%M:%S}" if raw.second else f"{raw:%H:%M}"
        case timedelta():
            minutes, seconds = divmod(int(raw.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return raw


def choose(workbook: CalamineWorkbook, titles: Iterable[str]) -> CalamineSheet | None:
    """The first of the named sheets that holds anything."""
    sheets = (workbook.get_sheet_by_name(title) for title in titles)
    return next((sheet for sheet in sheets if sheet.end is not None), None)


def unfold(content: bytes, max_rows: int, max_columns: int, title: str | None) -> dict[str, object]:
    """What block.py takes: "fault" when the workbook cannot be read, the "reach" alone (columns,
    rows) when the sheet goes beyond what is asked for."""
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        sheet = choose(workbook, visible if title is None else [title])
        if sheet is None or sheet.end is None:
            return {"fault": "file_empty"}
        reach = (sheet.end[1] + 1, sheet.end[0] + 1)
        if reach[0] > max_columns or reach[1] > max_rows:
            return {"reach": reach}
        rows = sheet.to_python(skip_empty_area=False)
    except PasswordError:
        return {"fault": "file_password"}
    except CalamineError:
        return {"fault": "file_damaged"}
    return {
        "reach": reach,
        "title": sheet.name,
        "visible": visible,
        "merged": sheet.merged_cell_ranges or [],
        "rows": [[plain(value) for value in row] for row in rows],
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(unfold(sys.stdin.buffer.read(), *json.loads(sys.argv[1])), sys.stdout)
