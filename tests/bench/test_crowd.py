"""What a large round asks for and when; and the load by the clock against a real hall."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from bench import exam
from bench.crowd import Contestant, Kind, rush, without_middle
from bench.load import run_load
from bench.open_loop import Due, Play, Tally
from tests.hall.scene import HallProcess, free_port
from tests.hall.writing import stored_numbers

PEOPLE = 20


def test_everybody_enters_within_ten_seconds_and_hands_in_within_the_last_thirty() -> None:
    schedule = rush(PEOPLE, 120, Random(1))
    assert schedule == sorted(schedule)
    counts = Counter(kind for _, _, kind in schedule)
    del counts["pulse"]
    assert counts == {"enter": 20, "start": 20, "save": 20 * exam.ITEMS, "submit": 20}
    assert max(at for at, _, kind in schedule if kind == "start") <= 10
    submits = [at for at, _, kind in schedule if kind == "submit"]
    assert (min(submits) >= 90, max(submits) <= 120) == (True, True)


def test_nobody_saves_before_the_start_or_after_handing_in() -> None:
    order: dict[int, list[str]] = {}
    for _, who, kind in rush(PEOPLE, 120, Random(1)):
        order.setdefault(who, []).append(kind)
    for kinds in order.values():
        assert kinds[:2] == ["enter", "start"]
        assert kinds[-1] == "submit"


def test_a_round_too_short_for_its_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        rush(PEOPLE, 30, Random(1))


def test_a_round_without_its_middle_is_asked_as_fast_as_the_whole() -> None:
    whole = rush(PEOPLE, 600, Random(1))
    short = without_middle(whole, 420)
    assert short == sorted(short)
    assert short[:200] == whole[:200]
    assert [(at + 420, who, kind) for at, who, kind in short[-200:]] == whole[-200:]
    last = whole[-1][0] - 60
    assert len(whole) - len(short) == sum(last - 420 <= at < last for at, _, _ in whole)
    with pytest.raises(ValueError, match="too short"):
        without_middle(whole, 535)


def played(port: int, schedule: list[Due]) -> Tally:
    async def play() -> Tally:
        people = [Contestant(line) for line in range(1, PEOPLE + 1)]
        running = Play(port, people)
        await running.run(schedule)
        running.close()
        return running.tally

    return run_load(play())


def at_once(*kinds: Kind) -> list[Due]:
    return [(0.0, who, kind) for kind in kinds for who in range(PEOPLE)]


def test_what_is_due_at_once_is_asked_in_order_and_all_that_is_counted_is_stored(
    tmp_path: Path,
) -> None:
    hall = HallProcess(tmp_path)
    exam.publish(hall.control_address, PEOPLE)
    hall.start()
    tally = played(hall.port, at_once("enter", "start", "save", "save", "pulse", "submit"))
    hall.stop()
    assert tally.errors == Counter()
    counts = {kind: len(times) for kind, times in tally.milliseconds.items()}
    assert counts == {"enter": 20, "start": 20, "save": 40, "pulse": 20, "submit": 20}
    assert list(stored_numbers(hall.journal_address).values()) == [[1, 2]] * PEOPLE


def test_a_refusal_is_an_error_and_no_time(tmp_path: Path) -> None:
    hall = HallProcess(tmp_path)
    exam.publish(hall.control_address, PEOPLE)
    hall.start()
    tally = played(hall.port, at_once("enter", "save"))
    hall.stop()
    assert tally.errors == {"save 401": PEOPLE}
    assert list(tally.milliseconds) == ["enter"]


def test_where_nobody_listens_every_request_is_an_error() -> None:
    tally = played(free_port(), at_once("enter"))
    assert tally.errors == {"enter not connected": PEOPLE}
    assert tally.milliseconds == {}
