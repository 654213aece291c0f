"""From where a round stands to its marks, each with how it came about (docs/rules/judging.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hoithi.rules.judging import Combined, combine
from hoithi.rules.live.state import NOBODY, Question, State, Turn
from hoithi.rules.marks import round_marks
from hoithi.rules.overtime import Deduction, deduction
from hoithi.rules.quiz import Asked, Try, quiz_points
from hoithi.rules.regulation import Segment


@dataclass(frozen=True, slots=True)
class PartMark:
    """A team's mark in a part. `given` is the sum of what two people gave or took.

    What there is beside the mark depends on the part: sheets and time, questions, or votes.
    """

    entry: str
    segment: str
    mark: Decimal
    combined: Combined | None
    deduction: Deduction | None
    given: Decimal


def is_complete(state: State, key: str) -> bool:
    """Whether nothing more is waited for in a part: turns held, sheets in, votes counted."""
    part = state.segment(key)
    if part.voted is not None:
        return key in state.votes
    if part.quiz is not None and part.quiz.form == "buzzer":
        turn = state.held(key, NOBODY)
        return turn is not None and not turn.is_on
    return all(is_marked(state, key, entry) for entry in state.standing)


def is_marked(state: State, key: str, entry: str) -> bool:
    """Whether a team's turn in a part is over and every sheet of it is in."""
    turn = state.held(key, entry)
    if turn is None or turn.is_on:
        return False
    rule = state.segment(key).judged
    if rule is None:
        return True
    sheets = [sheet for sheet in turn.sheets.values() if sheet.is_confirmed]
    return not state.missing(turn) and len(sheets) >= rule.fewest


def part_mark(state: State, key: str, entry: str) -> PartMark | None:
    """A team's mark in a part; nothing while something is waited for."""
    part = state.segment(key)
    given = sum((each.points for each in state.corrections.get((key, entry), [])), start=Decimal(0))
    if part.voted is not None:
        if not is_complete(state, key):
            return None
        return PartMark(entry, key, _voted(state, part, entry) + given, None, None, given)
    if part.quiz is not None:
        if not is_complete(state, key) and not (
            part.quiz.steal is None and is_marked(state, key, entry)
        ):
            return None
        points = quiz_points(part.quiz, _asked(state, key)).get(entry, Decimal(0))
        return PartMark(entry, key, round_marks(points + given), None, None, given)
    if not is_marked(state, key, entry):
        return None
    turn = state.held(key, entry)
    assert turn is not None
    return _judged(state, part, turn, given)


def marks(state: State) -> dict[str, dict[str, Decimal]]:
    """Team → part → mark of every team that takes part.

    Raises ValueError while something is waited for.
    """
    found: dict[str, dict[str, Decimal]] = {}
    for entry in state.standing:
        found[entry] = {}
        for part in state.regulation.segments:
            mark = part_mark(state, part.key, entry)
            if mark is None:
                raise ValueError(f"{part.key} of {entry} is not complete")
            found[entry][part.key] = mark.mark
    return found


def _judged(state: State, part: Segment, turn: Turn, given: Decimal) -> PartMark:
    assert part.judged is not None
    panel = state.panel(turn)
    sheets = {
        judge: turn.sheets[judge].marks
        for judge in panel
        if judge in turn.sheets and turn.sheets[judge].is_confirmed
    }
    combined = combine(part.judged, len(state.judges) - len(state.left), sheets)
    off = deduction(part.time, turn.elapsed_ms) if part.time is not None else None
    mark = combined.mark
    if off is not None:
        mark = Decimal(0) if off.nothing else mark - off.points
    return PartMark(
        turn.entry,
        part.key,
        round_marks(max(Decimal(0), mark + given)),
        combined,
        off,
        given,
    )


def _voted(state: State, part: Segment, entry: str) -> Decimal:
    """The highest mark goes to whoever has most votes, the others in proportion."""
    votes = state.votes[part.key]
    most = max(votes.values(), default=0)
    if not most:
        return Decimal(0)
    return round_marks(part.maximum * votes.get(entry, 0) / most)


def _asked(state: State, key: str) -> list[Asked]:
    """Every question of a part that counts, in the order of the day."""
    return [
        asked_of(turn, question)
        for turn in state.turns
        if turn.segment == key and not turn.void and turn.entry not in state.withdrawn
        for question in turn.questions
        if question.right and not question.spoilt
    ]


def asked_of(turn: Turn, question: Question) -> Asked:
    """A question whose key was shown, with who tried it and whether rightly."""
    tries = tuple(
        Try(entry, reply.option in question.right, reply.after_ms)
        for entry, reply in question.replies.items()
        if reply.option >= 0
    )
    return Asked(question.position, turn.entry, question.has_star, tries)
