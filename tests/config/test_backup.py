"""A backup brings everything back: files on one machine, and one database that all stores share."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import apsw
import psycopg
import pytest

from tests.config.installation import ROOT, exported, hoithi, set_up
from tests.postgres import Cluster

PLAN = ROOT / "plans/daknong-2023/contest.toml"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A folder of data with a contest and a filed paper, and a backup of it."""
    folder = tmp_path_factory.mktemp("data")
    backup = folder / "backup.zip"
    assert hoithi(folder, "setup") == (0, "")
    hoithi(folder, "plan", "load", PLAN)
    (folder / "files/2023").mkdir()
    (folder / "files/2023/minutes.pdf").write_bytes(b"%PDF a filed paper")
    code, said = hoithi(folder, "backup", backup)
    assert (code, said) == (0, f"{backup}: 2 files, {backup.stat().st_size} bytes\n")
    yield folder, backup


def test_a_restored_folder_has_the_contest_and_its_papers(
    saved: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, backup = saved
    code, said = hoithi(tmp_path, "restore", backup)
    assert (code, said.split(": ")[1][:28]) == (0, "restored what was saved at 2")
    assert exported(tmp_path) == exported(folder)
    assert (tmp_path / "files/2023/minutes.pdf").read_bytes() == b"%PDF a filed paper"


def test_a_backup_is_never_put_over_data_that_is_there(saved: tuple[Path, Path]) -> None:
    folder, backup = saved
    desk = folder / "desk.sqlite3"
    assert hoithi(folder, "restore", backup) == (
        1,
        f"{desk} is there already; restore into an empty folder\n",
    )


def test_a_backup_never_takes_the_name_of_another(saved: tuple[Path, Path]) -> None:
    folder, backup = saved
    assert hoithi(folder, "backup", backup) == (
        1,
        f"{backup} is there already; give another name\n",
    )


def test_a_damaged_backup_restores_nothing(saved: tuple[Path, Path], tmp_path: Path) -> None:
    _, backup = saved
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"a filed paper", b"a filed thing"))
    folder = tmp_path / "data"
    assert hoithi(folder, "restore", damaged) == (
        1,
        f"files/2023/minutes.pdf in {damaged} is damaged; nothing was restored\n",
    )
    assert list(folder.iterdir()) == []


def test_the_halls_stores_are_saved_while_they_are_written(tmp_path: Path) -> None:
    """Their newest rows lie in a journal beside the file until it is folded in."""
    folder, backup = tmp_path / "data", tmp_path / "b.zip"
    set_up(folder)
    store = apsw.Connection(str(folder / "hall/journal.sqlite3"))
    for statement in (
        "PRAGMA journal_mode=WAL",
        "CREATE TABLE kept(answer)",
        "INSERT INTO kept VALUES (42)",
        "BEGIN",
        "INSERT INTO kept VALUES (7)",
    ):
        store.execute(statement).fetchall()
    assert hoithi(folder, "backup", backup)[0] == 0
    store.close()
    hoithi(tmp_path / "again", "restore", backup)
    restored = apsw.Connection(str(tmp_path / "again/hall/journal.sqlite3"))
    assert restored.execute("SELECT answer FROM kept").fetchall() == [(42,)]
    restored.close()


