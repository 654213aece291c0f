"""The vote of the audience: one of a phone, and from where they come."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from hoithi.stage.models import Vote
from tests import factories
from tests.stage.parts import SEGMENTS, plan
from tests.stage.scene import Day, open_day

pytestmark = pytest.mark.django_db
WHERE = {"contest": "daknong-2023", "round_key": "truc-tiep"}
VOTED = """
[[rounds.segments]]
key = "binh-chon"
label = "Bình chọn của khán giả"
maximum = 20
most_people = 0
registered_only = false
content = "Khán giả bình chọn qua điện thoại"

[rounds.segments.voted]
counted = true

"""


@pytest.fixture
def day() -> Day:
    made = open_day(plan(SEGMENTS + VOTED))
    made.press("vote_open", part="binh-chon")
    return made


def give(team: str, phone: int, address: str) -> tuple[int, object]:
    """What a phone at an address is answered."""
    body = {"part": "binh-chon", "team": team[:8], "device": f"{phone:032x}"}
    answer = Client(REMOTE_ADDR=address).post(
        reverse("stage:vote", kwargs=WHERE), json.dumps(body), "application/json"
    )
    return answer.status_code, answer.json()


def test_a_phone_has_one_vote_and_may_change_it(day: Day) -> None:
    for team in ("GN", "CJ", "CJ"):
        assert give(day.teams[team], 1, "192.168.1.20") == (200, {"kept": True})
    give(day.teams["DM"], 2, "192.168.1.21")
    state = day.press("vote_close", part="binh-chon")
    assert state.votes == {"binh-chon": {day.teams["CJ"]: 1, day.teams["DM"]: 1}}
    assert give(day.teams["CJ"], 3, "192.168.1.22")[0] == 409


def test_the_console_tells_how_many_votes_came_from_one_address(day: Day) -> None:
    console = factories.sign_in(Client(), day.secretary)
    page = reverse("stage:console", kwargs=WHERE)
    assert "địa chỉ mạng" not in console.get(page).content.decode()
    for phone in range(1, 8):
        give(day.teams["GN"], phone, "203.0.113.9" if phone < 6 else f"192.168.1.{phone}")
    told = "Bình chọn của khán giả: 7 phiếu, nhiều nhất 5 phiếu từ một địa chỉ mạng."
    assert told in console.get(page).content.decode()
    day.press("vote_close", part="binh-chon")
    assert told in console.get(page).content.decode()
    # No address is kept, nor what it is known by on another stage.
    kept = set(Vote.objects.values_list("source", flat=True))
    assert len(kept) == 3
    assert all(len(source) == 16 and "." not in source for source in kept)
