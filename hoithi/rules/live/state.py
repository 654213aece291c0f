"""Where a round on stage stands: what the log has led to so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hoithi.rules.live.events import Judge, Scene
from hoithi.rules.regulation import Regulation, Segment

NOBODY = ""
ORDER = "order"
_EMBLEM = Scene("emblem")


def packets_of(segment: str) -> str:
    """The name of the draw that gives the packets of a part."""
    return f"packets:{segment}"


@dataclass(slots=True)
class Lots:
    """A draw. It is done when it has an order; `by_hand` says why it was drawn on paper."""

    among: tuple[str, ...]
    commitment: str = ""
    number: str = ""
    secret: str = ""
    order: tuple[str, ...] = ()
    by_hand: str = ""


@dataclass(slots=True)
class Sheet:
    """A judge's marks of a turn; `seq` is the last message of its device that was taken.

    `kept` are earlier confirmed marks that were unlocked, with the reason.
    """

    marks: Mapping[str, Decimal] = field(default_factory=dict)
    is_confirmed: bool = False
    abstained: str = ""
    from_paper: bool = False
    epoch: int = 0
    seq: int = 0
    confirmed_ms: int = 0
    kept: list[tuple[Mapping[str, Decimal], str]] = field(default_factory=list)

    @property
    def is_in(self) -> bool:
        """Whether nothing more is waited for."""
        return self.is_confirmed or bool(self.abstained)


@dataclass(frozen=True, slots=True)
class Reply:
    """A team's answer, option from 0 or −1; `after_ms` from when the question's time began."""

    option: int
    after_ms: int
    from_device: bool


@dataclass(slots=True)
class Question:
    """A question of a turn as it goes. Times are server times, 0 while it has not come to that."""

    position: int
    item: str
    has_star: bool
    shown_ms: int
    timed_ms: int = 0
    offered_ms: int = 0
    presses: list[str] = field(default_factory=list)
    floor: str = NOBODY
    replies: dict[str, Reply] = field(default_factory=dict)
    right: tuple[int, ...] = ()
    spoilt: str = ""

    @property
    def began_ms(self) -> int:
        """From when an answer's time is counted; where nobody started it, from being shown."""
        return self.offered_ms or self.timed_ms or self.shown_ms

    @property
    def is_over(self) -> bool:
        """Whether its key was shown, or it does not count."""
        return bool(self.right or self.spoilt)


@dataclass(frozen=True, slots=True)
class ClockCorrection:
    """The clock set right: what it showed, what it should have shown, and why."""

    before_ms: int
    after_ms: int
    reason: str


@dataclass(slots=True)
class Turn:
    """One team's part on stage; `entry` is empty where all teams press for the questions.

    `elapsed_ms` is what the clock has counted up to `running_ms`, since when it runs; 0 while it
    stands still.
    """

    number: int
    segment: str
    entry: str
    called_ms: int
    elapsed_ms: int = 0
    running_ms: int = 0
    ended_ms: int = 0
    void: str = ""
    corrections: list[ClockCorrection] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    next_has_star: bool = False

    def clock_at(self, now_ms: int) -> int:
        """What the clock shows, milliseconds; never less than it has shown."""
        running = max(0, now_ms - self.running_ms) if self.running_ms else 0
        return self.elapsed_ms + running

    @property
    def is_on(self) -> bool:
        return not self.ended_ms and not self.void

    @property
    def asked(self) -> Question | None:
        """The question that was shown last."""
        return self.questions[-1] if self.questions else None


@dataclass(slots=True)
class Correction:
    """Points that two people gave or took."""

    points: Decimal
    reason: str


