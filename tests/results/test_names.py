"""Names that are printed wrongly: contestants write, somebody answers, papers are replaced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest
from hoithi.documents.models import Document
from hoithi.entries.models import Entry, Person
from hoithi.people.keys import vault
from hoithi.people.models import Role, User
from hoithi.results.actions import (
    complain_about_name,
    correct_name,
    publish,
    refuse_name,
)
from hoithi.results.models import NameComplaint, Publication
from hoithi.results.papers import certificates_file, certificates_of, issue_certificates
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.english import english_of
from tests.portal.scene import cells, online_round, read, record, text_of

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"
NAMES = f"{HERE}ket-qua/ten/"
WRONG, RIGHT = "Trần Thị Hoa", "Trần Thị Hòa"
NATIONAL_ID = "001190012345"


class Scene:
    """A winner and somebody else; the result is published and its certificates are numbered."""

    def __init__(self) -> None:
        self.contest: Contest = factories.contest()
        self.an: User = factories.user("An", self.contest.key, Role.COMMITTEE)
        self.thu: User = factories.user("Thư", self.contest.key, Role.ORGANISER)
        self.winner: Entry = factories.entry(self.contest, "GN", WRONG, "GN-001")
        self.other: Entry = factories.entry(self.contest, "GN", "Lê Văn Hai", "GN-002")
        sealed = vault().seal("national_id", NATIONAL_ID.encode())
        Person.objects.filter(name=WRONG).update(
            national_id_cipher=sealed.cipher, key_id=sealed.key_id, birth="1990-02-01"
        )
        record(self.contest, (self.winner, "30", 1), (self.other, "20", 1))
        self.publication: Publication = self.publish()
        issue_certificates(actor=self.an, publication=self.publication, now=factories.now())

    def publish(self, reason: str = "") -> Publication:
        each = online_round(self.contest)
        return publish(actor=self.an, each=each, reason=reason, now=factories.now())

    def say(self, said: str = RIGHT, entry: Entry | None = None) -> NameComplaint:
        entry = Entry.objects.select_related("person", "team").get(pk=(entry or self.winner).pk)
        return complain_about_name(entry=entry, said=said, now=factories.now())


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Scene:
    settings.FILES = tmp_path
    return Scene()


def get(who: User, path: str, status: int = 200) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == status
    return response.content.decode()


def post(who: User, path: str, fields: dict[str, str]) -> str:
    response = factories.sign_in(Client(), who).post(path, fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def waiting(who: User) -> list[str]:
    page = get(who, HERE)
    part = page[page.index("<h2>Đang chờ anh/chị</h2>") :]
    return re.findall(r"<a href=[^>]+>([^<]+)</a>", part[: part.index("</section>")])


def name_of(entry: Entry) -> tuple[str, str, str]:
    person = Person.objects.get(entries=entry)
    return person.name, person.given_name, person.folded_name


def refusal(act: object, complaint: NameComplaint, **said: object) -> str:
    assert callable(act)
    with pytest.raises(RuleViolation) as refused:
        act(complaint=complaint, now=factories.now(), **said)
    return refused.value.code


def test_a_wish_waits_for_both_who_may_answer_it(scene: Scene) -> None:
    complaint = scene.say()
    assert "1 đề nghị sửa họ tên chờ trả lời" in waiting(scene.an)
    assert "1 đề nghị sửa họ tên chờ trả lời" in waiting(scene.thu)
    page = get(scene.thu, NAMES)
    assert cells(page)[0][:4] == [WRONG, RIGHT, "GN-001", "Thành phố Gia Nghĩa"]
    one = get(scene.thu, f"{NAMES}{complaint.pk}/")
    for html in (page, one, get(scene.thu, f"{HERE}ket-qua/")):
        assert english_of(html) == []
    assert "01/02/1990" in one
    assert NATIONAL_ID not in one
    assert "345" in one
    assert "01/GCN-BTC" in one


def test_the_corrected_name_is_printed_and_the_old_paper_says_that_it_is_replaced(
    scene: Scene,
) -> None:
    old = Document.objects.get(facts__name=WRONG)
    complaint = scene.say()
    page = post(scene.thu, f"{NAMES}{complaint.pk}/sua/", {"name": f" {RIGHT}  "})
    assert "Đã sửa họ tên" in page
    assert name_of(scene.winner) == (RIGHT, "Hòa", "tran thi hoa")
    complaint.refresh_from_db()
    assert (complaint.printed, complaint.corrected, complaint.answered_by) == (WRONG, RIGHT, "Thư")
    assert [(each.number, each.name) for each in certificates_of(scene.publication)] == [
        ("03/GCN-BTC", RIGHT),
        ("02/GCN-BTC", "Lê Văn Hai"),
    ]
    said = read(Client(), f"/kiem-tra/{old.check_code}/")
    assert "Đã được thay" in said
    assert "Giấy số 03/GCN-BTC được cấp để thay thế." in said
    assert "Sửa họ tên theo đề nghị của người được cấp" in said
    new = Document.objects.get(facts__name=RIGHT)
    assert "Hợp lệ, còn hiệu lực" in read(Client(), f"/kiem-tra/{new.check_code}/")


def test_what_was_published_waits_for_a_correction(scene: Scene) -> None:
    complaint = scene.say()
    assert "Thi trực tuyến: công bố đính chính" not in waiting(scene.an)
    correct_name(actor=scene.thu, complaint=complaint, name=RIGHT, now=factories.now())
    assert "Thi trực tuyến: công bố đính chính" in waiting(scene.an)
    page = get(scene.an, f"{NAMES}{complaint.pk}/")
    assert "Kết quả đã công bố còn ghi họ tên cũ" in page
    second = scene.publish("Sửa họ tên một thí sinh")
    assert [row["name"] for row in second.content["rows"]] == [RIGHT, "Lê Văn Hai"]
    assert "còn ghi họ tên cũ" not in get(scene.an, f"{NAMES}{complaint.pk}/")
    assert "Thi trực tuyến: công bố đính chính" not in waiting(scene.an)
    issue_certificates(actor=scene.an, publication=second, now=factories.now())
    assert [each.number for each in certificates_of(second)] == ["03/GCN-BTC", "02/GCN-BTC"]


def test_a_file_with_the_old_name_in_it_is_given_out_no_more(
    scene: Scene, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    printed = certificates_file(scene.publication)
    printed.parent.mkdir(parents=True)
    printed.write_bytes(b"%PDF")
    complaint = scene.say()
    with django_capture_on_commit_callbacks(execute=True):
        correct_name(actor=scene.thu, complaint=complaint, name=RIGHT, now=factories.now())
    assert not printed.exists()


def test_nothing_is_numbered_for_whom_nothing_was_numbered(
    scene: Scene, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    third = factories.entry(scene.contest, "GN", "Vũ Văn Baa", "GN-003")
    printed = certificates_file(scene.publication)
    printed.parent.mkdir(parents=True)
    printed.write_bytes(b"%PDF")
    complaint = scene.say("Vũ Văn Ba", third)
    with django_capture_on_commit_callbacks(execute=True):
        correct_name(actor=scene.thu, complaint=complaint, name="Vũ Văn Ba", now=factories.now())
    assert Document.objects.count() == 2
    assert printed.exists()
    assert "Đề nghị" not in get(scene.thu, f"{NAMES}{complaint.pk}/").split("</dl>")[1]


def test_a_wish_is_refused_with_a_reason_that_the_contestant_reads(scene: Scene) -> None:
    complaint = scene.say()
    page = post(scene.an, f"{NAMES}{complaint.pk}/khong-sua/", {"reason": "Căn cước ghi Hoa."})
    assert "Đã trả lời: họ tên giữ nguyên." in page
    assert cells(page)[0][:2] == [WRONG, "giữ nguyên Căn cước ghi Hoa."]
    assert name_of(scene.winner)[0] == WRONG
    assert Document.objects.exclude(revoked_at=None).count() == 0
    complaint.refresh_from_db()
    assert (complaint.printed, complaint.corrected, complaint.answer) == (
        *(WRONG, ""),
        "Căn cước ghi Hoa.",
    )
    assert scene.say().pk != complaint.pk  # as often as it takes


def test_an_answer_is_given_once(scene: Scene) -> None:
    complaint = scene.say()
    stale = NameComplaint.objects.get(pk=complaint.pk)
    correct_name(actor=scene.thu, complaint=complaint, name=RIGHT, now=factories.now())
    assert refusal(refuse_name, stale, actor=scene.an, reason="Không") == "complaint_answered"
    assert refusal(correct_name, stale, actor=scene.an, name="Trần Hoá") == "complaint_answered"
    assert name_of(scene.winner)[0] == RIGHT
    page = post(scene.an, f"{NAMES}{complaint.pk}/khong-sua/", {"reason": "Không"})
    assert "Đề nghị này đã được trả lời." in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Vui lòng điền ô này."),
        ("   ", "Vui lòng điền ô này."),
        (WRONG, "không cần sửa"),
        (f"  {WRONG} ", "không cần sửa"),
        ("Hòa 123", "Họ tên chỉ gồm chữ cái"),
        ("<b>Hòa</b>", "Họ tên chỉ gồm chữ cái"),
        ("H" * 101, "100"),
        ("\x00", "Vui lòng điền ô này."),
    ],
)
def test_what_is_no_name_is_not_printed(scene: Scene, name: str, said: str) -> None:
    complaint = scene.say()
    page = text_of(post(scene.thu, f"{NAMES}{complaint.pk}/sua/", {"name": name}))
    complaint.refresh_from_db()
    assert said in page
    assert complaint.answered_at is None
    assert name_of(scene.winner)[0] == WRONG


def test_what_nobody_sees_is_not_printed(scene: Scene) -> None:
    complaint = scene.say()
    name = "Trần  Thị\u200b Ho\u0300a\ufeff"
    post(scene.thu, f"{NAMES}{complaint.pk}/sua/", {"name": name})
    assert name_of(scene.winner)[0] == RIGHT


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_refusal_needs_a_reason(scene: Scene, reason: str) -> None:
    complaint = scene.say()
    page = post(scene.thu, f"{NAMES}{complaint.pk}/khong-sua/", {"reason": reason})
    assert "errorlist" in page
    complaint.refresh_from_db()
    assert complaint.answered_at is None


def test_a_given_name_that_somebody_chose_stays(scene: Scene) -> None:
    Person.objects.update(given_name="Thị")
    complaint = scene.say()
    correct_name(actor=scene.thu, complaint=complaint, name=RIGHT, now=factories.now())
    assert name_of(scene.winner)[1] == "Thị"


def test_the_name_of_a_team_is_corrected_too(scene: Scene) -> None:
    team = factories.team(scene.contest, "GN", "Đội Gia Nghiã", "GN-T")
    complaint = scene.say("Đội Gia Nghĩa", team)
    correct_name(actor=scene.thu, complaint=complaint, name="Đội Gia Nghĩa", now=factories.now())
    team.refresh_from_db()
    assert team.team is not None
    assert team.team.name == "Đội Gia Nghĩa"
    get(scene.thu, f"{NAMES}{complaint.pk}/")


def test_the_log_says_who_answered_and_not_what_the_names_are(scene: Scene) -> None:
    correct_name(actor=scene.thu, complaint=scene.say(), name=RIGHT, now=factories.now())
    refuse_name(
        actor=scene.an, complaint=scene.say(WRONG), reason="Căn cước ghi Hòa", now=factories.now()
    )
    entries = LogEntry.objects.filter(actor_name__in=["Thư", "An"]).order_by("-number")[:4]
    acts = [entry.action for entry in entries]
    assert acts == [
        "results.refuse_name",
        "results.correct_name",
        "documents.issue.giay-chung-nhan",
        "documents.revoke",
    ]
    for entry in entries:
        assert RIGHT not in f"{entry.before}{entry.after}"
    page = get(scene.an, f"{HERE}nhat-ky/")
    assert "sửa họ tên trên giấy" in page
    assert "results." not in page
    assert "entries." not in page


def test_who_reads_only_is_offered_no_answer(scene: Scene) -> None:
    complaint = scene.say()
    observer = factories.user("Xem", scene.contest.key, Role.OBSERVER)
    page = get(observer, f"{NAMES}{complaint.pk}/")
    assert "<form" not in page[page.index("<main") :]
    assert "/luot/" not in page
    assert (
        factories.sign_in(Client(), observer).post(f"{NAMES}{complaint.pk}/sua/").status_code == 403
    )


def test_the_list_costs_the_same_for_one_and_for_three(scene: Scene) -> None:
    scene.say()
    client = factories.sign_in(Client(), scene.thu)
    client.get(NAMES)
    with CaptureQueriesContext(connection) as one:
        client.get(NAMES)
    for at in (3, 4):
        scene.say(f"Hồ Thị {'Ba' * at}", factories.entry(scene.contest, "GN", "Hồ Ba", f"GN-{at}"))
    with CaptureQueriesContext(connection) as three:
        client.get(NAMES)
    assert len(one) == len(three)
