"""One question at a time for all, a wrong answer puts one out (docs/rules/together.md).

A round of this kind is a log of *events*, each a press at the desk. What needs no answers and no
keys is folded by `Game`: the hall and the big screen know no more. Who stands follows from events,
answers and keys by `play`, the same at the desk, at grading and in the verifier. People are told
by the numbers of their lines on the roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from hoithi.rules.errors import RuleViolation
from hoithi.rules.marks import round_marks
from hoithi.rules.ranking import Score, rank
from hoithi.rules.shapes import Positive, Strict

Position = Annotated[int, Meta(ge=0, le=100_000)]
Line = Annotated[int, Meta(ge=0, le=2**31)]
Instant = Annotated[int, Meta(ge=0, le=2**53)]


class Rescue(Strict, frozen=True):
    """When some of those who are out come back."""

    times: Annotated[Positive, Meta(description="so often at most")]
    from_question: Annotated[Positive, Meta(description="not before so many questions were asked")]
    when_left: Annotated[
        int, Meta(ge=0, le=100_000, description="only while no more than so many stand")
    ]
    back: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="so many of those who went out last come back; who went out at the same "
            "question comes back together; 0 brings back all",
        ),
    ]


class Together(Strict, frozen=True):
    """How a round of the pace `together` goes."""

    seconds: Annotated[int, Meta(ge=3, le=600, description="time to answer each question")]
    ends: Annotated[
        Literal["one_left", "last_question"],
        Meta(
            description="whether nothing more is asked once one is left, or who is left goes on to "
            "the last question"
        ),
    ]
    rescue: Annotated[Rescue, Meta(description="without it nobody comes back")] | None
    spares: Annotated[
        int,
        Meta(
            ge=0,
            le=100,
            description="so many of the paper's questions are asked only in place of cancelled "
            "ones; one at least",
        ),
    ] = 0


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is"):
    """One press."""


class Asked(Event, frozen=True, tag="asked"):
    """A question of the common paper, by its position, and from when to when it is open."""

    item: Position
    opens_ms: Instant
    closes_ms: Instant


class Announced(Event, frozen=True, tag="announced"):
    """What was right, by served positions; who stands after it, and who went out by it."""

    item: Position
    right: list[Position]
    standing: list[Line]
    out: list[Line]


class Rescued(Event, frozen=True, tag="rescued"):
    back: list[Line]


class Cancelled(Event, frozen=True, tag="cancelled"):
    """A question that puts nobody out: the one that is open, or was announced just now."""

    item: Position


class Ended(Event, frozen=True, tag="ended"):
    """Those in the first place, which may be shared."""

    winners: list[Line]


AnyEvent: TypeAlias = Asked | Announced | Rescued | Cancelled | Ended
_encoder = msgspec.json.Encoder(order="sorted")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def write_event(event: Event) -> str:
    """As the text of an order has it."""
    return _encoder.encode(event).decode()


def read_event(text: str) -> AnyEvent:
    """Raises ValueError."""
    return _decoder.decode(text)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a question is open, in milliseconds."""

    opens_ms: int
    closes_ms: int


