"""Scans of signed minutes, kept by the hash of their content beside the database."""

from __future__ import annotations

import re

from hoithi.web.keeping import keep, read

_FOLDER = "minutes"
_TAIL = 2048  # bytes; some programs write more behind the end
_KINDS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def kind_of(content: bytes) -> str:
    """The media type of a scan by its first bytes; empty for what is no PDF, JPEG or PNG."""
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), "")


def is_whole(content: bytes) -> bool:
    """Whether a PDF, JPEG or PNG has its end too: it was not cut off."""
    match kind_of(content):
        case "application/pdf":
            return _is_whole_pdf(content)
        case "image/jpeg":
            return b"\xff\xd9" in content[4:]
        case "image/png":
            return content[12:16] == b"IHDR" and b"IEND" in content[33:]
    return False


def _is_whole_pdf(content: bytes) -> bool:
    """Its last lines say where its table of objects begins, and there is one."""
    found = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF", content[-_TAIL:])
    if found is None:
        return False
    table = content[int(found[1]) : int(found[1]) + 64].lstrip()
    return table.startswith(b"xref") or re.match(rb"\d+\s+\d+\s+obj\b", table) is not None


def keep_scan(content: bytes) -> str:
    """Keep a scan; answers the SHA-256 under which it is found again."""
    return keep(_FOLDER, content)


def read_scan(sha256: str) -> bytes:
    """A scan that was kept. Raises FileNotFoundError."""
    return read(_FOLDER, sha256)
