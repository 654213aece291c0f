"""Barring somebody from being ranked, and taking that back, each with a reason."""

from __future__ import annotations

import pytest
from django.test import Client

from hoithi.audit.models import LogEntry
from hoithi.contests.actions import appoint
from hoithi.contests.models import Contest
from hoithi.entries.actions import bar_entry, lift_bar, withdraw_entry
from hoithi.entries.models import Bar, Entry
from hoithi.people.keys import vault
from hoithi.people.models import Role, User
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.factories import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    return factories.contest(open_now=False)


@pytest.fixture
def lan(contest: Contest) -> User:
    return factories.user("Lan", contest.key, Role.ORGANISER)


@pytest.fixture
def entry(contest: Contest) -> Entry:
    return factories.entry(contest, "GN", "Nguyễn Văn Một", "GN-001")


def refused(act: str, actor: User, entry: Entry, reason: str = "Thi thay") -> str:
    """The code of a violation, or nothing."""
    try:
        if act == "bar":
            bar_entry(actor=actor, entry=entry, reason=reason, now=now())
        else:
            lift_bar(actor=actor, entry=entry, reason=reason, now=now())
    except RuleViolation as violation:
        return violation.code
    return ""


def test_a_bar_stands_until_it_is_lifted_and_both_stay_on_record(lan: User, entry: Entry) -> None:
    assert refused("bar", lan, entry, "Thi thay, theo biên bản số 2") == ""
    assert entry.barred_reason == "Thi thay, theo biên bản số 2"
    assert refused("bar", lan, entry) == "entry_barred"
    assert entry.barred_reason == "Thi thay, theo biên bản số 2"
    assert refused("lift", lan, entry, "Nhầm người") == ""
    assert entry.barred_reason == ""
    assert refused("lift", lan, entry) == "entry_not_barred"
    assert refused("bar", lan, entry, "Dùng tài liệu") == ""
    assert [(bar.reason, bar.barred_by, bar.lifted_reason) for bar in Bar.objects.all()] == [
        ("Thi thay, theo biên bản số 2", "Lan", "Nhầm người"),
        ("Dùng tài liệu", "Lan", ""),
    ]
    acts = LogEntry.objects.filter(action__startswith="entries.").order_by("number")
    assert [(each.action, (each.after or {})["reason"]) for each in acts] == [
        ("entries.bar", "Thi thay, theo biên bản số 2"),
        ("entries.lift_bar", "Nhầm người"),
        ("entries.bar", "Dùng tài liệu"),
    ]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (" ", "reason_missing"),
        ("a" * 301, "reason_too_long"),
        ("CCCD 012345678901", "reason_has_number"),
    ],
)
@pytest.mark.parametrize("act", ["bar", "lift"])
def test_both_want_a_reason_that_says_no_secrets(
    lan: User, entry: Entry, act: str, reason: str, code: str
) -> None:
    if act == "lift":
        refused("bar", lan, entry)
    assert refused(act, lan, entry, reason) == code


def test_who_was_withdrawn_is_not_barred(lan: User, entry: Entry) -> None:
    withdraw_entry(actor=lan, entry=entry, reason="Chuyển công tác", now=now())
    assert refused("bar", lan, entry) == "entry_not_accepted"


def test_an_organiser_bars_and_lifts_on_pages(lan: User, contest: Contest, entry: Entry) -> None:
    here = f"/ban-to-chuc/{contest.key}/luot/{entry.public_id}/"
    client = factories.sign_in(Client(), lan)
    assert f"{here}loai/" in client.get(here).content.decode()
    assert "errorlist" in client.post(f"{here}loai/", {"reason": " "}).content.decode()
    page = client.post(f"{here}loai/", {"reason": "Thi thay"}, follow=True).content.decode()
    assert "Lan ghi không xếp hạng" in page
    assert f"{here}loai/" not in page
    page = client.post(f"{here}bo-loai/", {"reason": "Nhầm người"}, follow=True).content.decode()
    assert "Lan cho xếp hạng trở lại" in page
    assert f"{here}loai/" in page


def test_a_seat_holder_among_the_accepted_is_shown_until_barred(
    lan: User, contest: Contest, entry: Entry
) -> None:
    identity = vault().index("national_id", "012345678901")
    assert entry.person is not None
    entry.person.national_id_index = identity
    entry.person.save()
    appoint(
        actor=factories.user("An", contest.key, Role.COMMITTEE),
        contest=contest,
        body="to-thu-ky",
        name="Nguyễn Văn Một",
        user=None,
        identity=identity,
        since=now().date(),
        now=now(),
    )
    client = factories.sign_in(Client(), lan)
    overview = f"/ban-to-chuc/{contest.key}/dang-ky/"
    assert f"/luot/{entry.public_id}/" in client.get(overview).content.decode()
    assert refused("bar", lan, entry, "Thành viên Tổ Thư ký") == ""
    assert f"/luot/{entry.public_id}/" not in client.get(overview).content.decode()
