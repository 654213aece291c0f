"""Registration through its pages: from the template to the receipt, and what is decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from hoithi.audit.models import LogEntry
from hoithi.contests.actions import appoint
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import submit_registration
from hoithi.entries.models import Entry, Person, StagedList, UnitRegistration
from hoithi.entries.queries import access_code_of, lists_seen
from hoithi.entries.samples import load_samples
from hoithi.people.actions import give
from hoithi.people.keys import vault
from hoithi.people.models import Role
from hoithi.people.permissions import unit_scope
from hoithi.rules.codes import grouped
from tests import factories
from tests.entries.scene import ONLINE, begin, listed, people, save, seen
from tests.entries.workbooks import filled, workbook

pytestmark = pytest.mark.django_db
UNIT = "/don-vi/daknong-2023/GN/"
LIST = f"{UNIT}danh-sach/{ONLINE}/"
DESK = "/ban-to-chuc/daknong-2023/dang-ky/"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def officer(contest: Contest) -> Client:
    """Signed in as the officer of Gia Nghĩa."""
    who = factories.user("Lê Thị Hoa", contest.key)
    scope = unit_scope(unit_by_code(contest, "GN").pk)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=scope,
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return factories.sign_in(Client(), who)


@pytest.fixture
def organiser(contest: Contest) -> Client:
    return factories.sign_in(Client(), factories.user("Trần Văn Tổ", contest.key, Role.ORGANISER))


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    return begin(contest, now=factories.now())


@pytest.fixture
def submitted(begun: UnitRegistration) -> UnitRegistration:
    save(begun, people(30), now=factories.now())
    actor = factories.user("Đỗ Văn Nộp", begun.contest.key)
    submit_registration(
        actor=actor, registration=begun, seen=lists_seen(begun), now=factories.now()
    )
    return begun


def words(client: Client, path: str) -> str:
    """What a page says, without tags."""
    response = client.get(path)
    assert response.status_code == 200
    return read(response.content)


def read(content: bytes) -> str:
    body = content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def upload(client: Client, content: bytes) -> str:
    """Send a file; the words of the page it leads to."""
    file = SimpleUploadedFile("ds.xlsx", content)
    response = client.post(LIST, {"file": file}, follow=True)
    return read(response.content)


def post(client: Client, path: str, **data: str) -> str:
    """Press a button; the words of the page it leads to."""
    return read(client.post(path, data, follow=True).content)


def lists() -> str:
    return lists_seen(UnitRegistration.objects.get())


def receipt_now() -> str:
    return UnitRegistration.objects.get().receipt


def test_a_unit_chooses_fills_the_template_and_hands_in(officer: Client) -> None:
    assert "Chưa đăng ký" in words(officer, UNIT)
    chosen = post(officer, f"{UNIT}hinh-thuc/", chosen=ONLINE, declared="30")
    assert "Thiếu 30 người" not in chosen and "Chưa có danh sách" in chosen
    template = officer.get(f"{LIST}mau/").content
    keys = (
        "ordinal",
        "name",
        "given_name",
        "birth",
        "audience",
        "workplace",
        "national_id",
        "phone",
    )
    rows = [
        {key: text for key, text in cells.items() if key != "ordinal"} for _, cells in people(30)
    ]
    page = upload(officer, filled(template, rows, keys))
    assert "Mọi ô đều đúng và đã đủ người" in page
    assert "30 người trong danh sách, tối thiểu 30" in post(officer, f"{LIST}sua/luu/", seen=seen())
    receipt = post(officer, f"{UNIT}nop/", seen=lists())
    assert "Biên nhận đăng ký" in receipt
    registration = UnitRegistration.objects.get()
    assert registration.receipt in receipt
    assert "30 người" in receipt and "Lê Thị Hoa" in receipt


def test_bad_cells_are_mended_in_their_places(officer: Client, begun: UnitRegistration) -> None:
    rows: list[Mapping[str, str | int]] = [
        *(listed(number) for number in range(1, 25)),
        listed(25, name="NGUYỄN VĂN AN"),
        {**listed(26), "national_id": 67091000123},
        listed(27, birth="31/02/1990"),
        listed(28, national_id=listed(1)["national_id"]),
    ]
    page = upload(officer, workbook(rows))
    assert "Còn 5 ô cần sửa, thiếu 2 người so với tối thiểu 30." in page
    assert "Lấy cả 2 đề xuất" in page
    assert "NGUYỄN VĂN AN → Nguyễn Văn An" in page
    assert "C32 Ngày sinh · Trần Thị Chi Lan Không có ngày này trong lịch." in page
    assert "Còn 3 ô cần sửa" in post(officer, f"{LIST}sua/lay-het/", seen=seen())
    mended = post(
        officer, f"{LIST}sua/o/", seen=seen(32), row="32", column="birth", text="28/02/1990"
    )
    assert "Còn 2 ô cần sửa, thiếu 2 người so với tối thiểu 30." in mended
    refused = post(officer, f"{LIST}sua/luu/", seen=seen())
    assert "Còn 2 ô cần sửa." in refused and Person.objects.count() == 0
    dropped = post(officer, f"{LIST}sua/bo-dong/", seen=seen(33), row="33")
    assert "Thiếu 3 người so với tối thiểu 30." in dropped and "Dòng 33" in dropped
    assert "Còn 2 ô" in post(officer, f"{LIST}sua/giu-dong/", seen=seen(33), row="33")
    post(officer, f"{LIST}sua/bo-dong/", seen=seen(33), row="33")
    assert "27 người trong danh sách" in post(officer, f"{LIST}sua/luu/", seen=seen())
    assert (Person.objects.count(), StagedList.objects.count()) == (27, 0)


def test_the_sheet_shows_old_and_new_and_where_to_read_why(
    officer: Client, begun: UnitRegistration
) -> None:
    upload(officer, workbook([listed(1, name="NGUYỄN VĂN AN"), listed(2, birth="1/1/2024")]))
    page = officer.get(f"{LIST}sua/").content.decode()
    assert (
        '<td class="bad"><a href="#o-6-name" class="old">NGUYỄN VĂN AN</a> '
        '<span class="new">Nguyễn Văn An</span></td>'
    ) in page
    assert '<td class="bad"><a href="#o-7-birth">1/1/2024</a></td>' in page
    assert '<li id="o-7-birth" tabindex="-1">' in page


def test_lines_below_the_list_and_a_name_without_a_number_are_seen(
    officer: Client, begun: UnitRegistration
) -> None:
    end = [{"name": "Lê Thị Bình"}, {"name": "NGƯỜI LẬP BIỂU"}, {"name": "Trần Văn Ký"}]
    page = upload(officer, workbook([listed(1), *end]))
    assert "C7 Ngày sinh · Lê Thị Bình Ô này chưa điền." in page
    assert "2 dòng cuối bảng không được tính là người dự thi" in page
    assert "Dòng 8 · NGƯỜI LẬP BIỂU Dòng 9 · Trần Văn Ký" in page


def test_what_is_to_be_mended_can_be_taken_along(officer: Client, begun: UnitRegistration) -> None:
    upload(officer, workbook([listed(1), listed(2, name="NGUYỄN VĂN AN")]))
    book = load_workbook(BytesIO(officer.get(f"{LIST}sua/tai-ve/").content)).active
    assert book is not None
    assert [[cell.value for cell in row] for row in book.iter_rows()] == [
        ["Dòng", "Họ và tên", "Kết quả", "Nội dung cần sửa"],
        [6, "Trần Thị Anh Bình", "Đúng", None],
        [
            7,
            "NGUYỄN VĂN AN",
            "Cần sửa",
            "B7: Họ tên viết toàn chữ hoa hoặc toàn chữ thường. → Nguyễn Văn An",
        ],
    ]


def test_a_file_that_is_no_list_is_answered_at_the_form(
    officer: Client, begun: UnitRegistration
) -> None:
    assert "không phải bảng tính (nội dung là PDF)" in upload(officer, b"%PDF-1.7 ...")
    assert "Không tìm thấy dòng tên cột" in upload(officer, workbook([], titles=("A", "B")))
    assert StagedList.objects.count() == 0


def test_an_upload_that_waits_keeps_the_lists_from_being_handed_in(
    officer: Client, begun: UnitRegistration
) -> None:
    save(begun, people(30), now=factories.now())
    upload(officer, workbook([listed(1)]))
    assert "Có danh sách đã tải lên nhưng chưa lưu" in post(officer, f"{UNIT}nop/", seen=lists())
    post(officer, f"{LIST}sua/bo/", seen=seen())
    assert "Biên nhận đăng ký" in post(officer, f"{UNIT}nop/", seen=lists())


def test_another_number_than_was_expected_is_seen_before_handing_in(
    officer: Client, organiser: Client, begun: UnitRegistration
) -> None:
    said = "đơn vị ước tính 30 người; các danh sách hiện có 31 người"
    for count, pages in ((0, False), (30, False), (31, True)):
        save(begun, people(count), now=factories.now())
        shown = [
            said in words(client, path)
            for client, path in (
                (officer, UNIT),
                (officer, f"{UNIT}nop/"),
                (organiser, f"{DESK}GN/"),
            )
        ]
        assert shown == [pages] * 3


def test_after_the_deadline_the_pages_say_so(
    officer: Client, begun: UnitRegistration, contest: Contest
) -> None:
    Contest.objects.update(
        registration_opens_at=factories.now() - timedelta(days=2),
        registration_closes_at=factories.now() - timedelta(days=1),
    )
    assert "Đã hết hạn đăng ký lúc" in words(officer, UNIT)
    assert "Đã hết hạn đăng ký." in upload(officer, workbook([listed(1)]))


def test_lists_are_taken_back_before_anybody_decides(
    officer: Client, submitted: UnitRegistration
) -> None:
    assert "Đã nộp" in words(officer, UNIT)
    assert "Đang chuẩn bị" in post(officer, f"{UNIT}lay-lai/", seen=receipt_now())


def test_the_organiser_accepts_and_everybody_has_a_number(
    organiser: Client, submitted: UnitRegistration
) -> None:
    assert "Thành phố Gia Nghĩa Đã nộp" in words(organiser, DESK)
    page = post(organiser, f"{DESK}GN/tiep-nhan/", seen=receipt_now())
    assert "Đã tiếp nhận danh sách; mọi người đã có số báo danh." in page
    assert "GN-001" in page and "GN-030" in page
    assert "•••••••••001" in page and "000190000001" not in page


def test_the_organiser_returns_with_a_reason_that_the_unit_reads(
    organiser: Client, officer: Client, submitted: UnitRegistration
) -> None:
    page = post(organiser, f"{DESK}GN/tra-lai/", seen=receipt_now(), reason="Trùng số 000190000001")
    assert "Không ghi số định danh hoặc số điện thoại trong lý do." in page
    post(organiser, f"{DESK}GN/tra-lai/", seen=receipt_now(), reason="Thiếu chữ ký của lãnh đạo")
    assert "Ban Tổ chức trả lại: Thiếu chữ ký của lãnh đạo" in words(officer, UNIT)


def test_the_organiser_gives_one_unit_more_time(
    organiser: Client, officer: Client, begun: UnitRegistration, contest: Contest
) -> None:
    page = post(organiser, f"{DESK}GN/gia-han/", until="2020-01-01T08:00", reason="Mưa lũ")
    assert "Hạn mới phải sau hạn chung và sau thời điểm hiện tại." in page
    page = post(organiser, f"{DESK}GN/gia-han/", until="2099-12-31T17:00", reason="Mưa lũ")
    assert "17h00 ngày 31/12/2099" in page
    assert "Đơn vị được gia hạn: nhận đăng ký đến trước 17h00 ngày 31/12/2099." in words(
        officer, UNIT
    )


def accepted(organiser: Client) -> Entry:
    organiser.post(f"{DESK}GN/tiep-nhan/", {"seen": receipt_now()})
    return Entry.objects.get(number="GN-002")


def test_a_person_is_replaced_by_a_checked_one(
    organiser: Client, submitted: UnitRegistration
) -> None:
    entry = accepted(organiser)
    path = f"/ban-to-chuc/daknong-2023/luot/{entry.public_id}/thay/"
    data = {key: text for key, text in listed(90).items() if key != "ordinal"}
    page = post(organiser, path, **{**data, "birth": "31/02/1990", "reason": "Ốm"})
    assert "Không có ngày này trong lịch." in page
    page = post(organiser, path, **{**data, "name": "LÊ THỊ AN", "reason": "Ốm"})
    assert "Có phải: Lê Thị An" in page
    page = post(organiser, path, **data, reason="Nghỉ ốm dài ngày")
    assert "GN-031" in page and "Thay cho GN-002." in page


def test_a_number_is_shown_once_and_the_look_is_logged(
    organiser: Client, submitted: UnitRegistration
) -> None:
    entry = accepted(organiser)
    path = f"/ban-to-chuc/daknong-2023/luot/{entry.public_id}/"
    masked = words(organiser, path)
    response = organiser.post(f"{path}xem/{entry.person_id}/so-dinh-danh/")
    number = re.search(r"000190\d{6}", read(response.content))
    assert number is not None and number[0] not in masked
    assert response.headers["Cache-Control"] == "no-store"
    assert LogEntry.objects.filter(action="entries.show_number").count() == 1


def test_an_entry_is_withdrawn_and_a_code_is_given_anew(
    organiser: Client, submitted: UnitRegistration
) -> None:
    entry = accepted(organiser)
    path = f"/ban-to-chuc/daknong-2023/luot/{entry.public_id}/"
    post(organiser, f"{path}ma-moi/", reason="Lộ phiếu")
    entry.refresh_from_db()
    assert entry.code_issue == 2
    assert "Đã rút: Chuyển công tác" in post(organiser, f"{path}rut/", reason="Chuyển công tác")


def test_slips_are_one_pdf_with_a_code_for_everybody(
    organiser: Client, submitted: UnitRegistration
) -> None:
    entry = accepted(organiser)
    response = organiser.post("/ban-to-chuc/daknong-2023/phieu-du-thi/GN/")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert response.headers["Content-Type"] == "application/pdf"
    assert grouped(access_code_of(entry)) in text
    assert LogEntry.objects.get(action="entries.take_slips").after == {"slips": 30}


def test_who_gets_a_seat_after_acceptance_is_shown_to_the_organiser(
    organiser: Client, submitted: UnitRegistration, contest: Contest
) -> None:
    accepted(organiser)
    appoint(
        actor=factories.user("Ban Tổ chức", contest.key),
        contest=contest,
        body="ban-giam-khao",
        name="Trần Thị Anh Bình",
        user=None,
        identity=vault().index("national_id", "000190000001"),
        since=timezone.localdate(factories.now()),
        now=factories.now(),
    )
    assert (
        "Những người sau là thành viên một bộ phận của Hội thi nên không dự thi: "
        "Trần Thị Anh Bình , Thành phố Gia Nghĩa"
    ) in words(organiser, DESK)


def test_made_up_people_are_marked_on_every_page(organiser: Client, contest: Contest) -> None:
    load_samples(contest, factories.now())
    entry = Entry.objects.filter(number="GN-001").get()
    for path in (
        f"{DESK}GN/",
        LIST,
        f"/ban-to-chuc/daknong-2023/luot/{entry.public_id}/",
    ):
        assert " mẫu " in words(organiser, path)