@dataclass
class Game:
    """Where a round stands by its events alone.

    `number` counts them. `pending` is the question that was asked and is neither announced nor
    cancelled. `standing` and `out_at`, the question at which each went out, are empty until the
    first announcement: all who have started stand.
    """

    rule: Together
    items: int
    number: int = 0
    asked: list[Span] = field(default_factory=list)
    pending: int | None = None
    announced: dict[int, Announced] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    standing: frozenset[int] = frozenset()
    out_at: dict[int, int] = field(default_factory=dict)
    back: frozenset[int] = frozenset()
    rescues: int = 0
    ended: Ended | None = None
    last: Event | None = None

    @property
    def has_begun(self) -> bool:
        return bool(self.asked)

    @property
    def has_standing(self) -> bool:
        """Whether it was told who stands."""
        return bool(self.announced)

    @property
    def spares_left(self) -> int:
        """How many questions more can be cancelled and asked again with another one."""
        return max(0, self.rule.spares - len(self.cancelled))

    @property
    def length(self) -> int:
        """How many questions are asked at most: a spare one for each that was cancelled."""
        return self.items - self.spares_left

    @property
    def is_decided(self) -> bool:
        """Whether nothing more is asked by the rule."""
        left = len(self.standing)
        few = left <= 1 if self.rule.ends == "one_left" else left == 0
        return len(self.asked) == self.length or (self.has_standing and few)

    def is_out(self, line: int) -> bool:
        return line in self.out_at

    def rescued_now(self) -> list[int]:
        """Who a rescue would bring back: the last who went out, question by question."""
        rule = self.rule.rescue
        if rule is None:
            return []
        back: list[int] = []
        for item in sorted(set(self.out_at.values()), reverse=True):
            if rule.back and len(back) >= rule.back:
                break
            back += [line for line, out in self.out_at.items() if out == item]
        return sorted(back)

    @property
    def may_rescue(self) -> bool:
        """Whether the rule has a rescue for this moment, and somebody to bring back."""
        rule = self.rule.rescue
        return (
            rule is not None
            and self.ended is None
            and self.pending is None
            and not isinstance(self.last, Rescued)
            and self.rescues < rule.times
            and len(self.asked) >= rule.from_question
            and len(self.standing) <= rule.when_left
            and bool(self.out_at)
        )

    @property
    def may_ask(self) -> bool:
        return self.ended is None and self.pending is None and not self.is_decided

    @property
    def may_cancel(self) -> bool:
        """Whether the question asked last can still be cancelled."""
        return self.ended is None and isinstance(self.last, Asked | Announced)

    @property
    def may_end(self) -> bool:
        return self.ended is None and self.pending is None and self.has_begun

    @property
    def opens_from_ms(self) -> int:
        """Before this instant no other question opens: two are never open at once, but that a
        cancelled one is as good as closed."""
        if not self.asked:
            return 0
        last = self.asked[-1]
        return last.opens_ms if len(self.asked) - 1 in self.cancelled else last.closes_ms

    def take(self, event: AnyEvent) -> None:
        """The next event. Raises RuleViolation where the rules forbid it; then nothing changed."""
        if self.ended is not None:
            raise RuleViolation("together_over")
        match event:
            case Asked():
                self._ask(event)
            case Announced():
                self._announce(event)
            case Rescued():
                self._rescue(event)
            case Cancelled():
                self._cancel(event)
            case Ended():
                self._end(event)
        self.last = event
        self.number += 1

    def _ask(self, event: Asked) -> None:
        if self.pending is not None:
            raise RuleViolation("together_waits", number=self.pending + 1)
        if self.is_decided:
            raise RuleViolation("together_decided")
        in_turn = event.item == len(self.asked) and event.opens_ms >= self.opens_from_ms
        if not in_turn or event.closes_ms - event.opens_ms != self.rule.seconds * 1000:
            raise RuleViolation("together_unfit")
        self.asked.append(Span(event.opens_ms, event.closes_ms))
        self.pending = event.item
        self.back = frozenset()

    def _announce(self, event: Announced) -> None:
        if self.pending is None:
            raise RuleViolation("together_nothing_asked")
        stay, out = frozenset(event.standing), frozenset(event.out)
        fits = self.standing == stay | out if self.has_standing else True
        if event.item != self.pending or stay & out or not fits:
            raise RuleViolation("together_unfit")
        self.announced[event.item] = event
        self.standing = stay
        self.out_at |= dict.fromkeys(event.out, event.item)
        self.pending = None

    def _rescue(self, event: Rescued) -> None:
        if not self.may_rescue:
            raise RuleViolation("together_no_rescue")
        if event.back != self.rescued_now():
            raise RuleViolation("together_unfit")
        self.back = frozenset(event.back)
        self.standing |= self.back
        for line in event.back:
            del self.out_at[line]
        self.rescues += 1

    def _cancel(self, event: Cancelled) -> None:
        if not self.may_cancel:
            raise RuleViolation("together_nothing_asked")
        if event.item != len(self.asked) - 1:
            raise RuleViolation("together_unfit")
        told = self.announced.get(event.item)
        if told is not None:
            self.standing |= frozenset(told.out)
            for line in told.out:
                del self.out_at[line]
        self.cancelled.add(event.item)
        self.pending = None

    def _end(self, event: Ended) -> None:
        if self.pending is not None:
            raise RuleViolation("together_waits", number=self.pending + 1)
        if not self.has_begun:
            raise RuleViolation("together_nothing_asked")
        self.ended = event


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that came in time: the served position, and when."""

    option: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Player:
    """How far somebody came: `stood` is the number of the last question after which they stood,
    `correct` counts right answers while they stood, `answer_ms` is what those took together."""

    stood: int = 0
    correct: int = 0
    answer_ms: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """Everybody by line; who stands in the end; and after each announcement, as it should be."""

    players: Mapping[int, Player]
    standing: frozenset[int]
    told: Mapping[int, frozenset[int]]
    cancelled: frozenset[int] = frozenset()

    @property
    def counted(self) -> frozenset[int]:
        """The questions that put people out."""
        return frozenset(self.told) - self.cancelled


def play(
    events: Sequence[Event],
    answers: Mapping[int, Sequence[Given | None]],
    right: Sequence[frozenset[int] | None],
) -> Played:
    """Who stands by events, answers and keys.

    `answers[line][i]` is the answer to question i that came in time, `right[i]` the served
    positions that are right, none where a ruling gives it to all. A question that was never
    announced, one that was cancelled, and one that is given to all put nobody out.
    """
    players = dict.fromkeys(answers, Player())
    standing = frozenset(answers)
    spans: dict[int, Span] = {}
    told: dict[int, frozenset[int]] = {}
    void = frozenset(event.item for event in events if isinstance(event, Cancelled))
    for event in events:
        match event:
            case Asked():
                spans[event.item] = Span(event.opens_ms, event.closes_ms)
            case Announced():
                at, options = event.item, right[event.item]
                stay = frozenset(
                    line
                    for line in standing
                    if options is None or _is_among(answers[line][at], options)
                )
                told[at] = stay
                if at in void:
                    continue
                standing = stay
                for line in stay:
                    given = answers[line][at] if options is not None else None
                    players[line] = _further(players[line], at, given, spans[at])
            case Cancelled():
                for line in standing:
                    players[line] = replace(players[line], stood=event.item + 1)
            case Rescued():
                standing |= frozenset(event.back) & answers.keys()
    return Played(players, standing, told, void)


def _is_among(given: Given | None, options: frozenset[int]) -> bool:
    return given is not None and given.option in options


def _further(player: Player, at: int, given: Given | None, span: Span) -> Player:
    """A player who still stands after question `at`, with the answer that was right."""
    if given is None:
        return replace(player, stood=at + 1)
    return Player(at + 1, player.correct + 1, player.answer_ms + given.at_ms - span.opens_ms)


def points_of(player: Player, points_per_item: Decimal) -> Decimal:
    """The points of a round: for every question up to the last one after which they stood."""
    return round_marks(points_per_item * player.stood)


def winners(
    players: Mapping[int, Player], criteria: Iterable[str], barred: frozenset[int]
) -> list[int]:
    """The lines in the first place by those criteria that are known when the round ends; whoever
    is barred has no place."""
    known = [name for name in criteria if name in ("points", "correct", "answer_time")]
    scores = [
        Score(
            str(line),
            {
                "points": Decimal(player.stood),
                "correct": Decimal(player.correct),
                "answer_time": Decimal(player.answer_ms),
            },
        )
        for line, player in players.items()
        if line not in barred
    ]
    return sorted(int(each.entry) for each in rank(scores, known) if each.place == 1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one attempt has answered: served positions that came in time, −1 for none, and when."""

    attempt: str
    line: int
    number: int
    answers: Sequence[int]
    answered_ms: Sequence[int]

    @property
    def given(self) -> list[Given | None]:
        return [
            Given(option, at_ms) if option >= 0 else None
            for option, at_ms in zip(self.answers, self.answered_ms, strict=True)
        ]


