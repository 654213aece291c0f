"""Request bodies that are too large, too slow, or never come."""

from __future__ import annotations

import asyncio
import time

import pytest
from asgiref.typing import ASGIReceiveEvent

from hoithi.hall.bodies import LARGEST, SLOWEST_S, Bodies, TooLargeError, TooSlowError


def chunk(body: bytes, *, more: bool) -> ASGIReceiveEvent:
    return {"type": "http.request", "body": body, "more_body": more}


async def never() -> ASGIReceiveEvent:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_body_in_pieces_is_read_whole() -> None:
    pieces = iter([chunk(b"ab", more=True), chunk(b"", more=True), chunk(b"c", more=False)])

    async def receive() -> ASGIReceiveEvent:
        return next(pieces)

    assert asyncio.run(Bodies().read(receive)) == b"abc"


def test_a_client_that_goes_leaves_nothing() -> None:
    async def receive() -> ASGIReceiveEvent:
        return {"type": "http.disconnect"}

    assert asyncio.run(Bodies().read(receive)) is None


@pytest.mark.parametrize(("size", "is_taken"), [(LARGEST, True), (LARGEST + 1, False)])
def test_the_largest_body(size: int, is_taken: bool) -> None:
    async def receive() -> ASGIReceiveEvent:
        return chunk(b"x" * size, more=False)

    if is_taken:
        assert asyncio.run(Bodies().read(receive)) == b"x" * size
    else:
        with pytest.raises(TooLargeError):
            asyncio.run(Bodies().read(receive))


def test_a_body_that_does_not_come_in_time_is_ended_and_no_other() -> None:
    async def play() -> None:
        bodies = Bodies()
        began = time.monotonic()
        reading = asyncio.create_task(bodies.read(never))
        await asyncio.sleep(0)
        bodies.end_slow(began + SLOWEST_S - 1)
        await asyncio.sleep(0)
        assert not reading.done()
        bodies.end_slow(time.monotonic() + SLOWEST_S + 1)
        with pytest.raises(TooSlowError):
            await reading
        bodies.end_slow(time.monotonic() + SLOWEST_S + 1)

    asyncio.run(play())


def test_a_request_that_is_cancelled_stays_cancelled() -> None:
    async def play() -> None:
        reading = asyncio.create_task(Bodies().read(never))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(play())
