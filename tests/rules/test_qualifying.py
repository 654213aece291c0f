"""Who comes on from heats, and who meets whom: by hand, and for any results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import (
    Coming,
    Cut,
    Difference,
    Source,
    cut_ties,
    deal,
    difference,
    field_from,
    replaced,
)
from hoithi.rules.ranking import Score, rank
from hoithi.rules.regulation import Entrants

RANKING = ["points", "segment:hat", "lots"]


def source(
    key: str, *rows: tuple[str, int, int], decisions: Sequence[Sequence[str]] = ()
) -> Source:
    """A round from (team, points, marks of a part that breaks ties)."""
    scores = {
        entry: Score(entry, {"points": Decimal(points), "segment:hat": Decimal(part), "lots": None})
        for entry, points, part in rows
    }
    return Source(key, rank(scores.values(), RANKING, decisions), scores, RANKING)


def entrants(
    from_: Sequence[str] = ("l1", "l2", "l3"),
    *,
    first: int = 1,
    runners_up: int = 1,
    among: Sequence[str] = ("ck",),
    teams: int = 4,
    apart: str = "nobody",
) -> Entrants:
    return Entrants(list(among), teams, apart, list(from_), first, runners_up)  # type: ignore[arg-type] # as a plan has it


HEATS = [
    source("l1", ("a1", 80, 20), ("a2", 75, 30), ("a3", 60, 10)),
    source("l2", ("b1", 70, 20), ("b2", 69, 20), ("b3", 68, 20)),
    source("l3", ("c1", 90, 20), ("c2", 75, 25), ("c3", 74, 29)),
]


def come_on(rule: Entrants, heats: Sequence[Source], **more: Sequence[object]) -> list[str]:
    field = field_from(rule, heats, **more)  # type: ignore[arg-type] # decisions or gone
    assert field.cut is None
    return [each.entry for each in field.coming]


def test_the_first_of_each_heat_come_on_and_the_best_runners_up_of_all() -> None:
    # a2 and c2 have 75 both: 30 against 25 in the part that breaks ties.
    assert come_on(entrants(), HEATS) == ["a1", "b1", "c1", "a2"]
    assert come_on(entrants(runners_up=3), HEATS) == ["a1", "b1", "c1", "a2", "c2", "c3"]
    # A third of one heat may be better than the second of another.
    assert come_on(entrants(first=0, runners_up=5), HEATS) == ["c1", "a1", "a2", "c2", "c3"]


def test_where_everybody_came_from_is_told() -> None:
    assert field_from(entrants(), HEATS).coming[2:] == (
        Coming("c1", "l3", 1, is_runner_up=False),
        Coming("a2", "l1", 2, is_runner_up=True),
    )


def test_a_tie_across_the_cut_of_a_heat_is_a_tie_of_its_result() -> None:
    tied = source("l2", ("b1", 70, 20), ("b2", 70, 20), ("b3", 68, 20))
    assert cut_ties(tied.placed, 1) == (Tie(1, ("b1", "b2"), ("",)),)
    assert cut_ties(tied.placed, 2) == ()
    assert cut_ties(tied.placed, 0) == ()
    with pytest.raises(RuleViolation, match="cut_undecided"):
        field_from(entrants(), [HEATS[0], tied, HEATS[2]])
    decided = source("l2", ("b1", 70, 20), ("b2", 70, 20), ("b3", 68, 20), decisions=[["b2", "b1"]])
    assert come_on(entrants(), [HEATS[0], decided, HEATS[2]]) == ["a1", "b2", "c1", "a2"]


EQUAL = [
    source("l1", ("a1", 80, 20), ("a2", 75, 25), ("a3", 75, 25), decisions=[["a2", "a3"]]),
    source("l2", ("b1", 70, 20), ("b2", 75 - 6, 25)),
    source("l3", ("c1", 90, 20), ("c2", 75, 25), ("c3", 75, 24)),
]


def test_equal_runners_up_at_the_cut_wait_for_a_decision() -> None:
    # a3 was placed behind a2 by its own heat, so with one seat it is not among them.
    field = field_from(entrants(), EQUAL)
    assert field.cut == Cut(("a2", "c2"), 1)
    assert [each.entry for each in field.coming] == ["a1", "b1", "c1"]
    assert come_on(entrants(), EQUAL, decisions=[["c2", "a2"]]) == ["a1", "b1", "c1", "c2"]
    # With two seats all three are, and a decision cannot turn what the heat has decided.
    two = entrants(runners_up=2)
    assert field_from(two, EQUAL).cut == Cut(("a2", "a3", "c2"), 2)
    assert field_from(two, EQUAL, [["a3", "a2", "c2"]]).cut is not None
    assert come_on(two, EQUAL, decisions=[["a2", "a3", "c2"]])[3:] == ["a2", "a3"]
    # With three seats nothing is to be decided, and a decision about others changes nothing.
    assert come_on(entrants(runners_up=3), EQUAL, decisions=[["c2", "a2"]])[3:] == [
        "a2",
        "c2",
        "a3",
    ]


def test_who_is_gone_leaves_the_seat_to_the_next_runner_up() -> None:
    assert come_on(entrants(), HEATS, gone=["c1"]) == ["a1", "b1", "a2", "c2"]
    assert come_on(entrants(), HEATS, gone=["a2"]) == ["a1", "b1", "c1", "c2"]
    assert come_on(entrants(), HEATS, gone=["a2", "c2", "c1"]) == ["a1", "b1", "c3", "b2"]
    # When nobody is left the seat stays empty.
    everybody_else = ["a2", "a3", "b2", "b3", "c2", "c3"]
    assert come_on(entrants(), HEATS, gone=["a1", *everybody_else]) == ["b1", "c1"]


def test_a_round_that_has_no_result_is_named() -> None:
    with pytest.raises(RuleViolation, match="round_not_there"):
        field_from(entrants(), HEATS[:2])


def test_a_heat_that_lost_its_teams_leaves_its_seats_to_runners_up() -> None:
    empty = Source("l2", (), {}, RANKING)
    assert come_on(entrants(), [HEATS[0], empty, HEATS[2]]) == ["a1", "c1", "a2", "c2"]


UNITS = {"a": "GN", "b": "GN", "c": "CJ", "d": "DM", "e": "CJ", "f": "GN"}


def test_the_lots_are_dealt_over_the_rounds_in_turn() -> None:
    rule = entrants((), first=0, runners_up=0, among=("l1", "l2"), teams=3)
    assert deal("abcdef", rule, UNITS) == {"l1": ("a", "c", "e"), "l2": ("b", "d", "f")}
    # One more in the first where they do not come out even.
    assert deal("abcde", rule, UNITS) == {"l1": ("a", "c", "e"), "l2": ("b", "d")}


def test_teams_of_one_unit_line_up_behind_the_first_and_fall_apart() -> None:
    rule = entrants((), first=0, runners_up=0, among=("l1", "l2", "l3"), teams=2, apart="unit")
    # In line: c e | a b f | d.
    assert deal("cadebf", rule, UNITS) == {"l1": ("c", "b"), "l2": ("e", "f"), "l3": ("a", "d")}


def test_what_cannot_be_dealt_is_told() -> None:
    rule = entrants((), first=0, runners_up=0, among=("l1", "l2"), teams=3, apart="unit")
    with pytest.raises(RuleViolation, match="cannot_be_apart"):
        deal("abcdf", rule, UNITS)
    with pytest.raises(RuleViolation, match="too_few_teams"):
        deal("abc", rule, UNITS)
    with pytest.raises(RuleViolation, match="too_many_teams"):
        deal("abcdefg", rule, {**UNITS, "g": "TD"})


def test_who_comes_for_a_team_takes_its_seat() -> None:
    dealt = {"l1": ("a", "c"), "l2": ("b", "d")}
    assert replaced(dealt, "c", "x") == {"l1": ("a", "x"), "l2": ("b", "d")}
    assert replaced(dealt, "c", "") == {"l1": ("a",), "l2": ("b", "d")}


@st.composite
def heats(draw: st.DrawFn) -> list[Source]:
    """Two to four heats of two to five teams with few different marks, so that many are equal."""
    made = []
    for number in range(draw(st.integers(2, 4))):
        rows = [
            (f"{number}{team}", draw(st.integers(0, 3)), draw(st.integers(0, 2)))
            for team in range(draw(st.integers(2, 5)))
        ]
        made.append(source(f"l{number}", *rows))
    return made


@given(heats(), st.integers(0, 2), st.integers(0, 4))
def test_whoever_comes_on_is_no_worse_than_who_does_not(
    rounds: list[Source], first: int, runners_up: int
) -> None:
    rule = entrants([each.round for each in rounds], first=first, runners_up=runners_up)
    if any(cut_ties(each.placed, first) for each in rounds):
        return
    field = field_from(rule, rounds)
    on = {each.entry for each in field.coming}
    teams = {entry: each for each in rounds for entry in each.scores}
    values = {
        entry: (each.scores[entry].values["points"], each.scores[entry].values["segment:hat"])
        for entry, each in teams.items()
    }
    assert len(on) == len(field.coming)
    if field.cut is None:
        assert len(on) == min(first * len(rounds) + runners_up, len(teams))
    else:
        assert len(field.cut.entries) > field.cut.free > 0
        assert not on & set(field.cut.entries)
        assert len({values[entry] for entry in field.cut.entries}) == 1
    best_out = max((values[e] for e in teams if e not in on), default=None)
    for each in field.coming:
        if each.is_runner_up and best_out is not None:
            assert values[each.entry] >= best_out


@given(heats(), st.data())
def test_the_order_in_which_teams_leave_does_not_matter_and_nobody_else_loses_a_seat(
    rounds: list[Source], data: st.DataObject
) -> None:
    rule = entrants([each.round for each in rounds], first=1, runners_up=2)
    if any(cut_ties(each.placed, 1) for each in rounds):
        return
    before = field_from(rule, rounds)
    if before.cut is not None:
        return
    on = [each.entry for each in before.coming]
    gone = data.draw(st.lists(st.sampled_from(on), unique=True))
    after = field_from(rule, rounds, gone=gone)
    left = {each.entry for each in after.coming}
    assert set(on) - set(gone) <= left
    assert not left & set(gone)
    assert after == field_from(rule, rounds, gone=[*reversed(gone)])


@given(st.lists(st.sampled_from("ABCDE"), min_size=4, max_size=20), st.integers(2, 5))
def test_dealing_is_even_whole_and_keeps_apart(units: list[str], rounds: int) -> None:
    keeps = {str(at): unit for at, unit in enumerate(units)}
    rule = entrants(
        (), first=0, runners_up=0, among=[f"l{at}" for at in range(rounds)], teams=20, apart="unit"
    )
    try:
        dealt = deal([*keeps], rule, keeps)
    except RuleViolation as refused:
        too_few = len(units) < 2 * rounds
        assert refused.code == ("too_few_teams" if too_few else "cannot_be_apart")
        assert too_few or max(Counter(units).values()) > rounds
        return
    sizes = [len(each) for each in dealt.values()]
    assert max(sizes) - min(sizes) <= 1
    assert sorted(entry for each in dealt.values() for entry in each) == sorted(keeps)
    for each in dealt.values():
        assert len({keeps[entry] for entry in each}) == len(each)


def test_how_a_list_differs_from_who_comes_on_is_told() -> None:
    field = field_from(entrants(), HEATS)
    assert difference(field, ["a1", "b1", "c1", "a2"]) == Difference((), ())
    assert difference(field, ["a1", "b2", "c1", "c2"]) == Difference(("a2", "b1"), ("b2", "c2"))
    # While equal ones wait for a decision, nobody says of any of them that it does not come on.
    equal = [HEATS[0], HEATS[1], source("l3", ("c1", 90, 20), ("c2", 75, 30), ("c3", 74, 29))]
    open_field = field_from(entrants(), equal)
    assert open_field.cut == Cut(("a2", "c2"), 1)
    assert difference(open_field, ["a1", "b2", "c1", "c2"]) == Difference(("b1",), ("b2",))
