"""Plan files as people spoil them: each error at its key, with how to mend it."""

from __future__ import annotations

import tomllib
import unicodedata
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from hoithi.contests.plan.checking import check_files, check_plan
from hoithi.contests.plan.reading import PlanError, parse_plan, read_plan
from hoithi.contests.plan.sentences import sentence
from hoithi.contests.plan.writing import write_plan
from hoithi.rules.regulation import CollectiveRule

GOOD = (Path(__file__).parents[3] / "plans/daknong-2023/contest.toml").read_text()


NOT_BESIDE = (
    "bank: “{}” không phải là một tệp nằm cạnh tệp kế hoạch. Hãy chép tệp câu hỏi vào cùng thư "
    "mục và chỉ ghi tên tệp, ví dụ bank.csv."
)


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
            [
                (
                    "rounds[1].online.minutes: Sai kiểu: cần số nguyên không ngoặc kép, ví dụ "
                    "30. Hãy ghi lại."
                )
            ],
        ),
        (
            "minutes = 30",
            "minutes = 0",
            [
                (
                    "rounds[1].online.minutes: Giá trị 0 nằm ngoài giới hạn: phải từ 1 đến 600. "
                    "Hãy sửa lại."
                )
            ],
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
            [
                (
                    "rounds[1].online.points_per_item: Giá trị NaN nằm ngoài giới hạn: phải từ 0 "
                    "đến 1.000.000. Hãy sửa lại."
                )
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = -0.5",
            [
                (
                    "rounds[1].online.points_per_item: Giá trị -0.5 nằm ngoài giới hạn: phải từ "
                    "0 đến 1.000.000. Hãy sửa lại."
                )
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 0.333",
            ["rounds[1].online.points_per_item: Số có quá hai chữ số thập phân. Hãy bớt đi."],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 0223-10-15",
            [
                (
                    "contest.law_date: Giá trị 0223-10-15 nằm ngoài giới hạn: phải từ 1900-01-01 "
                    "đến 2200-12-31. Hãy sửa lại."
                )
            ],
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
                    "level: Dòng 11: sau dấu \\ không phải là một ký tự hợp lệ. "
                    "Hãy gõ thẳng ký tự cần ghi."
                ),
            ],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "  \\t "',
            ["contest.level: Không được để trống. Hãy ghi vào."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = """cấp\ntỉnh"""',
            ["contest.level: Phải nằm trên một dòng. Hãy bỏ chỗ xuống dòng và dấu tab."],
        ),
        (
            'level = "cấp tỉnh"',
            'level = "cấp tỉnh"\nlevel = "cấp sở"',
            ["level: Dòng 12: mục này đã ghi ở trên. Hãy xóa một trong hai."],
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
            [
                (
                    "rounds[1].online.minutes: Giá trị … nằm ngoài giới hạn: phải từ 1 đến 600. "
                    "Hãy sửa lại."
                )
            ],
        ),
        (
            "minutes = 30",
            "minutes = 99999999999999999999",
            [
                (
                    "rounds[1].online.minutes: Giá trị 99999999999999999999 nằm ngoài giới hạn: "
                    "phải từ 1 đến 600. Hãy sửa lại."
                )
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 1e9999999999999999999",
            [
                (
                    "rounds[1].online.points_per_item: Giá trị Infinity nằm ngoài giới hạn: phải "
                    "từ 0 đến 1.000.000. Hãy sửa lại."
                )
            ],
        ),
        (
            "points_per_item = 1",
            f"points_per_item = {'9' * 70}.5",
            [
                (
                    f"rounds[1].online.points_per_item: Giá trị {'9' * 60}… nằm ngoài giới hạn: "
                    "phải từ 0 đến 1.000.000. Hãy sửa lại."
                ),
            ],
        ),
        (
            "points_per_item = 1",
            "points_per_item = 1_000_000",
            [
                (
                    "rounds[1]: Điểm cao nhất của vòng là 30.000.000, vượt mức 9.999.999 "
                    "mà phần mềm ghi được. Hãy giảm điểm."
                ),
            ],
        ),
        (
            'level = "van-dung", count = 2 },\n]',
            'level = "van-dung", count = 473 },\n]',
            ["rounds[1].online.paper: Đề có 501 câu, chỉ được nhiều nhất 500. Hãy bớt câu."],
        ),
        (
            'audiences = ["can-bo", "cong-chuc", "vien-chuc", "to-cnscd"]',
            "audiences = []",
            ["forms[1].audiences: Phải có ít nhất một mục. Hãy thêm vào."],
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
            [
                (
                    "rounds[1].online.sample.options: Câu hỏi thử cần ít nhất hai phương án. Hãy "
                    "thêm vào."
                )
            ],
        ),
        (
            'prediction = ""',
            (
                'prediction = { target = "attempts", distance = "absolute", prompt = "Bao nhiêu?", '
                "minimum = 5, maximum = 4 }"
            ),
            [
                (
                    "rounds[1].online.prediction.maximum: Số tối đa nhỏ hơn số tối thiểu. Hãy "
                    "sửa một trong hai."
                )
            ],
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
                "rules.collective.ranking: Phải có ít nhất một mục. Hãy thêm vào.",
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
                "contest.last_day: Kết thúc không sau bắt đầu. Hãy sửa một trong hai.",
                *(
                    f"rounds[{at}].{when}: Nằm ngoài thời gian của hội thi "
                    "(01/11/2023 đến 31/10/2023). Hãy sửa tại đây, hoặc sửa first_day, last_day."
                    for at in (1, 2)
                    for when in ("opens_at", "closes_at")
                ),
            ],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 2023-02-31",
            ["law_date: Dòng 15: ngày hoặc giờ này không có thật. Hãy sửa lại, ví dụ 2023-02-28."],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 07:32:00",
            ["contest.law_date: Sai kiểu: cần ngày dạng 2023-10-05. Hãy ghi lại."],
        ),
        (
            'level = "cấp tỉnh"',
            "level = true",
            ['contest.level: Sai kiểu: cần chữ trong ngoặc kép, ví dụ "Tên đơn vị". Hãy ghi lại.'],
        ),
        ('level = "cấp tỉnh"', 'level = ""', ["contest.level: Không được để trống. Hãy ghi vào."]),
        (
            "all_required = false",
            'all_required = "không"',
            ["rounds[1].online.all_required: Sai kiểu: cần true hoặc false. Hãy ghi lại."],
        ),
        (
            'counted = "best"',
            'counted = "cao nhất"',
            ["rounds[1].online.counted: Phải là một trong: best, first, last. Hãy sửa lại."],
        ),
        (
            "closes_at = 2023-10-06T00:00:00+07:00",
            "closes_at = 2023-10-06T00:00:00",
            ["registration.closes_at: Thời điểm thiếu múi giờ. Hãy thêm +07:00."],
        ),
        (
            "closes_at = 2023-10-06T00:00:00+07:00",
            'closes_at = "trước 06/10"',
            [
                (
                    "registration.closes_at: Sai kiểu: cần thời điểm dạng "
                    "2023-10-05T08:00:00+07:00. Hãy ghi lại."
                )
            ],
        ),
        (
            "closes_at = 2023-10-20T22:00:00+07:00",
            "closes_at = 2023-11-01T00:00:01+07:00",
            [
                (
                    "rounds[1].closes_at: Nằm ngoài thời gian của hội thi "
                    "(01/10/2023 đến 31/10/2023). Hãy sửa tại đây, hoặc sửa first_day, last_day."
                ),
            ],
        ),
        (
            "law_date = 2023-10-15",
            "law_date = 15",
            ["contest.law_date: Sai kiểu: cần ngày dạng 2023-10-05. Hãy ghi lại."],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["duration", "points", "may_man"]',
            [
                "rounds[1]: Không có tiêu chí xếp hạng “may_man”. Hãy xem docs/plan-format.md.",
                "rounds[1]: Tiêu chí xếp hạng đầu tiên phải là points. Hãy chuyển points lên đầu.",
            ],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["points", ""]',
            ["rounds[1]: Không có tiêu chí xếp hạng “”. Hãy xem docs/plan-format.md."],
        ),
        (
            'ranking = ["points", "duration", "submitted"]',
            'ranking = ["points", "prediction"]',
            [
                (
                    "rounds[1]: Xếp hạng theo dự đoán nhưng vòng thi không hỏi dự đoán. "
                    "Hãy ghi mục prediction hoặc bỏ tiêu chí này."
                )
            ],
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
            [
                (
                    "budget.lines: Các dòng cộng lại 90.400.000 đồng, vượt tổng 80.000.000 đồng. "
                    "Hãy giảm các dòng hoặc tăng tổng."
                )
            ],
        ),
        (
            "amount_vnd = 18_000_000",
            "amount_vnd = 1_000_000",
            [
                (
                    "budget.lines: Tiền giải cộng lại 28.400.000 đồng, vượt các dòng kinh phí "
                    "11.400.000 đồng. Hãy giảm tiền giải hoặc tăng kinh phí."
                ),
            ],
        ),
        (
            'code = "CJ"',
            'code = "GN"',
            ["units[2]: Khóa “GN” dùng hai lần. Hãy đổi một trong hai."],
        ),
        (
            'about = ["bodies"]',
            'about = ["bodyes"]',
            [
                (
                    "assumptions[15].about: “bodyes” không phải là một mục của tệp này. "
                    "Hãy sửa lại, ví dụ rounds[1].online.minutes."
                )
            ],
        ),
        (
            'bank = "bank.csv"',
            'bank = "../../../etc/passwd"',
            [NOT_BESIDE.format("../../../etc/passwd")],
        ),
        ('bank = "bank.csv"', "bank = 'C:\\bank.csv'", [NOT_BESIDE.format("C:\\bank.csv")]),
        ('bank = "bank.csv"', 'bank = ".."', [NOT_BESIDE.format("..")]),
        (
            "minimum = 30",
            "minimum = -3",
            [
                (
                    "forms[1].minimum: Giá trị -3 nằm ngoài giới hạn: phải từ 0 đến "
                    "1.000.000.000. Hãy sửa lại."
                )
            ],
        ),
        (
            "utc_offset_min = 420",
            "utc_offset_min = 99999",
            [
                (
                    "contest.utc_offset_min: Giá trị 99999 nằm ngoài giới hạn: phải từ -720 "
                    "đến 840. Hãy sửa lại."
                )
            ],
        ),
        (
            'level = "nhan-biet", count = 2 }',
            'level = "nhan-biet", count = 0 }',
            [
                (
                    "rounds[1].online.paper[1].count: Giá trị 0 nằm ngoài giới hạn: phải từ 1 "
                    "đến 100.000. Hãy sửa lại."
                )
            ],
        ),
        (
            "signals = false",
            "signals = [1]",
            ["rounds[1].online.signals: Sai kiểu: cần true hoặc false. Hãy ghi lại."],
        ),
        (
            "signals = false",
            'signals = false\nsignals_days = 0\nsignals_announced_in = "a\\nb"',
            [
                (
                    "rounds[1].online.signals_announced_in: Phải nằm trên một dòng. Hãy bỏ chỗ "
                    "xuống dòng và dấu tab."
                ),
                (
                    "rounds[1].online.signals_days: Giá trị 0 nằm ngoài giới hạn: phải từ 1 "
                    "đến 365. Hãy sửa lại."
                ),
            ],
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


OFF = "Vòng này không ghi nhận hành vi (signals = false). Hãy xóa dòng này, hoặc ghi true."
UNANNOUNCED = (
    "Chỉ được ghi nhận hành vi khi thể lệ đã thông báo. Hãy ghi điều khoản ấy đúng như trong "
    "rules.text, ví dụ “Điều 8”."
)
UNKNOWN_PART = (
    "Không có “Điều 8” trong rules.text, là thể lệ mà thí sinh đọc và đồng ý. Hãy bổ sung vào thể "
    "lệ hoặc sửa lại ở đây."
)
FOR_EVER = "Thiếu số ngày lưu các ghi nhận sau ca thi. Hãy ghi từ 1 đến 365, đúng như thể lệ."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("signals = false\nsignals_announced_in = ''", []),
        (
            "signals = false\nsignals_announced_in = '7.'\nsignals_days = 30",
            [("signals_announced_in", OFF), ("signals_days", OFF)],
        ),
        ("signals = true", [("signals_announced_in", UNANNOUNCED), ("signals_days", FOR_EVER)]),
        (
            "signals = true\nsignals_announced_in = 'Điều 8'\nsignals_days = 30",
            [("signals_announced_in", UNKNOWN_PART)],
        ),
        ("signals = true\nsignals_announced_in = '7. Kết quả'\nsignals_days = 30", []),
        *(
            (
                f"signals = true\nsignals_announced_in = '{part}'\nsignals_days = 30",
                [("signals_announced_in", UNKNOWN_PART.replace("Điều 8", part))],
            )
            for part in ("Kết quả", "7. Kết qu")
        ),
    ],
)
def test_signals_are_announced_in_the_rules_and_end_at_a_date(
    lines: str, expected: list[tuple[str, str]]
) -> None:
    told = [f"rounds[1].online.{key}: {sentence}" for key, sentence in expected]
    assert said(GOOD.replace("signals = false", lines, 1)) == told


