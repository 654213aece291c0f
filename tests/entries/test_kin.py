"""Two of one name and one birthday: one person or two, on the lists of one unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import (
    accept_registration,
    save_list,
    submit_registration,
)
from hoithi.entries.checking import CheckedList, Kin, check_list, kin_of
from hoithi.entries.models import Entry, Person, StagedList, TeamMember, UnitRegistration
from hoithi.entries.queries import lists_seen, open_staged, terms_for
from hoithi.people.actions import give
from hoithi.people.models import Role
from hoithi.people.permissions import unit_scope
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.entries.scene import LIVE, ONLINE, begin, check, listed, people, save, seen, sheet
from tests.entries.scene import officer as officer_of_unit
from tests.entries.workbooks import workbook

pytestmark = pytest.mark.django_db
FORM = f"/don-vi/daknong-2023/GN/danh-sach/{LIVE}/"
# No number has to be written, and no two have a phone in common.
PLAN = factories.PLAN.replace(
    b'required = ["birth", "audience", "workplace", "national_id"]', b'required = ["birth"]'
).replace(b'unique = ["national_id", "name_and_birth"]', b'unique = ["national_id", "phone"]')
AN = {"name": "Nguyễn Văn An", "birth": "05/10/1980"}
FIRST, SECOND = "000190000001", "000190000002"


@pytest.fixture
def contest() -> Contest:
    return factories.contest(PLAN)


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    return begin(contest, forms=(ONLINE, LIVE), now=factories.now())


def an(national_id: str = "", phone: str = "", number: int = 1, **cells: str) -> dict[str, str]:
    return listed(number, **{**AN, "national_id": national_id, "phone": phone, **cells})


def keep(registration: UnitRegistration, form: str, *rows: Mapping[str, str]) -> None:
    save(registration, sheet(*rows), form, now=factories.now())


def told(checked: CheckedList) -> list[tuple[str, str]]:
    return [(each.code, each.weight.value) for each in checked.problems]


def on_lists() -> tuple[list[int | None], list[int]]:
    """Who is on the online list, and who in the team."""
    persons = Entry.objects.filter(category__key=ONLINE).order_by("person")
    return (
        list(persons.values_list("person", flat=True)),
        list(TeamMember.objects.order_by("person").values_list("person", flat=True)),
    )


@pytest.mark.parametrize(
    ("own", "known", "kin"),
    [
        (("1", ""), ("1", ""), Kin.SAME),
        (("1", "8"), ("1", "9"), Kin.SAME),
        (("1", ""), ("2", ""), Kin.OTHER),
        (("1", "8"), ("2", "8"), Kin.OTHER),
        (("", "8"), ("2", "8"), Kin.SAME),
        (("1", "8"), ("", "9"), Kin.OTHER),
        (("1", ""), ("", ""), Kin.UNKNOWN),
        (("1", ""), ("", "9"), Kin.UNKNOWN),
        (("", ""), ("", ""), Kin.UNKNOWN),
    ],
)
def test_the_first_number_that_both_have_decides(
    own: tuple[str, str], known: tuple[str, str], kin: Kin
) -> None:
    assert kin_of(own, known) is kin


@pytest.mark.parametrize(
    ("online", "team"),
    [
        (an(FIRST), an(SECOND)),
        (an(FIRST, "0900000001"), an(SECOND, "0900000002")),
        (an("", "0900000001"), an(SECOND, "0900000002")),
        (an("", "0900000001"), an("", "0900000002")),
    ],
)
def test_two_with_other_numbers_stay_two(
    begun: UnitRegistration, online: dict[str, str], team: dict[str, str]
) -> None:
    keep(begun, ONLINE, online)
    assert told(check(begun, sheet(team), LIVE)) == [("namesake_beside", "doubt")]
    keep(begun, LIVE, team)
    persons, members = on_lists()
    assert len({*persons, *members}) == 2
    keep(begun, ONLINE, online)
    assert on_lists() == (persons, members)


@pytest.mark.parametrize(
    ("online", "team"),
    [
        (an(FIRST), an(FIRST)),
        (an(FIRST, "0900000001"), an(FIRST, "0900000002")),
        (an("", "0900000001"), an(FIRST, "0900000001")),
    ],
)
def test_one_with_the_same_number_is_one(
    begun: UnitRegistration, online: dict[str, str], team: dict[str, str]
) -> None:
    keep(begun, ONLINE, online)
    assert told(check(begun, sheet(team), LIVE)) == []
    keep(begun, LIVE, team)
    persons, members = on_lists()
    assert (persons, len(members), Person.objects.count()) == (members, 1, 1)


@pytest.mark.parametrize(
    ("online", "team"), [(an(FIRST), an()), (an(), an(SECOND)), (an(), an("", "0900000002"))]
)
def test_where_numbers_are_silent_nothing_is_decided(
    begun: UnitRegistration, online: dict[str, str], team: dict[str, str]
) -> None:
    early = check(begun, sheet(team), LIVE)
    keep(begun, ONLINE, online)
    assert told(check(begun, sheet(team), LIVE)) == [("asked_same", "bad")]
    with pytest.raises(RuleViolation) as raised:
        save_list(
            actor=officer_of_unit(),
            registration=begun,
            form_key=LIVE,
            checked=early,
            now=factories.now(),
        )
    assert raised.value.code == "people_to_compare"
    assert on_lists()[1] == []


def test_who_was_said_to_be_one_is_not_asked_for_again(begun: UnitRegistration) -> None:
    keep(begun, ONLINE, an())
    rows = sheet(an())
    terms = terms_for(begun.contest, begun.unit, LIVE, rows)
    checked = check_list(rows, terms, answers={rows[0][0]: "same"})
    save_list(
        actor=officer_of_unit(),
        registration=begun,
        form_key=LIVE,
        checked=checked,
        now=factories.now(),
    )
    before = on_lists()
    assert before[0] == before[1]
    for form in (ONLINE, LIVE):
        assert told(check(begun, rows, form)) == []
        keep(begun, form, an())
    assert on_lists() == before


def test_a_number_put_right_on_the_only_list_keeps_the_entry(begun: UnitRegistration) -> None:
    keep(begun, ONLINE, an(FIRST))
    before = Entry.objects.get().public_id
    keep(begun, ONLINE, an(SECOND))
    assert (Entry.objects.get().public_id, Person.objects.count()) == (before, 1)


def test_a_number_of_another_name_and_a_phone_of_another_are_told(begun: UnitRegistration) -> None:
    keep(begun, ONLINE, an(FIRST, "0900000001"))
    other = listed(2, national_id=FIRST, phone="")
    assert told(check(begun, sheet(other), LIVE)) == [("id_beside", "doubt")]
    other = listed(2, national_id=SECOND, phone="0900000001")
    assert told(check(begun, sheet(other), LIVE)) == [("phone_beside", "bad")]


@pytest.fixture
def officer(contest: Contest, begun: UnitRegistration) -> Client:
    who = factories.user("Lê Thị Hoa", contest.key)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "GN").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return factories.sign_in(Client(), who)


def post(client: Client, path: str, **data: str) -> str:
    content = client.post(path, data, follow=True).content
    body = content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def upload(client: Client, *rows: dict[str, str]) -> str:
    file = SimpleUploadedFile("ds.xlsx", workbook(rows))
    body = client.post(FORM, {"file": file}, follow=True).content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(("answer", "count"), [("same", 1), ("other", 2)])
def test_the_officer_is_asked_and_the_answer_counts(
    officer: Client, begun: UnitRegistration, answer: str, count: int
) -> None:
    keep(begun, ONLINE, an(FIRST))
    page = upload(officer, an(workplace="UBND"))
    assert "Còn 1 ô cần sửa" in page
    assert "Xin chọn một trong hai, hoặc ghi số định danh hay điện thoại" in page
    assert "Cùng một người Người khác" in page
    said = post(officer, f"{FORM}sua/tra-loi/", seen=seen(6), row="6", answer=answer)
    words = {"same": "cùng một người.", "other": "người khác."}[answer]
    assert f"đã trả lời: {words}" in said and "ô cần sửa" not in said
    assert "Đã lưu danh sách." in post(officer, f"{FORM}sua/luu/", seen=seen())
    persons, members = on_lists()
    assert len({*persons, *members}) == count


def test_an_answer_is_asked_for_again_once_the_row_says_something_else(
    officer: Client, begun: UnitRegistration
) -> None:
    keep(begun, ONLINE, an(FIRST))
    upload(officer, an(birth="31/02/1980"))
    cell = {"row": "6", "column": "birth"}
    post(officer, f"{FORM}sua/o/", seen=seen(6), **cell, text="05/10/1980")
    post(officer, f"{FORM}sua/tra-loi/", seen=seen(6), row="6", answer="other")
    post(officer, f"{FORM}sua/o/", seen=seen(6), **cell, text="06/10/1980")
    page = post(officer, f"{FORM}sua/o/", seen=seen(6), **cell, text="05/10/1980")
    assert "Còn 1 ô cần sửa" in page and open_staged(StagedList.objects.get()).answers == {}


@pytest.mark.parametrize("answer", ["", "maybe", "same' OR 1=1", "unknown"])
def test_no_other_answer_is_taken(officer: Client, begun: UnitRegistration, answer: str) -> None:
    keep(begun, ONLINE, an(FIRST))
    upload(officer, an())
    post(officer, f"{FORM}sua/tra-loi/", seen=seen(6), row="6", answer=answer)
    assert open_staged(StagedList.objects.get()).answers == {}


def test_a_substitute_who_may_be_on_the_list_is_asked_for_too(
    contest: Contest, begun: UnitRegistration
) -> None:
    rows = [listed(number) for number in range(1, 31)]
    keep(begun, ONLINE, *rows, an("000190000099", number=31))
    keep(begun, LIVE, *(cells for _, cells in people(12, start=10)))
    receipt = submit_registration(
        actor=officer_of_unit(),
        registration=begun,
        seen=lists_seen(begun),
        now=factories.now(),
    )
    organiser = factories.user("Đỗ Văn Tổ", contest.key, Role.ORGANISER)
    accept_registration(actor=organiser, registration=begun, receipt=receipt, now=factories.now())
    entry = Entry.objects.get(number="GN-002")
    desk = factories.sign_in(Client(), organiser)
    path = f"/ban-to-chuc/daknong-2023/luot/{entry.public_id}/thay/"
    cells = {key: text for key, text in an().items() if key != "ordinal"}
    page = post(desk, path, **cells, reason="Nghỉ ốm")
    assert "Cùng một người" in page and "Người khác" in page
    same = post(desk, path, **cells, kin="same", reason="Nghỉ ốm")
    assert "Người này đã dự thi ở hình thức này rồi" in same
    page = post(desk, path, **cells, kin="other", reason="Nghỉ ốm")
    assert "Thay cho GN-002." in page
    assert Person.objects.filter(name="Nguyễn Văn An", removed_at=None).count() == 2
