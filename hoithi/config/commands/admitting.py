"""Letting the first person into a contest, and back in whoever has lost the phone."""

from __future__ import annotations

import argparse
import os

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from hoithi.config.commands import complain, say
from hoithi.contests.models import Contest
from hoithi.people.actions import take_second_factor_off
from hoithi.people.first import let_in
from hoithi.people.models import User
from hoithi.people.permissions import contest_scope
from hoithi.rules.vietnamese import tidy

_LONGEST_NAME = 200


def admit(options: argparse.Namespace) -> int:
    """Make somebody a member of the committee and organiser of a contest."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}; load its plan first")
    try:
        validate_email(options.email)
    except ValidationError:
        return complain(f"{options.email} is not an e-mail address")
    if not 0 < len(tidy(options.name)) <= _LONGEST_NAME:
        return complain(f"a name has 1 to {_LONGEST_NAME} letters")
    link = let_in(
        email=options.email,
        name=options.name,
        scope=contest_scope(contest.key),
        now=timezone.now(),
    )
    say(f"{options.email}: committee and organiser of {contest.key}")
    if link:
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        say(f"To set a password within {days} days:  {link}")
        if not {"HOITHI_PUBLIC_URL", "HOITHI_DESK_PORT"} & set(os.environ):
            say(
                f"The desk is taken to be at {settings.PUBLIC_URL}. Where it is not, put its "
                "address into the link, and set HOITHI_PUBLIC_URL as for hoithi serve"
            )
    return 0


def second_step_off(options: argparse.Namespace) -> int:
    """Take somebody's second factor off; the next sign-in sets up a new one."""
    user = User.objects.filter(email=options.email.strip().lower()).first()
    if user is None:
        return complain(f"there is no account {options.email}")
    take_second_factor_off(
        user=user,
        reason=options.reason,
        actor_id="command line",
        actor_name="hoithi second-step-off",
        now=timezone.now(),
    )
    say(f"{user.email}: the next sign-in sets up a new phone")
    return 0