def test_a_file_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    folder, backup = tmp_path / "data", tmp_path / "b.zip"
    set_up(folder)
    (folder / "files/list.pdf").write_bytes(b"%PDF")
    (folder / "files/list.partial").write_bytes(b"%P")
    hoithi(folder, "backup", backup)
    with zipfile.ZipFile(backup) as archive:
        assert sorted(archive.namelist()) == ["backup.json", "desk.sqlite3", "files/list.pdf"]


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(
    saved: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, _ = saved
    code, said = hoithi(folder, "backup", tmp_path / "none/b.zip")
    assert (code, said.startswith("the backup was not made: [Errno 2]")) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"format": "hoithi/backup/0"}, "is not a backup of this version"),
        ({"files": {"../out.txt": "0"}}, "is not a backup of ours: it has '../out.txt'"),
        ({"files": {"files/../../out": "0"}}, "is not a backup of ours: it has 'files/../../out'"),
        ({"files": {"settings.py": "0"}}, "is not a backup of ours: it has 'settings.py'"),
        ({"files": {"files//tmp/x": "0"}}, "is not a backup of ours: it has 'files//tmp/x'"),
        ({"files": {"files/a//x": "0"}}, "is not a backup of ours: it has 'files/a//x'"),
        ({"files": {"files/./x": "0"}}, "is not a backup of ours: it has 'files/./x'"),
        ({"files": {"files/": "0"}}, "is not a backup of ours: it has 'files/'"),
        ({"files": {"files": "0"}}, "is not a backup of ours: it has 'files'"),
        ({"files": {"/files/x": "0"}}, "is not a backup of ours: it has '/files/x'"),
        ({"files": {"files/x\x00": "0"}}, "is not a backup of ours: it has 'files/x\\x00'"),
        ({"files": {"files\\x": "0"}}, "is not a backup of ours: it has 'files\\\\x'"),
        ({"files": {"desk.sqlite3": "0"}}, "cannot be read as a backup: "),
        ({"files": ["desk.sqlite3"]}, "cannot be read as a backup: "),
        (None, "cannot be read as a backup: "),
    ],
)
def test_what_is_no_backup_of_ours_restores_nothing(
    tmp_path: Path, manifest: dict[str, object] | None, said: str
) -> None:
    backup, folder = tmp_path / "b.zip", tmp_path / "data"
    with zipfile.ZipFile(backup, "w") as archive:
        archive.writestr("a.txt", "a")
        if manifest is not None:
            whole = {"format": "hoithi/backup/1", "made_at": "", "files": {}} | manifest
            archive.writestr("backup.json", json.dumps(whole))
    code, complained = hoithi(folder, "restore", backup)
    assert (code, complained.startswith(f"{backup} {said}")) == (1, True), complained
    assert list(folder.iterdir()) == []


EMPTY = hashlib.sha256(b"").hexdigest()


def packed(backup: Path, *members: zipfile.ZipInfo) -> zipfile.ZipFile:
    """A backup of empty files under names of one's own; to be closed."""
    archive = zipfile.ZipFile(backup, "w")
    for member in members:
        archive.writestr(member, b"")
    names = dict.fromkeys((member.filename for member in members), EMPTY)
    manifest = {"format": "hoithi/backup/1", "made_at": "", "files": names}
    archive.writestr("backup.json", json.dumps(manifest))
    return archive


def refusal(folder: Path, backup: Path) -> str:
    """What is said after the name of the backup; nothing of it may have been restored."""
    code, said = hoithi(folder, "restore", backup)
    assert (code, list(folder.iterdir())) == (1, [])
    return said.removesuffix("\n")


def test_two_files_of_one_name_restore_nothing(tmp_path: Path) -> None:
    backup, member = tmp_path / "b.zip", zipfile.ZipInfo("files/x")
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed(backup, member, zipfile.ZipInfo("files/x")).close()
    sentence = f"{backup} is not a backup of ours: it has 'files/x' twice"
    assert refusal(tmp_path / "data", backup) == sentence


def test_a_file_that_is_also_a_folder_restores_nothing(tmp_path: Path) -> None:
    backup = tmp_path / "b.zip"
    packed(backup, zipfile.ZipInfo("files/a/b"), zipfile.ZipInfo("files/a")).close()
    sentence = f"{backup} is not a backup of ours: it has 'files/a' twice"
    assert refusal(tmp_path / "data", backup) == sentence


def test_a_link_restores_nothing(tmp_path: Path) -> None:
    backup, link = tmp_path / "b.zip", zipfile.ZipInfo("files/x")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed(backup, link).close()
    sentence = f"{backup} is not a backup of ours: 'files/x' is no plain file"
    assert refusal(tmp_path / "data", backup) == sentence


