"""A paper that was handed in, marked once the result of its round is published.

Its questions stand beside their keys when no later round may draw from them any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hoithi.contests.queries import online_plan
from hoithi.exam.models import Attempt, Sitting
from hoithi.exam.sealing import open_keys
from hoithi.exam.secrecy import Secrecy, is_collected
from hoithi.exam.together import kept_of
from hoithi.results.models import Publication
from hoithi.results.pending import rulings_under
from hoithi.rules import paper, scoring
from hoithi.rules.paper import KeysFile, PaperItem, Questions
from hoithi.rules.scoring import Effect, Grade, Ruling


@dataclass(frozen=True, slots=True)
class OwnOption:
    """An option, in the order in which it was served."""

    text: str
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question of the paper; `ruling` is what was decided about it, if anything.

    `is_cancelled` says that it puts nobody out of a round in which all answer together.
    """

    number: int
    stem: str
    options: tuple[OwnOption, ...]
    is_answered: bool
    earned: bool
    ruling: Effect | None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package with its keys, and the rulings that a publication rests on.

    While `secrecy` names a round that may still draw from it, marks are shown and nothing else.
    """

    questions: Questions
    keys: KeysFile
    rulings: tuple[Ruling, ...]
    secrecy: Secrecy | None

    def is_right(self, item: str, option: int) -> bool:
        """Whether an option, by its index in the questions file, is taken as right."""
        return option in self.keys.keys[item] or any(
            ruling.item == item and ruling.option == option for ruling in self.rulings
        )

    def ruling_on(self, item: str) -> Effect | None:
        """The last ruling on an item."""
        return next((one.effect for one in reversed(self.rulings) if one.item == item), None)


def opened_package(
    sitting: Sitting, publication: Publication, secrecy: Secrecy | None
) -> OpenedPackage | None:
    """The package of a sitting with its keys; None while another sitting still uses it.

    Rulings later than the publication wait for the correction that takes them in.
    """
    package = sitting.package
    if not is_collected(package):
        return None
    rulings = rulings_under(publication.grading)
    return OpenedPackage(
        paper.read_questions(bytes(package.questions)),
        open_keys(package),
        tuple(Ruling(one.item, Effect(one.effect), one.option) for one in rulings),
        secrecy,
    )


def marked_paper(opened: OpenedPackage, attempt: Attempt) -> tuple[Grade, tuple[OwnQuestion, ...]]:
    """The attempt's paper drawn again and marked, question by question as it was served.

    There is no question while the package is closed; where all answered together, there are those
    that were asked while its holder stood.
    """
    line = attempt.line
    drawn = paper.draw(opened.questions, bytes.fromhex(line.entry_key), attempt.number)
    points = online_plan(line.sitting.round).points_per_item
    grade = scoring.grade(
        opened.questions, opened.keys, drawn, attempt.answers, points, opened.rulings
    )
    kept = kept_of(line.sitting, opened.questions)
    if kept is not None:
        # How far somebody came does not follow from their answers alone.
        grade = replace(
            grade,
            correct=attempt.correct or 0,
            items=attempt.items or 0,
            points=attempt.points or Decimal(0),
        )
    if opened.secrecy is not None:
        return grade, ()
    faced = kept.faced_by([line.line])[line.line] if kept is not None else None
    cancelled = kept.game.cancelled if kept is not None else ()
    questions = tuple(
        replace(
            _question(opened, place, at + 1, answer, earned=earned), is_cancelled=at in cancelled
        )
        for at, (place, answer, earned) in enumerate(
            zip(drawn, attempt.answers, grade.right, strict=True)
        )
        if faced is None or at in faced
    )
    return grade, questions


def _question(
    opened: OpenedPackage, place: PaperItem, number: int, answer: int, *, earned: bool
) -> OwnQuestion:
    item = opened.questions.file.items[place.item]
    return OwnQuestion(
        number=number,
        stem=item.stem,
        options=tuple(
            OwnOption(item.options[option], served == answer, opened.is_right(item.id, option))
            for served, option in enumerate(place.order)
        ),
        is_answered=answer >= 0,
        earned=earned,
        ruling=opened.ruling_on(item.id),
    )
