"""Devices of judges and teams: one code, lost networks, second devices, the worst that is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hoithi.entries.models import Team
from hoithi.rules.errors import RuleViolation
from hoithi.stage.actions.devices import (
    SheetMessage,
    abstain,
    answer_call,
    call_secretary,
    code_of,
    device_by_token,
    open_seat,
    take_answer,
    take_press,
    take_sheet,
    take_vote,
)
from hoithi.stage.actions.preparing import reissue_code
from hoithi.stage.models import Call, LogLine
from hoithi.stage.packets import packet_file
from hoithi.stage.snapshots import snapshot_bytes
from tests import factories
from tests.stage.scene import Day, open_day, ready_day

pytestmark = pytest.mark.django_db
WHERE = {"contest": "daknong-2023", "round_key": "truc-tiep"}


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


@pytest.fixture
def day() -> Day:
    return open_day()


def called(day: Day, part: str, unit: str) -> int:
    return day.press("call", part=part, team=day.teams[unit]).turns[-1].number


def test_a_code_opens_a_seat_and_a_second_device_has_to_say_so(day: Day) -> None:
    first = day.seat("gk1")
    assert (first.epoch, first.seat.name) == (1, "Giám khảo 1")
    assert refused(lambda: day.seat("gk1")) == "device_in_use"
    second = day.seat("gk1", take_over=True)
    assert second.epoch == 2
    turn = called(day, "gioi-thieu", "CJ")
    old, new = first.token, second.token
    assert refused(lambda: day.mark(old, turn, noi_dung="15", hinh_thuc="8")) == "other_device"
    day.mark(new, turn, noi_dung="15", hinh_thuc="8")
    assert day.state.turns[0].sheets["gk1"].epoch == 2


def test_a_wrong_code_opens_nothing(day: Day) -> None:
    for typed in ("", "sai", "AAAA-AAAA-AAA", "×" * 80, "0" * 11):
        assert refused(partial(enter, day, typed)) == "no_such_code"
    assert day.state.epochs == {}


def enter(day: Day, typed: str) -> None:
    open_seat(stage=day.stage, typed=typed, take_over=False, now=factories.now())


def test_a_code_is_read_as_people_type_it(day: Day) -> None:
    code = code_of(day.stage.seats.get(key="gk2"))
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}"
    opened = open_seat(stage=day.stage, typed=typed, take_over=False, now=factories.now())
    assert opened.seat.key == "gk2"


def test_a_renewed_code_kills_the_old_one(day: Day) -> None:
    seat = day.stage.seats.get(key="gk1")
    old = code_of(seat)
    seat = reissue_code(actor=day.secretary, seat=seat, now=factories.now())
    now = factories.now()
    assert refused(lambda: open_seat(stage=day.stage, typed=old, take_over=False, now=now)) == (
        "no_such_code"
    )
    assert open_seat(stage=day.stage, typed=code_of(seat), take_over=False, now=now).epoch == 1


def test_no_seat_is_opened_before_the_round() -> None:
    day = ready_day()
    assert refused(lambda: day.seat("gk1")) == "not_opened"


def test_a_message_that_comes_again_is_answered_and_stored_once(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    token = day.seat("gk1").token
    day.mark(token, turn, noi_dung="15", hinh_thuc="8")
    lines = day.state.last
    day.mark(token, turn, noi_dung="15", hinh_thuc="8")
    assert day.state.last == lines
    # The same number with other marks is another message, and the sheet is locked.
    assert refused(lambda: day.mark(token, turn, noi_dung="16", hinh_thuc="8")) == "sheet_is_in"


def test_an_older_message_does_not_overwrite_a_newer_one(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    token = day.seat("gk1").token
    day.mark(token, turn, seq=5, confirmed=False, noi_dung="15")
    assert (
        refused(lambda: day.mark(token, turn, seq=4, confirmed=False, noi_dung="1"))
        == "message_repeated"
    )
    assert day.state.turns[0].sheets["gk1"].marks == {"noi-dung": Decimal(15)}


def test_three_teams_marked_without_network_arrive_once(day: Day) -> None:
    """The page had heard of no turn: its messages name part and team, with turn 0."""
    device = device_by_token(day.stage, day.seat("gk1").token)
    for unit in ("GN", "CJ", "DM"):
        called(day, "gioi-thieu", unit)
        day.press("turn_end")
    for _again in range(2):
        for number, unit in enumerate(("GN", "CJ", "DM")):
            marks = {"noi-dung": Decimal(10 + number), "hinh-thuc": Decimal(7)}
            message = SheetMessage("gioi-thieu", day.teams[unit], 0, 1, marks, confirmed=True)
            take_sheet(device=device, message=message, now=factories.now())
    assert [turn.sheets["gk1"].marks["noi-dung"] for turn in day.state.turns] == [10, 11, 12]
    confirmed = LogLine.objects.filter(stage=day.stage, event__is="sheet_confirmed")
    assert confirmed.count() == 3


def test_a_sheet_of_a_turn_that_was_held_again_does_not_count_for_the_new_one(day: Day) -> None:
    token = day.seat("gk1").token
    first = called(day, "gioi-thieu", "CJ")
    day.press("turn_void", turn=str(first), reason="Hỏng micrô")
    called(day, "gioi-thieu", "CJ")
    assert refused(lambda: day.mark(token, first, noi_dung="15", hinh_thuc="8")) == "turn_is_void"


def test_a_judge_marks_neither_a_team_of_their_unit_nor_one_that_was_not_called(day: Day) -> None:
    token = day.seat("gk5").token
    turn = called(day, "gioi-thieu", "GN")
    assert refused(lambda: day.mark(token, turn, noi_dung="15", hinh_thuc="8")) == "judge_barred"
    device = device_by_token(day.stage, token)
    message = SheetMessage("gioi-thieu", day.teams["CJ"], 0, 1, {}, confirmed=False)
    assert refused(lambda: take_sheet(device=device, message=message, now=factories.now())) == (
        "turn_not_called"
    )


def test_an_abstention_needs_its_reason_and_is_left_out(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    device = device_by_token(day.stage, day.seat("gk2").token)
    now = factories.now()
    assert refused(lambda: abstain(device=device, turn=turn, reason=" ", now=now)) == (
        "reason_missing"
    )
    abstain(device=device, turn=turn, reason="Vắng trong phần này", now=now)
    assert "gk2" not in day.state.missing(day.state.turns[0])


def test_the_secretary_unlocks_a_sheet_with_a_reason_and_the_first_marks_stay(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    token = day.seat("gk1").token
    day.mark(token, turn, noi_dung="15", hinh_thuc="8")
    day.press("unlock", turn=str(turn), judge="gk1", reason="Giám khảo ghi nhầm dòng")
    day.mark(token, turn, seq=2, noi_dung="16", hinh_thuc="8")
    sheet = day.state.turns[0].sheets["gk1"]
    assert sheet.marks["noi-dung"] == 16
    assert [(kept["noi-dung"], reason) for kept, reason in sheet.kept] == [
        (Decimal(15), "Giám khảo ghi nhầm dòng")
    ]


def asking(day: Day, unit: str) -> int:
    places = {f"place_{number}": str(number) for number in range(1, 5)}
    day.press("lots_hand", places, lots="packets:kien-thuc", reason="Bốc thăm bằng giấy")
    turn = called(day, "kien-thuc", unit)
    day.press("ask")
    return turn


def test_a_team_answers_on_its_tablet_while_its_time_runs(day: Day) -> None:
    turn = asking(day, "CJ")
    own = device_by_token(day.stage, day.seat(day.teams["CJ"]).token)
    other = device_by_token(day.stage, day.seat(day.teams["GN"]).token)
    now = factories.now()
    assert refused(lambda: take_answer(device=own, turn=turn, option=0, now=now)) == "not_yet_open"
    day.press_at(now, "time", {})
    take_answer(device=own, turn=turn, option=0, now=now + timedelta(seconds=5))
    take_answer(device=own, turn=turn, option=1, now=now + timedelta(seconds=29))
    question = day.state.turns[0].questions[0]
    assert question.replies[day.teams["CJ"]].option == 1
    assert refused(lambda: take_answer(device=other, turn=turn, option=0, now=now)) == (
        "question_is_another_teams"
    )
    late = now + timedelta(seconds=32)
    assert refused(lambda: take_answer(device=own, turn=turn, option=2, now=late)) == (
        "answer_too_late"
    )
    assert refused(lambda: take_press(device=own, turn=turn, now=late)) == "own_question"


def test_a_call_stands_until_it_is_answered(day: Day) -> None:
    device = device_by_token(day.stage, day.seat("gk3").token)
    for _ in range(3):
        call_secretary(device=device, now=factories.now())
    standing = Call.objects.get(answered_at=None)
    # Of two who call at once the database keeps one.
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(seat=device.seat, at=factories.now())
    answer_call(call=standing, now=factories.now())
    call_secretary(device=device, now=factories.now())
    assert Call.objects.count() == 2


def test_two_teams_of_one_name_are_told_apart_on_their_tablets(day: Day) -> None:
    Team.objects.filter(contest=day.stage.round.contest).update(name="Đội tuyển")
    for step in ("commit", "number", "draw"):
        day.press(f"lots_{step}", lots="packets:kien-thuc", number="24")
    day.press("call", part="kien-thuc", team=day.teams["CJ"])
    day.press("ask")
    shown = json.loads(snapshot_bytes(day.stage))
    assert shown["turn"]["team"] == "Đội tuyển"
    assert shown["turn"]["id"] == day.teams["CJ"][:8]
    assert (shown["question"]["floor"], shown["question"]["floor_id"]) == ("", "")
    entered = send("enter", {"code": code_of(day.stage.seats.get(key=day.teams["GN"]))})[1]
    assert entered["key"] == day.teams["GN"]


def test_no_vote_is_taken_where_none_is_held(day: Day) -> None:
    def vote() -> None:
        take_vote(
            stage=day.stage,
            segment="gioi-thieu",
            device="a" * 32,
            address="192.0.2.1",
            entry=day.teams["GN"][:8],
            now=factories.now(),
        )

    assert refused(vote) == "vote_not_open"


# Through HTTP


def send(path: str, content: object, token: str = "") -> tuple[int, dict[str, object]]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = Client().post(
        reverse(f"stage:{path}", kwargs=WHERE),
        data=body,
        content_type="application/json",
        headers={"X-Seat": token},
    )
    return answer.status_code, answer.json()


def test_a_judge_enters_and_marks_through_http(day: Day) -> None:
    code = code_of(day.stage.seats.get(key="gk1"))
    status, opened = send("enter", {"code": code})
    assert (status, opened["name"], opened["kind"]) == (200, "Giám khảo 1", "judge")
    token = str(opened["token"])
    turn = called(day, "gioi-thieu", "CJ")
    sheet = {"part": "gioi-thieu", "team": day.teams["CJ"], "turn": turn, "seq": 1}
    status, told = send("sheet", sheet | {"marks": {"noi-dung": "15.5"}, "confirmed": False}, token)
    assert (status, told["saved"]) == (200, True)
    own = Client().get(reverse("stage:seat", kwargs=WHERE), headers={"X-Seat": token}).json()
    mine = next(each for each in own["sheets"] if each["team"] == day.teams["CJ"])
    assert (mine["marks"], mine["seq"], mine["on"]) == ({"noi-dung": "15.5"}, 1, True)


GOOD = {"part": "gioi-thieu", "team": "a" * 32, "turn": 0, "seq": 1, "marks": {}}
BODIES: list[object] = [
    b"",
    b"\xff\xfe",
    b"[" * 20_000,
    b'{"part":',
    [],
    None,
    {},
    GOOD,
    GOOD | {"confirmed": "yes"},
    GOOD | {"confirmed": True, "turn": -1},
    GOOD | {"confirmed": True, "turn": 1.5},
    GOOD | {"confirmed": True, "seq": 10**30},
    GOOD | {"confirmed": True, "marks": {"noi-dung": "NaN"}},
    GOOD | {"confirmed": True, "marks": {"noi-dung": "1e9"}},
    GOOD | {"confirmed": True, "marks": {"noi-dung": "-1"}},
    GOOD | {"confirmed": True, "marks": {"noi-dung": 15}},
    GOOD | {"confirmed": True, "marks": {"Nội dung": "15"}},
    GOOD | {"confirmed": True, "marks": {f"k{number}": "1" for number in range(61)}},
    GOOD | {"confirmed": False, "note": "a" * 1001},
    GOOD | {"confirmed": False, "note": ["a"]},
    json.dumps(GOOD | {"confirmed": False, "note": "\ud800"}).encode(),
]


def test_a_body_of_another_form_is_told_and_stored_nowhere(day: Day) -> None:
    token = day.seat("gk1").token
    before = day.state.last
    for body in BODIES:
        status, told = send("sheet", body, token)
        assert (status, told["code"]) in {(400, "body_malformed"), (400, "body_too_long")}, body
    assert day.state.last == before


def test_who_has_no_seat_is_told_to_enter(day: Day) -> None:
    assert day.state.is_open
    for path in ("sheet", "not_marked", "answer", "press", "call"):
        for token in ("", "sai", "\xe9" * 10):
            assert send(path, {}, token)[0] == 401


def test_nobody_learns_anothers_marks_before_the_sheets_are_in(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    tokens = {key: day.seat(key).token for key in ("gk1", "gk2")}
    day.mark(tokens["gk1"], turn, noi_dung="13.5", hinh_thuc="6.5")
    client = Client()
    seen = [
        client.get(reverse("stage:seat", kwargs=WHERE), headers={"X-Seat": tokens["gk2"]}),
        client.get(reverse("stage:feed", kwargs=WHERE)),
        client.get(reverse("stage:live", kwargs=WHERE)),
        client.get(reverse("stage:draws", kwargs=WHERE)),
        factories.sign_in(client, day.secretary).get(reverse("stage:console", kwargs=WHERE)),
    ]
    for answer in seen:
        assert answer.status_code == 200
        text = answer.content.decode()
        assert not any(mark in text for mark in ("13.5", "13,5", "6.5", "6,5", "20,00"))


def test_no_key_is_told_before_it_is_shown(day: Day) -> None:
    asking(day, "CJ")
    asked = day.state.turns[0].questions[0].item
    item = packet_file(day.stage, "kien-thuc").item(asked)
    content = Client().get(reverse("stage:feed", kwargs=WHERE)).content.decode()
    told = json.loads(content.split("data: ", 1)[1])["s"]["question"]
    assert (told["stem"], told["right"]) == (item.stem, None)
    others = [each.stem for each in packet_file(day.stage, "kien-thuc").items if each.id != asked]
    assert not any(stem in content for stem in others)


def test_a_tablet_is_told_what_its_own_team_has_answered(day: Day) -> None:
    own, other = (day.teams[unit] for unit in ("CJ", "GN"))
    tokens = {team: day.seat(team).token for team in (own, other)}

    def told(team: str) -> object:
        seat = Client().get(reverse("stage:seat", kwargs=WHERE), headers={"X-Seat": tokens[team]})
        return seat.json()["answered"]

    assert told(own) is None
    turn = asking(day, "CJ")
    day.press("time")
    assert told(own) is None
    day.press("answer", option="2")
    assert told(own) == {"turn": turn, "position": 1, "option": 2}
    assert told(other) is None
    day.press("key")
    day.press("ask")
    assert told(own) is None
