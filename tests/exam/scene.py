"""The contest of 2023 with a few people and a hall: what tests of a whole round play in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.reading import plan_from
from hoithi.contests.plan.writing import write_plan
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round, collect_sitting
from hoithi.exam.hall_orders import move_close, publish_sitting
from hoithi.exam.models import Package, Sitting
from hoithi.exam.sealing import build_package, seal_package
from hoithi.people.models import Role
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.golden.spoil import read_table
from tests.hall.scene import SECRET, Client, HallProcess, close_connections

# A hall closes a sitting when the time for what is still on its way is over as well.
PLAN = factories.PLAN.replace(b"grace_seconds = 10\n", b"grace_seconds = 1\n", 1)


class Scene:
    """The contest of 2023 with a few people, two of the committee, and a hall.

    `content` is another plan file with a form and a round `truc-tuyen`.
    """

    def __init__(self, hall: HallProcess, content: bytes = PLAN) -> None:
        self.hall = hall
        self.contest: Contest = factories.contest(content)
        self.round = Round.objects.get(contest=self.contest, key="truc-tuyen")
        self.an = factories.user("An", self.contest.key, Role.COMMITTEE, Role.ORGANISER)
        self.binh = factories.user("Bình", self.contest.key, Role.COMMITTEE)
        self.bank = factories.bank(self.contest)
        names = ["Nguyễn Văn Một", "Trần Thị Hai", "Lê Văn Ba", "Phạm Thị Bốn", "Đỗ Văn Năm"]
        self.entries = [
            factories.entry(self.contest, "GN" if at % 2 else "CJ", name, f"GN-{at:03d}")
            for at, name in enumerate(names, start=1)
        ]
        self.barred = factories.entry(
            self.contest, "DM", "Võ Thị Sáu", "DM-001", barred="Tổ Thư ký"
        )

    def seal(self, each: Round | None = None) -> Package:
        package = build_package(
            actor=self.an, each=each or self.round, collection=self.bank, now=factories.now()
        )
        seal_package(actor=self.an, package=package, now=factories.now())
        seal_package(actor=self.binh, package=package, now=factories.now())
        return package

    def sit(self, entry: Entry, sitting: Sitting, right: int) -> str:
        """Sit with so many right answers; answers the receipt."""
        status, reply = self.work(entry, sitting, right).submit()
        assert status == 200
        return str(reply["receipt"])

    def work(self, entry: Entry, sitting: Sitting, right: int) -> Client:
        """Answer everything, so much of it right; answers the device, which has not handed in."""
        client = Client(self.hall.port, device=entry.public_id.hex)
        assert client.enter(access_code_of(entry))[0] == 200
        status, reply = client.post(
            "start",
            {"device": client.device, "regulation": "1.0", "consent": "1.0", "take_over": False},
        )
        assert status == 200, reply
        client.token = str(reply["token"])
        key_of = self.keys(sitting, entry)
        client.save(*((at, key_of[at] if at < right else (key_of[at] + 1) % 4) for at in range(30)))
        return client

    def keys(self, sitting: Sitting, entry: Entry) -> list[int]:
        """The right position of each question of somebody's paper, worked out from the bank."""
        questions = paper.read_questions(bytes(sitting.package.questions))
        stored = {
            item.item: item.version.options[item.version.key]
            for item in sitting.package.items.select_related("version")
        }
        line = sitting.lines.get(entry=entry)
        right = []
        for place in paper.draw(questions, bytes.fromhex(line.entry_key), 1):
            item = questions.file.items[place.item]
            served = [item.options[index] for index in place.order]
            right.append(served.index(stored[item.id]))
        return right

    def close(self, sitting: Sitting) -> None:
        move_close(
            actor=self.an,
            sitting=sitting,
            closes_at=factories.now(),
            reason="Đã thi xong",
            now=factories.now(),
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                collect_sitting(actor=self.an, sitting=sitting, now=factories.now())
            except RuleViolation as violation:
                assert violation.code == "hall_not_closed", violation.code
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the hall did not close the sitting")

    def graded(self) -> Sitting:
        """A graded sitting of one person with ten right answers."""
        self.seal()
        made = publish_sitting(actor=self.an, each=self.round, now=factories.now())
        self.hall.start()
        self.sit(self.entries[0], made, 10)
        self.close(made)
        close_round(actor=self.an, each=self.round, now=factories.now())
        return made


@contextmanager
def scene_in(folder: Path, settings: Settings, content: bytes = PLAN) -> Iterator[Scene]:
    """A scene whose hall, not started yet, stands where the desk looks for it."""
    hall = HallProcess(folder)
    settings.HALL_CONTROL = str(hall.control)
    settings.HALL_JOURNAL = str(hall.journal)
    settings.HALL_SECRET = SECRET.decode()
    yield Scene(hall, content)
    close_connections()
    hall.stop()


@pytest.fixture
def scene(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings) as made:
        yield made


def plan_of_two_rounds() -> bytes:
    """The plan of 2023 with a second online round, `truc-tuyen-2`, on the same topics."""
    table = read_table("daknong-2023")
    rounds = table["rounds"]
    assert isinstance(rounds, list)
    (online,) = (each for each in rounds if each["key"] == "truc-tuyen")
    prizes = [{**line, "amount_vnd": 0} for line in online["prizes"]]
    online["online"]["grace_seconds"] = 1
    second = {**online, "key": "truc-tuyen-2", "name": "Vòng hai", "prizes": prizes}
    return write_plan(plan_from({**table, "rounds": [*rounds, second]})).encode()
