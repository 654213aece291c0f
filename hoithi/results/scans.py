"""Scans of signed minutes, kept by the hash of their content beside the database."""

from __future__ import annotations

from hoithi.web.keeping import keep, read

_FOLDER = "minutes"
_KINDS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def kind_of(content: bytes) -> str:
    """The media type of a scan by its first bytes; empty for what is no PDF, JPEG or PNG."""
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), "")


def keep_scan(content: bytes) -> str:
    """Keep a scan; answers the SHA-256 under which it is found again."""
    return keep(_FOLDER, content)


def read_scan(sha256: str) -> bytes:
    """A scan that was kept. Raises FileNotFoundError."""
    return read(_FOLDER, sha256)
