"""Texts for the stage: handed in, read, approved or returned; solutions listed as initiatives."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import approve_text, hand_in, return_text
from hoithi.entries.actions.handing import Text, is_readable
from hoithi.entries.models import Entry, EntryState, Handover, Team
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.entries.scene import LIVE, begin, people, save
from tests.entries.test_pages import read, words

pytestmark = pytest.mark.django_db
SOLUTION, QUIZ, SCRIPT = "gioi-thieu", "kien-thuc", "tieu-pham"
OWN = f"/don-vi/daknong-2023/GN/doi/{LIVE}/bai-nop/"
SEND = f"{OWN}{LIVE}/{SOLUTION}/"
DESK = "/ban-to-chuc/daknong-2023/bai-nop/"
DOCX = b"PK\x03\x04 not really Word, but begins so"


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.FILES = tmp_path


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def each(contest: Contest) -> Round:
    return contest.rounds.get(key=LIVE)


@pytest.fixture
def who(contest: Contest) -> User:
    made = factories.user("Lê Thị Hoa", contest.key)
    give(
        user=made,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "GN").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return made


@pytest.fixture
def officer(who: User) -> Client:
    return factories.sign_in(Client(), who)


@pytest.fixture
def reader(contest: Contest) -> User:
    return factories.user("Trần Văn Tổ", contest.key, Role.ORGANISER)


@pytest.fixture
def organiser(reader: User) -> Client:
    return factories.sign_in(Client(), reader)


@pytest.fixture
def team(contest: Contest) -> Team:
    save(begin(contest, forms=(LIVE,), now=factories.now()), people(5), LIVE, now=factories.now())
    return Team.objects.get()


def put(who: User, team: Team, each: Round, segment: str = SOLUTION, **more: object) -> Handover:
    text = Text("Một cửa trên Zalo", "Người dân tra hồ sơ.")
    given: dict[str, object] = {"text": text, "now": factories.now()}
    return hand_in(actor=who, team=team, each=each, segment=segment, **(given | more))  # type: ignore[arg-type]


def code(raised: pytest.ExceptionInfo[RuleViolation]) -> str:
    return raised.value.code


def test_a_text_goes_back_and_forth_in_versions_until_it_is_approved(
    who: User, reader: User, team: Team, each: Round
) -> None:
    first = put(who, team, each)
    return_text(actor=reader, handover=first, reason="Thiếu kinh phí", now=factories.now())
    second = put(who, team, each)
    assert (first.version, second.version) == (1, 2)
    approve_text(actor=reader, handover=second, now=factories.now())
    assert list(Handover.objects.values_list("version", "state", "reason")) == [
        (1, "returned", "Thiếu kinh phí"),
        (2, "approved", ""),
    ]
    with pytest.raises(RuleViolation) as raised:
        put(who, team, each)
    assert code(raised) == "text_approved"
    return_text(actor=reader, handover=second, reason="Trùng ý đội khác", now=factories.now())
    assert put(who, team, each).version == 3
    actions = LogEntry.objects.filter(target__startswith="handover:").values_list(
        "action", flat=True
    )
    assert set(actions) == {"entries.hand_in", "entries.return_text", "entries.approve_text"}


def test_what_is_not_asked_for_is_not_taken(who: User, team: Team, each: Round) -> None:
    for segment in (QUIZ, "khong-co"):
        with pytest.raises(RuleViolation) as raised:
            put(who, team, each, segment)
        assert code(raised) == "nothing_asked"


def test_nothing_is_no_text_and_a_round_that_is_over_takes_none(
    who: User, team: Team, each: Round
) -> None:
    with pytest.raises(RuleViolation) as raised:
        put(who, team, each, text=Text("Tên", ""))
    assert code(raised) == "text_empty"
    with pytest.raises(RuleViolation) as raised:
        put(who, team, each, now=each.closes_at)
    assert code(raised) == "round_is_over"
    assert put(who, team, each, now=each.closes_at - timedelta(milliseconds=1)).version == 1


def test_a_team_that_was_withdrawn_hands_nothing_in(who: User, team: Team, each: Round) -> None:
    Entry.objects.update(state=EntryState.WITHDRAWN)
    with pytest.raises(RuleViolation) as raised:
        put(who, team, each)
    assert code(raised) == "team_missing"


def test_a_text_is_decided_about_once_and_in_its_newest_version(
    who: User, reader: User, team: Team, each: Round
) -> None:
    first = put(who, team, each)
    put(who, team, each)
    with pytest.raises(RuleViolation) as raised:
        approve_text(actor=reader, handover=first, now=factories.now())
    assert code(raised) == "text_superseded"
    newest = Handover.objects.get(version=2)
    approve_text(actor=reader, handover=newest, now=factories.now())
    with pytest.raises(RuleViolation) as raised:
        approve_text(actor=reader, handover=newest, now=factories.now())
    assert code(raised) == "text_decided"
    assert Handover.objects.get(version=1).state == "handed_in"


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("bai.docx", DOCX, True),
        ("BAI.PDF", b"%PDF-1.7", True),
        ("bai.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", True),
        ("bai.txt", "Kịch bản".encode(), True),
        ("bai.txt", b"\xff\xfeK\x00", False),
        ("bai.txt", b"a\0b", False),
        ("bai.pdf", b"<script>", False),
        ("bai.html", b"%PDF-1.7", False),
        ("bai.docx.exe", DOCX, False),
        ("bai", b"%PDF-1.7", False),
        ("", b"%PDF-1.7", False),
    ],
)
def test_a_file_is_what_its_name_says(name: str, content: bytes, taken: bool) -> None:
    assert is_readable(name, content) is taken


def test_a_file_is_sent_kept_and_read_as_it_was(
    officer: Client, organiser: Client, team: Team
) -> None:
    assert "Chưa nộp" in words(officer, OWN)
    file = SimpleUploadedFile("Sáng kiến.docx", DOCX)
    answer = officer.post(SEND, {"title": "Một cửa", "summary": "", "file": file}, follow=True)
    assert "“Một cửa”, bản 1" in read(answer.content) and "Chờ đọc" in read(answer.content)
    text = Handover.objects.get()
    for client, path in ((officer, f"{OWN}{text.pk}/tep/"), (organiser, f"{DESK}{text.pk}/tep/")):
        sent = client.get(path)
        assert sent.content == DOCX
        assert sent.headers["Content-Type"] == "application/octet-stream"
        assert sent.headers["Content-Disposition"].startswith("attachment")


def test_the_worst_files_and_texts_are_told(officer: Client, team: Team) -> None:
    html = SimpleUploadedFile("bai.pdf", b"<html><script>alert(1)</script>")
    page = read(officer.post(SEND, {"title": "Bài", "file": html}).content)
    assert "Tệp không đúng loại" in page
    empty = SimpleUploadedFile("bai.pdf", b"")
    assert officer.post(SEND, {"title": "Bài", "file": empty}).status_code == 200
    assert "Xin ghi tóm tắt hoặc chọn tệp bài." in read(officer.post(SEND, {"title": "B"}).content)
    large = SimpleUploadedFile("bai.pdf", b"%PDF-" + b"0" * (20 * 1024 * 1024))
    assert "20 MB" in read(officer.post(SEND, {"title": "Bài", "file": large}).content)
    script = {"title": "<script>alert(1)</script>", "summary": "<b>đậm</b>\n\nđoạn hai"}
    officer.post(SEND, script)
    assert Handover.objects.count() == 1
    assert "<script>alert" not in officer.get(OWN).content.decode()


def test_a_text_without_a_file_and_one_whose_file_is_lost_answer_so(
    officer: Client, who: User, team: Team, each: Round, tmp_path: Path
) -> None:
    typed = put(who, team, each)
    assert officer.get(f"{OWN}{typed.pk}/tep/").status_code == 404
    sent = put(who, team, each, text=Text("Bài", "", "bai.pdf", b"%PDF-1"))
    (tmp_path / "handovers" / sent.sha256).unlink()
    assert officer.get(f"{OWN}{sent.pk}/tep/").status_code == 404


def test_the_organiser_reads_returns_and_approves(
    organiser: Client, officer: Client, who: User, team: Team, each: Round
) -> None:
    assert f'href="{DESK}"' in organiser.get("/ban-to-chuc/daknong-2023/dang-ky/").content.decode()
    first = put(who, team, each)
    assert "Một cửa trên Zalo" in words(organiser, DESK)
    assert "Người dân tra hồ sơ." in words(organiser, f"{DESK}{first.pk}/")
    organiser.post(f"{DESK}{first.pk}/tra-lai/", {"reason": "Thiếu kinh phí"})
    told = words(officer, OWN)
    assert "Lý do: Thiếu kinh phí" in told and "Nộp bản mới" in told
    second = put(who, team, each)
    page = organiser.post(f"{DESK}{second.pk}/duyet/", follow=True)
    assert "Đã duyệt bài." in read(page.content) and "Các bản khác" in read(page.content)
    assert "Nộp bản mới" not in words(officer, OWN).replace("khi đó đơn vị nộp bản mới", "")
    assert "Đơn vị đã nộp bản mới hơn." in words(organiser, f"{DESK}{first.pk}/")


def test_solutions_are_a_list_of_initiatives_on_the_page_and_in_excel(
    organiser: Client, who: User, reader: User, team: Team, each: Round
) -> None:
    assert "Chưa có giải pháp nào" in words(organiser, f"{DESK}sang-kien/")
    put(who, team, each, SCRIPT, text=Text("Chuyện ở bản", "Kịch bản"))
    solution = put(who, team, each)
    page = words(organiser, f"{DESK}sang-kien/")
    assert "Một cửa trên Zalo" in page and "Chuyện ở bản" not in page
    sheet = load_workbook(BytesIO(organiser.get(f"{DESK}sang-kien/tai-ve/").content)).active
    assert sheet is not None
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert {"Một cửa trên Zalo", "Thành phố Gia Nghĩa", "Chờ đọc"} <= set(cells)
    return_text(actor=reader, handover=solution, reason="Trùng", now=factories.now())
    assert "Chưa có giải pháp nào" in words(organiser, f"{DESK}sang-kien/")


def test_a_formula_in_a_title_stays_a_text_in_excel(
    organiser: Client, who: User, team: Team, each: Round
) -> None:
    put(who, team, each, text=Text('=HYPERLINK("x")', "+1"))
    sheet = load_workbook(BytesIO(organiser.get(f"{DESK}sang-kien/tai-ve/").content)).active
    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
    assert "f" not in kinds


def test_pages_cost_the_same_for_one_team_and_for_three(
    organiser: Client, officer: Client, who: User, contest: Contest, team: Team, each: Round
) -> None:
    def cost(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    first = put(who, team, each)
    paths = [DESK, f"{DESK}{first.pk}/", f"{DESK}sang-kien/"]
    before = [*(cost(organiser, path) for path in paths), cost(officer, OWN)]
    for unit in ("TD", "CJ"):
        other = factories.team(contest, unit, f"Đội {unit}", f"{unit}-D01").team
        assert other is not None
        put(who, other, each)
        put(who, other, each)
    assert [*(cost(organiser, path) for path in paths), cost(officer, OWN)] == before


def test_another_units_officer_reads_and_sends_nothing(contest: Contest, team: Team) -> None:
    other = factories.user("Lý Thị Mẫu", contest.key)
    give(
        user=other,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "TD").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    client = factories.sign_in(Client(), other)
    assert client.get(OWN).status_code == 403
    assert client.post(SEND, {"title": "Bài", "summary": "x"}).status_code == 403
    assert not Handover.objects.exists()
