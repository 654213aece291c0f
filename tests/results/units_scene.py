"""A round that units hold: the province with its teams, and a unit's laptop that comes and goes.

Both have the same contest, so in one database the laptop lives in a transaction that is rolled
back: only the file that it wrote remains. Two real installations: `tests/flows/test_districts.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from hoithi.contests.actions import load_plan
from hoithi.contests.models import Contest, Round
from hoithi.contests.proposals import sign_plan
from hoithi.contests.queries import unit_by_code
from hoithi.entries.models import Entry, EntryState
from hoithi.people.keys import vault
from hoithi.people.models import Role, User
from hoithi.results.actions import make_kit, take_unit_file
from hoithi.results.bundling import KEY_PURPOSE, unit_file
from hoithi.results.kits import unlock
from hoithi.results.models import TakenKit, UnitKit, UnitResult
from hoithi.stage.actions.closing import close_stage
from hoithi.stage.actions.preparing import (
    build_packets,
    open_stage,
    prepare_stage,
    seal_packets,
    seat_judge,
)
from hoithi.stage.queries import forget_states
from tests import factories
from tests.stage.parts import plan
from tests.stage.scene import Day, team

SCALE = "Công văn 1095/STTTT-CNTT ngày 19/7/2023"
_NEXT = "\n[budget]\n"


def units_plan(scale: str = SCALE) -> bytes:
    """The plan whose live round is held by the units."""
    text = plan().decode()
    assert text.count(_NEXT) == 1
    return text.replace(_NEXT, f'\n[rounds.at_units]\nscale = "{scale}"\n{_NEXT}').encode()


def hold_day(day: Day, marks: str = "15") -> None:
    """A unit's day: one team or more, five judges, from the lots to the two signatures."""
    entries = list(day.teams.values())
    places = {f"place_{entry}": str(at) for at, entry in enumerate(entries, start=1)}
    day.press("lots_hand", places, lots="order", reason="Bốc thăm bằng giấy")
    day.press("lots_commit", lots="packets:kien-thuc")
    day.press("lots_number", lots="packets:kien-thuc", number="1095")
    day.press("lots_draw", lots="packets:kien-thuc")
    judges = [day.seat(f"gk{number}").token for number in range(1, 6)]
    for entry in day.state.standing:
        turn = day.press("call", part="gioi-thieu", team=entry).turns[-1].number
        day.press("clock_start")
        day.press("clock_stop")
        day.press("clock_set", minutes="5", seconds="0", reason="Bấm muộn")
        day.press("turn_end")
        for token in judges:
            day.mark(token, turn, noi_dung=marks, hinh_thuc="8")
    for entry in day.state.standing:
        day.press("call", part="kien-thuc", team=entry)
        for _ in range(3):
            day.press("ask")
            day.press("time")
            day.press("answer", option="-1")
            day.press("key")
        day.press("turn_end")
    for entry in day.state.standing:
        turn = day.press("call", part="tieu-pham", team=entry).turns[-1].number
        day.press("turn_end")
        for token in judges:
            day.mark(token, turn, kich_ban="15", dien_xuat="16.25")
    for who in (day.chair, day.member):
        close_stage(actor=who, stage=day.stage, now=factories.now())


def opened_day(each: Round, secretary: User, chair: User, member: User) -> Day:
    """Five judges, packets sealed, the round open, with the teams that are accepted here."""
    stage = prepare_stage(actor=secretary, each=each, now=factories.now())
    for number in range(1, 6):
        seat_judge(
            actor=secretary,
            stage=stage,
            name=f"Giám khảo {number}",
            title="",
            unit=None,
            is_chair=number == 1,
            now=factories.now(),
        )
    packets = build_packets(
        actor=secretary,
        stage=stage,
        segment="kien-thuc",
        collection=factories.bank(each.contest),
        now=factories.now(),
    )
    for who in (chair, member):
        seal_packets(actor=who, packets=packets, now=factories.now())
    open_stage(actor=secretary, stage=stage, now=factories.now())
    accepted = Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED)
    teams = {entry.number: entry.public_id.hex for entry in accepted.order_by("number")}
    return Day(stage, secretary, chair, member, teams)


@dataclass
class Province:
    """The province with a team of three units; kits with their codes by unit."""

    contest: Contest
    round: Round
    secretary: User
    chair: User
    member: User
    teams: dict[str, Entry]
    kits: dict[str, tuple[UnitKit, str]]

    def kit(self, unit: str, reason: str = "") -> tuple[UnitKit, str]:
        self.kits[unit] = make_kit(
            actor_id=str(self.secretary.pk),
            actor_name=self.secretary.name,
            each=self.round,
            unit=unit_by_code(self.contest, unit),
            reason=reason,
            now=factories.now(),
        )
        return self.kits[unit]

    def take(self, file: bytes, reason: str = "", name: str = "ket-qua.zip") -> bool:
        """Whether it was new."""
        _result, is_new = take_unit_file(
            actor_id=str(self.secretary.pk),
            actor_name=self.secretary.name,
            each=self.round,
            file=file,
            file_name=name,
            reason=reason,
            now=factories.now(),
        )
        return is_new

    def change_rules(self, old: str, new: str) -> None:
        """Two people of the committee change what the plan says of the round."""
        text = units_plan().decode()
        assert text.count(old) == 1
        loaded = load_plan(
            content=text.replace(old, new).encode(),
            actor_id="1",
            actor_name="Thư ký",
            now=factories.now(),
        )
        assert loaded.proposal is not None
        for who in (self.chair, self.member):
            sign_plan(
                actor=who, proposal=loaded.proposal, reason="Theo Thể lệ", now=factories.now()
            )

    def standing(self) -> dict[str, UnitResult]:
        found = UnitResult.objects.filter(round=self.round, voided_at=None)
        return {each.unit.code: each for each in found.select_related("unit")}

    @contextmanager
    def laptop(self, unit: str) -> Iterator[TakenKit]:
        """The database as a unit's laptop has it, until the end of the block."""
        kit, code = self.kits[unit]
        _head, content = unlock(bytes(kit.file), code)
        sealed = vault().seal(KEY_PURPOSE, bytes.fromhex(content.seed))
        with transaction.atomic():
            others = Entry.objects.filter(category=self.round.category)
            others.exclude(unit__code=unit).update(state=EntryState.WITHDRAWN)
            UnitResult.objects.update(voided_at=factories.now())
            yield TakenKit.objects.create(
                round=self.round,
                unit=unit_by_code(self.contest, unit),
                public_id=kit.public_id,
                cipher=sealed.cipher,
                key_id=sealed.key_id,
                taken_at=factories.now(),
            )
            transaction.set_rollback(True)
        forget_states()

    def file(self, unit: str, marks: str = "15", also: Callable[[], None] | None = None) -> bytes:
        """What the unit's laptop wrote at the end of its day; `also` happens there before."""
        with self.laptop(unit):
            hold_day(opened_day(self.round, self.secretary, self.chair, self.member), marks)
            if also is not None:
                also()
            return unit_file(self.round)[1]


def province(content: bytes | None = None) -> Province:
    made = factories.contest(content or units_plan())
    return Province(
        made,
        Round.objects.select_related("contest", "category").get(contest=made, key="truc-tiep"),
        factories.user("Thư ký", made.key, Role.ORGANISER),
        factories.user("Trưởng ban", made.key, Role.COMMITTEE),
        factories.user("Phó ban", made.key, Role.COMMITTEE),
        {
            code: team(made, code, name)
            for code, name in (("GN", "Gia Nghĩa"), ("CJ", "Cư Jút"), ("DM", "Đắk Mil"))
        },
        {},
    )
