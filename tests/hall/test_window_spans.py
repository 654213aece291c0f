"""Which window an attempt goes by, when a line was given several."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoithi.hall.windows import HEARD_WITHIN_MS, Window, closing_of, holding, spans_of, with_another

MINUTE = 60_000
OWN = (0, 10 * MINUTE)


def minutes(opens: float, closes: float, given_at: float) -> Window:
    return Window(int(opens * MINUTE), int(closes * MINUTE), int(given_at * MINUTE))


def closing(*windows: Window, started: float, extra: float = 0) -> float:
    """All in minutes."""
    every: tuple[Window, ...] = ()
    for each in windows:
        every = with_another(every, each)
    return closing_of(OWN, every, int(started * MINUTE), int(extra * MINUTE)) / MINUTE


FIRST = minutes(30, 90, 20)


@pytest.mark.parametrize(
    ("second", "started", "expected"),
    [
        # Lengthened at the 60th minute: who had begun keeps the end they began with.
        (minutes(60, 120, 60), 45, 90),
        (minutes(60, 120, 60), 59, 90),
        (minutes(60, 120, 60), 60, 120),
        (minutes(60, 120, 60), 85, 120),
        # Even where the second opens before it was given, as no desk lets it.
        (minutes(30, 120, 60), 45, 90),
        (minutes(30, 120, 60), 59.8, 120),  # as far as clocks can be apart
        # Taken back at the 60th minute: nobody is cut off.
        (minutes(60, 61, 60), 45, 90),
        (minutes(60, 61, 60), 59.9, 90),
        (minutes(60, 61, 60), 60.2, 90),  # a hall may not have heard it yet
        (minutes(60, 61, 60), 60.6, 61),
        # Nothing but the replaced one admits the start, long after: it was started all the same.
        (minutes(60, 61, 60), 70, 90),
        # Nothing but the newer one does: the desk's clock is five minutes ahead of the hall's.
        (minutes(30, 120, 100), 95, 120),
        # Minutes that would have opened the first again do not take it from the newer one.
        (minutes(88, 120, 100), 91, 120),
        # Another day: who began goes by the first, who will begin by the second.
        (minutes(300, 360, 60), 45, 90),
        (minutes(300, 360, 60), 301, 360),
    ],
)
def test_an_attempt_goes_by_the_windows_in_force_at_its_start(
    second: Window, started: float, expected: float
) -> None:
    assert closing(FIRST, second, started=started) == expected
    assert closing(FIRST, second, started=started, extra=2) == expected


def test_the_sittings_own_time_holds_where_it_closes_last() -> None:
    assert closing(minutes(2, 5, 1), started=3) == 10
    assert closing(minutes(2, 12, 1), started=3) == 12
    assert closing(minutes(2, 12, 1), started=1.9) == 10
    assert closing(started=3) == 10


def test_what_no_window_admits_any_more_goes_by_what_had_opened() -> None:
    # Begun by minutes that were taken back since.
    assert closing(started=11) == 10
    assert closing(FIRST, started=11) == 10
    assert closing(FIRST, started=91) == 90
    assert closing(FIRST, started=91, extra=2) == 90
    # The opening was moved behind it.
    assert closing_of((5 * MINUTE, 10 * MINUTE), (FIRST,), 1, 0) == 10 * MINUTE


def test_a_window_replaced_before_it_opened_has_never_been() -> None:
    kept = with_another((FIRST,), minutes(40, 50, 25))
    assert spans_of(kept) == [minutes(40, 50, 25).span]
    assert with_another((FIRST,), minutes(40, 50, 31)) == (FIRST, minutes(40, 50, 31))


def test_a_window_that_never_opened_still_replaced_the_one_before() -> None:
    """Taken back at the 60th minute by one for another day, which is moved before it opens."""
    windows = FIRST, minutes(300, 360, 60), minutes(400, 460, 100)
    assert closing(*windows, started=45) == 90
    assert closing_of((0, 80 * MINUTE), FIRST_TWICE, 70 * MINUTE, 0) == 80 * MINUTE


FIRST_TWICE = with_another(with_another((FIRST,), minutes(300, 360, 60)), minutes(400, 460, 100))


def test_the_last_window_says_who_may_start() -> None:
    windows = (FIRST, minutes(60, 61, 60))
    assert holding(OWN, windows, 70 * MINUTE, 0) == (60 * MINUTE, 61 * MINUTE)
    assert holding(OWN, windows, 9 * MINUTE, 0) == OWN


instants = st.integers(0, 100).map(lambda at: at * 10_000)


@st.composite
def given_in_turn(draw: st.DrawFn) -> list[Window]:
    """Windows as a desk gives them: none opens before it is given."""
    windows = []
    for at in sorted(draw(st.lists(instants, max_size=5, unique=True))):
        opens = at + draw(instants)
        windows.append(Window(opens, opens + 1 + draw(instants), at))
    return windows


@given(given_in_turn(), instants)
@settings(max_examples=1000)
def test_no_window_given_later_moves_the_end_of_an_attempt(
    windows: list[Window], started_ms: int
) -> None:
    """Whoever starts by what is known then keeps that closing, whatever is given afterwards."""
    known: tuple[Window, ...] = ()
    for each in windows:
        if each.given_ms <= started_ms:
            known = with_another(known, each)
    opens_ms, closes_ms = holding(OWN, known, started_ms, 0)
    if not opens_ms <= started_ms < closes_ms:
        return
    told = closing_of(OWN, known, started_ms, 0)
    assert told >= closes_ms
    later = known
    for each in windows:
        if each.given_ms > started_ms + HEARD_WITHIN_MS:
            later = with_another(later, each)
    assert closing_of(OWN, later, started_ms, 0) == told
