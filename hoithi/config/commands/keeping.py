"""Backing up, restoring, and looking whether all is well."""

from __future__ import annotations

import argparse

from hoithi.config import backup as backups
from hoithi.config.commands import complain, say
from hoithi.config.doctor import examine


def backup(options: argparse.Namespace) -> int:
    """Write one file of everything."""
    try:
        say(backups.back_up(options.file))
    except backups.BackupError as error:
        return complain(str(error))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup into an empty folder of data."""
    try:
        say(backups.restore(options.file))
    except backups.BackupError as error:
        return complain(str(error))
    return 0


def doctor(_options: argparse.Namespace) -> int:
    """One line a thing; exit code 1 when something is bad."""
    findings = examine()
    for finding in findings:
        say(f"{finding.state:<4}  {finding.what}: {finding.detail}")
    return 1 if any(finding.state == "bad" for finding in findings) else 0
