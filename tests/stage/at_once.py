"""What happens at once on a stage, in a process of its own (fixture `race`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from hoithi.bank.models import Collection
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.stage.actions.commands import press
from hoithi.stage.actions.devices import call_secretary, code_of, device_by_token
from hoithi.stage.actions.paper import type_sheet
from hoithi.stage.actions.preparing import build_packets, seat_judge
from hoithi.stage.models import Call, LogLine, PacketSet, PaperSheet, Stage
from hoithi.stage.packets import packet_file
from hoithi.stage.queries import jury_of
from hoithi.stage.streaming import Streaming
from tests import factories
from tests.races import at_once
from tests.stage.parts import PLAN, plan
from tests.stage.scene import Day, open_day, ready_day

VIEWERS = 20
PATH = "/san-khau/daknong-2023/truc-tiep/song"


def five_judges_and_two_secretaries() -> dict[str, object]:
    """Five sheets of one turn and two presses of the same button, all in the same moment."""
    day = open_day()
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    tokens = [day.seat(f"gk{number}").token for number in range(1, 6)]
    seen = day.state.cue
    told: list[str] = []

    def end() -> None:
        try:
            press(
                actor=day.secretary,
                stage=_own(day),
                name="turn_end",
                fields={},
                seen=seen,
                now=factories.now(),
            )
        except RuleViolation as violation:
            told.append(violation.code)

    def mark(token: str) -> None:
        held = Day(_own(day), day.secretary, day.chair, day.member, day.teams)
        held.mark(token, turn, noi_dung="15", hinh_thuc="8")

    errors = at_once(*(partial(mark, token) for token in tokens), end, end)
    numbers = list(LogLine.objects.filter(stage=day.stage).values_list("number", flat=True))
    return {
        "errors": errors,
        "told": told,
        "sheets": sum(sheet.is_confirmed for sheet in day.state.turns[0].sheets.values()),
        "ends": LogLine.objects.filter(event__is="turn_ended").count(),
        "whole": numbers == list(range(1, len(numbers) + 1)),
    }


def _own(day: Day) -> Stage:
    """The stage as a request of its own has it."""
    return Stage.objects.select_related("round__contest", "plan").get(pk=day.stage.pk)


def preparing_at_once() -> dict[str, object]:
    """Two judges are seated and the packets of a part are made twice, all in the same moment."""
    day = ready_day()
    bank = Collection.objects.get()

    def seat(name: str) -> None:
        seat_judge(
            actor=day.secretary,
            stage=_own(day),
            name=name,
            title="",
            unit=None,
            is_chair=False,
            now=factories.now(),
        )

    def build() -> None:
        build_packets(
            actor=day.secretary,
            stage=_own(day),
            segment="kien-thuc",
            collection=bank,
            now=factories.now(),
        )

    errors = at_once(partial(seat, "Giám khảo A"), partial(seat, "Giám khảo B"), build, build)
    return {
        "errors": errors,
        "judges": [judge.key for judge in jury_of(day.stage)],
        "standing": PacketSet.objects.filter(stage=day.stage, voided_at=None).count(),
        "all": PacketSet.objects.filter(stage=day.stage).count(),
    }


def paper_and_calls_at_once() -> dict[str, object]:
    """Two people type one sheet of paper, and one device calls twice."""
    day = open_day()
    turn = day.press("call", part="gioi-thieu", team=day.teams["CJ"]).turns[-1].number
    device = device_by_token(day.stage, day.seat("gk3").token)
    marks = {"noi-dung": Decimal("15.5"), "hinh-thuc": Decimal(8)}

    def typed(who: User) -> None:
        now = factories.now()
        type_sheet(actor=who, stage=_own(day), turn=turn, judge="gk2", marks=marks, now=now)

    def call() -> None:
        call_secretary(device=device, now=factories.now())

    errors = at_once(partial(typed, day.secretary), partial(typed, day.chair), call, call)
    sheet = day.state.turns[0].sheets["gk2"]
    return {
        "errors": errors,
        "in": (sheet.is_confirmed, sheet.from_paper),
        "left": PaperSheet.objects.filter(voided_at=None).count(),
        "calls": Call.objects.count(),
    }


class Viewer:
    """An open connection; `seen` are the snapshots that came."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.status = 0
        self.came = asyncio.Event()
        self.gone = asyncio.Event()

    async def receive(self) -> Mapping[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.status = message.get("status", self.status)
        for part in message.get("body", b"").split(b"\n"):
            if part.startswith(b"data: "):
                told = json.loads(part[6:])
                self.seen.append({**told["s"], "n": told["n"]})
                self.came.set()

    async def until(self, number: int) -> None:
        async with asyncio.timeout(60):
            while not self.seen or self.seen[-1]["n"] < number:
                self.came.clear()
                await self.came.wait()


def everybody_follows() -> dict[str, object]:
    """Twenty connections see a press, one that comes later sees where the round stands."""
    return asyncio.run(_everybody_follows())


async def _everybody_follows() -> dict[str, object]:
    asked: list[str] = []

    async def inner(
        scope: dict[str, Any],
        _receive: Callable[[], Awaitable[Mapping[str, Any]]],
        _send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        asked.append(scope["path"])

    app = Streaming(inner)
    day = await sync_to_async(open_day)()
    scope = {"type": "http", "method": "GET", "path": PATH}
    viewers = [Viewer() for _ in range(VIEWERS)]
    tasks = [asyncio.create_task(app(dict(scope), v.receive, v.send)) for v in viewers]
    state = await sync_to_async(lambda: day.state)()
    for viewer in viewers:
        await viewer.until(state.last)
    after = await sync_to_async(
        lambda: day.press("call", part="gioi-thieu", team=day.teams["CJ"])
    )()
    for viewer in viewers:
        await viewer.until(after.last)
    late = Viewer()
    tasks.append(asyncio.create_task(app(dict(scope), late.receive, late.send)))
    await late.until(after.last)
    for viewer in (*viewers, late):
        viewer.gone.set()
    await asyncio.gather(*tasks)
    await app(dict(scope, path="/san-khau/khong-co/vong/song"), late.receive, late.send)
    await app(dict(scope, path="/suc-khoe/"), late.receive, late.send)
    return {
        "teams": sorted({viewer.seen[-1]["turn"]["team"] for viewer in (*viewers, late)}),
        "statuses": sorted({viewer.status for viewer in (*viewers, late)}),
        "handed_on": asked,
    }


def prepared() -> dict[str, object]:
    """An open day for a server that is started on this installation: codes, teams, sessions."""
    return _prepared(plan())


def prepared_2023() -> dict[str, object]:
    """The same by the plan of 2023 as it is."""
    return _prepared(PLAN.read_bytes())


def _prepared(content: bytes) -> dict[str, object]:
    day = open_day(content)
    file = packet_file(day.stage, "kien-thuc")
    people = {"secretary": day.secretary, "chair": day.chair, "member": day.member}
    return {
        "codes": {seat.key: code_of(seat) for seat in day.stage.seats.all()},
        "teams": dict(day.teams),
        "sessions": {name: _session(user) for name, user in people.items()},
        "right": [[file.item(item).right[0] for item in packet] for packet in file.packets],
    }


def _session(user: User) -> str:
    return factories.sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
