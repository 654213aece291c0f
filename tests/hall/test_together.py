"""All answer one question at a time: what the hall opens, takes, keeps, refuses and tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.hall.formats import Kind
from hoithi.hall.ledger import read_ledger
from hoithi.hall.store.api import OrderKind
from hoithi.hall.together import is_too_much
from hoithi.rules import paper
from hoithi.rules.together import (
    Announced,
    Asked,
    Cancelled,
    Ended,
    Event,
    Game,
    Rescue,
    Rescued,
    Together,
    write_event,
)
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
from tests.hall.test_openapi import STEPS, check
from tests.hall.writing import chain_findings, stored_rows
from tests.rules.test_paper import POLICY

SECONDS = 3
RULE = Together(SECONDS, "last_question", Rescue(2, 1, 100, 0))
GRACE_MS = 500
TOGETHER = replace(POLICY, together=RULE, grace_ms=GRACE_MS)


class Desk:
    """Presses, as the desk would give them."""

    def __init__(self, hall: HallProcess) -> None:
        self.hall = hall
        self.number = 0
        made = publish(
            hall.control_address,
            opens_ms=now_ms() - 1000,
            closes_ms=now_ms() + 3_600_000,
            lines=4,
            policy=TOGETHER,
        )
        self.questions = paper.read_questions(made.questions)
        self.paper = paper.draw(self.questions, entry_key(0), 1)

    def press(self, event: Event) -> int:
        self.number += 1
        return order(
            self.hall.control_address,
            OrderKind.TOGETHER,
            amount=self.number,
            text=write_event(event),
        )

    def ask(self, item: int, *, lead_ms: int = 0) -> Asked:
        opens_ms = now_ms() + lead_ms
        event = Asked(item, opens_ms, opens_ms + SECONDS * 1000)
        self.press(event)
        return event

    def stem(self, item: int) -> str:
        return self.questions.file.items[self.paper[item].item].stem


def come(hall: HallProcess, line: int) -> Client:
    client = Client(hall.port, device=f"{line:032x}")
    assert client.enter(code(line))[0] == 200
    status, reply = client.start()
    assert (status, reply["paper"], reply["answers"]) == (200, [], [-1] * 5)
    return client


def view(client: Client) -> Json:
    status, reply = client.pulse()
    assert status == 200
    together = reply["together"]
    assert isinstance(together, dict)
    return together


def item(client: Client) -> Json:
    shown = view(client)["item"]
    assert isinstance(shown, dict)
    return shown


def is_shown(client: Client, position: int) -> bool:
    shown = view(client).get("item")
    return isinstance(shown, dict) and shown["position"] == position and "question" in shown


def kinds(hall: HallProcess) -> list[Kind]:
    return [row.kind for row in stored_rows(hall.journal_address)]


def shut(hall: HallProcess) -> list[int]:
    return [row.item for row in stored_rows(hall.journal_address) if row.kind is Kind.SHUT]


@pytest.fixture
def desk(new_hall: HallProcess) -> Desk:
    made = Desk(new_hall)
    new_hall.start()
    return made


def test_a_question_is_told_of_before_and_read_from_its_opening_on(desk: Desk) -> None:
    client = come(desk.hall, 1)
    assert view(client) == {"number": 0, "standing": "in", "items": 5}
    asked = desk.ask(0, lead_ms=4000)
    wait_until(lambda: view(client)["number"] == 1)
    assert item(client) == {
        "position": 0,
        "opens_ms": asked.opens_ms,
        "closes_ms": asked.closes_ms,
    }
    status, reply = client.save((0, 1))
    assert (status, reply["error"]) == (403, "item_not_open")
    seen: list[tuple[bool, bool]] = []

    def is_open() -> bool:
        """By the clock of the hall, which is that of its store."""
        _, reply = client.pulse()
        shown, now = reply["together"], reply["now_ms"]
        assert isinstance(shown, dict)
        assert isinstance(now, int)
        seen.append(("question" in shown["item"], now >= asked.opens_ms))
        return seen[-1][0]

    wait_until(is_open)
    assert all(is_read == is_time for is_read, is_time in seen)
    question = item(client)["question"]
    assert isinstance(question, dict)
    assert question["stem"] == desk.stem(0)
    assert client.save((0, 1))[0] == 200
    assert Kind.ANSWER in kinds(desk.hall)


def test_everybody_has_the_same_question_in_the_same_order(desk: Desk) -> None:
    people = [come(desk.hall, line) for line in (1, 2, 3)]
    desk.ask(0)
    for client in people:
        wait_until(lambda client=client: is_shown(client, 0))  # type: ignore[misc]
    assert len({str(item(client)["question"]) for client in people}) == 1


def test_a_phone_asks_at_the_opening_that_it_was_told_of(desk: Desk) -> None:
    client = come(desk.hall, 1)
    asked = desk.ask(0, lead_ms=3000)
    wait_until(lambda: asked.opens_ms - now_ms() < 900)
    status, reply = client.pulse()
    again = reply["pulse_ms"]
    now = reply["now_ms"]
    assert status == 200
    assert isinstance(again, int)
    assert isinstance(now, int)
    assert asked.opens_ms <= now + again <= asked.opens_ms + 300


@pytest.mark.parametrize("saves", [[(3, 0)], [(0, 1), (1, 1)], [(-1, 5)], [(4, -1)]])
def test_nothing_is_stored_of_a_request_that_answers_a_question_to_come(
    desk: Desk, saves: Sequence[tuple[int, int]]
) -> None:
    client = come(desk.hall, 1)
    desk.ask(0)
    wait_until(lambda: is_shown(client, 0))
    status, reply = client.save(*saves)
    assert (status, reply["error"]) in ((403, "item_not_open"), (422, "unknown_item"))
    assert Kind.ANSWER not in kinds(desk.hall)
    assert client.save((0, 2))[0] == 200


def test_an_answer_after_the_close_is_kept_and_does_not_count_also_when_it_is_sent_again(
    desk: Desk,
) -> None:
    client = come(desk.hall, 1)
    asked = desk.ask(0)
    wait_until(lambda: is_shown(client, 0))
    assert client.save((0, 2))[0] == 200
    wait_until(lambda: shut(desk.hall) == [0])
    (row,) = (row for row in stored_rows(desk.hall.journal_address) if row.kind is Kind.SHUT)
    assert row.server_ms > asked.closes_ms + GRACE_MS
    status, reply = client.save((0, 1))
    assert (status, reply["late"]) == (202, True)
    client.seq -= 1
    status, reply = client.save((0, 1))
    assert (status, reply["late"]) == (202, True)
    client.seq = 0
    assert client.post("save", {"saves": [[1, 0, 2, -1]]})[0] == 202
    ledger = read_ledger(stored_rows(desk.hall.journal_address), items=5, grace_ms=GRACE_MS)
    assert ledger.flaws == ()
    (attempt,) = ledger.attempts
    assert (attempt.answers[0], attempt.late_rows) == (2, 1)


def test_nobody_begins_once_the_first_question_was_asked(desk: Desk) -> None:
    first = come(desk.hall, 1)
    desk.ask(0)
    wait_until(lambda: view(first)["number"] == 1)
    late = Client(desk.hall.port, device="f" * 32)
    assert late.enter(code(2))[0] == 200
    status, reply = late.start()
    assert (status, reply["error"]) == (403, "closed")
    assert late.pulse()[1].get("together") is None
    another = Client(desk.hall.port, device="e" * 32)
    assert another.enter(code(1))[0] == 200
    assert another.start(take_over=True)[0] == 200


def test_who_is_out_is_told_so_and_answers_nothing_more_until_rescued(desk: Desk) -> None:
    one, two = come(desk.hall, 1), come(desk.hall, 2)
    desk.ask(0)
    wait_until(lambda: shut(desk.hall) == [0])
    number = desk.press(Announced(0, [1], [1], [2]))
    wait_for_order(two, number)
    assert view(one)["standing"] == "in"
    told = view(two)
    assert (told["standing"], told["left"], told["of"]) == ("out", 1, 2)
    assert item(two)["right"] == [1]
    desk.ask(1)
    wait_until(lambda: is_shown(two, 1))
    status, reply = two.save((1, 0))
    assert (status, reply["error"]) == (403, "out")
    assert one.save((1, 0))[0] == 200
    status, reply = two.save((0, 0))  # what it had chosen without a network: evidence
    assert (status, reply["late"]) == (202, True)
    wait_until(lambda: shut(desk.hall) == [0, 1])
    desk.press(Announced(1, [0], [1], []))
    wait_for_order(two, desk.press(Rescued([2])))
    assert (view(two)["standing"], view(two)["left"]) == ("back", 2)
    desk.ask(2)
    wait_until(lambda: is_shown(two, 2))
    assert view(two)["standing"] == "in"
    assert two.save((2, 0))[0] == 200
    assert chain_findings(desk.hall.journal_address) == []


def test_who_is_out_answers_nothing_as_long_as_answers_count() -> None:
    game = Game(RULE, 5)
    game.take(Asked(0, 0, 3000))
    game.take(Announced(0, [1], [1], [2]))
    game.take(Asked(1, 10_000, 13_000))
    saves = [(1, 1, 0, -1)]
    until_ms = 13_000 + GRACE_MS
    assert is_too_much(game, 2, saves, until_ms, GRACE_MS)
    assert not is_too_much(game, 2, saves, until_ms + 1, GRACE_MS)  # late: kept, not counted
    assert not is_too_much(game, 1, saves, 11_000, GRACE_MS)
    assert not is_too_much(game, 2, [(1, 0, 0, -1)], 11_000, GRACE_MS)


def test_a_cancelled_question_and_the_end_are_told(desk: Desk) -> None:
    one, two = come(desk.hall, 1), come(desk.hall, 2)
    desk.ask(0)
    wait_until(lambda: shut(desk.hall) == [0])
    desk.press(Announced(0, [1], [1], [2]))
    wait_for_order(two, desk.press(Cancelled(0)))
    assert (view(two)["standing"], item(two)["cancelled"]) == ("in", True)
    wait_for_order(two, desk.press(Ended([2])))
    assert (view(two)["standing"], view(two)["ended"]) == ("winner", True)
    assert view(one)["standing"] == "in"


def test_what_the_rules_forbid_and_what_is_no_event_changes_nothing(desk: Desk) -> None:
    client = come(desk.hall, 1)
    desk.ask(2)
    desk.press(Rescued([1]))
    for text in ("", "[]", '{"is":"asked"}', '{"is":"ended","winners":[-1]}'):
        last = order(desk.hall.control_address, OrderKind.TOGETHER, amount=9, text=text)
    wait_for_order(client, last)
    assert view(client) == {"number": 0, "standing": "in", "items": 5}


def test_after_a_power_cut_everything_stands_where_it_stood(desk: Desk) -> None:
    one, two = come(desk.hall, 1), come(desk.hall, 2)
    desk.ask(0)
    wait_until(lambda: is_shown(one, 0))
    one.save((0, 1))
    wait_until(lambda: shut(desk.hall) == [0])
    wait_for_order(one, desk.press(Announced(0, [1], [1], [2])))
    asked = desk.ask(1, lead_ms=1500)
    wait_until(lambda: view(one)["number"] == 3)
    before = view(two)
    desk.hall.kill()
    desk.hall.start()
    one.connection = two.connection = None
    assert view(two) | {"item": None} == before | {"item": None}
    assert item(two)["closes_ms"] == asked.closes_ms
    wait_until(lambda: is_shown(one, 1))
    assert one.save((1, 3))[0] == 200
    wait_until(lambda: 1 in shut(desk.hall))
    assert chain_findings(desk.hall.journal_address) == []


def test_an_order_of_this_kind_does_nothing_to_a_round_of_the_own_pace(
    new_hall: HallProcess,
) -> None:
    publish(new_hall.control_address, opens_ms=now_ms() - 1000, closes_ms=now_ms() + 3_600_000)
    new_hall.start()
    client = Client(new_hall.port)
    assert client.enter(code(1))[1]["pace"] == "own"
    number = order(
        new_hall.control_address,
        OrderKind.TOGETHER,
        amount=1,
        text=write_event(Asked(0, now_ms(), now_ms() + 3000)),
    )
    status, reply = client.start()
    assert status == 200
    assert len(reply["paper"]) == 5  # type: ignore[arg-type]
    wait_for_order(client, number)
    assert client.pulse()[1].get("together") is None
    assert client.save((4, 1))[0] == 200
    assert Kind.SHUT not in kinds(new_hall)


@pytest.fixture(scope="module")
def asked(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[HallProcess, list[Client]]]:
    """A hall in which one question is open for long, and those who had begun before."""
    process = HallProcess(tmp_path_factory.mktemp("asked"), new_database())
    policy = replace(TOGETHER, together=replace(RULE, seconds=600))
    publish(
        process.control_address,
        opens_ms=now_ms() - 1000,
        closes_ms=now_ms() + 3_600_000,
        lines=40,
        policy=policy,
    )
    process.start()
    people = [come(process, line) for line in range(1, 41)]
    opens_ms = now_ms()
    event = Asked(0, opens_ms, opens_ms + 600_000)
    order(process.control_address, OrderKind.TOGETHER, amount=1, text=write_event(event))
    wait_until(lambda: is_shown(people[0], 0))
    yield process, people
    assert chain_findings(process.journal_address) == []
    process.stop()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 39), st.lists(STEPS, max_size=8))
def test_whatever_is_sent_only_the_open_question_takes_answers(
    asked: tuple[HallProcess, list[Client]], who: int, steps: list[tuple[str, bytes, str]]
) -> None:
    hall, people = asked
    client = Client(hall.port)
    own = people[who].token
    for name, body, token in steps:
        client.token = {"own": own, "none": "", "torn": own[:-5]}[token]
        path = f"/thi/v1/{name}"
        status, reply, _ = client.request("POST", path, body)
        check(path, status, reply)
        assert reply.get("paper", []) == []
    answered = {row.item for row in stored_rows(hall.journal_address) if row.kind is Kind.ANSWER}
    assert answered <= {0}
