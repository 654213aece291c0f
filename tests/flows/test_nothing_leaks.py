"""Keys stay in until publication, and personal numbers for ever.

Everything that the hall and the desk say to those who must not know is taken in, with all that
they leave on disk, and searched for what was planted.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from hoithi.config.serve import Addresses, children
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import (
    choose_forms,
    reissue_code,
    replace_person,
    save_list,
    show_number,
    withdraw_entry,
)
from hoithi.entries.checking import SheetRow, check_list
from hoithi.entries.models import Entry, Person, StagedList
from hoithi.entries.queries import access_code_of, terms_for
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.models import Sitting
from hoithi.exam.scores_at_once import show_scores
from hoithi.exam.sealing import open_keys_bytes
from hoithi.people.models import Unit, User
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.entries.workbooks import workbook
from tests.flows.closing import close_the_hall
from tests.flows.dragnet import Dragnet
from tests.flows.preparation import (
    ONLINE,
    Committee,
    committee,
    knowledge,
    officer_of,
    online_round,
    open_the_hall,
    people_of,
    register,
)
from tests.flows.visits import Visitor, ask_the_hall_for_everything, visit_every_address
from tests.hall.scene import HallProcess, close_connections, free_port, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

MARK = "DAU-VET-7391"
SECRETS = {
    "HOITHI_SECRET_KEY": "khoa-cua-ban-lam-viec-7391",
    "HOITHI_DATA_KEY": "khoa-cua-so-dinh-danh-7391",
    "HOITHI_CODE_KEY": "khoa-cua-ma-du-thi-7391",
    "HOITHI_SMTP_PASSWORD": "mat-khau-thu-dien-tu-7391",
    "HOITHI_DATABASE_URL": "postgresql://ban-lam-viec:7391@127.0.0.1/hoithi",
}
ANSWERS = {
    "enter": {"", "code_mistyped", "code_unknown", "too_many"},
    "start": {"", "malformed", "other_device", "no_attempts_left"},
    "save": {
        *("", "token_invalid", "conflict", "gap", "unknown_item"),
        *("too_large", "stale_device", "submitted"),
    },
    "submit": {"", "gap"},
    "pulse": {"", "token_invalid"},
}


def test_the_net_holds_what_is_written_in_another_way() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.gz", gzip.compress("Đáp án: Huế".encode()))
    net = Dragnet()
    net.take("zip", packed.getvalue())
    net.take("json", json.dumps(["Đáp án: Huế"]))
    net.take("address", quote("?x=Đáp án: Huế"))
    net.take("sheet", "Đáp án: Huế".encode("utf-16"))
    for shift in range(3):
        net.take(f"base64 {shift}", base64.b64encode(b"x" * shift + "Đáp án: Huế".encode()))
    net.take("nothing", "Đáp án: Đà Nẵng")
    assert net.find(["Đáp án: Huế"]) == [
        f"{where}: 'Đáp án: Huế'"
        for where in (
            *("address", "base64 0", "base64 1", "base64 2"),
            *("json", "sheet", "zip > inner.gz > gzip"),
        )
    ]


class ServedHall(HallProcess):
    """The hall as `hoithi serve` starts it on a machine that keeps secrets."""

    def environment(self) -> dict[str, str]:
        told = SECRETS | super().environment()
        hall = children(Addresses("127.0.0.1", free_port(), self.port), told)[0]
        return dict(hall.environment)


@pytest.fixture
def served_hall(tmp_path: Path, settings: Settings) -> Iterator[HallProcess]:
    hall = ServedHall(tmp_path)
    settings.HALL_CONTROL, settings.HALL_JOURNAL = str(hall.control), str(hall.journal)
    settings.HALL_SECRET = hall.environment()["HOITHI_HALL_SECRET"]
    yield hall
    close_connections()
    hall.stop()


def marked_bank() -> bytes:
    """The shipped questions; what explains the right answer carries a mark."""
    rows = list(csv.DictReader(io.StringIO(factories.BANK.decode())))
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    for row in rows:
        marked = {name: f"{MARK} {row[name]}" for name in ("Giải thích", "Văn bản", "Điều khoản")}
        table.writerow(row | marked)
    return out.getvalue().encode()


def key_needles(sitting: Sitting, keys: bytes) -> list[str | bytes]:
    """The keys file, its salt, and every line of it; the sealed form too."""
    file = json.loads(keys)
    lines = [f'"{item}":[{indices[0]}' for item, indices in file["keys"].items()]
    return [MARK, "hoithi/keys/1", file["salt"], keys, bytes(sitting.package.keys_cipher), *lines]


def known_values(contest: Contest, sitting: Sitting) -> dict[str, object]:
    """Values of addresses' parameters; those not named here are tried out."""
    return {
        "contest": contest.key,
        "each": ONLINE,
        "round_key": ONLINE,
        "form": ONLINE,
        "unit": "GN",
        "sitting": sitting.pk,
    }


