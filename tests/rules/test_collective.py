"""What a unit is scored by over all rounds; the score itself is in test_ranking."""

from __future__ import annotations

from hoithi.rules.awards import Award
from hoithi.rules.collective import UnitFacts, unit_facts

UNIT_OF = {"a": "TK", "b": "TK", "c": "NT", "d": "NT", "e": "PN"}


def test_a_person_of_two_rounds_counts_once_and_all_kept_prizes_count() -> None:
    facts = unit_facts(
        {"TK": 200, "NT": 0, "PN": 50, "HT": 9},
        UNIT_OF,
        took_part=["a", "b", "c", "a", "b"],
        given=[Award("a", "nhat", 1), Award("b", "ba", 3), Award("c", "ba", 4)],
    )
    assert facts == [
        UnitFacts("TK", 200, 2, ("nhat", "ba")),
        UnitFacts("NT", 0, 1, ("ba",)),
        UnitFacts("PN", 50, 0, ()),
        UnitFacts("HT", 9, 0, ()),
    ]
