"""What the plan check says of a problem, and how to mend it."""

from __future__ import annotations

from hoithi.contests.plan.reading import Problem

_WANTED = {
    "list": ("một danh sách [ … ]", "a list [ … ]"),
    "table": ("một bảng [tên] hoặc { … }", "a table [name] or { … }"),
    "text": ('chữ trong ngoặc kép, ví dụ "Tên đơn vị"', 'a text in quotes, such as "Unit"'),
    "number": ("số nguyên không ngoặc kép, ví dụ 30", "a whole number without quotes, such as 30"),
    "bool": ("true hoặc false", "true or false"),
    "decimal": ("số, ví dụ 1 hoặc 0.5", "a number such as 1 or 0.5"),
    "date": ("ngày dạng 2023-10-05", "a date such as 2023-10-05"),
    "time": ("thời điểm dạng 2023-10-05T08:00:00+07:00", "a time like 2023-10-05T08:00:00+07:00"),
    "pair": ("một cặp [từ, đến]", "a pair [from, to]"),
}

SENTENCES: dict[str, tuple[str, str]] = {
    "file_missing": ("Không mở được tệp: {why}.", "The file cannot be opened: {why}."),
    "file_too_large": ("Tệp lớn hơn 2 MB.", "The file is larger than 2 MB."),
    "not_utf8": (
        "Tệp không phải UTF-8 (byte {byte}). Hãy lưu lại với bảng mã UTF-8.",
        "The file is not UTF-8 (byte {byte}). Save it as UTF-8.",
    ),
    "utf16": (
        "Tệp ghi bằng bảng mã UTF-16. Hãy lưu lại với bảng mã UTF-8.",
        "The file is UTF-16. Save it as UTF-8.",
    ),
    "number_too_long": (
        "Tệp có một số dài hàng nghìn chữ số. Hãy tìm và sửa lại.",
        "The file has a number of thousands of digits. Find and correct it.",
    ),
    "not_toml": ("Không đọc được TOML: {why}.", "Not TOML: {why}."),
    "missing": ("Thiếu mục này. Hãy thêm vào.", "This key is missing. Add it."),
    "unknown_key": (
        "Không có mục tên này. Hãy xóa hoặc xem docs/plan-format.md.",
        "There is no such key. Delete it or see docs/plan-format.md.",
    ),
    "unknown_key_near": (
        "Không có mục tên này. Có phải là “{near}”?",
        "There is no such key. Is it “{near}”?",
    ),
    "wrong_type": ("Sai kiểu: cần {wanted}.", "Wrong type: {wanted} is wanted."),
    "not_one_of": ("Phải là một trong: {choices}.", "Must be one of: {choices}."),
    "time_without_zone": (
        "Thời điểm thiếu múi giờ. Hãy thêm +07:00.",
        "The time has no zone. Add +07:00.",
    ),
    "empty": ("Không được để trống.", "Must not be empty."),
    "too_long": (
        "Dài {length} ký tự, chỉ được nhiều nhất {most}. Hãy viết ngắn lại.",
        "Has {length} characters and may have {most}. Shorten it.",
    ),
    "one_line": (
        "Phải nằm trên một dòng. Hãy bỏ chỗ xuống dòng và dấu tab.",
        "Must stand on one line. Take out line breaks and tabs.",
    ),
    "key_form": (
        "“{value}” không làm khóa được. Chỉ dùng chữ a–z, số, gạch nối ở giữa, ví dụ truc-tuyen.",
        "“{value}” is no key. Use a–z, digits and single hyphens inside, such as truc-tuyen.",
    ),
    "code_form": (
        "“{value}” không làm mã được. Chỉ dùng chữ không dấu, số, chấm, gạch nối ở giữa, ví dụ GN.",
        "“{value}” is no code. Use letters without marks, digits, and . or - inside, such as GN.",
    ),
    "out_of_bounds": ("Giá trị {value} nằm ngoài giới hạn.", "The value {value} is out of bounds."),
    "key_twice": ("Khóa “{value}” dùng hai lần.", "The key “{value}” is used twice."),
    "no_such_key": (
        "“{value}” không có trong mục {where}. Hãy thêm vào đó hoặc sửa tại đây.",
        "“{value}” is not in {where}. Add it there or correct it here.",
    ),
    "ends_before_it_begins": (
        "Kết thúc không sau bắt đầu.",
        "The end is not after the beginning.",
    ),
    "outside_contest": (
        "Nằm ngoài thời gian của hội thi ({first} đến {last}).",
        "Lies outside the days of the contest ({first} to {last}).",
    ),
    "period_outside_round": (
        "Kỳ thi nằm ngoài thời gian của vòng.",
        "The period lies outside the round.",
    ),
    "periods_overlap": ("Hai kỳ thi chồng lên nhau.", "Two periods overlap."),
    "periods_missing": (
        "Giới hạn theo kỳ thì phải ghi các kỳ.",
        "A limit per period needs the periods.",
    ),
    "prizes_without_source": (
        "Có giải thưởng bằng tiền nhưng mục budget không có dòng kinh phí nào.",
        "There are prizes with amounts, but budget has no line for them.",
    ),
    "budget_exceeded": (
        "Các dòng cộng lại {sum} đồng, vượt tổng {total} đồng.",
        "The lines add up to {sum} đồng, more than {total} đồng.",
    ),
    "prizes_exceed_line": (
        "Tiền giải cộng lại {sum} đồng, vượt các dòng kinh phí {total} đồng.",
        "The prizes add up to {sum} đồng, more than the lines of {total} đồng.",
    ),
    "round_held_no_way_or_both": (
        "Vòng thi phải có hoặc online hoặc segments, không cả hai.",
        "A round has online or segments, not both.",
    ),
    "segment_twice": ("Hai phần thi trùng khóa.", "Two segments have one key."),
    "ranking_unknown": ("Không có tiêu chí xếp hạng “{value}”.", "No ranking criterion “{value}”."),
    "ranking_twice": ("Một tiêu chí xếp hạng ghi hai lần.", "A ranking criterion stands twice."),
    "ranking_without_points": (
        "Tiêu chí xếp hạng đầu tiên phải là points.",
        "The first ranking criterion must be points.",
    ),
    "ranking_prediction_not_asked": (
        "Xếp hạng theo dự đoán nhưng vòng thi không hỏi dự đoán.",
        "Ranked by a prediction that the round does not ask for.",
    ),
    "prize_twice": ("Hai giải trùng khóa.", "Two prizes have one key."),
    "prize_points_missing": (
        "Thiếu điểm quy đổi của giải “{value}”.",
        "No points are given for the prize “{value}”.",
    ),
    "form_of_other_kind": (
        "Hình thức “{value}” không hợp với cách tổ chức vòng này.",
        "The form “{value}” does not fit how this round is held.",
    ),
    "blueprint_out_of_place": (
        "Ghi một chủ đề không phân mức độ sau khi đã ghi, hoặc ghi trùng.",
        "A topic stands twice, or with a level after standing without one.",
    ),
    "maximum_below_minimum": (
        "Số tối đa nhỏ hơn số tối thiểu.",
        "The maximum is below the minimum.",
    ),
    "required_not_asked": (
        "“{value}” bắt buộc nhưng không có trong fields.",
        "“{value}” is required but not in fields.",
    ),
    "assumption_about_nothing": (
        "“{value}” không phải là một mục của tệp này.",
        "“{value}” is not a key of this file.",
    ),
    "round_is_fixed": (
        "Thiếu vòng “{value}”, mà đề của vòng này đã niêm phong hoặc đã có điểm. Hãy ghi lại.",
        "The round “{value}” is missing, and its questions are sealed or its marks known. Add it.",
    ),
    "decimal_form": (
        "Số có quá hai chữ số thập phân.",
        "The number has more than two decimals.",
    ),
    "unseen_character": (
        "Bắt đầu bằng một ký tự không nhìn thấy. Hãy xóa và gõ lại.",
        "Begins with a character that cannot be seen. Delete it and type the text again.",
    ),
    "unseen_character_after": (
        "Sau “{before}” có một ký tự không nhìn thấy. Hãy xóa chỗ đó và gõ lại.",
        "After “{before}” stands a character that cannot be seen. Delete it and type that anew.",
    ),
    "nothing_listed": ("Phải có ít nhất một mục.", "At least one is needed."),
    "too_few_options": (
        "Câu hỏi thử cần ít nhất hai phương án.",
        "The sample question needs two options or more.",
    ),
    "name_twice": (
        "Tên “{value}” dùng hai lần. Danh sách và bộ câu hỏi tìm theo tên, nên tên phải khác nhau.",
        "The name “{value}” is used twice. Lists and questions are read by names: tell them apart.",
    ),
    "paper_too_long": (
        "Đề có {items} câu, chỉ được nhiều nhất {most}.",
        "The paper has {items} questions and may have {most}.",
    ),
    "marks_too_large": (
        "Điểm cao nhất của vòng là {points}, vượt mức {most} mà phần mềm ghi được.",
        "The highest mark of the round is {points}, more than the {most} that can be stored.",
    ),
}


def sentence(problem: Problem, language: str = "vi") -> str:
    """The sentence of a problem, its parameters filled in."""
    which = 0 if language == "vi" else 1
    params = dict(problem.params)
    if problem.code == "wrong_type":
        params["wanted"] = _WANTED[str(params["wanted"])][which]
    return SENTENCES[problem.code][which].format(**params)
