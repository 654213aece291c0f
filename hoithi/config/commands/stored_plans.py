"""Loading a plan file into the database, and writing it back."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from hoithi.config.commands import complain, say
from hoithi.config.commands.plans import refuse
from hoithi.contests.actions import export_plan, load_plan
from hoithi.contests.models import Contest, PlanProposal
from hoithi.contests.plan.reading import PlanError, read_bytes


def load(options: argparse.Namespace) -> int:
    """Load a plan file; loading it again changes nothing."""
    try:
        loaded = load_plan(
            content=read_bytes(options.file),
            actor_id="command line",
            actor_name="hoithi plan load",
            now=timezone.now(),
        )
    except PlanError as error:
        return refuse(options, error.problems)
    if loaded.proposal is not None:
        return _waits(loaded.proposal)
    say(f"{loaded.contest.key}: " + ("loaded" if loaded.changed else "nothing has changed"))
    return 0


def _waits(proposal: PlanProposal) -> int:
    """Say what one person may not change, and who confirms it where."""
    key = proposal.contest.key
    say(
        f"{key}: not loaded. The questions of a round are sealed or its marks known, and the file "
        "changes its rules:"
    )
    for name, before, now in proposal.changes:
        say(f"  {name}: {before or 'none'} -> {now or 'none'}")
    page = reverse("desk:plan", args=[key])
    say(f"Two members of the committee confirm it at {settings.PUBLIC_URL}{page}")
    return 1


def export(options: argparse.Namespace) -> int:
    """Write the plan in force as a file that loads to the same contest."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}")
    sys.stdout.write(export_plan(contest))
    return 0
