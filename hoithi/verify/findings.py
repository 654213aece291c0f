"""What a check can find, and the sentences that say it."""

from __future__ import annotations

from dataclasses import dataclass

SENTENCES: dict[str, tuple[str, str]] = {
    "unreadable": ("Không đọc được: {detail}.", "Cannot be read: {detail}."),
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
    "journal_flaw": ("Sổ có dòng trái quy tắc: {detail}.", "The journal has a flaw: {detail}."),
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
    "standings_differ": (
        "Thứ hạng công bố khác với kết quả tính lại: {detail}.",
        "The published standing is not the one recomputed: {detail}.",
    ),
    "awards_differ": (
        "Giải công bố khác với kết quả tính lại: {detail}.",
        "The published awards are not the ones recomputed: {detail}.",
    ),
    "collective_differ": (
        "Điểm, thứ hạng hoặc giải tập thể công bố khác với kết quả tính lại: đơn vị {detail}.",
        "The published score, place or prize of a unit is not the one recomputed: {detail}.",
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: what, in which file, and which row, batch or item."""

    code: str
    place: str
    detail: str = ""

    def sentence(self, language: str = "vi") -> str:
        vietnamese, english = SENTENCES[self.code]
        text = vietnamese if language == "vi" else english
        return f"{self.place}: {text.format(detail=self.detail)}"
