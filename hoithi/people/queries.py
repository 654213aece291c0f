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
from django.db.models import Q
from django.http import Http404
from django.utils.functional import Promise

from hoithi.people.models import Grant, Invitation, Role, ScopeKind, User
from hoithi.people.permissions import Scope
from hoithi.people.wording import ROLE_NAMES
from hoithi.rules.vietnamese import given_name, name_sort_key

ScopeNames: TypeAlias = Mapping[Scope, str]


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right that somebody holds, and whether the reader may take it back."""

    id: int
    role: Promise
    scope: str
    given_by: str
    given_at: datetime
    can_withdraw: bool


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
    """A letter that has not been answered, and whether the reader may renew or withdraw it."""

    id: int
    name: str
    email: str
    role: Promise
    scope: str
    expires_at: datetime
    is_sent: bool
    is_expired: bool
    can_change: bool


class Welcome(Enum):
    """What the person who opens a letter has to do."""

    CHOOSE_PASSWORD = "choose_password"  # noqa: S105 - a state, no secret
    CONFIRM = "confirm"
    SIGN_IN = "sign_in"


def holders_in(scopes: ScopeNames, reader: User) -> list[Holder]:
    """Who holds rights in the scopes, by given name. Four queries."""
    grants = list(
        Grant.objects.filter(_within(scopes), withdrawn_at=None, user__is_active=True)
        .select_related("user")
        .order_by("scope_kind", "role", "pk")
    )
    seats = _seats_of(reader)
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
                _held(each, scopes, reader, seats) for each in grants if each.user_id == user.pk
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


def _held(grant: Grant, scopes: ScopeNames, reader: User, seats: set[Scope]) -> HeldRight:
    scope = _scope_of(grant)
    return HeldRight(
        id=grant.pk,
        role=ROLE_NAMES[Role(grant.role)],
        scope=scopes[scope],
        given_by=grant.given_by,
        given_at=grant.given_at,
        can_withdraw=grant.user_id != reader.pk
        and (grant.role != Role.COMMITTEE or scope in seats),
    )


def open_invitations(scopes: ScopeNames, reader: User, now: datetime) -> list[OpenInvitation]:
    """Letters without an answer, the newest first. Two queries."""
    seats = _seats_of(reader)
    found = Invitation.objects.filter(_within(scopes), accepted_at=None, withdrawn_at=None)
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
        )
        for each in found.order_by("-pk")
    ]


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
    """What the reader of a letter has to do to accept."""
    if isinstance(reader, User) and reader.email == invitation.email:
        return Welcome.CONFIRM
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
