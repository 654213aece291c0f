"""What is taken as the scan of a signed paper: it has a known beginning and its end."""

from __future__ import annotations

import pytest

from hoithi.documents.render.certificates import certificates_pdf
from hoithi.documents.render.typesetting import picture_png
from hoithi.results.scans import is_whole, kind_of
from tests import factories
from tests.documents.render.test_certificates import ANH

PNG = picture_png(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
)
PDF = certificates_pdf([ANH])  # its table of objects is a compressed one
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"


@pytest.mark.parametrize("content", [factories.scan(), PDF, PDF + b"\n\n", PNG, JPEG])
def test_a_whole_file_is_taken(content: bytes) -> None:
    assert kind_of(content)
    assert is_whole(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.4\nfake",
        b"%PDF-1.4\nstartxref\n999999\n%%EOF",
        b"%PDF-1.4\nstartxref\n0\n%%EOF",
        PDF[:-30],
        PDF[: len(PDF) // 2],
        PNG[:-12],
        PNG[:8],
        JPEG[:-2],
        JPEG[:3],
        b"MZ" + PDF,
    ],
)
def test_what_is_cut_off_or_only_begins_like_one_is_not(content: bytes) -> None:
    assert not is_whole(content)
