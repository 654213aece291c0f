"""Everything this room says has its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.web.extraction import missing_entries

ROOM = Path(__file__).parents[2] / "hoithi/entries"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_message_and_no_code_lacks_its_words(language: str) -> None:
    assert missing_entries(ROOM, language) == []
