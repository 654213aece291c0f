"""Where a round stands → what everybody sees: the big screen and the phones of the audience.

One snapshot for all of them, made once a line and pushed; no viewer costs a query. It holds nothing
that is not public at this moment: the mark of a turn only when every sheet is in, on the score
board only parts that were released; the key of a question only when it was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hoithi.rules.canonical import Value
from hoithi.rules.draw import lots_seed
from hoithi.rules.live.marks import PartMark, is_marked, part_mark, points_so_far
from hoithi.rules.live.state import NOBODY, ORDER, Lots, Question, State, Turn
from hoithi.rules.lots import Swap, swaps
from hoithi.rules.marks import round_marks
from hoithi.rules.quiz import Quiz
from hoithi.stage.prizes import Prize
from hoithi.stage.queries import TeamName
from hoithi.web.wording import marks as written

# So much of a team's public id tells the teams of a round apart.
SHORT = 8


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """The text of the question that is on the screen."""

    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a snapshot needs besides the state."""

    contest: str
    round: str
    teams: Mapping[str, TeamName]
    question: ShownQuestion | None
    prizes: Sequence[Prize] = ()


def snapshot(state: State, facts: Facts) -> dict[str, Value]:
    """What everybody may see now."""
    turn = state.shown
    return {
        "cue": state.cue,
        "contest": facts.contest,
        "round": facts.round,
        "scene": {"is": state.scene.scene, "about": state.scene.about, "since": state.scene_ms},
        "parts": [
            {
                "key": part.key,
                "label": part.label,
                "maximum": written(part.maximum),
                "least": part.time.least_seconds if part.time else 0,
                "most": part.time.most_seconds if part.time else 0,
                "released": part.key in state.released,
            }
            for part in state.regulation.segments
        ],
        "drawn": ORDER in state.lots and bool(state.lots[ORDER].order),
        "teams": [_team(state, facts, entry) for entry in state.running_order],
        "turn": _turn(state, facts, turn) if turn else None,
        "question": _question(state, facts, turn) if turn else None,
        "lots": _lots(state, facts),
        "board": _board(state, facts),
        "awards": _awards(state, facts),
        "vote": state.voting,
        "closed": state.is_closed,
    }


def _team(state: State, facts: Facts, entry: str) -> dict[str, Value]:
    name = facts.teams[entry]
    return {
        "id": entry[:SHORT],
        "name": name.name,
        "unit": name.beside,
        "present": entry in state.present,
        "withdrawn": entry in state.withdrawn,
        "done": [part.key for part in state.regulation.segments if is_done(state, part.key, entry)],
    }


def is_done(state: State, segment: str, entry: str) -> bool:
    """Whether a team's turn in a part is over, or the part that is held for all."""
    part = state.segment(segment)
    if part.voted is not None:
        return segment in state.votes
    is_for_all = part.quiz is not None and part.quiz.form == "buzzer"
    turn = state.held(segment, NOBODY if is_for_all else entry)
    return turn is not None and not turn.is_on


def _turn(state: State, facts: Facts, turn: Turn) -> dict[str, Value]:
    part = state.segment(turn.segment)
    time = part.time
    panel = state.panel(turn) if part.judged else ()
    return {
        "number": turn.number,
        "part": part.key,
        "id": turn.entry[:SHORT],
        "team": facts.teams[turn.entry].name if turn.entry != NOBODY else "",
        "unit": facts.teams[turn.entry].beside if turn.entry != NOBODY else "",
        "on": turn.is_on,
        "elapsed": turn.elapsed_ms,
        "since": turn.running_ms,
        "least": time.least_seconds if time else 0,
        "most": time.most_seconds if time else 0,
        "warn": time.warn_seconds if time else 0,
        "judges": len(panel),
        "sheets": len(panel) - len(state.missing(turn)) if part.judged else 0,
        "mark": _mark_of(state, turn),
        "so_far": written(points) if (points := points_so_far(state, turn)) is not None else "",
    }


def _mark_of(state: State, turn: Turn) -> dict[str, Value] | None:
    """The mark of a turn with what was taken off, once every sheet is in."""
    if turn.entry == NOBODY or not is_marked(state, turn.segment, turn.entry):
        return None
    if state.segment(turn.segment).judged is None:
        return None
    mark = part_mark(state, turn.segment, turn.entry)
    return _mark(mark) if mark else None


def _mark(mark: PartMark) -> dict[str, Value]:
    off = mark.deduction
    return {
        "mark": written(mark.mark),
        "combined": written(mark.combined.mark) if mark.combined else "",
        "off": written(off.points) if off and off.points else "",
        "nothing": bool(off and off.nothing),
        "side": off.side if off else "",
        "excess": off.excess_s if off else 0,
    }


