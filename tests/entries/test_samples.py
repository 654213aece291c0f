"""Made-up people take the way of real ones."""

from __future__ import annotations

import pytest

from hoithi.contests.queries import form_of, units_of
from hoithi.entries.actions import submit_registration
from hoithi.entries.models import Entry, Person, Team, TeamMember
from hoithi.entries.queries import lists_seen, open_number, registration_overview
from hoithi.entries.samples import list_to_mend, load_samples, sample_rows
from hoithi.entries.sheets import (
    rows_of,
    staged_sheet,
    with_cell,
    with_proposals,
    without_row,
)
from hoithi.people.models import User
from hoithi.web.spreadsheets import read_sheet
from tests.entries.scene import LIVE, NOW, ONLINE, begin, check, load, officer, save

pytestmark = pytest.mark.django_db


def test_every_unit_has_its_people_and_three_have_a_team() -> None:
    contest = load()
    assert load_samples(contest, NOW) == Person.objects.count()
    overview = registration_overview(contest)
    assert [each.state for each in overview] == ["accepted"] * 8
    counts = [[(form.key, form.people) for form in each.forms] for each in overview]
    assert [pairs[0] for pairs in counts] == [
        (ONLINE, people) for people in (30, 35, 33, 31, 36, 34, 32, 30)
    ]
    assert [pairs[1:] for pairs in counts] == [[(LIVE, 12)]] * 3 + [[]] * 5
    assert (Team.objects.count(), TeamMember.objects.count()) == (3, 36)


def test_loading_again_adds_nobody_and_leaves_what_units_began() -> None:
    contest = load()
    begin(contest, "TD")
    load_samples(contest, NOW)
    before = (Person.objects.count(), Entry.objects.count(), User.objects.count())
    assert load_samples(contest, NOW) == 0
    assert (Person.objects.count(), Entry.objects.count(), User.objects.count()) == before
    assert [each.state for each in registration_overview(contest)][-1] == "draft"


def test_nobody_of_them_can_be_real_and_all_are_marked() -> None:
    contest = load()
    load_samples(contest, NOW)
    everybody = list(Person.objects.all())
    assert {open_number(each, "national_id")[:3] for each in everybody} == {"000"}
    assert {open_number(each, "phone")[:7] for each in everybody} == {"0900000"}
    assert {each.is_sample for each in everybody} == {True}
    assert {team.is_sample for team in Team.objects.all()} == {True}
    assert not User.objects.get(is_sample=True).has_usable_password()


def test_the_samples_are_the_same_every_time_and_read_like_people() -> None:
    contest = load()
    unit, form = units_of(contest)[0], form_of(contest, ONLINE)
    rows = sample_rows(contest, unit, form, 0, 6)
    assert rows == sample_rows(contest, unit, form, 0, 6)
    assert [cells["name"] for _, cells in rows] == [
        "Nguyễn Thị Ánh",
        "Đặng Văn An",
        "Nông Bích Chi",
        "Hoàng Thanh Bình",
        "H'Ngân Byă",
        "Trần Đức Cường",
    ]


# What is left to whoever tries the contest out


def test_a_unit_that_is_left_out_has_chosen_its_form_and_sent_no_list() -> None:
    contest = load()
    assert load_samples(contest, NOW, left=("TD",)) == Person.objects.count() == 231 + 36
    *others, left = registration_overview(contest)
    assert {each.state for each in others} == {"accepted"}
    assert (left.state, [(each.key, each.people) for each in left.forms]) == (
        "draft",
        [(ONLINE, 0)],
    )
    assert load_samples(contest, NOW) == 0


def test_the_list_to_mend_has_the_faults_that_officers_make_and_can_be_mended() -> None:
    contest = load()
    registration = begin(contest, "TD")
    content = list_to_mend(contest, registration.unit)
    sheet = read_sheet(content, "danh-sach.xlsx", max_bytes=100_000, max_rows=100)
    staged = staged_sheet(sheet, required=["birth", "audience", "workplace", "national_id"])
    checked = check(registration, rows_of(staged))
    found = [(each.row, each.column, each.code, each.proposal) for each in checked.problems]
    assert found == [
        (6, "name", "name_capitals", "Lý Hữu Sơn"),
        (11, "birth", "birth_no_such_day", ""),
        (14, "name", "legacy_text", "Nguyễn Thị Hằng"),
        (17, "phone", "phone_lost_zero", "0900000712"),
        (20, "audience", "audience_unknown", "Công chức"),
        (23, "workplace", "missing", ""),
        (26, "national_id", "duplicate_national_id", ""),
        (35, "national_id", "duplicate_national_id", ""),
    ]
    assert checked.problems == checked.bad
    mended = with_proposals(staged, checked.problems)
    mended = with_cell(mended, 11, "birth", "28/02/1986")
    mended = with_cell(mended, 23, "workplace", "UBND xã Đắk Búk So")
    save(registration, rows_of(without_row(mended, 35)))
    assert submit_registration(
        actor=officer(), registration=registration, seen=lists_seen(registration), now=NOW
    )
