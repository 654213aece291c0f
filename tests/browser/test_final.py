"""A final in real browsers: star of hope, presses at once, the chair, a vote, side prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import NewPage
from tests.browser.stage_people import SCREEN, page_of
from tests.results.heats import FINAL
from tests.stage.desk import Desk, desk_of
from tests.stage.final import CALM

pytestmark = pytest.mark.browser
PUBLIC = f"/san-khau/hoi-thi-mau/{FINAL}/"
DESK = f"/ban-to-chuc/hoi-thi-mau/vong/{FINAL}"
CONSOLE = f"{DESK}/san-khau/dieu-khien/"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path, "tests.stage.final:prepared", CALM, FINAL) as running:
        yield running


class Console:
    """The secretary's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto(CONSOLE)

    def press(self, name: str, **fields: str) -> None:
        """Press a button, fill in its reason if it asks for one, and wait for the answer."""
        chosen = "".join(f':has(input[name={key}][value="{v}"])' for key, v in fields.items())
        form = self.page.locator(f"form.press:has(input[name=do][value={name}]){chosen}").first
        self._send(form)

    def sees(self, text: str) -> None:
        """Wait until what devices have sent stands here: a press meets no page that changes."""
        expect(self.page.locator(".question-now")).to_contain_text(text)

    def give_floor(self, team: str) -> None:
        self.page.get_by_text("Trưởng ban giao quyền trả lời cho đội khác").click()
        form = self.page.locator("form.press:has(input[name=do][value=floor])")
        form.locator("select").select_option(label=team)
        form.locator("input[name=reason]").fill("Đội bấm trước khi đọc xong câu hỏi")
        self._send(form)

    def _send(self, form: Locator) -> None:
        with self.page.expect_response(re.compile("/lenh/$")) as answer:
            form.locator("button").click()
        assert answer.value.ok, answer.value.text()

    def draw_packets(self) -> None:
        self.press("lots_commit", lots="packets:goi-cau-hoi")
        form = self.page.locator("form.press:has(input[name=do][value=lots_number])")
        form.locator("input[name=number]").fill("24")
        self._send(form)
        self.press("lots_draw", lots="packets:goi-cau-hoi")

    @property
    def right(self) -> int:
        """The option that is right, from 0, as the secretary reads it."""
        text = self.page.locator(".question-now .small strong").first.inner_text()
        return ord(text[0]) - ord("A")


class Tablet:
    """A team's tablet."""

    def __init__(self, page: Page, desk: Desk, number: str) -> None:
        self.page = page
        page.goto(f"{desk.url}{PUBLIC}doi-thi/#{desk.day.codes[desk.day.teams[number]]}")
        page.get_by_role("button", name="Mở", exact=True).click()
        expect(page.locator("#seat h1")).to_be_visible()

    def press_soon(self) -> None:
        """A press that is on its way, so that two tablets press at once: a finger that is
        down already does not see that another one was quicker."""
        expect(self.page.locator(".buzz")).to_be_visible()
        self.page.evaluate(
            "(() => { const buzz = document.querySelector('.buzz');"
            " setTimeout(() => buzz.click(), 300); })()"
        )

    def answer(self, option: int) -> None:
        self.page.locator(".options button").nth(option).click()
        expect(self.page.locator(".options button").nth(option)).to_contain_text(
            "câu trả lời của đội"
        )


def press_at_once(desk: Desk, screen: Page, *tablets: Tablet) -> list[str]:
    """Both press; the order in which the server had them, as the screen shows it, by numbers."""
    for tablet in tablets:
        tablet.press_soon()
    order = screen.locator(".replies")
    expect(order).to_contain_text("2. Đội")
    asked = desk.state.turns[-1].asked
    assert asked is not None
    names = {entry: number for number, entry in desk.day.teams.items()}
    numbers = [names[entry] for entry in asked.presses]
    told = "  ".join(f"{at}. Đội {number}" for at, number in enumerate(numbers, start=1))
    expect(order).to_have_text(f"Đội {numbers[0]} được quyền trả lời   theo thứ tự bấm: {told}")
    return numbers


