"""A window of its own for a unit or a person: who may start in it, and what the journal says."""

from __future__ import annotations

import msgspec

from hoithi.hall.formats import Kind
from hoithi.hall.ledger import read_ledger
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import OrderKind
from hoithi.hall.times import not_applied, started_outside, times_of
from hoithi.hall.windows import HEARD_WITHIN_MS
from hoithi.rules.paper import Policy
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
    wait_until,
)
from tests.hall.writing import chain_findings, stored_rows
from tests.rules.test_paper import POLICY

LINES = 5
HOUR_MS = 3_600_000


def entered(hall: HallProcess, line: int) -> Client:
    client = Client(hall.port, device=f"{line:032x}")
    assert client.enter(code(line))[0] == 200
    return client


def over(hall: HallProcess, policy: Policy = POLICY) -> int:
    """A hall whose only sitting closed a minute ago; answers when."""
    closes_ms = now_ms() - 60_000
    publish(hall.control_address, opens_ms=0, closes_ms=closes_ms, lines=LINES, policy=policy)
    hall.start()
    return closes_ms


def window(
    hall: HallProcess,
    opens_ms: int,
    closes_ms: int,
    *,
    line: int | None = None,
    at_ms: int | None = None,
) -> int:
    """For a line, or for unit DV-1: the odd lines; given at an instant, or now."""
    return order(
        hall.control_address,
        OrderKind.WINDOW,
        line=line,
        amount=closes_ms,
        text=str(opens_ms) if line is not None else f"{opens_ms} DV-1",
        at_ms=at_ms,
    )


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


def check(hall: HallProcess, attempts: int = 1) -> None:
    """The journal has the order, and by the orders nobody started when they might not."""
    rows = stored_rows(hall.journal_address)
    ledger = read_ledger(rows, items=5, grace_ms=10_000)
    writer = control_writer(hall.control_address)
    times = times_of(SITTING, writer.window(SITTING), writer.orders(SITTING))
    writer.close()
    units = {line: published_line(line).unit_code for line in range(1, LINES + 1)}
    assert {each.kind for each in times.orders} <= {"window", "extra_time"}
    assert not_applied(times, dict(ledger.orders)) == []
    assert started_outside(times, ledger.attempts, units) == []
    assert (len(ledger.attempts), ledger.flaws) == (attempts, ())
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


def began(client: Client) -> tuple[int, int]:
    """When an attempt began that starts now, and when its time ends."""
    status, reply = client.start()
    assert status == 200, reply
    started, deadline = reply["started_ms"], reply["deadline_ms"]
    assert isinstance(started, int)
    assert isinstance(deadline, int)
    return started, deadline


def test_who_works_keeps_the_window_they_began_in_when_it_is_made_longer_and_taken_back(
    new_hall: HallProcess,
) -> None:
    """In seconds from the first start on, the next order is given half a minute later than what
    clocks may be apart: the order's instant decides, not the hall's hearing."""
    over(new_hall)
    opens_ms = now_ms() - 1
    first_end, second_end = opens_ms + 300_000, opens_ms + 600_000
    one, three, five = (entered(new_hall, line) for line in (1, 3, 5))
    wait_for_order(one, window(new_hall, opens_ms, first_end))
    started, deadline = began(one)
    assert deadline == first_end

    longer = window(new_hall, opens_ms, second_end, at_ms=started + HEARD_WITHIN_MS + 1)
    assert wait_for_order(one, longer)["deadline_ms"] == first_end
    wait_until(lambda: now_ms() > started + 1)
    started, deadline = began(three)
    assert deadline == second_end

    taken_back = window(
        new_hall, opens_ms, now_ms() - 60_000, at_ms=started + 2 * HEARD_WITHIN_MS + 1
    )
    assert wait_for_order(five, taken_back)["state"] == "closed"
    assert five.start() == (403, {"error": "closed"})
    ends = [wait_for_order(each, taken_back)["deadline_ms"] for each in (one, three)]
    assert ends == [first_end, second_end]

    new_hall.kill()
    new_hall.start()
    for client, end in ((one, first_end), (three, second_end)):
        client.connection = None
        assert wait_for_order(client, taken_back)["deadline_ms"] == end
        assert client.start()[0] == 200  # it is opened again
        assert client.save((0, 1))[0] == 200
    more = order(new_hall.control_address, OrderKind.EXTRA_TIME, text="DV-1", amount=60_000)
    ends = [wait_for_order(each, more)["deadline_ms"] for each in (one, three)]
    assert ends == [first_end + 60_000, second_end + 60_000]
    rows = stored_rows(new_hall.journal_address)
    assert {row.item for row in rows if row.kind is Kind.DEADLINE} == {more}
    assert [row for row in rows if row.kind is Kind.CLOSED and row.item >= taken_back] == []

    assert [each.submit()[0] for each in (one, three)] == [200, 200]
    wait_until(
        lambda: any(
            row.kind is Kind.CLOSED and row.item == more
            for row in stored_rows(new_hall.journal_address)
        )
    )
    check(new_hall, attempts=2)


def test_who_works_in_a_window_that_was_taken_back_still_tells_signals(
    new_hall: HallProcess,
) -> None:
    over(
        new_hall,
        msgspec.structs.replace(
            POLICY, signals=True, signals_announced_in="Điều 8", signals_days=30
        ),
    )
    client = entered(new_hall, 1)
    wait_for_order(client, window(new_hall, now_ms() - 1, now_ms() + HOUR_MS))
    started, _ = began(client)
    wait_for_order(
        client, window(new_hall, 0, now_ms() - 60_000, at_ms=started + HEARD_WITHIN_MS + 1)
    )
    assert client.post("signals", {"signals": [["left", -1, -1, 1000]]}) == (200, {"taken": 1})
    assert client.submit()[0] == 200
    check(new_hall)


def test_who_could_start_only_by_the_newer_window_goes_by_it(new_hall: HallProcess) -> None:
    """The desk's clock is ten minutes ahead of the hall's."""
    over(new_hall)
    client = entered(new_hall, 1)
    window(new_hall, 0, now_ms() - 30_000, at_ms=now_ms() - HOUR_MS)
    end = now_ms() + 300_000
    wait_for_order(client, window(new_hall, now_ms() - 1, end, at_ms=now_ms() + 600_000))
    assert began(client)[1] == end
    more = order(new_hall.control_address, OrderKind.EXTRA_TIME, line=1, amount=60_000)
    assert wait_for_order(client, more)["deadline_ms"] == end + 60_000
    check(new_hall)
