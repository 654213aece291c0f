"""Before the opening and above the capacity: what the hall tells those who wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from hoithi.hall.config import ConfigError, read_config
from hoithi.hall.formats import Kind
from hoithi.hall.store.api import OrderKind
from hoithi.hall.waiting import LATEST_MS, MOST_SPREAD_MS, SOONEST_MS, Crowd, own_share
from tests.hall.scene import (
    Client,
    HallProcess,
    Json,
    code,
    entry_key,
    now_ms,
    order,
    publish,
    wait_for_order,
    wait_until,
)
from tests.hall.writing import chain_findings, stored_rows

FOLLOWS_WITHIN_MS = 2000


def crowd(people: int) -> Crowd:
    """So many who were just heard for the first time."""
    made = Crowd()
    for _ in range(people):
        made.hear(-1, 1_000_000)
    return made


def test_somebody_is_counted_once_in_a_window_however_often_they_ask() -> None:
    made = Crowd()
    heard = dict.fromkeys(range(50), -1)
    for now in range(1_000_000, 1_010_000, 500):
        for person, seen in heard.items():
            made.hear(seen, now)
            heard[person] = now
    assert made.people == 50


def test_those_who_left_are_not_counted_for_long() -> None:
    made = crowd(1000)
    made.hear(-1, 1_030_000)
    assert made.people == 1


@pytest.mark.parametrize(
    ("people", "asks_every_ms"),
    [(1, SOONEST_MS), (7500, SOONEST_MS), (10_000, 1600), (50_000, 8000), (100_000, LATEST_MS)],
)
def test_more_people_ask_less_often(people: int, asks_every_ms: int) -> None:
    made = crowd(people)
    assert made.asks_every_ms == asks_every_ms
    # A quarter more by chance; up to ten thousand the page follows within two seconds.
    assert (asks_every_ms * 5 / 4 <= FOLLOWS_WITHIN_MS) is (people <= 10_000)


def test_the_spread_grows_with_the_crowd_and_has_an_end() -> None:
    assert crowd(1).spread_ms(0.999) == 299
    assert crowd(5000).spread_ms(0.5) == 500
    assert crowd(100_000).spread_ms(0.5) == MOST_SPREAD_MS / 2


def test_shares_differ_from_person_to_person_and_lie_between_none_and_all() -> None:
    shares = [own_share(entry_key(line)) for line in range(2000)]
    assert all(0 <= share < 1 for share in shares)
    tenths = {int(share * 10) for share in shares}
    assert tenths == set(range(10))
    assert shares[7] == own_share(entry_key(7))


@pytest.mark.parametrize("written", ["0", "-1", "viele", "1.5", "1e3", " "])
def test_a_capacity_that_is_none_is_refused_with_its_name(written: str) -> None:
    with pytest.raises(ConfigError, match="HOITHI_HALL_CAPACITY"):
        read_config({"HOITHI_HALL_CAPACITY": written})


def test_without_a_capacity_there_is_none() -> None:
    assert read_config({}).capacity is None
    assert read_config({"HOITHI_HALL_CAPACITY": "250"}).capacity == 250


def open_sitting(
    hall: HallProcess, *, opens_in_ms: int = -1000, capacity: int | None = None
) -> None:
    publish(
        hall.control_address,
        opens_ms=now_ms() + opens_in_ms,
        closes_ms=now_ms() + 7_200_000,
        lines=40,
    )
    if capacity is not None:
        hall.more["HOITHI_HALL_CAPACITY"] = str(capacity)
    hall.start()


def came(hall: HallProcess, line: int) -> Client:
    client = Client(hall.port, device=f"{line:032x}")
    assert client.enter(code(line))[0] == 200
    return client


def try_start(client: Client) -> Json:
    """Ask for a start; answers what is said, with the status and how long to wait."""
    accepted = b'{"device":"%b","regulation":"1","consent":"1","take_over":false}'
    status, reply, head = client.request("POST", "/thi/v1/start", accepted % client.device.encode())
    if status == 200:
        client.token = str(reply["token"])
    return {"status": status, "retry": head.get("retry-after"), **reply}


def starts(client: Client) -> None:
    """Ask until it is their turn."""
    wait_until(lambda: try_start(client)["status"] == 200, within_s=20)


def test_the_hall_says_how_often_to_ask_and_its_own_share(new_hall: HallProcess) -> None:
    open_sitting(new_hall, opens_in_ms=3_600_000)
    first, second = came(new_hall, 1), came(new_hall, 2)
    told = [client.pulse()[1] for client in (first, first, second)]
    for reply in told:
        assert reply["state"] == "waiting"
        assert isinstance(reply["pulse_ms"], int)
        assert reply["pulse_ms"] <= FOLLOWS_WITHIN_MS
    assert told[0]["spread_ms"] == told[1]["spread_ms"] == int(300 * own_share(entry_key(1)))
    assert told[2]["spread_ms"] == int(300 * own_share(entry_key(2)))


def test_an_opening_that_is_moved_is_told_with_the_next_pulse(new_hall: HallProcess) -> None:
    open_sitting(new_hall, opens_in_ms=3_600_000)
    client = came(new_hall, 1)
    for at in (now_ms() + 1_800_000, now_ms() + 5_400_000, now_ms() - 1000):
        number = order(new_hall.control_address, OrderKind.OPEN_AT, amount=at)
        wait_for_order(client, number)
        assert client.pulse()[1]["opens_ms"] == at
    reply = client.pulse()[1]
    assert (reply["state"], "spread_ms" in reply) == ("ready", False)
    assert client.start()[0] == 200


def test_above_the_capacity_people_get_a_place_and_in_by_turn(new_hall: HallProcess) -> None:
    open_sitting(new_hall, capacity=2)
    one, two, three, four = (came(new_hall, line) for line in (1, 2, 3, 4))
    starts(one)
    starts(two)
    for _ in range(2):
        assert [try_start(client) for client in (three, four)] == [
            {"status": 503, "retry": "2", "error": "queued", "place": place} for place in (1, 2)
        ]
    again = came(new_hall, 4)  # another device, the same place
    assert try_start(again)["place"] == 2
    # Those at work are not slowed, whatever they do.
    assert one.save((0, 1))[0] == 200
    assert try_start(one)["status"] == 200
    elsewhere = came(new_hall, 2)
    assert elsewhere.start(take_over=True)[0] == 200
    assert one.submit()[0] == 200
    starts(three)
    assert try_start(four)["place"] == 1
    assert three.submit()[0] == 200
    starts(four)
    assert chain_findings(new_hall.journal_address) == []


def test_who_may_not_start_anyway_is_told_so_and_does_not_queue(new_hall: HallProcess) -> None:
    open_sitting(new_hall, capacity=1)
    one, two = came(new_hall, 1), came(new_hall, 2)
    starts(one)
    assert one.submit()[0] == 200
    starts(two)
    assert try_start(one)["error"] == "no_attempts_left"
    assert try_start(came(new_hall, 3))["place"] == 1


def test_a_restart_counts_those_at_work_before_it_lets_anybody_in(new_hall: HallProcess) -> None:
    open_sitting(new_hall, capacity=2)
    for line in (1, 2):
        starts(came(new_hall, line))
    new_hall.kill()
    new_hall.start()
    late = came(new_hall, 3)
    for _ in range(20):
        assert try_start(late)["place"] == 1
    assert try_start(came(new_hall, 1))["status"] == 200


def test_a_rush_never_exceeds_the_capacity_and_nobody_is_left_out(new_hall: HallProcess) -> None:
    open_sitting(new_hall, capacity=3)

    def sit(line: int) -> None:
        client = came(new_hall, line)
        wait_until(lambda: try_start(client)["status"] == 200, within_s=60)
        client.seq = 0
        assert client.save((0, 1))[0] == 200
        assert client.submit()[0] == 200

    with ThreadPoolExecutor(12) as people:
        list(people.map(sit, range(1, 25)))
    at_work, most = 0, 0
    for row in stored_rows(new_hall.journal_address):
        at_work += (row.kind is Kind.START) - (row.kind is Kind.SUBMIT)
        most = max(most, at_work)
    assert (at_work, most) == (0, 3)


def test_without_a_capacity_a_rush_is_not_queued(new_hall: HallProcess) -> None:
    open_sitting(new_hall)
    with ThreadPoolExecutor(12) as people:
        said = list(people.map(lambda line: try_start(came(new_hall, line)), range(1, 41)))
    assert {reply["status"] for reply in said} == {200}
