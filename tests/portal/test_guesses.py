"""Guessed codes are limited by address; nothing else is."""

from __future__ import annotations

from hoithi.portal.guesses import MOST_ADDRESSES, Guesses


def test_thirty_unknown_codes_are_free_and_the_next_waits() -> None:
    guesses = Guesses()
    for _ in range(30):
        assert guesses.wait_s("a", 0) == 0
        guesses.wrong("a", 0)
    assert guesses.wait_s("a", 0) == 11
    assert guesses.wait_s("b", 0) == 0


def test_one_guess_is_won_back_every_ten_seconds() -> None:
    guesses = Guesses()
    for _ in range(30):
        guesses.wrong("a", 0)
    assert [guesses.wait_s("a", at) for at in (0, 5, 9.9, 10, 300)] == [11, 6, 1, 0, 0]
    guesses.wrong("a", 10)
    assert guesses.wait_s("a", 10) == 11


def test_the_memory_is_bounded() -> None:
    guesses = Guesses()
    for _ in range(30):
        guesses.wrong("first", 0)
    for number in range(MOST_ADDRESSES):
        guesses.wrong(str(number), 0)
    assert guesses.wait_s("first", 0) == 0
