"""A contest with a result, for tests of public pages; scores come as a closed round gives them."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from django.test import Client

from hoithi.contests.models import Contest, Round
from hoithi.entries.models import Entry
from hoithi.people.models import Role, User
from hoithi.results.actions import ScoreRow, publish, record_round_scores
from hoithi.results.models import Publication
from tests import factories

HOME = "/hoi-thi/daknong-2023/"
RESULTS = f"{HOME}ket-qua/truc-tuyen/"


def online_round(contest: Contest) -> Round:
    return Round.objects.get(contest=contest, key="truc-tuyen")


def secretary(contest: Contest) -> User:
    return factories.user("Lê Thị Thư Ký", contest.key, Role.COMMITTEE, Role.ORGANISER)


def record(contest: Contest, *scores: tuple[Entry, str, int]) -> None:
    """Take in the scores of the online round: entry, points, milliseconds spent."""
    record_round_scores(
        each=online_round(contest),
        rows=[
            ScoreRow(
                entry.public_id.hex,
                Decimal(points),
                {
                    "points": Decimal(points),
                    "duration": Decimal(spent),
                    "submitted": Decimal(1),
                },
                bool(entry.barred_reason),
                True,
                "",
            )
            for entry, points, spent in scores
        ],
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )


def publish_online(contest: Contest, actor: User, reason: str = "") -> Publication:
    return publish(actor=actor, each=online_round(contest), reason=reason, now=factories.now())


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def text_of(html: str) -> str:
    """What a reader sees of a page, in one line."""
    body = html[html.index("<body") :]
    return _plain(body)


def read(client: Client, address: str, status: int = 200) -> str:
    """The text of a page that answers with the status."""
    response = client.get(address)
    assert response.status_code == status
    return text_of(response.content.decode())


def cells(html: str) -> list[list[str]]:
    """The body rows of the page's tables as texts."""
    bodies = "".join(re.findall(r"<tbody>.*?</tbody>", html, re.DOTALL))
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", bodies, re.DOTALL)
    found = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[_plain(cell) for cell in row] for row in found]
