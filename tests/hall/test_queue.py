"""The queue before the hall: order kept, nobody forgotten, the capacity never exceeded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.hall.queue import (
    FIRST_PACE,
    GONE_AFTER,
    LATEST_MS,
    SLOW_MS,
    SOONEST_MS,
    Queue,
    Turn,
)


def looked(queue: Queue[str] | Queue[int], at_work: int, now_ms: int, delay_ms: int = 0) -> None:
    queue.look(at_work=at_work, mark=queue.mark(), delay_ms=delay_ms, now_ms=now_ms)


def full(capacity: int = 2) -> Queue[str]:
    """A queue before a hall in which every place is taken."""
    queue = Queue[str](capacity)
    looked(queue, capacity, 0)
    return queue


def begin(queue: Queue[str], key: str, now_ms: int) -> Turn:
    turn = queue.ask(key, now_ms)
    if turn.may_begin:
        queue.settle(has_begun=True)
    return turn


def places(queue: Queue[str], keys: Sequence[str], now_ms: int) -> list[int]:
    """The place of each, 0 for whoever may begin."""
    return [begin(queue, key, now_ms).place for key in keys]


def test_without_a_capacity_nobody_is_asked() -> None:
    queue = Queue[str]()
    looked(queue, 100_000, 1000)
    assert queue.is_open


def test_nobody_begins_before_those_at_work_were_counted() -> None:
    queue = Queue[str](2)
    assert places(queue, ["a"], 0) == [1]
    looked(queue, 1, 1000)
    assert places(queue, ["b", "a"], 1000) == [2, 0]


def test_it_says_who_waits() -> None:
    queue = full()
    places(queue, ["a", "b", "a"], 0)
    assert list(queue.waiting) == ["a", "b"]
    looked(queue, 1, 1000)
    places(queue, ["a"], 1000)
    assert list(queue.waiting) == ["b"]


def test_places_are_given_in_the_order_of_coming_and_kept_by_asking_again() -> None:
    queue = full()
    assert places(queue, ["a", "b", "c"], 0) == [1, 2, 3]
    assert places(queue, ["c", "b", "a", "b"], 1000) == [3, 2, 1, 2]
    looked(queue, 1, 2000)
    assert places(queue, ["c", "b", "a"], 2000) == [3, 2, 0]
    assert places(queue, ["c", "b", "d"], 3000) == [2, 1, 3]


def test_whoever_is_within_the_free_places_need_not_wait_for_those_before() -> None:
    queue = full(3)
    places(queue, ["a", "b", "c"], 0)
    looked(queue, 1, 1000)
    assert places(queue, ["b", "c", "a"], 1000) == [0, 2, 0]


def test_a_place_that_was_not_used_is_free_again() -> None:
    queue = full(1)
    looked(queue, 0, 1000)
    assert queue.ask("a", 1000).may_begin
    assert not queue.ask("b", 1000).may_begin
    queue.settle(has_begun=False)
    assert queue.ask("b", 1000).may_begin


def test_who_does_not_ask_for_a_while_loses_the_place() -> None:
    queue = full()
    assert places(queue, ["a", "b"], 0) == [1, 2]
    again_ms = queue.ask("b", 0).again_ms
    looked(queue, 2, GONE_AFTER * again_ms)
    assert places(queue, ["b"], GONE_AFTER * again_ms) == [2]
    looked(queue, 2, GONE_AFTER * again_ms + 1)
    assert places(queue, ["b"], GONE_AFTER * again_ms + 1) == [1]
    assert places(queue, ["a"], GONE_AFTER * again_ms + 1) == [2]


def test_who_stands_far_behind_asks_less_often() -> None:
    queue = full()
    turns = [queue.ask(str(number), 0) for number in range(3000)]
    assert turns[0].again_ms == SOONEST_MS
    assert SOONEST_MS < turns[1000].again_ms < LATEST_MS
    assert turns[-1].again_ms == LATEST_MS


def test_the_estimate_is_by_those_who_ended_and_nothing_is_said_before() -> None:
    queue = full()
    assert queue.ask("a", 0).wait_ms is None
    looked(queue, 2, 10_000)
    assert queue.ask("a", 10_000).wait_ms is None
    looked(queue, 1, 20_000)
    assert begin(queue, "a", 20_000).may_begin
    # One has ended in twenty seconds: the next place will be free in as many.
    assert queue.ask("b", 20_000).wait_ms == 20_000
    assert queue.ask("c", 20_000).wait_ms == 40_000
    looked(queue, 2, 81_000)
    assert queue.ask("b", 81_000).wait_ms is None  # nobody has ended in the last minute


def test_a_rush_into_an_empty_hall_makes_no_estimate_better() -> None:
    queue = Queue[str](100)
    looked(queue, 0, 0)
    assert places(queue, [str(number) for number in range(100)], 500) == [0] * 100
    looked(queue, 100, 1000)
    assert queue.ask("late", 1000).wait_ms is None


def test_slow_batches_make_newcomers_wait_and_then_let_in_more_and_more() -> None:
    queue = Queue[str]()
    looked(queue, 0, 1000, SLOW_MS + 1)
    assert not queue.is_open
    people = [str(number) for number in range(6 * FIRST_PACE)]
    assert queue.ask(people[0], 1000) == Turn(
        may_begin=False, place=1, wait_ms=None, again_ms=SOONEST_MS
    )
    assert places(queue, people, 1000) == list(range(1, len(people) + 1))
    looked(queue, 0, 2000)
    assert sum(begin(queue, each, 2000).may_begin for each in people) == FIRST_PACE
    assert queue.ask(people[FIRST_PACE], 2000).wait_ms == 1000
    looked(queue, 0, 3000)
    assert sum(begin(queue, each, 3000).may_begin for each in people[FIRST_PACE:]) == 2 * FIRST_PACE
    looked(queue, 0, 4000, SLOW_MS + 1)
    assert not begin(queue, people[-1], 4000).may_begin


def test_when_all_is_well_for_a_while_the_queue_is_open_again() -> None:
    queue = Queue[str]()
    looked(queue, 0, 1000, SLOW_MS + 1)
    for second in range(2, 14):
        looked(queue, 0, second * 1000, SLOW_MS)
    assert queue.is_open


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 12)),
        st.tuples(st.just("end"), st.integers(0, 5)),
        st.tuples(st.just("look"), st.integers(0, 4000)),
        st.tuples(st.just("refuse"), st.integers(0, 12)),
    ),
    max_size=120,
)


@given(capacity=st.integers(1, 4), steps=STEPS)
def test_order_is_kept_and_the_capacity_never_exceeded(
    capacity: int, steps: list[tuple[str, int]]
) -> None:
    queue, at_work, now_ms = Queue[int](capacity), set[int](), 0
    line: list[int] = []  # those who wait, in order, as they were told
    for deed, number in steps:
        now_ms += 10
        if deed in ("ask", "refuse") and number not in at_work:
            free = capacity - len(at_work)
            turn = queue.ask(number, now_ms)
            if turn.may_begin:
                ahead = line.index(number) if number in line else len(line)
                assert ahead < free
                if number in line:
                    line.remove(number)
                queue.settle(has_begun=deed == "ask")
                at_work |= {number} if deed == "ask" else set()
            else:
                if number not in line:
                    line.append(number)
                assert turn.place == line.index(number) + 1
        elif deed == "end" and at_work:
            at_work.discard(sorted(at_work)[number % len(at_work)])
        elif deed == "look":
            # All of it takes less time than after which anybody is gone.
            looked(queue, len(at_work), now_ms)
        assert len(at_work) <= capacity
        assert queue.length == len(line)


@given(st.integers(1, 5), st.integers(1, 40))
def test_everybody_gets_in_within_as_many_rounds_as_are_before_them(
    capacity: int, people: int
) -> None:
    queue, inside = Queue[str](capacity), list[str]()
    waiting = [str(number) for number in range(people)]
    for rounds in range(people // capacity + 1):
        looked(queue, 0, rounds * 1000)  # everybody who was in has ended
        inside += [each for each in waiting if begin(queue, each, rounds * 1000).may_begin]
        waiting = [each for each in waiting if each not in inside]
    assert inside == [str(number) for number in range(people)]


@pytest.mark.parametrize("seen", [1, 1000, 100_000])
def test_asking_costs_little_however_many_wait(seen: int) -> None:
    queue = full()
    for number in range(seen):
        queue.ask(str(number), 0)
    assert queue.ask("last", 0).place == seen + 1
    assert queue.length == seen + 1
