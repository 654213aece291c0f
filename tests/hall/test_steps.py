"""Long walks leave room for others."""

from __future__ import annotations

import asyncio

from hoithi.hall.steps import LENGTH, in_steps


def test_everything_comes_once_in_order_and_others_have_their_turn_between() -> None:
    things = dict.fromkeys(range(2 * LENGTH + 1))
    met: list[int] = []
    turns: list[int] = []

    async def other() -> None:
        while len(met) < 2 * LENGTH + 1:
            turns.append(len(met))
            things[-1 - len(turns)] = None  # what comes meanwhile is not walked any more
            await asyncio.sleep(0)

    async def walk() -> None:
        beside = asyncio.create_task(other())
        async for step in in_steps(things):
            met.extend(step)
        await beside

    asyncio.run(walk())
    assert met == list(range(2 * LENGTH + 1))
    assert turns == [LENGTH, 2 * LENGTH]


def test_of_nothing_there_is_no_step() -> None:
    async def steps() -> list[list[int]]:
        return [step async for step in in_steps(list[int]())]

    assert asyncio.run(steps()) == []
