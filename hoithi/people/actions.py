"""Giving and withdrawing rights, inviting people, and acts that need two of them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from hoithi.audit.actions import record
from hoithi.people.letters import invitation_letter, post, second_factor_letter
from hoithi.people.models import Approval, Grant, Invitation, Role, ScopeKind, User
from hoithi.people.permissions import Scope, has_role
from hoithi.people.signers import check_mailbox, lone_members, needs_second
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import tidy

INVITATION_DAYS = 14
INVITATION = "invitation"  # the kind of approval that an invitation into a committee needs


@transaction.atomic
def give(
    *,
    user: User,
    role: Role,
    scope: Scope,
    actor_id: str,
    actor_name: str,
    now: datetime,
    giver: User | None = None,
    voucher: User | None = None,
) -> Grant:
    """Give a right; giving it again changes nothing.

    `giver` is the user whose act it is, none for the command line; `voucher` another one who
    confirmed it. Who may give what has been asked before.
    """
    grant, made = Grant.objects.get_or_create(
        user=user,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        withdrawn_at=None,
        defaults={
            "given_by": actor_name,
            "given_at": now,
            "giver": giver,
            "vouched_by": voucher.name if voucher else "",
            "vouched_at": now if voucher else None,
        },
    )
    if made:
        facts = {"role": role.value, "scope": f"{scope.kind}:{scope.id}"}
        if role == Role.COMMITTEE and giver is not None:
            facts["confirmed_by"] = voucher.name if voucher else ""
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action="people.give",
            target=f"user:{user.pk}",
            now=now,
            after=facts,
        )
    return grant


@transaction.atomic
def vouch_from_outside(*, user: User, scope: Scope, who: str, now: datetime) -> None:
    """Confirm a member whom one other member brought in alone; done by the machine's keeper."""
    changed = Grant.objects.filter(
        user=user,
        role=Role.COMMITTEE,
        scope_kind=scope.kind,
        scope_id=scope.id,
        withdrawn_at=None,
        vouched_at=None,
    ).exclude(giver=None)
    if changed.update(vouched_by=who, vouched_at=now):
        record(
            actor_id="0",
            actor_name=who,
            action="people.vouch",
            target=f"user:{user.pk}",
            now=now,
            after={"role": Role.COMMITTEE.value, "scope": f"{scope.kind}:{scope.id}"},
        )


@transaction.atomic
def withdraw(*, actor: User, grant: Grant, reason: str, now: datetime) -> None:
    """Take a right back; the row stays. With a seat in the committee goes what its holder has put
    forward and nobody has signed yet.

    Raises RuleViolation: `own_right`, `not_of_committee`.
    """
    if grant.user_id == actor.pk:
        raise RuleViolation("own_right")
    scope = _scope_of(grant)
    check_may_give(actor, Role(grant.role), scope)
    changed = Grant.objects.filter(pk=grant.pk, withdrawn_at=None).update(
        withdrawn_at=now, reason=tidy(reason)
    )
    if not changed:
        return
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="people.withdraw",
        target=f"user:{grant.user_id}",
        now=now,
        before={"role": grant.role, "scope": f"{grant.scope_kind}:{grant.scope_id}"},
    )
    if grant.role == Role.COMMITTEE:
        waiting = Approval.objects.filter(
            first=grant.user_id,
            scope_kind=scope.kind,
            scope_id=scope.id,
            second=None,
            refused_at=None,
        )
        for approval in waiting:
            _close(actor, approval, now)


def _scope_of(row: Grant | Invitation | Approval) -> Scope:
    return Scope(ScopeKind(row.scope_kind), row.scope_id)


def check_may_give(actor: User, role: Role, scope: Scope) -> None:
    """A seat in the committee is given and taken by the committee: its members sign as second
    persons, so nobody below it may choose them. Raises RuleViolation `not_of_committee`."""
    if role == Role.COMMITTEE and not has_role(actor, [Role.COMMITTEE], scope):
        raise RuleViolation("not_of_committee")


@transaction.atomic
def take_second_factor_off(
    *, user: User, reason: str, actor_id: str, actor_name: str, now: datetime
) -> None:
    """Let somebody who lost phone and recovery codes set up a new phone; a letter tells them."""
    Authenticator.objects.filter(user=user).delete()
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="people.second_factor_off",
        target=f"user:{user.pk}",
        now=now,
        after={"reason": reason},
    )
    transaction.on_commit(partial(post, second_factor_letter(user)))


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the one copy of its token, for the letter; it opens nothing while the
    invitation waits for a second member of the committee."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    *,
    actor: User,
    email: str,
    name: str,
    role: Role,
    scope: Scope,
    now: datetime,
    scope_name: str = "",
) -> Invited:
    """Invite somebody to a role; the letter goes once this is committed.

    An invitation into a committee that has ever had two members is the first of two signatures:
    the letter goes when another member has confirmed it. An open invitation of the same person to
    the same role is replaced: one letter opens.
    Raises RuleViolation: `not_of_committee`, `holds_right_already`, `same_mailbox`.
    """
    check_may_give(actor, role, scope)
    address, name = tidy(email).lower(), tidy(name)
    holder = User.objects.filter(email=address).first()
    if holder is not None and has_role(holder, [role], scope):
        raise RuleViolation("holds_right_already", name=holder.name)
    check_mailbox(role, scope, address)
    for older in Invitation.objects.filter(
        email=address,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        accepted_at=None,
        withdrawn_at=None,
    ):
        _close_invitation(actor, older, now)
    waits = needs_second(role, scope)
    token = _new_token()
    invitation = Invitation.objects.create(
        email=address,
        name=name,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        scope_name=scope_name,
        token_hash=_hash(token),
        invited_by=actor,
        invited_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
        needs_second=waits,
    )
    _record_invitation(actor, "people.invite", invitation, now)
    if waits:
        _sign_invitation(actor, invitation, now)
    else:
        transaction.on_commit(partial(_post_invitation, invitation, token, now))
    return Invited(invitation, token)


