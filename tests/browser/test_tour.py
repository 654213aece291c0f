"""The ten minutes of the README, on the sample contest as `make run` sets it up."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hoithi.people.sample import current_code
from tests.browser.chromium import NewPage, save_picture
from tests.config.installation import ROOT, hoithi, warnings_in

pytestmark = pytest.mark.browser
CONTEST = "daknong-2023"
PASSWORD = re.compile(r"password ([^;]+);")
STAFF = re.compile(r"^  (\S+@\S+) +code now \d{6} +secret (\S+)$", re.MULTILINE)
CODES = re.compile(r"^  ((?:[0-9A-Z]{4}-){2}[0-9A-Z]{3})   (\S+)  (.+), ", re.MULTILINE)
DESK = re.compile(r"^Desk  (\S+)/$", re.MULTILINE)


@dataclass
class Sample:
    """`hoithi run` on ports and a folder of its own, and what it has printed."""

    folder: Path
    ports: tuple[str, str]
    printed: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns when people can come in."""
        desk, hall = self.ports
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["bin/hoithi", "run"],
                cwd=ROOT,
                env=os.environ
                | {
                    "HOITHI_VAR": str(self.folder),
                    "HOITHI_DESK_PORT": desk,
                    "HOITHI_HALL_PORT": hall,
                },
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("Hall "):
            lines.append(self.process.stdout.readline())
            assert lines[-1], self.log.read_text()
        self.printed = "".join(lines)
        for port in self.ports:
            wait_for_listener(int(port))

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        assert (self.process.returncode, warnings_in(self.log)) == (0, [])

    @property
    def log(self) -> Path:
        """What its processes complained of."""
        return self.folder.with_suffix(".log")

    @property
    def address(self) -> str:
        found = DESK.search(self.printed)
        assert found is not None
        return found[1]

    @property
    def contestants(self) -> list[tuple[str, str, str]]:
        """Code, number and name of those whose codes were printed."""
        return CODES.findall(self.printed)

    def sign_in(self, page: Page, name: str) -> None:
        """With the password and the code of the second step that were printed."""
        secrets = {
            email.partition("@")[0]: (email, key) for email, key in STAFF.findall(self.printed)
        }
        email, secret = secrets[name]
        password = PASSWORD.search(self.printed)
        assert password is not None
        page.goto(f"{self.address}/ban-lam-viec/")
        page.get_by_label("Thư điện tử").fill(email)
        page.get_by_label("Mật khẩu").fill(password[1])
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_role("textbox").fill(current_code(secret))
        page.get_by_role("main").get_by_role("button").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bàn làm việc")


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def wait_for_listener(port: int) -> None:
    """The addresses are printed a moment before somebody listens there."""
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    made = Sample(tmp_path / "var", (free_port(), free_port()))
    made.start()
    yield made
    made.stop()


def begin(sample: Sample, phone: Page, code: str, letters: str) -> None:
    """From the front page to some answers, as somebody with a slip in the hand."""
    phone.goto(sample.address)
    phone.get_by_role("link", name="Vào phòng thi").first.click()
    phone.get_by_label("Mã dự thi").fill(code)
    phone.get_by_role("button", name="Vào phòng thi").click()
    phone.get_by_role("button", name="Đúng, tiếp tục").click()
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="Bắt đầu làm bài").click()
    # The sample question before it has options too.
    expect(phone.locator(".status")).to_be_visible()
    for letter in letters:
        phone.locator(".option").nth("ABCD".index(letter)).click()
        expect(phone.locator(".status")).to_contain_text("Đã lưu")
        phone.get_by_role("button", name="Câu sau").click()


def hand_in(phone: Page) -> str:
    """Answers the receipt."""
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    phone.get_by_role("button", name="Nộp bài").click()
    receipt = phone.locator(".receipt .code")
    expect(receipt).to_have_text(re.compile(r"^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$"))
    return receipt.inner_text()


