"""Presses on the console: two at once, wrong ones, and what bad luck does to a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from hoithi.audit.models import LogEntry
from hoithi.entries.models import Entry, EntryState
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import START, line_hash
from hoithi.rules.live.fold import fold
from hoithi.rules.live.marks import part_mark
from hoithi.stage.actions.commands import press
from hoithi.stage.actions.preparing import declare_conflict, open_stage
from hoithi.stage.console import console_of
from hoithi.stage.models import LogLine, Stage
from hoithi.stage.packets import packet_file
from hoithi.stage.queries import forget_states, lines_from, state_at
from hoithi.stage.snapshots import snapshot_bytes
from tests import factories
from tests.stage.scene import Day, open_day, ready_day

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


@pytest.fixture
def day() -> Day:
    return open_day()


def by_hand(day: Day, lots: str, *order: str) -> None:
    places = {f"place_{each}": str(at) for at, each in enumerate(order, start=1)}
    day.press("lots_hand", places, lots=lots, reason="Bốc thăm bằng giấy")


def called(day: Day, part: str, unit: str) -> int:
    return day.press("call", part=part, team=day.teams[unit]).turns[-1].number


def test_the_second_of_two_who_press_at_once_is_told(day: Day) -> None:
    seen = day.state.cue
    fields = {"part": "gioi-thieu", "team": day.teams["GN"]}
    other = {"part": "gioi-thieu", "team": day.teams["CJ"]}
    stage, now = day.stage, factories.now()
    press(actor=day.secretary, stage=stage, name="call", fields=fields, seen=seen, now=now)
    assert (
        refused(
            lambda: press(
                actor=day.chair, stage=stage, name="call", fields=other, seen=seen, now=now
            )
        )
        == "others_were_quicker"
    )
    assert [turn.entry for turn in day.state.turns] == [day.teams["GN"]]


def test_a_judges_mark_does_not_outdate_the_console(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    seen = day.state.cue
    opened = day.seat("gk1")
    day.mark(opened.token, turn, noi_dung="15", hinh_thuc="8")
    assert day.state.last > seen
    press(
        actor=day.secretary,
        stage=day.stage,
        name="turn_end",
        fields={},
        seen=seen,
        now=factories.now(),
    )
    assert not day.state.turns[0].is_on


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("fly", {}, "no_such_command"),
    ("", {}, "no_such_command"),
    ("call", {}, "nothing_chosen"),
    ("call", {"part": "gioi-thieu", "team": "nobody"}, "no_such_team"),
    ("call", {"part": "khong-co", "team": "x"}, "no_such_part"),
    ("clock_start", {}, "turn_not_called"),
    ("clock_start", {"turn": "-1"}, "not_a_number"),
    ("clock_start", {"turn": "999999999999"}, "not_a_number"),
    ("clock_start", {"turn": "٣"}, "not_a_number"),
    ("team_withdrawn", {"team": "x", "reason": "  "}, "reason_missing"),
    ("team_withdrawn", {"team": "x", "reason": "ốm"}, "no_such_team"),
    ("lots_commit", {"lots": "packets:gioi-thieu"}, "no_such_lots"),
    ("lots_number", {"lots": "order", "number": "mười"}, "not_a_number"),
    ("lots_number", {"lots": "order", "number": "1" * 41}, "not_a_number"),
    ("lots_draw", {"lots": "order"}, "lots_not_held"),
    ("scene", {"scene": "cat"}, "no_such_scene"),
    ("reveal", {}, "round_not_closed"),
    ("release", {"part": "gioi-thieu"}, "part_not_complete"),
    ("vote_open", {"part": "gioi-thieu"}, "no_vote"),
    ("ask", {}, "turn_not_called"),
]


def test_a_wrong_press_changes_nothing(day: Day) -> None:
    before = day.state.last
    for name, fields, code in WRONG:
        assert (name, refused(partial(day.press, name, fields))) == (name, code)
    assert day.state.last == before
    assert LogLine.objects.filter(stage=day.stage).count() == before


def test_after_a_power_cut_everything_stands_where_it_stood(day: Day) -> None:
    by_hand(day, "order", *(day.teams[code] for code in ("DM", "GN", "CJ")))
    turn = called(day, "gioi-thieu", "DM")
    started = factories.now()
    day.press_at(started, "clock_start", {})
    opened = day.seat("gk1")
    day.mark(opened.token, turn, confirmed=False, noi_dung="12.5")
    before = day.state
    forget_states()
    after = state_at(Stage.objects.get(pk=day.stage.pk))
    assert after == before
    assert after is not before
    assert after.turns[0].sheets["gk1"].marks == {"noi-dung": Decimal("12.5")}
    later = int((started + timedelta(seconds=90)).timestamp() * 1000)
    assert after.turns[0].clock_at(later) == 90_000


def test_the_log_is_a_chain_that_folds_again(day: Day) -> None:
    called(day, "gioi-thieu", "CJ")
    day.press("clock_start")
    head = START
    lines = lines_from(day.stage, 1)
    for line, digest in lines:
        head = line_hash(head, line)
        assert digest == head
    day.stage.refresh_from_db()
    assert day.stage.head == head
    assert fold(day.state.regulation, (line for line, _digest in lines)) == day.state


def test_a_clock_that_is_set_back_does_not_turn_the_log_around(day: Day) -> None:
    called(day, "gioi-thieu", "CJ")
    past = factories.now() - timedelta(hours=1)
    day.press_at(past, "clock_start", {})
    times = [row.at_ms for row in LogLine.objects.filter(stage=day.stage)]
    assert times == sorted(times)


def test_a_spoilt_question_is_replaced_by_a_spare_of_its_kind(day: Day) -> None:
    by_hand(day, "packets:kien-thuc", "3", "1", "2", "4")
    called(day, "kien-thuc", "GN")
    day.press("ask")
    first = day.state.turns[0].questions[0].item
    day.press("spoilt", reason="Đáp án đã lỗi thời")
    day.press("ask")
    file = packet_file(day.stage, "kien-thuc")
    second = day.state.turns[0].questions[1]
    assert first == file.packets[2][0]
    assert second.item == file.spares[0][0]
    assert (second.position, file.item(second.item).topic) == (0, file.item(first).topic)
    day.press("answer", option=str(file.item(second.item).right[0]))
    day.press("key")
    day.press("ask")
    assert day.state.turns[0].questions[2].item == file.packets[2][1]


def test_no_second_spare_is_there_where_one_was_made(day: Day) -> None:
    by_hand(day, "packets:kien-thuc", "1", "2", "3", "4")
    called(day, "kien-thuc", "GN")
    for _ in range(2):
        day.press("ask")
        day.press("spoilt", reason="Câu hỏi không rõ")
    assert refused(lambda: day.press("ask")) == "no_spare_left"


def test_a_team_that_withdraws_is_waited_for_no_longer(day: Day) -> None:
    gone = day.teams["GN"]
    called(day, "gioi-thieu", "GN")
    day.press("team_withdrawn", team=gone, reason="Đội có người ốm")
    state = day.state
    assert state.on_stage is None
    assert gone not in state.standing
    assert refused(lambda: called(day, "tieu-pham", "GN")) == "team_withdrawn"
    entry = LogEntry.objects.get(action="stage.team_withdrawn")
    assert entry.after == {"line": state.last, "reason": "Đội có người ốm"}


def test_a_turn_is_held_again_and_the_first_stays_to_be_read(day: Day) -> None:
    first = called(day, "gioi-thieu", "CJ")
    opened = day.seat("gk1")
    day.mark(opened.token, first, noi_dung="10", hinh_thuc="5")
    day.press("turn_end")
    day.press("turn_void", turn=str(first), reason="Mất điện giữa bài thi")
    second = called(day, "gioi-thieu", "CJ")
    state = day.state
    assert second == first + 1
    assert state.turns[0].sheets["gk1"].marks == {
        "noi-dung": Decimal(10),
        "hinh-thuc": Decimal(5),
    }
    assert state.turns[1].sheets == {}
    assert part_mark(state, "gioi-thieu", day.teams["CJ"]) is None


def test_a_round_is_opened_only_when_all_is_ready() -> None:
    day = ready_day()
    stage, secretary, now = day.stage, day.secretary, factories.now()
    day.stage.seats.filter(position__gt=2).update(removed_at=now)
    assert refused(lambda: open_stage(actor=secretary, stage=stage, now=now)) == "judges_missing"
    day.stage.seats.update(removed_at=None)
    day.stage.packet_sets.update(sealing=None)
    assert (
        refused(lambda: open_stage(actor=secretary, stage=stage, now=now)) == "packets_not_sealed"
    )
    assert not LogLine.objects.exists()


def test_a_round_is_opened_once(day: Day) -> None:
    now = factories.now()
    assert refused(lambda: open_stage(actor=day.secretary, stage=day.stage, now=now)) == (
        "opened_already"
    )


def test_a_conflict_that_becomes_known_on_the_day_takes_the_sheet_out(day: Day) -> None:
    turn = called(day, "gioi-thieu", "CJ")
    day.press("turn_end")
    for number, key in enumerate(("gk1", "gk2", "gk3", "gk4", "gk5")):
        day.mark(day.seat(key).token, turn, noi_dung=str(10 + number), hinh_thuc="5")
    entry = day.stage.seats.get(key=day.teams["CJ"]).entry
    assert entry is not None
    declare_conflict(
        actor=day.secretary,
        seat=day.stage.seats.get(key="gk5"),
        entry=entry,
        reason="Đã hướng dẫn đội",
        now=factories.now(),
    )
    mark = part_mark(day.state, "gioi-thieu", day.teams["CJ"])
    # Four sheets are left, 15 to 18: none is dropped below five. No time on stage: 180 s under.
    assert mark is not None
    assert mark.combined is not None
    assert mark.combined.mark == Decimal("16.5")
    assert mark.mark == Decimal("15.5")


def test_a_team_that_the_register_lets_go_is_still_called_by_its_name(day: Day) -> None:
    entry = day.stage.seats.get(key=day.teams["GN"]).entry
    assert entry is not None
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.WITHDRAWN)
    assert "Gia Nghĩa" in snapshot_bytes(day.stage).decode()
    assert "Gia Nghĩa" in {team.name for team in console_of(day.stage).teams}
