"""Takes in whatever leaves a program or is left lying by it, and looks whether a text is in it."""

from __future__ import annotations

import base64
import gzip
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from tests.documents.render.reading import page_texts


@dataclass
class Dragnet:
    """What was caught, by where it came from."""

    caught: list[tuple[str, bytes]] = field(default_factory=list)

    def take(self, where: str, content: bytes | str) -> None:
        """Keep bytes, and what is inside of them when they are packed."""
        raw = content.encode() if isinstance(content, str) else content
        self.caught.append((where, raw))
        for name, inner in _unpacked(raw):
            self.take(f"{where} > {name}", inner)

    def take_files(self, folder: Path) -> None:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            self.take(str(file.relative_to(folder)), file.read_bytes())

    def find(self, needles: Iterable[str | bytes]) -> list[str]:
        """ "where: needle" for every needle, however it is written."""
        written = [(needle, spelled) for needle in needles for spelled in _spellings(needle)]
        return sorted(
            {
                f"{where}: {needle!r}"
                for where, content in self.caught
                for needle, spelled in written
                if spelled in content
            }
        )


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
    elif content.startswith(b"%PDF"):
        yield "text", "\n".join(page_texts(content)).encode()


def _spellings(needle: str | bytes) -> Iterator[bytes]:
    """As it is, and as JSON, addresses, UTF-16 and base64 write it."""
    raw = needle.encode() if isinstance(needle, str) else needle
    yield raw
    if isinstance(needle, str):
        yield json.dumps(needle)[1:-1].encode()
        yield quote(needle).encode()
        yield needle.encode("utf-16-le")
    for shift in range(3):
        # The characters at both ends also depend on what stands beside the needle.
        inner = slice(4 if shift else 0, (shift + len(raw)) // 3 * 4)
        yield base64.b64encode(bytes(shift) + raw)[inner]
