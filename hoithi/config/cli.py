"""`hoithi`: the command line of an installation.

Each command names the function that does it; its module is imported when it is called, after
Django has been set up where it is needed, so that `hoithi verify` runs where Django is missing.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hoithi.config.commands import complain, named


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 1: not done, a sentence says why; 2: not understood."""
    options = _parser().parse_args(arguments)
    try:
        return _does(options)
    except KeyboardInterrupt:  # Ctrl-C before anything is served, or in the middle of one command
        # Pressed again while the process clears up, it would end it by the signal.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return complain("Stopped.")


def _does(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
    if getattr(options, "lan", False):
        lan = importlib.import_module("hoithi.config.lan")
        lan.use_lan_address(os.environ, lan.lan_addresses())
    if not options.django:
        return named(options.does)(options)
    starting = importlib.import_module("hoithi.config.starting")
    code: int = starting.run_with_desk(options.does, options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hoithi", description="Runs a contest of a province.")
    parser.set_defaults(django=True, cannot=1)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, does, text in (
        ("run", "serving:run", "set up the sample contest if needed, then serve"),
        ("serve", "serving:serve", "start desk, hall and worker"),
    ):
        serve = commands.add_parser(name, help=text)
        serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
        serve.add_argument("--lan", action="store_true", help="listen for the local network too")
        serve.set_defaults(does=does)
    for name, does, text in (
        ("setup", "serving:setup", "databases, catalogues, static files"),
        ("codes", "serving:codes", "sign-in codes of the sample accounts"),
        ("worker", "serving:worker", "do long work, until stopped"),
        ("doctor", "keeping:doctor", "what is well and what is not"),
    ):
        commands.add_parser(name, help=text).set_defaults(does=does)
    sample = commands.add_parser("sample-list", help="a list with faults, to be sent and mended")
    sample.add_argument("file", type=Path)
    sample.set_defaults(does="serving:sample_list")
    _add_plan(commands.add_parser("plan", help="check, load or export a plan file"))
    admit = commands.add_parser("admit", help="let the first organiser into a contest")
    for argument in ("contest", "email", "name"):
        admit.add_argument(argument)
    admit.set_defaults(does="admitting:admit")
    off = commands.add_parser("second-step-off", help="for somebody who lost phone and codes")
    off.add_argument("email")
    off.add_argument("reason", help="how you know who is asking; kept in the log")
    off.set_defaults(does="admitting:second_step_off")
    _add_rehearse(commands.add_parser("rehearse", help="is this server ready for N people?"))
    _add_unit(commands.add_parser("unit", help="rounds that units hold on their own laptops"))
    bundle = commands.add_parser("bundle", help="write everything that decided the prizes")
    bundle.add_argument("contest")
    bundle.add_argument("file", type=Path)
    bundle.set_defaults(does="bundling:bundle")
    for name, text in (
        ("backup", "one file of everything, also while a round runs"),
        ("restore", "put a backup into an empty folder of data"),
    ):
        keep = commands.add_parser(name, help=text)
        keep.add_argument("file", type=Path)
        keep.set_defaults(does=f"keeping:{name}")
    for name, does, django, text in (
        ("verify", "verifying:verify", False, "check a published bundle"),
        ("manage", "serving:manage", True, "Django's own commands"),
    ):
        passed_on = commands.add_parser(name, help=text, add_help=False, prefix_chars="\0")
        passed_on.add_argument("rest", nargs="*")
        passed_on.set_defaults(does=does, django=django)
    return parser


def _add_rehearse(rehearse: argparse.ArgumentParser) -> None:
    """Exit code 0: ready; 1: not ready; 2: could not be played; 3: gave way to an exam."""
    for name, default, text in (
        ("--contestants", "100", "so many people at once, 1 to 20,000"),
        ("--minutes", "20", "time for one attempt, 1 to 180"),
        ("--contest", "", "key of a contest: its round is copied, with other questions"),
        ("--round", "", "key of its round"),
        # For tests: a round within seconds.
        ("--seconds", "", argparse.SUPPRESS),
        ("--arriving", "3", argparse.SUPPRESS),
    ):
        rehearse.add_argument(name, default=default, help=text)
    rehearse.add_argument("--pdf", type=Path, default=Path("dien-tap.pdf"), help="the report")
    rehearse.add_argument("--force", action="store_true", help="also while an exam goes on here")
    rehearse.set_defaults(does="rehearsing:rehearse", cannot=2)


def _add_unit(unit: argparse.ArgumentParser) -> None:
    """`kit` and `receive` at the province, `take` and `send` on a unit's laptop."""
    acts = unit.add_subparsers(required=True, metavar="ACTION")
    kit = acts.add_parser("kit", help="make the kit of a unit, and the code that opens it")
    take = acts.add_parser("take", help="make this fresh laptop a unit's by its kit")
    send = acts.add_parser("send", help="write the signed file for the province")
    receive = acts.add_parser("receive", help="check a unit's file and take its marks")
    for each in (kit, send, receive):
        each.add_argument("contest")
        each.add_argument("round")
    kit.add_argument("unit")
    for each in (kit, take, send, receive):
        each.add_argument("file", type=Path)
    for each in (kit, receive):
        each.add_argument("--reason", default="", help="why another one takes its place")
    take.add_argument("code", help="as the province told it")
    take.add_argument(
        "--member",
        nargs=2,
        action="append",
        default=[],
        metavar=("EMAIL", "NAME"),
        help="somebody who may sign here; two are needed",
    )
    for name, each in (("kit", kit), ("take", take), ("send", send), ("receive", receive)):
        each.set_defaults(does=f"travelling:{name}")


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plans = plan.add_subparsers(required=True, metavar="ACTION")
    for name, does, django, text in (
        ("check", "plans:check", False, "name every error of a plan file"),
        ("load", "stored_plans:load", True, "load a plan file; again changes nothing"),
    ):
        reads = plans.add_parser(name, help=text)
        reads.add_argument("file", type=Path)
        reads.add_argument("--language", choices=("vi", "en"), default="vi")
        reads.set_defaults(does=does, django=django)
    export = plans.add_parser("export", help="write the plan in force")
    export.add_argument("contest")
    export.set_defaults(does="stored_plans:export")


if __name__ == "__main__":
    sys.exit(main())
