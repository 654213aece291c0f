"""The hall over real HTTP: what people send, the worst of it included, and what they get."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from hoithi.hall import wire
from hoithi.hall.app import ROUTES
from hoithi.hall.formats import Kind
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import OrderKind, PublishedPackage
from hoithi.rules import paper
from tests.hall.scene import (
    Client,
    HallProcess,
    Json,
    close_connections,
    code,
    entry_key,
    hold_to,
    made_package,
    now_ms,
    order,
    publish,
    published_line,
    published_sitting,
    wait_for_order,
    wait_until,
)
from tests.hall.writing import chain_findings, stored_batches, stored_rows
from tests.rules.test_paper import source

LINES = count(1)
GUESSES = count(2000)
PAGE = Path(__file__).parents[2] / "hoithi/hall/page"


def sitting_client(hall: HallProcess, *, device: str = "0" * 32) -> tuple[Client, int]:
    """Somebody new who has started."""
    line = next(LINES)
    client = Client(hall.port, device)
    assert client.enter(code(line))[0] == 200
    assert client.start()[0] == 200
    return client, line


def test_a_code_opens_the_hall_as_it_is_typed(hall: HallProcess) -> None:
    line = next(LINES)
    typed = code(line).lower()
    status, reply = Client(hall.port).enter(f"{typed[:4]} {typed[4:8]}-{typed[8:]}")
    assert status == 200
    assert (reply["name"], reply["number"], reply["state"]) == (
        f"Mẫu Thị {line}",
        f"{line:04d}",
        "ready",
    )
    assert (reply["items"], reply["attempts_left"], reply["receipt"]) == (5, 1, None)
    assert reply["utc_offset_min"] == 420


def test_the_paper_served_is_the_one_the_rules_draw(hall: HallProcess) -> None:
    line = next(LINES)
    client = Client(hall.port)
    client.enter(code(line))
    _, reply = client.start()
    questions = paper.read_questions(made_package().questions)
    expected = [
        {
            "stem": questions.file.items[place.item].stem,
            "options": [questions.file.items[place.item].options[i] for i in place.order],
        }
        for place in paper.draw(questions, entry_key(line), 1)
    ]
    assert reply["paper"] == expected


def test_a_reload_shows_exactly_what_was_acknowledged(hall: HallProcess) -> None:
    client, _ = sitting_client(hall)
    client.save((0, 1), (4, 3))
    client.save((0, 2))
    _, again = client.start()
    assert (again["answers"], again["last_seq"]) == ([2, -1, -1, -1, 3], 3)


def test_a_second_device_is_told_takes_over_and_the_first_is_stale(hall: HallProcess) -> None:
    first, line = sitting_client(hall)
    first.save((0, 1))
    second = Client(hall.port, device="f" * 32)
    second.enter(code(line))
    assert second.start() == (409, {"error": "other_device"})
    status, reply = second.start(take_over=True)
    assert (status, reply["epoch"], reply["answers"]) == (200, 2, [1, -1, -1, -1, -1])
    assert first.save((1, 1)) == (409, {"error": "stale_device"})
    assert first.submit() == (409, {"error": "stale_device"})
    assert second.save((1, 2))[0] == 200


def test_replayed_and_reordered_saves(hall: HallProcess) -> None:
    client, _ = sitting_client(hall)

    def save(*rows: list[int]) -> tuple[int, Json]:
        return client.post("save", {"saves": list(rows)})

    assert save([1, 0, 1, -1], [2, 1, 1, -1])[0] == 200
    assert save([1, 0, 1, -1])[1]["acknowledged"] == 2
    assert save([4, 0, 1, -1]) == (409, {"error": "gap", "expected": 3})
    assert save([2, 1, 3, -1]) == (409, {"error": "conflict", "last_seq": 2})


def test_handing_in_is_final_and_repeatable(hall: HallProcess) -> None:
    client, line = sitting_client(hall)
    client.save((0, 1))
    status, receipt = client.submit()
    assert status == 200
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", str(receipt["receipt"]))
    assert client.submit() == (200, receipt)
    assert client.save((1, 1)) == (409, {"error": "submitted"})
    status, entered = Client(hall.port).enter(code(line))
    assert (entered["state"], entered["receipt"]) == ("submitted", receipt)
    assert client.start() == (403, {"error": "no_attempts_left"})


BAD = [
    ("enter", b"{", 400, "malformed"),
    ("enter", b"", 400, "malformed"),
    ("enter", b"[]", 400, "malformed"),
    ("enter", b'{"code":7}', 400, "malformed"),
    ("enter", b'{"code":"\xff"}', 400, "malformed"),
    ("enter", b'{"code":"A","more":1}', 400, "malformed"),
    ("enter", '{"code":"Đắk Nông"}'.encode(), 400, "code_mistyped"),
    ("enter", b'{"code":"%s"}' % (b"A" * 20_000), 413, "too_large"),
    ("start", b'{"device":"xyz","regulation":"1","consent":"1"}', 400, "malformed"),
    (
        "start",
        b'{"device":"00000000000000000000000000000000","regulation":"0","consent":"1"}',
        400,
        "malformed",
    ),
    ("save", b'{"saves":[]}', 400, "malformed"),
    ("save", b'{"saves":[[1,0,1]]}', 400, "malformed"),
    ("save", b'{"saves":[[1,0,"1",0]]}', 400, "malformed"),
    ("save", b'{"saves":[[1,5,1,0]]}', 422, "unknown_item"),
    ("save", b'{"saves":[[1,-2,1,0]]}', 422, "unknown_item"),
    ("save", b'{"saves":[[1,0,4,0]]}', 422, "unknown_item"),
    ("save", b'{"saves":[[1,0,-2,0]]}', 422, "unknown_item"),
    ("save", b'{"saves":[[1,-1,5,0]]}', 422, "unknown_item"),
    ("save", b'{"saves":[[9,0,1,0]]}', 409, "gap"),
    ("save", b'{"saves":[[99999999999999999999,0,1,0]]}', 400, "malformed"),
    ("save", b'{"saves":[[1,0,1e3,0.5]]}', 400, "malformed"),
    ("save", b'{"saves":[[-5,0,1,0]]}', 400, "malformed"),
    ("save", b'{"saves":[[0,0,1,0]]}', 400, "malformed"),
    ("save", b'{"saves":[[1,0,1,99999999999999999999]]}', 400, "malformed"),
    ("submit", b'{"last_seq":"x"}', 400, "malformed"),
    ("submit", b'{"last_seq":7}', 409, "gap"),
    ("pulse", b'{"x":1}', 400, "malformed"),
]


@pytest.mark.parametrize(("name", "body", "status", "error"), BAD)
def test_bad_requests_have_a_status_and_a_body(
    hall: HallProcess, name: str, body: bytes, status: int, error: str
) -> None:
    somebody = Client(hall.port)
    somebody.enter(code(40))
    somebody.start()
    got, reply, _ = somebody.request("POST", f"/thi/v1/{name}", body)
    assert (got, reply["error"]) == (status, error)


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/thi/v1/save", 405, "method"),
        ("PUT", "/thi/v1/save", 405, "method"),
        ("POST", "/thi/", 405, "method"),
        ("DELETE", "/thi/page.js", 405, "method"),
        ("GET", "/thi/page.py", 404, "not_found"),
        ("GET", "/thi/../config.py", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
    ],
)
def test_wrong_paths_and_methods(
    hall: HallProcess, method: str, path: str, status: int, error: str
) -> None:
    got, reply, _ = Client(hall.port).request(method, path)
    assert (got, reply["error"]) == (status, error)


def test_an_option_is_known_by_the_question_it_belongs_to(new_hall: HallProcess) -> None:
    """Half of the questions have three options, half have four."""
    items = [
        replace(item, options=item.options[: 3 + number // 2 % 2])
        for number, item in enumerate(source())
    ]
    publish(new_hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000, items=items)
    new_hall.start()
    client = Client(new_hall.port)
    client.enter(code(1))
    _, reply = client.start()
    served = reply["paper"]
    assert isinstance(served, list)
    counts = [len(place["options"]) for place in served]
    assert set(counts) == {3, 4}
    for position, count_ in enumerate(counts):
        assert client.save((position, count_ - 1))[0] == 200
        assert client.save((position, count_)) == (422, {"error": "unknown_item"})
        assert client.save((position, -1))[0] == 200


def test_a_forged_token_opens_nothing(hall: HallProcess) -> None:
    client, _ = sitting_client(hall)
    good = client.token
    for forged in ("", "x", good[:-4] + "AAA=", "A" * len(good), "é" * 10):
        client.token = forged
        assert client.save((0, 1)) == (401, {"error": "token_invalid"})


def test_a_token_from_before_the_start_saves_nothing(hall: HallProcess) -> None:
    client = Client(hall.port)
    client.enter(code(next(LINES)))
    assert client.save((0, 1)) == (401, {"error": "token_invalid"})


def test_a_code_guessed_a_thousand_times_is_stopped_early(new_hall: HallProcess) -> None:
    hall = new_hall
    publish(hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000, lines=3)
    hall.start()
    guesser = Client(hall.port)
    statuses = [guesser.enter(code(line))[0] for line in range(1000, 2000)]
    assert statuses.count(401) <= 40
    assert statuses.count(401) + statuses.count(429) == 1000
    _, reply, headers = guesser.request(
        "POST", "/thi/v1/enter", json.dumps({"code": code(3000)}).encode()
    )
    assert reply == {"error": "too_many"}
    assert int(headers["retry-after"]) >= 1


def test_who_shares_an_address_with_a_guesser_comes_in(new_hall: HallProcess) -> None:
    hall = new_hall
    publish(hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000, lines=30)
    hall.start()
    guesser = Client(hall.port)
    while guesser.enter(code(next(GUESSES)))[0] != 429:
        pass
    neighbours = [Client(hall.port).enter(code(line))[0] for line in range(1, 31)]
    assert neighbours == [200] * 30


def test_a_replaced_device_cannot_spoil_what_others_save(hall: HallProcess) -> None:
    """Numbers that no row can hold are refused before they meet the batch of others."""
    client, line = sitting_client(hall)
    newer = Client(hall.port, device="e" * 32)
    newer.enter(code(line))
    assert newer.start(take_over=True)[0] == 200
    for number in (-1, 0, 2**31):
        assert client.post("save", {"saves": [[number, 0, 0, 0]]}) == (400, {"error": "malformed"})
    assert newer.save((0, 1))[0] == 200


def test_a_sitting_closes_again_after_every_later_order(new_hall: HallProcess) -> None:
    hall = new_hall
    publish(hall.control_address, opens_ms=0, closes_ms=now_ms() - 60_000, lines=2)
    hall.start()
    closed_at = partial(closed_by_orders, hall.journal_address)
    wait_until(lambda: closed_at() == [0])
    first = order(hall.control_address, OrderKind.EXTRA_TIME, line=1, amount=5000)
    wait_until(lambda: closed_at() == [0, first])
    again = order(hall.control_address, OrderKind.CLOSE_AT, amount=now_ms() - 30_000)
    wait_until(lambda: closed_at() == [0, first, again])
    assert chain_findings(hall.journal_address) == []


def closed_by_orders(journal: str) -> list[int]:
    return [row.item for row in stored_rows(journal) if row.kind is Kind.CLOSED]


def test_three_hundred_people_behind_one_address_come_in(new_hall: HallProcess) -> None:
    hall = new_hall
    publish(hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000, lines=300)
    hall.start()
    client = Client(hall.port)
    for line in range(1, 301):
        assert client.enter("ABCDEFGHJKM")[0] == 400
        assert client.enter(code(line))[0] == 200


def test_half_a_body_and_a_dropped_line_hurt_nobody(hall: HallProcess) -> None:
    head = b"POST /thi/v1/save HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", hall.port)) as line:
            line.sendall(head)
    assert Client(hall.port).request("GET", "/thi/health")[0] == 200


def test_the_page_comes_in_three_small_files_that_stay_cached(hall: HallProcess) -> None:
    client = Client(hall.port)
    status, _, headers = client.request("GET", "/thi/", accept_encoding="gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "set-cookie" not in headers
    client.connection = None
    again, _, _ = client.request("GET", "/thi/", if_none_match=headers["etag"])
    assert again == 304
    for name in ("page.js", "page.css"):
        status, _, headers = client.request("GET", f"/thi/{name}", accept_encoding="gzip")
        assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert client.request("GET", "/thi")[0] == 308


def test_the_page_never_asks_this_device_for_the_date() -> None:
    script = (PAGE / "page.js").read_text()
    assert re.findall(r"Date\.now|new Date\(\)|timeOrigin", script) == []


def test_more_minutes_reach_the_page_and_the_deadline(hall: HallProcess) -> None:
    client, line = sitting_client(hall)
    before = client.pulse()[1]["deadline_ms"]
    assert isinstance(before, int)
    number = order(hall.control_address, OrderKind.EXTRA_TIME, line=line, amount=300_000)
    assert wait_for_order(client, number)["deadline_ms"] == before + 300_000


def test_minutes_for_a_unit_reach_its_people_and_nobody_else(hall: HallProcess) -> None:
    """By one order; a unit that is not there changes nothing."""
    one, line = sitting_client(hall)
    other, beside = sitting_client(hall)
    assert line % 2 != beside % 2, "scene: units take turns"
    before, untouched = one.pulse()[1]["deadline_ms"], other.pulse()[1]["deadline_ms"]
    assert isinstance(before, int)
    given = partial(order, hall.control_address, OrderKind.EXTRA_TIME, amount=300_000)
    number = given(text=f"DV-{line % 2}")
    assert wait_for_order(one, number)["deadline_ms"] == before + 300_000
    assert wait_for_order(other, number)["deadline_ms"] == untouched
    number = given(text="DV-9")
    assert wait_for_order(one, number)["deadline_ms"] == before + 300_000


def test_a_reissued_code_kills_the_old_one_and_its_tokens(hall: HallProcess) -> None:
    from hoithi.rules.codes import code_tag
    from tests.hall.scene import SECRET

    client, line = sitting_client(hall)
    other, _ = sitting_client(hall)
    number = order(
        hall.control_address,
        OrderKind.REISSUE,
        line=line,
        amount=2,
        text=code_tag(SECRET, code(line, 2)).hex(),
    )
    wait_for_order(other, number)
    assert client.save((0, 1)) == (401, {"error": "code_replaced"})
    assert Client(hall.port).enter(code(line)) == (401, {"error": "code_replaced"})
    newer = Client(hall.port, device="0" * 32)
    assert newer.enter(code(line, 2))[0] == 200
    assert newer.start()[0] == 200


def test_a_void_attempt_takes_nothing_until_it_is_restored(hall: HallProcess) -> None:
    client, line = sitting_client(hall)
    _, reply = client.start()
    attempt = bytes.fromhex(str(reply["attempt"]))
    wait_for_order(client, order(hall.control_address, OrderKind.VOID, line=line, attempt=attempt))
    assert client.save((0, 1)) == (403, {"error": "voided"})
    assert client.pulse()[1]["void"] is True
    wait_for_order(
        client, order(hall.control_address, OrderKind.RESTORE, line=line, attempt=attempt)
    )
    assert client.save((0, 1))[0] == 200
    assert "void" not in client.pulse()[1]


def test_who_has_ended_is_asked_to_come_back_less_often(hall: HallProcess) -> None:
    client, _ = sitting_client(hall)
    sitting = client.pulse()[1]["pulse_ms"]
    assert client.submit()[0] == 200
    ended = client.pulse()[1]["pulse_ms"]
    assert isinstance(sitting, int)
    assert isinstance(ended, int)
    assert (4000 <= sitting <= 5000, 15_000 <= ended <= 18_750) == (True, True)


def test_before_the_opening_one_waits_and_the_desk_can_open_earlier(new_hall: HallProcess) -> None:
    hall = new_hall
    opens = now_ms() + 600_000
    publish(hall.control_address, opens_ms=opens, closes_ms=opens + 60_000, lines=2)
    hall.start()
    client = Client(hall.port)
    assert client.enter(code(1))[1]["state"] == "waiting"
    assert client.start() == (403, {"error": "not_open", "opens_ms": opens})
    wait_for_order(client, order(hall.control_address, OrderKind.OPEN_AT, amount=now_ms() - 1))
    assert client.start()[0] == 200
    wait_for_order(client, order(hall.control_address, OrderKind.CLOSE_AT, amount=now_ms() - 1))
    late = Client(hall.port)
    late.enter(code(2))
    assert late.start() == (403, {"error": "closed"})


def test_a_hall_that_is_told_to_stop_shuts_its_journal_and_says_so(new_hall: HallProcess) -> None:
    publish(new_hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000)
    new_hall.start()
    close_connections()
    new_hall.stop()
    assert new_hall.process is not None
    assert (new_hall.process.returncode, new_hall.log.read_text()) == (0, "")


def test_every_error_code_has_a_line_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/hall.md").read_text()
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.MULTILINE))
    assert documented == set(get_args(wire.ErrorCode))


def test_every_message_is_answered_here_and_has_a_line_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs/hall.md").read_text()
    rows = re.findall(r"^\| `POST (/thi/v1/\w+)` \| ([^|]*) \|", text, flags=re.MULTILINE)
    assert [path for path, _ in rows] == list(ROUTES) == list(wire.MESSAGES)
    for path, body in rows:
        request = wire.MESSAGES[path][0]
        named = set(re.findall(r'"(\w+)"', body))
        assert named == (set(request.__struct_fields__) if request else set())


def test_a_reply_with_another_field_or_type_is_no_message() -> None:
    """The check that the client of these tests makes of every reply."""
    hold_to(wire.SaveReply, {"acknowledged": 1, "now_ms": 2, "deadline_ms": 3})
    wrong: list[Json] = [
        {"acknowledged": 1, "now_ms": 2},
        {"acknowledged": 1, "now_ms": 2, "deadline_ms": "3"},
        {"acknowledged": 1, "now_ms": 2, "deadline_ms": 3, "more": 4},
        {"acknowledged": 1, "now_ms": 2, "deadline_ms": 3, "late": False},
    ]
    for reply in wrong:
        with pytest.raises((msgspec.ValidationError, AssertionError)):
            hold_to(wire.SaveReply, reply)


def test_a_sitting_whose_roster_was_changed_stays_shut_and_others_go_on(
    new_hall: HallProcess,
) -> None:
    """Its contestants are told to wait, its orders do nothing, and no row is written of it."""
    changed, closes = b"c" * 16, now_ms() + 60_000
    made = made_package()
    package = PublishedPackage(
        "ab" * 16, made.questions, paper.read_questions(made.questions).sha256, bytes(32)
    )
    one, two = published_line(1), published_line(2)
    writer = control_writer(new_hall.control_address)
    writer.publish(package, published_sitting([one], 0, closes, sitting=changed), [two])
    writer.close()
    publish(new_hall.control_address, opens_ms=0, closes_ms=closes, lines=1)
    new_hall.start()
    assert Client(new_hall.port).enter(code(2)) == (503, {"error": "unavailable"})
    order(new_hall.control_address, OrderKind.EXTRA_TIME, amount=60_000, sitting=changed)
    number = order(new_hall.control_address, OrderKind.EXTRA_TIME, amount=60_000)
    client = Client(new_hall.port)
    assert client.enter(code(1))[0] == 200
    assert client.start()[0] == 200
    wait_for_order(client, number)
    assert f"sitting {changed.hex()} is NOT opened" in new_hall.log.read_text()
    assert stored_batches(new_hall.journal_address, changed) == []
    assert stored_rows(new_hall.journal_address)[0].kind is Kind.OPENED
