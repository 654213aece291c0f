"""Codes as people type them, guesses, and what is said about a printed name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from hoithi.audit.models import LogEntry
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import publish_sitting, reissue
from hoithi.exam.models import RosterLine
from hoithi.results.actions import complain_about_name, correct_name, refuse_name
from hoithi.results.models import NameComplaint
from hoithi.rules.codes import check_character, grouped
from tests import factories
from tests.portal.scene import Committee, online_round, text_of

pytestmark = pytest.mark.django_db
OWN = "/ket-qua-cua-toi/"
COMPLAIN = f"{OWN}ten/"
NAME = "Trần Thị Hoà"


class Registered:
    """People on a published roster; nobody has sat yet."""

    def __init__(self) -> None:
        self.committee = Committee()
        self.entry: Entry = factories.entry(self.committee.contest, "GN", NAME, "GN-001")
        self.committee.seal()
        publish_sitting(
            actor=self.committee.an,
            each=online_round(self.committee.contest),
            now=factories.now(),
        )
        self.code = access_code_of(self.entry)


@pytest.fixture
def registered(settings: Settings, tmp_path: Path) -> Registered:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    return Registered()


def ask(client: Client, code: str, address: str) -> str:
    """What a code answers to somebody at an address of their own."""
    response = client.post(OWN, {"code": code}, REMOTE_ADDR=address)
    assert response.status_code == 200
    return text_of(response.content.decode())


def token_of(client: Client, code: str, address: str) -> str:
    html = client.post(OWN, {"code": code}, REMOTE_ADDR=address).content.decode()
    return str(re.findall(r'name="token" value="([^"]+)"', html)[0])


def test_a_code_is_read_however_it_is_typed(registered: Registered, client: Client) -> None:
    code = registered.code
    looks_like = code.replace("0", "o").replace("1", "l")
    for typed in (
        code,
        code.lower(),
        grouped(code),
        f"  {' '.join(code)}\t",
        code.replace("", "."),
        looks_like,
    ):
        assert f"{NAME} Thành phố Gia Nghĩa · GN-001" in ask(client, typed, "198.51.100.1")


def test_what_cannot_be_a_code_is_said_and_costs_no_guess(
    registered: Registered, client: Client
) -> None:
    for typed in ("", "   ", "ABC", "Đ" * 11, "A" * 61, "\x00" * 11, "0" * 12) * 6:
        assert NAME not in ask(client, typed, "198.51.100.2")
    assert NAME in ask(client, registered.code, "198.51.100.2")


def test_a_wrong_check_character_is_called_a_slip(registered: Registered, client: Client) -> None:
    wrong = registered.code[:-1] + ("A" if registered.code[-1] != "A" else "B")
    assert "Mã chưa đúng: có ký tự gõ sai hoặc thiếu." in ask(client, wrong, "198.51.100.3")


def test_forty_guesses_from_one_address_wait_and_others_do_not(
    registered: Registered, client: Client
) -> None:
    answers = []
    for number in range(40):
        letters = f"{number:010d}"
        code = letters + check_character(letters)
        answers.append(client.post(OWN, {"code": code}, REMOTE_ADDR="198.51.100.4"))
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert int(answers[-1]["Retry-After"]) in range(1, 12)
    assert "no-store" in answers[-1]["Cache-Control"]
    assert "Vui lòng thử lại sau" in answers[-1].content.decode()
    assert client.get(OWN, REMOTE_ADDR="198.51.100.4").status_code == 200
    assert NAME in ask(client, registered.code, "198.51.100.5")


def test_a_code_in_an_address_opens_nothing(registered: Registered, client: Client) -> None:
    response = client.get(OWN, {"code": registered.code})
    assert (response.status_code, NAME in response.content.decode()) == (200, False)
    assert 'method="post"' in response.content.decode()


def test_a_code_that_was_replaced_is_dead_and_the_new_one_opens(
    registered: Registered, client: Client
) -> None:
    line = RosterLine.objects.get()
    new = reissue(actor=registered.committee.an, line=line, reason="Mất phiếu", now=factories.now())
    assert "Không có mã này trong danh sách" in ask(client, registered.code, "198.51.100.6")
    assert NAME in ask(client, new, "198.51.100.6")


def test_the_own_page_is_never_kept(registered: Registered, client: Client) -> None:
    for response in (client.get(OWN), client.post(OWN, {"code": registered.code})):
        assert set(response["Cache-Control"].split(", ")) == {"no-store", "private"}


def test_a_wrong_name_reaches_the_committee_once(registered: Registered, client: Client) -> None:
    token = token_of(client, registered.code, "198.51.100.7")
    sent = {"said": " Trần Thị  Hòa ", "token": token}
    response = client.post(COMPLAIN, sent, follow=True)
    assert response.redirect_chain == [(OWN, 302)]
    assert "Ban Tổ chức đã nhận" in response.content.decode()
    complaint = NameComplaint.objects.get()
    assert (complaint.entry, complaint.said) == (registered.entry, "Trần Thị Hòa")
    assert "anh/chị đã ghi: Trần Thị Hòa. Ban Tổ chức sẽ trả lời tại đây." in ask(
        client, registered.code, "198.51.100.7"
    )
    again = client.post(COMPLAIN, sent).content.decode()
    assert "Ban Tổ chức đã nhận một ghi chú của anh/chị và chưa trả lời." in again
    assert NameComplaint.objects.count() == 1


def test_the_answer_stands_where_the_wish_was_written(
    registered: Registered, client: Client
) -> None:
    an = registered.committee.an
    first = complain_about_name(entry=registered.entry, said="Trần Thị Hoa", now=factories.now())
    refuse_name(actor=an, complaint=first, reason="Căn cước ghi Hòa.", now=factories.now())
    second = complain_about_name(entry=registered.entry, said="Trần Thị Hòa", now=factories.now())
    correct_name(actor=an, complaint=second, name="Trần Thị Hòa", now=factories.now())
    page = ask(client, registered.code, "198.51.100.12")
    assert "giữ nguyên họ tên. Căn cước ghi Hòa." in page
    assert "giấy tờ nay ghi Trần Thị Hòa;" in page
    assert "Trần Thị Hòa Thành phố Gia Nghĩa · GN-001" in page


def test_the_log_says_that_somebody_wrote_but_not_what(
    registered: Registered, client: Client
) -> None:
    token = token_of(client, registered.code, "198.51.100.8")
    client.post(COMPLAIN, {"said": "Trần Thị Hòa", "token": token})
    entry = LogEntry.objects.order_by("-number")[0]
    public_id = registered.entry.public_id.hex
    assert (entry.action, entry.actor_name, entry.target, entry.after) == (
        "results.complain_about_name",
        "GN-001",
        f"entry:{public_id}",
        {"complaint": NameComplaint.objects.get().pk},
    )


def test_what_is_no_correction_is_answered(registered: Registered, client: Client) -> None:
    token = token_of(client, registered.code, "198.51.100.9")
    for said, answer in (
        (NAME, f"Tên đang được ghi đúng là {NAME}, không cần sửa."),
        ("Hòa 123", "Họ tên chỉ gồm chữ cái, khoảng trắng"),
        ("<b>x</b>", "Họ tên chỉ gồm chữ cái, khoảng trắng"),
        ("", "Vui lòng điền ô này."),
        ("A" * 101, "100"),
    ):
        response = client.post(COMPLAIN, {"said": said, "token": token})
        assert answer in text_of(response.content.decode())
    assert NameComplaint.objects.count() == 0


def test_nobody_complains_in_the_name_of_another(registered: Registered, client: Client) -> None:
    for token in ("", "1", "MQ:1:x", "x" * 5000):
        sent = {"said": "Trần Thị Hòa", "token": token}
        response = client.post(COMPLAIN, sent, follow=True)
        assert response.redirect_chain == [(OWN, 302)]
        assert "Vui lòng nhập lại mã dự thi." in response.content.decode()
    assert NameComplaint.objects.count() == 0


def test_the_own_page_costs_the_same_with_more_notes(
    registered: Registered, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(6):
        ask(client, registered.code, "198.51.100.10")
    for said in ("Trần Thị Hòa", "Trần Thị Hoa"):
        NameComplaint.objects.create(entry=registered.entry, said=said, said_at=factories.now())
    with django_assert_num_queries(6):
        ask(client, registered.code, "198.51.100.10")


def test_the_pages_speak_english_when_asked(registered: Registered, client: Client) -> None:
    client.cookies["language"] = "en"
    assert "Your score and place appear here" in ask(client, registered.code, "198.51.100.11")
    assert "This is not a code" in ask(client, "ABC", "198.51.100.11")
