"""Plan files as people spoil them: each error at its key, with how to mend it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import PlanError, parse_plan, read_plan
from hoithi.contests.plan.sentences import sentence

GOOD = (Path(__file__).parents[3] / "plans/daknong-2023/contest.toml").read_text()


def said(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    try:
        plan = parse_plan(content)
    except PlanError as error:
        problems = error.problems
    else:
        problems = tuple(check_plan(plan))
    return [f"{problem.key}: {sentence(problem)}" for problem in problems]


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        (
            "minutes = 30",
            'minutes = "30"',
            ["rounds[1].online.minutes: Sai kiểu: cần số nguyên không ngoặc kép, ví dụ 30."],
        ),
        (
            "minutes = 30",
            "minutes = 0",
            ["rounds[1].online.minutes: Giá trị 0 nằm ngoài giới hạn."],
        ),
        (
            "minutes = 30",
            "minuten = 30",
            [
                "rounds[1].online.minutes: Thiếu mục này. Hãy thêm vào.",
                "rounds[1].online.minuten: Không có mục tên này. Có phải là “minutes”?",
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = nan",
            ["rounds[1].online.points_per_item: Giá trị NaN nằm ngoài giới hạn."],
        ),
        (
            "points_per_item = 1",
            "points_per_item = -0.5",
            ["rounds[1].online.points_per_item: Giá trị -0.5 nằm ngoài giới hạn."],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 0.333",
            ["rounds[1].online.points_per_item: Số có quá hai chữ số thập phân."],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 0223-10-15",
            ["contest.law_date: Giá trị 0223-10-15 nằm ngoài giới hạn."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "cấp\\u0007 tỉnh"',
            ["contest.level: Có ký tự điều khiển không nhìn thấy. Hãy xóa và gõ lại."],
        ),
        (
            'level = "cấp tỉnh"',
            "level = true",
            ['contest.level: Sai kiểu: cần chữ trong ngoặc kép, ví dụ "Tên đơn vị".'],
        ),
        ('level = "cấp tỉnh"', 'level = ""', ["contest.level: Không được để trống."]),
        (
            "all_required = false",
            'all_required = "không"',
            ["rounds[1].online.all_required: Sai kiểu: cần true hoặc false."],
        ),
        (
            'counted = "best"',
            'counted = "cao nhất"',
            ["rounds[1].online.counted: Phải là một trong: best, first, last."],
        ),
        (
            "closes_at = 2023-10-06T00:00:00+07:00",
            "closes_at = 2023-10-06T00:00:00",
            ["registration.closes_at: Thời điểm thiếu múi giờ. Hãy thêm +07:00."],
        ),
        (
            "closes_at = 2023-10-06T00:00:00+07:00",
            'closes_at = "trước 06/10"',
            ["registration.closes_at: Sai kiểu: cần thời điểm dạng 2023-10-05T08:00:00+07:00."],
        ),
        (
            "closes_at = 2023-10-20T22:00:00+07:00",
            "closes_at = 2023-11-01T00:00:01+07:00",
            [
                "rounds[1].closes_at: Nằm ngoài thời gian của hội thi (01/10/2023 đến 31/10/2023).",
            ],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 15",
            ["contest.law_date: Sai kiểu: cần ngày dạng 2023-10-05."],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["duration", "points", "may_man"]',
            [
                "rounds[1]: Không có tiêu chí xếp hạng “may_man”.",
                "rounds[1]: Tiêu chí xếp hạng đầu tiên phải là points.",
            ],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["points", ""]',
            ["rounds[1]: Không có tiêu chí xếp hạng “”."],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["points", "prediction"]',
            ["rounds[1]: Xếp hạng theo dự đoán nhưng vòng thi không hỏi dự đoán."],
        ),
        (
            'topic = "kinh-te-so", level = "van-dung"',
            'topic = "kinh-te", level = "van-dung"',
            [
                (
                    "rounds[1].online.paper[9].topic: “kinh-te” không có trong mục topics. "
                    "Hãy thêm vào đó hoặc sửa tại đây."
                ),
            ],
        ),
        (
            "amount_vnd = 18_000_000",
            "amount_vnd = 80_000_000",
            ["budget.lines: Các dòng cộng lại 90400000 đồng, vượt tổng 80000000 đồng."],
        ),
        (
            "amount_vnd = 18_000_000",
            "amount_vnd = 1_000_000",
            [
                (
                    "budget.lines: Tiền giải cộng lại 28400000 đồng, vượt các dòng kinh phí "
                    "11400000 đồng."
                ),
            ],
        ),
        ('code = "CJ"', 'code = "GN"', ["units[2]: Khóa “GN” dùng hai lần."]),
        (
            'about = ["bodies"]',
            'about = ["bodyes"]',
            ["assumptions[11].about: “bodyes” không phải là một mục của tệp này."],
        ),
        (
            "signals = false",
            "signals = [1]",
            ["rounds[1].online.signals: Sai kiểu: cần true hoặc false."],
        ),
        (
            "[budget]",
            "[budget.x]\n[budgets]",
            [
                "budget.total_vnd: Thiếu mục này. Hãy thêm vào.",
                "budget.source: Thiếu mục này. Hãy thêm vào.",
                "budget.x: Không có mục tên này. Hãy xóa hoặc xem docs/plan-format.md.",
                "budgets: Không có mục tên này. Có phải là “budget”?",
            ],
        ),
    ],
)
def test_each_error_is_told_at_its_key(good: str, bad: str, expected: list[str]) -> None:
    assert good in GOOD
    assert said(GOOD.replace(good, bad, 1)) == expected


def test_prizes_without_a_source_are_told() -> None:
    start, end = GOOD.index("[[budget.lines]]"), GOOD.index("[[duties]]")
    without = GOOD[:start] + "lines = []\n" + GOOD[end:]
    assert said(without) == [
        "budget.lines: Có giải thưởng bằng tiền nhưng mục budget không có dòng kinh phí nào."
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xfe\x00", ": Tệp không phải UTF-8 (byte 0). Hãy lưu lại với bảng mã UTF-8."),
        (b"x" * 2_000_001, ": Tệp lớn hơn 2 MB."),
        (b"a = " + b"[" * 100_000, ": Không đọc được TOML: [[[[."),
        (b"a = ", ": Không đọc được TOML: Invalid value (at end of document)."),
    ],
)
def test_what_is_no_plan_file_at_all(content: bytes, expected: str) -> None:
    assert said(content) == [expected]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path / "none.toml")
    assert sentence(caught.value.problems[0]) == "Không mở được tệp: No such file or directory."


def test_an_empty_file_names_every_missing_key() -> None:
    assert len(said("")) == 18


def test_letters_with_loose_marks_are_composed() -> None:
    """As some editors write them; sealed files are composed, so the plan is too."""
    loose = unicodedata.normalize("NFD", GOOD)
    assert loose != GOOD
    assert parse_plan(loose.encode()) == parse_plan(GOOD.encode())
