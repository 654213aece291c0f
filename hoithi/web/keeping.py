"""Files that people send, kept by the hash of their content beside the database."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings


def keep(folder: str, content: bytes) -> str:
    """Keep a file; answers the SHA-256 under which it is found again."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(folder, sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.rename(path)
    return sha256


def read(folder: str, sha256: str) -> bytes:
    """A file that was kept. Raises FileNotFoundError."""
    return _path(folder, sha256).read_bytes()


def _path(folder: str, sha256: str) -> Path:
    return Path(settings.FILES) / folder / sha256
