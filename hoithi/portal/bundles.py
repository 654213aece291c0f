"""The contest's bundle as a file to download: written when first asked for, then kept."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from hoithi.contests.models import Contest
from hoithi.exam.bundling import write_bundle
from hoithi.exam.secrecy import closed_rounds
from hoithi.portal.queries.trust import edition_of, is_settled


def bundle_of(contest: Contest, now: datetime) -> Path | None:
    """The bundle of what is published now; nothing until every official round is, while a round
    may still draw from the questions of another, or while a correction is on its way.

    Readers see the whole file or none: it is written beside and moved.
    """
    edition = edition_of(contest, list(contest.rounds.all()))
    if not edition:
        return None
    target = Path(settings.FILES) / "bundles" / f"{contest.key}-{edition}.zip"
    if target.exists():
        return target
    if closed_rounds(contest, now) or not is_settled(contest):
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        partial = Path(folder) / target.name
        write_bundle(contest, partial, now)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.rename(target)
    return target
