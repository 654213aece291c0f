"""Scans of signed minutes, kept by the hash of their content beside the database."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

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
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.rename(path)
    return sha256


def read_scan(sha256: str) -> bytes:
    """A scan that was kept. Raises FileNotFoundError."""
    return _path(sha256).read_bytes()


def _path(sha256: str) -> Path:
    return Path(settings.FILES) / "minutes" / sha256
