"""The contestant's page as it is served: read once, named by its hash, compressed once."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "page"
_TYPES = {
    "page.js": b"text/javascript; charset=utf-8",
    "page.css": b"text/css; charset=utf-8",
    "index.html": b"text/html; charset=utf-8",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    b" img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file with the headers it is served with."""

    plain: bytes
    packed: bytes
    etag: bytes
    headers: tuple[Header, ...]


def read_page(notices: Mapping[str, str] = MappingProxyType({})) -> dict[str, StaticFile]:
    """The files by path; style and script carry their hash in the query and stay cached.

    The notice, by language, stands under the bar of every view; a page without script shows all.
    """
    html = (FOLDER / "index.html").read_bytes()
    for language, notice in reversed(list(notices.items())):
        band = f'</header>\n  <p class="note" lang="{language}">{escape(notice)}</p>'
        html = html.replace(b"</header>", band.encode())
    files = {}
    for name in ("page.css", "page.js"):
        content = (FOLDER / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        html = html.replace(f'"{name}"'.encode(), f'"{name}?{digest}"'.encode())
        files[f"/thi/{name}"] = _file(
            name, content, (b"cache-control", b"public, max-age=31536000, immutable")
        )
    files["/thi/"] = _file(
        "index.html",
        html,
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", _POLICY),
        (b"referrer-policy", b"no-referrer"),
    )
    return files


def _file(name: str, content: bytes, *headers: Header) -> StaticFile:
    etag = b'"%s"' % hashlib.sha256(content).hexdigest()[:20].encode()
    shared = (
        (b"content-type", _TYPES[name]),
        (b"etag", etag),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
    )
    return StaticFile(content, gzip.compress(content, 9, mtime=0), etag, (*shared, *headers))
