"""Lists that are too long for a request: sent, read, mended and saved through the worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries import jobs
from hoithi.entries.actions import (
    choose_forms,
    discard_list,
    mend_list,
    stage_list,
    submit_registration,
)
from hoithi.entries.actions.staging import Change
from hoithi.entries.jobs import MOST_ROWS, MOST_ROWS_AT_ONCE, READ_LIST, SAVE_LIST
from hoithi.entries.models import Entry, Person, SentFile, StagedList, UnitRegistration
from hoithi.entries.queries import (
    ListedPeople,
    check_sheet,
    found_in,
    lists_seen,
    open_staged,
    people_of,
)
from hoithi.entries.sheets import StagedSheet, with_cell, without_row
from hoithi.jobs.actions import MOST_TRIES, Progress, Work, take_next, work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.entries.scene import LIVE, ONLINE, begin, listed, people, save, seen, sheet
from tests.entries.tables import table
from tests.entries.workbooks import workbook

pytestmark = pytest.mark.django_db
UNIT = "/don-vi/daknong-2023/GN/"
LIST = f"{UNIT}danh-sach/{ONLINE}/"
LONG = MOST_ROWS_AT_ONCE + 20


@pytest.fixture
def contest() -> Contest:
    """Made-up people of a long list share names and days of birth."""
    plan = factories.PLAN.replace(b', "name_and_birth"]', b"]")
    return factories.contest(plan)


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    return begin(contest, forms=(ONLINE, LIVE), now=factories.now())


@pytest.fixture
def lan(contest: Contest) -> User:
    who = factories.user("Lê Thị Lan", contest.key)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "GN").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return who


@pytest.fixture
def officer(lan: User, begun: UnitRegistration) -> Client:
    return factories.sign_in(Client(), lan)


def long_list(**cells: str) -> list[dict[str, str]]:
    """The first row has these cells."""
    return [listed(1, **cells), *(listed(number) for number in range(2, LONG + 1))]


def read(content: bytes) -> str:
    body = content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def words(client: Client, path: str) -> str:
    return read(client.get(path, follow=True).content)


def post(client: Client, path: str, **data: str) -> tuple[str, str]:
    """Press a button; the address it leads to and the words there."""
    response = client.post(path, data, follow=True)
    return response.request["PATH_INFO"], read(response.content)


def send(client: Client, content: bytes) -> tuple[str, str]:
    response = client.post(LIST, {"file": SimpleUploadedFile("ds.csv", content)}, follow=True)
    return response.request["PATH_INFO"], read(response.content)


def newest() -> Job:
    return Job.objects.latest("id")


def page_of(job: Job) -> str:
    return f"/cong-viec/{job.pk}/"


def staged(client: Client, **cells: str) -> StagedList:
    """A long list that has been read."""
    send(client, table(long_list(**cells)))
    work_off()
    return StagedList.objects.get()


def stored() -> tuple[int, int]:
    return Person.objects.count(), Entry.objects.count()


def failed() -> str:
    job = newest()
    assert job.state == JobState.FAILED
    return job.message


def test_thirty_people_wait_for_no_worker(officer: Client) -> None:
    where, page = send(officer, workbook([listed(number) for number in range(1, 31)]))
    assert (where, "Mọi ô đều đúng và đã đủ người" in page) == (f"{LIST}sua/", True)
    assert post(officer, f"{LIST}sua/luu/", seen=seen())[0] == LIST
    assert (stored(), Job.objects.count()) == ((30, 30), 0)


def test_a_long_list_is_read_and_saved_by_the_worker_before_the_officers_eyes(
    officer: Client,
) -> None:
    where, page = send(officer, workbook(long_list(name="NGUYỄN VĂN AN")))
    reading = newest()
    assert (where, reading.kind) == (page_of(reading), READ_LIST)
    assert "Đọc và kiểm tra danh sách" in page and "Đang chờ" in page
    assert (StagedList.objects.count(), stored()) == (0, (0, 0))
    work_off()
    assert (newest().done, newest().total, newest().state) == (LONG, LONG, JobState.DONE)
    assert officer.get(where).headers["Location"] == f"{LIST}sua/"
    assert "Còn 1 ô cần sửa." in words(officer, where)
    post(officer, f"{LIST}sua/lay-het/", seen=seen())
    where, page = post(officer, f"{LIST}sua/luu/", seen=seen())
    saving = newest()
    assert (where, saving.kind, "Lưu danh sách" in page) == (page_of(saving), SAVE_LIST, True)
    assert words(officer, f"{LIST}sua/") == page
    assert stored() == (0, 0)
    work_off()
    assert (newest().done, newest().total) == (LONG, LONG)
    page = words(officer, where)
    assert "Đã lưu danh sách." in page and "520 người trong danh sách" in page
    assert (stored(), StagedList.objects.count()) == ((LONG, LONG), 0)


def test_the_file_waits_encrypted_and_is_erased_once_it_is_read(officer: Client) -> None:
    send(officer, table(long_list()))
    sent = SentFile.objects.get()
    assert sent.cipher is not None
    assert b"000190000001" not in bytes(sent.cipher)
    assert "0001900" not in f"{newest().params}"
    work_off()
    assert (SentFile.objects.count(), StagedList.objects.count()) == (0, 1)
    assert newest().result == {"rows": LONG}


def test_the_pages_of_the_unit_lead_to_the_work(officer: Client) -> None:
    send(officer, table(long_list()))
    for path in (UNIT, LIST):
        page = officer.get(path).content.decode()
        assert f'href="{page_of(newest())}"' in page and "Danh sách dài đang được xử lý." in page
    work_off()
    assert "Danh sách dài đang được xử lý." not in words(officer, UNIT)


def test_of_a_long_list_the_rows_with_faults_are_shown(officer: Client) -> None:
    rows = [listed(number, workplace="") for number in range(1, 251)]
    send(officer, table([*rows, *(listed(number) for number in range(251, LONG + 1))]))
    work_off()
    page = words(officer, f"{LIST}sua/")
    assert "Còn 250 ô cần sửa." in page
    assert "270 dòng không có gì cần xem được ẩn bớt." in page
    assert "Còn 50 ô nữa sẽ hiện khi các ô trên đã sửa." in page
    assert page.count("Ô này chưa điền.") == 200


def test_who_goes_on_mending_a_long_list_sees_it_checked_whole(officer: Client) -> None:
    double = staged(officer, national_id=listed(2)["national_id"])
    assert "Còn 2 ô cần sửa." in words(officer, f"{LIST}sua/")
    _, page = post(
        officer, f"{LIST}sua/o/", seen=seen(3), row="3", column="birth", text="31/02/1990"
    )
    assert "Còn 3 ô cần sửa." in page
    post(officer, f"{LIST}sua/bo-dong/", seen=seen(3), row="3")
    double.refresh_from_db()
    assert (found_in(double).bad, double.version) == ((), 3)


def mend(who: User, begun: UnitRegistration, row: int, change: Change) -> None:
    mend_list(
        actor=who,
        registration=begun,
        form_key=ONLINE,
        seen=seen(row),
        row=row,
        change=change,
        now=factories.now(),
    )


def test_two_officers_who_mend_at_once_lose_nothing(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    staged(officer)

    def slow(was: StagedSheet, _: object) -> StagedSheet:
        if not was.mended:
            mend(lan, begun, 3, lambda now, _: with_cell(now, 3, "name", "Lê Thị Hoa"))
        return without_row(was, 2)

    mend(lan, begun, 2, slow)
    kept = open_staged(StagedList.objects.get())
    assert (kept.mended, kept.dropped) == ({"3:name": "Lê Thị Hoa"}, [2])


def test_a_list_that_is_changed_without_an_end_is_told_so(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    staged(officer)

    def ever_too_late(was: StagedSheet, _: object) -> StagedSheet:
        StagedList.objects.update(version=StagedList.objects.get().version + 1)
        return without_row(was, 2)

    with pytest.raises(RuleViolation) as raised:
        mend(lan, begun, 2, ever_too_late)
    assert raised.value.code == "list_changed"


def titles_missing() -> bytes:
    return table(long_list(), titles=("STT", "Họ và tên", *"ABCDE"))


def too_long() -> bytes:
    return table([listed(number) for number in range(1, MOST_ROWS + 1)])


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (titles_missing, "columns_missing", "Bảng không có cột: Ngày sinh, Đối tượng"),
        (too_long, "too_many_rows", "mỗi tệp nhiều nhất 20.000 dòng"),
    ],
)
def test_a_long_file_that_is_no_list_is_erased_and_says_why(
    officer: Client, content: Callable[[], bytes], code: str, sentence: str
) -> None:
    where, _ = send(officer, content())
    work_off()
    assert failed() == code
    assert SentFile.objects.get().cipher is None
    for path in (where, LIST, UNIT):
        assert sentence in words(officer, path)
    send(officer, workbook([listed(1)]))
    assert (SentFile.objects.count(), sentence in words(officer, UNIT)) == (0, False)


def test_what_is_no_table_is_answered_at_the_form(officer: Client) -> None:
    where, page = send(officer, b"%PDF-1.7 ..." * 100_000)
    assert (where, "không phải bảng tính (nội dung là PDF)" in page) == (LIST, True)
    where, page = send(officer, b"," * (10 * 1024 * 1024 + 1))
    assert (where, "mỗi tệp nhiều nhất 10 MB" in page) == (LIST, True)
    assert (SentFile.objects.count(), Job.objects.count()) == (0, 0)


def test_a_list_that_was_mended_stays_when_the_next_file_is_bad(officer: Client) -> None:
    before = staged(officer)
    send(officer, titles_missing())
    work_off()
    assert (failed(), StagedList.objects.get().pk) == ("columns_missing", before.pk)
    assert "Bảng không có cột" in words(officer, f"{LIST}sua/")
    post(officer, f"{LIST}sua/bo/", seen=seen())
    assert (SentFile.objects.count(), StagedList.objects.count()) == (0, 0)


def test_of_two_files_the_second_counts(officer: Client) -> None:
    send(officer, table(long_list()))
    first = newest()
    send(officer, table(long_list(name="Lê Thị Hoa")))
    work_off()
    first.refresh_from_db()
    assert (first.state, first.message) == (JobState.FAILED, "file_replaced")
    (cells,) = (cells for number, cells in open_staged(StagedList.objects.get()).rows[:1])
    assert "Lê Thị Hoa" in cells


class Interrupted(Progress):
    """Somebody else is quicker, just before the worker has told that it is ready."""

    def __init__(self, job: Job, meanwhile: Callable[[], object]) -> None:
        super().__init__(job)
        self._meanwhile = meanwhile

    def __call__(self, done: int, total: int) -> None:
        super().__call__(done, total)
        if done == total:
            self._meanwhile()


def interrupted(work: Work, meanwhile: Callable[[], object]) -> str:
    """Why the work that waits is refused."""
    job = take_next(factories.now())
    assert job is not None
    with pytest.raises(RuleViolation) as raised:
        work(job.params, Interrupted(job, meanwhile))
    return raised.value.code


def test_a_file_that_is_replaced_while_it_is_read_leaves_no_list(officer: Client) -> None:
    send(officer, table(long_list()))
    other = table(long_list(name="Lê Thị Hoa"))
    assert interrupted(jobs.read_list, lambda: send(officer, other)) == "file_replaced"
    assert StagedList.objects.count() == 0
    work_off()
    assert "Lê Thị Hoa" in open_staged(StagedList.objects.get()).rows[0][1]


def test_the_deadline_looks_at_when_the_officer_asked(officer: Client) -> None:
    send(officer, table(long_list()))
    Contest.objects.update(registration_closes_at=factories.now())
    work_off()
    assert StagedList.objects.count() == 1
    assert "Đã hết hạn đăng ký." in post(officer, f"{LIST}sua/luu/", seen=seen())[1]
    Contest.objects.update(registration_closes_at=factories.now() + timedelta(hours=1))
    post(officer, f"{LIST}sua/luu/", seen=seen())
    Contest.objects.update(registration_closes_at=factories.now())
    work_off()
    assert stored() == (LONG, LONG)
    assert "Đã hết hạn đăng ký." in send(officer, table(long_list()))[1]
    assert SentFile.objects.count() == 0


def test_what_was_handed_in_meanwhile_is_not_changed(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    UnitRegistration.objects.update(state="submitted")
    work_off()
    assert (failed(), stored(), StagedList.objects.count()) == (
        *("registration_submitted", (0, 0)),
        1,
    )
    send_again = send(officer, table(long_list()))[1]
    assert "đã nộp" in send_again and SentFile.objects.count() == 0


def test_a_form_that_is_dropped_takes_its_work_along(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    def drop() -> None:
        choose_forms(
            actor=lan,
            contest=begun.contest,
            unit=begun.unit,
            forms=[LIVE],
            declared=30,
            now=factories.now(),
        )

    send(officer, table(long_list()))
    drop()
    work_off()
    assert (failed(), SentFile.objects.count(), StagedList.objects.count()) == (
        *("file_replaced", 0),
        0,
    )


def test_nothing_is_handed_in_while_a_list_is_on_its_way(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    save(begun, people(30), now=factories.now())
    save(begun, people(12), LIVE, now=factories.now())
    send(officer, table(long_list()))
    assert (
        "Có danh sách đã tải lên nhưng chưa lưu"
        in post(officer, f"{UNIT}nop/", seen=lists_seen(begun))[1]
    )
    assert "disabled" in officer.get(f"{UNIT}nop/").content.decode()
    SentFile.objects.update(cipher=None)
    Job.objects.update(state=JobState.FAILED, message="job_broken")
    submit_registration(actor=lan, registration=begun, seen=lists_seen(begun), now=factories.now())


def test_who_presses_twice_asks_once(officer: Client) -> None:
    staged(officer)
    once, twice = (post(officer, f"{LIST}sua/luu/", seen=seen())[0] for _ in range(2))
    assert (once, Job.objects.filter(kind=SAVE_LIST).count()) == (twice, 1)


def test_a_list_that_is_mended_while_it_is_saved_is_not_saved(
    officer: Client, begun: UnitRegistration
) -> None:
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    post(
        officer,
        f"{LIST}sua/o/",
        seen=seen(3),
        row="3",
        column="workplace",
        text="UBND xã Quảng Thành",
    )
    work_off()
    assert (failed(), stored()) == ("list_changed", (0, 0))
    assert open_staged(StagedList.objects.get()).mended == {"3:workplace": "UBND xã Quảng Thành"}
    post(officer, f"{LIST}sua/luu/", seen=seen())
    work_off()
    assert stored() == (LONG, LONG)


def test_a_list_that_is_mended_at_the_very_last_is_not_saved(officer: Client) -> None:
    """The worker has read and checked it, and is about to store it."""
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    drop = partial(post, officer, f"{LIST}sua/bo-dong/", seen=seen(3), row="3")
    assert (interrupted(jobs.save_list, drop), stored()) == ("list_changed", (0, 0))
    assert open_staged(StagedList.objects.get()).dropped == [3]


def test_who_was_registered_elsewhere_meanwhile_is_found_before_saving(
    officer: Client, contest: Contest
) -> None:
    staged(officer)
    save(begin(contest, "CJ", now=factories.now()), sheet(listed(3)), now=factories.now())
    where, _ = post(officer, f"{LIST}sua/luu/", seen=seen())
    work_off()
    assert failed() == "list_has_problems"
    assert "Còn 1 ô cần sửa." in words(officer, where)
    page = words(officer, f"{LIST}sua/")
    assert "Còn 1 ô cần sửa." in page
    assert "Người có số định danh này đã có trong danh sách của đơn vị khác." in page
    assert Person.objects.count() == 1


def test_who_is_registered_elsewhere_at_the_very_last_stops_the_list(
    officer: Client, contest: Contest
) -> None:
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    other = begin(contest, "CJ", now=factories.now())
    quicker = partial(save, other, sheet(listed(3)), now=factories.now())
    assert interrupted(jobs.save_list, quicker) == "taken_elsewhere"
    assert (stored(), StagedList.objects.count()) == ((1, 1), 1)


def test_a_list_that_was_discarded_is_not_saved(
    officer: Client, begun: UnitRegistration, lan: User
) -> None:
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    discard_list(actor=lan, registration=begun, form_key=ONLINE, seen=seen(), now=factories.now())
    work_off()
    assert (failed(), stored()) == ("list_changed", (0, 0))


def test_work_that_is_given_up_leaves_no_file_and_nobody(officer: Client) -> None:
    send(officer, table(long_list()))
    Job.objects.update(tries=MOST_TRIES)
    work_off()
    assert (failed(), SentFile.objects.get().cipher) == ("job_lost", None)
    assert "đã bị ngắt giữa chừng ba lần" in words(officer, LIST)
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    Job.objects.filter(kind=SAVE_LIST).update(tries=MOST_TRIES)
    work_off()
    assert (failed(), stored(), StagedList.objects.count()) == ("job_lost", (0, 0), 1)
    assert "đã bị ngắt giữa chừng ba lần" in words(officer, f"{LIST}sua/")


def test_a_long_list_takes_the_place_of_the_one_before(
    officer: Client, begun: UnitRegistration
) -> None:
    staged(officer)
    post(officer, f"{LIST}sua/luu/", seen=seen())
    work_off()
    before = dict(Entry.objects.values_list("person__national_id_index", "public_id"))
    rows = [listed(number, workplace="Nơi khác") for number in range(300, 300 + LONG)]
    send(officer, table(rows))
    work_off()
    post(officer, f"{LIST}sua/luu/", seen=seen())
    work_off()
    after = dict(Entry.objects.values_list("person__national_id_index", "public_id"))
    both = before.keys() & after.keys()
    assert (len(after), len(both), Person.objects.count()) == (LONG, LONG - 299, LONG)
    assert all(before[each] == after[each] for each in both)
    assert set(Person.objects.values_list("workplace", flat=True)) == {"Nơi khác"}


def test_a_saved_list_is_shown_a_page_at_a_time(officer: Client, begun: UnitRegistration) -> None:
    save(begun, people(250), now=factories.now())
    page = words(officer, LIST)
    assert "250 người trong danh sách" in page and "Trang 1/3: dòng 1–100 trong tổng số 250" in page
    assert len(re.findall(r"•••••••••\d{3}", page)) == 100
    last = words(officer, f"{LIST}?page=3")
    assert len(re.findall(r"•••••••••\d{3}", last)) == 50
    assert re.search(r" 201 Trần Thị ", last)


def test_a_page_of_a_list_costs_the_same_however_many_there_are(begun: UnitRegistration) -> None:
    costs = []
    for count in (1, 3):
        save(begun, people(count), now=factories.now())
        with CaptureQueriesContext(connection) as queries:
            rows = ListedPeople(begun, ONLINE)[:100]
        assert rows == people_of(begun, ONLINE)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_list_that_was_uploaded_before_findings_were_kept_is_checked_when_it_is_seen(
    begun: UnitRegistration, lan: User
) -> None:
    sheet_of_one = StagedSheet(1, ["Họ và tên"], {"name": 0}, [(2, ["LÊ THỊ MẪU"])], {}, [])
    checked = check_sheet(begun, ONLINE, sheet_of_one)
    stage_list(
        actor=lan,
        registration=begun,
        form_key=ONLINE,
        file_name="ds.xlsx",
        sheet=sheet_of_one,
        checked=checked,
        now=factories.now(),
    )
    kept = StagedList.objects.get()
    assert found_in(kept).problems == checked.problems
    kept.found_cipher = None
    assert found_in(kept) == checked
