"""The whole desk in a browser without a server: each request goes through the test client.

Forms must carry their tokens and pages their policy, as they would over the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html import escape
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route

from tests.browser.chromium import HOST

_LED_ON = '<meta http-equiv="refresh" content="0; url={}">'
_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _static(name: str) -> tuple[bytes, str]:
    """A file that does not change and what it is; read once, however many pages ask for it."""
    file = str(finders.find(name))
    return Path(file).read_bytes(), guess_type(file)[0] or ""


@dataclass
class Site:
    """One browser page at the address of the desk, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = Client(enforce_csrf_checks=True, HTTP_HOST=HOST)
        self.page.route(f"http://{HOST}/**", self._answer)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def become(self, session: str | None) -> None:
        """Go on as who is signed in under this key; as nobody without one."""
        self.page.context.clear_cookies()
        self._client.cookies.clear()
        if session is not None:
            self._client.cookies[settings.SESSION_COOKIE_NAME] = session

    def open(self, path: str) -> None:
        self.page.goto(f"http://{HOST}{path}")

    def sideways(self) -> int:
        """How many pixels the page is wider than the window."""
        return int(self.page.evaluate(_WIDE))

    def _answer(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if parts.path.startswith("/static/"):
            body, kind = _static(parts.path.removeprefix("/static/"))
            route.fulfill(body=body, content_type=kind)
            return
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = self._client.generic(
            request.method,
            path,
            request.post_data_buffer or b"",
            content_type=request.headers.get("content-type", "text/plain"),
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        # Without https a browser ignores this one, and says so on every page.
        headers.pop("cross-origin-opener-policy", None)
        body = response.content
        if (to := headers.pop("location", None)) is not None:
            # Not every browser asks here where an answer from here leads it; from a page it does.
            body = _LED_ON.format(escape(to)).encode()
        route.fulfill(status=200 if to else response.status_code, headers=headers, body=body)
