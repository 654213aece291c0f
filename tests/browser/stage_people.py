"""Who takes part in a day on stage at a browser: the secretary at the console, judges at phones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import Browser, Locator, Page, expect

from hoithi.rules.live.state import State
from tests.stage.desk import Desk

SCREEN, DESKTOP = (1920, 1080), (1280, 800)


def page_of(
    desk: Desk, browser: Browser, who: str = "secretary", size: tuple[int, int] = DESKTOP
) -> Page:
    """A page of somebody who signed in: secretary, chair or member."""
    context = browser.new_context(
        base_url=desk.url, viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
    )
    context.add_cookies(
        [{"name": desk.session_name, "value": desk.day.sessions[who], "url": desk.url}]
    )
    return context.new_page()


class Secretary:
    """Somebody at the console."""

    def __init__(self, page: Page, desk: Desk) -> None:
        self.page, self.desk = page, desk
        self._pressed_elsewhere = 0
        page.on("load", self._heard)
        page.goto(desk.console)

    def _heard(self, _page: Page) -> None:
        self._pressed_elsewhere = 0

    def press(self, name: str, **fields: str) -> None:
        """Press a button of the console, unfolded first where it asks or warns, and wait until the
        server has answered."""
        chosen = "".join(f':has(input[name={key}][value="{v}"])' for key, v in fields.items())
        form = self.page.locator(f"form.press:has(input[name=do][value={name}]){chosen}").first
        form.wait_for(state="attached")
        if self._pressed_elsewhere:  # the page has to have heard of it
            seen = form.locator("input[name=seen]")
            expect(seen).to_have_value(str(self._pressed_elsewhere))
            self._pressed_elsewhere = 0
        self._unfold(form)
        with self.page.expect_response(re.compile("/lenh/$")) as answer:
            form.locator("button").click()
        assert answer.value.ok, answer.value.text()

    def _unfold(self, form: Locator) -> None:
        folded = self.page.locator("details.press:not([open])", has=form)
        if folded.count():
            folded.locator("summary").click()

    def draw(self, lots: str) -> None:
        self.press("lots_commit", lots=lots)
        self.fill("lots_number", "number", "7")
        self.press("lots_number", lots=lots)
        self.press("lots_draw", lots=lots)

    def quick(self, name: str, **fields: str) -> State:
        """The same press without the page, for the hundredth of its kind; where it has led to."""
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        sent = {
            "do": name,
            "seen": str(self.desk.state.cue),
            "csrfmiddlewaretoken": token,
            **fields,
        }
        answer = self.page.request.post(
            f"{self.desk.console}lenh/",
            form=dict(sent),
            headers={"Accept": "application/json", "Referer": self.desk.url + self.desk.console},
        )
        assert answer.ok, answer.text()
        state = self.desk.state
        self._pressed_elsewhere = state.cue
        return state

    def fill(self, name: str, field: str, text: str) -> None:
        """Type into a field of a button, opened first where it is folded away."""
        form = self.page.locator(f"form.press:has(input[name=do][value={name}])")
        self._unfold(form)
        form.locator(f"input[name={field}]").fill(text)

    def sees(self, text: str) -> None:
        """Wait until what devices have sent stands here: a press meets no page that changes."""
        expect(self.page.locator(".question-now")).to_contain_text(text)

    @property
    def right(self) -> int:
        """The option that is right, from 0, as the secretary reads it."""
        text = self.page.locator(".question-now .right").first.text_content() or ""
        return ord(text[0]) - ord("A")


class Judge:
    """A judge at a phone, who accepts what the page asks."""

    def __init__(self, page: Page, desk: Desk, key: str, origin: str = "") -> None:
        self.page = page
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{origin or desk.url}{desk.public}giam-khao/#{desk.day.codes[key]}")
        page.get_by_role("button", name="Mở", exact=True).click()
        expect(page.locator("#seat h1")).to_be_visible()

    def mark(self, *marks: str) -> None:
        for place, mark in enumerate(marks):
            self.page.locator(".stepper input").nth(place).fill(mark)
            self.page.locator(".stepper input").nth(place).press("Tab")

    def type(self, team: str, marks: Sequence[str]) -> None:
        """Turn to the sheet of a team that asks for so many marks, and fill it in."""
        heading, fields = self.page.locator("#seat h1"), self.page.locator(".stepper input")
        sheets = self.page.locator("nav.sheets button", has_text=team)
        at = 0
        while heading.inner_text() != team or fields.count() != len(marks):
            sheets.nth(at).click()
            at += 1
        self.mark(*marks)

    def confirm(self) -> None:
        self.page.get_by_role("button", name="Xác nhận phiếu chấm").click()

    def sheet(self, team: str, marks: Sequence[str]) -> None:
        """The same, confirmed and acknowledged."""
        self.type(team, marks)
        self.confirm()
        expect(self.status).to_have_text("Đã xác nhận và khóa", timeout=40_000)

    @property
    def status(self) -> Locator:
        return self.page.locator("#seat p[role=status]")

    @property
    def told(self) -> str:
        return self.status.inner_text()
