"""What the plan leaves open, confirmed, and then said differently by a new file."""

from __future__ import annotations

import pytest

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from hoithi.contests.actions import confirm_assumption, fix_rules
from hoithi.contests.models import Assumption, Contest
from hoithi.contests.plan.reading import plan_from
from hoithi.contests.plan.writing import write_plan
from hoithi.contests.proposals import sign_plan
from hoithi.contests.queries import open_proposals
from hoithi.people.models import Role, User
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.golden.spoil import read_table

pytestmark = pytest.mark.django_db
MINUTES, WORDS = b"minutes = 30", 'value = "30 phút"'.encode()


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE)


def confirm(who: User, *keys: str) -> None:
    for each in Assumption.objects.filter(key__in=keys):
        confirm_assumption(actor=who, assumption=each, value=each.value, now=factories.now())


def confirmed(contest: Contest) -> list[str]:
    return list(contest.assumptions.exclude(confirmed_at=None).values_list("key", flat=True))


def reopened() -> list[object]:
    found = LogEntry.objects.filter(action="contests.reopen_assumption")
    return [entry.before for entry in found]


def test_an_assumption_in_other_words_waits_again_and_the_log_keeps_who_had_confirmed_it(
    contest: Contest, an: User
) -> None:
    confirm(an, "so-cau-hoi", "thoi-gian-lam-bai")
    was = contest.assumptions.get(key="thoi-gian-lam-bai").confirmed_at
    assert was is not None
    factories.contest(
        factories.PLAN.replace(WORDS, 'value = "25 phút"'.encode()).replace(
            MINUTES, b"minutes = 25"
        )
    )
    assert confirmed(contest) == ["so-cau-hoi"]
    now = contest.assumptions.get(key="thoi-gian-lam-bai")
    assert (now.value, now.confirmed_by) == ("25 phút", "")
    assert reopened() == [
        {
            "assumption": "thoi-gian-lam-bai",
            "value": "30 phút",
            "confirmed_by": "An",
            "confirmed_at": was.isoformat(),
        }
    ]
    confirm(an, "thoi-gian-lam-bai")
    assert confirmed(contest) == ["so-cau-hoi", "thoi-gian-lam-bai"]
    assert first_broken() is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MINUTES, b"minutes = 25"),
        (WORDS, 'value = "30 phút, kể cả đọc đề"'.encode()),
        ("Một phút một câu như".encode(), "Một phút một câu, theo".encode()),
    ],
    ids=["what-rests-on-it", "its-words", "its-source"],
)
def test_whatever_of_an_assumption_is_changed_it_waits_again(
    contest: Contest, an: User, old: bytes, new: bytes
) -> None:
    confirm(an, "so-cau-hoi", "thoi-gian-lam-bai")
    assert factories.PLAN.count(old) == 1
    factories.contest(factories.PLAN.replace(old, new))
    assert confirmed(contest) == ["so-cau-hoi"]


def test_a_plan_that_changes_something_else_leaves_what_was_confirmed(
    contest: Contest, an: User
) -> None:
    confirm(an, "so-cau-hoi", "thoi-gian-lam-bai")
    factories.contest(factories.PLAN.replace(b"total_vnd = 80_000_000", b"total_vnd = 90_000_000"))
    assert contest.plans.count() == 2
    assert confirmed(contest) == ["so-cau-hoi", "thoi-gian-lam-bai"]
    assert reopened() == []


def test_two_signatures_under_a_changed_rule_are_no_confirmation_of_its_assumption(
    contest: Contest, an: User
) -> None:
    binh = factories.user("Bình", contest.key, Role.COMMITTEE)
    confirm(an, "thoi-gian-lam-bai")
    fix_rules(each=contest.rounds.get(key="truc-tuyen"), now=factories.now())
    factories.contest(factories.PLAN.replace(MINUTES, b"minutes = 25"))
    (proposal,) = open_proposals(contest)
    sign_plan(actor=an, proposal=proposal, reason="Theo Thể lệ", now=factories.now())
    assert confirmed(contest) == ["thoi-gian-lam-bai"]
    sign_plan(actor=binh, proposal=proposal, reason="", now=factories.now())
    assert confirmed(contest) == []


def test_what_a_new_file_leaves_open_no_more_waits_for_nobody(contest: Contest, an: User) -> None:
    confirm(an, "so-cau-hoi")
    there = contest.assumptions.count()
    table = read_table("daknong-2023")
    points = table["assumptions"]
    assert isinstance(points, list)
    left = [each for each in points if each["key"] not in ("so-cau-hoi", "so-luot-thi")]
    content = write_plan(plan_from({**table, "assumptions": left})).encode()
    factories.contest(content)
    assert contest.assumptions.count() == there - 1
    assert confirmed(contest) == ["so-cau-hoi"]
    factories.contest()
    assert contest.assumptions.count() == there
    assert confirmed(contest) == []


def test_words_that_were_changed_meanwhile_are_not_confirmed(contest: Contest, an: User) -> None:
    each = contest.assumptions.get(key="thoi-gian-lam-bai")
    factories.contest(factories.PLAN.replace(WORDS, 'value = "25 phút"'.encode()))
    with pytest.raises(RuleViolation, match="assumption_changed"):
        confirm_assumption(actor=an, assumption=each, value="30 phút", now=factories.now())
    assert confirmed(contest) == []
