"""`hoithi backup` and `hoithi restore`: everything in one file, also while a round runs.

The stores are copied in the order journal, control, desk: what a copy refers to in the next store
was there before, so that the copies fit together whenever they were taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

FORMAT = "hoithi/backup/1"
_MANIFEST = "backup.json"
_MANIFEST_SIZE = 64_000_000  # half a million files
_TROUBLE = (OSError, subprocess.CalledProcessError, sqlite3.Error, apsw.Error, psycopg.Error)
# RuntimeError: members that say they are encrypted, or packed in a way that Python does not know.
_UNREADABLE = (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
# What SQLite keeps beside a file belongs to it: put beside another one, it would change that.
_BESIDE = ("", "-wal", "-shm", "-journal")
# The stores may share one PostgreSQL database; the hall's keep to schemas of their own.
_HALL_SCHEMAS = {"journal": "hall_journal", "control": "hall_control"}
# In no backup, so that nothing erased comes back (docs/decisions/0017).
_SIGNALS_SCHEMA = "hall_signals"


class BackupError(Exception):
    """The sentence says what is wrong and what to do."""


def _sources() -> list[tuple[str, str]]:
    """(name in the backup, address) of the stores, in the order in which they must be copied."""
    database = settings.DATABASES["default"]
    desk = str(database["NAME"])
    if "postgresql" in str(database["ENGINE"]):
        desk = os.environ["HOITHI_DATABASE_URL"]
    return [
        ("journal", settings.HALL_JOURNAL),
        ("control", settings.HALL_CONTROL),
        ("desk", desk),
    ]


def _copy(name: str, address: str, folder: Path) -> Path | None:
    """A consistent copy of one store; none when there is no such file yet."""
    if "://" in address:
        return _dump(name, address, folder / f"{name}.dump")
    if not Path(address).exists():
        return None
    target = folder / f"{name}.sqlite3"
    if name == "desk":
        with (
            closing(sqlite3.connect(f"file:{address}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return target
    # The hall's files are in WAL mode and belong to a newer library than Python's own.
    source_db = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY)
    copy_db = apsw.Connection(str(target))
    with copy_db.backup("main", source_db, "main") as step:
        step.step()
    copy_db.close()
    source_db.close()
    return target


def _dump(name: str, address: str, target: Path) -> Path | None:
    """A dump of a store's schemas; none when the hall has not made them yet."""
    schema = _HALL_SCHEMAS.get(name)
    if schema is None:
        which = [f"--exclude-schema={each}" for each in (*_HALL_SCHEMAS.values(), _SIGNALS_SCHEMA)]
    else:
        with psycopg.connect(address) as db:
            if db.execute("SELECT to_regnamespace(%s)", [schema]).fetchone() == (None,):
                return None
        which = [f"--schema={schema}"]
    database, environment = _without_password(address)
    subprocess.run(  # noqa: S603 - an argument list of our own
        ["pg_dump", "--format=custom", *which, f"--file={target}", database],  # noqa: S607
        check=True,
        env=environment,
    )
    return target


def _without_password(address: str) -> tuple[str, dict[str, str]]:
    """A database for a command line, which everybody on the machine can read, and what it needs."""
    parts = conninfo_to_dict(address)
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo("", **parts), {**os.environ, **secret}


def back_up(path: Path) -> str:
    """Write the backup; answers a sentence. Raises BackupError."""
    if path.exists():
        raise BackupError(f"{path} is there already; give another name")
    partial = path.with_name(path.name + ".partial")
    digests: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=settings.VAR) as temporary:
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, address in _sources():
                    copy = _copy(name, address, Path(temporary))
                    if copy is not None:
                        _put(archive, copy.name, copy, digests)
                files = Path(settings.FILES)
                for file in _files(files):
                    _put(archive, f"files/{file.relative_to(files)}", file, digests)
                manifest = {
                    "format": FORMAT,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "files": digests,
                }
                archive.writestr(_MANIFEST, json.dumps(manifest, sort_keys=True, indent=1))
        except _TROUBLE as error:
            partial.unlink(missing_ok=True)
            raise BackupError(f"the backup was not made: {error}") from error
    with partial.open("rb+") as written:
        os.fsync(written.fileno())
    partial.rename(path)
    return f"{path}: {len(digests)} files, {path.stat().st_size} bytes"


def _files(folder: Path) -> Iterator[Path]:
    """Every file that is whole; one that is being written is a `.partial`."""
    if folder.exists():
        yield from sorted(
            file for file in folder.rglob("*") if file.is_file() and file.suffix != ".partial"
        )