def test_a_final_with_star_steal_buzzer_vote_and_side_prizes(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    console = Console(page_of(desk, browser, "secretary"))
    screen = page_of(desk, browser, size=SCREEN)
    screen.goto(f"{PUBLIC}man-hinh/")
    tablets = {number: Tablet(new_phone(), desk, number) for number in ("1", "3", "7")}
    teams = desk.day.teams
    console.draw_packets()

    # Team 7 lays its star on the question of 10 points, and does not have it.
    console.press("call", part="goi-cau-hoi", team=teams["7"])
    console.press("star")
    console.press("ask")
    console.press("time")
    expect(screen.locator(".star")).to_have_text("★ Ngôi sao hy vọng")
    tablets["7"].answer((console.right + 1) % 4)
    console.sees("Đội 7: ")
    console.press("offer")
    _first, second = press_at_once(desk, screen, tablets["1"], tablets["3"])
    console.sees("2. Đội")
    # The chair sees that the first has pressed too early.
    console.give_floor(f"Đội {second}")
    expect(screen.locator(".replies")).to_contain_text(f"Đội {second} được quyền trả lời")
    tablets[second].answer(console.right)
    console.sees(f"Đội {second}: ")
    console.press("key")
    console.press("turn_end")
    for number in ("3", "1"):
        console.press("call", part="goi-cau-hoi", team=teams[number])
        console.press("turn_end")

    # A question for all: the first answers wrongly and pays half, nobody else wants it.
    console.press("call", part="bam-chuong")
    console.press("ask")
    console.press("time")
    early, _late = press_at_once(desk, screen, tablets["3"], tablets["7"])
    tablets[early].answer((console.right + 1) % 4)
    console.sees(f"Đội {early}: ")
    console.press("key")
    console.press("turn_end")

    # The audience: two for 7, one for 3, and one that changes from 1 to 3 before the end.
    console.press("vote_open", part="binh-chon")
    phones = [new_phone() for _ in range(4)]
    for phone, number in zip(phones, ("7", "7", "3", "1"), strict=True):
        phone.goto(desk.url + PUBLIC)
        phone.locator(".vote button", has_text=f"Đội {number}").click()
        expect(phone.locator(".vote .chosen")).to_contain_text("phiếu của bạn")
    phones[3].locator(".vote button", has_text="Đội 3").click()
    expect(phones[3].locator(".vote .chosen")).to_contain_text("Đội 3")
    expect(screen.locator(".ballot li")).to_have_text(
        ["Đội 7Xã mẫu 07", "Đội 3Xã mẫu 03", "Đội 1Xã mẫu 01"]
    )
    console.press("vote_close", part="binh-chon")
    assert desk.state.votes["binh-chon"] == {teams["7"]: 2, teams["3"]: 2}
    for part in ("goi-cau-hoi", "bam-chuong", "binh-chon"):
        console.press("release", part=part)

    # Greetings 27, 25, 29. Packet: the star costs 7 its 10, and the thief takes 10 more from it and
    # has them. Buzzer: a wrong answer costs 5, and nobody falls below zero there. Votes: 20 each.
    points = {"1": 27, "3": 25 + 20, "7": 29 - 20 + 20}
    points[second] += 10
    order = sorted(points, key=lambda number: -points[number])
    expect(screen.locator(".board .who")).to_have_text([f"Đội {number}" for number in order])
    expect(screen.locator(".board b")).to_have_text([str(points[number]) for number in order])
    phones[0].reload()
    expect(phones[0].locator("h2", has_text="Bảng điểm")).to_be_visible()

    # Two people close the round. The awards wait for the favourite of the audience and the style.
    for who in ("chair", "member"):
        page = page_of(desk, browser, who)
        page.goto(CONSOLE)
        page.get_by_role("button", name="Ký kết thúc").click()
    console.page.reload()
    expect(console.page.locator("#scenes .band-warn")).to_contain_text("Chưa mở giải được")
    choose(desk, browser, {"Đội được khán giả yêu thích nhất": ("Đội 3", "Đội 7")}, "Đội 1")
    console.page.reload()
    awards = [
        *[
            f"{prize}Đội {number}Xã mẫu {int(number):02}"
            for prize, number in zip(("Giải nhất", "Giải nhì", "Giải ba"), order, strict=True)
        ],
        "Phần chào hỏi hay nhấtĐội 7Xã mẫu 07",
        "Đội được khán giả yêu thích nhấtĐội 3Xã mẫu 03",
        "Đội có phong cách ấn tượngĐội 1Xã mẫu 01",
    ]
    console.press("reveal")
    expect(screen.locator(".title")).to_have_text("Trao giải")
    expect(screen.locator(".awards li")).to_have_count(0)
    for shown in range(1, 7):
        console.press("reveal")
        expect(screen.locator(".awards li")).to_have_text(awards[::-1][:shown])
    assert screen.evaluate(
        "document.getElementById('stage').scrollHeight"
        " <= document.getElementById('stage').clientHeight + 1"
    )
    expect(phones[0].locator(".card .part")).to_have_count(6)


def choose(desk: Desk, browser: Browser, equal: dict[str, tuple[str, ...]], style: str) -> None:
    """The committee puts equal teams in order and names whom the jury has chosen; both sign."""
    chair, member = (page_of(desk, browser, who) for who in ("chair", "member"))
    chair.goto(f"{DESK}/ket-qua/")
    for prize, teams in equal.items():
        card = chair.locator("section.card", has_text=prize)
        for place, team in enumerate(teams, start=1):
            card.get_by_label(re.compile(team)).select_option(str(place))
        card.get_by_label(re.compile("Căn cứ")).fill("Biên bản họp số 2")
        card.get_by_role("button", name="Đề nghị lựa chọn này").click()
    card = chair.locator("section.card", has_text="Đội có phong cách ấn tượng")
    option = card.locator("option", has_text=style).first.get_attribute("value")
    card.get_by_label("Đội nhận giải").select_option(option)
    card.get_by_label(re.compile("Căn cứ")).fill("Biên bản họp Ban Giám khảo")
    card.get_by_role("button", name="Đề nghị lựa chọn này").click()
    member.goto(f"{DESK}/ket-qua/")
    for _ in range(2):
        member.get_by_role("button", name="Xác nhận và ký").first.click()
    expect(member.get_by_role("heading", name="Giải phụ")).to_be_visible()
    expect(member.get_by_role("button", name="Xác nhận và ký")).to_have_count(0)