def _sign_invitation(actor: User, invitation: Invitation, now: datetime) -> Approval:
    return approve(
        actor=actor,
        kind=INVITATION,
        scope=_scope_of(invitation),
        subject=f"invitation:{invitation.pk}",
        subject_hash=_hash(f"{invitation.email} {invitation.name}"),
        reason="",
        now=now,
    )


@transaction.atomic
def confirm_invitation(*, actor: User, invitation: Invitation, now: datetime) -> Approval:
    """Sign an invitation into the committee as the second member; the letter goes.

    Raises RuleViolation: `invitation_dead` for one that waits for nobody, and those of `approve`.
    """
    invitation.refresh_from_db()
    if not invitation.is_waiting or invitation.withdrawn_at is not None:
        raise RuleViolation("invitation_dead")
    approval = _sign_invitation(actor, invitation, now)
    if approval.is_complete:
        token = _new_token()
        invitation.confirmed_by, invitation.confirmed_at = actor, now
        invitation.token_hash = _hash(token)
        invitation.expires_at = now + timedelta(days=INVITATION_DAYS)
        invitation.save(update_fields=["confirmed_by", "confirmed_at", "token_hash", "expires_at"])
        transaction.on_commit(partial(_post_invitation, invitation, token, now))
    return approval


@transaction.atomic
def invite_again(*, actor: User, invitation: Invitation, now: datetime) -> Invited:
    """Send a new letter for an invitation; the link of the old letter dies.

    Raises RuleViolation: `not_of_committee`, `invitation_waits` for a second member of the
    committee, `invitation_dead` for one that was accepted or withdrawn.
    """
    check_may_give(actor, Role(invitation.role), _scope_of(invitation))
    invitation.refresh_from_db()
    if invitation.is_waiting:
        raise RuleViolation("invitation_waits")
    token = _new_token()
    changed = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None
    ).update(
        token_hash=_hash(token), expires_at=now + timedelta(days=INVITATION_DAYS), sent_at=None
    )
    if not changed:
        raise RuleViolation("invitation_dead")
    invitation.refresh_from_db()
    _record_invitation(actor, "people.invite_again", invitation, now)
    transaction.on_commit(partial(_post_invitation, invitation, token, now))
    return Invited(invitation, token)


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation: Invitation, now: datetime) -> None:
    """Make the link of a letter useless; one that was accepted stays as it is.

    Raises RuleViolation: `not_of_committee`, `invitation_dead`.
    """
    check_may_give(actor, Role(invitation.role), _scope_of(invitation))
    if not _close_invitation(actor, invitation, now):
        raise RuleViolation("invitation_dead")
    _record_invitation(actor, "people.withdraw_invitation", invitation, now)


def _close_invitation(actor: User, invitation: Invitation, now: datetime) -> bool:
    """Whether it was open; now it opens nothing, and nobody is asked to confirm it."""
    changed = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    for approval in Approval.objects.filter(
        kind=INVITATION, subject=f"invitation:{invitation.pk}", second=None, refused_at=None
    ):
        _close(actor, approval, now)
    return bool(changed)


def _record_invitation(actor: User, action: str, invitation: Invitation, now: datetime) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=action,
        target=f"invitation:{invitation.pk}",
        now=now,
        after={
            "role": invitation.role,
            "scope": f"{invitation.scope_kind}:{invitation.scope_id}",
        },
    )