def own_result(code: str, net: Dragnet) -> str:
    """What somebody reads about themselves on the public site with the code of their slip."""
    response = Client().post("/ket-qua-cua-toi/", {"code": code})
    assert response.status_code == 200
    net.take("own result", response.content)
    return unescape(response.content.decode())


def stems_in(page: str) -> int:
    """How many of the bank's questions a page tells."""
    rows = csv.DictReader(io.StringIO(factories.BANK.decode()))
    return sum(row["Câu hỏi"] in page for row in rows)


def look_at_the_desk(contest: Contest, sitting: Sitting, officer: User, net: Dragnet) -> None:
    """Nobody and the officer try every door; those of the organisers stay shut."""
    known = known_values(contest, sitting)
    for who in (None, officer):
        met = visit_every_address(who, known, net)
        assert 200 in met["portal:home"]
        assert met["exam:round"] <= {302, 403, 405}


def test_nothing_of_the_keys_gets_out_before_publication(
    served_hall: HallProcess, tmp_path: Path
) -> None:
    contest = factories.contest()
    people = committee(contest)
    gia_nghia = unit_by_code(contest, "GN")
    entries = register(
        contest, gia_nghia, people_of(contest, gia_nghia, 0), people.organiser, factories.now()
    )
    sitting = open_the_hall(contest, people, marked_bank())
    net = Dragnet()
    served_hall.start()
    assert served_hall.process is not None
    process = Path("/proc", str(served_hall.process.pid))
    net.take("environ", (process / "environ").read_bytes())
    net.take("cmdline", (process / "cmdline").read_bytes())
    visitor = Visitor(served_hall, net)
    assert ask_the_hall_for_everything(visitor, access_code_of(entries[0])) == ANSWERS
    officer = officer_of(gia_nghia)
    look_at_the_desk(contest, sitting, officer, net)

    close_the_hall(people.organiser, sitting)
    close_round(actor=people.organiser, each=online_round(contest), now=factories.now())
    visitor.post("pulse")
    code = access_code_of(entries[0])
    assert entries[0].person is not None
    before = own_result(code, net)
    assert (entries[0].person.name in before, stems_in(before)) == (True, 0)
    look_at_the_desk(contest, sitting, officer, net)
    net.take_files(tmp_path)

    keys = open_keys_bytes(sitting.package)
    needles = [*key_needles(sitting, keys), *SECRETS.values()]
    assert net.find(needles) == []
    publish(actor=people.organiser, each=online_round(contest), reason="", now=factories.now())
    published = Dragnet()
    assert stems_in(own_result(code, published)) == 30
    write_bundle(contest, tmp_path / "bundle.zip", factories.now())
    published.take_files(tmp_path)
    published.take("desk", connection.connection.serialize())
    assert published.find([keys]) == [f"bundle.zip > rounds/{ONLINE}/keys.json: {keys!r}"]
    assert published.find([MARK]) == [f"desk: {MARK!r}"]


POINTS = "points_per_item = 7.39"  # what comes of it is found at a glance
RIGHT = 13
SCORES = ("96.07", "96,07")


def contest_with(*, promise: str) -> Contest:
    """The contest of 2023 with scores like no other number, and this promise."""
    changed = factories.PLAN.decode()
    for old, new in (
        ("points_per_item = 1", POINTS),
        ('show_result = "none"', f'show_result = "{promise}"'),
    ):
        assert changed.count(f"{old}\n") == 1
        changed = changed.replace(f"{old}\n", f"{new}\n")
    return factories.contest(changed.encode())


