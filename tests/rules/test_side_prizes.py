"""Side prizes: by the marks of a part, by votes, by the jury; they touch no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.awards import Award
from hoithi.rules.regulation import (
    FORMAT,
    Regulation,
    Requirement,
    Segment,
    SidePrize,
    Voted,
)
from hoithi.rules.side_prizes import OpenChoice, SideAwards, side_awards
from hoithi.rules.standings import Participant, recorded_result

SKIT = SidePrize("tieu-pham-hay", "Tiểu phẩm hay nhất", 1, 500_000, "segment:tieu-pham")
LOVED = SidePrize("yeu-thich", "Đội được yêu thích nhất", 1, 0, "segment:binh-chon")
STYLE = SidePrize("phong-cach", "Phong cách", 2, 0, "jury")


def regulation(*lines: SidePrize) -> Regulation:
    return Regulation(
        format=FORMAT,
        round="chung-ket",
        online=None,
        segments=[
            Segment("tieu-pham", "Tiểu phẩm", Decimal(40)),
            Segment("binh-chon", "Bình chọn", Decimal(5), voted=Voted(counted=False)),
        ],
        ranking=["points"],
        requirement=Requirement(all_correct=False, minimum_points=Decimal(0)),
        prizes=[],
        side_prizes=list(lines),
    )


MARKS = {"a": (30, 5), "b": (35, 4), "c": (35, 0), "d": (40, 5)}
VOTES = {"binh-chon": {"a": 1000, "b": 700, "c": 0, "d": 999}}


def settled(
    *lines: SidePrize,
    marks: Mapping[str, tuple[int, int]] = MARKS,
    votes: Mapping[str, Mapping[str, int]] | None = VOTES,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> SideAwards:
    """`d` is barred: somebody of it was not registered."""
    rules = regulation(*lines)
    teams = [Participant(entry, entry, barred=entry == "d") for entry in marks]
    given = {
        entry: {"tieu-pham": Decimal(skit), "binh-chon": Decimal(vote)}
        for entry, (skit, vote) in marks.items()
    }
    result = recorded_result(rules, teams, given, votes=votes)
    return side_awards(rules, result.scores, result.barred, choices or {})


def test_the_best_of_a_part_has_its_prize_and_equal_ones_wait_for_a_choice() -> None:
    assert settled(SKIT).waiting == (OpenChoice(SKIT.key, ("b", "c"), 1, of_jury=False),)
    chosen = settled(SKIT, choices={SKIT.key: ["c", "b"]})
    assert chosen == SideAwards((Award("c", SKIT.key, 1),), ())
    # A choice among others decides nothing.
    assert settled(SKIT, choices={SKIT.key: ["c", "a"]}).given == ()


def test_votes_are_compared_as_they_were_given_not_as_rounded_marks() -> None:
    # 999 of 1000 votes are 5,00 marks of 5 as well: d is barred, yet a would not be alone.
    assert settled(LOVED).given == (Award("a", LOVED.key, 1),)
    close = {"a": (30, 5), "b": (35, 5), "c": (35, 0)}
    assert settled(LOVED, marks=close, votes={"binh-chon": {"a": 1999, "b": 2000}}).given == (
        Award("b", LOVED.key, 1),
    )
    # A round that was entered from its minutes has marks alone.
    assert settled(LOVED, marks=close, votes=None).waiting == (
        OpenChoice(LOVED.key, ("a", "b"), 1, of_jury=False),
    )


def test_nobody_is_the_best_with_nothing() -> None:
    nothing = {"a": (0, 0), "b": (0, 0)}
    assert settled(SKIT, LOVED, marks=nothing, votes={"binh-chon": {}}) == SideAwards((), ())


def test_the_jury_chooses_whom_it_will_or_nobody() -> None:
    assert settled(STYLE).waiting == (OpenChoice(STYLE.key, ("a", "b", "c"), 2, of_jury=True),)
    chosen = settled(STYLE, choices={STYLE.key: ["c", "a"]})
    assert chosen.given == (Award("c", STYLE.key, 1), Award("a", STYLE.key, 1))
    assert settled(STYLE, choices={STYLE.key: []}) == SideAwards((), ())


def test_a_choice_of_whom_may_not_have_it_is_none() -> None:
    for choice in (["d"], ["x"], ["a", "a"], ["a", "b", "c"]):
        assert settled(STYLE, choices={STYLE.key: choice}).given == ()


@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1
    ),
    st.integers(1, 3),
)
def test_side_prizes_go_to_the_best_and_touch_no_place(
    marks: dict[str, tuple[int, int]], count: int
) -> None:
    line = SidePrize("tieu-pham-hay", "Tiểu phẩm hay nhất", count, 0, "segment:tieu-pham")
    found = settled(line, marks=marks, votes=None)
    winners = {each.entry for each in found.given}
    fair = {entry: skit for entry, (skit, _) in marks.items() if entry != "d"}
    assert len(winners) == len(found.given) <= count
    assert all(fair[entry] > 0 for entry in winners)
    others = [skit for entry, skit in fair.items() if entry not in winners]
    assert all(fair[entry] >= max(others, default=0) for entry in winners)
    some = sum(skit > 0 for skit in fair.values())
    free = sum(each.free for each in found.waiting)
    assert len(winners) + free == min(count, some)
