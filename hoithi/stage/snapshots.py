"""The snapshot of a round as bytes, with what it needs from the tables: a few queries a line."""

from __future__ import annotations

import msgspec
from django.db import close_old_connections

from hoithi.rules.live.state import State
from hoithi.stage.models import Stage
from hoithi.stage.packets import packet_file
from hoithi.stage.prizes import prizes_of
from hoithi.stage.queries import state_at, team_names
from hoithi.stage.screen import Facts, ShownQuestion, snapshot


def snapshot_bytes(stage: Stage) -> bytes:
    """What everybody may see of a round now, as JSON."""
    state = state_at(stage)
    facts = Facts(
        contest=stage.round.contest.title,
        round=stage.round.name,
        teams=team_names(stage.round),
        question=_question(stage, state),
        prizes=prizes_of(stage, state).shown,
    )
    return msgspec.json.encode(snapshot(state, facts))


def _question(stage: Stage, state: State) -> ShownQuestion | None:
    """The question that is on the screen, and no other."""
    turn = state.on_stage
    if turn is None or turn.asked is None:
        return None
    item = packet_file(stage, turn.segment).item(turn.asked.item)
    return ShownQuestion(item.stem, tuple(item.options))


def message(number: int, content: bytes, now_ms: int) -> bytes:
    """A snapshot as a server-sent event, with the server's time at which it is sent."""
    return b'id: %d\ndata: {"now":%d,"n":%d,"s":%b}\n\n' % (number, now_ms, number, content)


def stage_key(contest: str, round_key: str) -> int | None:
    """The id of the stage of an address; called from a thread of its own."""
    close_old_connections()
    found = Stage.objects.filter(round__contest__key=contest, round__key=round_key)
    return found.values_list("pk", flat=True).first()


def current(stage: int) -> tuple[int, bytes]:
    """The number of the last line and the snapshot; called from a thread of its own."""
    close_old_connections()
    found = Stage.objects.select_related("round__contest", "round__category", "plan").get(pk=stage)
    return found.last, snapshot_bytes(found)


def last_of(stage: int) -> int:
    """The number of the last line; called from a thread of its own."""
    close_old_connections()
    return Stage.objects.values_list("last", flat=True).get(pk=stage)
