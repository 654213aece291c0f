"""The small case of one prize a person (tests/golden/two_rounds.py) as rows of a contest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hoithi.contests.models import Contest, Round
from hoithi.entries.models import Entry
from hoithi.people.models import Role
from hoithi.results.actions import ScoreRow, record_round_scores
from hoithi.results.models import Publication
from hoithi.results.queries import Proposal, proposal
from tests import factories
from tests.golden import two_rounds as case

QUANG_NAM = (factories.ROOT / "plans/quangnam-2022/contest.toml").read_bytes()
_HEADCOUNTS = {"M1": 400, "M2": 300, "M3": 250, "M4": 200, "M5": 120}
# Criteria of the plan in which all are equal here.
_EQUAL = {name: Decimal(1) for name in ("prediction", "duration", "started", "full_marks")}


def plan_of_the_case(content: bytes = QUANG_NAM) -> bytes:
    """The plan with as few people in the units as the case has."""
    for code, headcount in _HEADCOUNTS.items():
        content = content.replace(
            b"headcount = %d\n" % headcount, b"headcount = %d\n" % case.HEADCOUNTS[code]
        )
    return content


class Scene:
    """The contest, its people and two of its committee; scores come in round by round."""

    def __init__(self, content: bytes = QUANG_NAM) -> None:
        self.contest: Contest = factories.contest(plan_of_the_case(content))
        self.an = factories.user("An", self.contest.key, Role.COMMITTEE, Role.ORGANISER)
        self.binh = factories.user("Bình", self.contest.key, Role.COMMITTEE)
        self.entries: dict[str, Entry] = {
            who: factories.entry(
                self.contest,
                unit,
                who,
                f"{unit}-{who}",
                barred="Tổ Thư ký" if who in case.BARRED else "",
            )
            for who, unit in case.UNIT_OF.items()
        }

    def round(self, key: str) -> Round:
        return Round.objects.get(contest=self.contest, key=key)

    def score(self, key: str, points: Mapping[str, int] | None = None) -> None:
        """The scores of the case, or others."""
        record_round_scores(
            each=self.round(key),
            rows=[
                ScoreRow(
                    self.entries[who].public_id.hex,
                    Decimal(each),
                    {"points": Decimal(each), **_EQUAL},
                    is_barred=who in case.BARRED,
                    meets_requirement=True,
                    evidence="",
                )
                for who, each in (case.POINTS[key] if points is None else points).items()
            ],
            actor_id="0",
            actor_name="hoithi",
            now=factories.now(),
        )

    def table(self, key: str) -> list[tuple[int, str, str, str]]:
        """Place, who, prize, prize left for a higher one, as the case tells it."""
        proposed = proposal(self.round(key))
        keys = {line.label: line.key for line in proposed.prizes}
        return [
            (
                row.place,
                row.name,
                row.prize_key,
                keys[row.passed_on.prize] if row.passed_on else "",
            )
            for row in proposed.rows
            if not row.is_barred
        ]

    def proposal(self, key: str) -> Proposal:
        return proposal(self.round(key))


def given(publication: Publication) -> list[tuple[str, str]]:
    """Who got which prize, in order of the table."""
    return [
        (award.entry.person.name if award.entry.person else "", award.prize)
        for award in publication.awards.select_related("entry__person")
    ]
