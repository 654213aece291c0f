"""The exam page from an empty cache over a slow line: bytes, requests, seconds to a question."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.figures import Figure
from hoithi.bank.importing import COLUMNS, read_items
from hoithi.contests.plan.conversion import blueprint_of, policy_of
from hoithi.contests.plan.reading import read_plan
from hoithi.hall.store.api import PublishedPackage
from hoithi.hall.store.sqlite_control import SqliteControlWriter
from hoithi.rules import paper
from hoithi.rules.paper import SourceItem
from hoithi.web.spreadsheets.reading import read_sheet
from tests.browser.chromium import ARGUMENTS, find_chromium, record_requests
from tests.browser.exam_scene import Contestant
from tests.hall.scene import HallProcess, now_ms, published_line, published_sitting

PLANS = Path(__file__).parents[2] / "plans/daknong-2023"
ITEMS = 30
_RUNS = 3
_LATENCY_MS = 400
_BYTES_PER_S = 400_000 / 8


def real_package() -> paper.Package:
    """The questions that ship with the plan of 2023, thirty in a paper."""
    plan = read_plan(PLANS / "contest.toml")
    online = plan.round("truc-tuyen").online
    if online is None:
        raise ValueError("the round is not held online")
    sheet = read_sheet(
        (PLANS / "bank.csv").read_bytes(), "bank.csv", max_bytes=5_000_000, max_rows=5_000
    )
    read = read_items(
        (
            (row.number, dict(zip(COLUMNS, (cell.text for cell in row.cells), strict=True)))
            for row in sheet.rows[1:]
        ),
        topics={topic.name: topic.key for topic in plan.topics},
        levels={level.name: level.key for level in plan.levels},
    )
    return paper.build_package(
        [
            SourceItem(item.topic, item.level, item.stem, item.options, (item.key,))
            for item in read.items
        ],
        blueprint=blueprint_of(online),
        policy=policy_of(plan, online),
        package_id="ef" * 16,
        secret=b"a secret of the measures".ljust(32),
    )


def measure() -> Iterable[Figure]:
    """Bytes and requests up to the first question; seconds the network makes a person wait."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        hall = _hall(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        runs = []
        for line in range(1, _RUNS + 1):
            context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
            runs.append(_visit(context.new_page(), hall, line))
            context.close()
        browser.close()
        hall.stop()
    received, requests, seconds = min(runs, key=lambda run: run[2])
    yield Figure("exam_page_bytes", received, 60_000, "lower")
    yield Figure("exam_page_requests", requests, 6, "lower")
    yield Figure("exam_first_question_s", seconds, 4, "lower")


def _hall(folder: Path) -> HallProcess:
    hall = HallProcess(folder)
    made = real_package()
    roster = [published_line(line) for line in range(1, _RUNS + 1)]
    writer = SqliteControlWriter(hall.control)
    writer.publish(
        PublishedPackage(
            "ef" * 16, made.questions, paper.read_questions(made.questions).sha256, bytes(32)
        ),
        published_sitting(roster, now_ms() - 1000, now_ms() + 3_600_000, package="ef" * 16),
        roster,
    )
    writer.close()
    return hall.start()


def _visit(page: Page, hall: HallProcess, line: int) -> tuple[int, int, float]:
    """(bytes, requests, seconds): opening the slip's address, and starting, clicks not counted."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": _LATENCY_MS,
            "downloadThroughput": _BYTES_PER_S,
            "uploadThroughput": _BYTES_PER_S,
        },
    )
    requests = record_requests(page)
    person = Contestant(page, hall, line, items=ITEMS)
    begun = time.perf_counter()
    page.goto(f"{person.address}#{person.slip}")
    page.get_by_role("button", name="Đúng, tiếp tục", exact=True).wait_for()
    waited = time.perf_counter() - begun
    person.press("Đúng, tiếp tục")
    person.accept()
    begun = time.perf_counter()
    person.press("Bắt đầu làm bài")
    page.locator(".place").wait_for()
    waited += time.perf_counter() - begun
    return requests.received_bytes(), len(requests.seen), waited