def hand_in_right(visitor: Visitor, code: str, right: int) -> None:
    """Answer so many questions, all of them right, and hand in."""
    visitor.token = str(visitor.post("enter", code=code)[1]["token"])
    accepted = {"regulation": "1.0", "consent": "1.0", "take_over": False}
    _, started = visitor.post("start", device="c" * 32, **accepted)
    visitor.token = str(started["token"])
    questions, known = started["paper"], knowledge()
    assert isinstance(questions, list)
    saves = [
        [at + 1, at, question["options"].index(known[question["stem"]]), -1]
        for at, question in enumerate(questions[:right])
    ]
    assert visitor.post("save", saves=saves)[0] == 200
    assert visitor.post("submit", last_seq=right)[0] == 200


@pytest.mark.parametrize("promise", ["none", "score_and_time"])
def test_nobody_learns_a_score_before_publication_but_whom_it_is_promised(
    served_hall: HallProcess, tmp_path: Path, promise: str
) -> None:
    contest = contest_with(promise=promise)
    people = committee(contest)
    gia_nghia = unit_by_code(contest, "GN")
    entries = register(
        contest, gia_nghia, people_of(contest, gia_nghia, 0), people.organiser, factories.now()
    )
    sitting = open_the_hall(contest, people)
    served_hall.start()
    own, others = Dragnet(), Dragnet()
    holder, stranger = Visitor(served_hall, own), Visitor(served_hall, others)
    hand_in_right(holder, access_code_of(entries[0]), RIGHT)
    told = show_scores(factories.now())
    ask_the_hall_for_everything(stranger, access_code_of(entries[1]))
    wait_until(lambda: b'"score"' in holder.ask("POST", "/thi/v1/pulse")[1] or not told)
    holder.post("submit", last_seq=RIGHT)
    holder.post("enter", code=access_code_of(entries[0]))
    assert told == (promise != "none")
    assert bool(own.find(SCORES)) is (promise != "none")

    known, officer = known_values(contest, sitting), officer_of(gia_nghia)
    for who in (None, officer, people.second, people.organiser):
        visit_every_address(who, known, others)
    own_result(access_code_of(entries[0]), others)
    assert others.find(SCORES) == []
    others.take("desk", connection.connection.serialize())
    others.take_files(tmp_path)
    found = {where.split(": ")[0].removesuffix("-wal") for where in others.find(SCORES)}
    assert found == ({"control.sqlite3"} if told else set())

    close_the_hall(people.organiser, sitting)
    close_round(actor=people.organiser, each=online_round(contest), now=factories.now())
    graded = Dragnet()
    for who in (None, officer):
        visit_every_address(who, known, graded)
    own_result(access_code_of(entries[0]), graded)
    assert graded.find(SCORES) == []
    publish(actor=people.organiser, each=online_round(contest), reason="", now=factories.now())
    assert "96,07" in own_result(access_code_of(entries[0]), Dragnet())


def planted(number: int) -> tuple[str, str]:
    """National id and phone of somebody: of no province, of no network, and found at a glance."""
    return f"0007391{number:05d}", f"0907391{number:03d}"


def with_planted_numbers(rows: list[SheetRow], first: int) -> list[SheetRow]:
    """A list with its numbers replaced; some are typed with spaces and dots, as people type."""
    changed: list[SheetRow] = []
    for at, (row, cells) in enumerate(rows):
        national_id, phone = planted(first + at)
        if at % 3 == 1:
            national_id = " ".join((national_id[:4], national_id[4:8], national_id[8:]))
            phone = ".".join((phone[:4], phone[4:7], phone[7:]))
        changed.append((row, {**cells, "national_id": national_id, "phone": phone}))
    return changed