def _question(state: State, facts: Facts, turn: Turn) -> dict[str, Value] | None:
    asked = turn.asked
    quiz = state.segment(turn.segment).quiz
    if asked is None or quiz is None or facts.question is None or not turn.is_on:
        return None
    part = quiz.part_of(asked.position)
    return {
        "number": asked.position + 1,
        "of": quiz.length,
        "packet": state.packet(turn),
        "stem": facts.question.stem,
        "options": list(facts.question.options),
        "seconds": _seconds(quiz, asked),
        "since": asked.offered_ms or asked.timed_ms,
        "points": written(part.points),
        "star": asked.has_star,
        "spoilt": bool(asked.spoilt),
        "floor": facts.teams[asked.floor].name if asked.floor else "",
        "floor_id": asked.floor[:SHORT],
        "presses": [facts.teams[entry].name for entry in asked.presses],
        "offered": asked.offered_ms,
        "right": list(asked.right) if asked.right else None,
        "replies": _replies(facts, asked),
    }


def _seconds(quiz: Quiz, asked: Question) -> int:
    """How long the clock goes that everybody sees; 0 where nothing is counted.

    Others who may take the question over have a time of their own, until one of them has pressed.
    """
    if not asked.offered_ms:
        return quiz.part_of(asked.position).seconds
    return quiz.steal.seconds if quiz.steal and asked.floor == NOBODY else 0


def _replies(facts: Facts, asked: Question) -> list[Value]:
    """Who answered; what, only when the key was shown: nobody answers after another's answer."""
    return [
        {
            "team": facts.teams[entry].name,
            "option": reply.option if asked.right else None,
            "right": reply.option in asked.right if asked.right else None,
        }
        for entry, reply in asked.replies.items()
    ]


def _lots(state: State, facts: Facts) -> dict[str, Value] | None:
    """The draw that the scene is about, step by step as the algorithm goes."""
    if state.scene.scene != "lots" or state.scene.about not in state.lots:
        return None
    key = state.scene.about
    # Packets go to the teams in running order; those that are left over go to nobody.
    places = [] if key == ORDER else [facts.teams[entry].name for entry in state.running_order]
    return {"key": key, "places": places, **draw_record(state.lots[key], facts.teams)}


def told_order(state: State, key: str, lots: Lots, teams: Mapping[str, TeamName]) -> list[str]:
    """What was drawn, line by line: the teams in their order, or each team with its packet."""
    if key == ORDER:
        return [_called(each, teams) for each in lots.order]
    return [
        f"{_called(entry, teams)}: {packet}"
        for entry, packet in zip(state.running_order, lots.order, strict=False)
    ]


def draw_record(lots: Lots, teams: Mapping[str, TeamName]) -> dict[str, Value]:
    """All of a draw that is public, enough to draw it again."""
    steps: list[Swap] = []
    if lots.secret:
        steps = swaps(len(lots.among), lots_seed(bytes.fromhex(lots.secret), lots.number))
    return {
        "among": [_called(each, teams) for each in lots.among],
        "ids": list(lots.among),
        "commitment": lots.commitment,
        "number": lots.number,
        "secret": lots.secret,
        "order": [_called(each, teams) for each in lots.order],
        "drawn": list(lots.order),
        "swaps": [[swap.last, swap.other] for swap in steps],
        "hand": lots.by_hand,
    }


def _called(each: str, teams: Mapping[str, TeamName]) -> str:
    return teams[each].name if each in teams else each


def _board(state: State, facts: Facts) -> list[Value]:
    """Released marks with their sum, the best first; equal sums share a place."""
    shown = [part for part in state.regulation.segments if part.key in state.released]
    rows: list[tuple[Decimal, str, dict[str, Value]]] = []
    for entry in state.standing:
        found = {part.key: part_mark(state, part.key, entry) for part in shown}
        total = sum(
            (mark.mark for part in shown if part.is_counted and (mark := found[part.key])),
            start=Decimal(0),
        )
        rows.append(
            (
                round_marks(total),
                entry,
                {key: written(mark.mark) if mark else "" for key, mark in found.items()},
            )
        )
    if not shown:
        return []
    rows.sort(key=lambda row: (-row[0], row[1]))
    return [
        {
            "place": 1 + sum(other[0] > total for other in rows),
            "team": facts.teams[entry].name,
            "unit": facts.teams[entry].beside,
            "parts": parts,
            "total": written(total),
            "share": _share(total, rows[0][0]),
        }
        for total, entry, parts in rows
    ]


def _share(total: Decimal, most: Decimal) -> int:
    """How long a bar is, in thousandths of the longest."""
    return int(total * 1000 / most) if most > 0 else 0


def _awards(state: State, facts: Facts) -> list[Value]:
    """The prizes that were revealed, the last line of the table first."""
    if state.scene.scene != "awards" or not state.is_closed:
        return []
    revealed = int(state.scene.about) if state.scene.about.isdigit() else 0
    flat = [(prize.label, entry) for prize in facts.prizes for entry in prize.entries]
    shown = flat[len(flat) - min(revealed, len(flat)) :]
    return [
        {"label": label, "team": facts.teams[entry].name, "unit": facts.teams[entry].beside}
        for label, entry in reversed(shown)
    ]
