"""The first person of a contest, let in from the command line of the installation.

Everybody else is invited on a page by somebody who is there already.
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction

from hoithi.people.actions import give, vouch_from_outside
from hoithi.people.models import Role, User
from hoithi.people.permissions import Scope
from hoithi.rules.vietnamese import tidy


@transaction.atomic
def let_in(*, email: str, name: str, scope: Scope, now: datetime) -> str:
    """Give somebody the rights of committee and organiser, with a new account if there is none.

    Who is of the committee already, brought in by one other member alone, is confirmed by this.

    Answers the link that sets the password, for whoever has none yet; else nothing.
    """
    address = tidy(email).lower()
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, name)
    for role in (Role.COMMITTEE, Role.ORGANISER):
        give(user=user, role=role, scope=scope, actor_id="0", actor_name="hoithi admit", now=now)
    vouch_from_outside(user=user, scope=scope, who="hoithi admit", now=now)
    if user.has_usable_password():
        return ""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return str(get_adapter().get_reset_password_from_key_url(key))
