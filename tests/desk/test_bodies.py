"""Bodies of a contest: appointing from a decision, rights that come and go, people on lists."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from hoithi.audit.models import LogEntry
from hoithi.contests.actions import appoint, end_seat
from hoithi.contests.models import CommitteeSeat, Contest
from hoithi.entries.models import Entry, Person
from hoithi.people.actions import accept_invitation
from hoithi.people.keys import vault
from hoithi.people.models import Grant, Invitation, Role, User
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.english import english_of
from tests.portal.scene import text_of

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"
BODIES = f"{HERE}ban-to/"
NATIONAL_ID = "001190012345"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE)


@pytest.fixture
def thu(contest: Contest) -> User:
    return factories.user("Thư", contest.key, Role.ORGANISER)


def get(who: User, path: str = BODIES, status: int = 200) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == status
    return response.content.decode()


def post(who: User, path: str, fields: dict[str, str]) -> str:
    response = factories.sign_in(Client(), who).post(path, fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def decided(**changed: str) -> dict[str, str]:
    return {
        "body": "ban-giam-khao",
        "name": "Trần Thị Hòa",
        "title": "Trưởng ban",
        "decision": "12/QĐ-STTTT",
        "since": f"{timezone.localdate():%Y-%m-%d}",
        "national_id": "",
        "email": "",
        **changed,
    }


def listed(contest: Contest, name: str = "Trần Thị Hòa", national_id: str = NATIONAL_ID) -> Entry:
    """Somebody on an accepted list."""
    entry = factories.entry(contest, "GN", name, "GN-001")
    Person.objects.filter(entries=entry).update(
        national_id_index=vault().index("national_id", national_id)
    )
    return entry


def seat_in(contest: Contest, actor: User, body: str, identity: str = "") -> CommitteeSeat:
    return appoint(
        actor=actor,
        contest=contest,
        body=body,
        name="Trần Thị Hòa",
        user=None,
        identity=identity,
        since=timezone.localdate(),
        now=factories.now(),
    )


def roles(who: User, contest: Contest) -> set[Role]:
    return set(roles_in(who, contest_scope(contest.key)))


def risks(who: User) -> str:
    page = get(who, HERE)
    part = page[page.index("<h2>Rủi ro</h2>") :]
    return part[: part.index("</section>")]


def test_somebody_is_appointed_from_a_decision(an: User) -> None:
    page = post(an, f"{BODIES}bo-nhiem/", decided(name=" Trần  Thị Hòa "))
    assert "Đã ghi bổ nhiệm Trần Thị Hòa." in page
    assert "Trần Thị Hòa , Trưởng ban 12/QĐ-STTTT" in text_of(page)
    assert english_of(page) == []
    assert english_of(get(an, f"{BODIES}bo-nhiem/")) == []
    entry = LogEntry.objects.get(action="contests.appoint")
    assert entry.after == {
        "body": "ban-giam-khao",
        "name": "Trần Thị Hòa",
        "decision": "12/QĐ-STTTT",
    }


def test_the_national_id_is_compared_and_not_stored(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(national_id="001 190 012 345"))
    seat = CommitteeSeat.objects.get()
    assert seat.identity == vault().index("national_id", NATIONAL_ID)
    assert NATIONAL_ID not in str(CommitteeSeat.objects.values().get())
    assert NATIONAL_ID not in str(list(LogEntry.objects.values()))
    assert NATIONAL_ID not in get(an)


@pytest.mark.parametrize(
    ("body", "right"),
    [
        ("ban-to-chuc", Role.COMMITTEE),
        ("to-thu-ky", Role.ORGANISER),
        ("to-de-thi", Role.QUESTIONS),
        ("ban-giam-khao", Role.OBSERVER),
    ],
)
def test_an_account_gets_the_right_of_the_seat_and_loses_it_with_the_seat(
    contest: Contest, an: User, body: str, right: Role
) -> None:
    binh = factories.user("Bình", contest.key)
    post(an, f"{BODIES}bo-nhiem/", decided(body=body, email=" Binh@Example.vn "))
    seat = CommitteeSeat.objects.get()
    assert (seat.user, roles(binh, contest)) == (binh, {right})
    page = post(an, f"{BODIES}{seat.pk}/thoi/", {"reason": "Quyết định số 15/QĐ-STTTT"})
    assert "Đã ghi thôi nhiệm vụ." in page
    assert roles(binh, contest) == set()
    seat.refresh_from_db()
    assert (seat.until, seat.ended_reason) == (timezone.localdate(), "Quyết định số 15/QĐ-STTTT")
    assert Grant.objects.get(user=binh).reason == "Quyết định số 15/QĐ-STTTT"
    assert "1 người đã thôi nhiệm vụ" in page


def test_whoever_has_no_account_is_invited_and_has_the_right_when_the_letter_is_answered(
    contest: Contest, an: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(an, f"{BODIES}bo-nhiem/", decided(body="to-thu-ky", email="moi@example.vn"))
    assert "đã gửi thư mời" in get(an)
    (letter,) = mail.outbox
    (token,) = re.findall(r"/loi-moi/([^/\s]+)/", str(letter.body))
    accept_invitation(token=token, password="một câu dài dễ nhớ", now=factories.now())
    moi = User.objects.get(email="moi@example.vn")
    assert roles(moi, contest) == {Role.ORGANISER}
    assert "có tài khoản" in get(an)
    end_seat(actor=an, seat=CommitteeSeat.objects.get(), reason="Hết việc", now=factories.now())
    assert roles(moi, contest) == set()


def test_an_open_letter_dies_with_the_seat(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(email="moi@example.vn"))
    seat = CommitteeSeat.objects.get()
    assert "Thư mời chưa được trả lời sẽ bị rút." in get(an, f"{BODIES}{seat.pk}/thoi/")
    end_seat(actor=an, seat=seat, reason="Ghi nhầm", now=factories.now())
    assert Invitation.objects.get().withdrawn_at is not None


def test_a_right_that_another_seat_gives_too_stays(contest: Contest, an: User) -> None:
    binh = factories.user("Bình", contest.key)
    for body in ("ban-giam-khao", "to-thu-ky"):
        post(an, f"{BODIES}bo-nhiem/", decided(body=body, email=binh.email))
    other = contest.seats.get(body="to-thu-ky")
    other.body = "van-phong"  # a body of another plan: its members may read, as the jury may
    other.save()
    end_seat(
        actor=an, seat=contest.seats.get(body="ban-giam-khao"), reason="Thôi", now=factories.now()
    )
    assert Role.OBSERVER in roles(binh, contest)


def test_who_is_on_a_list_is_named_before_the_seat_is_given(contest: Contest, an: User) -> None:
    listed(contest)
    sent = decided(name="Tên Viết Khác", national_id=NATIONAL_ID)
    page = post(an, f"{BODIES}bo-nhiem/", sent)
    assert "Trần Thị Hòa có trong danh sách của Thành phố Gia Nghĩa, cùng số định danh" in page
    assert CommitteeSeat.objects.count() == 0
    assert "Đã xem, vẫn bổ nhiệm" in page
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
    assert NATIONAL_ID in page  # typed once is enough
    post(an, f"{BODIES}bo-nhiem/", {**sent, "seen": seen})
    assert CommitteeSeat.objects.count() == 1
    assert "Có trong danh sách của Thành phố Gia Nghĩa mà không được dự thi." in get(an)
    assert "1 thành viên ban, tổ có tên trong danh sách dự thi" in risks(an)
    overview = get(an, f"{HERE}dang-ky/")
    assert "Những người sau là thành viên một bộ phận của Hội thi" in overview


def test_the_same_name_is_a_doubt_only(contest: Contest, an: User) -> None:
    listed(contest, national_id="")
    page = post(an, f"{BODIES}bo-nhiem/", decided())
    assert "Vui lòng xác minh có phải cùng một người hay không." in page
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
    post(an, f"{BODIES}bo-nhiem/", decided(seen=seen))
    assert "Có người cùng họ tên trong danh sách của Thành phố Gia Nghĩa." in get(an)
    assert "thành viên ban, tổ" not in risks(an)


def test_a_warning_that_was_seen_covers_nobody_else(contest: Contest, an: User) -> None:
    listed(contest)
    page = post(an, f"{BODIES}bo-nhiem/", decided(national_id=NATIONAL_ID, seen="0 x 999"))
    assert "Đã xem, vẫn bổ nhiệm" in page
    assert CommitteeSeat.objects.count() == 0


def test_two_people_with_different_numbers_are_two_people(contest: Contest, an: User) -> None:
    listed(contest, national_id="001190099999")
    post(an, f"{BODIES}bo-nhiem/", decided(national_id=NATIONAL_ID))
    assert CommitteeSeat.objects.count() == 1


def test_nobody_sits_twice_in_a_body(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(national_id=NATIONAL_ID))
    for again in (
        decided(national_id=NATIONAL_ID, name="Tên Khác"),
        decided(name="TRẦN THỊ HOÀ"),
    ):
        page = post(an, f"{BODIES}bo-nhiem/", again)
        assert "Trần Thị Hòa đã có trong ban, tổ này." in page
    post(an, f"{BODIES}bo-nhiem/", decided(body="to-de-thi", national_id=NATIONAL_ID))
    assert CommitteeSeat.objects.count() == 2


def test_the_database_refuses_the_second_of_two_clerks(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(national_id=NATIONAL_ID))
    seat = CommitteeSeat.objects.get()
    seat.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        seat.save()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Vui lòng điền ô này."),
        ("name", "Ông Hòa (Sở TTTT)", "Họ tên chỉ gồm chữ cái"),
        ("name", "x" * 101, "100"),
        ("name", "\x00", "Vui lòng điền ô này."),
        ("body", "", "Vui lòng điền ô này."),
        ("body", "ban-khac", "ban-khac"),
        ("decision", " ", "Vui lòng điền ô này."),
        ("since", "", "Vui lòng điền ô này."),
        ("since", "31/02/2023", "Ngày chưa đúng"),
        ("since", "2999-01-01", "Ngày quyết định chưa tới."),
        ("national_id", "12345", "Số định danh có 12 chữ số"),
        ("national_id", "chín số", "Số định danh chỉ gồm chữ số."),
        ("national_id", "1190012345", "Số định danh có 12 chữ số"),
        ("email", "khong phai thu", "thư điện tử"),
    ],
)
def test_half_a_decision_is_not_written_down(an: User, field: str, value: str, said: str) -> None:
    page = post(an, f"{BODIES}bo-nhiem/", decided(**{field: value}))
    assert "errorlist" in page
    assert said in page
    assert CommitteeSeat.objects.count() == 0


def test_only_the_committee_fills_the_committee(contest: Contest, an: User, thu: User) -> None:
    assert 'value="ban-to-chuc"' not in get(thu, f"{BODIES}bo-nhiem/")
    assert "errorlist" in post(thu, f"{BODIES}bo-nhiem/", decided(body="ban-to-chuc"))
    with pytest.raises(RuleViolation) as refused:
        seat_in(contest, thu, "ban-to-chuc")
    assert refused.value.code == "not_of_committee"
    seat = seat_in(contest, an, "ban-to-chuc")
    assert f"{BODIES}{seat.pk}/thoi/" in get(an)
    assert f"{BODIES}{seat.pk}/thoi/" not in get(thu)
    page = post(thu, f"{BODIES}{seat.pk}/thoi/", {"reason": "Thôi"})
    assert "errorlist" in page
    seat.refresh_from_db()
    assert seat.until is None


def test_nobody_ends_the_own_seat_and_no_seat_ends_twice(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(body="ban-to-chuc", email=an.email))
    seat = CommitteeSeat.objects.get()
    assert f"{BODIES}{seat.pk}/thoi/" not in get(an)
    assert "errorlist" in post(an, f"{BODIES}{seat.pk}/thoi/", {"reason": "Thôi"})
    binh = factories.user("Bình", contest.key, Role.COMMITTEE)
    assert "errorlist" in post(binh, f"{BODIES}{seat.pk}/thoi/", {"reason": " "})
    end_seat(actor=binh, seat=seat, reason="Thôi", now=factories.now())
    with pytest.raises(RuleViolation) as refused:
        end_seat(actor=binh, seat=seat, reason="Lần nữa", now=factories.now())
    assert refused.value.code == "seat_ended"
    get(binh, f"{BODIES}{seat.pk}/thoi/", status=404)


def test_an_ended_seat_bars_nobody(contest: Contest, an: User) -> None:
    listed(contest)
    seat = seat_in(contest, an, "ban-giam-khao", vault().index("national_id", NATIONAL_ID))
    assert "1 thành viên ban, tổ" in risks(an)
    end_seat(actor=an, seat=seat, reason="Thôi", now=factories.now())
    assert "1 thành viên ban, tổ" not in risks(an)


def test_who_reads_only_is_offered_nothing(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided())
    page = get(factories.user("Xem", contest.key, Role.OBSERVER))
    assert "Trần Thị Hòa" in page
    assert "/thoi/" not in page
    assert "/bo-nhiem/" not in page


def test_the_page_costs_the_same_for_one_and_for_three(contest: Contest, an: User) -> None:
    post(an, f"{BODIES}bo-nhiem/", decided(national_id=NATIONAL_ID, email="a@example.vn"))
    post(an, f"{BODIES}bo-nhiem/", decided(name="Lê Văn Không Số"))
    client = factories.sign_in(Client(), an)
    client.get(BODIES)
    with CaptureQueriesContext(connection) as one:
        client.get(BODIES)
    for at in "bc":
        post(an, f"{BODIES}bo-nhiem/", decided(name=f"Trần {at}", email=f"{at}@example.vn"))
    with CaptureQueriesContext(connection) as three:
        client.get(BODIES)
    assert len(one) == len(three)
