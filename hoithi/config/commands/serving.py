"""Setting up, serving, working."""

from __future__ import annotations

import argparse
import os
import signal

from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connections
from django.utils import translation

from hoithi.config.commands import complain, say
from hoithi.config.demo import list_to_try, prepare, staff_lines
from hoithi.config.installing import install
from hoithi.config.lan import lan_lines
from hoithi.config.serve import Addresses, CannotServeError, check_ports, children, supervise
from hoithi.config.tables import wrong_with_tables
from hoithi.contests.notices import notice_of_site
from hoithi.hall.config import NOTICES
from hoithi.jobs.actions import work_for_ever


def _addresses(options: argparse.Namespace) -> Addresses:
    host = "0.0.0.0" if options.lan else str(options.host)  # noqa: S104 - asked for by --lan
    return Addresses(host, settings.DESK_PORT, settings.HALL_PORT)


def serve(options: argparse.Namespace) -> int:
    """Start the three processes and keep them running."""
    addresses = _addresses(options)
    wrong = wrong_with_tables()
    if wrong:
        return complain(f"The database is not ready: {wrong}.")
    try:
        check_ports(addresses)
        say(f"Desk  {settings.PUBLIC_URL}/\nHall  {settings.HALL_URL}")
        for line in lan_lines(settings.PUBLIC_URL) if options.lan else []:
            say(line)
        for language, name in NOTICES.items():
            with translation.override(language):
                os.environ.setdefault(name, notice_of_site())
        connections.close_all()  # the supervisor itself needs none
        supervise(children(addresses))
    except CannotServeError as error:
        return complain(str(error))
    say("Stopped: desk, hall and worker have ended, and everything is on disk.")
    return 0


def setup(_options: argparse.Namespace) -> int:
    """Make tables, catalogues and folders."""
    install()
    return 0


def run(options: argparse.Namespace) -> int:
    """The sample contest, ready to be looked at."""
    if settings.PRODUCTION:
        return complain(
            "hoithi run sets up a sample contest with accounts that everybody knows, which "
            "production refuses. Here it is hoithi setup, hoithi plan load FILE, hoithi "
            "admit, then hoithi serve."
        )
    try:
        check_ports(_addresses(options))
    except CannotServeError as error:
        return complain(str(error))
    install()
    say(prepare())
    return serve(options)


def codes(_options: argparse.Namespace) -> int:
    """The sample accounts' codes of the second step, which change every half minute."""
    if settings.PRODUCTION:
        return complain("there are no sample accounts in production")
    say("\n".join(staff_lines()))
    return 0


def sample_list(options: argparse.Namespace) -> int:
    """A list of made-up people with faults, for the sample unit that has sent none."""
    content = list_to_try()
    if content is None:
        return complain("there is no sample contest here; hoithi run sets it up")
    try:
        options.file.write_bytes(content)
    except OSError as error:
        return complain(f"the list was not written: {error}")
    say(str(options.file))
    return 0


def worker(_options: argparse.Namespace) -> int:
    """Do long work until SIGTERM."""
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, stop)
    work_for_ever(lambda: stopping)
    return 0


def manage(options: argparse.Namespace) -> int:
    """Django's own commands."""
    execute_from_command_line(["hoithi manage", *options.rest])
    return 0
