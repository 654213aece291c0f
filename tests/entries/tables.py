"""Lists as text tables, the quickest to make however long they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from tests.entries.workbooks import KEYS, TITLES


def table(rows: Sequence[Mapping[str, str]], titles: Sequence[str] = TITLES) -> bytes:
    """Titles in the first row, people below."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([row.get(key, "") for key in KEYS] for row in rows)
    return out.getvalue().encode()
