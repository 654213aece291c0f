"""The sittings as the hall has them in memory: papers ready to serve, codes, windows, grants.

Papers are joined from pieces of JSON that are encoded once, so that a start costs little.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import factorial

import msgspec

from hoithi.hall import wire
from hoithi.hall.roster import roster_sha256
from hoithi.hall.scores import ToldScore
from hoithi.hall.session import Attempt, Terms
from hoithi.hall.store.api import (
    Opening,
    Order,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoreError,
    UnavailableError,
    Withdrawal,
)
from hoithi.hall.windows import (
    HEARD_WITHIN_MS,
    Window,
    closing_of,
    holding,
    spans_of,
    with_another,
)
from hoithi.rules import paper
from hoithi.rules.attempts import span
from hoithi.rules.paper import PackageError, Paper, PaperItem, Questions
from hoithi.rules.together import AnyEvent, Game

_MOST_SHARED_BYTES = 64_000_000
_NEVER_MS = 1 << 62
_json = msgspec.json.Encoder()
_log = logging.getLogger("hoithi.hall")


@dataclass(frozen=True, slots=True)
class Exam:
    """A package ready to serve: each option and stem encoded once.

    `items` is the number of positions in a paper, `option_counts` how many options each has, where
    that is the same in every paper.

    `shared` keeps an item encoded in each order of its options, where all orders of all items take
    little memory; else it is none.
    """

    questions: Questions
    stems: tuple[bytes, ...]
    options: tuple[tuple[bytes, ...], ...]
    entrance: bytes
    items: int
    option_counts: tuple[int, ...] | None
    shared: dict[PaperItem, bytes] | None

    def pieces(self, drawn: Paper) -> tuple[bytes, ...]:
        """Each place of a paper as the JSON of a `wire.PaperItem`."""
        shared = self.shared
        if shared is None:
            return tuple([self._encode(place) for place in drawn])
        for place in drawn:
            if place not in shared:
                shared[place] = self._encode(place)
        return tuple([shared[place] for place in drawn])

    def _encode(self, place: PaperItem) -> bytes:
        options = self.options[place.item]
        return b'{"stem":%b,"options":[%b]}' % (
            self.stems[place.item],
            b",".join([options[index] for index in place.order]),
        )


def prepare(package: PublishedPackage) -> Exam:
    """Check a package's questions against its hash and encode them. Raises StoreError."""
    try:
        questions = paper.read_questions(package.questions)
    except PackageError as error:
        raise StoreError(f"package {package.package}: {error}") from error
    if questions.sha256 != package.questions_sha256:
        raise StoreError(f"package {package.package}: questions do not fit their hash")
    if paper.shortages(questions):
        raise StoreError(f"package {package.package}: too few items for its blueprint")
    items = questions.file.items
    stems = tuple(_json.encode(item.stem) for item in items)
    options = tuple(tuple(_json.encode(option) for option in item.options) for item in items)
    orders_bytes = sum(
        factorial(len(own)) * (len(stem) + sum(map(len, own)))
        for stem, own in zip(stems, options, strict=True)
    )
    return Exam(
        questions=questions,
        stems=stems,
        options=options,
        entrance=_entrance(questions),
        items=questions.paper_length,
        option_counts=_option_counts(questions),
        shared={} if orders_bytes <= _MOST_SHARED_BYTES else None,
    )


def _option_counts(questions: Questions) -> tuple[int, ...] | None:
    counts = {len(item.options) for item in questions.file.items}
    return (counts.pop(),) * questions.paper_length if len(counts) == 1 else None


def _entrance(questions: Questions) -> bytes:
    """The part of an EnterReply that is the same for everybody, without its braces."""
    policy = questions.file.policy
    prediction = policy.prediction
    game = _game_of(questions)
    shared = {
        "duration_ms": policy.duration_ms,
        "items": game.length if game is not None else questions.paper_length,
        "all_required": policy.all_required,
        "regulation": wire.Document(policy.regulation.version, policy.regulation.text),
        "consent": wire.Document(policy.consent.version, policy.consent.text),
        "sample": wire.SampleQuestion(policy.sample.stem, list(policy.sample.options)),
        "prediction": prediction
        and wire.PredictionPrompt(prediction.prompt, prediction.minimum, prediction.maximum),
        "signals": policy.signals,
        "signals_in": policy.signals_announced_in,
        "signals_days": policy.signals_days,
        "result": policy.result,
        "utc_offset_min": policy.attempts.utc_offset_min,
        "pace": "together" if policy.together else "own",
    }
    return _json.encode(shared)[1:-1]


