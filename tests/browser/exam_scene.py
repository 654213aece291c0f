"""A sitting as a contestant meets it: questions of real length, synthetic people, one page."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from hoithi.hall.formats import Kind, Row
from hoithi.hall.store import control_writer, journal_reader
from hoithi.hall.store.api import PublishedPackage
from hoithi.rules import paper
from hoithi.rules.paper import (
    AttemptRule,
    BlueprintRow,
    Policy,
    Prediction,
    Sample,
    SourceItem,
    Text,
)
from tests.browser.chromium import HOST
from tests.hall.scene import (
    SITTING,
    HallProcess,
    code,
    now_ms,
    published_line,
    published_sitting,
)

THANKS = "Đã nộp bài. Cảm ơn anh/chị đã tham gia!"
TITLE = "Hội thi chuyển đổi số (dữ liệu mẫu)"
ITEMS = 8
POLICY = Policy(
    duration_ms=1_200_000,
    grace_ms=10_000,
    all_required=False,
    attempts=AttemptRule(1, "round", 420, []),
    prediction=None,
    result="none",
    signals=False,
    regulation=Text(
        "1",
        "Mỗi thí sinh thi một lượt, làm 8 câu trong 20 phút.\n"
        "Thời gian tính theo đồng hồ của máy chủ. Hết giờ, bài được nộp tự động.",
    ),
    consent=Text(
        "1",
        "Ban Tổ chức dùng họ tên, đơn vị và bài làm để tổ chức hội thi và công bố kết quả.",
    ),
    sample=Sample("Thủ đô của nước ta là thành phố nào?", ["Huế", "Hà Nội", "Đà Nẵng"]),
)
PREDICTION = Prediction("Theo anh/chị, có bao nhiêu người dự thi vòng này?", 1, 100_000)
QUESTIONS = (
    (
        (
            "Theo Quyết định số 749/QĐ-TTg ngày 03/6/2020 của Thủ tướng Chính phủ, chương trình"
            " chuyển đổi số quốc gia đến năm 2025, định hướng đến năm 2030 đặt mục tiêu kép là gì?"
        ),
        (
            "Vừa phát triển chính phủ số, kinh tế số, xã hội số, vừa hình thành các doanh nghiệp"
            " công nghệ số Việt Nam có năng lực đi ra toàn cầu"
        ),
        "Vừa giảm số lượng thủ tục hành chính, vừa tăng số lượng cán bộ chuyên trách",
        "Vừa phủ sóng di động toàn quốc, vừa bỏ hoàn toàn văn bản giấy",
        "Vừa mua sắm thiết bị mới, vừa đào tạo lại toàn bộ công chức",
    ),
    (
        (
            "Khi nhận được tin nhắn tự xưng là ngân hàng, kèm đường dẫn và yêu cầu nhập mã OTP,"
            " anh/chị nên làm gì?"
        ),
        "Không nhập, tự gọi số điện thoại chính thức của ngân hàng để hỏi",
        "Nhập mã để tài khoản không bị khóa",
        "Chuyển tiếp cho đồng nghiệp nhập thử",
        "Trả lời tin nhắn để xin thêm thời gian",
    ),
    (
        "Dịch vụ công trực tuyến toàn trình là dịch vụ mà người dân thực hiện như thế nào?",
        "Toàn bộ các bước trên môi trường mạng, kết quả nhận qua mạng hoặc bưu chính",
        "Nộp hồ sơ qua mạng nhưng đến trụ sở nhận kết quả",
        "Tải biểu mẫu về rồi nộp bản giấy",
        "Đặt lịch hẹn qua điện thoại",
    ),
    (
        "Chữ ký số hợp lệ có giá trị pháp lý như thế nào?",
        "Như chữ ký tay của người ký",
        "Chỉ dùng để tham khảo",
        "Chỉ dùng trong nội bộ cơ quan",
        "Không có giá trị",
    ),
    (
        "Dữ liệu nào sau đây là dữ liệu cá nhân nhạy cảm?",
        "Tình trạng sức khỏe ghi trong hồ sơ bệnh án",
        "Tên cơ quan",
        "Số trang của một văn bản",
        "Giờ làm việc của bộ phận một cửa",
    ),
    (
        "Hạ tầng số gồm những thành phần nào?",
        "Hạ tầng viễn thông, trung tâm dữ liệu, nền tảng số dùng chung",
        "Đường giao thông và cầu cống",
        "Máy in và máy photocopy",
        "Trụ sở làm việc",
    ),
    (
        "Mật khẩu nào sau đây an toàn hơn cả?",
        "Một cụm bốn từ không liên quan, dài trên 16 ký tự",
        "Ngày sinh",
        "12345678",
        "Tên của con viết liền",
    ),
    (
        "Kinh tế số được hiểu là gì?",
        "Hoạt động kinh tế dùng công nghệ số và dữ liệu số làm yếu tố đầu vào chính",
        "Việc bán máy tính",
        "Việc in hóa đơn bằng máy",
        "Việc dùng máy tính bỏ túi khi tính toán",
    ),
)


def package(policy: Policy = POLICY) -> paper.Package:
    """Every question in one paper, drawn and shuffled like any other."""
    source = [SourceItem("cds", "", stem, tuple(options), (0,)) for stem, *options in QUESTIONS]
    return paper.build_package(
        source,
        blueprint=[BlueprintRow("cds", "", ITEMS)],
        policy=policy,
        package_id="cd" * 16,
        secret=b"a secret of the browser tests".ljust(32),
    )


class NewHall(Protocol):
    """Opens a hall with a sitting of forty lines, of an hour if nothing else is said."""

    def __call__(
        self, policy: Policy = POLICY, *, opens_in_ms: int = -1000, lasts_ms: int = 3_600_000
    ) -> HallProcess: ...


def publish_exam(
    control: str, policy: Policy = POLICY, *, opens_in_ms: int = -1000, lasts_ms: int = 3_600_000
) -> None:
    """Publish one sitting of forty lines at the address of a control store."""
    made = package(policy)
    opens_ms = now_ms() + opens_in_ms
    writer = control_writer(control)
    roster = [
        dataclasses.replace(
            published_line(line),
            name=f"Nguyễn Thị Mẫu {line}",
            unit="Ủy ban nhân dân xã Đắk Mẫu (dữ liệu mẫu)",
        )
        for line in range(1, 41)
    ]
    writer.publish(
        PublishedPackage(
            "cd" * 16, made.questions, paper.read_questions(made.questions).sha256, bytes(32)
        ),
        published_sitting(roster, opens_ms, opens_ms + lasts_ms, package="cd" * 16, title=TITLE),
        roster,
    )
    writer.close()


def open_hall(
    folder: Path, policy: Policy = POLICY, *, opens_in_ms: int = -1000, lasts_ms: int = 3_600_000
) -> HallProcess:
    """A running hall with one sitting; whoever opens it stops it."""
    process = HallProcess(folder)
    publish_exam(process.control_address, policy, opens_in_ms=opens_in_ms, lasts_ms=lasts_ms)
    return process.start()


@pytest.fixture
def new_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewHall]:
    """Opens halls that end with the test."""
    opened: list[HallProcess] = []

    def make(
        policy: Policy = POLICY, *, opens_in_ms: int = -1000, lasts_ms: int = 3_600_000
    ) -> HallProcess:
        folder = tmp_path_factory.mktemp("hall")
        opened.append(open_hall(folder, policy, opens_in_ms=opens_in_ms, lasts_ms=lasts_ms))
        return opened[-1]

    yield make
    for process in opened:
        process.stop()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    """One hall for the tests of a module; each takes lines of its own."""
    process = open_hall(tmp_path_factory.mktemp("hall"))
    yield process
    process.stop()


def pass_on(route: Route) -> APIResponse:
    """Let the hall have a request whose answer the page will not get."""
    return route.fetch(url=route.request.url.replace(HOST, "127.0.0.1"))


def journal_rows(hall: HallProcess, line: int) -> list[Row]:
    """What the journal holds of a line, oldest first."""
    with closing(journal_reader(hall.journal_address)) as reader:
        rows = [row for batch in reader.batches(SITTING) for row in batch.rows]
    attempts = {row.attempt for row in rows if row.kind is Kind.START and row.item == line}
    own = [row for row in rows if row.attempt in attempts]
    return sorted(own, key=lambda row: (row.server_ms, row.epoch, row.seq))


def stored_answers(hall: HallProcess, line: int) -> list[int]:
    """What counts of a line's last attempt, by the journal alone."""
    answers: list[int] = []
    for row in journal_rows(hall, line):
        if row.kind is Kind.START:
            answers = [-1] * ITEMS
        elif row.kind is Kind.ANSWER:
            answers[row.item] = row.option
    return answers


