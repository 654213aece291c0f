"""One function a thing, no surprises: rows for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from hoithi.bank.actions import save_items
from hoithi.bank.importing import NewItem
from hoithi.bank.models import Collection
from hoithi.bank.sheets import read_bank_file
from hoithi.contests.actions import install_plan, load_plan, move_windows
from hoithi.contests.models import Contest
from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.plan.schema import Plan
from hoithi.contests.plan.writing import write_plan
from hoithi.contests.queries import plan_of, unit_by_code
from hoithi.entries.models import Entry, EntryState, Person, Team
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope
from hoithi.rules.vietnamese import fold, given_name, name_sort_key

Names = tuple[tuple[str, str], ...]
ROOT = Path(__file__).parents[1]
PLAN = (ROOT / "plans/daknong-2023/contest.toml").read_bytes()
BANK = (ROOT / "plans/daknong-2023/bank.csv").read_bytes()


def now() -> datetime:
    return datetime.now(UTC)


def scan(note: str = "minutes") -> bytes:
    """The smallest PDF with a page, as a scanner would send it; files of two notes differ."""
    body = (
        f"%PDF-1.4\n% {note}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    ).encode()
    end = f"xref\n0 0\ntrailer<</Root 1 0 R/Size 4>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()


def contest(content: bytes = PLAN, *, open_now: bool = True) -> Contest:
    """The contest of 2023, its windows open now unless told otherwise."""
    plan, text = _checked(content)
    made = Contest(key=plan.key)
    if Contest.objects.filter(key=plan.key).exists():
        made = load_plan(content=content, actor_id="0", actor_name="hoithi", now=now()).contest
    else:
        with transaction.atomic():
            install_plan(made, plan, text, actor_id="0", actor_name="hoithi", now=now())
    if open_now:
        move_windows(contest=made, now=now())
    return made


@cache
def _checked(content: bytes) -> tuple[Plan, str]:
    """A plan and how it is stored: reading and checking it is most of what loading takes."""
    plan = parse_plan(content)
    assert check_plan(plan) == []
    return plan, write_plan(plan)


def user(name: str, key: str, *roles: Role) -> User:
    """Somebody with roles in a contest."""
    email = f"{fold(name).replace(' ', '.')}@example.vn"
    made = User.objects.create_user(email, name, "một câu dài dễ nhớ")
    for role in roles:
        give(
            user=made,
            role=role,
            scope=contest_scope(key),
            actor_id="0",
            actor_name="hoithi",
            now=now(),
        )
    return made


def sign_in(client: Client, who: User) -> Client:
    """The client as somebody who has signed in with a second factor."""
    Authenticator.objects.get_or_create(user=who, type=Authenticator.Type.TOTP, data={})
    client.force_login(who)
    return client


def bank(made: Contest, content: bytes = BANK, *, key: str = "") -> Collection:
    """The questions that ship with the plan of 2023, or those of another file like it.

    `key` names a bank beside the contest's own.
    """
    plan = plan_of(made)
    topics = {topic.name: topic.key for topic in plan.topics}
    levels = {level.name: level.key for level in plan.levels}
    save_items(
        collection_key=key or made.key,
        collection_name=made.title,
        topics=topics,
        levels=levels,
        items=_read(content, tuple(topics.items()), tuple(levels.items())),
        actor_id="0",
        actor_name="hoithi",
        now=now(),
    )
    return Collection.objects.get(key=key or made.key)


@cache
def _read(content: bytes, topics: Names, levels: Names) -> tuple[NewItem, ...]:
    """The questions of a file, which takes longest of all that a test begins with."""
    read = read_bank_file(content, "bank.csv", topics=dict(topics), levels=dict(levels))
    assert read.problems == ()
    return read.items


def person(made: Contest, unit_code: str, name: str) -> Person:
    given = given_name(name)
    return Person.objects.create(
        contest=made,
        unit=unit_by_code(made, unit_code),
        name=name,
        given_name=given,
        folded_name=fold(name),
        sort_key=name_sort_key(name, given),
        is_sample=True,
        added_at=now(),
    )


def entry(made: Contest, unit_code: str, name: str, number: str, *, barred: str = "") -> Entry:
    """An accepted entry of a person in the online form."""
    return Entry.objects.create(
        contest=made,
        category=made.categories.get(key="truc-tuyen"),
        unit=unit_by_code(made, unit_code),
        person=person(made, unit_code, name),
        number=number,
        state=EntryState.ACCEPTED,
        barred_reason=barred,
        accepted_at=now(),
    )


def team(made: Contest, unit_code: str, name: str, number: str) -> Entry:
    """An accepted entry of a team in the live form."""
    unit = unit_by_code(made, unit_code)
    return Entry.objects.create(
        contest=made,
        category=made.categories.get(key="truc-tiep"),
        unit=unit,
        team=Team.objects.create(contest=made, unit=unit, name=name, added_at=now()),
        number=number,
        state=EntryState.ACCEPTED,
        accepted_at=now(),
    )
