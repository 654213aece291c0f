"""A final in real browsers: star of hope, presses at once, the chair, a vote, side prizes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import NewPage
from tests.browser.stage_people import SCREEN, Secretary, page_of
from tests.results.heats import FINAL
from tests.stage.desk import Desk, desk_of
from tests.stage.final import CALM

pytestmark = pytest.mark.browser
WARNED = "Còn 2 câu chưa hỏi. Kết thúc lượt thì các câu này không được hỏi nữa."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path, "tests.stage.final:prepared", CALM, FINAL) as running:
        yield running


def give_floor(console: Secretary, team: str) -> None:
    console.fill("floor", "reason", "Đội bấm trước khi đọc xong câu hỏi")
    console.page.locator("form.press:has(input[value=floor]) select").select_option(label=team)
    console.press("floor")


class Tablet:
    """A team's tablet."""

    def __init__(self, page: Page, desk: Desk, number: str) -> None:
        self.page = page
        page.goto(f"{desk.url}{desk.public}doi-thi/#{desk.day.codes[desk.day.teams[number]]}")
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


def vote(desk: Desk, console: Secretary, number: str) -> None:
    """A phone of the audience without a browser."""
    body = {"part": "binh-chon", "team": desk.day.teams[number][:8], "device": uuid.uuid4().hex}
    answer = console.page.request.post(f"{desk.url}{desk.public}binh-chon/", data=body)
    assert answer.ok, answer.text()


def sign_closing(desk: Desk, page: Page) -> None:
    """A member signs that everything is in, without opening the page."""
    console = page.request.get(desk.console).text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', console)
    assert token is not None
    signed = page.request.post(
        f"{desk.console}dong/",
        form={"csrfmiddlewaretoken": token[1]},
        headers={"Referer": desk.url + desk.console},
    )
    assert signed.ok, signed.text()


def test_a_final_with_star_steal_buzzer_vote_and_side_prizes(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    console = Secretary(page_of(desk, browser), desk)
    screen = page_of(desk, browser, size=SCREEN)
    screen.goto(f"{desk.public}man-hinh/")
    tablets = {number: Tablet(new_phone(), desk, number) for number in ("1", "3")}
    teams = desk.day.teams
    for step in ("commit", "number", "draw"):
        console.quick(f"lots_{step}", lots="packets:goi-cau-hoi", number="24")

    # Team 7 lays its star on the question of 10 points, and does not have it.
    console.quick("call", part="goi-cau-hoi", team=teams["7"])
    console.press("star")
    console.quick("ask")
    console.quick("time")
    expect(screen.locator(".star")).to_have_text("★ Ngôi sao hy vọng")
    console.sees("Câu 1 / 3")
    console.press("answer", option=str((console.right + 1) % 4))
    console.sees("Đội 7: ")
    console.press("offer")
    _first, second = press_at_once(desk, screen, tablets["1"], tablets["3"])
    console.sees("2. Đội")
    # The chair sees that the first has pressed too early.
    give_floor(console, f"Đội {second}")
    expect(screen.locator(".replies")).to_contain_text(f"Đội {second} được quyền trả lời")
    tablets[second].answer(console.right)
    console.sees(f"Đội {second}: ")
    console.press("key")
    expect(console.page.locator("#now .band-warn")).to_have_text(WARNED)
    console.press("turn_end")
    for number in ("3", "1"):
        console.quick("call", part="goi-cau-hoi", team=teams[number])
        console.quick("turn_end")

    # A question for all: the first answers wrongly and pays half, nobody else wants it.
    console.quick("call", part="bam-chuong")
    console.quick("ask")
    console.quick("time")
    early, _late = press_at_once(desk, screen, tablets["3"], tablets["1"])
    console.sees("2. Đội")
    tablets[early].answer((console.right + 1) % 4)
    console.sees(f"Đội {early}: ")
    console.quick("key")
    console.quick("turn_end")

    # The audience: two for 7, one for 3, and one that changes from 1 to 3 before the end.
    console.press("vote_open", part="binh-chon")
    for number in ("7", "3"):
        vote(desk, console, number)
    phones = [new_phone() for _ in range(2)]
    for phone, number in zip(phones, ("7", "1"), strict=True):
        phone.goto(desk.url + desk.public)
        phone.locator(".vote button", has_text=f"Đội {number}").click()
        expect(phone.locator(".vote .chosen")).to_contain_text("phiếu của bạn")
    phones[1].locator(".vote button", has_text="Đội 3").click()
    expect(phones[1].locator(".vote .chosen")).to_contain_text("Đội 3")
    expect(screen.locator(".ballot li")).to_have_text(
        ["Đội 7Xã mẫu 07", "Đội 3Xã mẫu 03", "Đội 1Xã mẫu 01"]
    )
    console.press("vote_close", part="binh-chon")
    assert desk.state.votes["binh-chon"] == {teams["7"]: 2, teams["3"]: 2}
    for part in ("goi-cau-hoi", "bam-chuong", "binh-chon"):
        console.quick("release", part=part)

    # Greetings 27, 25, 29. Packet: the star costs 7 its 10, and the thief takes 10 more from it and
    # has them. Buzzer: a wrong answer costs 5, and nobody falls below zero there. Votes: 20 each.
    points = {"1": 27, "3": 25 + 20, "7": 29 - 20 + 20}
    points[second] += 10
    order = sorted(points, key=lambda number: -points[number])
    expect(screen.locator(".board .who")).to_have_text(
        [f"Đội {number}Xã mẫu {int(number):02}" for number in order]
    )
    expect(screen.locator(".board b")).to_have_text([str(points[number]) for number in order])
    phones[0].reload()
    expect(phones[0].locator("h2", has_text="Bảng điểm")).to_be_visible()

    # Two people close the round. The awards wait for the favourite of the audience and the style.
    chair, member = (page_of(desk, browser, who) for who in ("chair", "member"))
    for page in (chair, member):
        sign_closing(desk, page)
    console.page.reload()
    expect(console.page.locator("#scenes .band-warn")).to_contain_text("Chưa mở giải được")
    chair.goto(f"{desk.desk}/ket-qua/")
    choose(chair, {"Đội được khán giả yêu thích nhất": ("Đội 3", "Đội 7")}, "Đội 1")
    member.goto(f"{desk.desk}/ket-qua/")
    for _ in range(2):
        member.get_by_role("button", name="Xác nhận và ký").first.click()
    expect(member.get_by_role("heading", name="Giải phụ")).to_be_visible()
    expect(member.get_by_role("button", name="Xác nhận và ký")).to_have_count(0)
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
        console.quick("reveal")
        if shown in (1, 3, 6):
            expect(screen.locator(".awards li")).to_have_text(awards[::-1][:shown])
    assert screen.evaluate(
        "document.getElementById('stage').scrollHeight"
        " <= document.getElementById('stage').clientHeight + 1"
    )
    expect(phones[0].locator(".card .part")).to_have_count(6)


def choose(chair: Page, equal: dict[str, tuple[str, ...]], style: str) -> None:
    """The chair puts equal teams in order and names whom the jury has chosen."""
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
