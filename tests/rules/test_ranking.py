"""Places, reasons, prizes, ties and collective scores, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.awards import Award, Awards, RoundPlaces, Tie, award, award_once
from hoithi.rules.collective import UnitFacts, UnitScore, collective
from hoithi.rules.ranking import Placed, Score, lots, rank
from hoithi.rules.regulation import CollectiveRule, OnePrize, PrizeLine

CRITERIA = ["points", "duration"]
PRIZES = [
    PrizeLine("nhat", "Giải nhất", 1, 0),
    PrizeLine("nhi", "Giải nhì", 1, 0),
    PrizeLine("ba", "Giải ba", 2, 0),
    PrizeLine("khuyen-khich", "Giải khuyến khích", 3, 0),
]


def score(entry: str, points: int, duration: int | None) -> Score:
    return Score(
        entry,
        {"points": Decimal(points), "duration": None if duration is None else Decimal(duration)},
    )


def test_equal_entries_share_a_place_and_the_next_is_skipped() -> None:
    scores = [score("a", 9, 50), score("b", 10, 70), score("c", 9, 50), score("d", 9, 60)]
    assert rank(scores, CRITERIA) == [
        Placed("b", 1, ""),
        Placed("a", 2, "points"),
        Placed("c", 2, "shared"),
        Placed("d", 4, "duration"),
    ]


def test_a_missing_value_comes_after_every_value() -> None:
    placed = rank([score("a", 9, None), score("b", 9, 999)], CRITERIA)
    assert [(row.entry, row.place) for row in placed] == [("b", 1), ("a", 2)]


def test_a_decision_orders_exactly_the_group_it_names() -> None:
    scores = [score("a", 9, 5), score("b", 9, 5), score("c", 9, 5), score("d", 8, 5)]
    assert rank(scores, CRITERIA, [["c", "a", "b"]]) == [
        Placed("c", 1, ""),
        Placed("a", 2, "decision"),
        Placed("b", 3, "decision"),
        Placed("d", 4, "points"),
    ]
    assert [row.place for row in rank(scores, CRITERIA, [["c", "a"]])] == [1, 1, 1, 4]


def test_lots_are_a_permutation_that_anybody_can_draw_again() -> None:
    entries = [f"{number:02d}" for number in range(9)]
    drawn = lots(entries, b"seed")
    assert sorted(drawn.values()) == list(range(1, 10))
    assert lots(reversed(entries), b"seed") == drawn
    assert lots(entries, b"other") != drawn


def placed(*places: int) -> list[Placed]:
    return [Placed(f"e{at}", place, "") for at, place in enumerate(places)]


def test_prizes_go_down_the_table_and_pass_over_the_barred() -> None:
    assert award(placed(1, 2, 3, 4, 5, 6, 7, 8), PRIZES, {"e1"}) == Awards(
        (
            Award("e0", "nhat", 1),
            Award("e2", "nhi", 3),
            Award("e3", "ba", 4),
            Award("e4", "ba", 5),
            Award("e5", "khuyen-khich", 6),
            Award("e6", "khuyen-khich", 7),
            Award("e7", "khuyen-khich", 8),
        ),
        (),
        (),
    )


def test_equal_entries_within_one_line_are_no_tie() -> None:
    given_prizes = award(placed(1, 2, 3, 3), PRIZES)
    assert given_prizes.ties == ()
    assert given_prizes.left == ("khuyen-khich",) * 3


def test_a_tie_across_a_line_stops_and_the_rest_goes_on() -> None:
    result = award(placed(1, 1, 3, 4, 4, 6, 7), PRIZES)
    assert result.ties == (
        Tie(1, ("e0", "e1"), ("nhat", "nhi")),
        Tie(4, ("e3", "e4"), ("ba", "khuyen-khich")),
    )
    assert result.given == (
        Award("e2", "ba", 3),
        Award("e5", "khuyen-khich", 6),
        Award("e6", "khuyen-khich", 7),
    )


def test_more_equal_entries_than_prizes_left_is_a_tie() -> None:
    result = award(placed(1, 2, 3, 3, 5, 6, 7, 7), PRIZES)
    assert result.ties == (Tie(7, ("e6", "e7"), ("khuyen-khich",)),)


@given(st.lists(st.integers(0, 5), max_size=12))
def test_every_prize_is_given_left_or_in_a_tie(points: list[int]) -> None:
    scores = [score(f"{at:02d}", value, 1) for at, value in enumerate(points)]
    result = award(rank(scores, CRITERIA), PRIZES)
    in_ties = sum(len(tie.prizes) for tie in result.ties)
    assert len(result.given) + in_ties + len(result.left) == 7


def test_one_person_keeps_the_higher_of_two_prizes() -> None:
    prizes = [PrizeLine("nhat", "Giải nhất", 1, 0), PrizeLine("nhi", "Giải nhì", 1, 0)]
    first = [Placed("a", 1, ""), Placed("b", 2, ""), Placed("c", 3, "")]
    second = [Placed("b", 1, ""), Placed("a", 2, ""), Placed("d", 3, "")]
    rounds = {
        "dot-1": RoundPlaces(first, prizes, frozenset()),
        "dot-2": RoundPlaces(second, prizes, frozenset()),
    }
    passed_on = award_once(rounds, OnePrize("next"))
    assert passed_on["dot-1"].given == (Award("a", "nhat", 1), Award("c", "nhi", 3))
    assert passed_on["dot-2"].given == (Award("b", "nhat", 1), Award("d", "nhi", 3))
    not_given = award_once(rounds, OnePrize("not_given"))
    freed = Award("b", "nhi", 2)
    assert not_given["dot-1"] == Awards((Award("a", "nhat", 1),), (), ("nhi",), (freed,))
    assert passed_on["dot-1"].freed == (freed,)


def test_units_are_scored_by_participation_and_prizes() -> None:
    rule = CollectiveRule(
        Decimal(1),
        {"nhat": Decimal(10), "nhi": Decimal(8)},
        ["score", "percent"],
        [PrizeLine("nhat", "Giải nhất", 1, 0)],
    )
    result = collective(
        rule,
        [
            UnitFacts("TK", 200, 140, ()),
            UnitFacts("NT", 300, 190, ("nhat",)),
            UnitFacts("PN", 0, 5, ("nhi",)),
        ],
    )
    assert result.scores == (
        UnitScore("TK", Decimal("70.00"), Decimal("70.00"), 140),
        UnitScore("NT", Decimal("63.33"), Decimal("73.33"), 190),
        UnitScore("PN", Decimal(0), Decimal("8.00"), 5),
    )
    assert [(row.entry, row.place) for row in result.placed] == [("NT", 1), ("TK", 2), ("PN", 3)]
    assert result.awards.given == (Award("NT", "nhat", 1),)