def _game_of(questions: Questions) -> Game | None:
    rule = questions.file.policy.together
    return Game(rule, questions.paper_length) if rule is not None else None


@dataclass(slots=True)
class RosterEntry:
    """A line of the roster as the hall uses it.

    `extra` are milliseconds granted by orders, by the span of attempts in which they were granted;
    `windows` are those of its own in which this line may start besides the sitting's own time, as
    they were given: the last one holds.
    `pieces` are those of the first attempt's paper, once it is drawn ahead.
    """

    line: int
    entry_key: bytes
    code_tag: bytes
    issue: int
    name: str
    unit: str
    unit_code: str
    number: str
    extra: dict[int, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    seen_ms: int = -1
    pieces: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Sitting:
    """A sitting with its window as the last orders say.

    `scores` are those told, by attempt; `saves` are those that this process has stored. `game` is
    there where all answer together.
    """

    sitting: bytes
    title: str
    results_url: str
    exam: Exam
    opens_ms: int
    closes_ms: int
    roster_sha256: bytes
    lines: dict[int, RosterEntry] = field(default_factory=dict)
    is_drawn: bool = False
    is_expected: bool = False
    withdrawal: Withdrawal = Withdrawal.NONE
    scores: dict[bytes, ToldScore] = field(default_factory=dict)
    saves: int = 0
    game: Game | None = None
    _special: dict[int, RosterEntry] = field(default_factory=dict)
    _last_ms: int | None = None
    _opened_ms: int = _NEVER_MS
    _common: list[wire.PaperItem] = field(default_factory=list)
    _terms: dict[tuple[int, int, int, int, int], Terms] = field(default_factory=dict)

    @property
    def items(self) -> int:
        return self.exam.items

    @property
    def promise(self) -> str:
        """What of their result the sealed rules promise contestants at once."""
        return self.exam.questions.file.policy.result

    @property
    def opening(self) -> Opening:
        return Opening(self.items, self.roster_sha256)

    def span(self, at_ms: int) -> int:
        """The day, period or round of attempts in which an instant falls."""
        return span(self.exam.questions.file.policy.attempts, at_ms)

    @property
    def own(self) -> tuple[int, int]:
        """The sitting's own time, as the last orders say."""
        return self.opens_ms, self.closes_ms

    def window_of(self, line: RosterEntry, at_ms: int) -> tuple[int, int]:
        """From when to when a line may start, as it stands at an instant."""
        return holding(self.own, line.windows, at_ms, self.extra_ms(line, at_ms))

    def closing_of(self, line: RosterEntry, started_ms: int) -> int:
        """When the time closes to which an attempt belongs that starts at an instant."""
        extra_ms = self.extra_ms(line, started_ms)
        begun = (min(self.opens_ms, self._opened_ms), self.closes_ms)
        return closing_of(begun, line.windows, started_ms, extra_ms)

    def span_of_grant(self, line: RosterEntry, at_ms: int) -> int:
        """The span for which minutes count that are given at an instant, which may be after the
        end: they are meant for the attempts that it cut short.
        """
        windows = [self.own, *spans_of(line.windows)]
        begun = [closes_ms for opens_ms, closes_ms in windows if opens_ms <= at_ms]
        return self.span(min(at_ms, max(begun) - 1) if begun else min(windows)[0])

    def concerned(self, order: Order) -> list[RosterEntry]:
        """The lines that an order is about: one, those of the unit it names, or all."""
        if order.line is not None:
            return [self.lines[order.line]] if order.line in self.lines else []
        if order.unit_code:
            return [line for line in self.lines.values() if line.unit_code == order.unit_code]
        return list(self.lines.values())

    def extra_ms(self, line: RosterEntry, at_ms: int) -> int:
        """What is granted to a line for the span of an instant."""
        return line.extra.get(self.span(at_ms), 0) if line.extra else 0

    def terms(self, line: RosterEntry, now_ms: int) -> Terms:
        """What holds for a line now; one object for all who have the same."""
        extra_ms = self.extra_ms(line, now_ms)
        opens_ms, closes_ms = self.window_of(line, now_ms)
        until_ms = self.closing_of(line, now_ms)
        key = (opens_ms, closes_ms, until_ms, extra_ms, self.withdrawal)
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = self._terms_of(opens_ms, closes_ms, until_ms, extra_ms)
        return terms

    def _terms_of(self, opens_ms: int, closes_ms: int, until_ms: int, extra_ms: int) -> Terms:
        policy = self.exam.questions.file.policy
        return Terms(
            opens_ms=opens_ms,
            closes_ms=closes_ms,
            duration_ms=policy.duration_ms,
            grace_ms=policy.grace_ms,
            items=self.items,
            all_required=policy.all_required,
            has_prediction=policy.prediction is not None,
            attempts=policy.attempts,
            extra_ms=extra_ms,
            until_ms=until_ms,
            is_held=self.withdrawal is not Withdrawal.NONE,
            spans=tuple(self.game.asked) if self.game is not None else None,
        )

    def press(self, event: AnyEvent) -> None:
        """The next event of a round in which all answer together. Raises RuleViolation."""
        if self.game is not None:
            self.game.take(event)
            self._terms.clear()

    def common_paper(self) -> Sequence[wire.PaperItem]:
        """The paper that all have who answer together, as it is served."""
        if not self._common:
            items = self.exam.questions.file.items
            drawn = self.paper_of(next(iter(self.lines.values())), 1)
            self._common = [
                wire.PaperItem(
                    items[place.item].stem,
                    [items[place.item].options[index] for index in place.order],
                )
                for place in drawn
            ]
        return self._common

    def deadline_of(self, attempt: Attempt, line: RosterEntry) -> int:
        """An attempt's deadline as the windows of its start and the grants say now."""
        policy = self.exam.questions.file.policy
        closes_ms = self.closing_of(line, attempt.started_ms)
        last_ms = min(attempt.started_ms + policy.duration_ms, closes_ms)
        return last_ms + self.extra_ms(line, attempt.started_ms)

    def move_opening(self, opens_ms: int, at_ms: int) -> None:
        """Open at another instant. Who has started by an opening that had passed keeps to it."""
        if self.opens_ms < at_ms + HEARD_WITHIN_MS:
            self._opened_ms = min(self._opened_ms, self.opens_ms)
        self.opens_ms = opens_ms

    def move_closing(self, closes_ms: int) -> None:
        self.closes_ms = closes_ms
        self._last_ms = None

    def grant(self, lines: Iterable[RosterEntry], amount_ms: int, at_ms: int) -> None:
        """Give time to lines, each for the span in which an instant is for it."""
        for line in lines:
            span = self.span_of_grant(line, at_ms)
            line.extra[span] = line.extra.get(span, 0) + amount_ms
            self._special[line.line] = line
        self._last_ms = None

    def give_window(self, lines: Iterable[RosterEntry], window: Window) -> None:
        for line in lines:
            line.windows = with_another(line.windows, window)
            self._special[line.line] = line
        self._last_ms = None

    def last_moment_ms(self) -> int:
        """After this nobody of the sitting can be heard in time but who is at work: they end by
        their deadlines, which a replaced window may have set.

        Asked twice a second; worked out after an order only, over the lines that have minutes or
        windows.
        """
        if self._last_ms is None:
            self._last_ms = self._last_moment_ms()
        return self._last_ms

    def _last_moment_ms(self) -> int:
        last_span = self.span(self.closes_ms - 1)
        special = self._special.values()
        longest = max((line.extra.get(last_span, 0) for line in special), default=0)
        if len(special) < len(self.lines):
            longest = max(longest, 0)  # others have none, where all of these were taken some
        last_ms = self.closes_ms + longest
        for line in special:
            if line.windows:
                closes_ms = line.windows[-1].closes_ms
                last_ms = max(last_ms, closes_ms + self.extra_ms(line, closes_ms - 1))
        return last_ms + self.exam.questions.file.policy.grace_ms

    def paper_of(self, line: RosterEntry, number: int) -> Paper:
        return paper.draw(self.exam.questions, line.entry_key, number)

    def pieces_of(self, line: RosterEntry, number: int) -> tuple[bytes, ...]:
        """Each place of an attempt's paper as the JSON of a `wire.PaperItem`."""
        if number == 1 and line.pieces:
            return line.pieces
        return self.exam.pieces(self.paper_of(line, number))


class Sittings:
    """All sittings, and the codes that open them.

    `refused` are those whose roster is not the one that its hash was published for: they are never
    opened, and no row is written of them.
    """

    def __init__(self) -> None:
        self.by_id: dict[bytes, Sitting] = {}
        self.refused: dict[bytes, Sitting] = {}
        self._exams: dict[str, Exam] = {}
        self._tags: dict[bytes, list[tuple[bytes, int]]] = {}
        self._replaced: set[bytes] = set()

    def add(
        self,
        package: PublishedPackage,
        published: PublishedSitting,
        roster: Iterable[PublishedLine],
    ) -> Sitting:
        """Take in a published sitting, or refuse it when its roster was changed.

        Raises StoreError when its package was changed.
        """
        exam = self._exams.get(package.package)
        if exam is None:
            exam = self._exams[package.package] = prepare(package)
        sitting = Sitting(
            published.sitting,
            published.title,
            published.results_url,
            exam,
            published.opens_ms,
            published.closes_ms,
            published.roster_sha256,
            game=_game_of(exam.questions),
        )
        lines = list(roster)
        for each in lines:
            sitting.lines[each.line] = RosterEntry(
                each.line,
                each.entry_key,
                each.code_tag,
                each.issue,
                each.name,
                each.unit,
                each.unit_code,
                each.number,
            )
            self._tags.setdefault(each.code_tag, []).append((published.sitting, each.line))
        if roster_sha256(published.sitting, lines) == published.roster_sha256:
            self.by_id[published.sitting] = sitting
        else:
            self.refused[published.sitting] = sitting
            _log.error(
                "sitting %s is NOT opened: its roster in control is not the one that was published",
                published.sitting.hex(),
            )
        return sitting

    def openings(self) -> dict[bytes, Opening]:
        """What the journal must know, of all sittings: rows of a refused one may be in it."""
        return {key: each.opening for key, each in (self.by_id | self.refused).items()}

    def draw_ahead(self, now_ms: int) -> Iterator[None]:
        """Draw the first papers of all who may still come, one a turn.

        Drawing costs more than the rest of a start, and at the opening all start at once.
        """
        for sitting in list(self.by_id.values()):
            if sitting.is_drawn or sitting.exam.shared is None or now_ms > sitting.closes_ms:
                continue
            if sitting.game is not None:  # whose paper is handed out to nobody
                continue
            for line in sitting.lines.values():
                if not line.pieces:
                    line.pieces = sitting.exam.pieces(sitting.paper_of(line, 1))
                    yield
            sitting.is_drawn = True

    def reissue(self, sitting: Sitting, line: int, issue: int, code_tag: bytes) -> None:
        """A new code for a line, in every sitting that the old one opened; that opens nothing any
        more."""
        old = sitting.lines[line].code_tag
        if old == code_tag:  # another sitting of the same person has told it
            return
        self._replaced.add(old)
        for key, number in self._tags.pop(old):
            entry = (self.by_id.get(key) or self.refused[key]).lines[number]
            entry.issue, entry.code_tag = issue, code_tag
            self._tags.setdefault(code_tag, []).append((key, number))

    def is_replaced(self, code_tag: bytes) -> bool:
        """Whether a code was one that a newer slip has replaced."""
        return code_tag in self._replaced

    def find(self, code_tag: bytes, now_ms: int) -> tuple[Sitting, RosterEntry] | None:
        """The sitting a code opens now: the open one, else the next, else the last; one that was
        withdrawn only where there is no other.

        Raises UnavailableError where all that it would open are refused.
        """
        places = self._tags.get(code_tag)
        if not places:
            return None
        sittings = [(self.by_id[key], line) for key, line in places if key in self.by_id]
        if not sittings:
            raise UnavailableError("the roster was changed")

        def distance(place: tuple[Sitting, int]) -> tuple[int, int]:
            sitting, line = place
            opens_ms, closes_ms = sitting.window_of(sitting.lines[line], now_ms)
            if sitting.withdrawal is Withdrawal.DONE:
                return (3, -closes_ms)
            if opens_ms <= now_ms < closes_ms:
                return (0, opens_ms)
            if now_ms < opens_ms:
                return (1, opens_ms)
            return (2, -closes_ms)

        sitting, line = min(sittings, key=distance)
        return sitting, sitting.lines[line]
