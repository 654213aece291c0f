"""Made-up people take the way of real ones."""

from __future__ import annotations

import pytest

from hoithi.contests.queries import form_of, units_of
from hoithi.entries.models import Entry, Person, Team, TeamMember
from hoithi.entries.queries import open_number, registration_overview
from hoithi.entries.samples import load_samples, sample_rows
from hoithi.people.models import User
from tests.entries.scene import LIVE, NOW, ONLINE, begin, load

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