def _post_invitation(invitation: Invitation, token: str, now: datetime) -> None:
    if post(invitation_letter(invitation, token)):
        Invitation.objects.filter(pk=invitation.pk).update(sent_at=now)


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation that a token opens now."""
    return (
        Invitation.objects.filter(
            token_hash=_hash(token), accepted_at=None, withdrawn_at=None, expires_at__gt=now
        )
        .exclude(needs_second=True, confirmed_at=None)
        .select_related("invited_by", "confirmed_by")
        .first()
    )


@transaction.atomic
def accept_invitation(*, token: str, password: str, now: datetime) -> User:
    """Make the account of the person invited, and give the right.

    Raises RuleViolation: `invitation_dead`, `account_exists`: its holder signs in to accept.
    """
    invitation = _take_invitation(token, now)
    if User.objects.filter(email=invitation.email).exists():
        raise RuleViolation("account_exists")
    user = User.objects.create_user(invitation.email, invitation.name, password)
    _give_invited(invitation, user, now)
    return user


@transaction.atomic
def accept_as_holder(*, actor: User, token: str, now: datetime) -> None:
    """Give the right to the person invited, who has an account and is signed in.

    Raises RuleViolation: `invitation_dead`, `invitation_of_another`.
    """
    invitation = _take_invitation(token, now)
    if invitation.email != actor.email:
        raise RuleViolation("invitation_of_another")
    _give_invited(invitation, actor, now)


def _take_invitation(token: str, now: datetime) -> Invitation:
    invitation = find_invitation(token, now)
    if invitation is None:
        raise RuleViolation("invitation_dead")
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        accepted_at=now
    )
    if not taken:
        raise RuleViolation("invitation_dead")
    return invitation


def _give_invited(invitation: Invitation, user: User, now: datetime) -> None:
    """Give the right. Who was confirmed by somebody lone, or for somebody lone, is lone too, also
    where that one has left meanwhile.

    Raises RuleViolation `same_mailbox`: of two letters to one mailbox only one is accepted.
    """
    scope = _scope_of(invitation)
    check_mailbox(Role(invitation.role), scope, user.email)
    voucher = invitation.confirmed_by
    lone = lone_members(scope, former=True).keys()
    if voucher is not None and lone & {voucher.pk, invitation.invited_by_id}:
        voucher = None
    give(
        user=user,
        role=Role(invitation.role),
        scope=scope,
        actor_id=str(invitation.invited_by_id),
        actor_name=invitation.invited_by.name,
        now=now,
        giver=invitation.invited_by,
        voucher=voucher,
    )


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def approve(
    *,
    actor: User,
    kind: str,
    scope: Scope,
    subject: str,
    subject_hash: str,
    reason: str,
    now: datetime,
) -> Approval:
    """Sign an act that needs two people: the first call proposes it, the second completes it.

    Raises RuleViolation: `not_of_committee`, `same_person`, `already_approved`, `already_refused`,
    and `first_has_left` when the first person is no longer of the committee.
    """
    if not has_role(actor, [Role.COMMITTEE], scope):
        raise RuleViolation("not_of_committee")
    reason = tidy(reason)
    # Of two who sign first at the same moment, one has signed first.
    standing, is_first = Approval.objects.get_or_create(
        kind=kind,
        subject=subject,
        subject_hash=subject_hash,
        refused_at=None,
        defaults={
            "scope_kind": scope.kind,
            "scope_id": scope.id,
            "reason": reason,
            "first": actor,
            "first_at": now,
        },
    )
    if not is_first:
        _complete(standing, actor, now)
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"approve.{kind}.{'first' if is_first else 'second'}",
        target=subject,
        now=now,
        after={
            "hash": subject_hash,
            "reason": reason,
            "scope": f"{scope.kind}:{scope.id}",
            **_invited_alone(actor, scope),
        },
    )
    return standing


def _invited_alone(signer: User, scope: Scope) -> dict[str, str]:
    """What the log says of a signature whose holder one other member brought in alone."""
    lone = lone_members(scope).get(signer.pk)
    if lone is None:
        return {}
    return {"invited_alone_by": lone.inviter, "invited_at": lone.since.isoformat()}


def _complete(standing: Approval, actor: User, now: datetime) -> None:
    if standing.is_complete:
        raise closed(standing)
    if standing.first_id == actor.pk:
        raise RuleViolation("same_person")
    if not has_role(standing.first, [Role.COMMITTEE], _scope_of(standing)):
        raise RuleViolation("first_has_left")
    if not _still_open(standing).update(second=actor, second_at=now):
        raise closed(standing)
    standing.refresh_from_db()


@transaction.atomic
def refuse(*, actor: User, approval: Approval, now: datetime) -> None:
    """Refuse what waits for a second person, or take back what one has put forward oneself.

    The same can be put forward again. Raises RuleViolation: `not_of_committee`,
    `already_approved`, `already_refused`.
    """
    if not has_role(actor, [Role.COMMITTEE], _scope_of(approval)):
        raise RuleViolation("not_of_committee")
    if not _close(actor, approval, now):
        raise closed(approval)


def _close(actor: User, approval: Approval, now: datetime) -> bool:
    """Whether it was still open; now it is refused."""
    changed = _still_open(approval).update(refused_at=now)
    if changed:
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action=f"approve.{approval.kind}.refused",
            target=approval.subject,
            now=now,
            after={
                "hash": approval.subject_hash,
                "scope": f"{approval.scope_kind}:{approval.scope_id}",
            },
        )
    return bool(changed)


def _still_open(approval: Approval) -> QuerySet[Approval]:
    return Approval.objects.filter(pk=approval.pk, second=None, refused_at=None)


def closed(approval: Approval) -> RuleViolation:
    """Why nobody can sign or refuse this any more: `already_refused` or `already_approved`."""
    approval.refresh_from_db()
    return RuleViolation("already_refused" if approval.refused_at else "already_approved")
