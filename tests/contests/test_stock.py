"""What the bank has beside what rounds take of it, worked out by hand."""

from __future__ import annotations

import pytest
from django.test import Client

from hoithi.contests.bank import stock_rows
from hoithi.people.models import Role
from tests import factories
from tests.stage.parts import plan

pytestmark = pytest.mark.django_db


def test_packets_on_stage_are_counted_with_their_spares_beside_papers() -> None:
    made = factories.contest()
    factories.bank(made)

    rows = {(row.topic, row.level): row for row in stock_rows(made)}

    # A paper has 2 of each level. 8 packets have 2 of any level of the topic, and 2 are spare.
    for level in ("Nhận biết", "Thông hiểu", "Vận dụng"):
        row = rows["Chuyển đổi số", level]
        assert (row.there, row.wanted, row.on_stage, row.is_short) == (12, 2, 0, False)
    whole = rows["Chuyển đổi số", ""]
    assert (whole.there, whole.wanted, whole.on_stage, whole.is_short) == (36, 6, 18, False)
    assert len(rows) == 5 * 4
    who = factories.user("Tổ đề", made.key, Role.QUESTIONS)
    page = factories.sign_in(Client(), who).get("/ban-to-chuc/daknong-2023/ngan-hang/")
    assert "Có 168 câu hỏi đúng vào ngày" in page.content.decode()


def test_parts_that_name_a_level_stand_at_it_and_a_short_bank_is_told() -> None:
    made = factories.contest(plan())  # 4 packets and a spare: 5 of each of three parts

    rows = {(row.topic, row.level): row for row in stock_rows(made)}

    assert rows["Chính quyền số", "Nhận biết"].on_stage == 5
    assert rows["Kinh tế số", "Nhận biết"].on_stage == 0
    assert rows["Kinh tế số", ""].on_stage == 5
    assert ("Chính quyền số", "") not in rows
    assert rows["Kinh tế số", ""].is_short
    who = factories.user("Tổ đề", made.key, Role.QUESTIONS)
    page = factories.sign_in(Client(), who).get("/ban-to-chuc/daknong-2023/ngan-hang/")
    told = page.content.decode()
    assert "Trong các gói trên sân khấu" in told
    assert told.count(">mọi mức độ<") == 1
