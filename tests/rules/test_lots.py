"""The steps of a draw, as the big screen shows them, lead to the draw itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.lots import swaps
from hoithi.rules.ranking import lots

NAMES = st.lists(st.text("abcdef0123456789", min_size=1, max_size=8), unique=True, max_size=40)


@given(NAMES, st.binary(min_size=1, max_size=32))
def test_the_steps_carried_out_give_the_order_of_the_draw(names: list[str], seed: bytes) -> None:
    order = sorted(names)
    for swap in swaps(len(order), seed):
        order[swap.last], order[swap.other] = order[swap.other], order[swap.last]
    places = lots(names, seed)
    assert order == sorted(places, key=lambda name: places[name])


@given(st.integers(0, 60), st.binary(max_size=8))
def test_every_place_but_the_first_changes_once_from_the_last_on(count: int, seed: bytes) -> None:
    steps = swaps(count, seed)
    assert [step.last for step in steps] == list(range(count - 1, 0, -1))
    assert all(0 <= step.other <= step.last for step in steps)
