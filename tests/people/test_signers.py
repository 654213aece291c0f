"""Two signatures are those of two people: who may bring a second signer in, and what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from hoithi.audit.models import LogEntry
from hoithi.people.actions import (
    Invited,
    accept_as_holder,
    accept_invitation,
    approve,
    confirm_invitation,
    invite,
    invite_again,
    withdraw,
    withdraw_invitation,
)
from hoithi.people.first import let_in
from hoithi.people.models import Approval, Grant, Role, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.people.signers import lone_members, mailbox
from hoithi.rules.errors import RuleViolation
from tests.people.desk import NOW, PASSWORD, account, signed_in

pytestmark = pytest.mark.django_db
SCOPE = contest_scope("c1")
SEAT = (Role.COMMITTEE, SCOPE)


def call(boss: User, email: str = "lan@example.vn", role: Role = Role.COMMITTEE) -> Invited:
    return invite(
        actor=boss, email=email, name="Lan", role=role, scope=SCOPE, scope_name="Hội thi", now=NOW
    )


def join(boss: User, name: str, *confirmers: User) -> User:
    """Somebody invited by the boss, and confirmed by the others, who has accepted."""
    invited = call(boss, f"{name}@example.vn")
    for each in confirmers:
        confirm_invitation(actor=each, invitation=invited.invitation, now=NOW)
    user = User.objects.filter(email=f"{name}@example.vn").first() or account(name)
    token = token_in_letter() if confirmers else invited.token
    accept_as_holder(actor=user, token=token, now=NOW)
    return user


def token_in_letter() -> str:
    found = re.search(r"/loi-moi/([^/]+)/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def sign(who: User, digest: str = "a") -> Approval:
    return approve(
        actor=who,
        kind="seal",
        scope=SCOPE,
        subject="package:1",
        subject_hash=digest * 64,
        reason="",
        now=NOW,
    )


def refused(act: object) -> str:
    assert isinstance(act, pytest.ExceptionInfo)
    assert isinstance(act.value, RuleViolation)
    return act.value.code


def test_of_two_members_one_invites_and_the_letter_goes_when_the_other_has_confirmed_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    an, binh = account("an", SEAT), account("binh", SEAT)
    with django_capture_on_commit_callbacks(execute=True):
        invited = call(an)
    assert (mail.outbox, invited.invitation.is_waiting) == ([], True)
    with pytest.raises(RuleViolation) as dead:
        accept_invitation(token=invited.token, password=PASSWORD, now=NOW)
    with pytest.raises(RuleViolation) as alone:
        confirm_invitation(actor=an, invitation=invited.invitation, now=NOW)
    with pytest.raises(RuleViolation) as too_early:
        invite_again(actor=an, invitation=invited.invitation, now=NOW)
    assert [refused(each) for each in (dead, alone, too_early)] == [
        "invitation_dead",
        "same_person",
        "invitation_waits",
    ]
    later = NOW + timedelta(days=20)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_invitation(actor=binh, invitation=invited.invitation, now=later)
    assert [letter.to for letter in mail.outbox] == [["lan@example.vn"]]
    lan = accept_invitation(token=token_in_letter(), password=PASSWORD, now=later)
    assert has_role(lan, [Role.COMMITTEE], SCOPE)
    assert lone_members(SCOPE) == {}
    given = LogEntry.objects.get(action="people.give", target=f"user:{lan.pk}").after
    assert given == {"role": "committee", "scope": "contest:c1", "confirmed_by": "binh"}
    assert list(
        LogEntry.objects.filter(action__startswith="approve.invitation").values_list(
            "action", "actor_name"
        )
    ) == [("approve.invitation.first", "an"), ("approve.invitation.second", "binh")]


def test_the_only_member_brings_a_second_one_in_alone_and_every_signature_says_so() -> None:
    an = account("an", SEAT)
    lan = join(an, "lan")
    lone = lone_members(SCOPE)
    assert [(each.name, each.inviter, each.since) for each in lone.values()] == [("lan", "an", NOW)]
    sign(an)
    sign(lan)
    first, second = LogEntry.objects.filter(action__startswith="approve.seal").order_by("number")
    assert (first.after or {}).keys() == {"hash", "reason", "scope"}
    assert second.after == {
        "hash": "a" * 64,
        "reason": "",
        "scope": "contest:c1",
        "invited_alone_by": "an",
        "invited_at": NOW.isoformat(),
    }


def test_letters_that_one_member_wrote_before_the_second_came_bring_in_lone_members_too() -> None:
    an = account("an", SEAT)
    third = call(an, "mai@example.vn")
    join(an, "lan")
    accept_invitation(token=third.token, password=PASSWORD, now=NOW)
    assert sorted(each.name for each in lone_members(SCOPE).values()) == ["Lan", "lan"]


def test_a_lone_member_confirms_nobody_out_of_being_lone(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    an = account("an", SEAT)
    lan = join(an, "lan")
    with django_capture_on_commit_callbacks(execute=True):
        invited = call(an, "mai@example.vn")
        confirm_invitation(actor=lan, invitation=invited.invitation, now=NOW)
    accept_as_holder(actor=account("mai"), token=token_in_letter(), now=NOW)
    assert sorted(each.name for each in lone_members(SCOPE).values()) == ["lan", "mai"]


def test_a_lone_member_who_has_left_meanwhile_confirmed_nobody_out_of_it_either(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    an = account("an", SEAT)
    lan = join(an, "lan")
    with django_capture_on_commit_callbacks(execute=True):
        invited = call(an, "mai@example.vn")
        confirm_invitation(actor=lan, invitation=invited.invitation, now=NOW)
    withdraw(actor=an, grant=Grant.objects.get(user=lan), reason="Thôi", now=NOW)
    accept_as_holder(actor=account("mai"), token=token_in_letter(), now=NOW)
    assert [each.name for each in lone_members(SCOPE).values()] == ["mai"]


def test_of_two_letters_to_one_mailbox_one_is_accepted() -> None:
    an = account("an", SEAT)
    letters = [call(an, address) for address in ("so.ck@gmail.com", "sock@gmail.com")]
    accept_invitation(token=letters[0].token, password=PASSWORD, now=NOW)
    with pytest.raises(RuleViolation) as twice, transaction.atomic():
        accept_invitation(token=letters[1].token, password=PASSWORD, now=NOW)
    assert refused(twice) == "same_mailbox"
    assert Grant.objects.filter(withdrawn_at=None).count() == 2


def test_the_keeper_of_the_machine_confirms_a_lone_member() -> None:
    an = account("an", SEAT)
    lan = join(an, "lan")
    let_in(email=lan.email, name="Lan", scope=SCOPE, now=NOW)
    assert lone_members(SCOPE) == {}
    assert LogEntry.objects.get(action="people.vouch").target == f"user:{lan.pk}"
    let_in(email=lan.email, name="Lan", scope=SCOPE, now=NOW)
    assert LogEntry.objects.filter(action="people.vouch").count() == 1


def test_who_takes_the_other_members_right_back_is_not_alone_again() -> None:
    an, binh = account("an", SEAT), account("binh", SEAT)
    grant = Grant.objects.get(user=binh)
    withdraw(actor=an, grant=grant, reason="Chuyển công tác", now=NOW)
    assert call(an).invitation.is_waiting


def test_signatures_of_a_lone_member_who_has_left_are_still_known() -> None:
    an = account("an", SEAT)
    lan = join(an, "lan")
    withdraw(actor=an, grant=Grant.objects.get(user=lan), reason="Thôi", now=NOW)
    assert lone_members(SCOPE) == {}
    assert [each.name for each in lone_members(SCOPE, former=True).values()] == ["lan"]


def test_an_invitation_that_is_withdrawn_asks_nobody_for_a_signature() -> None:
    an, binh = account("an", SEAT), account("binh", SEAT)
    invited = call(an)
    withdraw_invitation(actor=binh, invitation=invited.invitation, now=NOW)
    assert Approval.objects.get().refused_at == NOW
    with pytest.raises(RuleViolation) as dead:
        confirm_invitation(actor=binh, invitation=invited.invitation, now=NOW)
    assert refused(dead) == "invitation_dead"


def test_a_second_invitation_of_the_same_person_needs_both_signatures_again() -> None:
    an, binh, chi = (account(name, SEAT) for name in ("an", "binh", "chi"))
    first = call(an).invitation
    second = call(binh).invitation
    with pytest.raises(RuleViolation) as dead:
        confirm_invitation(actor=chi, invitation=first, now=NOW)
    assert refused(dead) == "invitation_dead"
    with pytest.raises(RuleViolation) as same:
        confirm_invitation(actor=binh, invitation=second, now=NOW)
    assert refused(same) == "same_person"
    assert confirm_invitation(actor=an, invitation=second, now=NOW).is_complete


def test_when_the_inviter_has_left_two_others_have_to_sign() -> None:
    an, binh, chi = (account(name, SEAT) for name in ("an", "binh", "chi"))
    invitation = call(an).invitation
    withdraw(actor=binh, grant=Grant.objects.get(user=an), reason="Thôi", now=NOW)
    assert not confirm_invitation(actor=binh, invitation=invitation, now=NOW).is_complete
    invitation.refresh_from_db()
    assert invitation.is_waiting
    assert confirm_invitation(actor=chi, invitation=invitation, now=NOW).is_complete


def test_other_rights_are_given_by_one_person() -> None:
    an = account("an", SEAT)
    account("binh", SEAT)
    assert not call(an, role=Role.ORGANISER).invitation.needs_second


@pytest.mark.parametrize(
    ("email", "known"),
    [
        ("an+hai@example.vn", "an@example.vn"),
        ("AN+2@EXAMPLE.VN", "an@example.vn"),
        ("n.g.u.y.e.n.an@gmail.com", "nguyenan@gmail.com"),
        ("nguyenan+x@googlemail.com", "nguyen.an@gmail.com"),
        ("an@example.vn", "an+hoithi@example.vn"),
    ],
)
def test_one_mailbox_is_one_member(email: str, known: str) -> None:
    an = account("an", SEAT)
    User.objects.filter(pk=an.pk).update(email=known)
    with pytest.raises(RuleViolation) as same:
        call(an, email)
    assert refused(same) == "same_mailbox"
    assert not call(an, email, Role.OBSERVER).invitation.needs_second


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("an@example.vn", "an@example.vn"),
        ("a.n@example.vn", "a.n@example.vn"),
        ("+an@example.vn", "+an@example.vn"),
        ('"a@b"@example.vn', '"a@b"@example.vn'),
        ("An.B+c@Gmail.com", "anb@gmail.com"),
    ],
)
def test_where_letters_arrive(address: str, box: str) -> None:
    assert mailbox(address) == box


def test_the_window_of_the_inviter_accepts_for_nobody() -> None:
    an = account("an", SEAT)
    invited = call(an)
    window = signed_in(an)
    page = window.get(f"/loi-moi/{invited.token}/").content.decode()
    assert "Cửa sổ này đang đăng nhập bằng tài khoản của an (an@example.vn)" in page
    assert 'type="password"' not in page
    window.post(f"/loi-moi/{invited.token}/", {"password": PASSWORD, "again": PASSWORD})
    assert not User.objects.filter(email="lan@example.vn").exists()
    assert "Lan" in Client().get(f"/loi-moi/{invited.token}/").content.decode()


def test_members_invited_before_givers_were_kept_are_marked_by_their_letters() -> None:
    an = account("an", SEAT)
    join(an, "lan")
    Grant.objects.update(giver=None)
    migration = import_module("hoithi.people.migrations.0004_givers")
    migration.name_givers(apps, None)
    assert [(each.name, each.inviter) for each in lone_members(SCOPE).values()] == [("lan", "an")]
