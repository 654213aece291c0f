"""From where a round stands to its marks, each with how it came about (docs/rules/judging.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hoithi.rules.judging import Combined, announced_panel, combine
from hoithi.rules.live.state import NOBODY, Question, State, Turn
from hoithi.rules.marks import round_marks
from hoithi.rules.overtime import Deduction, deduction
from hoithi.rules.quiz import Asked, Try, quiz_points
from hoithi.rules.regulation import Segment


@dataclass(frozen=True, slots=True)
class PartMark:
    """A team's mark in a part. `given` is the sum of what two people gave or took.

    `combined` is there where judges mark, `deduction` where there is a time too.
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
    """Whether a team's turn in a part is over and every sheet of it is in.

    A part that the plan does not say how to mark has the points that two people enter.
    """
    part, turn = state.segment(key), state.held(key, entry)
    if part.judged is None and part.quiz is None:
        return (key, entry) in state.corrections and (turn is None or not turn.is_on)
    if turn is None or turn.is_on:
        return False
    if part.judged is None:
        return True
    return not state.missing(turn) and len(_sheets(state, turn)) >= part.judged.fewest


def part_mark(state: State, key: str, entry: str) -> PartMark | None:
    """A team's mark in a part; nothing while something is waited for."""
    part, turn = state.segment(key), state.held(key, entry)
    if not (is_complete(state, key) if _is_shared(part) else is_marked(state, key, entry)):
        return None
    given = sum((each.points for each in state.corrections.get((key, entry), [])), start=Decimal(0))
    combined, off = None, None
    if part.judged is not None and turn is not None:
        panel = announced_panel(part.judged, part.maximum)
        combined = combine(part.judged, panel, _sheets(state, turn))
        off = deduction(part.time, turn.elapsed_ms) if part.time is not None else None
        mark = _less(combined.mark, off)
    elif part.quiz is not None:
        mark = quiz_points(part.quiz, _asked(state, key)).get(entry, Decimal(0))
    else:
        mark = _voted(state, part, entry)
    mark += given
    if part.quiz is None or part.quiz.not_below_zero:
        mark = max(Decimal(0), mark)
    return PartMark(entry, key, round_marks(mark), combined, off, given)


def points_so_far(state: State, turn: Turn) -> Decimal | None:
    """What the team of a turn has by the questions of the part whose keys were shown; nothing where
    there is no team or no question. Others may change it where they may take questions over."""
    quiz = state.segment(turn.segment).quiz
    if quiz is None or turn.entry == NOBODY:
        return None
    return quiz_points(quiz, _asked(state, turn.segment)).get(turn.entry, Decimal(0))


def _is_shared(part: Segment) -> bool:
    """Whether what others do can change a team's mark until the whole part is over."""
    quiz = part.quiz
    return part.voted is not None or (
        quiz is not None and (quiz.form == "buzzer" or quiz.steal is not None)
    )


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


def _sheets(state: State, turn: Turn) -> dict[str, Mapping[str, Decimal]]:
    """The sheets of a turn that count, in the order of the jury."""
    return {
        judge: turn.sheets[judge].marks
        for judge in state.panel(turn)
        if judge in turn.sheets and turn.sheets[judge].is_confirmed
    }


def _less(mark: Decimal, off: Deduction | None) -> Decimal:
    if off is None:
        return mark
    return Decimal(0) if off.nothing else mark - off.points


def _voted(state: State, part: Segment, entry: str) -> Decimal:
    """The highest mark goes to whoever has most votes, the others in proportion."""
    votes = state.votes.get(part.key, {})
    most = max((votes.get(each, 0) for each in state.standing), default=0)
    return round_marks(part.maximum * votes.get(entry, 0) / most) if most else Decimal(0)


def _asked(state: State, key: str) -> list[Asked]:
    """Every question of a part that counts, in the order of the day.

    Those of a team that has withdrawn are among them: what others won or lost there stays.
    """
    return [
        asked_of(turn, question)
        for turn in state.turns
        if turn.segment == key and not turn.void
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