def _put(archive: zipfile.ZipFile, name: str, file: Path, digests: dict[str, str]) -> None:
    """Read once, so that the digest is of what was saved, whatever happens to the file."""
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo.from_file(file, name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with file.open("rb") as content, archive.open(entry, "w", force_zip64=True) as saved:
        while piece := content.read(1 << 20):
            digest.update(piece)
            saved.write(piece)
    digests[name] = digest.hexdigest()


class _Manifest(msgspec.Struct, frozen=True):
    format: str
    made_at: str
    files: dict[str, str]


def restore(path: Path) -> str:
    """Put a backup into a folder of data that has none; answers a sentence. Raises BackupError.

    The file may come from anywhere: nothing of it is believed before all of it has been looked at.
    """
    targets = dict(_sources())
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(path, archive)
            _check_names(path, archive, manifest.files, targets)
            _check_room(path, archive, manifest.files)
            _check_empty(targets)
            with tempfile.TemporaryDirectory(dir=settings.VAR) as temporary:
                extracted = {
                    name: _extract(archive, name, Path(temporary) / str(number))
                    for number, name in enumerate(manifest.files)
                }
                for name, (_, digest) in extracted.items():
                    if digest != manifest.files[name]:
                        raise BackupError(f"{name} in {path} is damaged; nothing was restored")
                for name, (file, _) in extracted.items():
                    _place(file, name, targets)
    except subprocess.CalledProcessError as error:
        raise BackupError(
            f"the databases took the backup only in part: {error}; empty them and do it again"
        ) from error
    except _UNREADABLE as error:
        raise BackupError(f"{path} cannot be read as a backup: {error}") from error
    return f"{path}: restored what was saved at {manifest.made_at}"


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> _Manifest:
    if archive.getinfo(_MANIFEST).file_size > _MANIFEST_SIZE:
        raise BackupError(f"{path} is not a backup of ours: its {_MANIFEST} is too large")
    manifest = msgspec.json.decode(archive.read(_MANIFEST), type=_Manifest)
    if manifest.format != FORMAT:
        raise BackupError(f"{path} is not a backup of this version")
    return manifest


def _check_names(
    path: Path, archive: zipfile.ZipFile, names: Mapping[str, str], targets: Mapping[str, str]
) -> None:
    """Each name stands for one plain file inside the folder of data. Raises BackupError."""
    times = Counter(archive.namelist())
    folders = {
        name.rsplit("/", depth)[0] for name in names for depth in range(1, name.count("/") + 1)
    }
    for name in names:
        if not _is_ours(name, targets):
            raise BackupError(f"{path} is not a backup of ours: it has {name!r}")
        if times[name] > 1 or name in folders:
            raise BackupError(f"{path} is not a backup of ours: it has {name!r} twice")
        if stat.S_IFMT(archive.getinfo(name).external_attr >> 16) not in (0, stat.S_IFREG):
            raise BackupError(f"{path} is not a backup of ours: {name!r} is no plain file")
        store, _, kind = name.partition(".")
        if store in targets and (kind == "dump") != ("://" in targets[store]):
            here = "a file" if kind == "dump" else "in PostgreSQL"
            raise BackupError(f"{name} in {path} does not fit: that store is {here} here")


def _is_ours(name: str, targets: Mapping[str, str]) -> bool:
    """A store, or a file whose name leads nowhere but down from the folder of files."""
    if name in {f"{store}.{kind}" for store in targets for kind in ("sqlite3", "dump")}:
        return True
    first, *below = name.split("/")
    if first != "files" or not below or not name.isprintable() or "\\" in name:
        return False
    files = Path(settings.FILES)
    inside = files.joinpath(*below).resolve().is_relative_to(files.resolve())
    return inside and not {"", ".", ".."} & set(below)


def _check_room(path: Path, archive: zipfile.ZipFile, names: Mapping[str, str]) -> None:
    """What it unpacks to, as its own table of contents says: more than that is never read."""
    size = sum(archive.getinfo(name).file_size for name in names)
    free = shutil.disk_usage(settings.VAR).free
    if size > free:
        raise BackupError(
            f"{path} unpacks to {size // 1_000_000} MB; "
            f"{settings.VAR} has room for {free // 1_000_000} MB"
        )


def _check_empty(targets: Mapping[str, str]) -> None:
    """Nothing may lie where something is put. Raises BackupError."""
    stored = [address for address in targets.values() if "://" not in address]
    beside = (Path(address + more) for address in stored for more in _BESIDE)
    for file in (*beside, *_files(Path(settings.FILES))):
        if file.exists():
            raise BackupError(f"{file} is there already; restore into an empty folder")


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> tuple[Path, str]:
    """The file under a name of our own, and its SHA-256."""
    digest = hashlib.sha256()
    with archive.open(name) as content, target.open("wb") as copy:
        while piece := content.read(1 << 20):
            digest.update(piece)
            copy.write(piece)
    return target, digest.hexdigest()


def _place(file: Path, name: str, targets: Mapping[str, str]) -> None:
    """Move one extracted file to where it belongs."""
    store, _, kind = name.partition(".")
    if name.startswith("files/"):
        target = Path(settings.FILES) / name.removeprefix("files/")
    elif kind == "dump":
        database, environment = _without_password(targets[store])
        subprocess.run(  # noqa: S603 - an argument list of our own
            [
                *("pg_restore", "--no-owner", "--single-transaction"),
                *(f"--dbname={database}", str(file)),
            ],
            check=True,
            env=environment,
        )
        return
    else:
        target = Path(targets[store])
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)
