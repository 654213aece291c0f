"""A zip file that anybody may have made, read without trusting it.

Whatever could be read in two ways, or makes a small file large, is refused before anything is
unpacked. Every method raises BundleError and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hoithi.verify.findings import BundleError

# Bounds that no contest reaches: a hundred thousand papers of thirty questions are 0.3 GB unpacked.
MOST_MEMBERS = 20_000
MOST_BYTES = 8 << 30
MOST_AT_ONCE = 256 << 20
# Rows of a journal shrink to a fifth, prose to a third; a zip bomb to a thousandth.
MOST_TIMES_LARGER = 200
_ALWAYS_FINE = 1 << 20
_BLOCK = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)*")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
)


class Archive:
    """The members of a zip file, by name in order."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except _ZIP_ERRORS as error:
            raise BundleError("not_a_bundle", path.name) from error
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise BundleError("too_many_files", path.name, str(len(members)))
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            _check_member(member)
            if member.filename in self._members:
                raise BundleError("name_twice", member.filename)
            self._members[member.filename] = member
        size = sum(member.file_size for member in members)
        if size > MOST_BYTES:
            raise BundleError("too_large", path.name, str(size))
        self.names = sorted(self._members)

    def close(self) -> None:
        self._zip.close()

    def size(self, name: str) -> int:
        """How many bytes a member says that it unpacks to; reading it holds it to that."""
        return self._member(name).file_size

    def content(self, name: str) -> bytes:
        """A member whole; one that is too large for that is refused."""
        member = self._member(name)
        if member.file_size > MOST_AT_ONCE:
            raise BundleError("too_large", name, str(member.file_size))
        return b"".join(self.blocks(name))

    def sha256(self, name: str) -> str:
        digest = hashlib.sha256()
        for block in self.blocks(name):
            digest.update(block)
        return digest.hexdigest()

    def blocks(self, name: str) -> Iterator[bytes]:
        """A member piece by piece, to the end only if size and checksum are as they are stated."""
        member = self._member(name)
        size = 0
        with _decoding(name), self._zip.open(member) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                yield block
        if size != member.file_size:
            raise BundleError("damaged", name)

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._members.get(name)
        if member is None:
            raise BundleError("part_missing", name)
        return member


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if not _NAME.fullmatch(name) or name != member.orig_filename:
        raise BundleError("name_refused", member.orig_filename)
    if member.flag_bits & _ENCRYPTED:
        raise BundleError("encrypted", name)
    if member.compress_type not in _PACKED:
        raise BundleError("packed_otherwise", name)
    if member.file_size > max(_ALWAYS_FINE, MOST_TIMES_LARGER * member.compress_size):
        raise BundleError("packed_too_densely", name, str(member.file_size))


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    try:
        yield
    except BundleError:
        raise
    except _ZIP_ERRORS as error:
        raise BundleError("damaged", name) from error


def whole_lines(name: str, blocks: Iterable[bytes], longest: int) -> Iterator[bytes]:
    """The same bytes in pieces that end with a line; a file without a last line feed is refused."""
    rest = b""
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
            if len(rest) > longest:
                raise BundleError("bad_line", name, rest[:80].decode("latin-1"))
            continue
        yield rest + block[:end]
        rest = block[end:]
    if rest:
        raise BundleError("bad_line", name, rest[:80].decode("latin-1"))
