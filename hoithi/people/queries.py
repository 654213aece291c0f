"""Reading rights: who holds what in a group of scopes, and who is still invited.

The apps above know what a scope is called; they pass names, and the same group authorises what is
fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_
from typing import TypeAlias

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from hoithi.people.models import Grant, Invitation, Role, ScopeKind, User
from hoithi.people.permissions import Scope
from hoithi.people.signers import lone_members
from hoithi.people.wording import ROLE_NAMES
from hoithi.rules.vietnamese import given_name, name_sort_key

ScopeNames: TypeAlias = Mapping[Scope, str]


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right that somebody holds, and whether the reader may take it back; `lone` names who alone
    brought a member of the committee in, where nobody independent has confirmed it."""

    id: int
    role: Promise
    scope: str
    given_by: str
    given_at: datetime
    can_withdraw: bool
    lone: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with at least one right in a group of scopes."""

    name: str
    email: str
    has_second_factor: bool
    rights: tuple[HeldRight, ...]


@dataclass(frozen=True, slots=True)
class NamedRight:
    """Who holds what, in words."""

    holder: str
    role: Promise
    scope: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A letter that has not been answered, and whether the reader may renew or withdraw it.

    One that waits has not been sent: `can_confirm` says whether the reader is who may sign it.
    """

    id: int
    name: str
    email: str
    role: Promise
    scope: str
    expires_at: datetime
    is_sent: bool
    is_expired: bool
    can_change: bool
    is_waiting: bool
    can_confirm: bool
    invited_by: str


class Welcome(Enum):
    """What the person who opens a letter has to do."""

    CHOOSE_PASSWORD = "choose_password"  # noqa: S105 - a state, no secret
    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"


def holders_in(scopes: ScopeNames, reader: User) -> list[Holder]:
    """Who holds rights in the scopes, by given name. Five queries, and one a contest."""
    grants = list(
        Grant.objects.filter(_within(scopes), withdrawn_at=None, user__is_active=True)
        .select_related("user")
        .order_by("scope_kind", "role", "pk")
    )
    seats = _seats_of(reader)
    lone = {
        (scope, each.user_id): each.inviter
        for scope in scopes
        if scope.kind is ScopeKind.CONTEST
        for each in lone_members(scope).values()
    }
    secured = set(
        Authenticator.objects.filter(
            type=Authenticator.Type.TOTP, user__in={each.user_id for each in grants}
        ).values_list("user_id", flat=True)
    )
    users = {each.user_id: each.user for each in grants}
    return [
        Holder(
            name=user.name,
            email=user.email,
            has_second_factor=user.pk in secured,
            rights=tuple(
                _held(each, scopes, reader, seats, lone)
                for each in grants
                if each.user_id == user.pk
            ),
        )
        for user in sorted(users.values(), key=_place)
    ]


def _seats_of(reader: User) -> set[Scope]:
    """The scopes in whose committee the reader sits. One query."""
    return {
        _scope_of(each) for each in reader.grants.filter(role=Role.COMMITTEE, withdrawn_at=None)
    }


def _place(user: User) -> tuple[str, int]:
    return name_sort_key(user.name, given_name(user.name)), user.pk


def _held(
    grant: Grant,
    scopes: ScopeNames,
    reader: User,
    seats: set[Scope],
    lone: Mapping[tuple[Scope, int], str],
) -> HeldRight:
    scope = _scope_of(grant)
    return HeldRight(
        id=grant.pk,
        role=ROLE_NAMES[Role(grant.role)],
        scope=scopes[scope],
        given_by=grant.given_by,
        given_at=grant.given_at,
        can_withdraw=grant.user_id != reader.pk
        and (grant.role != Role.COMMITTEE or scope in seats),
        lone=lone.get((scope, grant.user_id), "") if grant.role == Role.COMMITTEE else "",
    )


def open_invitations(scopes: ScopeNames, reader: User, now: datetime) -> list[OpenInvitation]:
    """Letters without an answer, the newest first. Two queries."""
    seats = _seats_of(reader)
    found = Invitation.objects.filter(
        _within(scopes), accepted_at=None, withdrawn_at=None
    ).select_related("invited_by")
    return [
        OpenInvitation(
            id=each.pk,
            name=each.name,
            email=each.email,
            role=ROLE_NAMES[Role(each.role)],
            scope=scopes[_scope_of(each)],
            expires_at=each.expires_at,
            is_sent=each.sent_at is not None,
            is_expired=each.expires_at <= now,
            can_change=each.role != Role.COMMITTEE or _scope_of(each) in seats,
            is_waiting=each.is_waiting,
            can_confirm=each.is_waiting
            and _scope_of(each) in seats
            and each.invited_by_id != reader.pk,
            invited_by=each.invited_by.name,
        )
        for each in found.order_by("-pk")
    ]


def invitations_to_confirm(scope: Scope, reader: User) -> list[Invitation]:
    """Invitations into a committee that wait for the reader, or another member, to sign."""
    return list(_waiting(scope).exclude(invited_by=reader))


def waiting_addresses(scope: Scope) -> set[str]:
    """Who is to join a committee once a second member has signed, by e-mail. One query."""
    return set(_waiting(scope).values_list("email", flat=True))


def _waiting(scope: Scope) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        _within([scope]),
        needs_second=True,
        confirmed_at=None,
        accepted_at=None,
        withdrawn_at=None,
    )


def grant_within(scopes: Iterable[Scope], pk: int) -> Grant:
    """A standing right in one of the scopes. Raises Http404."""
    found = Grant.objects.filter(_within(scopes), pk=pk, withdrawn_at=None)
    grant = found.select_related("user").first()
    if grant is None:
        raise Http404
    return grant


def named_right(grant: Grant, scopes: ScopeNames) -> NamedRight:
    """A grant in words."""
    return NamedRight(grant.user.name, ROLE_NAMES[Role(grant.role)], scopes[_scope_of(grant)])


def invitation_within(scopes: Iterable[Scope], pk: int) -> Invitation:
    """An invitation in one of the scopes. Raises Http404."""
    invitation = Invitation.objects.filter(_within(scopes), pk=pk).first()
    if invitation is None:
        raise Http404
    return invitation


def welcome_of(invitation: Invitation, reader: User | AnonymousUser) -> Welcome:
    """What the reader of a letter has to do to accept.

    Nobody makes an account for somebody else from a session of their own.
    """
    if isinstance(reader, User):
        return Welcome.CONFIRM if reader.email == invitation.email else Welcome.SIGN_OUT
    if User.objects.filter(email=invitation.email).exists():
        return Welcome.SIGN_IN
    return Welcome.CHOOSE_PASSWORD


def _scope_of(row: Grant | Invitation) -> Scope:
    return Scope(ScopeKind(row.scope_kind), row.scope_id)


def _within(scopes: Iterable[Scope]) -> Q:
    """Rows of the scopes: one condition a kind."""
    ids: dict[ScopeKind, list[str]] = {}
    for scope in scopes:
        ids.setdefault(scope.kind, []).append(scope.id)
    return reduce(
        or_, (Q(scope_kind=kind, scope_id__in=each) for kind, each in ids.items()), Q(pk__in=[])
    )
