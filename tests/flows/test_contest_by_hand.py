"""A contest that nobody has prepared: everything is done on its pages, by people and their letters.

From `hoithi setup` to `hoithi verify`, against real processes; once with scripts, and once in
browsers that run none. With scripts it begins without a table, as an owner does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import factories
from tests.browser.chromium import HOST
from tests.config.installation import hoithi
from tests.entries.scene import listed
from tests.entries.workbooks import workbook
from tests.flows.installation import Installation
from tests.flows.preparation import knowledge
from tests.flows.staff import Staff
from tests.hall.scene import Client, close_connections
from tests.migrated import lay_tables

pytestmark = pytest.mark.browser
CONTEST = "daknong-2023"
HERE = f"/ban-to-chuc/{CONTEST}/"
ROUND = f"{HERE}vong/truc-tuyen/"
POINTS = (22, 30, 0)


def plan_of_today() -> bytes:
    """The plan of 2023 with everything open from yesterday on; the law is that of 2023."""
    plan = factories.PLAN.decode()
    yesterday, later = (factories.now() + timedelta(days=days) for days in (-1, 7))
    for key, value in (
        ("opens_at", f"{yesterday:%Y-%m-%dT%H:%M:%S+00:00}"),
        ("closes_at", f"{later:%Y-%m-%dT%H:%M:%S+00:00}"),
        ("first_day", f"{yesterday:%Y-%m-%d}"),
        ("last_day", f"{later + timedelta(days=1):%Y-%m-%d}"),
    ):
        plan = re.sub(rf"^{key} = .*$", f"{key} = {value}", plan, flags=re.MULTILINE)
    return plan.encode()


@pytest.fixture
def installation(tmp_path: Path, scripts: bool) -> Iterator[Installation]:
    """A folder with nothing but the plan, served at a name of its own."""
    made = Installation(tmp_path)
    made.variables["HOITHI_PUBLIC_URL"] = f"http://{HOST}:{made.desk_port}"
    plan = tmp_path / "plan.toml"
    plan.write_bytes(plan_of_today())
    if not scripts:
        lay_tables(tmp_path)
    assert hoithi(tmp_path, "setup") == (0, "")
    assert hoithi(tmp_path, "plan", "load", plan) == (0, f"{CONTEST}: loaded\n")
    try:
        yield made.start("serve")
    finally:
        close_connections()
        made.stop()


class Committee:
    """The people of a contest by hand, each at a browser of their own."""

    def __init__(self, browser: Browser, place: Installation, *, scripts: bool) -> None:
        self.place = place
        address = place.variables["HOITHI_PUBLIC_URL"]
        self.chair, self.deputy, self.officer = (
            Staff(browser, address, f"{who}@example.vn", scripts=scripts)
            for who in ("truong-ban", "pho-ban", "can-bo")
        )

    def leave(self) -> None:
        for staff in (self.chair, self.deputy, self.officer):
            staff.leave()

    def come_in(self) -> None:
        """The first by the command line, the others by letters."""
        code, said = hoithi(
            self.place.folder,
            *("admit", CONTEST, self.chair.email, "Nguyễn Văn Trưởng (mẫu)"),
            **self.place.variables,
        )
        assert code == 0
        self.chair.page.goto(said.split()[-1])
        self.chair.choose_password()
        self.chair.sign_in()
        mail = self.place.folder / "mail"
        for staff, name, role in (
            (self.deputy, "Lê Thị Phó (mẫu)", f"committee:contest:{CONTEST}"),
            (self.officer, "Phạm Văn Cán Bộ (mẫu)", "unit_officer:unit:"),
        ):
            staff.accept(self.chair.invite(CONTEST, name, staff.email, role, mail))

    def register(self, file: Path) -> None:
        """The officer sends a list with two mistakes, mends it in place, and hands it in."""
        rows = [listed(number) for number in range(1, 31)]
        rows[3] = listed(4, name="TRẦN THỊ ANH GIANG")
        rows[6] = listed(7, birth="31/02/1990")
        file.write_bytes(workbook(rows))
        officer = self.officer
        officer.follow("Thành phố Gia Nghĩa")
        officer.follow("Chọn hình thức thi")
        officer.page.get_by_label("Thi trực tuyến trên phần mềm").check()
        officer.page.locator("input[type=number]").fill("30")
        officer.press("Lưu lựa chọn")
        officer.follow("Gửi danh sách")
        officer.page.get_by_label("Tệp danh sách").set_input_files(file)
        officer.press("Kiểm tra danh sách")
        status = officer.page.get_by_role("status").first
        expect(status).to_have_text("Còn 2 ô cần sửa.")
        officer.press("TRẦN THỊ ANH GIANG → Trần Thị Anh Giang")
        expect(status).to_have_text("Còn 1 ô cần sửa.")
        officer.page.get_by_label(re.compile("^Ngày sinh, ")).fill("28/02/1990")
        officer.main.get_by_role("button", name="Ghi vào ô").first.click()
        expect(status).to_have_text("Mọi ô đều đúng và đã đủ người. Có thể lưu danh sách.")
        officer.press("Lưu danh sách")
        officer.page.goto(f"/don-vi/{CONTEST}/GN/")
        officer.follow("Nộp danh sách")
        officer.press("Nộp danh sách")
        officer.reads("Biên nhận đăng ký")

    def accept(self) -> None:
        self.chair.page.goto(f"{HERE}dang-ky/")
        self.chair.follow("Thành phố Gia Nghĩa")
        self.chair.press("Tiếp nhận danh sách")
        self.chair.reads("Đã tiếp nhận")

    def seal_and_open(self) -> None:
        """Import the bank, put a package together, sign it twice, open the hall."""
        chair, deputy = self.chair, self.deputy
        chair.page.goto(f"{HERE}ngan-hang/")
        chair.page.get_by_label("Tệp câu hỏi").set_input_files(
            factories.ROOT / "plans/daknong-2023/bank.csv"
        )
        chair.press("Kiểm tra và lưu tệp")
        chair.page.goto(ROUND)
        chair.press("Lập đề")
        for staff in (chair, deputy):
            staff.page.goto(f"{ROUND}de/1/")
            staff.press("Ký niêm phong")
            staff.reads("Đã ký niêm phong.")
        chair.page.goto(ROUND)
        chair.press("Chốt danh sách và gửi sang phòng thi")
        chair.reads("Ca 1")

    def close(self) -> None:
        """End the sitting, take the papers in, mark them."""
        chair = self.chair
        chair.page.goto(ROUND)
        chair.follow("Ca 1")
        chair.follow("Đóng ngay")
        chair.page.get_by_label("Lý do").fill("Mọi người đã nộp bài")
        chair.press("Đóng ngay")
        chair.page.goto(ROUND)
        grade = chair.main.get_by_role("button", name="Chấm bài")
        until = time.monotonic() + 60
        collect = chair.main.get_by_role("button", name="Thu bài ca 1")
        while not grade.is_visible():
            assert time.monotonic() < until
            if collect.is_visible():
                chair.press("Thu bài ca 1")
            time.sleep(0.5)
            chair.look_again(ROUND)
        chair.press("Chấm bài")
        publish = chair.main.get_by_role("button", name="Công bố kết quả")
        while not publish.is_visible():
            assert time.monotonic() < until
            time.sleep(0.5)
            chair.look_again(f"{ROUND}ket-qua/")

    def publish(self) -> None:
        self.deputy.page.goto(f"{ROUND}ket-qua/")
        self.deputy.press("Công bố kết quả")
        self.deputy.reads("Đã công bố kết quả.")


def enter(client: Client, code: str) -> None:
    """The hall looks for new rosters twice a second."""
    until = time.monotonic() + 10
    while client.enter(code)[0] != 200:
        assert time.monotonic() < until
        time.sleep(0.5)


def sit(installation: Installation) -> str:
    """Three people answer as many questions rightly as `POINTS` says; one of the receipts."""
    known = knowledge()
    receipt = ""
    for at, (code, points) in enumerate(zip(installation.codes(), POINTS, strict=False)):
        client = Client(installation.hall_port, device=f"{at + 1:032x}")
        enter(client, code)
        accepted = {"regulation": "1.0", "consent": "1.0"}
        status, reply = client.post("start", {"device": client.device, **accepted})
        assert status == 200
        client.token = str(reply["token"])
        paper = reply["paper"]
        assert isinstance(paper, list)
        right = [item["options"].index(known[item["stem"]]) for item in paper]
        chosen = [key if place < points else (key + 1) % 4 for place, key in enumerate(right)]
        assert client.save(*enumerate(chosen))[0] == 200
        status, handed_in = client.submit()
        assert status == 200
        receipt = str(handed_in["receipt"])
    return receipt


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_contest_from_its_first_letter_to_its_verified_bundle(
    browser: Browser, installation: Installation, tmp_path: Path, scripts: bool
) -> None:
    people = Committee(browser, installation, scripts=scripts)
    people.come_in()
    people.register(tmp_path / "ds.xlsx")
    people.accept()
    people.seal_and_open()
    receipt = sit(installation)
    people.close()
    people.publish()
    page = people.officer.page
    page.goto(f"/hoi-thi/{CONTEST}/ket-qua/truc-tuyen/")
    cells = [page.locator(f"tbody td:nth-child({at})").all_inner_texts() for at in (1, 4, 5)]
    assert cells == [["1", "2", "3"], ["30", "22", "0"], ["Giải nhất", "Giải nhì", "Giải ba"]]
    people.leave()
    bundle = tmp_path / "bundle.zip"
    assert hoithi(tmp_path, "bundle", CONTEST, bundle) == (0, f"{bundle}: truc-tuyen\n")
    code, said = hoithi(tmp_path, "verify", bundle, "--receipt", receipt)
    assert code == 0
    assert f"\n{receipt}: được tính; trả lời 30/30 câu\n" in said
    assert "\nHồ sơ khớp.\n" in said
