"""Message catalogues: `.po` files are written by hand, `.mo` files are compiled from them.

A catalogue compiles only when it is whole: an entry without a translation, a fuzzy one, or one
whose placeholders differ from the message's would show a reader half a sentence.

    python -m hoithi.web.catalogues          compile every catalogue of the project
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PATTERN = "locale/*/LC_MESSAGES/*.po"
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One catalogue that was compiled, with the number of its entries."""

    path: Path
    language: str
    entries: int


class CatalogueError(Exception):
    """Catalogues are not whole; the text has one line for each bad entry."""


def compile_catalogues(root: Path) -> tuple[Compiled, ...]:
    """Compile every catalogue below `root`; a `.mo` that is right already is not touched.

    Raises CatalogueError naming every bad entry of every catalogue, and then writes nothing.
    """
    read = [(path, _read(path)) for path in sorted(root.rglob(PATTERN))]
    faults = [fault for path, catalogue in read for fault in _faults(path, catalogue)]
    if faults:
        raise CatalogueError("\n".join(faults))
    return tuple(_compile(path, catalogue) for path, catalogue in read)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3], abort_invalid=True)
    # Where a file names none, the day of compiling would be written: the same text, other bytes.
    catalogue.creation_date = _NO_DATE
    return catalogue


def _entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _faults(path: Path, catalogue: Catalog) -> Iterator[str]:
    for message in _entries(catalogue):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        where = f"{path}:{message.lineno}: {message.id!r}"
        if message.fuzzy:
            yield f"{where} is fuzzy"
        elif not all(texts):
            yield f"{where} has no translation"
        else:
            for error in message.check(catalogue):
                yield f"{where}: {error}"


def _compile(path: Path, catalogue: Catalog) -> Compiled:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    target = path.with_suffix(".mo")
    if not target.exists() or target.read_bytes() != buffer.getvalue():
        # Others may be reading: a file changes whole or not at all.
        partial = target.with_suffix(f".{os.getpid()}")
        partial.write_bytes(buffer.getvalue())
        partial.replace(target)
    return Compiled(path, path.parts[-3], len(_entries(catalogue)))


if __name__ == "__main__":
    try:
        compile_catalogues(Path(__file__).parents[1])
    except CatalogueError as error:
        sys.exit(str(error))
