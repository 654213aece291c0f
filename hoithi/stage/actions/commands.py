"""The secretary's console: one command a press, told by its name and what the form holds.

Every command names the last line of the console that the secretary saw; of two who press at once
the second is told what the first has done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import msgspec
from django.db import transaction
from django.db.models import Count

from hoithi.audit.actions import record
from hoithi.people.keys import vault
from hoithi.people.models import User
from hoithi.people.vault import Sealed
from hoithi.rules.draw import commit
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live import events as ev
from hoithi.rules.live.fold import candidates, next_position
from hoithi.rules.live.state import State, Turn
from hoithi.rules.vietnamese import tidy
from hoithi.stage.actions.log import append
from hoithi.stage.models import Secret, Stage, Vote
from hoithi.stage.packets import packet_file
from hoithi.stage.prizes import prizes_of

SECRETS = "stage_lots"
_MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Press:
    """A press on the console with the texts of its form."""

    stage: Stage
    fields: Mapping[str, str]
    now: datetime

    def text(self, name: str) -> str:
        """Raises RuleViolation where the form has nothing."""
        value = tidy(self.fields.get(name, ""))
        if not value:
            raise RuleViolation("reason_missing" if name == "reason" else "nothing_chosen")
        return value

    @property
    def reason(self) -> str:
        return self.text("reason")[:_MOST_REASON]

    def number(self, name: str) -> int:
        """A whole number of up to nine digits. Raises RuleViolation."""
        value = self.fields.get(name, "").strip()
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            raise RuleViolation("not_a_number")
        return int(value)

    def turn(self, state: State) -> Turn:
        """The turn of the form, or the one that is on. Raises RuleViolation."""
        named = bool(self.fields.get("turn"))
        found = state.turn(self.number("turn")) if named else state.on_stage
        if found is None:
            raise RuleViolation("turn_not_called")
        return found


Command: TypeAlias = Callable[[State, Press], Sequence[ev.AnyEvent]]


def _team_present(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.TeamPresent(press.text("team"))]


def _team_withdrawn(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.TeamWithdrawn(press.text("team"), press.reason)]


def _judge_left(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.JudgeLeft(press.text("judge"), press.reason)]


def _lots_commit(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    key = press.text("lots")
    secret = os.urandom(32)
    sealed = vault().seal(SECRETS, secret)
    Secret.objects.create(
        stage=press.stage,
        commitment=commit(secret),
        cipher=sealed.cipher,
        key_id=sealed.key_id,
        made_at=press.now,
    )
    return [
        ev.LotsCommitted(key, list(candidates(state, key)), commit(secret)),
        ev.Scene("lots", key),
    ]


def _lots_number(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    number = press.fields.get("number", "").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 40):
        raise RuleViolation("not_a_number")
    return [ev.LotsNumbered(press.text("lots"), number)]


def _lots_draw(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    key = press.text("lots")
    lots = state.lots.get(key)
    found = Secret.objects.filter(
        stage=press.stage, commitment=lots.commitment if lots else ""
    ).first()
    if found is None:
        raise RuleViolation("lots_not_held")
    secret = vault().open(SECRETS, Sealed(found.key_id, bytes(found.cipher)))
    return [ev.LotsDrawn(key, secret.hex())]


def _lots_hand(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    """The order as places that were typed beside the candidates: place_<candidate>."""
    key = press.text("lots")
    among = candidates(state, key)
    places = {each: press.number(f"place_{each}") for each in among}
    if sorted(places.values()) != list(range(1, len(among) + 1)):
        raise RuleViolation("lots_not_all")
    order = sorted(among, key=lambda each: places[each])
    return [ev.LotsByHand(key, order, press.reason), ev.Scene("lots", key)]


def _lots_void(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.LotsVoid(press.text("lots"), press.reason)]


def _call(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    part = press.text("part")
    entry = press.fields.get("team", "")
    called = ev.TurnCalled(len(state.turns) + 1, part, entry)
    return [called, ev.Scene("team", str(called.turn))]


def _clock_start(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    turn = press.turn(state)
    return [ev.ClockStarted(turn.number), ev.Scene("clock", str(turn.number))]


def _clock_stop(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.ClockStopped(press.turn(state).number)]


def _clock_set(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    minutes, seconds = press.number("minutes"), press.number("seconds")
    if seconds > 59 or minutes > 599:
        raise RuleViolation("not_a_number")
    elapsed = (minutes * 60 + seconds) * 1000
    return [ev.ClockSet(press.turn(state).number, elapsed, press.reason)]


def _turn_end(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    turn = press.turn(state)
    scene: ev.SceneName = "marks" if state.segment(turn.segment).judged else "team"
    return [ev.TurnEnded(turn.number), ev.Scene(scene, str(turn.number))]


def _turn_void(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.TurnVoid(press.turn(state).number, press.reason)]


def _unlock(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.SheetUnlocked(press.turn(state).number, press.text("judge"), press.reason)]


def _abstain(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.Abstained(press.turn(state).number, press.text("judge"), press.reason)]


def _star(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.StarLaid(press.turn(state).number)]


def _ask(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    """Show the next question of the packet; in the place of a spoilt one the next spare."""
    turn = press.turn(state)
    file = packet_file(press.stage, turn.segment)
    position = next_position(turn)
    quiz = state.segment(turn.segment).quiz
    if quiz is None or position >= quiz.length:
        raise RuleViolation("packet_at_its_end")
    if any(each.position == position for each in turn.questions):
        item = _spare(state, turn, position, file.spares)
    else:
        item = file.packets[state.packet(turn) - 1][position]
    return [ev.QuestionShown(turn.number, position, item), ev.Scene("question", str(turn.number))]


def _spare(state: State, turn: Turn, position: int, spares: Sequence[Sequence[str]]) -> str:
    quiz = state.segment(turn.segment).quiz
    assert quiz is not None
    used = {each.item for other in state.turns for each in other.questions}
    part = quiz.parts.index(quiz.part_of(position))
    for item in spares[part]:
        if item not in used:
            return item
    raise RuleViolation("no_spare_left")


def _time(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.QuestionTimed(press.turn(state).number)]


def _offer(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.QuestionOffered(press.turn(state).number)]


def _floor(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.FloorGiven(press.turn(state).number, press.text("team"), press.reason)]


def _answer(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    """What the secretary heard; −1 for no answer."""
    turn = press.turn(state)
    asked = turn.asked
    team = press.fields.get("team") or (asked.floor if asked and asked.floor else turn.entry)
    option = -1 if press.fields.get("option") == "-1" else press.number("option")
    if asked is None:
        raise RuleViolation("question_not_open")
    options = len(packet_file(press.stage, turn.segment).item(asked.item).options)
    if option >= options:
        raise RuleViolation("no_such_option")
    return [ev.Answered(turn.number, team, option, epoch=0)]


def _key(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    turn = press.turn(state)
    asked = turn.asked
    if asked is None:
        raise RuleViolation("question_not_open")
    item = packet_file(press.stage, turn.segment).item(asked.item)
    return [ev.KeyShown(turn.number, list(item.right))]


def _spoilt(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    turn = press.turn(state)
    if press.fields.get("position"):
        position = press.number("position")
    elif turn.asked is not None:
        position = turn.asked.position
    else:
        raise RuleViolation("question_not_asked")
    return [ev.QuestionSpoilt(turn.number, position, press.reason)]


def _vote_open(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.VoteOpened(press.text("part")), ev.Scene("emblem")]


def _vote_close(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    part = press.text("part")
    counts = (
        Vote.objects.filter(stage=press.stage, segment=part)
        .order_by()
        .values_list("entry__public_id")
        .annotate(votes=Count("pk"))
    )
    return [ev.VoteClosed(part, {entry.hex: votes for entry, votes in counts})]


def _release(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    return [ev.Released(press.text("part")), ev.Scene("board")]


def _scene(_state: State, press: Press) -> Sequence[ev.AnyEvent]:
    scene = press.text("scene")
    try:
        name = msgspec.convert(scene, ev.SceneName)
    except msgspec.ValidationError as error:
        raise RuleViolation("no_such_scene") from error
    return [ev.Scene(name, press.fields.get("about", "")[:80])]


def _reveal(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    """One prize more on the screen, from the last to the first; where the screen shows something
    else, the awards as they stood."""
    return _awards(state, press, 1)


def _reveal_back(state: State, press: Press) -> Sequence[ev.AnyEvent]:
    """One prize less, where the key was pressed once too often."""
    return _awards(state, press, -1)


def _awards(state: State, press: Press, step: int) -> Sequence[ev.AnyEvent]:
    if not state.is_closed:
        raise RuleViolation("round_not_closed")
    prizes = prizes_of(press.stage, state)
    if prizes.waits:
        raise RuleViolation("prizes_wait")
    given = sum(len(prize.entries) for prize in prizes.shown)
    shown = state.revealed + (step if state.scene.scene == "awards" else 0)
    return [ev.Scene("awards", str(max(0, min(shown, given))))]


COMMANDS: Mapping[str, Command] = {
    "team_present": _team_present,
    "team_withdrawn": _team_withdrawn,
    "judge_left": _judge_left,
    "lots_commit": _lots_commit,
    "lots_number": _lots_number,
    "lots_draw": _lots_draw,
    "lots_hand": _lots_hand,
    "lots_void": _lots_void,
    "call": _call,
    "clock_start": _clock_start,
    "clock_stop": _clock_stop,
    "clock_set": _clock_set,
    "turn_end": _turn_end,
    "turn_void": _turn_void,
    "unlock": _unlock,
    "abstain": _abstain,
    "star": _star,
    "ask": _ask,
    "time": _time,
    "offer": _offer,
    "floor": _floor,
    "answer": _answer,
    "key": _key,
    "spoilt": _spoilt,
    "vote_open": _vote_open,
    "vote_close": _vote_close,
    "release": _release,
    "scene": _scene,
    "reveal": _reveal,
    "reveal_back": _reveal_back,
}
# What changes a mark or a name on the programme after it stood; it goes into the desk's log too.
_RECORDED = frozenset(
    {"team_withdrawn", "judge_left", "lots_hand", "lots_void", "clock_set", "turn_void", "unlock"}
    | {"abstain", "floor", "spoilt"}
)


@transaction.atomic
def press(
    *, actor: User, stage: Stage, name: str, fields: Mapping[str, str], seen: int, now: datetime
) -> State:
    """Carry out a command of the console. Raises RuleViolation, `no_such_command` among them."""
    command = COMMANDS.get(name)
    if command is None:
        raise RuleViolation("no_such_command")
    pressed = Press(stage, fields, now)
    state = append(
        stage=stage,
        wish=lambda state: command(state, pressed),
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
        seen=seen,
    )
    if name in _RECORDED:
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action=f"stage.{name}",
            target=f"round:{stage.round.contest.key}/{stage.round.key}",
            now=now,
            after={"line": state.last, "reason": tidy(fields.get("reason", ""))},
        )
    return state
