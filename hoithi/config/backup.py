"""`hoithi backup` and `hoithi restore`: everything in one file, also while a round runs.

The stores are copied in the order journal, control, desk: what a copy refers to in the next store
was there before, so that the copies fit together whenever they were taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import apsw
import msgspec
import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

FORMAT = "hoithi/backup/1"
_MANIFEST = "backup.json"
_TROUBLE = (OSError, subprocess.CalledProcessError, sqlite3.Error, apsw.Error, psycopg.Error)
# RuntimeError: members that say they are encrypted, or packed in a way that Python does not know.
_UNREADABLE = (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
# What SQLite keeps beside a file belongs to it: put beside another one, it would change that.
_BESIDE = ("", "-wal", "-shm", "-journal")
# The stores may share one PostgreSQL database; the hall's keep to schemas of their own.
_HALL_SCHEMAS = {"journal": "hall_journal", "control": "hall_control"}


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
        which = [f"--exclude-schema={each}" for each in _HALL_SCHEMAS.values()]
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


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class _Manifest(msgspec.Struct, frozen=True):
    format: str
    made_at: str
    files: dict[str, str]


def restore(path: Path) -> str:
    """Put a backup into a folder of data that has none; answers a sentence. Raises BackupError."""
    targets = dict(_sources())
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = msgspec.json.decode(archive.read(_MANIFEST), type=_Manifest)
            _check_manifest(path, manifest, targets)
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                for name, digest in manifest.files.items():
                    if _sha256(Path(archive.extract(name, folder))) != digest:
                        raise BackupError(f"{name} in {path} is damaged; nothing was restored")
                for name in manifest.files:
                    _place(folder / name, name, targets, Path(settings.FILES))
    except subprocess.CalledProcessError as error:
        raise BackupError(
            f"the databases took the backup only in part: {error}; empty them and do it again"
        ) from error
    except _UNREADABLE as error:
        raise BackupError(f"{path} cannot be read as a backup: {error}") from error
    return f"{path}: restored what was saved at {manifest.made_at}"


def _check_manifest(path: Path, manifest: _Manifest, targets: Mapping[str, str]) -> None:
    """Nothing of it may lie outside the folder of data or on something. Raises BackupError."""
    if manifest.format != FORMAT:
        raise BackupError(f"{path} is not a backup of this version")
    stores = {f"{name}.{kind}" for name in targets for kind in ("sqlite3", "dump")}
    for name in manifest.files:
        inside = name.startswith("files/") and ".." not in PurePosixPath(name).parts
        if name not in stores and not inside:
            raise BackupError(f"{path} is not a backup of ours: it has {name!r}")
    stored = [address for address in targets.values() if "://" not in address]
    beside = (Path(address + more) for address in stored for more in _BESIDE)
    for file in (*beside, *_files(Path(settings.FILES))):
        if file.exists():
            raise BackupError(f"{file} is there already; restore into an empty folder")


def _place(file: Path, name: str, targets: Mapping[str, str], files: Path) -> None:
    """Move one extracted file to where it belongs."""
    store, _, kind = name.partition(".")
    if name.startswith("files/"):
        target = files / name.removeprefix("files/")
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
    target.write_bytes(file.read_bytes())
