"""What the page of a result shows: its ties, what waits for a second person, its rulings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils.translation import gettext

from hoithi.contests.models import Round
from hoithi.results.actions.seconding import Chosen, ItemRuling, Left, Order
from hoithi.results.models import Motion
from hoithi.results.pending import rulings_in
from hoithi.results.queries import Proposal
from hoithi.results.wording import ruling_words
from hoithi.rules.awards import Tie
from hoithi.rules.qualifying import COMING_ON
from hoithi.rules.regulation import PrizeLine
from hoithi.rules.side_prizes import OpenChoice


@dataclass(frozen=True, slots=True)
class MotionCard:
    """A motion with what it says, one sentence a line; `kind` is that of its approval, `item` the
    question it rules on."""

    id: int
    kind: str
    first_id: int
    first: str
    at: datetime
    reason: str
    lines: tuple[str, ...]
    item: str = ""


@dataclass(frozen=True, slots=True)
class TieCard:
    """A tie with the names of who shares the place and of the prizes that are too few."""

    tie: Tie
    names: Mapping[str, str]
    prizes: tuple[str, ...]
    motion: MotionCard | None


@dataclass(frozen=True, slots=True)
class RulingRow:
    """A ruling as it was signed."""

    item: str
    words: str
    reason: str
    first: str
    first_id: int
    second: str
    second_id: int | None
    at: datetime


def names_of(proposed: Proposal) -> dict[str, str]:
    """Entries by public id, as people tell them apart."""
    return {
        row.entry: f"{row.name} ({row.number}"
        + ("" if row.name == row.unit else f", {row.unit}")
        + ")"
        for row in proposed.rows
    }


def motion_card(motion: Motion, names: Mapping[str, str]) -> MotionCard:
    approval = motion.approval
    lines: tuple[str, ...] = ()
    item = ""
    if approval.kind == "tie":
        order = msgspec.convert(motion.content, Order).order
        lines = tuple(names.get(entry, "–") for entry in order)
    elif approval.kind == "ruling":
        ruling = msgspec.convert(motion.content, ItemRuling)
        item, lines = ruling.item, (ruling_words(ruling.effect, ruling.option),)
    elif approval.kind == "choice":
        chosen = msgspec.convert(motion.content, Chosen).order
        lines = tuple(names.get(entry, "–") for entry in chosen) or (gettext("Nobody"),)
    elif approval.kind == "leaving":
        lines = (names.get(msgspec.convert(motion.content, Left).entry, "–"),)
    return MotionCard(
        id=motion.pk,
        kind=approval.kind,
        first_id=approval.first_id,
        first=approval.first.name,
        at=approval.first_at,
        reason=approval.reason,
        lines=lines,
        item=item,
    )


def tie_cards(
    ties: Iterable[Tie],
    prizes: Iterable[PrizeLine],
    names: Mapping[str, str],
    motions: Iterable[Motion],
) -> list[TieCard]:
    """Ties across a prize line, each with the order somebody has put forward for it."""
    labels = {line.key: line.label for line in prizes}
    labels[COMING_ON] = gettext("a place in a later round")
    put_forward = {
        frozenset(msgspec.convert(motion.content, Order).order): motion_card(motion, names)
        for motion in motions
        if motion.approval.kind == "tie"
    }
    return [
        TieCard(
            tie=tie,
            names={entry: names[entry] for entry in tie.entries},
            prizes=tuple(
                labels[key] if times == 1 else f"{labels[key]} (× {times})"
                for key, times in Counter(tie.prizes).items()
            ),
            motion=put_forward.get(frozenset(tie.entries)),
        )
        for tie in ties
    ]


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """A side prize that waits for two people, with the names of who can have it."""

    waiting: OpenChoice
    label: str
    names: Mapping[str, str]
    motion: MotionCard | None


def choice_cards(
    proposed: Proposal, names: Mapping[str, str], motions: Iterable[Motion]
) -> list[ChoiceCard]:
    """Side prizes to choose, each with what somebody has put forward for it."""
    labels = {line.key: line.label for line in proposed.side_prizes}
    put_forward = {
        msgspec.convert(motion.content, Chosen).about: motion_card(motion, names)
        for motion in motions
        if motion.approval.kind == "choice"
    }
    return [
        ChoiceCard(
            waiting,
            labels[waiting.prize],
            {entry: names[entry] for entry in waiting.entries},
            put_forward.get(waiting.prize),
        )
        for waiting in proposed.waiting
    ]


def ruling_rows(each: Round) -> list[RulingRow]:
    """The rulings of a round, oldest first."""
    return [
        RulingRow(
            item=ruling.item,
            words=ruling_words(ruling.effect, ruling.option),
            reason=ruling.reason,
            first=ruling.approval.first.name,
            first_id=ruling.approval.first_id,
            second=ruling.approval.second.name if ruling.approval.second else "",
            second_id=ruling.approval.second_id,
            at=ruling.ruled_at,
        )
        for ruling in rulings_in(each)
    ]
