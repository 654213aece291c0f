"""Giving and withdrawing rights, inviting people, and acts that need two of them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from hoithi.audit.actions import record
from hoithi.people.models import Approval, Grant, Invitation, Role, ScopeKind, User
from hoithi.people.permissions import Scope, has_role
from hoithi.rules.errors import RuleViolation

INVITATION_DAYS = 14


@transaction.atomic
def give(
    *, user: User, role: Role, scope: Scope, actor_id: str, actor_name: str, now: datetime
) -> Grant:
    """Give a right; giving it again changes nothing."""
    grant, made = Grant.objects.get_or_create(
        user=user,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        withdrawn_at=None,
        defaults={"given_by": actor_name, "given_at": now},
    )
    if made:
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action="people.give",
            target=f"user:{user.pk}",
            now=now,
            after={"role": role, "scope": f"{scope.kind}:{scope.id}"},
        )
    return grant


@transaction.atomic
def withdraw(*, actor: User, grant: Grant, reason: str, now: datetime) -> None:
    """Take a right back; the row stays."""
    changed = Grant.objects.filter(pk=grant.pk, withdrawn_at=None).update(
        withdrawn_at=now, reason=reason
    )
    if changed:
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action="people.withdraw",
            target=f"user:{grant.user_id}",
            now=now,
            before={"role": grant.role, "scope": f"{grant.scope_kind}:{grant.scope_id}"},
        )


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the one copy of its token, for the letter."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    *, actor: User, email: str, name: str, role: Role, scope: Scope, now: datetime
) -> Invited:
    """Invite somebody to a role; the token is shown once and only its hash is kept."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=email.strip().lower(),
        name=name,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        token_hash=_hash(token),
        invited_by=actor,
        invited_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="people.invite",
        target=f"invitation:{invitation.pk}",
        now=now,
        after={"role": role, "scope": f"{scope.kind}:{scope.id}"},
    )
    return Invited(invitation, token)


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation that a token opens now."""
    return Invitation.objects.filter(
        token_hash=_hash(token), accepted_at=None, withdrawn_at=None, expires_at__gt=now
    ).first()


@transaction.atomic
def accept_invitation(*, token: str, password: str, now: datetime) -> User:
    """Make the account, or take the one there is, and give the right.

    Raises RuleViolation: `invitation_dead`.
    """
    invitation = find_invitation(token, now)
    if invitation is None:
        raise RuleViolation("invitation_dead")
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if not taken:
        raise RuleViolation("invitation_dead")
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, invitation.name, password)
    give(
        user=user,
        role=Role(invitation.role),
        scope=Scope(ScopeKind(invitation.scope_kind), invitation.scope_id),
        actor_id=str(invitation.invited_by_id),
        actor_name=invitation.invited_by.name,
        now=now,
    )
    return user


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

    Raises RuleViolation: `not_of_committee`, `same_person`, `already_approved`.
    """
    if not has_role(actor, [Role.COMMITTEE], scope):
        raise RuleViolation("not_of_committee")
    standing = Approval.objects.filter(
        kind=kind, subject=subject, subject_hash=subject_hash, refused_at=None
    ).first()
    if standing is None:
        standing = Approval.objects.create(
            kind=kind,
            scope_kind=scope.kind,
            scope_id=scope.id,
            subject=subject,
            subject_hash=subject_hash,
            reason=reason,
            first=actor,
            first_at=now,
        )
        step = "first"
    else:
        standing = _complete(standing, actor, now)
        step = "second"
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"approve.{kind}.{step}",
        target=subject,
        now=now,
        after={"hash": subject_hash, "reason": reason},
    )
    return standing


def _complete(standing: Approval, actor: User, now: datetime) -> Approval:
    if standing.is_complete:
        raise RuleViolation("already_approved")
    if standing.first_id == actor.pk:
        raise RuleViolation("same_person")
    try:
        with transaction.atomic():
            done = Approval.objects.filter(pk=standing.pk, second=None).update(
                second=actor, second_at=now
            )
    except IntegrityError as error:
        raise RuleViolation("same_person") from error
    if not done:
        raise RuleViolation("already_approved")
    standing.refresh_from_db()
    return standing