def test_a_folder_that_is_a_link_leads_nowhere(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    (folder / "files").mkdir(parents=True)
    elsewhere.mkdir()
    (folder / "files/2023").symlink_to(elsewhere)
    backup = tmp_path / "b.zip"
    packed(backup, zipfile.ZipInfo("files/2023/x")).close()
    said = f"{backup} is not a backup of ours: it has 'files/2023/x'\n"
    assert hoithi(folder, "restore", backup) == (1, said)
    assert list(elsewhere.iterdir()) == []


def test_what_unpacks_to_more_than_the_disk_holds_restores_nothing(tmp_path: Path) -> None:
    backup = tmp_path / "b.zip"
    archive = packed(backup, zipfile.ZipInfo("files/x"))
    archive.getinfo("files/x").file_size = 10**18
    archive.close()
    said = refusal(tmp_path / "data", backup)
    assert said.startswith(
        f"{backup} unpacks to 1000000000000 MB; {tmp_path / 'data'} has room for"
    )


def test_a_dump_of_postgresql_is_not_put_into_a_file(tmp_path: Path) -> None:
    backup = tmp_path / "b.zip"
    packed(backup, zipfile.ZipInfo("desk.dump")).close()
    sentence = f"desk.dump in {backup} does not fit: that store is a file here"
    assert refusal(tmp_path / "data", backup) == sentence


def test_what_is_no_zip_file_restores_nothing(tmp_path: Path) -> None:
    backup = tmp_path / "b.zip"
    backup.write_bytes(b"not a zip file")
    sentence = f"{backup} cannot be read as a backup: File is not a zip file\n"
    assert hoithi(tmp_path / "data", "restore", backup) == (1, sentence)


@pytest.mark.postgres
def test_stores_that_share_a_database_come_back_into_another(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    def on(database: str) -> dict[str, str]:
        names = ("HOITHI_DATABASE_URL", "HOITHI_HALL_CONTROL", "HOITHI_HALL_JOURNAL")
        return dict.fromkeys(names, database)

    first, second, backup = postgres_cluster.fresh(), postgres_cluster.fresh(), tmp_path / "b.zip"
    assert hoithi(tmp_path, "setup", **on(first)) == (0, "")
    hoithi(tmp_path, "plan", "load", PLAN, **on(first))
    with psycopg.connect(first) as db:
        db.execute("CREATE SCHEMA hall_journal")
        db.execute("CREATE TABLE hall_journal.kept AS SELECT 42 AS answer")
    code, said = hoithi(tmp_path, "backup", backup, **on(first))
    assert (code, said.split(", ")[0]) == (0, f"{backup}: 2 files")
    code, _ = hoithi(tmp_path, "restore", backup, **on(second))
    assert code == 0
    assert exported(tmp_path, **on(second)) == exported(tmp_path, **on(first))
    with psycopg.connect(second) as db:
        assert db.execute("SELECT answer FROM hall_journal.kept").fetchall() == [(42,)]
    code, said = hoithi(tmp_path, "restore", backup, **on(second))
    assert (code, "empty them and do it again" in said) == (1, True)


def test_passwords_stand_on_no_command_line_and_in_no_message(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pg_dump").write_text(
        f'#!/bin/sh\necho "$*" > {tmp_path}/told\necho "$PGPASSWORD" >> {tmp_path}/told\nexit 1\n'
    )
    (programs / "pg_dump").chmod(0o755)
    code, said = hoithi(
        tmp_path,
        "backup",
        tmp_path / "b.zip",
        HOITHI_DATABASE_URL="postgresql://desk:mat-khau@127.0.0.1/hoithi",
        PATH=f"{programs}:/usr/bin:/bin",
    )
    arguments, password = (tmp_path / "told").read_text().splitlines()
    assert (code, "mat-khau" in said, "mat-khau" in arguments, password) == (
        *(1, False, False),
        "mat-khau",
    )
