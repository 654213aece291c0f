"""People of the desk in a real browser, from their first letter on."""

from __future__ import annotations

import re
from email import message_from_bytes
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page, expect

from hoithi.people.sample import current_code

PASSWORD = "một câu đủ dài để nhớ"
_LETTER = re.compile(r"http://\S+/loi-moi/\S+")


class Staff:
    """Somebody with a browser of their own; `scripts` says whether it runs any."""

    def __init__(self, browser: Browser, address: str, email: str, *, scripts: bool) -> None:
        self.email = email
        self._context = browser.new_context(
            base_url=address,
            viewport={"width": 1280, "height": 800},
            locale="vi-VN",
            java_script_enabled=scripts,
        )
        self.page: Page = self._context.new_page()

    def leave(self) -> None:
        self._context.close()

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def press(self, name: str) -> None:
        self._press(self.main.get_by_role("button", name=name, exact=True))

    def _press(self, button: Locator) -> None:
        """Press a button and wait until the desk has done what it says."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            button.click()

    def look_again(self, path: str) -> None:
        """Open an address while the page at hand may lead on by itself: then it gets there first,
        and the address is opened from where it led."""
        try:
            self.page.goto(path)
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.wait_for_load_state()
            self.page.goto(path)

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name).first.click()

    def reads(self, text: str | re.Pattern[str]) -> None:
        expect(self.main).to_contain_text(text)

    def choose_password(self) -> None:
        for field in self.page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self._press(self.main.locator("button.main"))

    def sign_in(self) -> None:
        """With the new password, and with the second step that is set up on the way."""
        self.page.goto("/ban-lam-viec/")
        if "dang-nhap" in self.page.url:
            self.page.get_by_label("Thư điện tử").fill(self.email)
            self.page.get_by_label("Mật khẩu").fill(PASSWORD)
            self.press("Đăng nhập")
        secret = self.main.locator("details code").text_content() or ""
        self.main.locator("form.stack input[type=text]").fill(current_code(secret))
        self.press("Bật xác thực hai bước")
        self.page.goto("/ban-lam-viec/")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Bàn làm việc")

    def invite(self, contest: str, name: str, email: str, role: str, mail: Path) -> str:
        """Answers the link of the letter; `role` begins the value of an offer."""
        letters = set(mail.glob("*")) if mail.exists() else set()
        self.page.goto(f"/ban-to-chuc/{contest}/nguoi/")
        self.page.get_by_label("Họ và tên").fill(name)
        self.page.get_by_label("Địa chỉ thư điện tử").fill(email)
        offer = self.page.locator(f"option[value^='{role}']").first.get_attribute("value")
        self.page.get_by_label("Mời với vai trò").select_option(value=offer)
        self.press("Gửi lời mời")
        self.reads(name)
        (letter,) = set(mail.glob("*")) - letters
        text = message_from_bytes(letter.read_bytes()).get_payload(decode=True)
        assert isinstance(text, bytes)
        found = _LETTER.search(text.decode())
        assert found is not None
        return found[0]

    def accept(self, link: str) -> None:
        """Open the letter, make the account, set up the second step."""
        self.page.goto(link)
        self.choose_password()
        self.sign_in()
