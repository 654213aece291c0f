"""Whether two signatures are those of two independent people (docs/decisions/0014).

Members of the committee sign as second persons. A member whom one other member brought in alone,
with nobody independent to confirm it, is *lone*: such a signature counts, since a committee has to
begin somewhere, and says so wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hoithi.people.models import Grant, Role, User
from hoithi.people.permissions import Scope
from hoithi.rules.errors import RuleViolation

_NO_DOTS = ("gmail.com", "googlemail.com")


@dataclass(frozen=True, slots=True)
class LoneMember:
    """A member of the committee, and who alone invited them."""

    user_id: int
    name: str
    inviter_id: int
    inviter: str
    since: datetime


def lone_members(scope: Scope, *, former: bool = False) -> Mapping[int, LoneMember]:
    """The lone members of a committee by their user's id; with `former` those who have left too,
    whose signatures stay. One query."""
    grants = Grant.objects.filter(
        role=Role.COMMITTEE, scope_kind=scope.kind, scope_id=scope.id, vouched_at=None
    ).exclude(giver=None)
    if not former:
        grants = grants.filter(withdrawn_at=None, user__is_active=True)
    return {
        each.user_id: LoneMember(
            each.user_id, each.user.name, each.giver.pk, each.giver.name, each.given_at
        )
        for each in grants.select_related("user", "giver").order_by("pk")
        if each.giver is not None
    }


def needs_second(role: Role, scope: Scope) -> bool:
    """Whether giving a role takes two people: a seat in a committee that has ever had two.

    Ever: who takes the right of the only other member back is not alone again.
    """
    if role != Role.COMMITTEE:
        return False
    had = Grant.objects.filter(role=role, scope_kind=scope.kind, scope_id=scope.id)
    return had.order_by().values("user").distinct().count() > 1


def check_mailbox(role: Role, scope: Scope, address: str) -> None:
    """Raises RuleViolation `same_mailbox` when letters to the address of a new member reach the
    mailbox of somebody who is, or was, of the committee."""
    if role != Role.COMMITTEE:
        return
    had = Grant.objects.filter(role=role, scope_kind=scope.kind, scope_id=scope.id)
    others = User.objects.filter(grants__in=had).exclude(email=address).distinct()
    for other in others:
        if mailbox(other.email) == mailbox(address):
            raise RuleViolation("same_mailbox", name=other.name)


def mailbox(address: str) -> str:
    """Where letters to an address arrive: without what some servers let everybody add to it."""
    name, _, server = address.lower().rpartition("@")
    name = name.partition("+")[0] or name
    if server in _NO_DOTS:
        name, server = name.replace(".", ""), _NO_DOTS[0]
    return f"{name}@{server}"
