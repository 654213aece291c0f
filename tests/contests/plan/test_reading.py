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
            ["contest.level: Sau “cấp” có một ký tự không nhìn thấy. Hãy xóa chỗ đó và gõ lại."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "cấp tỉnh\\u0000"',
            [
                (
                    "contest.level: Sau “cấp tỉnh” có một ký tự không nhìn thấy. "
                    "Hãy xóa chỗ đó và gõ lại."
                ),
            ],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "\u202ecấp tỉnh"',
            ["contest.level: Bắt đầu bằng một ký tự không nhìn thấy. Hãy xóa và gõ lại."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "cấp tỉnh\\u007f"',
            [
                (
                    "contest.level: Sau “cấp tỉnh” có một ký tự không nhìn thấy. "
                    "Hãy xóa chỗ đó và gõ lại."
                ),
            ],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "\\ud800"',
            [
                (
                    ": Không đọc được TOML: Escaped character is not a Unicode scalar value "
                    "(at line 11, column 16)."
                ),
            ],
        ),
        ('level = "cấp tỉnh"', 'level = "  \\t "', ["contest.level: Không được để trống."]),
        (
            'level = "cấp tỉnh"',
            'level = """cấp\ntỉnh"""',
            ["contest.level: Phải nằm trên một dòng. Hãy bỏ chỗ xuống dòng và dấu tab."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "cấp tỉnh"\nlevel = "cấp sở"',
            [": Không đọc được TOML: Cannot overwrite a value (at line 12, column 17)."],
        ),
        (
            'level = "cấp tỉnh"',
            f'level = "{"ấ" * 201}"',
            ["contest.level: Dài 201 ký tự, chỉ được nhiều nhất 200. Hãy viết ngắn lại."],
        ),
        (
            'name = "Huyện Cư Jút"',
            f'name = "{"Huyện" * 25}"',
            ["units[2].name: Dài 125 ký tự, chỉ được nhiều nhất 120. Hãy viết ngắn lại."],
        ),
        (
            'label = "Giải nhất"',
            f'label = "{"g" * 121}"',
            [
                (
                    "rounds[1].prizes[1].label: Dài 121 ký tự, chỉ được nhiều nhất 120. "
                    "Hãy viết ngắn lại."
                )
            ],
        ),
        (
            'key = "daknong-2023"',
            f'key = "{"k" * 51}"',
            ["key: Dài 51 ký tự, chỉ được nhiều nhất 50. Hãy viết ngắn lại."],
        ),
        (
            'key = "daknong-2023"',
            'key = "Đắk Nông 2023"',
            [
                (
                    "key: “Đắk Nông 2023” không làm khóa được. Chỉ dùng chữ a–z, số, "
                    "gạch nối ở giữa, ví dụ truc-tuyen."
                ),
            ],
        ),
        (
            'key = "daknong-2023"',
            'key = "daknong-2023\\n"',
            [
                (
                    "key: “daknong-2023…” không làm khóa được. Chỉ dùng chữ a–z, số, "
                    "gạch nối ở giữa, ví dụ truc-tuyen."
                ),
            ],
        ),
        (
            'code = "CJ"',
            'code = "CJ/1"',
            [
                (
                    "units[2].code: “CJ/1” không làm mã được. Chỉ dùng chữ không dấu, số, chấm, "
                    "gạch nối ở giữa, ví dụ GN."
                ),
            ],
        ),
        (
            'code = "CJ"',
            'code = "HUYEN-CU-JUT-1"',
            ["units[2].code: Dài 14 ký tự, chỉ được nhiều nhất 12. Hãy viết ngắn lại."],
        ),
        (
            "minutes = 30",
            f"minutes = {'9' * 5000}",
            [": Tệp có một số dài hàng nghìn chữ số. Hãy tìm và sửa lại."],
        ),
        (
            "minutes = 30",
            f"minutes = 0x{'f' * 5000}",
            ["rounds[1].online.minutes: Giá trị … nằm ngoài giới hạn."],
        ),
        (
            "minutes = 30",
            "minutes = 99999999999999999999",
            ["rounds[1].online.minutes: Giá trị 99999999999999999999 nằm ngoài giới hạn."],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 1e9999999999999999999",
            ["rounds[1].online.points_per_item: Giá trị Infinity nằm ngoài giới hạn."],
        ),
        (
            "points_per_item = 1",
            f"points_per_item = {'9' * 70}.5",
            [
                f"rounds[1].online.points_per_item: Giá trị {'9' * 60}… nằm ngoài giới hạn.",
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 1_000_000",
            [
                (
                    "rounds[1]: Điểm cao nhất của vòng là 30000000, vượt mức 9999999.99 "
                    "mà phần mềm ghi được."
                ),
            ],
        ),
        (
            'level = "van-dung", count = 2 },\n]',
            'level = "van-dung", count = 473 },\n]',
            ["rounds[1].online.paper: Đề có 501 câu, chỉ được nhiều nhất 500."],
        ),
        (
            'audiences = ["can-bo", "cong-chuc", "vien-chuc", "to-cnscd"]',
            "audiences = []",
            ["forms[1].audiences: Phải có ít nhất một mục."],
        ),
        (
            'name = "Công chức"',
            'name = "CÁN BỘ"',
            [
                (
                    "audiences[2].name: Tên “CÁN BỘ” dùng hai lần. Danh sách và bộ câu hỏi tìm "
                    "theo tên, nên tên phải khác nhau."
                ),
            ],
        ),
        (
            (
                'options = ["Ngày 10 tháng 10", "Ngày 02 tháng 9", "Ngày 30 tháng 4", '
                '"Ngày 01 tháng 01"]'
            ),
            'options = ["Ngày 10 tháng 10"]',
            ["rounds[1].online.sample.options: Câu hỏi thử cần ít nhất hai phương án."],
        ),
        (
            'prediction = ""',
            (
                'prediction = { target = "attempts", distance = "absolute", prompt = "Bao nhiêu?", '
                "minimum = 5, maximum = 4 }"
            ),
            ["rounds[1].online.prediction.maximum: Số tối đa nhỏ hơn số tối thiểu."],
        ),
        (
            'collective = ""',
            (
                "[rules.collective]\npoints_per_percent = 1\nranking = []\nprizes = []\n"
                "prize_points = { nhat = 1, nhi = 1, ba = 1, khuyen-khich = 1, "
                '"một hai" = 1, tu = 1 }'
            ),
            [
                (
                    "rules.collective.prize_points.một hai: “một hai” không làm khóa được. Chỉ "
                    "dùng chữ a–z, số, gạch nối ở giữa, ví dụ truc-tuyen."
                ),
            ],
        ),
        (
            'collective = ""',
            (
                "[rules.collective]\npoints_per_percent = 1\nranking = []\nprizes = []\n"
                "prize_points = { nhat = 1, nhi = 1, ba = 1, khuyen-khich = 1, tu = 1 }"
            ),
            [
                "rules.collective.ranking: Phải có ít nhất một mục.",
                (
                    "rules.collective.prize_points.tu: “tu” không có trong mục rounds.prizes. "
                    "Hãy thêm vào đó hoặc sửa tại đây."
                ),
            ],
        ),
        (
            "first_day = 2023-10-01",
            "first_day = 2023-11-01",
            [
                "contest.last_day: Kết thúc không sau bắt đầu.",
                *(
                    f"rounds[{at}].{when}: Nằm ngoài thời gian của hội thi "
                    "(01/11/2023 đến 31/10/2023)."
                    for at in (1, 2)
                    for when in ("opens_at", "closes_at")
                ),
            ],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 2023-02-31",
            [": Không đọc được TOML: Invalid date or datetime (at line 15, column 12)."],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 07:32:00",
            ["contest.law_date: Sai kiểu: cần ngày dạng 2023-10-05."],
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
        (
            b"PK\x03\x04\x14\x00\x06\x00",
            (
                ": Không đọc được TOML: Expected '=' after a key in a key/value pair "
                "(at line 1, column 3)."
            ),
        ),
        (
            b"\x89PNG\r\n\x1a\n\x00",
            ": Tệp không phải UTF-8 (byte 0). Hãy lưu lại với bảng mã UTF-8.",
        ),
        (
            GOOD.encode("utf-16"),
            ": Tệp ghi bằng bảng mã UTF-16. Hãy lưu lại với bảng mã UTF-8.",
        ),
        (
            GOOD.encode("utf-16-be"),
            ": Tệp ghi bằng bảng mã UTF-16. Hãy lưu lại với bảng mã UTF-8.",
        ),
        (
            "# Hội thi".encode() + "\ntên".encode("cp1258"),
            ": Tệp không phải UTF-8 (byte 13). Hãy lưu lại với bảng mã UTF-8.",
        ),
        (
            b'a = "\xed\xa0\x80"',
            ": Tệp không phải UTF-8 (byte 5). Hãy lưu lại với bảng mã UTF-8.",
        ),
        (b"x" * 2_000_001, ": Tệp lớn hơn 2 MB."),
        (b"x" * 5_000_000, ": Tệp lớn hơn 2 MB."),
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


def test_of_a_file_without_end_only_the_beginning_is_read() -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(Path("/dev/zero"))
    assert sentence(caught.value.problems[0]) == "Tệp lớn hơn 2 MB."


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path)
    assert sentence(caught.value.problems[0]) == "Không mở được tệp: Is a directory."


@pytest.mark.parametrize(
    "content",
    [GOOD.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + GOOD.encode()],
    ids=["lines of Windows", "byte order mark"],
)
def test_what_editors_of_windows_add_is_no_matter(content: bytes) -> None:
    assert parse_plan(content) == parse_plan(GOOD.encode())


def test_unknown_keys_are_told_in_the_order_of_the_file_and_can_be_printed() -> None:
    names = ["zz", "\\u001b[2J", "x" * 100, "aa"]
    lines = "".join(f'"{name}" = 1\n' for name in names)
    keys = [each.partition(":")[0] for each in said(lines + GOOD)]
    assert keys == ["zz", "…[2J", "x" * 60 + "…", "aa"]


def test_an_empty_file_names_every_missing_key() -> None:
    assert len(said("")) == 19


def test_letters_with_loose_marks_are_composed() -> None:
    """As some editors write them; sealed files are composed, so the plan is too."""
    loose = unicodedata.normalize("NFD", GOOD)
    assert loose != GOOD
    assert parse_plan(loose.encode()) == parse_plan(GOOD.encode())
