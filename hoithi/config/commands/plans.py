"""Checking plan files; needs no database."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hoithi.config.commands import say
from hoithi.contests.plan.checking import check_files, check_plan, remarks
from hoithi.contests.plan.reading import PlanError, Problem, read_plan
from hoithi.contests.plan.sentences import sentence


def check(options: argparse.Namespace) -> int:
    """Name every error of a plan file, and of a good one what this version does not act on."""
    try:
        plan = read_plan(options.file)
        problems = [*check_plan(plan), *check_files(plan, options.file.parent)]
    except PlanError as error:
        return refuse(options, error.problems)
    if problems:
        return refuse(options, problems)
    say(f"{options.file}: " + ("hợp lệ." if options.language == "vi" else "valid."))
    note = "Lưu ý" if options.language == "vi" else "Note"
    for remark in remarks(plan):
        say(f"{options.file}: {note}, {remark.key}: {sentence(remark, options.language)}")
    return 0


def refuse(options: argparse.Namespace, problems: Sequence[Problem]) -> int:
    for problem in problems:
        key = f" {problem.key}:" if problem.key else ""
        say(f"{options.file}:{key} {sentence(problem, options.language)}")
    return 1
