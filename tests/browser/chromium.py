"""A real Chromium for tests: found, launched, and every request of a page on record.

The browser is the system's own: `HOITHI_CHROMIUM` names it, else it is looked for on the PATH.
Pages are reached as http://hoithi.lan:PORT/, which is no secure context: what people have in an
office without certificates is what the tests play in.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

HOST = "hoithi.lan"
LONGEST_WAIT_MS = 20_000
# The same browser without windows: a page costs half as much, but none is kept to come back to.
_QUICK = "chromium-headless-shell"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
)

_PICTURES = Path(__file__).parents[2] / "docs/pictures"

NewPage = Callable[[], Page]


def find_chromium(*, whole: bool = False) -> str:
    """The path of the browser, the quick one if the `whole` one is not asked for; a test without
    one has not passed, so it is never skipped.
    """
    named = os.environ.get("HOITHI_CHROMIUM", "")
    names = (named,) if named else _NAMES if whole else (_QUICK, *_NAMES)
    found = [path for name in names if (path := shutil.which(name))]
    if not found:
        looked = ", ".join(names)
        pytest.fail(
            f"No Chromium found (looked for {looked}). Install one or name it in HOITHI_CHROMIUM.",
            pytrace=False,
        )
    return found[0]


@contextmanager
def running_browser() -> Iterator[Browser]:
    """As long as Playwright is up, this thread counts as inside an event loop. Django would refuse
    its database for that reason, although nothing here runs while a test does.
    """
    expect.set_options(timeout=LONGEST_WAIT_MS)
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this folder; not for the whole session: tests elsewhere call
    `asyncio.run`, which no event loop may surround.
    """
    with running_browser() as running:
        yield running


@pytest.fixture
def new_phone(browser: Browser) -> Iterator[NewPage]:
    """Makes phones that share nothing: each has its own storage and cache."""
    contexts: list[BrowserContext] = []

    def make() -> Page:
        context = browser.new_context(
            viewport={"width": 360, "height": 740},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="vi-VN",
        )
        contexts.append(context)
        return _opened(context)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(new_phone: NewPage) -> Page:
    """An empty page on a small phone."""
    return new_phone()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """An empty page on an office computer."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    yield _opened(context)
    context.close()


def _opened(context: BrowserContext) -> Page:
    context.set_default_timeout(LONGEST_WAIT_MS)
    return context.new_page()


@dataclass
class Requests:
    """What the pages of one context have asked of the network, in order."""

    seen: list[Request] = field(default_factory=list)

    def paths(self) -> list[str]:
        """Without the query: a file's hash is no part of its name."""
        return [urlsplit(request.url).path for request in self.seen]

    def strangers(self, *allowed: str) -> list[str]:
        """Addresses outside the allowed host:port pairs; a test wants none."""
        return [request.url for request in self.seen if urlsplit(request.url).netloc not in allowed]

    def received_bytes(self) -> int:
        """Heads and bodies as they came over the wire, still compressed."""
        sizes = [request.sizes() for request in self.seen]
        return sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)


def record_requests(page: Page) -> Requests:
    """Put every request of the page's context on record from now on."""
    requests = Requests()

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob"):
            requests.seen.append(request)

    page.context.on("request", note)
    return requests


def save_picture(page: Page, name: str, *, scale: float = 1) -> None:
    """Keep what the page shows for the documents, when HOITHI_PICTURES asks for it.

    `scale` is dots of the picture for one pixel of the page.
    """
    if not os.environ.get("HOITHI_PICTURES"):
        return
    size = page.viewport_size
    assert size is not None
    clip = {"x": 0, "y": 0, **size, "scale": scale}
    session = page.context.new_cdp_session(page)
    picture = session.send("Page.captureScreenshot", {"format": "png", "clip": clip})
    session.detach()
    _PICTURES.mkdir(exist_ok=True)
    (_PICTURES / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))
