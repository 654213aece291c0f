"""Writing bundles."""

from __future__ import annotations

import argparse
from pathlib import Path

from hoithi.config.commands import complain, say
from hoithi.contests.models import Contest
from hoithi.exam.bundling import write_bundle
from hoithi.hall.store.api import StoreError


def bundle(options: argparse.Namespace) -> int:
    """Write everything that decided a contest's prizes."""
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return complain(f"there is no contest {options.contest}")
    partial: Path = options.file.with_name(options.file.name + ".partial")
    try:
        rounds = write_bundle(contest, partial)
        partial.replace(options.file)
    except (OSError, StoreError) as error:
        partial.unlink(missing_ok=True)
        return complain(f"the bundle was not written: {error}")
    say(f"{options.file}: {', '.join(rounds) or 'no round is published yet'}")
    return 0
