"""A disk that knows what a power cut would leave: only what was synced is sure.

SQLite's file layer is watched. Every write goes to the real file and, until the next sync of that
file, to a list of writes that the power could still take; a deleted file may come back until its
folder is synced. `after_power_cut` makes the files as they would be found: what was synced, and of
the rest either nothing or any 512-byte sectors, as a real disk would have it.
"""

from __future__ import annotations

import os
import random
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

SECTOR = 512
_VFS = "platter"


@dataclass
class _Disk:
    """Contents that are sure, and changes that are not; None as data is a new length."""

    sure: dict[str, bytearray] = field(default_factory=dict)
    unsure: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, name: str, offset: int, data: bytes | None) -> None:
        with self.lock:
            self.unsure.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        with self.lock:
            self.deleted.discard(name)
            content = self.sure.setdefault(name, bytearray())
            for offset, data in self.unsure.pop(name, []):
                _apply(content, offset, data)

    def delete(self, name: str) -> None:
        with self.lock:
            self.unsure.pop(name, None)
            self.deleted.add(name)

    def sync_folder(self) -> None:
        with self.lock:
            for name in self.deleted:
                self.sure.pop(name, None)
            self.deleted.clear()


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


_disk = _Disk()


class _File(apsw.VFSFile):
    def __init__(self, base: str, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name)).name
        super().__init__(base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        super().xWrite(data, offset)
        _disk.change(self.name, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        super().xTruncate(newsize)
        _disk.change(self.name, newsize, None)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        _disk.sync(self.name)


class _Files(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(_VFS, "")

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File("", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(filename, syncdir)
        _disk.delete(Path(filename).name)
        if syncdir:
            _disk.sync_folder()


def _watched_fsync(fd: FileDescriptorLike) -> None:
    _fsync(fd)
    if stat.S_ISDIR(os.fstat(fd if isinstance(fd, int) else fd.fileno()).st_mode):
        _disk.sync_folder()


_fsync = os.fsync


@contextmanager
def platter() -> Iterator[str]:
    """The name of the file layer, for as long as it and the syncs of folders are watched."""
    files = _Files()
    _disk.sure.clear()
    _disk.unsure.clear()
    _disk.deleted.clear()
    os.fsync = _watched_fsync
    try:
        yield _VFS
    finally:
        os.fsync = _fsync
        files.unregister()


def after_power_cut(chance: random.Random | None) -> dict[str, bytes]:
    """The files as found after a cut at this moment; without chance, nothing unsure is left."""
    with _disk.lock:
        found = {name: bytearray(content) for name, content in _disk.sure.items()}
        unsure = {name: list(changes) for name, changes in _disk.unsure.items()}
    for name, changes in unsure.items():
        content = found.setdefault(name, bytearray())
        for offset, data in changes if chance else ():
            if data is None:
                if chance and chance.random() < 0.5:
                    _apply(content, offset, None)
                continue
            for start in range(0, len(data), SECTOR):
                if chance and chance.random() < 0.5:
                    _apply(content, offset + start, data[start : start + SECTOR])
    return {name: bytes(content) for name, content in found.items()}
