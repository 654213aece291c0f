"""Writing bundles."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils import timezone

from hoithi.config.commands import complain, say
from hoithi.contests.models import Contest
from hoithi.exam.bundling import write_bundle
from hoithi.exam.secrecy import closed_rounds
from hoithi.hall.store.api import StoreError
from hoithi.portal.queries.trust import corrections_due


def bundle(options: argparse.Namespace) -> int:
    """Write everything that decided a contest's prizes."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}")
    due = corrections_due(contest)
    if due:
        names = ", ".join(name or "the table of units" for name in due)
        return complain(
            f"the bundle was not written: a correction is due ({names}). "
            "Grade again after a ruling and publish the correction, then ask for the bundle"
        )
    now = timezone.now()
    partial: Path = options.file.with_name(options.file.name + ".partial")
    try:
        rounds = write_bundle(contest, partial, now)
        partial.replace(options.file)
    except (OSError, StoreError) as error:
        partial.unlink(missing_ok=True)
        return complain(f"the bundle was not written: {error}")
    say(f"{options.file}: {', '.join(rounds) or 'no round is published yet'}")
    for each, secrecy in closed_rounds(contest, now):
        if each.key in rounds:
            until = f"{timezone.localtime(secrecy.until):%Y-%m-%d %H:%M}"
            say(
                f"{each.key}: without questions and keys until {until}, "
                f"while {secrecy.round} may draw from them"
            )
    return 0
