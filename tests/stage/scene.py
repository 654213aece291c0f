"""A live round of three teams and five judges after the plan of 2023, ready for the stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import unit_by_code
from hoithi.entries.models import Entry, EntryState, Team, TeamMember
from hoithi.people.models import Role, User
from hoithi.rules.live.state import State
from hoithi.stage.actions.commands import press
from hoithi.stage.actions.devices import Opened, SheetMessage, code_of, device_by_token, open_seat
from hoithi.stage.actions.devices import take_sheet as take
from hoithi.stage.actions.preparing import (
    build_packets,
    open_stage,
    prepare_stage,
    seal_packets,
    seat_judge,
)
from hoithi.stage.models import Stage
from hoithi.stage.queries import state_at
from tests import factories
from tests.stage.parts import plan


def team(made: Contest, code: str, name: str, people: int = 4) -> Entry:
    """An accepted team with its members."""
    unit = unit_by_code(made, code)
    group = Team.objects.create(
        contest=made, unit=unit, name=name, is_sample=True, added_at=factories.now()
    )
    for number in range(people):
        person = factories.person(made, code, f"Trần Văn {name} {number}")
        TeamMember.objects.create(team=group, person=person)
    return Entry.objects.create(
        contest=made,
        category=made.categories.get(key="truc-tiep"),
        unit=unit,
        team=group,
        number=f"{code}-D01",
        state=EntryState.ACCEPTED,
        accepted_at=factories.now(),
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The people of the day and what they do; `teams` by the codes of their units."""

    stage: Stage
    secretary: User
    chair: User
    member: User
    teams: Mapping[str, str]

    @property
    def state(self) -> State:
        self.stage.refresh_from_db()
        return state_at(self.stage)

    def press(self, name: str, fields: Mapping[str, str] | None = None, **more: str) -> State:
        """A press of the secretary who has seen everything."""
        return self.press_at(factories.now(), name, {**(fields or {}), **more})

    def press_at(self, now: datetime, name: str, fields: Mapping[str, str]) -> State:
        """The same at another moment."""
        return press(
            actor=self.secretary,
            stage=self.stage,
            name=name,
            fields=fields,
            seen=self.state.cue,
            now=now,
        )

    def seat(self, key: str, *, take_over: bool = False) -> Opened:
        seat = self.stage.seats.get(key=key)
        return open_seat(
            stage=self.stage, typed=code_of(seat), take_over=take_over, now=factories.now()
        )

    def mark(
        self, token: str, turn: int, *, seq: int = 1, confirmed: bool = True, **marks: str
    ) -> State:
        """A judge's sheet, criteria with underscores."""
        held = self.state.turns[turn - 1]
        return take(
            device=device_by_token(self.stage, token),
            message=SheetMessage(
                held.segment,
                held.entry,
                turn,
                seq,
                {key.replace("_", "-"): Decimal(mark) for key, mark in marks.items()},
                confirmed,
            ),
            now=factories.now(),
        )


def ready_day(content: bytes | None = None) -> Day:
    """Three teams, five judges (the fifth of the first team's unit), packets sealed; not open."""
    made = factories.contest(content or plan())
    secretary = factories.user("Thư ký", made.key, Role.ORGANISER)
    chair = factories.user("Trưởng ban", made.key, Role.COMMITTEE)
    member = factories.user("Phó ban", made.key, Role.COMMITTEE)
    each: Round = made.rounds.get(key="truc-tiep")
    teams = {
        code: team(made, code, name).public_id.hex
        for code, name in (("GN", "Gia Nghĩa"), ("CJ", "Cư Jút"), ("DM", "Đắk Mil"))
    }
    stage = prepare_stage(actor=secretary, each=each, now=factories.now())
    for number in range(1, 6):
        seat_judge(
            actor=secretary,
            stage=stage,
            name=f"Giám khảo {number}",
            title="",
            unit=unit_by_code(made, "GN") if number == 5 else None,
            is_chair=number == 1,
            now=factories.now(),
        )
    packets = build_packets(
        actor=secretary,
        stage=stage,
        segment="kien-thuc",
        collection=factories.bank(made),
        now=factories.now(),
    )
    for who in (chair, member):
        seal_packets(actor=who, packets=packets, now=factories.now())
    return Day(stage, secretary, chair, member, teams)


def open_day(content: bytes | None = None) -> Day:
    """The same, opened."""
    day = ready_day(content)
    open_stage(actor=day.secretary, stage=day.stage, now=factories.now())
    return day
