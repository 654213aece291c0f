"""How the questions of a graded round were answered (docs/rules/statistics.md).

Worked out with the marks, of each contestant the attempt that counts, and kept beside them.
Nothing here touches a mark: the committee reads it where it rules on questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hoithi.exam.models import Attempt, ItemReport, Package, Sitting
from hoithi.exam.sealing import open_keys
from hoithi.rules import paper
from hoithi.rules.paper import KeysFile, Paper, Questions
from hoithi.rules.scoring import Effect, Ruling
from hoithi.rules.similarity import Question
from hoithi.rules.statistics import ItemFigures, Sheet, item_figures


@dataclass(frozen=True, slots=True)
class Opened:
    """A package with its keys; `package` is its row's."""

    package: int
    questions: Questions
    keys: KeysFile

    def paper_of(self, attempt: Attempt) -> Paper:
        """The paper that an attempt had; its line has to be there already."""
        entry_key = bytes.fromhex(attempt.line.entry_key)
        return paper.draw(self.questions, entry_key, attempt.number)

    def sheet_of(self, attempt: Attempt, faced: Collection[int] | None = None) -> Sheet:
        """Question and chosen option at each place of an attempt's paper, or those it `faced`."""
        items = self.questions.file.items
        served = zip(self.paper_of(attempt), attempt.answers, strict=True)
        return tuple(
            (items[place.item].id, place.order[answer] if 0 <= answer < len(place.order) else -1)
            for at, (place, answer) in enumerate(served)
            if faced is None or at in faced
        )

    def accepted(self, rulings: Iterable[Ruling]) -> dict[str, Question]:
        """Each question with the options that are right by its key or by a ruling."""
        right = {item.id: set(self.keys.keys[item.id]) for item in self.questions.file.items}
        for each in rulings:
            if each.effect is Effect.ACCEPT_ALSO and each.option is not None and each.item in right:
                right[each.item].add(each.option)
        return {
            item.id: Question(frozenset(right[item.id]), len(item.options))
            for item in self.questions.file.items
        }


def open_packages(sittings: Sequence[Sitting]) -> dict[int, Opened]:
    """The package of each sitting, by the sitting's row; one sat twice is opened once."""
    packages = {sitting.package_id: sitting.package for sitting in sittings}
    opened = {
        pk: Opened(pk, paper.read_questions(bytes(package.questions)), open_keys(package))
        for pk, package in packages.items()
    }
    return {sitting.pk: opened[sitting.package_id] for sitting in sittings}


@dataclass(frozen=True, slots=True)
class Figured:
    """A package's figures from so many sheets; not stored yet."""

    package: int
    sheets: int
    figures: tuple[ItemFigures, ...]


def figured(
    opened: Mapping[int, Opened],
    attempts: Iterable[Attempt],
    rulings: Sequence[Ruling],
    faced: Mapping[int, Collection[int]] | None = None,
) -> tuple[Figured, ...]:
    """The figures of every package that was sat; `faced` are the places of its paper at which each
    attempt was asked, by its key, where that is not the whole paper."""
    packages = {each.package: each for each in opened.values()}
    sheets: dict[int, list[Sheet]] = {package: [] for package in packages}
    for attempt in attempts:
        package = opened[attempt.sitting_id]
        own = faced[attempt.pk] if faced is not None else None
        sheets[package.package].append(package.sheet_of(attempt, own))
    return tuple(
        Figured(pk, len(sheets[pk]), item_figures(sheets[pk], package.accepted(rulings)))
        for pk, package in packages.items()
    )


def store_reports(found: Iterable[Figured], now: datetime) -> None:
    for each in found:
        ItemReport.objects.create(
            package_id=each.package,
            sheets=each.sheets,
            figures=msgspec.to_builtins(each.figures),
            made_at=now,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What a page shows of the newest report: figures by question."""

    sheets: int
    made_at: datetime
    figures: Mapping[str, ItemFigures]


def newest_report(package: Package) -> Report | None:
    """None before the package's round is graded, and of figures that another version has kept in
    another form: grading makes them anew. One query."""
    row = package.item_reports.order_by("-pk").first()
    if row is None:
        return None
    try:
        figures = msgspec.convert(row.figures, tuple[ItemFigures, ...], strict=False)
    except msgspec.ValidationError:
        return None
    return Report(row.sheets, row.made_at, {each.item: each for each in figures})
