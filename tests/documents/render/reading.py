"""Reading papers back: text of pages and Word files, sizes, and texts made to break a page."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from docx.document import Document as WordDocument
from docx.table import Table as WordTable
from pypdf import PdfReader

MARKUP = '#let x = 1 *_$@<label>"\\ '


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page on one line, single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in millimetres."""
    return [
        (
            round(float(page.mediabox.width) / 72 * 25.4),
            round(float(page.mediabox.height) / 72 * 25.4),
        )
        for page in PdfReader(BytesIO(pdf)).pages
    ]


def lines(document: WordDocument) -> Iterator[str]:
    """Every line with letters, in the order of reading; tables row by row, cell by cell."""
    for part in document.iter_inner_content():
        if isinstance(part, WordTable):
            cells = [cell for row in part.rows for cell in row.cells]
            found = [each for cell in cells for each in cell.paragraphs]
        else:
            found = [part]
        yield from (each.text for each in found if each.text)