def send_list(officer: Page, file: Path) -> None:
    """The list with faults: what is proposed is taken, the rest mended by hand, then handed in."""
    main, status = officer.get_by_role("main"), officer.get_by_role("status").first
    officer.get_by_role("link", name="Huyện Tuy Đức").click()
    officer.get_by_role("link", name="Gửi danh sách").click()
    officer.get_by_label("Tệp danh sách").set_input_files(file)
    officer.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(status).to_have_text("Còn 8 ô cần sửa.")
    expect(main).to_contain_text("D11 Ngày sinh · H'Lim Êban Không có ngày này trong lịch.")
    officer.get_by_role("button", name="Lấy cả 4 đề xuất").click()
    expect(status).to_have_text("Còn 4 ô cần sửa.")
    for left, label, text in (
        (3, "Ngày sinh, D11", "28/02/1986"),
        (2, "Nơi công tác, F23", "UBND xã Đắk Búk So"),
    ):
        officer.get_by_label(label).fill(text)
        officer.get_by_role("button", name="Ghi vào ô").first.click()
        expect(status).to_have_text(f"Còn {left} ô cần sửa.")
    officer.get_by_role("button", name="Bỏ dòng 35").click()
    expect(status).to_have_text("Mọi ô đều đúng và đã đủ người. Có thể lưu danh sách.")
    officer.get_by_role("button", name="Lưu danh sách").click()
    expect(main).to_contain_text("30 người trong danh sách, tối thiểu 30")
    officer.get_by_role("link", name="Huyện Tuy Đức").click()
    officer.get_by_role("link", name="Nộp danh sách").click()
    main.get_by_role("button", name="Nộp danh sách").click()
    expect(main).to_contain_text(re.compile(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}"))


def close_now(desktop: Page, sitting: str) -> None:
    """From the page of the round and back to it."""
    main = desktop.get_by_role("main")
    desktop.get_by_role("link", name=sitting).click()
    desktop.get_by_role("link", name="Đóng ngay").click()
    desktop.get_by_label("Lý do").fill("Hết mười phút dùng thử")
    main.get_by_role("button").first.click()
    desktop.get_by_role("link", name="Thi trực tuyến").first.click()


def collect(desktop: Page, sitting: str, then: str) -> None:
    """Once the hall has closed the sitting: the grace after the deadline goes by first."""
    until = time.monotonic() + 60
    collected = desktop.get_by_role("button", name=then)
    too_early = desktop.get_by_role("alert").filter(has_text="Phòng thi chưa đóng ca này")
    button = desktop.get_by_role("button", name=f"Thu bài {sitting}")
    while not button.is_hidden():
        assert time.monotonic() < until
        button.click()
        expect(collected.or_(too_early)).to_be_visible()
        if too_early.is_visible():
            desktop.wait_for_timeout(1000)
            desktop.get_by_role("link", name="Quay lại").click()


def on_stage(sample: Sample, desktop: Page, new_phone: NewPage) -> None:
    """The round opened, the order drawn, a team called, marked at a phone, seen by the audience."""
    desktop.goto(f"{sample.address}/ban-to-chuc/{CONTEST}/")
    desktop.get_by_role("link", name="Thi trực tiếp").first.click()
    desktop.get_by_role("button", name="Mở vòng thi").click()
    back = desktop.get_by_role("link", name="Thi trực tiếp").first
    back.click()
    path = desktop.get_by_role("link", name="Trang cho khán giả").get_attribute("href")
    desktop.get_by_role("link", name="Phiếu mã").click()
    slip = desktop.locator(".slip").filter(has_text="Giám Khảo Một")
    judge, audience = new_phone(), new_phone()
    judge.goto(slip.locator("p.small").last.inner_text())
    judge.get_by_label("Mã", exact=True).fill(slip.locator(".big-code").inner_text())
    judge.get_by_role("button", name="Mở", exact=True).click()
    audience.goto(f"{sample.address}{path}")
    back.click()
    desktop.get_by_role("link", name="Bàn điều khiển").click()
    desktop.get_by_role("button", name="Khóa số bí mật, chiếu vân tay").first.click()
    desktop.get_by_label("Con số do hội trường nêu").fill("7")
    desktop.get_by_role("button", name="Nhập con số").click()
    desktop.locator("#lots").get_by_role("button", name="Bốc thăm", exact=True).click()
    team = desktop.locator("#teams tbody th").first.inner_text().partition("\n")[0]
    desktop.get_by_role("button", name="Mời lên").first.click()
    desktop.get_by_role("button", name="Bấm giờ").click()
    expect(desktop.locator("#now h2")).to_contain_text(team)
    expect(judge.locator("#seat h1")).to_have_text(team)
    expect(audience.get_by_role("main")).to_contain_text(team)


def test_the_ten_minutes_of_the_readme(
    sample: Sample, new_phone: NewPage, desktop: Page, tmp_path: Path
) -> None:
    (first, _, name), (second, _, _), _ = sample.contestants
    one, another = new_phone(), new_phone()
    begin(sample, one, first, "ABCD")
    sample.stop()
    sample.start()
    one.reload()
    expect(one.locator(".dots button[data-state='saved']")).to_have_count(4)
    receipt = hand_in(one)
    begin(sample, another, second, "BA")

    file = tmp_path / "danh-sach.xlsx"
    assert hoithi(sample.folder, "sample-list", file) == (0, f"{file}\n")
    officer = new_phone()
    sample.sign_in(officer, "can-bo-tuy-duc")
    send_list(officer, file)

    main = desktop.get_by_role("main")
    sample.sign_in(desktop, "thu-ky")
    desktop.get_by_role("link", name="1 đăng ký chờ tiếp nhận").click()
    desktop.get_by_role("link", name="Huyện Tuy Đức").click()
    desktop.get_by_role("button", name="Tiếp nhận danh sách").click()
    expect(main).to_contain_text("TD-030")
    desktop.get_by_role("link", name="Tổng quan", exact=True).click()
    desktop.get_by_role("link", name="Thi trực tuyến").first.click()
    expect(main).to_contain_text("Có 30 thí sinh đã được nhận nhưng chưa có ca thi")
    desktop.get_by_role("button", name="Mở ca thi cho các thí sinh này").click()
    expect(desktop.get_by_role("link", name="Ca 2")).to_be_visible()
    desktop.get_by_role("link", name="Đề số 1").click()
    expect(main).to_contain_text("Nguyễn Văn Trưởng Ban (mẫu)")
    expect(main).to_contain_text("Lê Thị Phó Ban (mẫu)")
    desktop.go_back()
    desktop.get_by_role("link", name="Theo dõi trực tiếp").click()
    expect(desktop.locator(".figure-number strong")).to_have_text(
        ["1", "1", "0", "229", "0", "0", "0", "0", "0", "30", "0", "0"]
    )
    save_picture(desktop, "live-desk")
    hand_in(another)
    desktop.go_back()
    close_now(desktop, "Ca 1")
    close_now(desktop, "Ca 2")
    collect(desktop, "ca 1", then="Thu bài ca 2")
    collect(desktop, "ca 2", then="Chấm bài")
    desktop.get_by_role("button", name="Chấm bài").click()
    expect(main).to_contain_text("Ban Tổ chức công bố kết quả.")
    result = desktop.url

    desktop.context.clear_cookies()
    sample.sign_in(desktop, "truong-ban")
    desktop.goto(result)
    desktop.get_by_role("button", name="Công bố kết quả").click()
    expect(main).to_contain_text("Đã công bố kết quả.")
    desktop.get_by_role("link", name="Phiên bản 1").click()
    desktop.get_by_role("link", name="Giấy chứng nhận và danh sách").click()
    desktop.get_by_role("button", name="Vào số và in tất cả giấy chứng nhận").click()
    expect(desktop.get_by_role("link", name="Tất cả giấy chứng nhận")).to_be_visible()

    desktop.goto(f"{sample.address}/hoi-thi/{CONTEST}/ket-qua/truc-tuyen/")
    expect(main).to_contain_text("Giải nhất")
    save_picture(desktop, "results-public")
    desktop.get_by_role("link", name="Niêm phong").first.click()
    expect(main).to_contain_text("Nguyễn Văn Trưởng Ban (mẫu)")
    expect(main).to_contain_text("Lê Thị Phó Ban (mẫu)")
    one.goto(f"{sample.address}/ket-qua-cua-toi/")
    one.get_by_label("Mã dự thi").fill(first)
    one.get_by_role("button", name="Xem kết quả của tôi").click()
    expect(one.get_by_role("main")).to_contain_text(receipt)
    expect(one.get_by_role("main")).to_contain_text(name)

    on_stage(sample, desktop, new_phone)

    bundle = tmp_path / "bundle.zip"
    assert hoithi(sample.folder, "bundle", CONTEST, bundle) == (0, f"{bundle}: truc-tuyen\n")
    code, said = hoithi(sample.folder, "verify", bundle, "--receipt", receipt)
    assert code == 0
    assert f"\n{receipt}: được tính; trả lời 4/30 câu\n" in said
    assert "\nHồ sơ khớp.\n" in said
