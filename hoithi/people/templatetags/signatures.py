"""`{% load signatures %}`: what has to be said beside two signatures."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from hoithi.people.permissions import contest_scope
from hoithi.people.signers import LoneMember, lone_members
from hoithi.web.wording import day

register = template.Library()
_KEPT = "lone_members_of_"


@register.simple_tag(takes_context=True)
def lone_signers(
    context: Context, contest: str, first: int | None, second: int | None = None
) -> str:
    """`{% lone_signers contest.key approval.first_id approval.second_id %}`: which of those who
    signed was brought into the committee by one member alone. One query a page."""
    kept = _KEPT + contest
    root = context.dicts[0]
    if kept not in root:
        root[kept] = lone_members(contest_scope(contest), former=True)
    lone: Mapping[int, LoneMember] = root[kept]
    others = {first: second, second: first}
    return format_html_join(
        "",
        '<div class="band band-warn"><p>{}</p></div>',
        (
            (_sentence(lone[signer], is_first=signer == first, other=other),)
            for signer, other in others.items()
            if signer is not None and signer in lone
        ),
    )


def _sentence(member: LoneMember, *, is_first: bool, other: int | None) -> str:
    facts = {"name": member.name, "inviter": member.inviter, "day": day(member.since)}
    if other != member.inviter_id:
        text = _(
            "%(name)s was brought into the committee by %(inviter)s alone on %(day)s; nobody "
            "independent has confirmed it."
        )
    elif is_first:
        text = _(
            "The first signer (%(name)s) was invited by the second signer (%(inviter)s) alone on "
            "%(day)s; nobody independent has confirmed it."
        )
    else:
        text = _(
            "The second signer (%(name)s) was invited by the first signer (%(inviter)s) alone on "
            "%(day)s; nobody independent has confirmed it."
        )
    return text % facts