def late_answers(hall: HallProcess, line: int) -> list[tuple[int, int]]:
    """Position and option of what came too late."""
    rows = journal_rows(hall, line)
    return [(row.item, row.option) for row in rows if row.kind is Kind.LATE_ANSWER]


def wait_for_end(hall: HallProcess, line: int) -> None:
    """Until the hall has ended a line's attempt."""
    deadline = time.monotonic() + 30
    while journal_rows(hall, line)[-1].kind is not Kind.AUTO_SUBMIT:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Contestant:
    """Somebody at the page: does what a person does and reads what a person reads."""

    page: Page
    hall: HallProcess
    line: int
    items: int = ITEMS
    origin: str = ""

    @property
    def slip(self) -> str:
        """The code that stands on the slip."""
        return code(self.line)

    @property
    def address(self) -> str:
        return f"{self.origin or f'http://{HOST}:{self.hall.port}'}/thi/"

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def come_with_slip(self) -> Contestant:
        """Open the address of the slip's QR code and confirm the name."""
        self.page.goto(f"{self.address}#{self.slip}")
        self.press("Đúng, tiếp tục")
        return self

    def accept(self) -> None:
        self.page.get_by_label("Tôi đã đọc và chấp nhận thể lệ").check()
        self.page.get_by_label("Tôi đồng ý cho Ban Tổ chức").check()

    def start(self) -> Contestant:
        """From the slip to the first question."""
        self.come_with_slip()
        self.accept()
        self.press("Bắt đầu làm bài")
        self.sees_question(1)
        return self

    def sees_question(self, number: int) -> None:
        expect(self.page.locator(".place")).to_have_text(f"Câu {number}/{self.items}")

    def option(self, letter: str) -> Locator:
        return self.page.locator(".option").nth("ABCD".index(letter))

    def choose(self, letter: str) -> None:
        self.option(letter).click()
        expect(self.option(letter).locator("input")).to_be_checked()

    def go_to(self, number: int) -> None:
        self.page.locator(".dots button").nth(number - 1).click()
        self.sees_question(number)

    def chosen(self) -> str:
        """The letter of the option that is marked, or nothing."""
        marks = self.page.locator(".option input").evaluate_all(
            "inputs => inputs.map(input => input.checked)"
        )
        return "".join(letter for letter, mark in zip("ABCD", marks, strict=True) if mark)

    def dots(self) -> list[str]:
        """The state of every question as its dot shows it."""
        dots: list[str] = self.page.locator(".dots button").evaluate_all(
            "dots => dots.map(dot => dot.dataset.state)"
        )
        return dots

    def sees_saved(self) -> None:
        expect(self.page.locator(".status")).to_have_text(
            re.compile(r"^Đã lưu lúc \d\d:\d\d:\d\d$")
        )

    def comes_back(self) -> Contestant:
        """Open the address without the slip, as after closing tab or browser."""
        self.page.goto(self.address)
        return self

    def answers(self, letters: str, first: int = 1) -> None:
        """Choose in question after question, without waiting for anything to be saved."""
        for number, letter in enumerate(letters, start=first):
            self.go_to(number)
            self.choose(letter)

    def sees_all_saved(self) -> None:
        """No answer waits any more."""
        waiting = '.dots [data-state="waiting"], .dots [data-state="late"]'
        expect(self.page.locator(waiting)).to_have_count(0)

    def hand_in(self) -> None:
        self.press("Xem lại")
        self.press("Nộp bài")
        self.sees(THANKS)

    def shown_answers(self) -> list[int]:
        """The option that is marked in each question, −1 where none is."""
        shown = []
        for number in range(1, self.items + 1):
            self.go_to(number)
            shown.append("ABCD".find(self.chosen()) if self.chosen() else -1)
        return shown

    def device(self) -> str:
        """The id that this browser has given itself."""
        found: str = self.page.evaluate("JSON.parse(localStorage.getItem('thi.device')).id")
        return found

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text)).to_be_visible()
