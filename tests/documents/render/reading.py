"""Reading PDFs back: pages as text, sizes in millimetres, and texts made to break a page."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

MARKUP = '#let x = 1 *_$@<label>"\\ '


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page on one line, single spaces, without invisible break marks."""
    return [
        " ".join(page.extract_text().replace("\u200b", "").split())
        for page in PdfReader(BytesIO(pdf)).pages
    ]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in millimetres."""
    return [
        (
            round(float(page.mediabox.width) / 72 * 25.4),
            round(float(page.mediabox.height) / 72 * 25.4),
        )
        for page in PdfReader(BytesIO(pdf)).pages
    ]
