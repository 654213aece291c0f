"""A contest with a result, for tests of public pages; scores come as a closed round gives them."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from django.test import Client

from hoithi.contests.models import Contest, Round
from hoithi.documents.actions import NewPaper, issue
from hoithi.documents.models import Document
from hoithi.entries.models import Entry
from hoithi.exam.models import Package
from hoithi.exam.sealing import build_package, seal_package, withdraw_package
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


class Committee:
    """Two people of the committee and the questions they seal."""

    def __init__(self) -> None:
        self.contest: Contest = factories.contest()
        key = self.contest.key
        self.an = factories.user("Hoàng An", key, Role.COMMITTEE, Role.ORGANISER)
        self.binh = factories.user("Đỗ Bình", key, Role.COMMITTEE)
        self.bank = factories.bank(self.contest)

    def build(self) -> Package:
        return build_package(
            actor=self.an,
            each=online_round(self.contest),
            collection=self.bank,
            now=factories.now(),
        )

    def seal(self) -> Package:
        package = self.build()
        for actor in (self.an, self.binh):
            seal_package(actor=actor, package=package, now=factories.now())
        return package

    def withdraw(self, package: Package, reason: str) -> None:
        for actor in (self.an, self.binh):
            withdraw_package(actor=actor, package=package, reason=reason, now=factories.now())


def certificate(name: str = "Trần Thị Hòa", *, sample: bool = False) -> Document:
    """A paper with one fact that its page does not show."""
    (made,) = issue(
        scope_id="daknong-2023",
        kind="giay-chung-nhan",
        symbol="GCN-BTC",
        papers=[
            NewPaper(
                title="Giấy chứng nhận Giải nhất",
                about="1/1/abc/nhat",
                facts={
                    "name": name,
                    "unit": "Huyện Cư Jút",
                    "prize": "Giải nhất",
                    "round": "Thi trực tuyến",
                    "contest": "Hội thi Chuyển đổi số",
                    "sample": sample,
                    "secret": "không được in ra",
                },
            )
        ],
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return made


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
