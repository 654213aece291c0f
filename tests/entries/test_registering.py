"""What a unit's officer does, and when it is too late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from hoithi.contests.actions import appoint
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import (
    choose_forms,
    grant_extension,
    recall_registration,
    save_list,
    submit_registration,
)
from hoithi.entries.models import Entry, Person, RegistrationState, Team, UnitRegistration
from hoithi.entries.queries import (
    lists_seen,
    open_number,
    people_of,
    registration_of,
    registration_overview,
    unit_overview,
)
from hoithi.people.keys import vault
from hoithi.rules.errors import RuleViolation
from tests.entries.scene import (
    LIVE,
    NOW,
    ONLINE,
    VIETNAM,
    begin,
    check,
    listed,
    load,
    officer,
    people,
    save,
    sheet,
)

pytestmark = pytest.mark.django_db
LAST_SECOND = datetime(2023, 10, 5, 23, 59, 59, tzinfo=VIETNAM)
MIDNIGHT = datetime(2023, 10, 6, tzinfo=VIETNAM)


@pytest.fixture
def contest() -> Contest:
    return load()


def submit(registration: UnitRegistration, now: datetime = NOW) -> str:
    return submit_registration(
        actor=officer("Lê Thị Hoa"),
        registration=registration,
        seen=lists_seen(registration),
        now=now,
    )


def refused(registration: UnitRegistration, now: datetime = NOW) -> tuple[str, object]:
    with pytest.raises(RuleViolation) as raised:
        submit(registration, now)
    return raised.value.code, raised.value.params.get("missing")


def test_a_saved_list_is_a_person_and_an_entry_each(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, sheet(listed(1, name="H’Ngân Byă"), listed(2)))
    first, second = people_of(registration, ONLINE)
    assert (first.name, first.national_id, first.phone) == (
        "Trần Thị Anh Chi",
        "•••••••••002",
        "•••••••002",
    )
    assert (second.name, second.given_name, second.audience) == ("H'Ngân Byă", "Ngân", "Công chức")
    stored = Person.objects.get(name="H'Ngân Byă")
    assert stored.folded_name == "h'ngan bya"
    assert stored.national_id_index == vault().index("national_id", "000190000001")
    assert open_number(stored, "national_id") == "000190000001"
    assert open_number(stored, "phone") == "0900000001"
    assert Entry.objects.filter(person=stored, state="listed", number="").count() == 1


def test_saving_the_same_list_again_changes_nobody(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    before = sorted(Entry.objects.values_list("public_id", "person"))
    save(registration, people(30))
    assert sorted(Entry.objects.values_list("public_id", "person")) == before
    assert Person.objects.count() == 30


def test_a_new_list_takes_the_place_of_the_old_one(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    kept = Entry.objects.get(person__name="Trần Thị Anh Bình").public_id
    save(registration, sheet(listed(1, national_id="000199999999"), listed(31)))
    assert [row.name for row in people_of(registration, ONLINE)] == [
        "Trần Thị Anh Bình",
        "Trần Thị Dung Bình",
    ]
    assert Person.objects.count() == 2
    assert Entry.objects.get(person__name="Trần Thị Anh Bình").public_id == kept


def test_a_list_with_a_bad_cell_saves_nobody(contest: Contest) -> None:
    registration = begin(contest)
    checked = check(registration, sheet(listed(1), listed(2, birth="31/02/1990")))
    with pytest.raises(RuleViolation) as raised:
        save_list(
            actor=officer(), registration=registration, form_key=ONLINE, checked=checked, now=NOW
        )
    assert (raised.value.code, raised.value.params) == ("list_has_problems", {"cells": 1})
    assert Person.objects.count() == 0


def test_a_person_of_another_unit_is_told_and_never_stored_twice(contest: Contest) -> None:
    gia_nghia, cu_jut = begin(contest, "GN"), begin(contest, "CJ")
    rows = people(2)
    early = check(cu_jut, rows)
    save(gia_nghia, rows)
    late = check(cu_jut, rows)
    assert {(each.row, each.code) for each in late.bad} == {
        (7, "taken_elsewhere"),
        (8, "taken_elsewhere"),
    }
    with pytest.raises(RuleViolation) as raised:
        save_list(actor=officer(), registration=cu_jut, form_key=ONLINE, checked=early, now=NOW)
    assert raised.value.code == "taken_elsewhere"
    assert Person.objects.filter(unit=cu_jut.unit).count() == 0


def test_a_team_is_one_entry_and_shares_people_with_the_other_form(contest: Contest) -> None:
    registration = begin(contest, forms=(ONLINE, LIVE))
    save(registration, people(30))
    save(registration, people(12, start=25), LIVE)
    assert Person.objects.count() == 36
    assert Entry.objects.filter(category__key=LIVE).count() == 1
    team = Team.objects.get()
    assert (team.name, team.members.count()) == ("Thành phố Gia Nghĩa", 12)
    save(registration, people(3, start=25), LIVE)
    assert (Team.objects.get().pk, team.members.count()) == (team.pk, 3)
    assert Person.objects.count() == 30


def test_a_form_that_is_dropped_loses_its_list(contest: Contest) -> None:
    registration = begin(contest, forms=(ONLINE, LIVE))
    save(registration, people(2))
    save(registration, people(3, start=5), LIVE)
    choose_forms(
        actor=officer(),
        contest=contest,
        unit=registration.unit,
        forms=[ONLINE],
        declared=2,
        now=NOW,
    )
    assert Person.objects.count() == 2
    assert Team.objects.count() == 0
    with pytest.raises(RuleViolation) as raised:
        save(registration_of(contest, registration.unit) or registration, people(3), LIVE)
    assert raised.value.code == "form_not_chosen"


def test_a_unit_chooses_at_least_one_form(contest: Contest) -> None:
    with pytest.raises(RuleViolation) as raised:
        begin(contest, forms=())
    assert raised.value.code == "no_form"


def test_twenty_nine_people_cannot_be_submitted_and_thirty_can(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(29))
    assert refused(registration) == ("too_few", 1)
    save(registration, people(30))
    receipt = submit(registration)
    assert len(receipt.replace("-", "")) == 16
    assert (registration.state, registration.receipt) == (RegistrationState.SUBMITTED, receipt)
    assert registration.submitted_by == "Lê Thị Hoa"


def test_what_is_submitted_is_closed_until_it_is_taken_back(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    submit(registration)
    assert refused(registration) == ("registration_submitted", None)
    with pytest.raises(RuleViolation) as raised:
        save(registration, people(31))
    assert raised.value.code == "registration_submitted"
    recall_registration(
        actor=officer(), registration=registration, receipt=registration.receipt, now=NOW
    )
    assert (registration.state, registration.receipt) == ("draft", "")
    save(registration, people(31))
    assert submit(registration)


def test_the_last_second_counts_and_midnight_does_not(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    assert refused(registration, MIDNIGHT) == ("registration_closed", None)
    assert submit(registration, LAST_SECOND)


def test_before_the_first_hour_nothing_is_taken(contest: Contest) -> None:
    early = contest.registration_opens_at - timedelta(seconds=1)
    with pytest.raises(RuleViolation) as raised:
        begin(contest, now=early)
    assert raised.value.code == "registration_not_open"


def test_an_exception_gives_one_unit_more_time(contest: Contest) -> None:
    registration, other = begin(contest), begin(contest, "CJ")
    save(registration, people(30))
    save(other, people(30, start=100))
    until = MIDNIGHT + timedelta(hours=17)
    grant_extension(
        actor=officer("Ban Tổ chức"),
        contest=contest,
        unit=registration.unit,
        until=until,
        reason="Mất điện toàn thành phố",
        now=MIDNIGHT,
    )
    extended = registration_of(contest, registration.unit)
    assert extended is not None
    assert refused(other, MIDNIGHT) == ("registration_closed", None)
    assert refused(extended, until) == ("registration_closed", None)
    assert submit(extended, until - timedelta(seconds=1))


def test_a_seat_given_after_the_list_was_saved_stops_it(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    appoint(
        actor=officer(),
        contest=contest,
        body="ban-giam-khao",
        name="Trần Thị Anh Bình",
        user=None,
        identity=vault().index("national_id", "000190000001"),
        since=timezone.localdate(NOW),
        now=NOW,
    )
    assert refused(registration) == ("barred_people", None)
    assert {(each.row, each.code) for each in check(registration, people(30)).bad} == {
        (7, "barred")
    }


def test_the_overview_counts_each_unit_against_its_minimum(contest: Contest) -> None:
    save(begin(contest, "GN"), people(29))
    both = begin(contest, "CJ", forms=(ONLINE, LIVE))
    save(both, people(31, start=100))
    save(both, people(12, start=120), LIVE)
    submit(both)
    overview = {each.code: each for each in registration_overview(contest)}
    assert list(overview) == ["GN", "CJ", "DG", "DM", "DR", "DS", "KN", "TD"]
    (online,) = overview["GN"].forms
    assert (online.people, online.minimum, online.missing) == (29, 30, 1)
    assert (overview["GN"].state, overview["GN"].missing) == ("draft", 1)
    assert [(form.key, form.people, form.missing) for form in overview["CJ"].forms] == [
        (ONLINE, 31, 0),
        (LIVE, 12, 0),
    ]
    assert (overview["CJ"].state, overview["DG"].state) == ("submitted", "")
    assert unit_overview(contest, unit_by_code(contest, "CJ")) == overview["CJ"]


def test_every_act_is_logged_without_a_person(contest: Contest) -> None:
    registration = begin(contest)
    save(registration, people(30))
    receipt = submit(registration)
    log = LogEntry.objects.filter(action__startswith="entries.")
    assert [(each.action, each.after) for each in log] == [
        ("entries.choose_forms", {"forms": [ONLINE], "declared": 30}),
        ("entries.save_list", {"form": ONLINE, "people": 30}),
        ("entries.submit", {"receipt": receipt, "people": {ONLINE: 30}}),
    ]
    assert first_broken() is None
