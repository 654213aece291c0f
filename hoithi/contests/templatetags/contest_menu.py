"""`{% load contest_menu %}`: the menu of a contest for whoever reads the page."""

from __future__ import annotations

from django import template

from hoithi.contests.menu import MenuEntry, menu_of
from hoithi.contests.models import Contest
from hoithi.contests.notices import trial_notice
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, roles_in

register = template.Library()


@register.simple_tag
def contest_menu(contest: Contest, reader: User) -> list[MenuEntry]:
    """`{% contest_menu contest user as menu %}`; asked here once, not by every view. One query."""
    return menu_of(contest.key, roles_in(reader, contest_scope(contest.key)))


@register.simple_tag
def contest_notice(contest: Contest) -> str:
    """`{% contest_notice contest as notice %}`: what a contest that is only tried out must say."""
    return trial_notice(
        is_moved=contest.windows_moved_at is not None, has_samples=contest.is_sample
    )


@register.simple_tag
def contest_roles(contest: Contest, reader: User) -> frozenset[Role]:
    """`{% contest_roles contest user as roles %}`, then `{% if "organiser" in roles %}`. One query.

    For a link that only some readers of a page may follow.
    """
    return roles_in(reader, contest_scope(contest.key))
