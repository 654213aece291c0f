"""Published results as workbooks, read back as Excel would."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from hoithi.contests.models import Contest
from hoithi.results.actions import publish, publish_collective
from hoithi.results.models import Publication
from hoithi.results.workbooks import collective_workbook, results_workbook
from tests.results.scene import Scene

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 10, 31, 9, 0, tzinfo=UTC)
TITLE = (
    "Cuộc thi trực tuyến tìm hiểu pháp luật dành cho học sinh trung học cơ sở tỉnh Quảng Nam "
    "năm 2022"
)
Cells = list[tuple[object, ...]]


def read(content: bytes) -> dict[str, Cells]:
    """The rows of each sheet, without the empty line under the title."""
    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [row for row in sheet.iter_rows(values_only=True) if any(row)]
        for sheet in book.worksheets
    }


def heads(rows: Cells) -> list[object]:
    """The lines of the title."""
    return [row[0] for row in rows if not any(row[1:])]


def body(rows: Cells) -> Cells:
    """The row of column names and those under it."""
    return [row for row in rows if any(row[1:])]


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    for key in ("dot-1", "dot-2"):
        made.score(key)
    return made


def published(scene: Scene, key: str, reason: str = "") -> Publication:
    return publish(actor=scene.an, each=scene.round(key), reason=reason, now=NOW)


def test_the_list_has_the_official_columns_and_says_which_version_it_is(scene: Scene) -> None:
    publication = published(scene, "dot-1")
    with override("en"):
        sheets = read(results_workbook(publication))
    assert heads(sheets["Kết quả"]) == [
        "KẾT QUẢ ĐỢT 1",
        TITLE,
        "Phiên bản 1, công bố lúc 16h00 ngày 31/10/2022",
        f"Vân tay (SHA-256): {publication.sha256}",
    ]
    unit = "Đơn vị mẫu {} (trường trung học cơ sở)".format
    assert body(sheets["Kết quả"])[:5] == [
        (
            *("STT", "Số báo danh", "Họ và tên / Đội", "Đơn vị"),
            *("Điểm", "Xếp hạng", "Giải", "Căn cứ xếp hạng"),
        ),
        (1, "M1-an", "an", unit(1), 300, 1, "Giải nhất", "đứng đầu"),
        (2, "M2-binh", "binh", unit(2), 290, 2, "Giải nhì", "tổng điểm"),
        (
            *(3, "M3-chi", "chi", unit(3), 280, 3, None),
            "tổng điểm; không nhận Giải ba, giữ Giải nhất của Đợt 2",
        ),
        (4, "M1-dung", "dung", unit(1), 270, 4, "Giải ba", "tổng điểm"),
    ]
    assert len(body(sheets["Kết quả"])) == 9


def test_those_who_may_not_take_part_are_listed_apart(scene: Scene) -> None:
    sheets = read(results_workbook(published(scene, "dot-1")))
    assert body(sheets["Không xếp hạng"]) == [
        ("STT", "Số báo danh", "Họ và tên / Đội", "Đơn vị", "Ghi chú"),
        (
            *(1, "M1-viet", "viet", "Đơn vị mẫu 1 (trường trung học cơ sở)"),
            "Thuộc diện không dự thi",
        ),
    ]
    assert list(read(results_workbook(published(scene, "dot-2")))) == ["Kết quả"]


def test_a_correction_says_why_and_a_sample_that_it_is_one(scene: Scene) -> None:
    published(scene, "dot-1")
    scene.score("dot-1", {"an": 300})
    corrected = published(scene, "dot-1", "Hủy các bài thi thử")
    Contest.objects.update(is_sample=True)
    corrected.contest.refresh_from_db()
    assert heads(read(results_workbook(corrected))["Kết quả"])[2:] == [
        "Phiên bản 2, công bố lúc 16h00 ngày 31/10/2022",
        "Đính chính: Hủy các bài thi thử",
        f"Vân tay (SHA-256): {corrected.sha256}",
        "DỮ LIỆU MẪU, KHÔNG PHẢI KẾT QUẢ THẬT",
    ]


def test_the_same_version_is_written_to_the_same_bytes(scene: Scene) -> None:
    publication = published(scene, "dot-1")
    assert results_workbook(publication) == results_workbook(publication)


def test_the_table_of_units_is_a_workbook_too(scene: Scene) -> None:
    for key in ("dot-1", "dot-2"):
        published(scene, key)
    publication = publish_collective(actor=scene.an, contest=scene.contest, reason="", now=NOW)
    rows = read(collective_workbook(publication))["Tập thể"]
    assert heads(rows) == [
        "KẾT QUẢ TẬP THỂ",
        TITLE,
        "Phiên bản 1, công bố lúc 16h00 ngày 31/10/2022",
        f"Vân tay (SHA-256): {publication.sha256}",
    ]
    unit = "Đơn vị mẫu {} (trường trung học cơ sở)".format
    assert body(rows)[1:] == [
        (1, "M2", unit(2), 3, 3, 100, 120, 1, "Giải nhất tập thể", "đứng đầu"),
        (2, "M3", unit(3), 2, 2, 100, 114, 2, "Giải nhì tập thể", "tổng điểm"),
        (3, "M1", unit(1), 4, 3, 75, 99, 3, "Giải ba tập thể", "tổng điểm"),
        (4, "M4", unit(4), 5, 3, 60, 74, 4, "Giải ba tập thể", "tổng điểm"),
        (5, "M5", unit(5), 0, 0, 0, 0, 5, None, "tổng điểm"),
    ]
