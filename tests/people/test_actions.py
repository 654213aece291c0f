"""Rights, invitations and acts that need two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from hoithi.audit.models import LogEntry
from hoithi.people.actions import accept_invitation, approve, give, invite, refuse, withdraw
from hoithi.people.models import Approval, Grant, Invitation, Role, ScopeKind, User
from hoithi.people.permissions import contest_scope, has_role, holders, scopes_of
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import tidy
from tests.people.racing import TIMES
from tests.worst import WORST

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SCOPE = contest_scope("c1")


def user(name: str, *roles: Role) -> User:
    made = User.objects.create_user(f"{name}@example.vn", name)
    for role in roles:
        give(user=made, role=role, scope=SCOPE, actor_id="0", actor_name="hoithi", now=NOW)
    return made


def test_a_right_holds_in_its_scope_until_it_is_withdrawn() -> None:
    an, boss = user("an", Role.ORGANISER), user("boss")
    assert has_role(an, [Role.ORGANISER], SCOPE)
    assert not has_role(an, [Role.ORGANISER], contest_scope("c2"))
    assert not has_role(an, [Role.COMMITTEE], SCOPE)
    assert scopes_of(an, ScopeKind.CONTEST) == ["c1"]
    withdraw(actor=boss, grant=Grant.objects.get(user=an), reason="hết nhiệm vụ", now=NOW)
    assert not has_role(an, [Role.ORGANISER], SCOPE)
    assert Grant.objects.count() == 1


def test_giving_a_right_twice_gives_it_once() -> None:
    an = user("an", Role.ORGANISER, Role.ORGANISER)
    assert holders(Role.ORGANISER, SCOPE) == [an]
    assert Grant.objects.count() == 1


def sign(actor: User, subject_hash: str = "ab" * 32) -> Approval:
    return approve(
        actor=actor,
        kind="seal",
        scope=SCOPE,
        subject="package:1",
        subject_hash=subject_hash,
        reason="",
        now=NOW,
    )


def test_two_different_people_of_the_committee_complete_an_act() -> None:
    an, binh = user("an", Role.COMMITTEE), user("binh", Role.COMMITTEE)
    assert not sign(an).is_complete
    with pytest.raises(RuleViolation) as same:
        sign(an)
    done = sign(binh)
    with pytest.raises(RuleViolation) as third:
        sign(user("cuc", Role.COMMITTEE))
    assert done.is_complete
    assert (same.value.code, third.value.code) == ("same_person", "already_approved")


def test_who_is_not_of_the_committee_signs_nothing() -> None:
    with pytest.raises(RuleViolation) as refused:
        sign(user("an", Role.ORGANISER))
    assert refused.value.code == "not_of_committee"


def test_a_signature_for_other_contents_is_another_act() -> None:
    an, binh = user("an", Role.COMMITTEE), user("binh", Role.COMMITTEE)
    sign(an)
    assert not sign(binh, "cd" * 32).is_complete


def test_the_database_itself_refuses_one_person_twice() -> None:
    an = user("an", Role.COMMITTEE)
    standing = sign(an)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=standing.pk).update(second=an, second_at=NOW)


def test_of_two_who_sign_at_the_same_moment_one_has_signed_first(
    race: Callable[[str], object],
) -> None:
    assert race("tests.people.racing:two_sign") == {"errors": [], "complete": TIMES}


def test_of_three_who_sign_at_the_same_moment_the_third_is_told(
    race: Callable[[str], object],
) -> None:
    assert race("tests.people.racing:three_sign") == {
        "errors": {"RuleViolation: already_approved()": TIMES},
        "complete": TIMES,
    }


@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
def test_names_and_reasons_are_kept_tidied(worst: str) -> None:
    an, boss = user("an", Role.COMMITTEE), user("boss", Role.COMMITTEE)
    approve(
        actor=an,
        kind="tie",
        scope=SCOPE,
        subject="round:1",
        subject_hash="ab" * 32,
        reason=worst[:300],
        now=NOW,
    )
    invited = invite(
        actor=boss,
        email="Lan@example.vn\u200b",
        name=worst[:200],
        role=Role.OBSERVER,
        scope=SCOPE,
        now=NOW,
    )
    lan = accept_invitation(token=invited.token, password="mat khau rat dai", now=NOW)
    withdraw(actor=boss, grant=Grant.objects.get(user=lan), reason=worst[:300], now=NOW)
    texts = [
        Approval.objects.get().reason,
        *(Invitation.objects.get().name, lan.name),
        Grant.objects.get(user=lan).reason,
    ]
    assert [text for text in texts if text != tidy(text)] == []
    assert lan.email == "lan@example.vn"


def code_of(act: Callable[[], object]) -> str:
    """The code with which an act is refused."""
    with pytest.raises(RuleViolation) as refused:
        act()
    return refused.value.code


def test_what_is_refused_is_neither_signed_nor_refused_again() -> None:
    an, binh = user("an", Role.COMMITTEE), user("binh", Role.COMMITTEE)
    standing = sign(an)
    refuse(actor=binh, approval=standing, now=NOW)
    assert code_of(lambda: refuse(actor=an, approval=standing, now=NOW)) == "already_refused"
    again = sign(binh)
    assert (again.first, again.pk != standing.pk) == (binh, True)
    sign(an)
    assert code_of(lambda: refuse(actor=an, approval=again, now=NOW)) == "already_approved"


def test_who_loses_the_seat_loses_what_waits_for_a_second_signature() -> None:
    an, binh, chi = (user(name, Role.COMMITTEE) for name in ("an", "binh", "chi"))
    done, waiting = sign(an), sign(an, "cd" * 32)
    sign(binh)
    withdraw(actor=binh, grant=Grant.objects.get(user=an), reason="hết nhiệm vụ", now=NOW)
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.is_complete, waiting.refused_at) == (True, NOW)
    assert LogEntry.objects.latest("number").action == "approve.seal.refused"
    assert (sign(chi, "cd" * 32).first, sign(binh, "cd" * 32).is_complete) == (chi, True)


def test_a_signature_of_somebody_without_a_seat_is_not_completed() -> None:
    """As when the seat is taken in the same moment in which its holder signs."""
    an, binh = user("an", Role.COMMITTEE), user("binh", Role.COMMITTEE)
    standing = sign(an)
    Grant.objects.filter(user=an).update(withdrawn_at=NOW)
    assert code_of(lambda: sign(binh)) == "first_has_left"
    refuse(actor=binh, approval=standing, now=NOW)
    assert sign(binh).first == binh


def test_an_invitation_makes_one_account_with_one_right() -> None:
    boss = user("boss", Role.ORGANISER)
    invited = invite(
        actor=boss,
        email=" Lan@Example.vn ",
        name="Lan",
        role=Role.UNIT_OFFICER,
        scope=SCOPE,
        now=NOW,
    )
    lan = accept_invitation(token=invited.token, password="mat khau rat dai", now=NOW)
    assert (lan.email, lan.name) == ("lan@example.vn", "Lan")
    assert has_role(lan, [Role.UNIT_OFFICER], SCOPE)
    with pytest.raises(RuleViolation) as used:
        accept_invitation(token=invited.token, password="mat khau rat dai", now=NOW)
    assert used.value.code == "invitation_dead"


def test_an_invitation_dies_after_two_weeks() -> None:
    boss = user("boss", Role.ORGANISER)
    invited = invite(
        actor=boss, email="a@b.vn", name="A", role=Role.ORGANISER, scope=SCOPE, now=NOW
    )
    with pytest.raises(RuleViolation):
        accept_invitation(
            token=invited.token, password="mat khau rat dai", now=NOW + timedelta(days=14)
        )
