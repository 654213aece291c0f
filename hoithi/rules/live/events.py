"""What can happen in a round on stage: the lines of its log, and the chain that binds them.

A line has a number, a server time in milliseconds UTC and one event. It names nobody: teams stand
as the public ids of their entries, judges as keys of the round, people who act twice over as the
ids of the audit log. Reasons are sentences of officials about a decision and are published with it.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from hoithi.rules.canonical import canonical
from hoithi.rules.shapes import Key

Hex16 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
MaybeEntry = Annotated[str, Meta(pattern=r"\A([0-9a-f]{32})?\Z")]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Marks = dict[Key, Decimal]
LotsKey = Annotated[str, Meta(pattern=r"\A(order|packets:[a-z0-9-]+)\Z", max_length=60)]

SceneName = Literal[
    "emblem", "programme", "team", "lots", "question", "clock", "marks", "board", "awards"
]

_DOMAIN = b"hoithi/live/1\x00"
START = "0" * 64


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is"):
    """One thing that happened."""


class Judge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of the jury; `barred` are the teams that this judge may not mark."""

    judge: Key
    is_chair: bool
    barred: list[Hex16]


class Opened(Event, frozen=True, tag="opened"):
    """The first line: by which rules, who takes part, who judges, and the seals of packets."""

    regulation: Hex32
    teams: list[Hex16]
    judges: list[Judge]
    packets: dict[Key, Hex32]


class JudgeJoined(Event, frozen=True, tag="judge_joined"):
    judge: Judge
    reason: Reason


class JudgeLeft(Event, frozen=True, tag="judge_left"):
    """From now on this judge's sheets are not waited for; confirmed ones stay."""

    judge: Key
    reason: Reason


class JudgeBarred(Event, frozen=True, tag="judge_barred"):
    """A conflict that became known: the judge does not mark this team, nor has marked it."""

    judge: Key
    entry: Hex16
    reason: Reason


class TeamPresent(Event, frozen=True, tag="team_present"):
    entry: Hex16


class TeamWithdrawn(Event, frozen=True, tag="team_withdrawn"):
    """The team takes part no longer: it has no result, whatever it has done."""

    entry: Hex16
    reason: Reason


class LotsCommitted(Event, frozen=True, tag="lots_committed"):
    """The hash of a secret is shown, before the audience speaks. `among` is what is drawn."""

    lots: LotsKey
    among: list[str]
    commitment: Hex32


class LotsNumbered(Event, frozen=True, tag="lots_numbered"):
    """The number that the audience gave."""

    lots: LotsKey
    number: Annotated[str, Meta(pattern=r"\A[0-9]{1,40}\Z")]


class LotsDrawn(Event, frozen=True, tag="lots_drawn"):
    """The secret is shown; the order follows from it and the number."""

    lots: LotsKey
    secret: Hex32


class LotsByHand(Event, frozen=True, tag="lots_by_hand"):
    """Lots of paper were drawn in the hall and are entered."""

    lots: LotsKey
    order: list[str]
    reason: Reason


class LotsVoid(Event, frozen=True, tag="lots_void"):
    """A draw does not hold; another one is to be held."""

    lots: LotsKey
    reason: Reason


class TurnCalled(Event, frozen=True, tag="turn_called"):
    """A team is called to a part; in a part for which all press, nobody by name."""

    turn: Number
    segment: Key
    entry: MaybeEntry


class ClockStarted(Event, frozen=True, tag="clock_started"):
    turn: Number


class ClockStopped(Event, frozen=True, tag="clock_stopped"):
    turn: Number


class ClockSet(Event, frozen=True, tag="clock_set"):
    """What the clock should have shown at this moment."""

    turn: Number
    elapsed_ms: Annotated[int, Meta(ge=0, le=36_000_000)]
    reason: Reason


class TurnEnded(Event, frozen=True, tag="turn_ended"):
    turn: Number


class TurnVoid(Event, frozen=True, tag="turn_void"):
    """The turn does not count and can be held again; what was marked in it stays readable."""

    turn: Number
    reason: Reason


class DeviceSeated(Event, frozen=True, tag="device_seated"):
    """A judge, or a team by its entry, goes on at this device; what earlier ones send is refused.

    `epoch` counts them from 1.
    """

    seat: str
    epoch: Number


class SheetSaved(Event, frozen=True, tag="sheet_saved"):
    """A judge's marks as far as they go."""

    turn: Number
    judge: Key
    epoch: Number
    seq: Number
    marks: Marks


class SheetConfirmed(Event, frozen=True, tag="sheet_confirmed"):
    """A judge's marks, every one, from now on fixed."""

    turn: Number
    judge: Key
    epoch: Number
    seq: Number
    marks: Marks


