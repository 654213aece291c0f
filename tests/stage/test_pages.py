"""The pages of a round on stage, as those use them who prepare and run the day."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hoithi.bank.models import Collection
from hoithi.contests.models import Contest
from hoithi.entries.models import Entry
from hoithi.people.models import Approval, Role, User
from hoithi.results.models import Motion
from hoithi.rules.codes import grouped
from hoithi.rules.live.marks import part_mark
from hoithi.stage.actions.devices import code_of
from hoithi.stage.actions.preparing import build_packets, open_stage, seal_packets
from hoithi.stage.models import PacketSet, PaperSheet, Stage
from hoithi.stage.queries import state_at
from tests import factories
from tests.stage.parts import plan
from tests.stage.scene import Day, open_day, ready_day, team

pytestmark = pytest.mark.django_db
WHERE = {"contest": "daknong-2023", "round_key": "truc-tiep"}


def at(name: str, **more: object) -> str:
    return reverse(f"stage:{name}", kwargs={**WHERE, **more})


@pytest.fixture
def day() -> Day:
    return open_day()


def page(client: Client, name: str, **more: object) -> str:
    answer = client.get(at(name, **more))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_round_is_prepared_from_nothing_to_the_console(client: Client) -> None:
    made: Contest = factories.contest(plan())
    organiser = factories.user("Thư ký", made.key, Role.ORGANISER)
    signers = [factories.user(name, made.key, Role.COMMITTEE) for name in ("Trưởng", "Phó")]
    for code in ("GN", "CJ"):
        team(made, code, f"Đội {code}")
    factories.bank(made)
    factories.sign_in(client, organiser)
    assert "Chuẩn bị thi trên sân khấu" in page(client, "setup")
    client.post(at("prepare"))
    bad = client.post(at("add_judge"), {"name": "", "unit": "XX"}).content.decode()
    assert bad.count('aria-invalid="true"') == 2
    for number in range(1, 4):
        chair = {"is_chair": "on"} if number == 1 else {}
        client.post(at("add_judge"), {"name": f"Giám khảo {number}", "unit": "", **chair})
    again = client.post(at("add_judge"), {"name": "Hai trưởng ban", "is_chair": "on"})
    assert "đúng một trưởng ban" in again.content.decode()
    client.post(at("packets", part="kien-thuc"))
    refused = client.post(at("open"), follow=True).content.decode()
    assert "chưa được niêm phong" in refused
    for who in signers:
        factories.sign_in(client, who)
        client.post(at("seal", part="kien-thuc"))
    factories.sign_in(client, organiser)
    assert "đã niêm phong" in page(client, "setup")
    opened = client.post(at("open"))
    assert opened.headers["Location"] == at("console")
    console = page(client, "console")
    assert console.count('name="do" value="call"') == 6
    slips = page(client, "codes")
    stage = Stage.objects.get()
    assert all(grouped(code_of(seat)) in slips for seat in stage.seats.all())
    # Two units may call their teams alike: the slip says whose it is.
    assert "Thành phố Gia Nghĩa" in slips
    assert "Huyện Cư Jút" in slips
    # Whoever lost a slip, judge or team, gets another one; the lost one opens nothing any more.
    lost = [stage.seats.get(key="gk2"), stage.seats.filter(kind="team")[0]]
    for seat in lost:
        client.post(at("new_code", judge=seat.key))
    slips = page(client, "codes")
    for seat in lost:
        assert grouped(code_of(seat)) not in slips
        seat.refresh_from_db()
        assert grouped(code_of(seat)) in slips


def test_the_console_asks_no_more_queries_for_more_teams(day: Day, client: Client) -> None:
    factories.sign_in(client, day.secretary)
    page(client, "console")
    with CaptureQueriesContext(connection) as before:
        page(client, "console")
    for unit in ("GN", "CJ"):
        day.press("call", part="gioi-thieu", team=day.teams[unit])
        day.press("turn_end")
    page(client, "console")
    with CaptureQueriesContext(connection) as after:
        page(client, "console")
    # The jury and its devices are asked for once there is a turn, however many there are.
    assert len(after) <= len(before) + 2


def test_a_press_answers_a_script_with_a_sentence_and_a_form_with_the_page(
    day: Day, client: Client
) -> None:
    factories.sign_in(client, day.secretary)
    fields = {"do": "clock_start", "seen": str(day.state.cue)}
    told = client.post(at("act"), fields, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()) == (
        409,
        {"text": "Đội này chưa được mời lên phần thi này."},
    )
    back = client.post(at("act"), fields, follow=True)
    assert "Đội này chưa được mời lên phần thi này." in back.content.decode()
    call = {"do": "call", "part": "gioi-thieu", "team": day.teams["CJ"]}
    done = client.post(
        at("act"), call | {"seen": str(day.state.cue)}, headers={"Accept": "application/json"}
    )
    assert done.json() == {"seen": day.state.cue}
    for seen in ("", "x", "-1", "1" * 12, "٣"):
        stale = client.post(
            at("act"), call | {"seen": seen}, headers={"Accept": "application/json"}
        )
        assert stale.status_code == 409


ASKED = "Còn {} câu chưa hỏi."
UNTIMED = "Đồng hồ của lượt này chưa chạy lần nào"


def test_whoever_ends_a_turn_is_told_of_questions_left_and_of_a_clock_that_never_ran(
    day: Day, client: Client
) -> None:
    factories.sign_in(client, day.secretary)
    cj = day.teams["CJ"]
    day.press("call", part="gioi-thieu", team=cj)
    assert f"{UNTIMED}, mà thời gian có tính điểm. Hãy bấm chạy" in page(client, "console")
    day.press("turn_end")
    # It is told still while it can be set right, and no longer when somebody has done so.
    assert f"{UNTIMED}, mà thời gian có tính điểm. Hãy sửa giờ" in page(client, "console")
    told = {"turn": "1", "minutes": "0", "seconds": "0", "reason": "Đội không trình bày"}
    day.press("clock_set", told)
    assert UNTIMED not in page(client, "console")
    # A part whose time costs nothing has no such warning, nor has a clock that runs.
    day.press("call", part="tieu-pham", team=cj)
    assert UNTIMED not in page(client, "console")
    day.press("turn_end")
    day.press("call", part="gioi-thieu", team=day.teams["DM"])
    day.press("clock_start")
    assert UNTIMED not in page(client, "console")
    day.press("turn_end")
    for step in ("commit", "number", "draw"):
        day.press(f"lots_{step}", lots="packets:kien-thuc", number="24")
    day.press("call", part="kien-thuc", team=cj)
    for left in (3, 2, 1):
        assert ASKED.format(left) in page(client, "console")
        day.press("ask")
        # A question that is open cannot be left, so nothing is offered to be warned of.
        assert "chưa hỏi" not in page(client, "console")
        if left == 2:
            day.press("spoilt", reason="Câu hỏi sai")
            assert ASKED.format(2) in page(client, "console")
            day.press("ask")
        day.press("key")
    assert "chưa hỏi" not in page(client, "console")
    assert 'name="do" value="turn_end"' in page(client, "console")


def test_the_draw_stands_above_the_teams_until_it_is_held(day: Day, client: Client) -> None:
    factories.sign_in(client, day.secretary)

    def above() -> bool:
        console = page(client, "console")
        assert (console.count('id="lots"'), console.count('id="teams"')) == (1, 1)
        return console.index('id="lots"') < console.index('id="teams"')

    assert above()
    for step, told in (("commit", {}), ("number", {"number": "24"}), ("draw", {})):
        day.press(f"lots_{step}", told, lots="order")
        assert above() is (step != "draw")


def test_the_secretary_sees_the_answer_on_request_until_all_see_it(
    day: Day, client: Client
) -> None:
    factories.sign_in(client, day.secretary)
    for step in ("commit", "number", "draw"):
        day.press(f"lots_{step}", lots="packets:kien-thuc", number="24")
    day.press("call", part="kien-thuc", team=day.teams["CJ"])
    day.press("ask")
    folded = "<summary>Xem đáp án</summary>"
    assert folded in page(client, "console")
    day.press("key")
    assert folded not in page(client, "console")
    assert "Đáp án: <strong" in page(client, "console")


def test_the_programme_has_time_limits_and_an_order_once_it_is_drawn(
    day: Day, client: Client
) -> None:
    def told() -> dict[str, Any]:
        content = page(client, "feed")
        return dict(json.loads(content.split("data: ", 1)[1])["s"])

    before = told()
    assert before["drawn"] is False
    assert [(part["least"], part["most"]) for part in before["parts"]] == [
        (180, 300),
        (0, 0),
        (0, 0),
    ]
    # A team that is called as its unit does not have the name twice.
    entry = Entry.objects.get(public_id=day.teams["GN"])
    assert entry.team is not None
    entry.team.name = entry.unit.name
    entry.team.save()
    for step in ("commit", "number", "draw"):
        day.press(f"lots_{step}", lots="order", number="24")
    after = told()
    assert after["drawn"] is True
    assert {team["name"]: team["unit"] for team in after["teams"]} == {
        "Thành phố Gia Nghĩa": "",
        "Cư Jút": "Huyện Cư Jút",
        "Đắk Mil": "Huyện Đắk Mil",
    }


def test_a_paper_sheet_counts_when_two_have_typed_the_same(day: Day, client: Client) -> None:
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    where = {"turn": turn, "judge": "gk2"}
    factories.sign_in(client, day.secretary)
    wrong = client.post(at("paper_sheet", **where), {"noi-dung": "20,25", "hinh-thuc": "năm"})
    text = wrong.content.decode()
    assert "Nội dung: điểm từ 0 đến 20." in text
    assert "Vui lòng nhập điểm, ví dụ 7 hoặc 7,5." in text
    client.post(at("paper_sheet", **where), {"noi-dung": "15,5", "hinh-thuc": "8"})
    assert "Đã nhập: Thư ký" in page(client, "paper_sheet", **where)
    # The same person again is not the second one.
    client.post(at("paper_sheet", **where), {"noi-dung": "15,5", "hinh-thuc": "8"})
    assert day.state.turns[0].sheets == {}
    factories.sign_in(client, day.chair)
    client.post(at("paper_sheet", **where), {"noi-dung": "15.5", "hinh-thuc": "7.5"})
    assert "Hai lần nhập khác nhau ở: Hình thức" in page(client, "paper_sheet", **where)
    client.post(at("paper_sheet", **where), {"noi-dung": "15.5", "hinh-thuc": "8"})
    sheet = day.state.turns[0].sheets["gk2"]
    assert (sheet.is_confirmed, sheet.from_paper) == (True, True)
    assert sheet.marks == {"noi-dung": Decimal("15.5"), "hinh-thuc": Decimal(8)}
    assert not PaperSheet.objects.filter(voided_at=None).exists()
    assert "Đã có phiếu" in page(client, "paper_sheet", **where)
    # Who may not mark the team is told so at once, and by the first who types.
    day.press("turn_end")
    other = day.press("call", part="gioi-thieu", team=day.teams["GN"]).turns[-1].number
    barred = {"turn": other, "judge": "gk5"}
    told = client.post(at("paper_sheet", **barred), {"noi-dung": "15.5", "hinh-thuc": "8"})
    assert 'role="alert"' in told.content.decode()
    assert not PaperSheet.objects.filter(voided_at=None).exists()


def test_points_beside_the_marks_take_two_members(day: Day, client: Client) -> None:
    turn = day.press("call", part="tieu-pham", team=day.teams["CJ"]).turns[-1].number
    day.press("turn_end")
    for key in ("gk1", "gk2", "gk3", "gk4", "gk5"):
        day.mark(day.seat(key).token, turn, kich_ban="15", dien_xuat="15")
    given = {
        "part": "tieu-pham",
        "team": day.teams["CJ"],
        "points": "-1,5",
        "reason": "Nhắc bài từ bên ngoài",
    }
    factories.sign_in(client, day.chair)
    assert (
        "Vui lòng nhập số điểm"
        in client.post(at("points"), given | {"points": "1e5"}).content.decode()
    )
    client.post(at("points"), given)
    client.post(at("points"), given)  # twice by one person is no second signature
    mark = part_mark(state_at(Stage.objects.get()), "tieu-pham", day.teams["CJ"])
    assert mark is not None
    assert mark.mark == 30
    assert "chờ thành viên Ban Tổ chức thứ hai ký" in page(client, "console")
    motion = Motion.objects.get()
    confirm = at("confirm_points", motion=motion.pk)
    assert confirm not in page(client, "points")  # by oneself

    factories.sign_in(client, day.member)
    waiting = page(client, "points")
    assert "Cư Jút, Tiểu phẩm truyền thông: -1,5 điểm" in waiting
    assert "Nhắc bài từ bên ngoài" in waiting
    client.post(confirm)
    mark = part_mark(day.state, "tieu-pham", day.teams["CJ"])
    assert mark is not None
    assert (mark.given, mark.mark) == (Decimal("-1.5"), Decimal("28.5"))
    assert "Cư Jút, Tiểu phẩm" not in page(client, "points")
    client.post(confirm)  # again
    assert len(day.state.corrections["tieu-pham", day.teams["CJ"]]) == 1


@pytest.mark.parametrize(
    ("points", "said"),
    [("0", "Điểm cộng hoặc trừ phải khác 0."), ("40.01", "Điểm cộng hoặc trừ không quá 40.")],
)
def test_points_that_can_never_count_are_refused_at_the_first_signature(
    day: Day, client: Client, points: str, said: str
) -> None:
    factories.sign_in(client, day.chair)
    given = {"part": "tieu-pham", "team": day.teams["CJ"], "points": points, "reason": "Thưởng"}

    told = client.post(at("points"), given).content.decode()

    assert said in told
    assert not Motion.objects.exists()
    assert not Approval.objects.filter(kind="stage_points").exists()


def test_points_are_taken_back_and_are_no_motion_about_results(day: Day, client: Client) -> None:
    given = {"part": "tieu-pham", "team": day.teams["CJ"], "points": "2", "reason": "Thưởng"}
    factories.sign_in(client, day.chair)
    client.post(at("points"), given)
    motion = Motion.objects.get()
    results = [
        reverse(f"results:{name}", args=["daknong-2023", motion.pk])
        for name in ("second", "refuse")
    ]
    assert [client.post(address).status_code for address in results] == [404, 404]

    client.post(at("refuse_points", motion=motion.pk))

    factories.sign_in(client, day.member)
    told = client.post(at("confirm_points", motion=motion.pk), follow=True).content.decode()
    assert "Việc này đã bị từ chối hoặc đã được rút lại." in told
    assert not day.state.corrections


def test_what_waits_for_a_signature_stands_on_the_overview(client: Client) -> None:
    day = ready_day()
    packets = PacketSet.objects.get(voided_at=None)

    def waiting(who: User) -> list[str]:
        answer = factories.sign_in(client, who).get("/ban-to-chuc/daknong-2023/")
        told = {
            "niêm phong": "Thi trực tiếp: ký niêm phong gói câu hỏi",
            "điểm": "Thi trực tiếp: xác nhận điểm cộng, trừ",
        }
        return [name for name, text in told.items() if text in answer.content.decode()]

    assert waiting(day.chair) == []
    anew = build_packets(
        actor=day.secretary,
        stage=day.stage,
        segment=packets.segment,
        collection=Collection.objects.get(),
        now=factories.now(),
    )
    assert (waiting(day.chair), waiting(day.member)) == (["niêm phong"], ["niêm phong"])
    seal_packets(actor=day.chair, packets=anew, now=factories.now())
    assert (waiting(day.chair), waiting(day.member)) == ([], ["niêm phong"])
    seal_packets(actor=day.member, packets=anew, now=factories.now())
    assert waiting(day.member) == []
    open_stage(actor=day.secretary, stage=day.stage, now=factories.now())
    factories.sign_in(client, day.chair).post(
        at("points"),
        {"part": "tieu-pham", "team": day.teams["CJ"], "points": "2", "reason": "Thưởng"},
    )
    assert (waiting(day.chair), waiting(day.member)) == ([], ["điểm"])
    assert waiting(day.secretary) == []


def test_somebody_of_the_same_name_is_told_before_a_judge_is_added(client: Client) -> None:
    day = ready_day()
    factories.sign_in(client, day.secretary)

    def add(name: str, **more: str) -> str:
        given = {"name": name, "unit": "", **more}
        return client.post(at("add_judge"), given, follow=True).content.decode()

    assert "Đã có người cùng họ tên: GK2 Giám khảo 2." in add("GIÁM  khảo 2")
    assert "Trần Văn Gia Nghĩa 0 (Thành phố Gia Nghĩa)" in add("tran van gia nghia 0")
    for name in ("\u200b", "x" * 5000, "<b>"):
        assert "Đã có người cùng họ tên" not in add(name)
    judges = day.stage.seats.filter(kind="judge", removed_at=None).exclude(name="<b>")
    assert judges.count() == 5
    add("Giám khảo 2", checked="on")
    assert judges.filter(name="Giám khảo 2").count() == 2


def test_a_slip_says_whose_it_is(day: Day, client: Client) -> None:
    factories.sign_in(client, day.secretary)
    slips = page(client, "codes")
    kinds = [
        slips.count(f"<strong>{kind}</strong> · Thi trực tiếp") for kind in ("Giám khảo", "Đội")
    ]
    assert kinds == [5, 3]


def test_every_judge_has_a_paper_sheet_for_every_team_they_may_mark(
    day: Day, client: Client
) -> None:
    factories.sign_in(client, day.secretary)
    # Two parts, three teams, five judges; the fifth may not mark one team.
    assert page(client, "sheets").count("Chữ ký của giám khảo") == 2 * (3 * 5 - 1)


def test_the_audiences_page_is_light(day: Day, client: Client) -> None:
    day.press("scene", scene="programme")
    size = len(client.get(at("live")).content) + len(client.get(at("feed")).content)
    for name in ("stage/live.css", "stage/live.js", "web/feed.js", "web/icon.svg"):
        size += Path(str(finders.find(name))).stat().st_size
    assert size < 30_000
