"""Loading a plan file into the database, and writing it back."""

from __future__ import annotations

import argparse
import sys

from django.utils import timezone

from hoithi.config.commands import complain, say
from hoithi.config.commands.plans import refuse
from hoithi.contests.actions import export_plan, load_plan
from hoithi.contests.models import Contest
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
    say(f"{loaded.contest.key}: " + ("loaded" if loaded.changed else "nothing has changed"))
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the plan in force as a file that loads to the same contest."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}")
    sys.stdout.write(export_plan(contest))
    return 0
