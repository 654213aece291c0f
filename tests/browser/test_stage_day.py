"""A whole day on stage by the plan of 2023: secretary, five judges, three teams, screen, audience.

What comes out is worked out here by hand from docs/rules/judging.md, overtime.md and quiz.md.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from hoithi.verify.checks import verify
from tests.browser.chromium import HOST, NewPage, save_picture
from tests.browser.stage_people import SCREEN, Judge, Secretary, page_of
from tests.documents.render.reading import lines, page_texts
from tests.races import ROOT
from tests.stage.audience import all_see, audience
from tests.stage.desk import CONSOLE, PUBLIC, Desk, running_desk

pytestmark = pytest.mark.browser

RESULT = "/ban-to-chuc/daknong-2023/vong/truc-tiep/ket-qua/"
STAGE = CONSOLE.removesuffix("dieu-khien/")
NAMES = {"GN": "Gia Nghĩa", "CJ": "Cư Jút", "DM": "Đắk Mil"}
Sheets = Mapping[str, Sequence[str]]

# Introduction and solution: criteria up to 5, 5, 8, 7 and 5, in halves. The fifth judge comes from
# Gia Nghĩa and does not mark its team.
INTRODUCTION: Mapping[str, Sheets] = {
    # 25, 26, 27 and 26: four sheets, fewer than the five from which highest and lowest fall away,
    # so their mean, 26. One second over ten minutes costs a point: 25.
    "GN": {
        "gk1": ("4", "4", "7", "6", "4"),
        "gk2": ("4,5", "4,5", "7", "6", "4"),
        "gk3": ("4,5", "4,5", "7", "6", "5"),
        "gk4": ("4,5", "4,5", "7", "6", "4"),
    },
    # 23, 25, 25, 25 and 28: without the lowest and the highest 25.
    "CJ": {
        "gk1": ("4", "4", "6", "5", "4"),
        "gk2": ("4", "4", "7", "6", "4"),
        "gk3": ("4", "4", "7", "6", "4"),
        "gk4": ("4", "4", "7", "6", "4"),
        "gk5": ("4,5", "4,5", "8", "6", "5"),
    },
    # 20, 21, 22, 23 and 24: without the lowest and the highest 22.
    "DM": {
        "gk1": ("4", "4", "5", "4", "3"),
        "gk2": ("4", "4", "5", "5", "3"),
        "gk3": ("4", "4", "6", "5", "3"),
        "gk4": ("4", "4", "6", "5", "4"),
        "gk5": ("4", "4", "7", "5", "4"),
    },
}
# Sketch: criteria up to 15, 10, 10 and 5.
SKETCH: Mapping[str, Sheets] = {
    # 34, 35, 35 and 36: their mean, 35.
    "GN": {
        "gk1": ("13", "8", "8", "5"),
        "gk2": ("13", "9", "8", "5"),
        "gk3": ("13,5", "8,5", "8", "5"),
        "gk4": ("14", "9", "8", "5"),
    },
    # 33.5, 35, 35, 35 and 38: without the lowest and the highest 35.
    "CJ": {
        "gk1": ("13", "8", "8", "4,5"),
        "gk2": ("13", "9", "8", "5"),
        "gk3": ("13", "9", "8", "5"),
        "gk4": ("13", "9", "8", "5"),
        "gk5": ("14", "9,5", "9,5", "5"),
    },
    # 30, 31, 31.5, 32 and 35: without the lowest and the highest 31.5.
    "DM": {
        "gk1": ("12", "7", "7", "4"),
        "gk2": ("12", "7", "8", "4"),
        "gk3": ("12,5", "7", "8", "4"),
        "gk4": ("12", "8", "8", "4"),
        "gk5": ("13", "9", "8", "5"),
    },
}
# Ten questions of three points, a wrong answer costs nothing.
RIGHT = {"GN": 8, "CJ": 8, "DM": 10}
# 25 + 24 + 35 and 25 + 24 + 35: a tie at the top in everything that decides; 22 + 30 + 31.5.
TOTALS = {"GN": "84", "CJ": "84", "DM": "83,5"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path, of_2023=True) as running:
        yield running


class Day:
    """Everybody who takes part, and the parts of the day."""

    def __init__(self, desk: Desk, browser: Browser, new_phone: NewPage) -> None:
        self.desk = desk
        self.secretary = Secretary(page_of(desk, browser), desk)
        self.screen = page_of(desk, browser, size=SCREEN)
        self.screen.goto(f"{PUBLIC}man-hinh/")
        # Plain http under a name of the local network: no secure context.
        lan = f"http://{HOST}:{desk.port}"
        self.judges = {key: Judge(new_phone(), desk, key, lan) for key in INTRODUCTION["CJ"]}
        self.tablet = new_phone()
        self.tablet.goto(f"{lan}{PUBLIC}doi-thi/#{desk.day.codes[desk.day.teams['GN']]}")
        self.tablet.get_by_role("button", name="Mở", exact=True).click()
        self.codes = {entry: code for code, entry in desk.day.teams.items()}

    @property
    def order(self) -> list[str]:
        """The teams by their units, as drawn."""
        return [self.codes[entry] for entry in self.desk.state.standing]

    def judged(self, part: str, code: str, sheets: Sheets, *, without: Sequence[str] = ()) -> None:
        """A team on stage, marked and confirmed by its judges, `without` those who come later."""
        self.secretary.press("call", part=part, team=self.desk.day.teams[code])
        self.secretary.press("clock_start")
        self.screen.get_by_text(NAMES[code]).first.wait_for()
        for key, marks in sheets.items():
            if key not in without:
                self.judges[key].sheet(NAMES[code], marks)
        self.secretary.press("clock_stop")

    def asked(self, code: str, *, by_tablet: bool) -> None:
        """The ten questions of a team: the first ones right, the others wrong."""
        state = self.secretary.quick("call", part="kien-thuc", team=self.desk.day.teams[code])
        turn = state.turns[-1]
        right = self.desk.day.right[state.packet(turn) - 1]
        for place, option in enumerate(right):
            answer = option if place < RIGHT[code] else 1 - min(option, 1)
            self.secretary.quick("ask")
            self.secretary.quick("time")
            if by_tablet:
                self.tablet.get_by_text(f"Câu {place + 1} / 10").wait_for()
                self.tablet.locator(".options button").nth(answer).click()
                expect(self.tablet.locator(".options button").nth(answer)).to_contain_text(
                    "câu trả lời của đội"
                )
            else:
                self.secretary.quick("answer", option=str(answer))
            self.secretary.quick("key")
        self.secretary.quick("turn_end")


def test_a_whole_day_comes_out_as_worked_by_hand(
    browser: Browser, new_phone: NewPage, desk: Desk, tmp_path: Path
) -> None:
    day = Day(desk, browser, new_phone)
    phones = [new_phone() for _ in range(3)]
    for phone in phones:
        phone.goto(f"http://{HOST}:{desk.port}{PUBLIC}")
    with audience(desk, 47) as viewers:
        _lots(day)
        _introduction(day)
        _quiz(day)
        _sketch(day)
        _closed(day, browser)
        seen = all_see(viewers, desk.state.last)
    assert all(each == seen[0] for each in seen)
    assert seen[0]["closed"] is True
    _decided(desk, browser)
    _awarded(day, phones)
    _minutes(day)
    bundle = tmp_path / "ho-so.zip"
    subprocess.run(
        [sys.executable, "-m", "hoithi.config.cli", "bundle", "daknong-2023", str(bundle)],
        cwd=ROOT,
        env=desk.environment,
        check=True,
    )
    assert verify(bundle) == []


def _lots(day: Day) -> None:
    day.secretary.draw("order")
    day.secretary.draw("packets:kien-thuc")
    expect(day.screen.locator(".drawn li")).to_have_count(8)
    # Eight packets are more than the usual letters leave room for: they become smaller.
    assert day.screen.evaluate(
        """() => {
            const room = document.getElementById("stage").getBoundingClientRect();
            return [...document.querySelectorAll("#stage > *")].every((each) => {
                const box = each.getBoundingClientRect();
                return box.top >= room.top - 1 && box.bottom <= room.bottom + 1;
            });
        }"""
    )


def _introduction(day: Day) -> None:
    for code in day.order:
        # A judge's phone is out of reach of the network while one team after the other is marked.
        day.judges["gk3"].page.context.set_offline(offline=True)
        day.judged("gioi-thieu", code, INTRODUCTION[code], without=("gk3",))
        over = "1" if code == "GN" else "0"
        day.secretary.fill("clock_set", "minutes", "10")
        day.secretary.fill("clock_set", "seconds", over)
        day.secretary.fill("clock_set", "reason", "Theo đồng hồ của thư ký")
        day.secretary.press("clock_set")
        day.secretary.press("turn_end")
        day.judges["gk3"].page.context.set_offline(offline=False)
        day.judges["gk3"].sheet(NAMES[code], INTRODUCTION[code]["gk3"])


def _quiz(day: Day) -> None:
    for code in day.order:
        day.asked(code, by_tablet=code == "GN")
    day.secretary.page.reload()


def _sketch(day: Day) -> None:
    first, *rest = day.order
    late = day.judges["gk2"]
    day.secretary.press("call", part="tieu-pham", team=day.desk.day.teams[first])
    day.secretary.press("clock_start")
    late.type(NAMES[first], SKETCH[first]["gk2"])
    expect(late.status).to_have_text("Đã lưu")
    save_picture(late.page, "judge-phone")
    running = day.desk.state.turns[-1].running_ms
    # The power is cut while a team is on stage; a judge goes on marking.
    day.desk.kill()
    day.judges["gk1"].type(NAMES[first], SKETCH[first]["gk1"])
    day.judges["gk1"].confirm()
    expect(day.judges["gk1"].status).to_contain_text("chờ mạng")
    day.desk.start()
    assert day.desk.state.turns[-1].running_ms == running
    expect(day.screen.locator("#line")).to_be_hidden(timeout=40_000)
    day.secretary.page.reload()
    expect(day.judges["gk1"].status).to_have_text("Đã xác nhận và khóa", timeout=40_000)
    late.confirm()
    for key in SKETCH[first]:
        if key not in ("gk1", "gk2"):
            day.judges[key].sheet(NAMES[first], SKETCH[first][key])
    day.secretary.press("clock_stop")
    day.secretary.press("turn_end")
    for code in rest:
        day.judged("tieu-pham", code, SKETCH[code])
        day.secretary.press("turn_end")


def _closed(day: Day, browser: Browser) -> None:
    for part in ("gioi-thieu", "kien-thuc", "tieu-pham"):
        day.secretary.press("release", part=part)
    board = day.screen.locator(".board b")
    expect(board).to_have_text(["84", "84", "83,5"])
    save_picture(day.screen, "stage-screen", scale=0.5)
    for who in ("chair", "member"):
        page = page_of(day.desk, browser, who)
        page.goto(CONSOLE)
        if who == "member":
            expect(page.get_by_text("Trưởng ban đã ký kết thúc")).to_be_visible()
        page.get_by_role("button", name="Ký kết thúc vòng thi").click()
        expect(page.get_by_text("Đã ký.", exact=True)).to_be_visible()
        if who == "chair":
            expect(page.get_by_text("Anh/chị đã ký kết thúc")).to_be_visible()
    assert day.desk.state.is_closed


def _decided(desk: Desk, browser: Browser) -> None:
    """Nothing in the rules parts the first two: two people decide, then it is published."""
    chair, member = page_of(desk, browser, "chair"), page_of(desk, browser, "member")
    chair.goto(RESULT)
    assert _table(chair) == [
        ("1", "Cư Jút", "84"),
        ("1", "Gia Nghĩa", "84"),
        ("3", "Đắk Mil", "83,5"),
    ]
    chair.get_by_label("Gia Nghĩa").select_option("1")
    chair.get_by_label("Cư Jút").select_option("2")
    chair.get_by_label("Căn cứ quyết định").fill("Biên bản hội ý của Ban Giám khảo")
    chair.get_by_role("button", name="Đề xuất thứ tự này").click()
    member.goto(RESULT)
    member.get_by_role("button", name="Xác nhận và ký").click()
    assert [place for place, _name, _points in _table(member)] == ["1", "2", "3"]
    member.get_by_role("button", name="Công bố kết quả").click()
    expect(member.get_by_text("Đã công bố kết quả.", exact=True)).to_be_visible()


def _table(page: Page) -> list[tuple[str, str, str]]:
    """Place, team and points of every row."""
    rows = page.locator("table.cards tbody tr")
    return sorted(
        (
            rows.nth(at).locator("td").nth(0).inner_text(),
            rows.nth(at).locator("th").inner_text(),
            rows.nth(at).locator("td").nth(3).inner_text(),
        )
        for at in range(rows.count())
    )


def _awarded(day: Day, phones: Sequence[Page]) -> None:
    """From the last prize to the first, a press each."""
    day.secretary.page.reload()
    day.secretary.press("reveal")
    for _ in range(3):
        day.secretary.press("reveal")
    shown = [
        "Giải ba Đắk Mil Huyện Đắk Mil",
        "Giải nhì Cư Jút Huyện Cư Jút",
        "Giải nhất Gia Nghĩa Thành phố Gia Nghĩa",
    ]
    assert _texts(day.screen, ".awards li") == shown
    for phone in phones:
        # The newest first: nobody scrolls on a phone to learn who has won.
        assert _texts(phone, ".card") == shown[::-1]


def _texts(page: Page, places: str) -> list[str]:
    """The three prizes once they are there."""
    expect(page.locator(places)).to_have_count(3)
    return [" ".join(each.split()) for each in page.locator(places).all_inner_texts()]


def _minutes(day: Day) -> None:
    """Both files say what was held, in the same words."""
    request = day.secretary.page.request
    printed = " ".join(page_texts(request.get(f"{STAGE}bien-ban.pdf").body()))
    word = list(lines(Document(BytesIO(request.get(f"{STAGE}bien-ban.docx").body()))))
    part = "Giới thiệu về đội thi và đề xuất giải pháp, sáng kiến chuyển đổi số"
    said = [
        f"Gia Nghĩa, {part}: quá 1 giây, trừ 1 điểm.",
        "Không có sự việc nào được ghi.",
    ]
    for line in said:
        assert [each for each in word if each.endswith(line)] != []
        assert line in printed
    rows = {NAMES[code]: total for code, total in TOTALS.items()}
    table = word[word.index("VI. KẾT QUẢ") + 1 :]
    for place, (name, prize) in enumerate(
        (("Gia Nghĩa", "Giải nhất"), ("Cư Jút", "Giải nhì"), ("Đắk Mil", "Giải ba")), start=1
    ):
        at = table.index(name)
        assert (table[at - 1], table[at + 2], table[at + 3]) == (str(place), rows[name], prize)
