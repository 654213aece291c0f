"""`hoithi backup` in the middle of an exam, and what `hoithi restore` makes of it elsewhere."""

from __future__ import annotations

import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from hoithi.hall.ledger import Ledger, read_ledger
from hoithi.hall.store import journal_reader
from hoithi.people.vault import Vault
from tests.config.installation import hoithi
from tests.flows.dragnet import Dragnet
from tests.flows.installation import Installation
from tests.hall.scene import Client, close_connections
from tests.migrated import lay_tables

pytestmark = pytest.mark.faults

PEOPLE = 12
ITEMS = 30
GRACE_MS = 10_000
SAVES_BEFORE = 15  # of everybody, before the backup begins


@dataclass
class Saver:
    """Somebody who answers question after question until told to stop."""

    place: int
    code: str
    client: Client
    sent: list[tuple[int, int]] = field(default_factory=list)
    acknowledged: int = 0
    attempt: str = ""

    def begin(self) -> None:
        assert self.client.enter(self.code)[0] == 200
        self.start()

    def start(self) -> dict[str, object]:
        status, reply = self.client.post(
            "start",
            {
                "device": self.client.device,
                "regulation": "1.0",
                "consent": "1.0",
                "take_over": False,
            },
        )
        assert status == 200, reply
        self.client.token, self.attempt = str(reply["token"]), str(reply["attempt"])
        return reply

    def save_one(self) -> None:
        step = len(self.sent)
        self.sent.append(((step * 7 + self.place) % ITEMS, (step // ITEMS + self.place) % 4))
        status, reply = self.client.save(self.sent[-1])
        assert (status, reply["acknowledged"]) == (200, len(self.sent))
        self.acknowledged = len(self.sent)

    def save_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.save_one()

    def answers(self, count: int) -> list[int]:
        """What stands after so many of the saves."""
        standing = dict(self.sent[:count])
        return [standing.get(position, -1) for position in range(ITEMS)]


@dataclass
class Exam:
    """A backup taken while people were saving, what they knew then, and where it came from."""

    source: Installation
    backup: Path
    savers: list[Saver]
    known_before: list[int]


def client_of(installation: Installation, place: int) -> Client:
    return Client(installation.hall_port, device=f"{place + 1:032x}")


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exam]:
    """The sample contest of `hoithi run`."""
    source = Installation(tmp_path_factory.mktemp("source"))
    lay_tables(source.folder)
    try:
        source.start("run")
        yield save_and_back_up(source, tmp_path_factory.mktemp("safe") / "backup.zip")
    finally:
        source.kill()


def save_and_back_up(source: Installation, backup: Path) -> Exam:
    """People save, the backup is taken, they go on saving, and then the power fails."""
    codes = source.codes()
    savers = [Saver(at, codes[at * 20], client_of(source, at)) for at in range(PEOPLE)]
    stop = threading.Event()
    with ThreadPoolExecutor(PEOPLE) as pool:
        for saver in savers:
            saver.begin()
            for _ in range(SAVES_BEFORE):
                saver.save_one()
        working = [pool.submit(saver.save_until, stop) for saver in savers]
        known_before = [saver.acknowledged for saver in savers]
        code, said = hoithi(source.folder, "backup", backup)
        stop.set()
        for each in working:
            each.result()
    assert (code, said) == (0, f"{backup}: 3 files, {backup.stat().st_size} bytes\n")
    close_connections()
    source.kill()
    return Exam(source, backup, savers, known_before)


def ledger_of(journal: Path) -> Ledger:
    with (
        closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as file,
        closing(journal_reader(str(journal))) as reader,
    ):
        ((sitting,),) = file.execute("SELECT DISTINCT sitting FROM batches").fetchall()
        rows = [row for batch in reader.batches(sitting) for row in batch.rows]
    return read_ledger(rows, items=ITEMS, grace_ms=GRACE_MS)


@pytest.fixture(scope="module")
def restored(exam: Exam, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Another machine: an empty folder, the backup, and everything started."""
    elsewhere = Installation(tmp_path_factory.mktemp("elsewhere"))
    code, said = hoithi(elsewhere.folder, "restore", exam.backup)
    assert (code, said.split(" at ")[0]) == (0, f"{exam.backup}: restored what was saved")
    try:
        yield elsewhere.start("serve")
    finally:
        close_connections()
        elsewhere.stop()


def test_people_were_saving_while_the_backup_was_taken(exam: Exam) -> None:
    assert [saver.acknowledged > 2 * SAVES_BEFORE for saver in exam.savers] == [True] * PEOPLE


def test_what_was_acknowledged_before_the_backup_is_in_the_restored_ledger(
    exam: Exam, restored: Installation
) -> None:
    ledger = ledger_of(restored.journal)
    assert ledger.flaws == ()
    stored = {facts.attempt.hex(): list(facts.answers) for facts in ledger.attempts}
    for saver, known in zip(exam.savers, exam.known_before, strict=True):
        client = client_of(restored, saver.place)
        again = Saver(saver.place, saver.code, client)
        again.begin()
        count = again.start()["last_seq"]
        assert isinstance(count, int)
        assert known <= count <= saver.acknowledged
        assert stored[saver.attempt] == saver.answers(count)


def test_people_go_on_at_the_restored_hall(exam: Exam, restored: Installation) -> None:
    saver = exam.savers[0]
    again = Saver(saver.place, saver.code, client_of(restored, saver.place))
    again.begin()
    again.client.seq = int(str(again.start()["last_seq"]))
    status, reply = again.client.save((0, 3))
    assert (status, reply["acknowledged"]) == (200, again.client.seq)
    status, receipt = again.client.submit()
    assert (status, receipt["attempt"]) == (200, saver.attempt)


def test_numbers_of_people_are_in_no_file_of_an_installation(exam: Exam) -> None:
    net = Dragnet()
    net.take_files(exam.source.folder)
    net.take("backup", exam.backup.read_bytes())
    # Those of the second unit's samples, which are there: they are found by their blind indexes.
    ids = [f"000{serial * 10007:09d}" for serial in range(1000, 1030)]
    assert net.find(ids) == []
    vault = Vault("development-data-key")
    with closing(sqlite3.connect(f"file:{exam.source.desk}?mode=ro", uri=True)) as desk:
        indexes = {
            index for (index,) in desk.execute("SELECT national_id_index FROM entries_person")
        }
    assert {vault.index("national_id", each) for each in ids} <= indexes


def data_in(folder: Path) -> dict[str, str]:
    """Every file of a folder by its digest."""
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def spoilt(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def damages(backup: Path) -> dict[str, bytes]:
    """The backup with one thing broken at a time."""
    content = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        starts = {info.filename: info.header_offset for info in archive.infolist()}
        sizes = {info.filename: info.compress_size for info in archive.infolist()}
        directory = archive.start_dir
    broken = {
        f"a byte of {name}": spoilt(content, starts[name] + 100 + sizes[name] // 2)
        for name in starts
    }
    return broken | {
        "cut off": content[: len(content) // 2],
        "empty": b"",
        "not a zip file": b"%PDF-1.7 " + content[:1000],
        "said to be encrypted": spoilt(content, directory + 8),
        "packed in a way nobody knows": spoilt(content, directory + 10),
        "no list of files": content[: starts["backup.json"]]
        + content[starts["backup.json"] :][::-1],
    }


DAMAGES = (
    "a byte of journal.sqlite3",
    "a byte of control.sqlite3",
    "a byte of desk.sqlite3",
    "a byte of backup.json",
    "cut off",
    "empty",
    "not a zip file",
    "said to be encrypted",
    "packed in a way nobody knows",
    "no list of files",
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_with_a_sentence_and_restores_nothing(
    exam: Exam, tmp_path: Path, damage: str
) -> None:
    file, folder = tmp_path / "damaged.zip", tmp_path / "data"
    file.write_bytes(damages(exam.backup)[damage])
    code, said = hoithi(folder, "restore", file)
    assert (code, said.count("\n"), "Traceback" in said) == (1, 1, False)
    assert str(file) in said
    assert data_in(folder) == {}


@pytest.mark.parametrize(
    "there",
    [
        "desk.sqlite3",
        "hall/journal.sqlite3",
        "hall/control.sqlite3",
        "desk.sqlite3-journal",
        "hall/journal.sqlite3-wal",
        "files/certificates/kept.pdf",
    ],
)
def test_what_is_there_is_never_overwritten(exam: Exam, tmp_path: Path, there: str) -> None:
    kept = tmp_path / there
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"what somebody has here")
    before = data_in(tmp_path)
    code, said = hoithi(tmp_path, "restore", exam.backup)
    assert (code, said) == (1, f"{kept} is there already; restore into an empty folder\n")
    assert data_in(tmp_path) == before


def test_a_backup_of_a_hall_that_was_killed_has_its_last_answers(
    exam: Exam, tmp_path: Path
) -> None:
    """What a killed process leaves in its log beside the file belongs to the backup."""
    assert exam.source.journal.with_name("journal.sqlite3-wal").stat().st_size > 0
    backup = tmp_path / "after.zip"
    assert hoithi(exam.source.folder, "backup", backup)[0] == 0
    elsewhere = tmp_path / "elsewhere"
    assert hoithi(elsewhere, "restore", backup)[0] == 0
    ledger = ledger_of(elsewhere / "hall/journal.sqlite3")
    stored = {facts.attempt.hex(): list(facts.answers) for facts in ledger.attempts}
    assert stored == {saver.attempt: saver.answers(saver.acknowledged) for saver in exam.savers}
