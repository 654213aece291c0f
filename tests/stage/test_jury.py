"""The jury of an open round: who joins, turns that are over, and what judges note."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from hoithi.contests.queries import unit_by_code
from hoithi.documents.render.decree import paper_pdf
from hoithi.entries.models import Entry
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.marks import part_mark
from hoithi.stage.actions.devices import SheetMessage, code_of, device_by_token, take_sheet
from hoithi.stage.actions.preparing import declare_conflict, open_stage, seat_judge
from hoithi.stage.console import console_of, turn_page_of
from hoithi.stage.models import LogLine, SheetNote
from hoithi.stage.records import minutes_of
from hoithi.stage.snapshots import snapshot_bytes
from tests import factories
from tests.documents.render.reading import page_texts
from tests.stage.scene import Day, open_day, ready_day

pytestmark = pytest.mark.django_db
WHERE = {"contest": "daknong-2023", "round_key": "truc-tiep"}
JOINS = {"name": "Giám khảo dự bị", "title": "", "unit": "", "reason": "Bổ sung giám khảo dự bị"}


def refused(act: Callable[[], object]) -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value


def at(name: str, **more: object) -> str:
    return reverse(f"stage:{name}", kwargs={**WHERE, **more})


@pytest.fixture
def day() -> Day:
    return open_day()


def add(client: Client, **changes: str) -> str:
    """What the page answers, after the redirect where the judge is in."""
    return client.post(at("add_judge"), JOINS | changes, follow=True).content.decode()


def own(token: str) -> list[dict[str, object]]:
    answer = Client().get(at("seat"), headers={"X-Seat": token})
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["sheets"]
    return found


def mark(day: Day, token: str, turn: int) -> None:
    day.mark(token, turn, noi_dung="15", hinh_thuc="8")


def test_a_judge_who_falls_ill_is_replaced_and_the_turn_has_its_mark(
    day: Day, client: Client
) -> None:
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    for key in ("gk1", "gk2"):
        mark(day, day.seat(key).token, turn)
    for key in ("gk3", "gk4", "gk5"):
        day.press("judge_left", judge=key, reason="Vắng vì lý do sức khỏe")
    day.press("turn_end")
    factories.sign_in(client, day.secretary)
    console = client.get(at("console")).content.decode()
    assert "Phần thi này cần ít nhất 3 phiếu, nhưng chỉ có thể có 2." in console
    assert "thiếu giám khảo" in console
    assert "Đã đủ phiếu" not in console
    assert part_mark(day.state, "gioi-thieu", day.teams["CJ"]) is None
    # A reason is needed, and nothing is half done without one.
    bad = add(client, reason=" \u200b ")
    assert bad.count('aria-invalid="true"') == 1
    assert "gk6" not in day.state.judges
    assert "Đã thêm giám khảo." in add(client)
    assert day.state.judges["gk6"].barred == []
    joined = LogLine.objects.get(stage=day.stage, event__is="judge_joined")
    assert joined.event["reason"] == "Bổ sung giám khảo dự bị"
    assert "đã rời" in client.get(at("setup")).content.decode()
    token = day.seat("gk6").token
    mark(day, token, turn)
    found = part_mark(day.state, "gioi-thieu", day.teams["CJ"])
    assert found is not None
    assert found.combined is not None
    assert len(found.combined.totals) == 3
    assert "chỉ có thể có" not in client.get(at("console")).content.decode()
    # Whoever joins now changes nothing of it: the sheet is neither shown nor taken.
    add(client, name="Giám khảo dự bị 2")
    late = day.seat("gk7").token
    assert day.teams["CJ"] not in {
        each["team"] for each in own(late) if each["part"] == "gioi-thieu"
    }
    assert refused(lambda: mark(day, late, turn)).code == "judge_joined_later"
    assert "vào ban sau lượt này" in client.get(at("turn", turn=turn)).content.decode()


def test_who_joins_may_not_mark_their_own_unit_and_a_chair_who_left_is_replaced(
    day: Day, client: Client
) -> None:
    factories.sign_in(client, day.secretary)
    assert "đúng một trưởng ban" in add(client, is_chair="on")
    day.press("judge_left", judge="gk1", reason="Đi công tác")
    add(client, is_chair="on", unit="GN")
    assert day.state.judges["gk6"].is_chair
    assert day.state.judges["gk6"].barred == [day.teams["GN"]]
    seats = day.stage.seats
    assert (seats.get(key="gk6").is_chair, seats.get(key="gk1").is_chair) == (True, False)
    assert "đúng một trưởng ban" in add(client, name="Người thứ hai", is_chair="on")
    told = " ".join(page_texts(paper_pdf(minutes_of(day.stage))))
    assert "Giám khảo dự bị vào Ban Giám khảo, " in told
    assert told.endswith("TRƯỞNG BAN GIÁM KHẢO Giám khảo dự bị")
    # Who signs the minutes is the chair of now.
    signers = [signer.name for signer in minutes_of(day.stage).signers]
    assert ("Giám khảo dự bị" in signers, "Giám khảo 1" in signers) == (True, False)
    # The code is on a slip of its own.
    slips = client.get(at("codes")).content.decode()
    assert "Giám khảo dự bị" in slips
    assert code_of(seats.get(key="gk6"))[:4] in slips


def test_nobody_joins_without_the_right_to_run_the_round(day: Day, client: Client) -> None:
    factories.sign_in(client, factories.user("Người ngoài", "daknong-2023"))
    assert client.post(at("add_judge"), JOINS).status_code == 403
    assert client.get(at("turn", turn=1)).status_code == 403
    assert not day.stage.seats.filter(key="gk6").exists()


def test_a_round_is_not_opened_where_conflicts_leave_a_team_too_few_judges(client: Client) -> None:
    day = ready_day()
    entry = Entry.objects.get(public_id=day.teams["CJ"])
    for key in ("gk1", "gk2", "gk3"):
        seat = day.stage.seats.get(key=key)
        declare_conflict(
            actor=day.secretary, seat=seat, entry=entry, reason="Thân nhân", now=factories.now()
        )
    short = refused(lambda: open_stage(actor=day.secretary, stage=day.stage, now=factories.now()))
    assert (short.code, short.params) == (
        "judges_missing_for",
        {
            "team": "Cư Jút",
            "part": "Giới thiệu và đề xuất giải pháp",
            "wanted": 3,
            "there": 2,
        },
    )
    assert not LogLine.objects.exists()
    factories.sign_in(client, day.secretary)
    told = (
        "Chỉ 2 giám khảo được chấm đội Cư Jút ở phần “Giới thiệu và đề xuất giải pháp”;"
        " cần ít nhất 3."
    )
    assert told in client.get(at("setup")).content.decode()
    assert "Cư Jút" in client.post(at("open"), follow=True).content.decode()
    seat_judge(
        actor=day.secretary,
        stage=day.stage,
        name="Giám khảo 6",
        title="",
        unit=unit_by_code(day.stage.round.contest, "GN"),
        is_chair=False,
        now=factories.now(),
    )
    assert told not in client.get(at("setup")).content.decode()
    open_stage(actor=day.secretary, stage=day.stage, now=factories.now())


# Turns that are over


def test_an_earlier_turn_is_set_right_while_another_team_is_on_stage(
    day: Day, client: Client
) -> None:
    first = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    mark(day, day.seat("gk1").token, first)
    day.press("turn_end")
    day.press("call", part="gioi-thieu", team=day.teams["DM"])
    factories.sign_in(client, day.secretary)
    assert f'href="{at("turn", turn=first)}"' in client.get(at("console")).content.decode()
    page = client.get(at("turn", turn=first)).content.decode()
    assert "Cư Jút" in page
    assert at("paper_sheet", turn=first, judge="gk2") in page
    for name, more in (
        ("unlock", {"judge": "gk1"}),
        ("abstain", {"judge": "gk3"}),
        ("clock_set", {"minutes": "4", "seconds": "30"}),
    ):
        fields = {"do": name, "seen": str(day.state.cue), "turn": str(first), "reason": "Ghi nhầm"}
        client.post(at("act"), fields | more)
    turn = day.state.turns[0]
    assert (turn.sheets["gk1"].is_in, turn.sheets["gk3"].abstained) == (False, "Ghi nhầm")
    assert turn.elapsed_ms == 270_000
    day.press("turn_void", turn=str(first), reason="Mất điện")
    assert "Mất điện" in client.get(at("turn", turn=first)).content.decode()
    for missing in (0, 3, 10**9):
        assert client.get(at("turn", turn=missing)).status_code == 404


def test_an_earlier_question_of_the_packet_is_cancelled(day: Day, client: Client) -> None:
    for step in ("commit", "number", "draw"):
        day.press(f"lots_{step}", lots="packets:kien-thuc", number="24")
    turn = day.press("call", part="kien-thuc", team=day.teams["CJ"]).turns[-1].number
    for _ in range(2):
        day.press("ask")
        day.press("key")
    page = turn_page_of(day.stage, turn)
    assert page is not None
    assert [(each.number, each.spoilt) for each in page.asked] == [(1, ""), (2, "")]
    factories.sign_in(client, day.secretary)
    text = client.get(at("turn", turn=turn)).content.decode()
    assert 'name="position" value="0"' in text
    fields = {"do": "spoilt", "seen": str(day.state.cue), "turn": str(turn), "position": "0"}
    client.post(at("act"), fields | {"reason": "Hai đáp án đúng"})
    questions = day.state.turns[0].questions
    assert [each.spoilt for each in questions] == ["Hai đáp án đúng", ""]
    assert day.press("ask").turns[0].questions[-1].position == 0


def test_a_cell_says_what_its_turn_waits_for(day: Day) -> None:
    day.press("call", part="gioi-thieu", team=day.teams["CJ"])
    day.press("turn_end")
    cells = {row.entry: row.cells[0].state for row in console_of(day.stage).teams}
    assert cells == {
        day.teams["CJ"]: "judging",
        day.teams["GN"]: "to_call",
        day.teams["DM"]: "to_call",
    }


# Notes

NOTE = "Ý tưởng hay,\n  nói nhanh \u200bquá \x00"


def note(day: Day, token: str, turn: int, text: str | None, *, seq: int, done: bool = True) -> None:
    held = day.state.turns[turn - 1]
    marks = {"noi-dung": Decimal(15), "hinh-thuc": Decimal(8)}
    message = SheetMessage(held.segment, held.entry, turn, seq, marks, done, text)
    device = device_by_token(day.stage, token)
    take_sheet(device=device, message=message, now=factories.now())


def test_a_note_is_the_judges_own_until_every_sheet_is_in_and_is_never_published(
    day: Day, client: Client
) -> None:
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    tokens = {key: day.seat(key).token for key in ("gk1", "gk2", "gk3", "gk4", "gk5")}
    note(day, tokens["gk1"], turn, "Nháp", seq=1, done=False)
    note(day, tokens["gk1"], turn, NOTE, seq=2)
    # A page of before the notes sends none, which takes nothing away.
    note(day, tokens["gk2"], turn, "Mở đầu tốt", seq=1, done=False)
    note(day, tokens["gk2"], turn, None, seq=2)
    mine = {key: [each["note"] for each in own(token)] for key, token in tokens.items()}
    kept = "Ý tưởng hay,\nnói nhanh quá"
    assert (set(mine["gk1"]), set(mine["gk2"])) == ({"", kept}, {"", "Mở đầu tốt"})
    assert set(mine["gk3"]) == {""}
    factories.sign_in(client, day.secretary)
    assert "Ý tưởng hay" not in client.get(at("turn", turn=turn)).content.decode()
    day.press("turn_end")
    for key in ("gk3", "gk4", "gk5"):
        mark(day, tokens[key], turn)
    assert "Ý tưởng hay,<br>nói nhanh quá" in client.get(at("turn", turn=turn)).content.decode()
    assert "Ý tưởng hay" in client.get(at("console")).content.decode()
    # Neither the log, nor what everybody sees, nor the minutes has it.
    lines = json.dumps(list(LogLine.objects.values_list("event", flat=True)), ensure_ascii=False)
    told = [lines, snapshot_bytes(day.stage).decode()]
    told += [Client().get(at(name)).content.decode() for name in ("live", "screen", "draws")]
    told += [str(minutes_of(day.stage))]
    for text in told:
        assert "Ý tưởng" not in text
        assert "Mở đầu tốt" not in text
    # An unlocked sheet closes them again.
    day.press("unlock", turn=str(turn), judge="gk3", reason="Ghi nhầm")
    assert "Ý tưởng hay" not in client.get(at("turn", turn=turn)).content.decode()


def test_a_note_of_a_locked_sheet_or_an_older_message_changes_nothing(day: Day) -> None:
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    token = day.seat("gk1").token
    note(day, token, turn, "Mới", seq=5, done=False)
    older = refused(lambda: note(day, token, turn, "Cũ", seq=4, done=False))
    note(day, token, turn, "Mới", seq=6)
    locked = refused(lambda: note(day, token, turn, "Thêm", seq=7, done=False))
    assert (older.code, locked.code) == ("message_repeated", "sheet_is_in")
    assert [each.text for each in SheetNote.objects.all()] == ["Mới"]
