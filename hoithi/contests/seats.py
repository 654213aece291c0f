"""Which right goes with a seat in which body of a contest (design 4.4, docs/decisions/0005)."""

from __future__ import annotations

from collections.abc import Mapping

from hoithi.people.models import Role

# Bodies by their keys in plan files; whoever sits in any other one may read.
_ROLES: Mapping[str, Role] = {
    "ban-to-chuc": Role.COMMITTEE,
    "to-thu-ky": Role.ORGANISER,
    "to-de-thi": Role.QUESTIONS,
}


def role_of_body(body: str) -> Role:
    """The right that somebody with an account has from a seat in a body."""
    return _ROLES.get(body, Role.OBSERVER)
