"""Sealed questions → packets that are equal in make-up (docs/rules/quiz.md).

No question stands twice, in packets or among spares: no team hears its own questions before. Two
questions can still be about one fact; who fills the bank for a stage has that in mind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hoithi.rules.draw import Generator
from hoithi.rules.quiz import Quiz, QuizPart

_DOMAIN = "hoithi/packets/2"


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


class UnevenQuestionsError(TooFewQuestionsError):
    """There are enough questions for a part, but not enough of equal levels: of `wanted` questions
    of a packet only `there` can have the same level in every packet.
    """


def make_packets(rule: Quiz, items: Mapping[str, tuple[str, str]], seed: bytes) -> Packets:
    """Packets and spares from items: id → (topic, level).

    Parts that name a level take theirs before those that take any, whatever their order in the
    packet. Where a part takes any, the levels are drawn for all packets together: no team has
    harder questions than another. The items are drawn in the order of their ids. Raises
    TooFewQuestionsError, UnevenQuestionsError.
    """
    hat = _Hat(items, Generator(seed, _DOMAIN))
    asked: dict[int, list[list[str]]] = {}
    spares: dict[int, list[str]] = {}
    named = [at for at, part in enumerate(rule.parts) if part.level]
    others = [at for at, part in enumerate(rule.parts) if not part.level]
    for at in named:
        asked[at] = hat.deal(rule.parts[at], rule)
        spares[at] = hat.take(rule.parts[at], rule.spares)
    for at in others:
        asked[at] = hat.deal(rule.parts[at], rule)
    for at in others:
        spares[at] = hat.take(rule.parts[at], rule.spares)
    return Packets(
        packets=tuple(
            tuple(each for at in range(len(rule.parts)) for each in asked[at][number])
            for number in range(rule.packets)
        ),
        spares=tuple(tuple(spares[at]) for at in range(len(rule.parts))),
    )


class _Hat:
    """The questions that are left, and how they are drawn."""

    def __init__(self, items: Mapping[str, tuple[str, str]], generator: Generator) -> None:
        self._items, self._generator = items, generator
        self._left = sorted(items)

    def deal(self, part: QuizPart, rule: Quiz) -> list[list[str]]:
        """What each packet has of a part, in the order asked: as many of each level."""
        pool = self._fitting(part)
        if len(pool) < part.count * rule.packets + rule.spares:
            raise TooFewQuestionsError(part, part.count * rule.packets + rule.spares, len(pool))
        dealt: list[list[str]] = [[] for _ in range(rule.packets)]
        for level in self._levels(part, pool, rule.packets):
            drawn = self._draw([each for each in pool if each[1] == level], rule.packets)
            for packet, item in zip(dealt, drawn, strict=True):
                packet.append(item)
            pool = self._fitting(part)
        return dealt

    def take(self, part: QuizPart, count: int) -> list[str]:
        pool = self._fitting(part)
        if len(pool) < count:
            raise TooFewQuestionsError(part, count, len(pool))
        return self._draw(pool, count)

    def _levels(self, part: QuizPart, pool: Sequence[tuple[str, str]], packets: int) -> list[str]:
        """Of which level each question of the part is. A level that has more left comes first; of
        those that have as many one is drawn.
        """
        room = {
            level: count // packets for level, count in Counter(each[1] for each in pool).items()
        }
        if sum(room.values()) < part.count:
            raise UnevenQuestionsError(part, part.count, sum(room.values()))
        levels = []
        for _ in range(part.count):
            most = max(room.values())
            (level,) = self._generator.choose(
                sorted(level for level, left in room.items() if left == most), 1
            )
            room[level] -= 1
            levels.append(level)
        return levels

    def _fitting(self, part: QuizPart) -> list[tuple[str, str]]:
        """Ids with their levels, in the order of the ids."""
        return [
            (each, self._items[each][1]) for each in self._left if _fits(part, self._items[each])
        ]

    def _draw(self, pool: Sequence[tuple[str, str]], count: int) -> list[str]:
        drawn = self._generator.choose([each for each, _level in pool], count)
        taken = set(drawn)
        self._left = [each for each in self._left if each not in taken]
        return drawn


def _fits(part: QuizPart, item: tuple[str, str]) -> bool:
    topic, level = item
    return topic == part.topic and part.level in ("", level)
