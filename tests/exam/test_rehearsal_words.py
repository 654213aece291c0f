"""What a report says in words: the verdict, why, and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from hoithi.documents.render.decree import paper_pdf
from hoithi.exam.rehearsal_words import live_line, report_paper, seconds, told
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.report import Report
from tests.rehearsal.figures import GOOD, changed, with_kept, with_wait

AT = datetime(2026, 9, 5, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("report", "word", "sentence", "first_advice"),
    [
        (GOOD, "Sẵn sàng", "Máy chủ này sẵn sàng cho 100 thí sinh thi cùng lúc.", ""),
        (
            with_wait("save", 600),
            "Sẵn sàng, nhưng sát mức",
            "Máy chủ này sẵn sàng cho 100 thí sinh thi cùng lúc, nhưng sát mức.",
            "Trong lúc thi không chạy việc khác",
        ),
        (
            with_wait("save", 1400),
            "Chưa sẵn sàng",
            "Máy chủ này chưa sẵn sàng cho 100 thí sinh thi cùng lúc.",
            "Giảm số người thi cùng lúc",
        ),
        (
            changed(with_wait("save", 1400), lag_ms=200),
            "Chưa sẵn sàng",
            "Máy chủ này chưa sẵn sàng cho 100 thí sinh thi cùng lúc.",
            "Chính bộ giả lập cũng bị trễ",
        ),
        (
            changed(queued=40, capacity=60),
            "Chưa sẵn sàng",
            "Máy chủ này chưa sẵn sàng cho 100 thí sinh thi cùng lúc.",
            "Nâng giới hạn số người làm bài cùng lúc",
        ),
        (
            with_kept(lost=2),
            "Chưa sẵn sàng",
            "Máy chủ này chưa sẵn sàng cho 100 thí sinh thi cùng lúc.",
            "Không tổ chức thi trên máy chủ này",
        ),
    ],
)
def test_the_verdict_and_what_to_do(
    report: Report, word: str, sentence: str, first_advice: str
) -> None:
    said = told(report)
    assert (said.word, said.sentence) == (word, sentence)
    assert bool(said.advice) == bool(first_advice)
    assert not first_advice or said.advice[0].startswith(first_advice)


def test_reasons_are_sentences_with_their_figures() -> None:
    report = changed(with_wait("save", 1400), submitted=98, late=3, errors={"save 500": 4})
    assert told(report).reasons == (
        "2 thí sinh cuối cùng không nhận được biên nhận.",
        "3 câu trả lời đến quá muộn nên không được tính, vì thí sinh phải chờ.",
        "4 lượt gửi bị lỗi.",
        "Lưu câu trả lời: cứ một trăm lượt có một lượt phải chờ từ 1,4 giây trở lên.",
    )
    assert told(with_kept(lost=2)).reasons == (
        "2 trong 3.300 câu trả lời đã báo lưu không có trong sổ ghi.",
    )


def test_who_waited_for_a_turn_is_told_with_the_limit() -> None:
    said = told(changed(queued=40, capacity=60))
    assert said.reasons == (
        "40 thí sinh phải chờ đến lượt, vì phòng thi được đặt giới hạn 60 người làm bài cùng lúc.",
    )
    assert any("nhiều nhất 60 người được làm bài" in each for each in said.limits)
    assert told(changed(queued=3)).reasons == (
        "3 thí sinh phải chờ đến lượt, vì máy chủ đã bị chậm.",
    )


def test_it_is_said_whose_disk_was_looked_at() -> None:
    here, there = told(changed(store_mb=12)), told(changed(store="postgresql", store_mb=1200))
    assert here.limits[-2].endswith("ổ đĩa này đã được kiểm tra trước khi diễn tập.")
    assert here.limits[-1] == "Sổ ghi và danh sách của buổi diễn tập chiếm 12 MB."
    assert "Chỗ trống trên ổ đĩa của máy chủ đó chưa được kiểm tra" in there.limits[-2]
    assert there.limits[-1].endswith("chiếm 1.200 MB.")


def test_a_loss_is_never_told_as_nothing_lost() -> None:
    for report in (with_kept(lost=1), with_kept(twice=1), with_kept(wrong_receipts=1)):
        assert told(report).kept == (
            "Những gì đã báo lưu và những gì có trong sổ ghi không khớp nhau."
        )


def test_waits_are_shown_in_seconds() -> None:
    assert [seconds(ms) for ms in (0, 8, 84, 1000, 12_340)] == [
        *("0", "0,008", "0,084", "1", "12,34")
    ]


def test_the_paper_is_vietnamese_whatever_its_reader_reads() -> None:
    with translation.override("en"):
        assert told(GOOD).word == "Ready"
        content = paper_pdf(report_paper(GOOD, at=AT, about="Vòng một", by="An"))
    pages = PdfReader(BytesIO(content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (
        "Diễn tập thi trực tuyến với 100 thí sinh giả lập - Vòng một",
        "Diễn tập lúc 10h30 ngày 05/09/2026",
        "do An yêu cầu",
        "Sẵn sàng nghĩa là",
        "Lúc đông nhất lưu 41 câu trả lời mỗi giây",
        "Chưa thử đường mạng nơi thi",
    ):
        assert words in text


def test_one_line_says_where_it_is() -> None:
    live = Live("working", 78, 121, 300, 300, 0, 2000, 243, 209, 0)
    assert live_line(live) == (
        "Thí sinh đang làm bài · 1:18/2:01 · đã vào 300 · đã bắt đầu 300 · đã nộp 0 · "
        "lưu 243 câu/giây · 99% chờ không quá 0,209 giây · lỗi 0"
    )
    assert live_line(Live("preparing", 0, 121)) == "Đang chuẩn bị phòng thi diễn tập"
