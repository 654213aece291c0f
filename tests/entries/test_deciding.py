"""The organiser accepts, returns, and gives more time; entries change afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import (
    accept_registration,
    grant_extension,
    reissue_code,
    replace_member,
    replace_person,
    return_registration,
    show_number,
    submit_registration,
    withdraw_entry,
)
from hoithi.entries.models import Entry, Person, TeamMember, UnitRegistration
from hoithi.entries.queries import accepted_entries, access_code_of, lists_seen, people_of
from hoithi.exam.slips import take_slips
from hoithi.people.models import User
from hoithi.rules.codes import read_code
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.entries.scene import (
    LIVE,
    NOW,
    ONLINE,
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
LATER = NOW + timedelta(days=3)


@pytest.fixture
def contest() -> Contest:
    return load()


@pytest.fixture
def actor() -> User:
    return officer("Tổ Thư ký")


@pytest.fixture
def submitted(contest: Contest) -> UnitRegistration:
    registration = begin(contest, forms=(ONLINE, LIVE))
    save(registration, people(30))
    save(registration, people(12, start=25), LIVE)
    submit_registration(
        actor=officer(), registration=registration, seen=lists_seen(registration), now=NOW
    )
    return registration


@pytest.fixture
def accepted(submitted: UnitRegistration, actor: User) -> UnitRegistration:
    accept_registration(actor=actor, registration=submitted, receipt=submitted.receipt, now=LATER)
    return submitted


def entry(number: str) -> Entry:
    return Entry.objects.get(number=number)


def code_of(violation: pytest.ExceptionInfo[RuleViolation]) -> str:
    return violation.value.code


def test_accepted_entries_are_numbered_in_the_order_of_lists(
    accepted: UnitRegistration, contest: Contest
) -> None:
    online = accepted_entries(contest.categories.get(key=ONLINE))
    assert [each.number for each in online] == [f"GN-{number:03d}" for number in range(1, 31)]
    names = [each.person.name for each in online if each.person]
    assert names[:3] == ["Trần Thị Bình Anh", "Trần Thị Chi Anh", "Trần Thị Dung Anh"]
    assert names == [row.name for row in people_of(accepted, ONLINE)]
    assert [each.number for each in accepted_entries(contest.categories.get(key=LIVE))] == [
        "GN-D01"
    ]
    assert (accepted.state, accepted.decided_by) == ("accepted", "Tổ Thư ký")
    assert {each.accepted_at for each in online} == {LATER}


def test_only_what_is_submitted_can_be_decided_and_only_once(
    contest: Contest, submitted: UnitRegistration, actor: User
) -> None:
    draft = begin(contest, "CJ")
    with pytest.raises(RuleViolation) as early:
        accept_registration(actor=actor, registration=draft, receipt=draft.receipt, now=LATER)
    accept_registration(actor=actor, registration=submitted, receipt=submitted.receipt, now=LATER)
    with pytest.raises(RuleViolation) as twice:
        accept_registration(
            actor=actor, registration=submitted, receipt=submitted.receipt, now=LATER
        )
    with pytest.raises(RuleViolation) as back:
        return_registration(
            actor=actor,
            registration=submitted,
            receipt=submitted.receipt,
            reason="Thiếu",
            now=LATER,
        )
    assert (code_of(early), code_of(twice), code_of(back)) == (
        "not_submitted",
        "registration_accepted",
        "registration_accepted",
    )


def test_a_returned_list_says_why_and_can_be_mended(
    submitted: UnitRegistration, actor: User
) -> None:
    return_registration(
        actor=actor,
        registration=submitted,
        receipt=submitted.receipt,
        reason=" Thiếu dấu giáp lai ",
        now=LATER,
    )
    assert (submitted.state, submitted.returned_reason) == ("returned", "Thiếu dấu giáp lai")
    save(submitted, people(31))
    submit_registration(
        actor=officer(), registration=submitted, seen=lists_seen(submitted), now=LATER
    )
    assert (submitted.state, submitted.returned_reason) == ("submitted", "")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("  ", "reason_missing"),
        ("x" * 301, "reason_too_long"),
        ("Trùng số 000190000001", "reason_has_number"),
        ("Gọi 0900 000 001", "reason_has_number"),
    ],
)
def test_a_reason_is_given_and_holds_no_numbers(
    submitted: UnitRegistration, actor: User, reason: str, code: str
) -> None:
    with pytest.raises(RuleViolation) as raised:
        return_registration(
            actor=actor, registration=submitted, receipt=submitted.receipt, reason=reason, now=LATER
        )
    assert code_of(raised) == code


def test_an_extension_is_later_than_the_deadline_and_not_for_who_is_accepted(
    contest: Contest, accepted: UnitRegistration, actor: User
) -> None:
    def extend(until_days: int) -> str:
        with pytest.raises(RuleViolation) as raised:
            grant_extension(
                actor=actor,
                contest=contest,
                unit=accepted.unit,
                until=contest.registration_closes_at + timedelta(days=until_days),
                reason="Mưa lũ",
                now=LATER,
            )
        return code_of(raised)

    assert (extend(0), extend(1)) == ("extension_not_later", "registration_accepted")


def test_a_withdrawn_entry_keeps_its_row_and_frees_the_person(
    accepted: UnitRegistration, actor: User
) -> None:
    first = entry("GN-001")
    withdraw_entry(actor=actor, entry=first, reason="Chuyển công tác", now=LATER)
    assert (first.state, first.number, first.withdrawn_reason) == (
        "withdrawn",
        "GN-001",
        "Chuyển công tác",
    )
    assert Person.objects.get(entries=first).removed_at == LATER
    with pytest.raises(RuleViolation) as again:
        withdraw_entry(actor=actor, entry=first, reason="Chuyển công tác", now=LATER)
    assert code_of(again) == "entry_not_accepted"


def test_who_is_also_in_the_team_stays_a_person(accepted: UnitRegistration, actor: User) -> None:
    both = Entry.objects.get(person__name="Trần Thị Chi Hà")
    withdraw_entry(actor=actor, entry=both, reason="Chỉ thi đội", now=LATER)
    assert Person.objects.get(entries=both).removed_at is None
    withdraw_entry(actor=actor, entry=entry("GN-D01"), reason="Đội rút", now=LATER)
    assert Person.objects.get(entries=both).removed_at == LATER


def test_a_replacement_gets_a_new_number_and_points_at_the_old_entry(
    accepted: UnitRegistration, actor: User
) -> None:
    old = entry("GN-002")
    made = replace_person(
        actor=actor,
        entry=old,
        checked=check(accepted, sheet(listed(90))),
        reason="Nghỉ thai sản",
        now=LATER,
    )
    assert (made.number, made.state, made.replaces) == ("GN-031", "accepted", old)
    assert (old.state, old.number) == ("withdrawn", "GN-002")
    assert access_code_of(made) != access_code_of(old)


def test_a_thousandth_number_stands_behind_the_others(contest: Contest, actor: User) -> None:
    for number in ("GN-1000", "GN-101", "GN-999", "CJ-1000"):
        unit, _, running = number.partition("-")
        factories.entry(contest, unit, f"Lê Thị {running}", number)
    category = contest.categories.get(key=ONLINE)
    listed_numbers = [each.number for each in accepted_entries(category)]
    assert listed_numbers == ["GN-101", "GN-999", "GN-1000", "CJ-1000"]
    slips = take_slips(actor=actor, contest=contest, unit=unit_by_code(contest, "GN"), now=NOW)
    assert [each.number for each in slips] == ["GN-101", "GN-999", "GN-1000"]


def test_who_takes_part_already_replaces_nobody(accepted: UnitRegistration, actor: User) -> None:
    standing = check(accepted, sheet(listed(5)))
    with pytest.raises(RuleViolation) as raised:
        replace_person(actor=actor, entry=entry("GN-002"), checked=standing, reason="Ốm", now=LATER)
    assert code_of(raised) == "listed_already"
    assert entry("GN-002").state == "accepted"


def test_who_is_in_the_team_already_replaces_no_other_member(
    accepted: UnitRegistration, actor: User
) -> None:
    member = Person.objects.get(name="Trần Thị Dung Giang")
    with pytest.raises(RuleViolation) as raised:
        replace_member(
            actor=actor,
            entry=entry("GN-D01"),
            member=member,
            checked=check(accepted, sheet(listed(30)), LIVE),
            reason="Ốm",
            now=LATER,
        )
    assert code_of(raised) == "listed_already"
    assert TeamMember.objects.filter(person=member).exists()


def test_a_replacement_is_one_person_without_bad_cells(
    accepted: UnitRegistration, actor: User
) -> None:
    codes = []
    for rows in (sheet(listed(90, birth="31/02/1990")), people(2, start=90), []):
        with pytest.raises(RuleViolation) as raised:
            replace_person(
                actor=actor,
                entry=entry("GN-002"),
                checked=check(accepted, rows),
                reason="Ốm",
                now=LATER,
            )
        codes.append(code_of(raised))
    assert codes == ["list_has_problems", "one_person_needed", "one_person_needed"]


def test_a_member_of_a_team_is_replaced(accepted: UnitRegistration, actor: User) -> None:
    team = entry("GN-D01")
    member = Person.objects.get(name="Trần Thị Dung Giang")
    made = replace_member(
        actor=actor,
        entry=team,
        member=member,
        checked=check(accepted, sheet(listed(90)), LIVE),
        reason="Ốm",
        now=LATER,
    )
    names = [row.name for row in people_of(accepted, LIVE)]
    assert (len(names), made.name in names, member.name in names) == (12, True, False)
    member.refresh_from_db()
    assert member.removed_at == LATER
    with pytest.raises(RuleViolation) as raised:
        replace_member(
            actor=actor,
            entry=team,
            member=member,
            checked=check(accepted, sheet(listed(91)), LIVE),
            reason="Ốm",
            now=LATER,
        )
    assert code_of(raised) == "not_a_member"


def test_a_new_code_ends_the_old_one(accepted: UnitRegistration, actor: User) -> None:
    first = entry("GN-001")
    stale = Entry.objects.get(pk=first.pk)
    old = access_code_of(first)
    reissue_code(actor=actor, entry=first, reason="Lộ phiếu", now=LATER)
    assert first.code_issue == 2
    assert access_code_of(first) != old
    assert read_code(access_code_of(first)) == access_code_of(first)
    with pytest.raises(RuleViolation):
        reissue_code(actor=actor, entry=stale, reason="Lộ phiếu", now=LATER)


def test_a_look_at_a_number_is_recorded_without_the_number(
    accepted: UnitRegistration, actor: User
) -> None:
    person = Person.objects.get(name="Trần Thị Anh Bình")
    assert show_number(actor=actor, person=person, field="national_id", now=LATER) == (
        "000190000001"
    )
    last = LogEntry.objects.order_by("-number")[0]
    assert (last.action, last.target, last.after) == (
        "entries.show_number",
        f"person:{person.pk}",
        {"field": "national_id"},
    )
