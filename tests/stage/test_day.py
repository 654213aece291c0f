"""A whole day from the opening to the results, by actions; worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from hoithi.documents.render.decree import paper_pdf
from hoithi.results.models import RoundScore
from hoithi.stage.actions.closing import close_stage
from hoithi.stage.records import minutes_of
from tests import factories
from tests.stage.scene import open_day

pytestmark = pytest.mark.django_db


def test_a_whole_day_comes_out_as_worked_by_hand() -> None:
    day = open_day()
    gn, cj, dm = (day.teams[code] for code in ("GN", "CJ", "DM"))
    places = {f"place_{gn}": "2", f"place_{cj}": "1", f"place_{dm}": "3"}
    day.press("lots_hand", places, lots="order", reason="Bốc thăm bằng giấy")
    assert day.state.standing == (cj, gn, dm)
    day.press("lots_commit", lots="packets:kien-thuc")
    day.press("lots_number", lots="packets:kien-thuc", number="1095")
    day.press("lots_draw", lots="packets:kien-thuc")
    judges = {key: day.seat(key).token for key in ("gk1", "gk2", "gk3", "gk4", "gk5")}
    for entry in day.state.standing:
        turn = day.press("call", part="gioi-thieu", team=entry).turns[-1].number
        day.press("clock_start")
        day.press("clock_stop")
        day.press("clock_set", minutes="5", seconds="1" if entry == cj else "0", reason="Bấm muộn")
        day.press("turn_end")
        for number, (key, token) in enumerate(judges.items()):
            if key == "gk5" and entry == gn:
                continue
            day.mark(token, turn, noi_dung=str(14 + number), hinh_thuc="8")
    for entry in day.state.standing:
        day.press("call", part="kien-thuc", team=entry)
        for _ in range(3):
            day.press("ask")
            day.press("time")
            day.press("answer", option="0")
            day.press("key")
        day.press("turn_end")
    for entry in day.state.standing:
        turn = day.press("call", part="tieu-pham", team=entry).turns[-1].number
        day.press("turn_end")
        for key, token in judges.items():
            if key == "gk5" and entry == gn:
                continue
            day.mark(token, turn, kich_ban="15", dien_xuat="16.25")
    right = {
        turn.entry: sum(0 in question.right for question in turn.questions)
        for turn in day.state.turns
        if turn.segment == "kien-thuc"
    }
    close_stage(actor=day.chair, stage=day.stage, now=factories.now())
    close_stage(actor=day.member, stage=day.stage, now=factories.now())
    assert day.state.is_closed
    # Totals 22…26: without the lowest and the highest (5 sheets) the mean is 24, of 22…25 it is
    # 23.5. One second over costs a point.
    intro = {cj: Decimal(23), gn: Decimal("23.5"), dm: Decimal(24)}
    pages = PdfReader(BytesIO(paper_pdf(minutes_of(day.stage)))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Cư Jút, Giới thiệu và đề xuất giải pháp: quá 1 giây, trừ 1 điểm" in text
    assert "sửa giờ, Bấm muộn" in text
    assert "Bốc thăm bằng giấy" in text
    assert "1. Cư Jút, 2. Gia Nghĩa, 3. Đắk Mil" in text
    assert "Biên bản kết thúc lúc" in text
    scores = RoundScore.objects.filter(round=day.stage.round, voided_at=None)
    assert {score.entry.public_id.hex: score.points for score in scores} == {
        entry: intro[entry] + 10 * right[entry] + Decimal("31.25") for entry in (cj, gn, dm)
    }