class SheetUnlocked(Event, frozen=True, tag="sheet_unlocked"):
    """The secretary lets the judge mark again."""

    turn: Number
    judge: Key
    reason: Reason


class SheetFromPaper(Event, frozen=True, tag="sheet_from_paper"):
    """A sheet of paper, entered twice alike by two people without seeing each other's entry."""

    turn: Number
    judge: Key
    marks: Marks
    first: str
    second: str


class Abstained(Event, frozen=True, tag="abstained"):
    turn: Number
    judge: Key
    reason: Reason


class StarLaid(Event, frozen=True, tag="star_laid"):
    """The star of hope lies on the next question of the turn's team."""

    turn: Number


class QuestionShown(Event, frozen=True, tag="question_shown"):
    """A question of the packet, by its place from 0 and its id in the sealed set."""

    turn: Number
    position: Annotated[int, Meta(ge=0, le=10_000)]
    item: str


class QuestionTimed(Event, frozen=True, tag="question_timed"):
    """Its countdown begins; in a part for which all press, they may press."""

    turn: Number


class Pressed(Event, frozen=True, tag="pressed"):
    """A team pressed; the order of lines is the order of presses."""

    turn: Number
    entry: Hex16
    epoch: Number


class FloorGiven(Event, frozen=True, tag="floor_given"):
    """The chair gives the floor to a team, whatever the presses say."""

    turn: Number
    entry: Hex16
    reason: Reason


class Answered(Event, frozen=True, tag="answered"):
    """An answer by its option from 0; −1 says that none was given. By the team's own device
    (`epoch`) or, with epoch 0, as the secretary heard it."""

    turn: Number
    entry: Hex16
    option: Annotated[int, Meta(ge=-1, le=25)]
    epoch: Annotated[int, Meta(ge=0)]


class QuestionOffered(Event, frozen=True, tag="question_offered"):
    """Its owner did not have it: the others may press."""

    turn: Number


class KeyShown(Event, frozen=True, tag="key_shown"):
    """The right options; no answer is taken after it."""

    turn: Number
    right: list[Annotated[int, Meta(ge=0, le=25)]]


class QuestionSpoilt(Event, frozen=True, tag="question_spoilt"):
    """The question at this place is wrong: it counts for nobody and the next spare is asked."""

    turn: Number
    position: Annotated[int, Meta(ge=0, le=10_000)]
    reason: Reason


class PointsGiven(Event, frozen=True, tag="points_given"):
    """Points given, or taken with a minus, by two people: a warning, a fault of the machine."""

    segment: Key
    entry: Hex16
    points: Decimal
    reason: Reason
    first: str
    second: str


class VoteOpened(Event, frozen=True, tag="vote_opened"):
    segment: Key


class VoteClosed(Event, frozen=True, tag="vote_closed"):
    """What the audience gave, each phone once."""

    segment: Key
    votes: dict[Hex16, Annotated[int, Meta(ge=0)]]


class Released(Event, frozen=True, tag="released"):
    """The chair lets everybody see the marks of a part."""

    segment: Key


class Scene(Event, frozen=True, tag="scene"):
    """What the big screen shows."""

    scene: SceneName
    about: Annotated[str, Meta(max_length=80)] = ""


class Closed(Event, frozen=True, tag="closed"):
    """Everything is in; nothing follows but what a correction of the record needs."""

    first: str
    second: str


AnyEvent: TypeAlias = (
    Opened
    | JudgeJoined
    | JudgeLeft
    | JudgeBarred
    | TeamPresent
    | TeamWithdrawn
    | LotsCommitted
    | LotsNumbered
    | LotsDrawn
    | LotsByHand
    | LotsVoid
    | TurnCalled
    | ClockStarted
    | ClockStopped
    | ClockSet
    | TurnEnded
    | TurnVoid
    | DeviceSeated
    | SheetSaved
    | SheetConfirmed
    | SheetUnlocked
    | SheetFromPaper
    | Abstained
    | StarLaid
    | QuestionShown
    | QuestionTimed
    | Pressed
    | FloorGiven
    | Answered
    | QuestionOffered
    | KeyShown
    | QuestionSpoilt
    | PointsGiven
    | VoteOpened
    | VoteClosed
    | Released
    | Scene
    | Closed
)


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the log; numbers run from 1 without a gap."""

    number: Number
    at_ms: Annotated[int, Meta(ge=0)]
    event: AnyEvent


def line_hash(previous: str, line: Line) -> str:
    """The hash that binds a line to all before it, in hex."""
    content = canonical(msgspec.to_builtins(line))
    return hashlib.sha256(_DOMAIN + bytes.fromhex(previous) + content).hexdigest()
