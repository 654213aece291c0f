"""The one way in which a line gets into the log of a round (docs/decisions/0020)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from django.db import transaction

from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import AnyEvent, Line, line_hash
from hoithi.rules.live.fold import apply
from hoithi.rules.live.state import State
from hoithi.stage.feed import tell
from hoithi.stage.models import LogLine, Stage
from hoithi.stage.queries import keep_state, state_at

# What is to happen, from where the round stands; nothing where it has happened already.
Wish: TypeAlias = Callable[[State], Sequence[AnyEvent]]


def hold(stage: Stage) -> State:
    """Keep others from writing to the round until this transaction ends; where it stands."""
    # An update takes the row on both databases; select_for_update does nothing on SQLite.
    Stage.objects.filter(pk=stage.pk).update(prepared_at=stage.prepared_at)
    stage.refresh_from_db(fields=["last", "head"])
    return state_at(stage)


@transaction.atomic
def append(
    *,
    stage: Stage,
    wish: Wish,
    actor_id: str,
    actor_name: str,
    now: datetime,
    seen: int | None = None,
) -> State:
    """Write the lines that `wish` asks for, all or none, and answer where the round then stands.

    Two who write at once come one after the other: each holds the round's row and finds what the
    other has written. `seen` is the number of the last line of the console that the writer had
    before them. Raises RuleViolation: `others_were_quicker`, and whatever the rules forbid
    (`rules.live.fold`).
    """
    state = copy.deepcopy(hold(stage))
    if seen is not None and state.cue != seen:
        raise RuleViolation("others_were_quicker")
    at_ms = max(int(now.timestamp() * 1000), state.at_ms)
    head, rows = stage.head, []
    for event in wish(state):
        line = Line(state.last + 1, at_ms, event)
        apply(state, line)
        head = line_hash(head, line)
        content: Any = msgspec.to_builtins(event)
        rows.append(
            LogLine(
                stage=stage,
                number=line.number,
                at_ms=at_ms,
                event=content,
                hash=head,
                actor_id=actor_id,
                actor_name=actor_name,
            )
        )
    if rows:
        LogLine.objects.bulk_create(rows)
        Stage.objects.filter(pk=stage.pk).update(last=state.last, head=head)
        stage.last, stage.head = state.last, head
        transaction.on_commit(lambda: _tell(stage, state))
    return state


def _tell(stage: Stage, state: State) -> None:
    keep_state(stage.pk, stage.head, state)
    tell(stage.pk)
