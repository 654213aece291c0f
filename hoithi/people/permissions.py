"""The question every view asks: may this person do this here?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hoithi.people.models import Grant, Role, ScopeKind, Unit, User


@dataclass(frozen=True, slots=True)
class Scope:
    """What a right is about; the id is opaque to this room."""

    kind: ScopeKind
    id: str


def contest_scope(key: str) -> Scope:
    return Scope(ScopeKind.CONTEST, key)


def unit_scope(unit_id: int) -> Scope:
    return Scope(ScopeKind.UNIT, str(unit_id))


def has_role(user: User, roles: Iterable[Role], scope: Scope) -> bool:
    """Whether a standing grant gives one of the roles in the scope. One query."""
    return Grant.objects.filter(
        user=user,
        role__in=list(roles),
        scope_kind=scope.kind,
        scope_id=scope.id,
        withdrawn_at__isnull=True,
    ).exists()


def may_act_for(user: User, unit: Unit) -> bool:
    """The officer of a unit, and the organisers of the contest whose key its tree bears."""
    return has_role(user, [Role.UNIT_OFFICER], unit_scope(unit.pk)) or has_role(
        user, [Role.ORGANISER], contest_scope(unit.tree)
    )


def roles_in(user: User, scope: Scope) -> frozenset[Role]:
    """Every role that somebody has in a scope. One query."""
    roles = Grant.objects.filter(
        user=user, scope_kind=scope.kind, scope_id=scope.id, withdrawn_at__isnull=True
    ).values_list("role", flat=True)
    return frozenset(Role(role) for role in roles)


def scopes_of(user: User, kind: ScopeKind, roles: Iterable[Role] = tuple(Role)) -> list[str]:
    """Ids of the things of a kind in which the user has one of the roles."""
    return list(
        Grant.objects.filter(
            user=user, role__in=list(roles), scope_kind=kind, withdrawn_at__isnull=True
        )
        .order_by("scope_id")
        .values_list("scope_id", flat=True)
        .distinct()
    )


def holders(role: Role, scope: Scope) -> list[User]:
    """Who has a role in a scope, by name."""
    grants = Grant.objects.filter(
        role=role, scope_kind=scope.kind, scope_id=scope.id, withdrawn_at__isnull=True
    )
    return list(User.objects.filter(grants__in=grants, is_active=True).order_by("name", "pk"))