def test_a_line_without_level_comes_after_those_with_one() -> None:
    first = 'level = "nhan-biet", count = 2 }'
    said_of_it = said(GOOD.replace(first, 'level = "", count = 2 }', 1))
    assert said_of_it == [
        f"rounds[1].online.paper[{at}]: Dòng này ghi trùng, hoặc đứng sau dòng không phân mức độ "
        "của cùng chủ đề. Hãy xóa dòng trùng và đưa dòng có mức độ lên trước."
        for at in (2, 3)
    ]


def test_a_bank_that_is_not_there_is_told(tmp_path: Path) -> None:
    plan = parse_plan(GOOD.encode())
    assert [sentence(each) for each in check_files(plan, tmp_path)] == [
        (
            "Cạnh tệp kế hoạch không có tệp “bank.csv”. Hãy chép tệp câu hỏi vào cùng thư mục, "
            "hoặc để trống mục này."
        )
    ]
    (tmp_path / "bank.csv").mkdir()
    assert len(check_files(plan, tmp_path)) == 1
    (tmp_path / "bank.csv").rmdir()
    (tmp_path / "bank.csv").touch()
    assert check_files(plan, tmp_path) == []


def test_what_is_written_is_read_again_whatever_keys_and_texts_hold() -> None:
    plan = parse_plan(GOOD.encode())
    points = {"giải nhất": Decimal(3), 'a"b.c': Decimal(1)}
    rule = CollectiveRule(Decimal(1), points, ["score"], [])
    contest = msgspec.structs.replace(plan.contest, theme='\x7f\\"\x01')
    rules = msgspec.structs.replace(plan.rules, collective=rule)
    odd = msgspec.structs.replace(plan, contest=contest, rules=rules)
    written = tomllib.loads(write_plan(odd))
    assert written["rules"]["collective"]["prize_points"] == {"giải nhất": 3, 'a"b.c': 1}
    assert written["contest"]["theme"] == '\x7f\\"\x01'


