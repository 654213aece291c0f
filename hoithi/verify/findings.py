"""What a check can find, and the sentences that say it."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST = 200
SENTENCES: dict[str, tuple[str, str]] = {
    "not_a_bundle": (
        "Không phải hồ sơ kiểm chứng: tệp không mở được như một tệp zip.",
        "Not a bundle: it cannot be opened as a zip file.",
    ),
    "too_many_files": (
        "Có {detail} tệp bên trong, nhiều hơn bất kỳ hồ sơ nào.",
        "It has {detail} files inside, more than any bundle.",
    ),
    "too_large": (
        "Giải nén ra {detail} byte, lớn hơn bất kỳ hồ sơ nào.",
        "It unpacks to {detail} bytes, more than any bundle.",
    ),
    "name_twice": (
        "Có hai tệp cùng tên này, không biết tệp nào là thật.",
        "Two files have this name, and nobody can tell which one is meant.",
    ),
    "name_refused": (
        "Hồ sơ không được có tệp mang tên này.",
        "A bundle has no file of this name.",
    ),
    "encrypted": ("Tệp bị khóa bằng mật khẩu.", "The file is locked with a password."),
    "packed_otherwise": (
        "Tệp được nén theo cách mà hồ sơ không dùng.",
        "The file is packed in a way that bundles do not use.",
    ),
    "packed_too_densely": (
        "Tệp nhỏ nhưng giải nén ra {detail} byte; có thể là bẫy làm đầy bộ nhớ.",
        "The file is small and unpacks to {detail} bytes; that may be a trap to fill the memory.",
    ),
    "damaged": (
        "Tệp bị hỏng, không giải nén được.",
        "The file is damaged and cannot be unpacked.",
    ),
    "part_missing": ("Hồ sơ thiếu tệp này.", "The bundle lacks this file."),
    "unknown_format": (
        "Chương trình này không biết định dạng {detail}.",
        "This program does not know the format {detail}.",
    ),
    "malformed": ("Nội dung không đúng mẫu: {detail}.", "Not of the right shape: {detail}."),
    "not_canonical": (
        "Nội dung không viết ở dạng chuẩn, có thể được đọc theo nhiều cách.",
        "Not in canonical form, so that it may be read in several ways.",
    ),
    "bad_line": (
        "Có dòng không đúng mẫu, hoặc số quá lớn: {detail}.",
        "A line is not of the right shape, or a number is too large: {detail}.",
    ),
    "value_twice": ("{detail} có hai lần.", "{detail} is there twice."),
    "wrong_place": ("Đây là tệp của {detail}.", "This is the file of {detail}."),
    "held_twice": (
        "Vòng {detail} vừa là vòng trực tuyến vừa là vòng theo biên bản.",
        "The round {detail} is held online and by minutes at once.",
    ),
    "rules_unfit": (
        "Quy tắc của vòng tự mâu thuẫn: {detail}.",
        "The rules of the round contradict themselves: {detail}.",
    ),
    "keys_unfit": (
        "Đáp án không phải của bộ câu hỏi này: {detail}.",
        "The keys are not those of these questions: {detail}.",
    ),
    "too_few_items": (
        "Bộ câu hỏi không đủ câu cho một đề.",
        "There are too few questions for a paper.",
    ),
    "stage_rules_differ": (
        "Sổ diễn biến trên sân khấu không bắt đầu bằng quy định này của vòng thi.",
        "The log of the stage does not begin with these rules of the round.",
    ),
    "stage_line_refused": (
        "Sổ diễn biến trên sân khấu có dòng mà quy định không cho phép: {detail}.",
        "The log of the stage has a line that the rules forbid: {detail}.",
    ),
    "stage_not_complete": (
        "Sổ diễn biến trên sân khấu chưa đủ để có mọi điểm: {detail}.",
        "The log of the stage does not lead to every mark: {detail}.",
    ),
    "stage_marks_differ": (
        "Điểm tính từ sổ diễn biến trên sân khấu khác với điểm đã ghi.",
        "The marks that follow from the log of the stage are not those recorded.",
    ),
    "not_of_a_unit": (
        "Không phải tệp kết quả mà máy của đơn vị ghi ra.",
        "Not the file of results that a unit's machine writes.",
    ),
    "unit_not_signed": (
        "Chữ ký của đơn vị {detail} không đúng: nội dung đã bị sửa hoặc ký bằng khóa khác.",
        "The signature of unit {detail} is wrong: changed contents, or another key.",
    ),
    "unit_of_other_round": (
        "Bản ký của đơn vị {detail} thuộc hội thi, vòng thi hoặc quy định khác.",
        "What unit {detail} signed is of another contest, round or regulation.",
    ),
    "unit_log_differs": (
        "Sổ diễn biến của đơn vị {detail} không phải là sổ mà đơn vị đã ký.",
        "The log of unit {detail} is not the one that it signed.",
    ),
    "mark_missing": (
        "Điểm thiếu hoặc vượt mức tối đa: {detail}.",
        "A mark is missing or above its maximum: {detail}.",
    ),
    "not_told": (
        "Không nói gì về {detail}.",
        "Nothing is said of {detail}.",
    ),
    "two_units": (
        "Thí sinh {detail} thuộc hai đơn vị.",
        "The entry {detail} belongs to two units.",
    ),
    "unreadable": ("Không tính lại được: {detail}.", "Cannot be recomputed: {detail}."),
    "not_as_public": (
        "Khác với giá trị đã công bố trước: {detail}.",
        "Not the value that was public before: {detail}.",
    ),
    "file_unused": (
        "Tệp không thuộc phần nào của hồ sơ.",
        "The file belongs to no part of the bundle.",
    ),
    "file_changed": (
        "Tệp đã bị thay đổi sau khi lập bảng kê.",
        "The file was changed after the manifest was written.",
    ),
    "file_unlisted": ("Tệp không có trong bảng kê.", "The file is not in the manifest."),
    "file_missing": ("Thiếu tệp có trong bảng kê.", "A file of the manifest is missing."),
    "commitment_differs": (
        "Đề hoặc đáp án không khớp với cam kết đã công bố.",
        "Questions or keys do not fit the published commitment.",
    ),
    "questions_closed": (
        "Đề và đáp án chưa có trong hồ sơ (vòng khác còn dùng), nên chưa tính lại được vòng này.",
        "Questions and keys are not public yet: another round uses them. Nothing was recomputed.",
    ),
    "roster_differs": (
        "Danh sách dự thi không khớp với mã băm đã công bố khi mở phòng thi.",
        "The roster does not fit the hash committed at the opening.",
    ),
    "opening_missing": (
        "Sổ {detail} không mở đầu bằng mã băm của danh sách dự thi.",
        "Writer {detail} does not begin with the hash of the roster.",
    ),
    "opening_again": (
        "Sổ {detail} mở ca thi hơn một lần.",
        "Writer {detail} opens the sitting more than once.",
    ),
    "opened_with_another_roster": (
        "Phòng thi đã mở với một danh sách dự thi khác, có mã băm {detail}.",
        "The hall opened with another roster, whose hash is {detail}.",
    ),
    "chain_from_nowhere": (
        "Chuỗi bắt đầu từ một mã không có trong sổ.",
        "The chain starts from a head that no writer had reached.",
    ),
    "chain_broken": (
        "Lô {detail} không nối tiếp lô trước.",
        "Batch {detail} does not follow the one before.",
    ),
    "batch_changed": (
        "Nội dung lô {detail} đã bị thay đổi.",
        "The contents of batch {detail} were changed.",
    ),
    "batch_out_of_place": (
        "Lô {detail} thiếu, thừa hoặc sai thứ tự.",
        "Batch {detail} is missing, added or out of order.",
    ),
    "rows_missing": ("Thiếu nội dung từ lô {detail}.", "Rows are missing from batch {detail} on."),
    "head_differs": (
        "Mã cuối của sổ {detail} khác với biên bản đóng ca thi.",
        "The last head of writer {detail} is not the one in the closing record.",
    ),
    "started_twice": (
        "Lượt thi bắt đầu hai lần: {detail}.",
        "An attempt was started twice: {detail}.",
    ),
    "submitted_twice": (
        "Lượt thi được nộp hai lần: {detail}.",
        "An attempt was handed in twice: {detail}.",
    ),
    "unknown_position": (
        "Trả lời cho một câu không có trong đề: {detail}.",
        "An answer to a question that no paper has: {detail}.",
    ),
    "unknown_option": (
        "Trả lời bằng một phương án không thể có: {detail}.",
        "An answer that no question can offer: {detail}.",
    ),
    "number_twice": (
        "Hai lần lưu mang cùng một số thứ tự: lượt thi {detail}.",
        "Two saves have the same number: attempt {detail}.",
    ),
    "number_missing": (
        "Thiếu một lần lưu: số thứ tự không liên tục ở lượt thi {detail}.",
        "A save is missing: the numbers of attempt {detail} have a gap.",
    ),
    "answer_after_end": (
        "Trả lời sau khi lượt thi đã hết giờ hoặc đã nộp: {detail}.",
        "An answer after the end of its attempt: {detail}.",
    ),
    "submitted_after_deadline": (
        "Bài nộp sau khi hết giờ được ghi như nộp đúng giờ: {detail}.",
        "An attempt was handed in after its deadline: {detail}.",
    ),
    "start_without_deadline": (
        "Lượt thi không có giờ kết thúc: {detail}.",
        "An attempt has no deadline: {detail}.",
    ),
    "attempt_without_start": (
        "Lượt thi không có dòng bắt đầu: {detail}.",
        "An attempt has no start: {detail}.",
    ),
    "attempt_unnumbered": (
        "Lượt thi không có số thứ tự hợp lệ: {detail}.",
        "An attempt has no valid number: {detail}.",
    ),
    "attempt_twice": (
        "Hai lượt thi cùng dòng danh sách và cùng số thứ tự: {detail}.",
        "Two attempts have the same line and number: {detail}.",
    ),
    "order_applied_differently": (
        "Hai máy ghi khác nhau về lệnh {detail}.",
        "Two writers have order {detail} differently.",
    ),
    "times_differ": (
        "Giờ thi và các lệnh về giờ không khớp với vân tay đã công bố khi thu bài.",
        "The times and the orders about them do not fit the hash published at the collecting.",
    ),
    "order_differs": (
        "Lệnh {detail} về thời gian không có trong sổ, hoặc có nội dung khác.",
        "Order {detail} about time is not in the journal, or is another one there.",
    ),
    "papers_differ": (
        "Mọi người cùng trả lời từng câu, nhưng danh sách dự thi không cho mọi người cùng một đề.",
        "All answer together, but the roster does not give all of them the same paper.",
    ),
    "together_differs": (
        "Diễn biến vòng thi khác với mã băm trong biên bản đóng ca thi.",
        "The log of the round does not fit the hash in the closing record.",
    ),
    "together_refused": (
        "Diễn biến vòng thi có lệnh số {detail} mà quy định không cho phép.",
        "The log of the round has order {detail}, which the rules forbid.",
    ),
    "answered_outside": (
        "Câu trả lời được tính nhưng không đến trong thời gian mở của câu hỏi: {detail}.",
        "A counted answer that did not come while its question was open: {detail}.",
    ),
    "standing_differs": (
        "Tính lại câu {detail}: đáp án hoặc những người còn trên sàn thi khác với đã công bố.",
        "Question {detail}, worked out again: what was right or who stands is not what was told.",
    ),
    "winner_differs": (
        "Người thắng tính lại khác với người đã được báo khi kết thúc vòng thi.",
        "Who won, worked out again, is not who was told at the end of the round.",
    ),
    "started_outside": (
        "Lượt thi bắt đầu ngoài mọi khoảng thời gian được phép: {detail}.",
        "An attempt began outside every time that was allowed: {detail}.",
    ),
    "unknown_line": (
        "Lượt thi của dòng {detail} không có trong danh sách.",
        "An attempt belongs to line {detail}, which the roster does not have.",
    ),
    "foreign_paper": (
        "Lượt thi {detail} có phương án không thuộc đề của thí sinh.",
        "Attempt {detail} has an option that its paper does not offer.",
    ),
    "receipts_differ": (
        "Gốc Merkle của biên nhận khác với số đã công bố.",
        "The Merkle root over the receipts is not the one published.",
    ),
    "ruling_by_one": (
        "Phán quyết về câu {detail} không có đủ hai người.",
        "The ruling on item {detail} was not made by two people.",
    ),
    "ruling_unfit": (
        "Phán quyết về câu {detail} không áp dụng được cho bộ câu hỏi này.",
        "The ruling on item {detail} cannot be applied to these questions.",
    ),
    "counts_differ": (
        "Các số liệu đã chốt (người dự thi, lượt thi, người đúng tất cả) khác với số tính lại.",
        "The frozen counts (participants, attempts, all correct) are not those recomputed.",
    ),
    "standings_differ": (
        "Thứ hạng công bố khác với kết quả tính lại: {detail}.",
        "The published standing is not the one recomputed: {detail}.",
    ),
    "awards_differ": (
        "Giải công bố khác với kết quả tính lại: {detail}.",
        "The published awards are not the ones recomputed: {detail}.",
    ),
    "side_prizes_differ": (
        "Giải phụ công bố khác với kết quả tính lại: {detail}.",
        "The published side prizes are not the ones recomputed: {detail}.",
    ),
    "choice_by_one": (
        "Việc chọn đội nhận {detail} không có đủ hai người ký.",
        "The choice of {detail} was not signed by two people.",
    ),
    "collective_differ": (
        "Điểm, thứ hạng hoặc giải tập thể công bố khác với kết quả tính lại: đơn vị {detail}.",
        "The published score, place or prize of a unit is not the one recomputed: {detail}.",
    ),
    "lineup_missing": (
        "Vòng này không phải của mọi đội, nhưng hồ sơ không có danh sách đội vào vòng.",
        "Not every team is in this round, yet the bundle does not say which ones came into it.",
    ),
    "lineup_twice": (
        "Có hai danh sách đội vào vòng cùng có hiệu lực.",
        "Two lists of the teams of these rounds are in force at once.",
    ),
    "lineup_rules_differ": (
        "Danh sách đội vào vòng không theo quy định này của vòng.",
        "The list of teams is not one by these rules of the round.",
    ),
    "lineup_source_missing": (
        "Chưa có kết quả công bố của {detail}, nên chưa tính lại được đội nào vào vòng.",
        "{detail} is not published, so that nobody can tell which teams came on from it.",
    ),
    "lineup_lots_differ": (
        "Kết quả bốc thăm không theo vân tay, số bí mật và con số đã ghi.",
        "The lots do not follow from the fingerprint, the secret and the number that are told.",
    ),
    "lineup_dealt_otherwise": (
        "Các đội được xếp vào các vòng khác với thứ tự bốc thăm.",
        "The teams came into other rounds than their lots put them.",
    ),
    "lineup_not_by_rules": (
        "Danh sách đội vào vòng không theo quy định: {detail}.",
        "The list of teams is not possible by the rules: {detail}.",
    ),
    "lineup_by_one": (
        "Việc thay đội {detail} không có đủ hai người ký.",
        "That the team {detail} left was not signed by two people.",
    ),
    "successor_differs": (
        "Đội vào thay không phải đội kế tiếp theo kết quả: {detail}.",
        "Not the team that was next in order came for one that left: {detail}.",
    ),
    "foreign_team": (
        "Đội {detail} có mặt mà không thuộc vòng này theo kết quả và bốc thăm.",
        "The team {detail} was there and does not belong into the round by results and lots.",
    ),
    "team_left_out": (
        "Đội {detail} được vào vòng này nhưng không có trong đó.",
        "The team {detail} had come into the round and is not in it.",
    ),
    "round_missing": (
        "Chưa có kết quả công bố của {detail}; giải các vòng được xét chung nên chưa tính lại đủ.",
        "Prizes of all rounds depend on each other, and {detail} is not published yet.",
    ),
    "round_unlisted": (
        "Vòng {detail} không có trong danh sách các vòng của cuộc thi.",
        "The round {detail} is not among the rounds of the contest.",
    ),
}

# What a value is called in the middle of a sentence.
VALUES: dict[str, tuple[str, str]] = {
    "contest": ("cuộc thi", "the contest"),
    "commitment": ("mã cam kết", "the commitment"),
    "questions_sha256": ("vân tay bộ câu hỏi", "the fingerprint of the questions"),
    "keys_sha256": ("vân tay đáp án", "the fingerprint of the keys"),
    "sitting": ("ca thi", "the sitting"),
    "roster_sha256": ("vân tay danh sách", "the fingerprint of the roster"),
    "heads": ("mã cuối các sổ ghi", "the ends of the journals"),
    "passed": ("mã sổ ghi trong lúc thi", "the ends of the journals during the exam"),
    "receipts": ("số biên nhận", "the number of receipts"),
    "receipts_root": ("mã gốc của các biên nhận", "the root of the receipts"),
    "times_sha256": (
        "vân tay giờ thi và các lệnh về giờ",
        "the fingerprint of the times and the orders about them",
    ),
    "presses_sha256": (
        "vân tay diễn biến của vòng cùng trả lời từng câu",
        "the fingerprint of the log of a round in which all answer together",
    ),
    "time": (
        "giờ mở và giờ đóng khi công bố danh sách",
        "the opening and closing as published with the roster",
    ),
    "kit": (
        "khóa ký của đơn vị, nay không phải khóa đã lập cho đơn vị đến lúc ấy",
        "the key of the unit, which is none of those made for it until that hour",
    ),
    "published": ("kết quả", "the results"),
    "version": (
        "kết quả, nay là phiên bản khác (vân tay của phiên bản cũ có trên trang của phiên bản đó)",
        "the results, now another version (the older one has its fingerprint on its own page)",
    ),
    "values": ("tất cả, vì hồ sơ không đọc được", "all of them, as the bundle cannot be read"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: what, in which file, and which row, batch or item."""

    code: str
    place: str
    detail: str = ""

    def sentence(self, language: str = "vi") -> str:
        vietnamese, english = SENTENCES[self.code]
        text, detail = vietnamese if language == "vi" else english, self.detail
        if self.code == "not_as_public":
            detail = VALUES.get(detail, (detail, detail))[0 if language == "vi" else 1]
        return f"{_shown(self.place)}: {text.format(detail=_shown(detail))}"


class BundleError(ValueError):
    """A part of a bundle that cannot be read; nothing can be said of what rests on it."""

    def __init__(self, code: str, part: str, detail: str = "") -> None:
        super().__init__(code, part, detail)
        self.finding = Finding(code, part, detail)


def _shown(text: str) -> str:
    """Text of a stranger's file for a terminal: nothing that moves the cursor, and not for ever."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return shown_whole(short)


def shown_whole(text: str) -> str:
    """The same, however long: what is to be compared is not cut."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)
