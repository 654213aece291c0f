"""Sealed questions → packets that are equal in make-up."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules.packets import (
    Packets,
    TooFewQuestionsError,
    UnevenQuestionsError,
    make_packets,
)
from hoithi.rules.quiz import Quiz, QuizPart

ANY = QuizPart("a", "", 1, Decimal(1), 0)
HARD = QuizPart("a", "kho", 2, Decimal(1), 0)
OTHER = QuizPart("b", "", 2, Decimal(1), 0)
QUIZ = Quiz("packet", 3, 1, Decimal(0), False, None, None, [], [ANY, HARD, OTHER])
# Three packets and a spare for each part: 4 of any level, 7 hard ones, 7 of the other topic.
ITEMS = (
    {f"de{at:02d}": ("a", "de") for at in range(4)}
    | {f"kho{at:02d}": ("a", "kho") for at in range(7)}
    | {f"b{at:02d}": ("b", "") for at in range(7)}
)


def without(count: int, start: str) -> dict[str, tuple[str, str]]:
    gone = sorted(each for each in ITEMS if each.startswith(start))[:count]
    return {each: value for each, value in ITEMS.items() if each not in gone}


def everything(made: Packets) -> list[str]:
    return [each for part in (*made.packets, *made.spares) for each in part]


def test_a_part_that_names_a_level_takes_its_questions_first() -> None:
    """The part of any level stands first in the packet, and leaves the hard ones to the other."""
    made = make_packets(QUIZ, ITEMS, b"seed")
    assert sorted(everything(made)) == sorted(ITEMS)
    for packet in made.packets:
        assert [ITEMS[each] for each in packet] == [
            ("a", "de"),
            ("a", "kho"),
            ("a", "kho"),
            ("b", ""),
            ("b", ""),
        ]
    assert [[ITEMS[each] for each in part] for part in made.spares] == [
        [("a", "de")],
        [("a", "kho")],
        [("b", "")],
    ]


@pytest.mark.parametrize(
    ("start", "part", "wanted", "there"),
    [("kho", HARD, 7, 6), ("b", OTHER, 7, 6), ("de", ANY, 4, 3)],
)
def test_too_few_questions_are_told_with_their_part(
    start: str, part: QuizPart, wanted: int, there: int
) -> None:
    with pytest.raises(TooFewQuestionsError) as caught:
        make_packets(QUIZ, without(1, start), b"seed")
    assert (caught.value.part, caught.value.wanted, caught.value.there) == (part, wanted, there)
    assert str(caught.value) == f"{part.topic}/{part.level}: {wanted} of {there}"


def test_the_same_seed_makes_the_same_packets_in_whatever_order_the_questions_came() -> None:
    made = make_packets(QUIZ, ITEMS, b"seed")
    assert make_packets(QUIZ, dict(reversed(ITEMS.items())), b"seed") == made
    assert make_packets(QUIZ, ITEMS, b"other") != made


def test_packets_of_a_seed_are_these() -> None:
    """Whoever draws them again, in this version or the next, has these."""
    small = replace(QUIZ, packets=2, spares=1, parts=[ANY])
    items = {f"q{at}": ("a", "") for at in range(6)}
    assert make_packets(small, items, bytes(32)) == Packets((("q1",), ("q4",)), (("q3",),))


@st.composite
def quizzes(draw: st.DrawFn) -> tuple[Quiz, dict[str, tuple[str, str]]]:
    parts = draw(
        st.lists(
            st.builds(
                QuizPart,
                topic=st.sampled_from("ab"),
                level=st.sampled_from(["", "de", "kho"]),
                count=st.integers(1, 3),
                points=st.just(Decimal(1)),
                seconds=st.just(0),
            ),
            min_size=1,
            max_size=4,
        )
    )
    kinds = st.tuples(st.sampled_from("ab"), st.sampled_from(["de", "kho"]))
    items = dict(enumerate(draw(st.lists(kinds, max_size=60))))
    quiz = replace(
        QUIZ, packets=draw(st.integers(1, 3)), spares=draw(st.integers(0, 2)), parts=parts
    )
    return quiz, {f"q{at:02d}": kind for at, kind in items.items()}


@given(quizzes(), st.binary(min_size=32, max_size=32))
def test_no_question_stands_twice_and_packets_are_equal_in_make_up(
    case: tuple[Quiz, dict[str, tuple[str, str]]], seed: bytes
) -> None:
    quiz, items = case
    try:
        made = make_packets(quiz, items, seed)
    except UnevenQuestionsError as error:
        assert error.part.level == ""
        return
    except TooFewQuestionsError:
        assert is_too_little(quiz, items)
        return
    assert not is_too_little(quiz, items)
    assert max(Counter(everything(made)).values()) == 1
    assert len(made.packets) == quiz.packets
    for packet in made.packets:
        assert len(packet) == quiz.length
        assert all(fits(quiz.part_of(at), items[each]) for at, each in enumerate(packet))
        assert [items[each] for each in packet] == [items[each] for each in made.packets[0]]
    for part, spares in zip(quiz.parts, made.spares, strict=True):
        assert len(spares) == quiz.spares
        assert all(fits(part, items[each]) for each in spares)


@given(
    st.lists(st.sampled_from(["de", "kha", "kho"]), max_size=40),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_a_part_of_any_level_is_dealt_evenly_whenever_that_can_be(
    levels: list[str], count: int, packets: int
) -> None:
    quiz = replace(QUIZ, packets=packets, spares=0, parts=[replace(ANY, count=count)])
    items = {f"q{at:02d}": ("a", level) for at, level in enumerate(levels)}
    even = sum(there // packets for there in Counter(levels).values())
    if len(items) < count * packets:
        with pytest.raises(TooFewQuestionsError, match="a/: "):
            make_packets(quiz, items, b"seed")
    elif even < count:
        with pytest.raises(UnevenQuestionsError) as caught:
            make_packets(quiz, items, b"seed")
        assert (caught.value.wanted, caught.value.there) == (count, even)
    else:
        made = make_packets(quiz, items, b"seed")
        kinds = {tuple(items[each] for each in packet) for packet in made.packets}
        assert len(kinds) == 1


def test_levels_are_drawn_among_those_that_have_as_many() -> None:
    """Of two easy and two hard questions for two packets of one, over many seeds either pair."""
    quiz = replace(QUIZ, packets=2, spares=0, parts=[ANY])
    items = {"q1": ("a", "de"), "q2": ("a", "de"), "q3": ("a", "kho"), "q4": ("a", "kho")}
    drawn = Counter(
        items[make_packets(quiz, items, bytes([seed])).packets[0][0]][1] for seed in range(200)
    )
    assert set(drawn) == {"de", "kho"}
    assert min(drawn.values()) > 60


def fits(part: QuizPart, kind: tuple[str, str]) -> bool:
    return part.topic == kind[0] and part.level in ("", kind[1])


def is_too_little(quiz: Quiz, items: dict[str, tuple[str, str]]) -> bool:
    """Whether no way of dealing the questions out could be enough."""
    wanted: Counter[tuple[str, str]] = Counter()
    for part in quiz.parts:
        wanted[(part.topic, part.level)] += part.count * quiz.packets + quiz.spares
    there = Counter(items.values())
    named = {kind: count for kind, count in wanted.items() if kind[1]}
    if any(there[kind] < count for kind, count in named.items()):
        return True
    return any(
        sum(count for kind, count in there.items() if kind[0] == topic)
        < sum(count for kind, count in wanted.items() if kind[0] == topic)
        for topic in {part.topic for part in quiz.parts}
    )
