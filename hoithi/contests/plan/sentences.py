"""What the plan check says of a problem, and how to mend it."""

from __future__ import annotations

from hoithi.contests.plan.reading import Problem
from hoithi.rules.errors import ParamValue

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
    "file_missing": (
        "Không có tệp này. Hãy xem lại đường dẫn.",
        "There is no such file. Check its path.",
    ),
    "file_too_large": (
        "Tệp lớn hơn 2 MB. Hãy xem có đúng là tệp kế hoạch không.",
        "The file is larger than 2 MB. Check that it is the plan file.",
    ),
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
    "not_toml": (
        (
            "Dòng {line}, cột {column}: không đúng cú pháp TOML. Hãy xem lại dấu bằng, dấu "
            "ngoặc kép và dấu phẩy ở chỗ đó."
        ),
        (
            "Line {line}, column {column}: not TOML ({why}). Check equals signs, quotes and "
            "commas there."
        ),
    ),
    "file_is_folder": (
        "Đây là một thư mục. Hãy ghi đường dẫn đến tệp kế hoạch ở trong đó.",
        "This is a folder. Name the plan file in it.",
    ),
    "file_closed": (
        "Không có quyền đọc tệp này. Hãy xin quyền đọc hoặc chép tệp sang chỗ khác.",
        "This file may not be read. Ask for the right to read it, or copy it elsewhere.",
    ),
    "file_unreadable": (
        "Không mở được tệp ({why}). Hãy thử chép tệp sang chỗ khác.",
        "The file cannot be opened ({why}). Try to copy it elsewhere.",
    ),
    "not_toml_at_the_end": (
        "Tệp kết thúc khi còn dở một mục. Hãy xem dấu ngoặc hoặc ngoặc kép nào chưa đóng.",
        "The file ends inside something ({why}). Look for a bracket or quote that is not closed.",
    ),
    "no_such_day": (
        "Dòng {line}: ngày hoặc giờ này không có thật. Hãy sửa lại, ví dụ 2023-02-28.",
        "Line {line}: there is no such day or time. Correct it, such as 2023-02-28.",
    ),
    "twice_in_table": (
        "Dòng {line}: mục này đã ghi ở trên. Hãy xóa một trong hai.",
        "Line {line}: this key stands above already. Delete one of the two.",
    ),
    "no_such_escape": (
        "Dòng {line}: sau dấu \\ không phải là một ký tự hợp lệ. Hãy gõ thẳng ký tự cần ghi.",
        "Line {line}: what follows the \\ is no character. Type the character itself.",
    ),
    "nested_too_deep": (
        "Các dấu ngoặc [ hoặc {{ lồng nhau quá sâu. Hãy xóa bớt.",
        "Brackets [ or {{ stand within each other too deep. Delete some.",
    ),
    "bank_not_beside": (
        (
            "“{value}” không phải là một tệp nằm cạnh tệp kế hoạch. Hãy chép tệp câu hỏi vào "
            "cùng thư mục và chỉ ghi tên tệp, ví dụ bank.csv."
        ),
        (
            "“{value}” is no file beside the plan. Copy the questions into its folder and "
            "write the name only, such as bank.csv."
        ),
    ),
    "bank_missing": (
        (
            "Cạnh tệp kế hoạch không có tệp “{value}”. Hãy chép tệp câu hỏi vào cùng thư mục, "
            "hoặc để trống mục này."
        ),
        (
            "There is no file “{value}” beside the plan. Copy the questions into its folder, "
            "or leave this empty."
        ),
    ),
    "missing": ("Thiếu mục này. Hãy thêm vào.", "This key is missing. Add it."),
    "unknown_key": (
        "Không có mục tên này. Hãy xóa hoặc xem docs/plan-format.md.",
        "There is no such key. Delete it or see docs/plan-format.md.",
    ),
    "unknown_key_near": (
        "Không có mục tên này. Có phải là “{near}”?",
        "There is no such key. Is it “{near}”?",
    ),
    "wrong_type": (
        "Sai kiểu: cần {wanted}. Hãy ghi lại.",
        "Wrong type: {wanted} is wanted. Write it anew.",
    ),
    "not_one_of": (
        "Phải là một trong: {choices}. Hãy sửa lại.",
        "Must be one of: {choices}. Correct it.",
    ),
    "time_without_zone": (
        "Thời điểm thiếu múi giờ. Hãy thêm +07:00.",
        "The time has no zone. Add +07:00.",
    ),
    "empty": (
        "Không được để trống. Hãy ghi vào.",
        "Must not be empty. Fill it in.",
    ),
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
    "out_of_bounds": (
        "Giá trị {value} nằm ngoài giới hạn: phải từ {least} đến {most}. Hãy sửa lại.",
        "The value {value} is out of bounds: it must be from {least} to {most}. Correct it.",
    ),
    "key_twice": (
        "Khóa “{value}” dùng hai lần. Hãy đổi một trong hai.",
        "The key “{value}” is used twice. Change one of them.",
    ),
    "no_such_key": (
        "“{value}” không có trong mục {where}. Hãy thêm vào đó hoặc sửa tại đây.",
        "“{value}” is not in {where}. Add it there or correct it here.",
    ),
    "ends_before_it_begins": (
        "Kết thúc không sau bắt đầu. Hãy sửa một trong hai.",
        "The end is not after the beginning. Correct one of them.",
    ),
    "outside_contest": (
        (
            "Nằm ngoài thời gian của hội thi ({first} đến {last}). Hãy sửa tại đây, hoặc sửa "
            "first_day, last_day."
        ),
        (
            "Lies outside the days of the contest ({first} to {last}). Correct it, or "
            "first_day and last_day."
        ),
    ),
    "period_outside_round": (
        "Kỳ thi nằm ngoài thời gian của vòng. Hãy sửa kỳ thi hoặc opens_at, closes_at của vòng.",
        "The period lies outside the round. Correct it, or opens_at and closes_at of the round.",
    ),
    "periods_overlap": (
        "Hai kỳ thi chồng lên nhau. Hãy để kỳ sau bắt đầu khi kỳ trước đã hết.",
        "Two periods overlap. Let the later begin when the earlier has ended.",
    ),
    "periods_missing": (
        "Giới hạn theo kỳ thì phải có các kỳ. Hãy ghi vào periods, hoặc đổi per.",
        "A limit per period needs the periods. Fill in periods, or change per.",
    ),
    "prizes_without_source": (
        "Có giải thưởng bằng tiền nhưng mục budget không có dòng kinh phí nào. Hãy thêm vào.",
        "There are prizes with amounts, but budget has no line for them. Add one.",
    ),
    "budget_exceeded": (
        "Các dòng cộng lại {sum} đồng, vượt tổng {total} đồng. Hãy giảm các dòng hoặc tăng tổng.",
        "The lines add up to {sum} đồng, more than {total} đồng. Lower them or raise the total.",
    ),
    "prizes_exceed_line": (
        (
            "Tiền giải cộng lại {sum} đồng, vượt các dòng kinh phí {total} đồng. Hãy giảm tiền "
            "giải hoặc tăng kinh phí."
        ),
        (
            "The prizes add up to {sum} đồng, more than the lines of {total} đồng. Lower the "
            "prizes or raise the lines."
        ),
    ),
    "round_held_no_way_or_both": (
        "Vòng thi phải có online hoặc segments, không có cả hai. Hãy thêm hoặc xóa một bên.",
        "A round has online or segments, not both. Add or delete one.",
    ),
    "together_not_online": (
        "Chỉ vòng thi trực tuyến mới có together. Hãy bỏ together hoặc thêm online.",
        "Only a round held online has together. Drop together, or add online.",
    ),
    "ranking_not_together": (
        "answer_time chỉ dùng khi mọi người cùng trả lời từng câu. Hãy bỏ khỏi ranking.",
        "answer_time needs a round in which all answer together. Drop it from ranking.",
    ),
    "together_half_said": (
        'pace = "together" và bảng together phải cùng có. Hãy thêm hoặc bỏ một bên.',
        'pace = "together" and the table together go together. Add or drop one.',
    ),
    "together_unfit_rule": (
        (
            'Khi mọi người cùng trả lời từng câu, hãy ghi show_result = "none", '
            "all_required = false, attempts một lượt một vòng, và bỏ prediction."
        ),
        (
            'Where all answer together, put show_result = "none", all_required = false, one '
            "attempt per round, and drop prediction."
        ),
    ),
    "together_too_short": (
        "Thời gian không đủ cho mọi câu hỏi: cần ít nhất {minutes} phút. Hãy tăng minutes.",
        "The time is too short for all questions: {minutes} minutes at least. Raise minutes.",
    ),
    "rescue_too_late": (
        "Cứu trợ bắt đầu khi đã hết câu hỏi (có {items} câu). Hãy giảm from_question.",
        "The rescue begins when no question is left (there are {items}). Lower from_question.",
    ),
    "units_hold_rounds_of_teams": (
        "Các đơn vị chỉ tự tổ chức vòng thi trực tiếp của các đội. Hãy xóa at_units hoặc đổi form.",
        "Units hold live rounds of teams only. Delete at_units, or change form.",
    ),
    "units_hold_no_drawn_rounds": (
        "Vòng do đơn vị tổ chức có mọi đội của đơn vị. Hãy xóa at_units hoặc entrants.",
        "A round at the units has all teams of each unit. Delete at_units or entrants.",
    ),
    "segment_twice": (
        "Hai phần thi trùng khóa. Hãy đổi một trong hai.",
        "Two segments have one key. Change one of them.",
    ),
    "segment_marked_two_ways": (
        "Phần thi có hơn một cách cho điểm. Chỉ giữ lại một trong judged, quiz, voted.",
        "The segment is marked in more than one way. Keep one of judged, quiz and voted.",
    ),
    "time_without_judges": (
        (
            "Thời gian trình bày chỉ dùng cho phần thi do Ban Giám khảo chấm. Hãy thêm judged "
            "hoặc bỏ time."
        ),
        "Time on stage goes with a segment that the jury marks. Add judged, or drop time.",
    ),
    "rubric_not_maximum": (
        (
            "Các tiêu chí không cho đúng điểm cao nhất của phần thi (maximum). Tổng của điểm tối "
            "đa nhân hệ số, nhân tiếp với factor, phải bằng maximum; với sum thì nhân thêm số "
            "giám khảo. Hãy sửa một bên."
        ),
        (
            "The criteria do not make the highest mark of the segment (maximum). Their maxima "
            "times their weights, times factor, must be maximum; with sum, times the number of "
            "judges too. Correct one of them."
        ),
    ),
    "quiz_not_maximum": (
        (
            "Trả lời đúng cả gói câu hỏi (kể cả ngôi sao hy vọng, điểm trả lời nhanh) không ra "
            "đúng điểm cao nhất của phần thi (maximum). Hãy sửa một bên."
        ),
        (
            "A faultless packet, star and speed included, does not make the highest mark of the "
            "segment (maximum). Correct one of them."
        ),
    ),
    "criteria_missing": (
        "Phần thi do Ban Giám khảo chấm phải có tiêu chí. Hãy ghi vào criteria.",
        "A segment that the jury marks needs criteria. Fill in criteria.",
    ),
    "criterion_twice": (
        "Hai tiêu chí trùng khóa. Hãy đổi một trong hai.",
        "Two criteria have one key. Change one of them.",
    ),
    "criterion_not_positive": (
        "Tiêu chí “{value}”: điểm tối đa, bước điểm và hệ số phải lớn hơn 0. Hãy sửa lại.",
        "The criterion “{value}”: maximum, step and weight must be above 0. Correct them.",
    ),
    "maximum_off_step": (
        "Tiêu chí “{value}”: điểm tối đa không chia hết cho bước điểm. Hãy sửa một trong hai.",
        "The criterion “{value}”: its maximum is no multiple of its step. Correct one of them.",
    ),
    "factor_not_positive": (
        "Hệ số factor phải lớn hơn 0. Hãy ghi 1 nếu không nhân.",
        "The factor must be above 0. Put 1 to leave the total as it is.",
    ),
    "far_below_zero": (
        "Mức chênh lệch far không được nhỏ hơn 0. Hãy ghi 0 nếu không cần báo.",
        "The distance far must not be below 0. Put 0 to be told of none.",
    ),
    "least_above_most": (
        "Thời gian tối thiểu lớn hơn thời gian tối đa. Hãy sửa một trong hai.",
        "The least time is above the most time. Correct one of them.",
    ),
    "over_without_most": (
        (
            "Có mức trừ khi quá giờ nhưng không có thời gian tối đa. Hãy ghi most_seconds hoặc bỏ"
            " các mức trừ."
        ),
        (
            "Being over time costs points, but there is no most time. Fill in most_seconds, or "
            "drop what it costs."
        ),
    ),
    "under_without_least": (
        (
            "Có mức trừ khi thiếu giờ nhưng không có thời gian tối thiểu. Hãy ghi least_seconds "
            "hoặc bỏ các mức trừ."
        ),
        (
            "Being under time costs points, but there is no least time. Fill in least_seconds, or"
            " drop what it costs."
        ),
    ),
    "repeat_without_step": (
        "Trừ tiếp theo từng khoảng (repeat_seconds) thì phải có bậc đầu tiên. Hãy ghi vào over.",
        "Points taken again and again (repeat_seconds) need a first step. Fill in over.",
    ),
    "repeat_half_said": (
        "repeat_seconds và repeat_points phải cùng có hoặc cùng bằng 0. Hãy sửa một trong hai.",
        "repeat_seconds and repeat_points are both given or both 0. Correct one of them.",
    ),
    "steps_out_of_order": (
        (
            "Các bậc trừ điểm phải xếp theo số giây tăng dần, và bậc sau không trừ ít hơn bậc "
            "trước. Hãy xếp lại."
        ),
        (
            "Steps stand with growing seconds, and none costs less than the one before. Put them "
            "in order."
        ),
    ),
    "step_not_positive": (
        "Mỗi bậc phải trừ nhiều hơn 0 điểm. Hãy sửa lại hoặc bỏ bậc này.",
        "Every step must cost more than 0 points. Correct it or drop it.",
    ),
    "quiz_without_questions": (
        "Phần thi kiến thức chưa có câu hỏi nào. Hãy ghi vào quiz.parts.",
        "The quiz has no questions. Fill in quiz.parts.",
    ),
    "question_without_points": (
        "Mỗi câu hỏi phải được hơn 0 điểm. Hãy sửa points trong quiz.parts.",
        "Every question must be worth more than 0 points. Correct points in quiz.parts.",
    ),
    "buzzer_with_star_or_steal": (
        (
            "Khi các đội cùng bấm chuông thì không có ngôi sao hy vọng và giành quyền trả lời. "
            "Hãy bỏ star và steal."
        ),
        "Where all teams press there is neither star nor steal. Drop star and steal.",
    ),
    "wrong_below_zero": (
        (
            "Hệ số trừ điểm câu sai không được nhỏ hơn 0, và giành quyền trả lời đúng phải được "
            "hơn 0. Hãy sửa wrong và steal."
        ),
        (
            "What a wrong answer costs must not be below 0, and a right steal must bring more "
            "than 0. Correct wrong and steal."
        ),
    ),
    "star_out_of_bounds": (
        (
            "Ngôi sao hy vọng: trả lời đúng phải được nhân hơn 1, trả lời sai không được nhân "
            "dưới 0. Hãy sửa star."
        ),
        "The star must bring more than once the value, and cost no less than 0. Correct star.",
    ),
    "speed_out_of_order": (
        "Các mức trả lời nhanh phải xếp theo số giây tăng dần. Hãy xếp lại speed.",
        "The lines of speed stand with growing seconds. Put them in order.",
    ),
    "speed_not_positive": (
        "Mỗi mức trả lời nhanh phải được hơn 0 điểm. Hãy sửa speed.",
        "Every line of speed must bring more than 0 points. Correct speed.",
    ),
    "packet_too_long": (
        "Gói câu hỏi có {items} câu, chỉ được nhiều nhất {most}. Hãy bớt câu.",
        "The packet has {items} questions and may have {most}. Take some out.",
    ),
    "ranking_unknown": (
        "Không có tiêu chí xếp hạng “{value}”. Hãy xem docs/plan-format.md.",
        "No ranking criterion “{value}”. See docs/plan-format.md.",
    ),
    "ranking_twice": (
        "Một tiêu chí xếp hạng ghi hai lần. Hãy xóa bớt.",
        "A ranking criterion stands twice. Delete one.",
    ),
    "ranking_without_points": (
        "Tiêu chí xếp hạng đầu tiên phải là points. Hãy chuyển points lên đầu.",
        "The first ranking criterion must be points. Move it to the front.",
    ),
    "ranking_prediction_not_asked": (
        (
            "Xếp hạng theo dự đoán nhưng vòng thi không hỏi dự đoán. Hãy ghi mục prediction "
            "hoặc bỏ tiêu chí này."
        ),
        (
            "Ranked by a prediction that the round does not ask for. Fill in prediction or "
            "drop the criterion."
        ),
    ),
    "prize_twice": (
        "Hai giải trùng khóa. Hãy đổi một trong hai.",
        "Two prizes have one key. Change one of them.",
    ),
    "entrants_without_this_round": (
        "entrants.among phải có chính vòng này, và không vòng nào ghi hai lần.",
        "entrants.among has to name this round, and every round once.",
    ),
    "entrants_from_twice": (
        "Một vòng được ghi hai lần trong entrants.from, hoặc vừa trong from vừa trong among.",
        "A round stands in entrants.from twice, or in from and in among.",
    ),
    "entrants_from_nowhere": (
        (
            "Có entrants.from thì phải lấy ít nhất một đội (first hoặc runners_up); không có thì "
            "cả hai bằng 0."
        ),
        (
            "With entrants.from at least one team comes on (first or runners_up); without it both "
            "are 0."
        ),
    ),
    "entrants_from_no_round": (
        (
            "Không có entrants.from thì không tách được đội của cùng một vòng. Hãy ghi "
            'apart = "unit" hoặc "nobody".'
        ),
        'Without entrants.from there is no round to keep apart: write apart = "unit" or "nobody".',
    ),
    "entrants_do_not_fit": (
        (
            "Có {value} đội vào các vòng này, không vừa: mỗi vòng ít nhất 2 đội và nhiều nhất "
            "entrants.teams đội."
        ),
        (
            "{value} teams come into these rounds and do not fit: each has 2 teams or more, and "
            "entrants.teams at most."
        ),
    ),
    "entrants_not_teams": (
        "Chỉ vòng của đội thi mới chia bảng hoặc lấy đội từ vòng trước.",
        "Only rounds of teams have heats, or teams that come on from earlier rounds.",
    ),
    "entrants_told_otherwise": (
        (
            "Vòng {value} được bốc thăm chung với vòng này nhưng ghi entrants khác, hoặc thuộc "
            "hình thức khác. Hãy ghi giống nhau."
        ),
        (
            "The round {value} is drawn together with this one, yet its entrants or its form are "
            "others. Write the same in both."
        ),
    ),
    "entrants_of_other_kind": (
        "Vòng {value} thuộc hình thức khác hoặc mục đích khác, nên không lấy đội từ đó được.",
        "The round {value} is of another form or purpose: no teams come from it.",
    ),
    "entrants_not_before": (
        (
            "Vòng {value} phải đứng trước vòng này trong tệp và kết thúc trước khi vòng này bắt "
            "đầu; các vòng không được lấy đội lẫn nhau."
        ),
        (
            "The round {value} has to stand before this one in the file and to end before it "
            "begins; rounds cannot take teams from each other in a circle."
        ),
    ),
    "entrants_not_alike": (
        (
            "Đội của các vòng trong entrants.from được so với nhau, nên vòng {value} phải có cùng "
            "thứ tự xếp hạng, cùng các phần thi và điểm tối đa với vòng ghi đầu."
        ),
        (
            "Teams of the rounds in entrants.from are compared, so the round {value} must have the "
            "ranking, the parts and highest marks of the first one."
        ),
    ),
    "side_prize_unknown": (
        (
            "Giải phụ không xét theo {value} được. Hãy ghi jury hoặc segment: và mã một phần thi "
            "của vòng."
        ),
        "No side prize goes by {value}. Write jury, or segment: and the key of a part.",
    ),
    "side_prize_online": (
        "Giải phụ chỉ có ở vòng trực tiếp trên sân khấu.",
        "Side prizes are those of live rounds only.",
    ),
    "prize_points_missing": (
        "Thiếu điểm quy đổi của giải “{value}”. Hãy thêm vào.",
        "No points are given for the prize “{value}”. Add them.",
    ),
    "form_of_other_kind": (
        (
            "Hình thức “{value}” không hợp với cách tổ chức vòng này. Hãy chọn hình thức khác "
            "hoặc sửa kind của nó."
        ),
        (
            "The form “{value}” does not fit how this round is held. Choose another or change "
            "its kind."
        ),
    ),
    "blueprint_out_of_place": (
        (
            "Dòng này ghi trùng, hoặc đứng sau dòng không phân mức độ của cùng chủ đề. Hãy xóa "
            "dòng trùng và đưa dòng có mức độ lên trước."
        ),
        (
            "This line stands twice, or after one of its topic without a level. Delete the "
            "double, and put lines with a level first."
        ),
    ),
    "maximum_below_minimum": (
        "Số tối đa nhỏ hơn số tối thiểu. Hãy sửa một trong hai.",
        "The maximum is below the minimum. Correct one of them.",
    ),
    "required_not_asked": (
        "“{value}” bắt buộc nhưng không có trong fields. Hãy thêm vào fields hoặc bỏ ở đây.",
        "“{value}” is required but not in fields. Add it there or drop it here.",
    ),
    "assumption_about_nothing": (
        "“{value}” không phải là một mục của tệp này. Hãy sửa lại, ví dụ rounds[1].online.minutes.",
        "“{value}” is not a key of this file. Correct it, such as rounds[1].online.minutes.",
    ),
    "signals_are_off": (
        "Vòng này không ghi nhận hành vi (signals = false). Hãy xóa dòng này, hoặc ghi true.",
        "This round records no signals (signals = false). Delete this line, or put true there.",
    ),
    "signals_not_announced": (
        (
            "Chỉ được ghi nhận hành vi khi thể lệ đã thông báo. Hãy ghi điều khoản ấy đúng như "
            "trong rules.text, ví dụ “Điều 8”."
        ),
        (
            "Signals are recorded only where the regulation announces them. Put the part that "
            "does, as it stands in rules.text, such as “Điều 8”."
        ),
    ),
    "signals_not_in_rules": (
        (
            "Không có “{value}” trong rules.text, là thể lệ mà thí sinh đọc và đồng ý. Hãy bổ sung "
            "vào thể lệ hoặc sửa lại ở đây."
        ),
        (
            "There is no “{value}” in rules.text, which contestants read and accept. Add it to "
            "the regulation, or correct it here."
        ),
    ),
    "signals_kept_for_ever": (
        "Thiếu số ngày lưu các ghi nhận sau ca thi. Hãy ghi từ 1 đến 365, đúng như thể lệ.",
        (
            "How many days signals are kept after the sitting is missing. Put 1 to 365, as the "
            "regulation says."
        ),
    ),
    "limit_without_part": (
        (
            "Số người tối đa chưa được kiểm tra vì chưa ghi là của vai nào. Hãy thêm mục part "
            "(presenter, quiz hoặc performer)."
        ),
        (
            "This limit is not checked, since nobody is named whom it concerns. Add the key part "
            "(presenter, quiz or performer)."
        ),
    ),
    "round_is_fixed": (
        "Thiếu vòng “{value}”, mà đề của vòng này đã niêm phong hoặc đã có điểm. Hãy ghi lại.",
        "The round “{value}” is missing, and its questions are sealed or its marks known. Add it.",
    ),
    "decimal_form": (
        "Số có quá hai chữ số thập phân. Hãy bớt đi.",
        "The number has more than two decimals. Shorten it.",
    ),
    "unseen_character": (
        "Bắt đầu bằng một ký tự không nhìn thấy. Hãy xóa và gõ lại.",
        "Begins with a character that cannot be seen. Delete it and type the text again.",
    ),
    "unseen_character_after": (
        "Sau “{before}” có một ký tự không nhìn thấy. Hãy xóa chỗ đó và gõ lại.",
        "After “{before}” stands a character that cannot be seen. Delete it and type that anew.",
    ),
    "nothing_listed": (
        "Phải có ít nhất một mục. Hãy thêm vào.",
        "At least one is needed. Add it.",
    ),
    "too_few_options": (
        "Câu hỏi thử cần ít nhất hai phương án. Hãy thêm vào.",
        "The sample question needs two options or more. Add some.",
    ),
    "name_twice": (
        "Tên “{value}” dùng hai lần. Danh sách và bộ câu hỏi tìm theo tên, nên tên phải khác nhau.",
        "The name “{value}” is used twice. Lists and questions are read by names: tell them apart.",
    ),
    "paper_too_long": (
        "Đề có {items} câu, chỉ được nhiều nhất {most}. Hãy bớt câu.",
        "The paper has {items} questions and may have {most}. Take some out.",
    ),
    "marks_too_large": (
        "Điểm cao nhất của vòng là {points}, vượt mức {most} mà phần mềm ghi được. Hãy giảm điểm.",
        (
            "The highest mark of the round is {points}, more than the {most} that can be "
            "stored. Lower the marks."
        ),
    ),
}


def sentence(problem: Problem, language: str = "vi") -> str:
    """The sentence of a problem, its parameters filled in."""
    which = 0 if language == "vi" else 1
    params = {name: _grouped(value, which) for name, value in problem.params.items()}
    if problem.code == "wrong_type":
        params["wanted"] = _WANTED[str(params["wanted"])][which]
    return SENTENCES[problem.code][which].format(**params)


def _grouped(value: ParamValue, which: int) -> ParamValue:
    """A number as it is read: 28.400.000, in English 28,400,000."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    text = f"{value:,}"
    return text if which else text.replace(",", ".")