def players_of(sheets: Iterable[Sheet]) -> dict[int, Sheet]:
    """The sheet with which each line plays: the last one, begun before the first question."""
    playing: dict[int, Sheet] = {}
    for sheet in sorted(sheets, key=lambda each: each.number):
        playing[sheet.line] = sheet
    return playing


def fold(rule: Together, items: int, events: Iterable[AnyEvent]) -> Game:
    """Where a round stands after these events. Raises RuleViolation."""
    game = Game(rule, items)
    for event in events:
        game.take(event)
    return game


def faced(
    rule: Together, items: int, events: Iterable[AnyEvent], lines: Iterable[int]
) -> dict[int, frozenset[int]]:
    """The questions that each line was asked: those announced for which it stood, as told then.
    Whoever is out answers nothing, whatever is ruled later."""
    game = Game(rule, items)
    asked: dict[int, set[int]] = {line: set() for line in lines}
    for event in events:
        game.take(event)
        if isinstance(event, Asked):
            for line in asked.keys() - game.out_at.keys():
                asked[line].add(event.item)
    return {line: frozenset(own & game.announced.keys()) for line, own in asked.items()}


def read_log(rule: Together, items: int, texts: Iterable[str]) -> tuple[Game, list[AnyEvent]]:
    """The events among the texts of orders; what is none, or is forbidden, changes nothing: so does
    the hall read them."""
    game = Game(rule, items)
    events: list[AnyEvent] = []
    for text in texts:
        try:
            event = read_event(text)
            game.take(event)
        except (ValueError, RuleViolation):
            continue
        events.append(event)
    return game, events