def test_prizes_without_a_source_are_told() -> None:
    start, end = GOOD.index("[[budget.lines]]"), GOOD.index("[[duties]]")
    without = GOOD[:start] + "lines = []\n" + GOOD[end:]
    assert said(without) == [
        (
            "budget.lines: Có giải thưởng bằng tiền nhưng mục budget không có dòng kinh phí nào. "
            "Hãy thêm vào."
        )
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b"PK\x03\x04\x14\x00\x06\x00",
            (
                ": Dòng 1, cột 3: không đúng cú pháp TOML. Hãy xem lại dấu bằng, "
                "dấu ngoặc kép và dấu phẩy ở chỗ đó."
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
        (b"x" * 2_000_001, ": Tệp lớn hơn 2 MB. Hãy xem có đúng là tệp kế hoạch không."),
        (b"x" * 5_000_000, ": Tệp lớn hơn 2 MB. Hãy xem có đúng là tệp kế hoạch không."),
        *(
            (
                b"a = " + nested,
                ": Các dấu ngoặc [ hoặc { lồng nhau quá sâu. Hãy xóa bớt.",
            )
            for nested in (b"[" * 100_000, b"[" * 5_000, b"{a=" * 5_000)
        ),
        (
            b"a = ",
            (": Tệp kết thúc khi còn dở một mục. Hãy xem dấu ngoặc hoặc ngoặc kép nào chưa đóng."),
        ),
    ],
)
def test_what_is_no_plan_file_at_all(content: bytes, expected: str) -> None:
    assert said(content) == [expected]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path / "none.toml")
    assert sentence(caught.value.problems[0]) == "Không có tệp này. Hãy xem lại đường dẫn."


def test_of_a_file_without_end_only_the_beginning_is_read() -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(Path("/dev/zero"))
    assert sentence(caught.value.problems[0]) == (
        "Tệp lớn hơn 2 MB. Hãy xem có đúng là tệp kế hoạch không."
    )


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path)
    assert sentence(caught.value.problems[0]) == (
        "Đây là một thư mục. Hãy ghi đường dẫn đến tệp kế hoạch ở trong đó."
    )


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