def change_and_look(contest: Contest, people: Committee, entries: list[Entry]) -> None:
    """What happens to accepted people, with their numbers at hand each time."""
    now = factories.now()
    one, two, three, four = entries[:4]
    assert one.person is not None
    shown = show_number(actor=people.organiser, person=one.person, field="national_id", now=now)
    assert shown.startswith("0007391")
    withdraw_entry(actor=people.organiser, entry=two, reason="Nghỉ ốm", now=now)
    reissue_code(actor=people.organiser, entry=three, reason="Mất phiếu", now=now)
    rows = with_planted_numbers(people_of(contest, four.unit, 7, 1), 200)
    replace_person(
        actor=people.organiser,
        entry=four,
        checked=check_list(rows, terms_for(contest, four.unit, ONLINE, rows)),
        reason="Chuyển công tác",
        now=now,
    )


def refuse_a_bad_list(contest: Contest, unit: Unit) -> str:
    """A list full of mistakes about numbers, left to be mended; answers what is said of it."""
    rows = with_planted_numbers(people_of(contest, unit, 1), 300)
    (first, long), (second, twice), (third, spoilt) = rows[:3]
    rows[:3] = [
        (first, {**long, "national_id": long["national_id"] + "9"}),
        (second, {**twice, "national_id": spoilt["national_id"]}),
        (third, {**spoilt, "phone": "x" + spoilt["phone"]}),
    ]
    checked = check_list(rows, terms_for(contest, unit, ONLINE, rows))
    assert {problem.row for problem in checked.bad} == {first, second, third}
    registration = choose_forms(
        actor=officer_of(unit),
        contest=contest,
        unit=unit,
        forms=[ONLINE],
        declared=30,
        now=factories.now(),
    )
    with pytest.raises(RuleViolation) as refused:
        save_list(
            actor=officer_of(unit),
            registration=registration,
            form_key=ONLINE,
            checked=checked,
            now=factories.now(),
        )
    officer = factories.sign_in(Client(), officer_of(unit))
    file = SimpleUploadedFile("ds.xlsx", workbook([cells for _, cells in rows]))
    here = f"/don-vi/{contest.key}/{unit.code}/danh-sach/{ONLINE}/"
    page = officer.post(here, {"file": file}, follow=True).content.decode()
    assert long["national_id"] + "9" in page
    officer.post(f"{here}sua/luu/")
    assert StagedList.objects.count() == 1
    return f"{checked!r} {refused.value!r} {refused.value} {refused.value.params}"


def test_numbers_of_people_are_nowhere_in_clear(
    served_hall: HallProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    contest = factories.contest()
    people = committee(contest)
    gia_nghia, cu_jut = unit_by_code(contest, "GN"), unit_by_code(contest, "CJ")
    rows = with_planted_numbers(people_of(contest, gia_nghia, 0), 100)
    entries = register(contest, gia_nghia, rows, people.organiser, factories.now())
    net = Dragnet()
    net.take("refusal", refuse_a_bad_list(contest, cu_jut))
    change_and_look(contest, people, entries)
    sitting = open_the_hall(contest, people)
    served_hall.start()
    visitor = Visitor(served_hall, net)
    ask_the_hall_for_everything(visitor, access_code_of(entries[5]))
    values = known_values(contest, sitting)
    values |= {"entry": entries[6].public_id, "person": entries[6].person_id}
    for who in (None, officer_of(unit_by_code(contest, "DG")), people.second):
        visit_every_address(who, values, net)
    net.take("database", connection.connection.serialize())
    for session in Session.objects.all():
        net.take("session", str(session.get_decoded()))
    for letter in mail.outbox:
        net.take("letter", letter.message().as_bytes())
    net.take("log", caplog.text)
    net.take_files(tmp_path)

    numbers = [planted(at) for at in (*range(100, 130), 200, *range(300, 330))]
    needles = [national_id for national_id, _ in numbers]
    needles += [phone.removeprefix("0") for _, phone in numbers]
    needles += [cells[key] for _, cells in rows for key in ("national_id", "phone")]
    assert net.find(needles) == []
    shown = Dragnet()
    visit_every_address(people.organiser, values, shown)
    assert [found.split(" body")[0].rsplit("/", 2)[1] for found in shown.find(needles)] == [
        "dien-thoai",
        "so-dinh-danh",
    ]
    assert Person.objects.filter(national_id_cipher__isnull=False).count() == 31
