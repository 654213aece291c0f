"""Every code of this room has its sentence, filled with the facts."""

from __future__ import annotations

import logging
import re

import pytest
from django.utils.translation import override

from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain
from tests.web.conftest import ROOM, Render

RAISED = re.compile(r'RuleViolation\(\s*"(\w+)"|"fault": "(\w+)"')


def codes() -> list[str]:
    found = (RAISED.findall(path.read_text()) for path in ROOM.rglob("*.py"))
    return sorted({first or second for matches in found for first, second in matches})


def test_a_sentence_says_what_happened_and_what_to_do(render: Render) -> None:
    violation = RuleViolation("too_many_rows", name="ds.xlsx", row=1_048_576, max_rows=5000)
    with override("vi"):
        assert explain(violation) == (
            "Tệp “ds.xlsx” có dữ liệu đến dòng 1.048.576; mỗi tệp nhiều nhất 5.000 dòng. "
            "Vui lòng xóa các ô thừa phía dưới hoặc chia thành nhiều tệp."
        )


def test_percent_signs_in_facts_are_harmless(render: Render) -> None:
    with override("en"):
        assert "100%s.xlsx" in explain(RuleViolation("file_password", name="100%s.xlsx"))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", codes())
def test_every_code_of_the_room_has_a_sentence(render: Render, code: str, language: str) -> None:
    violation = RuleViolation(
        code, name="a", max_mb=1, found="PDF", row=1, max_rows=1, max_columns=1
    )
    with override(language):
        sentence = explain(violation)
    assert code not in sentence
    assert "%" not in sentence


def test_a_code_without_a_sentence_is_logged_and_passed_on(
    render: Render, caplog: pytest.LogCaptureFixture
) -> None:
    with override("vi"), caplog.at_level(logging.ERROR):
        assert "(mã no_sentence_for_this)" in explain(
            RuleViolation("no_sentence_for_this", place=3)
        )
    assert caplog.messages == ["no sentence for the violation no_sentence_for_this(place=3)"]
