"""Numbers of papers: one series a kind and year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hoithi.documents.actions import NewPaper, issue
from hoithi.documents.models import Series

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "year"),
    [
        (datetime(2023, 12, 31, 16, 59, tzinfo=UTC), 2023),
        (datetime(2023, 12, 31, 17, 0, tzinfo=UTC), 2024),
    ],
)
def test_a_year_of_numbers_begins_at_midnight_in_vietnam(now: datetime, year: int) -> None:
    issue(
        scope_id="c1",
        kind="giay-chung-nhan",
        symbol="GCN-BTC",
        papers=[NewPaper("Giấy chứng nhận", "c1/1", {"name": "Lê Thị Mẫu"})],
        actor_id="0",
        actor_name="hoithi",
        now=now,
    )
    assert Series.objects.get().year == year
