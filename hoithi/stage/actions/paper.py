"""Sheets of paper: typed in by two people, each without seeing what the other has typed."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from hoithi.people.models import User
from hoithi.rules.live import events as ev
from hoithi.rules.live.fold import apply
from hoithi.rules.live.state import State
from hoithi.stage.actions.log import append, hold
from hoithi.stage.models import PaperSheet, Stage


@transaction.atomic
def type_sheet(
    *,
    actor: User,
    stage: Stage,
    turn: int,
    judge: str,
    marks: Mapping[str, Decimal],
    now: datetime,
) -> bool:
    """Keep what one person typed; answers whether the sheet is in, typed twice alike.

    Whoever types again takes back what they typed before. Raises RuleViolation as the rules have it
    for a sheet that comes in.
    """
    # Of two who type at once the second finds what the first has typed.
    _check(hold(stage), turn, judge, marks)
    standing = PaperSheet.objects.filter(stage=stage, turn=turn, judge=judge, voided_at=None)
    standing.filter(typed_by=actor).update(voided_at=now)
    PaperSheet.objects.create(
        stage=stage,
        turn=turn,
        judge=judge,
        marks={key: f"{mark:f}" for key, mark in marks.items()},
        typed_by=actor,
        typed_at=now,
    )
    others = standing.exclude(typed_by=actor).select_related("typed_by")
    alike = next((each for each in others if _read(each) == dict(marks)), None)
    if alike is None:
        return False
    event = ev.SheetFromPaper(turn, judge, dict(marks), str(alike.typed_by_id), str(actor.pk))
    append(
        stage=stage,
        wish=lambda _state: [event],
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )
    standing.update(voided_at=now)
    return True


def differing(stage: Stage, turn: int, judge: str) -> Sequence[str]:
    """Criteria in which two typings of a sheet differ; nothing while only one was typed."""
    standing = PaperSheet.objects.filter(stage=stage, turn=turn, judge=judge, voided_at=None)
    typed = [_read(each) for each in standing]
    if len(typed) < 2:
        return []
    return sorted({key for other in typed[1:] for key in typed[0] if typed[0][key] != other[key]})


def _read(sheet: PaperSheet) -> dict[str, Decimal]:
    return {key: Decimal(mark) for key, mark in sheet.marks.items()}


def _check(state: State, turn: int, judge: str, marks: Mapping[str, Decimal]) -> None:
    """Whether the sheet could be in now: the first who types is told already what forbids it."""
    typed = ev.SheetFromPaper(turn, judge, dict(marks), "first", "second")
    apply(copy.deepcopy(state), ev.Line(state.last + 1, state.at_ms, typed))
