"""Sealed questions → packets that are equal in make-up (docs/rules/quiz.md).

No question stands twice, in packets or among spares: no team hears its own questions before. Two
questions can still be about one fact; who fills the bank for a stage has that in mind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hoithi.rules.draw import Generator
from hoithi.rules.quiz import Quiz, QuizPart

_DOMAIN = "hoithi/packets/1"


@dataclass(frozen=True, slots=True)
class Packets:
    """Question ids: `packets[n]` in the order asked, `spares[part]` in the order they are used."""

    packets: tuple[tuple[str, ...], ...]
    spares: tuple[tuple[str, ...], ...]


class TooFewQuestionsError(ValueError):
    """A part needs more questions than there are."""

    def __init__(self, part: QuizPart, wanted: int, there: int) -> None:
        super().__init__(f"{part.topic}/{part.level}: {wanted} of {there}")
        self.part, self.wanted, self.there = part, wanted, there


def make_packets(rule: Quiz, items: Mapping[str, tuple[str, str]], seed: bytes) -> Packets:
    """Packets and spares from items: id → (topic, level).

    Parts that name a level take theirs before those that take any, whatever their order in the
    packet. The items are drawn in the order of their ids. Raises TooFewQuestionsError.
    """
    generator = Generator(seed, _DOMAIN)
    free = sorted(items)
    drawn: dict[int, list[str]] = {}
    order = sorted(range(len(rule.parts)), key=lambda at: rule.parts[at].level == "")
    for at in order:
        part = rule.parts[at]
        wanted = part.count * rule.packets + rule.spares
        pool = [each for each in free if _fits(part, items[each])]
        if len(pool) < wanted:
            raise TooFewQuestionsError(part, wanted, len(pool))
        drawn[at] = generator.choose(pool, wanted)
        taken = set(drawn[at])
        free = [each for each in free if each not in taken]
    return Packets(
        packets=tuple(_packet(rule, drawn, number) for number in range(rule.packets)),
        spares=tuple(
            tuple(drawn[at][part.count * rule.packets :]) for at, part in enumerate(rule.parts)
        ),
    )


def _fits(part: QuizPart, item: tuple[str, str]) -> bool:
    topic, level = item
    return topic == part.topic and part.level in ("", level)


def _packet(rule: Quiz, drawn: Mapping[int, Sequence[str]], number: int) -> tuple[str, ...]:
    return tuple(
        each
        for at, part in enumerate(rule.parts)
        for each in drawn[at][part.count * number : part.count * (number + 1)]
    )
