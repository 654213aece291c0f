"""Scores that the desk tells: shown to whom they are for, and only where the rules promise it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hoithi.hall.app import SCORE_PULSE_MS, SITTING_PULSE_MS
from hoithi.hall.formats import Kind, receipt_bytes
from hoithi.hall.scores import ToldScore, read_scores, shown_score, write_scores
from hoithi.hall.store.api import OrderKind
from hoithi.rules.paper import AttemptRule, Policy
from tests.hall.scene import (
    Client,
    HallProcess,
    Json,
    code,
    now_ms,
    order,
    publish,
    wait_for_order,
    wait_until,
)
from tests.hall.writing import chain_findings, stored_rows
from tests.rules.test_paper import POLICY

TOLD = ToldScore("ab" * 16, "cd" * 10, "17.5", "20", 725_000)
OPEN = AttemptRule(None, "round", 420, [])
Opened = Callable[[str], HallProcess]


@pytest.fixture
def opened(new_hall: HallProcess) -> Opened:
    """Starts the hall with an open sitting whose rules promise this."""

    def start(promise: str) -> HallProcess:
        policy: Policy = replace(POLICY, result=promise, attempts=OPEN)
        publish(
            new_hall.control_address,
            opens_ms=now_ms() - 1000,
            closes_ms=now_ms() + 3_600_000,
            policy=policy,
        )
        return new_hall.start()

    return start


def handed_in(hall: HallProcess, line: int = 1) -> tuple[Client, Json]:
    client = Client(hall.port, device=f"{line:032x}")
    client.enter(code(line))
    wait_until(lambda: client.start()[0] == 200)  # a slow disk lets people wait for their turn
    client.save((0, 1))
    status, receipt = client.submit()
    assert status == 200
    return client, receipt


def told(receipt: Json, points: str = "17.5") -> ToldScore:
    raw = receipt_bytes(str(receipt["receipt"]))
    return ToldScore(str(receipt["attempt"]), raw.hex(), points, "20", 725_000)


def tell(hall: HallProcess, *scores: ToldScore) -> int:
    return order(hall.control_address, OrderKind.SCORE_TO_SHOW, text=write_scores(scores))


def test_scores_are_read_as_they_were_written() -> None:
    assert read_scores(write_scores([TOLD, TOLD])) == [TOLD, TOLD]


@pytest.mark.parametrize(
    ("promise", "shown"),
    [
        ("none", None),
        ("anything", None),
        ("score", ("17.5", "20", None)),
        ("score_and_time", ("17.5", "20", 725_000)),
    ],
)
def test_what_is_shown_is_what_is_promised(
    promise: str, shown: tuple[str, str, int | None] | None
) -> None:
    view = shown_score(TOLD, bytes.fromhex(TOLD.receipt), promise)
    assert (view and (view.points, view.maximum, view.time_ms)) == shown
    assert shown_score(TOLD, bytes(10), promise) is None
    assert shown_score(None, bytes(10), promise) is None


def score_in(reply: Json) -> object:
    receipt = reply["receipt"]
    assert isinstance(receipt, dict)
    return receipt.get("score")


def test_one_order_tells_many_and_each_reads_their_own(opened: Opened) -> None:
    hall = opened("score_and_time")
    people = [handed_in(hall, line) for line in (1, 2, 3)]
    assert all("score" not in receipt for _, receipt in people)
    number = tell(
        hall, *(told(receipt, str(at)) for at, (_, receipt) in enumerate(people[:2], start=1))
    )
    first, second, third = (wait_for_order(client, number) for client, _ in people)
    assert score_in(first) == {"points": "1", "maximum": "20", "time_ms": 725_000}
    assert score_in(second) == {"points": "2", "maximum": "20", "time_ms": 725_000}
    assert score_in(third) is None
    client, _ = people[0]
    assert client.submit()[1]["score"] == score_in(first)
    assert score_in(client.enter(code(1))[1]) == score_in(first)
    orders = [row for row in stored_rows(hall.journal_address) if row.kind is Kind.ORDER]
    assert [row.item for row in orders] == [number]
    assert chain_findings(hall.journal_address) == []


def test_a_page_that_awaits_its_score_asks_sooner(opened: Opened) -> None:
    hall = opened("score")
    client, receipt = handed_in(hall)
    asked = client.pulse()[1]["pulse_ms"]
    assert isinstance(asked, int)
    assert asked <= SCORE_PULSE_MS * 5 / 4
    later = wait_for_order(client, tell(hall, told(receipt)))["pulse_ms"]
    assert isinstance(later, int)
    assert later > SITTING_PULSE_MS * 2


def test_nothing_is_shown_where_nothing_is_promised(opened: Opened) -> None:
    hall = opened("none")
    client, receipt = handed_in(hall)
    reply = wait_for_order(client, tell(hall, told(receipt)))
    assert score_in(reply) is None
    assert "score" not in client.submit()[1]
    assert score_in(client.enter(code(1))[1]) is None


def test_a_void_attempt_shows_none_until_it_is_restored(opened: Opened) -> None:
    hall = opened("score")
    client, receipt = handed_in(hall)
    tell(hall, told(receipt))
    attempt = bytes.fromhex(str(receipt["attempt"]))
    for kind, shown in ((OrderKind.VOID, False), (OrderKind.RESTORE, True)):
        number = order(hall.control_address, kind, line=1, attempt=attempt)
        reply = wait_for_order(client, number)
        assert (score_in(reply) is not None) is shown
        assert ("score" in client.submit()[1]) is shown


def test_a_score_of_other_answers_is_not_shown(opened: Opened) -> None:
    hall = opened("score")
    client, receipt = handed_in(hall)
    other = replace(told(receipt), receipt="00" * 10)
    assert score_in(wait_for_order(client, tell(hall, other))) is None
    assert score_in(wait_for_order(client, tell(hall, told(receipt, "3")))) == {
        "points": "3",
        "maximum": "20",
    }
    assert score_in(wait_for_order(client, tell(hall, told(receipt, "4")))) == {
        "points": "4",
        "maximum": "20",
    }


def test_an_order_that_tells_nothing_readable_stops_no_other(opened: Opened) -> None:
    hall = opened("score")
    client, receipt = handed_in(hall)
    order(hall.control_address, OrderKind.SCORE_TO_SHOW, text="17,5")
    order(hall.control_address, OrderKind.SCORE_TO_SHOW, text='[["zz","","","",0]]')
    assert score_in(wait_for_order(client, tell(hall, told(receipt)))) is not None


def test_scores_are_there_after_a_restart(opened: Opened) -> None:
    hall = opened("score")
    client, receipt = handed_in(hall)
    wait_for_order(client, tell(hall, told(receipt)))
    hall.kill()
    hall.start()
    again = Client(hall.port)
    assert score_in(again.enter(code(1))[1]) is not None
