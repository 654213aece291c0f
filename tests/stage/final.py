"""The final of the made-up contest on stage: heats and semi-finals held, the greetings marked."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.test import Client

from hoithi.stage.actions.devices import code_of
from hoithi.stage.actions.preparing import (
    build_packets,
    open_stage,
    prepare_stage,
    seal_packets,
    seat_judge,
)
from tests import factories
from tests.results.heats import FINAL, PLAN, held_semis
from tests.stage.scene import Day

# Nobody at a browser under test answers within five seconds: times that do not end.
CALM = PLAN
for quick in (b"seconds = 5,", b"seconds = 10 }", b"seconds = 15 }", b"seconds = 20 }"):
    assert quick in CALM
    CALM = CALM.replace(quick, b"seconds = 0" + quick[-2:].lstrip(b"0123456789"))
# Totals of the three judges for 1, 3 and 7; the mean is the mark: 27, 25, 29.
GREETINGS = {"1": (26, 27, 28), "3": (24, 25, 26), "7": (29, 29, 29)}


def open_final() -> Day:
    """Three teams and three judges; greetings held, marked and released. Order: 7, 3, 1."""
    made = held_semis(CALM)
    stage = prepare_stage(actor=made.secretary, each=made.round(FINAL), now=factories.now())
    for number in range(1, 4):
        seat_judge(
            actor=made.secretary,
            stage=stage,
            name=f"Giám khảo {number}",
            title="",
            unit=None,
            is_chair=number == 1,
            now=factories.now(),
        )
    bank = factories.bank(made.contest)
    for segment in ("goi-cau-hoi", "bam-chuong"):
        packets = build_packets(
            actor=made.secretary,
            stage=stage,
            segment=segment,
            collection=bank,
            now=factories.now(),
        )
        for who in (made.chair, made.member):
            seal_packets(actor=who, packets=packets, now=factories.now())
    open_stage(actor=made.secretary, stage=stage, now=factories.now())
    teams = {str(number): made.teams[number] for number in (1, 3, 7)}
    day = Day(stage, made.secretary, made.chair, made.member, teams)
    _greet(day, ("7", "3", "1"))
    return day


def _greet(day: Day, order: Sequence[str]) -> None:
    places = {f"place_{day.teams[number]}": str(at) for at, number in enumerate(order, start=1)}
    day.press("lots_hand", places, lots="order", reason="Bốc thăm bằng giấy")
    tokens = [day.seat(f"gk{number}").token for number in range(1, 4)]
    for number in order:
        turn = day.press("call", part="chao-hoi", team=day.teams[number]).turns[-1].number
        day.press("turn_end")
        for token, total in zip(tokens, GREETINGS[number], strict=True):
            day.mark(token, turn, noi_dung=str(total - 9), hinh_thuc="9")
    day.press("release", part="chao-hoi")


def prepared() -> dict[str, object]:
    """The same for a server that is started on this installation."""
    day = open_final()
    signed_in = {"secretary": day.secretary, "chair": day.chair, "member": day.member}
    return {
        "codes": {seat.key: code_of(seat) for seat in day.stage.seats.all()},
        "teams": dict(day.teams),
        "sessions": {
            name: factories.sign_in(Client(), who).cookies[settings.SESSION_COOKIE_NAME].value
            for name, who in signed_in.items()
        },
        "right": [],
    }
