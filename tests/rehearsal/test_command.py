"""`hoithi rehearse` from the outside: a real hall, a real journal, and nothing left in the end."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from hoithi.config.cli import main
from tests.config.installation import hoithi, set_up


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation without a contest."""
    made = tmp_path_factory.mktemp("rehearsing")
    set_up(made)
    return made


def left(folder: Path) -> list[str]:
    """What rehearsals have left beside their lock."""
    root = folder / "rehearsal"
    return sorted(each.name for each in root.iterdir()) if root.exists() else ["lock"]


def test_forty_people_are_played_and_the_report_says_that_nothing_was_lost(
    folder: Path, tmp_path: Path
) -> None:
    pdf = tmp_path / "dien-tap.pdf"
    arguments = ("--contestants", "40", "--seconds", "3", "--arriving", "1", "--pdf", pdf)
    named = {"HOITHI_PUBLIC_URL": "https://thi.example.vn"}
    code, said = hoithi(folder, "rehearse", *arguments, **named)
    # How fast this machine is today is not what is tested: that everything is counted and kept is.
    verdict = re.search(r"^(SẴN SÀNG|SẴN SÀNG, NHƯNG SÁT MỨC|CHƯA SẴN SÀNG)\. ", said, re.MULTILINE)
    assert verdict is not None, said
    assert code == (1 if verdict[1] == "CHƯA SẴN SÀNG" else 0), said
    # Thirty answers each, and every tenth once more.
    assert "Không mất gì: cả 1.320 câu trả lời đã báo lưu và 40 biên nhận" in said
    assert "Thí sinh vào phòng, chờ giờ mở" in said
    assert f"Báo cáo: {pdf}" in said
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf.read_bytes())).pages)
    text = " ".join(text.split())
    assert "Diễn tập thi trực tuyến với 40 thí sinh giả lập - máy chủ thi.example.vn" in text
    assert "Không mất gì: cả 1.320 câu trả lời" in text
    assert "2 người tải lại trang, 2 người mất mạng" in text
    assert left(folder) == ["lock"]
    assert not (folder / "hall").exists() or list((folder / "hall").iterdir()) == []


@pytest.mark.parametrize(
    ("contestants", "minutes", "sentence"),
    [
        ("0", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("-1", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("20001", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("một trăm", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("1e3", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("²", "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("9" * 5000, "20", "Số thí sinh diễn tập phải là số nguyên từ 1 đến 20.000."),
        ("40", "181", "Số phút diễn tập phải là số nguyên từ 1 đến 180."),
        ("40", "0", "Số phút diễn tập phải là số nguyên từ 1 đến 180."),
        ("40", "1.5", "Số phút diễn tập phải là số nguyên từ 1 đến 180."),
        ("40", "", "Số phút diễn tập phải là số nguyên từ 1 đến 180."),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_played_is_said_and_is_no_verdict(
    capsys: pytest.CaptureFixture[str], contestants: str, minutes: str, sentence: str
) -> None:
    assert main(["rehearse", f"--contestants={contestants}", f"--minutes={minutes}"]) == 2
    assert capsys.readouterr() == ("", f"{sentence}\n")


@pytest.mark.django_db
def test_a_round_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--contest", "khong-co", "--round", "vong"]) == 2
    assert "“khong-co” không có vòng thi trực tuyến “vong”" in capsys.readouterr().err


def test_without_tables_there_is_no_verdict(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "rehearse")
    assert (code, said.startswith("Cơ sở dữ liệu chưa sẵn sàng")) == (2, True), said
