"""Twelve made-up teams in heats, semi-finals and a final, entered from minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import unit_by_code
from hoithi.entries.lineups import standing_lineup, teams_by_round
from hoithi.entries.models import Entry, EntryState, Lineup, Team
from hoithi.people.models import Role, User
from hoithi.results.actions import Minutes, publish, record_minutes
from hoithi.results.actions.lineups import draw_by_hand, fix_lineup
from tests import factories

PLAN = (Path(__file__).parents[2] / "plans/hoi-thi-mau/contest.toml").read_bytes()
HEATS = ("bang-a", "bang-b", "bang-c", "bang-d")
SEMIS = ("ban-ket-1", "ban-ket-2")
FINAL = "chung-ket"
SCAN = b"%PDF-1.4 minutes"
NUMBERS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Bracket:
    """The contest with its people; `teams` by the numbers of their units, 1 to 12."""

    contest: Contest
    secretary: User
    chair: User
    member: User
    teams: Mapping[int, str]

    def round(self, key: str) -> Round:
        return self.contest.rounds.select_related("contest", "category").get(key=key)

    def number(self, entry: str) -> int:
        return next(number for number, each in self.teams.items() if each == entry)

    def fix(self, key: str) -> Lineup:
        return fix_lineup(actor=self.secretary, each=self.round(key), now=factories.now())

    def lineup(self, key: str) -> Lineup:
        found = standing_lineup(self.round(key))
        assert found is not None
        return found

    def by_hand(self, key: str, *numbers: int) -> Lineup:
        """Fix a list and enter lots of paper in this order of teams."""
        return draw_by_hand(
            actor=self.secretary,
            lineup=self.fix(key),
            order=[self.teams[number] for number in numbers],
            reason="Bốc thăm bằng giấy tại hội trường",
            now=factories.now(),
        )

    def standing(self, key: str) -> dict[str, list[int]]:
        """The teams of each round of a field by their numbers."""
        teams = teams_by_round(self.lineup(key))
        return {each: [self.number(entry) for entry in entries] for each, entries in teams.items()}

    def enter(self, key: str, marks: Mapping[int, str]) -> None:
        """Minutes by two people: team → marks of the parts, in their order."""
        each = self.round(key)
        parts = ["chao-hoi", "goi-cau-hoi", "bam-chuong", "binh-chon"]
        minutes = Minutes(
            held_on=timezone.localdate(factories.now()),
            place="Hội trường mẫu",
            late_reason="",
            scan_name="bien-ban.pdf",
            scan=SCAN,
            marks={
                self.teams[number]: dict(zip(parts, text.split(), strict=False))
                for number, text in marks.items()
            },
        )
        for who in (self.chair, self.member):
            record_minutes(actor=who, each=each, minutes=minutes, now=factories.now())

    def publish(self, key: str, reason: str = "") -> None:
        publish(actor=self.chair, each=self.round(key), reason=reason, now=factories.now())


def bracket(content: bytes = PLAN) -> Bracket:
    made = factories.contest(content)
    teams = {number: _team(made, number).public_id.hex for number in NUMBERS}
    return Bracket(
        made,
        factories.user("Thư ký", made.key, Role.ORGANISER),
        factories.user("Trưởng ban", made.key, Role.COMMITTEE),
        factories.user("Phó ban", made.key, Role.COMMITTEE),
        teams,
    )


def _team(made: Contest, number: int) -> Entry:
    unit = unit_by_code(made, f"M{number:02}")
    group = Team.objects.create(
        contest=made, unit=unit, name=f"Đội {number}", is_sample=True, added_at=factories.now()
    )
    return Entry.objects.create(
        contest=made,
        category=made.categories.get(key="san-khau"),
        unit=unit,
        team=group,
        number=f"M{number:02}-D01",
        state=EntryState.ACCEPTED,
        accepted_at=factories.now(),
    )


# Lots of paper deal 1 5 9 into the first heat, 2 6 10 into the second, and so on.
HEAT_MARKS = {
    "bang-a": {1: "25 60 10", 5: "20 50 10", 9: "20 40 0"},  # 95, 80, 60
    "bang-b": {2: "20 50 0", 6: "20 40 5", 10: "10 10 0"},  # 70, 65, 20
    "bang-c": {3: "30 90 20", 7: "25 50 5", 11: "25 40 0"},  # 140, 80, 65
    "bang-d": {4: "20 40 0", 8: "20 30 5", 12: "20 30 0"},  # 60, 55, 50
}
# First are 1, 2, 3, 4. The best of the others are 5 and 7 with 80; then 11 and 6 with 65 and 40 for
# their packets both, and 25 for the greeting of 11 against 20.


def held_heats(content: bytes = PLAN) -> Bracket:
    """All heats held and published."""
    made = bracket(content)
    made.by_hand("bang-a", *NUMBERS)
    for key, marks in HEAT_MARKS.items():
        made.enter(key, marks)
        made.publish(key)
    return made


def held_semis(content: bytes = PLAN) -> Bracket:
    """Heats and semi-finals held and published: 1 and 3 come on, and 7 as the best runner-up."""
    made = held_heats(content)
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    made.enter("ban-ket-1", {1: "20 50 0", 2: "20 40 0", 7: "20 45 0"})
    made.enter("ban-ket-2", {5: "20 30 0", 3: "20 35 0", 4: "20 34 0"})
    for key in SEMIS:
        made.publish(key)
    made.fix(FINAL)
    return made
