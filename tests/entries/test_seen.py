"""Whoever presses a button decides about what the page showed, and about nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Protocol

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.models import Person, StagedList, UnitRegistration
from hoithi.entries.queries import lists_seen, open_staged
from hoithi.people.actions import give
from hoithi.people.models import Role
from hoithi.people.permissions import unit_scope
from tests import factories
from tests.entries.scene import ONLINE, begin, listed, people, save, sheet
from tests.entries.workbooks import workbook

pytestmark = pytest.mark.django_db
UNIT = "/don-vi/daknong-2023/GN/"
LIST = f"{UNIT}danh-sach/{ONLINE}/"
MEND = f"{LIST}sua/"
DECISION = "/ban-to-chuc/daknong-2023/dang-ky/GN/"
BAD = [listed(1, name="NGUYỄN VĂN AN"), listed(2, birth="31/02/1990"), listed(3, birth="x")]
OTHER = [listed(11, birth="30/02/1991"), listed(12, birth="30/02/1992"), listed(13)]


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    return begin(contest, now=factories.now())


def officer_of(contest: Contest, name: str) -> Client:
    who = factories.user(name, contest.key)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "GN").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return factories.sign_in(Client(), who)


@pytest.fixture
def hoa(contest: Contest, begun: UnitRegistration) -> Client:
    return officer_of(contest, "Lê Thị Hoa")


@pytest.fixture
def nam(contest: Contest, begun: UnitRegistration) -> Client:
    return officer_of(contest, "Trần Văn Nam")


def read(content: bytes) -> str:
    body = content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def send(client: Client, rows: Sequence[Mapping[str, str]], name: str) -> str:
    file = SimpleUploadedFile(name, workbook(rows))
    return read(client.post(LIST, {"file": file}, follow=True).content)


class Answer(Protocol):
    """What a client gets that follows where it is led."""

    content: bytes
    redirect_chain: list[tuple[str, int]]


class Shown:
    """A page as it stood when it was opened: its forms with what they carry."""

    def __init__(self, client: Client, path: str = MEND) -> None:
        self._client, self.path = client, path
        self.page = client.get(path).content.decode()

    def link(self, action: str) -> str:
        found = re.search(rf'href="([^"]*/{action}/[^"]*)"', self.page)
        assert found is not None
        return unescape(found[1])

    def press(self, action: str, **given: str) -> str:
        """The words of the page that follows."""
        return read(self.answer(action, **given).content)

    def answer(self, action: str, **given: str) -> Answer:
        """Send the first form that leads there and says this; what is not hidden is typed."""
        for tag, inside in re.findall(r"<form([^>]*)>(.*?)</form>", self.page, re.DOTALL):
            to = re.search(r'action="([^"]+)"', tag)
            target = to[1] if to else self.path
            held = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', inside))
            asked = {key: text for key, text in given.items() if key in held}
            if f"/{action}/" in target and all(held[key] == asked[key] for key in asked):
                data = {key: unescape(text) for key, text in held.items()} | given
                return self._client.post(target, data, follow=True)
        raise AssertionError(f"no form for {action} with {given}")


def stands() -> tuple[str, dict[str, str], list[int]]:
    staged = StagedList.objects.get()
    sheet = open_staged(staged)
    return staged.file_name, sheet.mended, sheet.dropped


ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "a date typed in": ("o", {"row": "7", "column": "birth", "text": "28/02/1990"}),
    "a proposal taken": ("o", {"row": "6", "column": "name", "text": "Nguyễn Văn An"}),
    "all proposals": ("lay-het", {}),
    "somebody left out": ("bo-dong", {"row": "7"}),
    "the upload thrown away": ("bo", {}),
    "the list saved": ("luu", {}),
}


@pytest.mark.parametrize(("action", "given"), ACTS.values(), ids=ACTS)
def test_nothing_is_done_to_a_list_that_was_not_seen(
    hoa: Client, nam: Client, action: str, given: dict[str, str]
) -> None:
    send(hoa, BAD, "bad.xlsx")
    opened = Shown(hoa)
    send(nam, OTHER, "other.xlsx")
    said = opened.press(action, **given)
    assert re.search(
        r"Chưa có gì được ghi: danh sách trên trang anh/chị vừa dùng không còn nữa\. "
        r"Trần Văn Nam đã tải lên tệp khác, “other\.xlsx”, lúc \d\dh\d\d ngày \d\d/\d\d/\d{4}\.",
        said,
    )
    assert "30/02/1991" in said and "31/02/1990" not in said
    assert (stands(), Person.objects.count()) == (("other.xlsx", {}, []), 0)


def test_a_list_that_would_do_is_not_saved_by_the_page_of_another(hoa: Client, nam: Client) -> None:
    send(hoa, [listed(1)], "mine.xlsx")
    opened = Shown(hoa)
    send(nam, [listed(11)], "other.xlsx")
    assert "Trần Văn Nam đã tải lên tệp khác" in opened.press("luu")
    assert Person.objects.count() == 0
    assert "Đã lưu danh sách." in Shown(hoa).press("luu")
    assert Person.objects.get().name == "Trần Thị Bình Bình"


def test_somebody_taken_in_again_is_the_one_that_was_seen(hoa: Client, nam: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    Shown(hoa).press("bo-dong", row="7")
    opened = Shown(hoa)
    send(nam, OTHER, "other.xlsx")
    Shown(nam).press("bo-dong", row="7")
    assert "Trần Văn Nam đã tải lên tệp khác" in opened.press("giu-dong", row="7")
    assert stands() == ("other.xlsx", {}, [7])


def test_two_who_mend_different_rows_go_on(hoa: Client, nam: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    first, second = Shown(hoa), Shown(nam)
    first.press("o", row="7", column="birth", text="28/02/1990")
    said = second.press("o", row="8", column="birth", text="03/03/1990")
    assert "Chưa có gì được ghi" not in said
    assert stands()[1] == {"7:birth": "28/02/1990", "8:birth": "03/03/1990"}


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("o", {"row": "7", "column": "birth", "text": "01/01/1980"}),
        ("bo-dong", {"row": "7"}),
        ("lay-het", {}),
        ("bo", {}),
    ],
)
def test_a_row_that_another_has_mended_is_looked_at_again(
    hoa: Client, nam: Client, action: str, given: dict[str, str]
) -> None:
    send(hoa, BAD, "bad.xlsx")
    opened = Shown(hoa)
    Shown(nam).press("o", row="7", column="birth", text="28/02/1990")
    said = opened.press(action, **given)
    assert "Chưa có gì được ghi: Trần Văn Nam đã sửa danh sách này lúc" in said
    assert stands() == ("bad.xlsx", {"7:birth": "28/02/1990"}, [])
    assert "Trần Văn Nam sửa gần nhất lúc" in said


@pytest.mark.parametrize(("first", "second"), [("6", "8"), ("8", "6")])
def test_of_somebody_listed_twice_one_stays(
    hoa: Client, nam: Client, first: str, second: str
) -> None:
    """Each of two leaves out another of the two rows; what the second saw is no longer so."""
    send(hoa, [listed(1), listed(2), listed(1)], "twice.xlsx")
    one, two = Shown(hoa), Shown(nam)
    one.press("bo-dong", row=first)
    said = two.press("bo-dong", row=second)
    assert "Chưa có gì được ghi: Lê Thị Hoa đã sửa danh sách này lúc" in said
    assert stands() == ("twice.xlsx", {}, [int(first)])
    two = Shown(nam)
    two.press("giu-dong", row=first)
    assert stands() == ("twice.xlsx", {}, [])


def test_what_is_said_of_other_rows_does_not_hinder(hoa: Client, nam: Client) -> None:
    send(hoa, [listed(1), listed(2, birth="31/02/1990"), listed(1)], "twice.xlsx")
    one, two = Shown(hoa), Shown(nam)
    one.press("bo-dong", row="8")
    two.press("o", row="7", column="birth", text="28/02/1990")
    assert stands() == ("twice.xlsx", {"7:birth": "28/02/1990"}, [8])


def test_who_presses_twice_is_not_told_off(hoa: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    opened = Shown(hoa)
    for _ in range(2):
        said = opened.press("o", row="7", column="birth", text="28/02/1990")
        assert "Chưa có gì được ghi" not in said
    assert StagedList.objects.get().version == 2


def test_a_page_that_says_nothing_of_what_it_shows_changes_nothing(hoa: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    for action, data in (("bo-dong", {"row": "7"}), ("luu", {}), ("bo", {"seen": "x.y"})):
        said = read(hoa.post(f"{MEND}{action}/", data, follow=True).content)
        assert "Chưa có gì được ghi" in said
    assert stands() == ("bad.xlsx", {}, [])


def test_a_list_that_is_gone_is_told_so(hoa: Client, nam: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    opened = Shown(hoa)
    Shown(nam).press("bo")
    for action in ("bo", "luu", "lay-het"):
        assert "Danh sách này đã được lưu hoặc đã bỏ trước đó." in opened.press(action)


CHOOSE = f"{UNIT}hinh-thuc/"


def test_a_form_whose_list_was_saved_since_is_not_dropped(hoa: Client, nam: Client) -> None:
    opened = Shown(hoa, CHOOSE)
    send(nam, [listed(1)], "mine.xlsx")
    Shown(nam).press("luu")
    said = opened.press("hinh-thuc", chosen="truc-tiep", declared="4")
    assert re.search(
        r"Chưa ghi: Trần Văn Nam đã thay đổi hình thức dự thi hoặc danh sách của đơn vị lúc "
        r"\d\dh\d\d ngày \d\d/\d\d/\d{4}",
        said,
    )
    assert UnitRegistration.objects.get().forms == [ONLINE]
    assert Person.objects.count() == 1
    Shown(hoa, CHOOSE).press("hinh-thuc", chosen="truc-tiep", declared="4")
    assert UnitRegistration.objects.get().forms == ["truc-tiep"]
    assert Person.objects.count() == 0


def test_an_upload_that_was_not_seen_is_not_dropped_either(hoa: Client, nam: Client) -> None:
    opened = Shown(hoa, CHOOSE)
    send(nam, BAD, "bad.xlsx")
    said = opened.press("hinh-thuc", chosen="truc-tiep", declared="30")
    assert "có người đã tải lên hoặc sửa một danh sách chưa lưu của đơn vị" in said
    opened = Shown(hoa, CHOOSE)
    Shown(nam).press("o", row="7", column="birth", text="28/02/1990")
    said = opened.press("hinh-thuc", chosen="truc-tiep", declared="30")
    assert "có người đã tải lên hoặc sửa một danh sách chưa lưu của đơn vị" in said
    assert stands() == ("bad.xlsx", {"7:birth": "28/02/1990"}, [])


def test_a_slip_of_the_pen_does_not_make_an_old_page_new(hoa: Client, nam: Client) -> None:
    opened = Shown(hoa, CHOOSE)
    Shown(nam, CHOOSE).press("hinh-thuc", chosen=ONLINE, declared="77")
    again = opened.answer("hinh-thuc", chosen="truc-tiep", declared="nhiều")
    opened.page = again.content.decode()
    said = opened.press("hinh-thuc", chosen="truc-tiep", declared="4")
    assert "Chưa ghi: Trần Văn Nam đã thay đổi hình thức dự thi" in said
    unit = UnitRegistration.objects.get()
    assert (unit.forms, unit.declared) == ([ONLINE], 77)


def test_of_two_first_choices_the_second_looks_again(contest: Contest) -> None:
    one, two = officer_of(contest, "Lê Thị Hoa"), officer_of(contest, "Trần Văn Nam")
    first, second = Shown(one, CHOOSE), Shown(two, CHOOSE)
    first.press("hinh-thuc", chosen=ONLINE, declared="30")
    said = second.press("hinh-thuc", chosen="truc-tiep", declared="4")
    assert "Chưa ghi: Lê Thị Hoa đã thay đổi hình thức dự thi" in said
    assert UnitRegistration.objects.get().forms == [ONLINE]


def test_an_upload_names_what_it_takes_the_place_of(hoa: Client, nam: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    waits = read(nam.get(LIST).content)
    assert "Tệp “bad.xlsx”. Gửi tệp khác thì tệp này bị thay" in waits
    assert "Lê Thị Hoa tải lên lúc" in waits
    said = send(nam, OTHER, "other.xlsx")
    assert "Trần Văn Nam tải lên lúc" in said
    assert "Tệp này thay cho “bad.xlsx” do Lê Thị Hoa tải lên lúc" in said
    assert "khi đó chưa được lưu." in said


def test_a_text_that_is_too_long_for_a_cell_is_told(hoa: Client) -> None:
    send(hoa, BAD, "bad.xlsx")
    said = Shown(hoa).press("o", row="7", column="birth", text="1" * 501)
    assert "Nội dung ô: " in said and "500" in said


@pytest.mark.parametrize(
    ("action", "given", "where"),
    [
        ("o", {"row": "6", "column": "name", "text": "Nguyễn Văn An"}, "o-7-birth"),
        ("o", {"row": "7", "column": "birth", "text": "28/02/1990"}, "o-8-birth"),
        ("o", {"row": "7", "column": "birth", "text": "30/02/1990"}, "o-7-birth"),
        ("o", {"row": "8", "column": "birth", "text": "03/03/1990"}, "o-6-name"),
        ("bo-dong", {"row": "7"}, "o-8-birth"),
        ("lay-het", {}, "o-7-birth"),
    ],
)
def test_who_has_mended_a_cell_is_led_to_the_next(
    hoa: Client, action: str, given: dict[str, str], where: str
) -> None:
    send(hoa, BAD, "bad.xlsx")
    answer = Shown(hoa).answer(action, **given)
    assert answer.redirect_chain[-1][0] == f"{MEND}?o={where}#{where}"
    assert f'<li id="{where}" tabindex="-1" autofocus' in answer.content.decode()


def test_who_has_mended_the_last_cell_is_led_to_the_top(hoa: Client) -> None:
    send(hoa, BAD[:1], "bad.xlsx")
    assert Shown(hoa).answer("lay-het").redirect_chain[-1][0] == f"{MEND}#can-sua"


@pytest.fixture
def organiser(contest: Contest) -> Client:
    return factories.sign_in(Client(), factories.user("Đỗ Văn Tổ", contest.key, Role.ORGANISER))


def hand_in(client: Client) -> str:
    said = Shown(client, f"{UNIT}nop/").press("nop")
    assert "Biên nhận đăng ký" in said
    return UnitRegistration.objects.get().receipt


def handed_in_again(client: Client, begun: UnitRegistration) -> str:
    """Somebody takes the lists back, saves others and hands those in."""
    Shown(client, UNIT).press("lay-lai")
    save(begun, people(30, start=50), now=factories.now())
    return hand_in(client)


def test_lists_that_the_organiser_has_not_seen_are_not_accepted(
    hoa: Client, nam: Client, organiser: Client, begun: UnitRegistration
) -> None:
    save(begun, people(30), now=factories.now())
    first = hand_in(hoa)
    opened = Shown(organiser, DECISION)
    second = handed_in_again(nam, begun)
    assert first != second and second not in opened.page
    said = opened.press("tiep-nhan")
    assert "đơn vị đã lấy lại danh sách; Trần Văn Nam nộp lại lúc" in said and second in said
    assert UnitRegistration.objects.get().state == "submitted"
    assert "Đã tiếp nhận danh sách" in Shown(organiser, DECISION).press("tiep-nhan")


def test_lists_that_the_organiser_has_not_seen_are_not_returned(
    hoa: Client, nam: Client, organiser: Client, begun: UnitRegistration
) -> None:
    save(begun, people(30), now=factories.now())
    hand_in(hoa)
    opened = Shown(organiser, DECISION)
    handed_in_again(nam, begun)
    asked = Shown(organiser, opened.link("tra-lai"))
    said = asked.press("tra-lai", reason="Thiếu chữ ký")
    assert "Trần Văn Nam nộp lại lúc" in said
    assert UnitRegistration.objects.get().state == "submitted"
    again = Shown(organiser, Shown(organiser, DECISION).link("tra-lai"))
    again.press("tra-lai", reason="Thiếu chữ ký")
    assert UnitRegistration.objects.get().state == "returned"


def test_lists_that_were_handed_in_anew_are_not_taken_back_by_an_old_page(
    hoa: Client, nam: Client, begun: UnitRegistration
) -> None:
    save(begun, people(30), now=factories.now())
    hand_in(hoa)
    opened = Shown(hoa, UNIT)
    handed_in_again(nam, begun)
    assert "Trần Văn Nam nộp lại lúc" in opened.press("lay-lai")
    assert UnitRegistration.objects.get().state == "submitted"


def test_lists_that_changed_since_are_not_handed_in(
    hoa: Client, nam: Client, begun: UnitRegistration
) -> None:
    save(begun, people(30), now=factories.now())
    opened = Shown(hoa, f"{UNIT}nop/")
    send(nam, [*(listed(number) for number in range(1, 30)), listed(60)], "ds.xlsx")
    Shown(nam).press("luu")
    said = opened.press("nop")
    assert "Chưa nộp: Trần Văn Nam đã thay đổi danh sách của đơn vị lúc" in said
    assert UnitRegistration.objects.get().state == "draft"
    assert "Biên nhận đăng ký" in Shown(hoa, f"{UNIT}nop/").press("nop")


def test_any_cell_of_anybody_is_a_part_of_what_is_handed_in(begun: UnitRegistration) -> None:
    save(begun, people(30), now=factories.now())
    seen = {lists_seen(begun)}
    for cells in (
        {"name": "Trần Thị Anh Khác"},
        {"birth": "01/01/1991"},
        {"workplace": "UBND xã Quảng Thành"},
        {"phone": "0900000999"},
    ):
        rows = [listed(1, **cells), *(listed(number) for number in range(2, 31))]
        save(begun, sheet(*rows), now=factories.now())
        seen.add(lists_seen(begun))
    assert len(seen) == 5
    save(begun, people(30), now=factories.now())
    assert lists_seen(begun) in seen