@dataclass(slots=True)
class State:
    """A round on stage. `last` is the number of the last line, `at_ms` its time, `cue` the number
    of the last line which the console wrote: whoever presses there must have seen it. `revealed`
    prizes were shown when the awards were on the screen last."""

    regulation: Regulation
    teams: tuple[str, ...] = ()
    judges: dict[str, Judge] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    withdrawn: dict[str, str] = field(default_factory=dict)
    lots: dict[str, Lots] = field(default_factory=dict)
    void_lots: list[tuple[str, Lots, str]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    epochs: dict[str, int] = field(default_factory=dict)
    corrections: dict[tuple[str, str], list[Correction]] = field(default_factory=dict)
    votes: dict[str, Mapping[str, int]] = field(default_factory=dict)
    voting: str = ""
    released: set[str] = field(default_factory=set)
    scene: Scene = _EMBLEM
    scene_ms: int = 0
    revealed: int = 0
    packets: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False
    is_closed: bool = False
    last: int = 0
    cue: int = 0
    at_ms: int = 0

    def segment(self, key: str) -> Segment:
        """Raises KeyError."""
        for each in self.regulation.segments:
            if each.key == key:
                return each
        raise KeyError(key)

    @property
    def standing(self) -> tuple[str, ...]:
        """The teams that take part, in the order of the draw where one was held."""
        drawn = self.lots[ORDER].order if ORDER in self.lots else ()
        return tuple(each for each in drawn or self.teams if each not in self.withdrawn)

    @property
    def running_order(self) -> tuple[str, ...]:
        """Every team, those that withdrew too: as drawn, then whoever was not in the draw."""
        drawn = self.lots[ORDER].order if ORDER in self.lots else ()
        return (*drawn, *(each for each in self.teams if each not in drawn))

    @property
    def shown(self) -> Turn | None:
        """The turn that is on, or the last that counts: its marks come in when it has ended."""
        return next((turn for turn in reversed(self.turns) if not turn.void), None)

    @property
    def on_stage(self) -> Turn | None:
        """The turn that is on."""
        return self.turns[-1] if self.turns and self.turns[-1].is_on else None

    def turn(self, number: int) -> Turn | None:
        return self.turns[number - 1] if 1 <= number <= len(self.turns) else None

    def held(self, segment: str, entry: str) -> Turn | None:
        """The turn of a team in a part that counts, or is on."""
        for turn in reversed(self.turns):
            if turn.segment == segment and turn.entry == entry and not turn.void:
                return turn
        return None

    def panel(self, turn: Turn) -> tuple[str, ...]:
        """The judges whose sheets of this turn are waited for or are in, in the order of the jury.

        A sheet that is in stays, when its judge leaves. One who joins is not waited for in turns
        that had ended before.
        """
        return tuple(
            key
            for key, judge in self.judges.items()
            if turn.entry not in judge.barred
            and (self._is_expected(key, turn) or (key in turn.sheets and turn.sheets[key].is_in))
        )

    def _is_expected(self, judge: str, turn: Turn) -> bool:
        return judge not in self.left and self._was_there(judge, turn)

    def _was_there(self, judge: str, turn: Turn) -> bool:
        return self.joined.get(judge, 0) < turn.number

    def may_mark(self, judge: str, turn: Turn) -> bool:
        """Whether a judge was in the jury at this turn, or it cannot have its mark without one who
        joined later."""
        return self._was_there(judge, turn) or self.is_short(turn)

    def marking(self, turn: Turn) -> int:
        """How many judges have marked the turn or are waited for."""
        return sum(
            judge not in turn.sheets or not turn.sheets[judge].abstained
            for judge in self.panel(turn)
        )

    def is_short(self, turn: Turn) -> bool:
        """Whether it will have fewer sheets than its part needs (`fewest`)."""
        rule = self.segment(turn.segment).judged
        return rule is not None and self.marking(turn) < rule.fewest

    def missing(self, turn: Turn) -> tuple[str, ...]:
        """The judges whose sheets are waited for."""
        return tuple(
            judge
            for judge in self.panel(turn)
            if judge not in turn.sheets or not turn.sheets[judge].is_in
        )

    def is_judged(self, turn: Turn) -> bool:
        """Whether every sheet of the turn is in: only then does anybody see another's marks."""
        return self.segment(turn.segment).judged is not None and not self.missing(turn)

    def packet(self, turn: Turn) -> int:
        """The number of the packet that the turn's team drew, from 1; 0 while none is drawn.

        Packets go to the teams in running order. A part for which all press has packet 1.
        """
        if turn.entry == NOBODY:
            return 1
        lots = self.lots.get(packets_of(turn.segment))
        if lots is None or not lots.order:
            return 0
        drawn = self.lots[ORDER].order if ORDER in self.lots else ()
        place = (drawn or self.teams).index(turn.entry)
        return int(lots.order[place]) if place < len(lots.order) else 0
