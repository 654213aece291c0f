"""Writing bundles."""

from __future__ import annotations

import argparse

from hoithi.config.commands import complain, say
from hoithi.contests.models import Contest
from hoithi.exam.bundling import write_bundle


def bundle(options: argparse.Namespace) -> int:
    """Write everything that decided a contest's prizes."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}")
    rounds = write_bundle(contest, options.file)
    say(f"{options.file}: {', '.join(rounds) or 'no round is published yet'}")
    return 0
