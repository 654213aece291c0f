"""A window of its own for a unit or a person: who may start in it, and what the journal says."""

from __future__ import annotations

from hoithi.hall.formats import Kind
from hoithi.hall.ledger import read_ledger
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import OrderKind
from hoithi.hall.times import not_applied, started_outside, times_of
from tests.hall.scene import (
    SITTING,
    Client,
    HallProcess,
    code,
    now_ms,
    order,
    publish,
    published_line,
    wait_for_order,
)
from tests.hall.writing import chain_findings, stored_rows

LINES = 5
HOUR_MS = 3_600_000


def entered(hall: HallProcess, line: int) -> Client:
    client = Client(hall.port, device=f"{line:032x}")
    assert client.enter(code(line))[0] == 200
    return client


def over(hall: HallProcess) -> int:
    """A hall whose only sitting closed a minute ago; answers when."""
    closes_ms = now_ms() - 60_000
    publish(hall.control_address, opens_ms=0, closes_ms=closes_ms, lines=LINES)
    hall.start()
    return closes_ms


def window(hall: HallProcess, opens_ms: int, closes_ms: int, *, line: int | None = None) -> int:
    """For a line, or for unit DV-1: the odd lines."""
    text = str(opens_ms) if line is not None else f"{opens_ms} DV-1"
    return order(hall.control_address, OrderKind.WINDOW, line=line, amount=closes_ms, text=text)


def test_a_unit_starts_in_its_window_and_nobody_else_does(new_hall: HallProcess) -> None:
    over(new_hall)
    one, two = entered(new_hall, 1), entered(new_hall, 2)
    assert one.start() == (403, {"error": "closed"})
    closes_ms = now_ms() + HOUR_MS
    number = window(new_hall, now_ms() - 1, closes_ms)
    reply = wait_for_order(one, number)
    assert (reply["state"], reply["closes_ms"]) == ("ready", closes_ms)
    assert one.start()[0] == 200
    assert one.save((0, 1))[0] == 200
    assert one.submit()[0] == 200
    assert wait_for_order(two, number)["state"] == "closed"
    assert two.start() == (403, {"error": "closed"})
    # Each as often as the rules allow: once here.
    assert one.start() == (403, {"error": "no_attempts_left"})
    assert entered(new_hall, 1).pulse()[1]["state"] == "submitted"
    check(new_hall)


def check(hall: HallProcess) -> None:
    """The journal has the order, and by the orders nobody started when they might not."""
    rows = stored_rows(hall.journal_address)
    ledger = read_ledger(rows, items=5, grace_ms=10_000)
    writer = control_writer(hall.control_address)
    times = times_of(SITTING, writer.window(SITTING), writer.orders(SITTING))
    writer.close()
    units = {line: published_line(line).unit_code for line in range(1, LINES + 1)}
    assert [each.kind for each in times.orders] == ["window"] * len(times.orders)
    assert not_applied(times, dict(ledger.orders)) == []
    assert started_outside(times, ledger.attempts, units) == []
    assert (len(ledger.attempts), ledger.flaws) == (1, ())
    assert chain_findings(hall.journal_address) == []


def test_a_window_that_is_yet_to_come_is_waited_for_over_a_restart(new_hall: HallProcess) -> None:
    over(new_hall)
    opens_ms = now_ms() + HOUR_MS
    number = window(new_hall, opens_ms, opens_ms + HOUR_MS, line=3)
    wait_for_order(entered(new_hall, 3), number)
    new_hall.kill()
    new_hall.start()
    client = entered(new_hall, 3)
    reply = client.pulse()[1]
    assert (reply["state"], reply["opens_ms"]) == ("waiting", opens_ms)
    assert client.start() == (403, {"error": "not_open", "opens_ms": opens_ms})
    # The last one given holds: this one brings it forward.
    again = window(new_hall, now_ms() - 1, now_ms() + HOUR_MS, line=3)
    wait_for_order(client, again)
    assert client.start()[0] == 200
    check(new_hall)


def test_an_attempt_in_a_window_ends_with_it_and_only_then_is_the_sitting_closed(
    new_hall: HallProcess,
) -> None:
    over(new_hall)
    closes_ms = now_ms() + HOUR_MS
    wait_for_order(entered(new_hall, 1), window(new_hall, now_ms() - 1, closes_ms, line=1))
    client = entered(new_hall, 1)
    status, reply = client.start()
    assert (status, reply["deadline_ms"]) == (200, min(closes_ms, deadline_of(reply)))
    rows = stored_rows(new_hall.journal_address)
    assert [row for row in rows if row.kind is Kind.CLOSED and row.item == 1] == []


def deadline_of(reply: dict[str, object]) -> int:
    """The end of a full working time."""
    started, deadline = reply["started_ms"], reply["deadline_ms"]
    assert isinstance(started, int)
    assert isinstance(deadline, int)
    assert deadline > started
    return deadline


def test_minutes_in_a_window_lengthen_it(new_hall: HallProcess) -> None:
    over(new_hall)
    closes_ms = now_ms() + 20_000
    client = entered(new_hall, 1)
    wait_for_order(client, window(new_hall, now_ms() - 1, closes_ms, line=1))
    assert client.start()[1]["deadline_ms"] == closes_ms
    more = order(new_hall.control_address, OrderKind.EXTRA_TIME, line=1, amount=60_000)
    assert wait_for_order(client, more)["deadline_ms"] == closes_ms + 60_000
