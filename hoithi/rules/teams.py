"""Who of a unit's team appears in which part of a live round, and whether the plan allows it.

A *part* is what somebody does on stage: present the team, answer in the quiz, play in the sketch. A
person may have several. The plan limits the people of a part for each segment in which it
appears; everybody on stage is a registered person of the team (plan of Đắk Nông 2023, part II: at
most 3 in the quiz, never more performers than registered people).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from hoithi.rules.errors import ParamValue

Part = Literal["presenter", "quiz", "performer"]
PARTS: tuple[Part, ...] = get_args(Part)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """What a segment allows of a part: so many people, 0 for as many as are registered."""

    part: Part
    segment: str
    most: int


@dataclass(frozen=True, slots=True)
class Cast:
    """A team as it is put together; people by their keys."""

    name: str
    leader: int | None
    parts: Mapping[Part, Collection[int]]

    def of(self, part: Part) -> frozenset[int]:
        return frozenset(self.parts.get(part, ()))


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, and at which place of the form: `name`, `leader` or a part."""

    place: str
    code: str
    params: Mapping[str, ParamValue]


@dataclass(frozen=True, slots=True)
class Room:
    """How far a limit is used: `people` of at most `most`."""

    limit: Limit
    people: int
    most: int

    @property
    def over(self) -> int:
        return max(0, self.people - self.most)


def distinct(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Each limit once, in the order of the plan: heats and final often have the same segments."""
    return tuple(dict.fromkeys(limits))


def rooms(cast: Cast, registered: int, limits: Sequence[Limit]) -> tuple[Room, ...]:
    """How far each limit is used, `registered` people in all being in the team."""
    return tuple(
        Room(each, len(cast.of(each.part)), min(each.most or registered, registered))
        for each in limits
    )


def flaws(cast: Cast, registered: AbstractSet[int], limits: Sequence[Limit]) -> tuple[Flaw, ...]:
    """Every reason why a team cannot stand so, in the order of the form; none when it can.

    A part for which nobody is named is no flaw: the unit fills it in before the time it is told.
    """
    found: list[Flaw] = []
    if not cast.name:
        found.append(Flaw("name", "team_without_name", {}))
    elif len(cast.name) > LONGEST_NAME:
        found.append(Flaw("name", "team_name_too_long", {"most": LONGEST_NAME}))
    if cast.leader is None:
        found.append(Flaw("leader", "team_without_leader", {}))
    elif cast.leader not in registered:
        found.append(Flaw("leader", "leader_not_in_team", {}))
    for part in PARTS:
        strangers = cast.of(part) - registered
        if strangers:
            found.append(Flaw(part, "part_not_in_team", {"people": len(strangers)}))
    for room in rooms(cast, len(registered), limits):
        if room.over:
            about: dict[str, ParamValue] = {
                "segment": room.limit.segment,
                "people": room.people,
                "most": room.most,
            }
            found.append(Flaw(room.limit.part, "part_has_too_many", about))
    return tuple(found)
