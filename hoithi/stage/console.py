"""The secretary's console as ready values: what is on, what can be done next, who is waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.functional import Promise

from hoithi.rules.live.marks import PartMark, is_complete, part_mark, points_so_far
from hoithi.rules.live.state import NOBODY, ORDER, Reply, State, Turn, packets_of
from hoithi.stage.models import Stage, Vote
from hoithi.stage.packets import packet_file
from hoithi.stage.prizes import prizes_of
from hoithi.stage.queries import (
    TeamName,
    devices_of,
    names_of_jury,
    notes_of,
    open_calls,
    state_at,
    team_names,
)
from hoithi.stage.screen import told_order
from hoithi.stage.wording import SCENES
from hoithi.web.wording import marks as written


@dataclass(frozen=True, slots=True)
class PartCell:
    """A team in a part: `to_call`, `on`, `judging`, `short` of judges, `others` (its mark waits for
    turns of other teams), `done`, `withdrawn`; its mark once known."""

    key: str
    label: str
    state: str
    turn: int
    mark: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    entry: str
    name: str
    unit: str
    is_present: bool
    is_withdrawn: bool
    cells: tuple[PartCell, ...]


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """A judge of a turn: `waiting`, `marking`, `in`, `abstained`, `barred`, `left`, or `later`
    where they joined after it and it lacks no sheet.

    `total` and `note` are there when every sheet is in; `is_far` is for the chair.
    """

    key: str
    name: str
    is_chair: bool
    state: str
    total: str
    is_far: bool
    devices: int
    note: str


@dataclass(frozen=True, slots=True)
class LotsRow:
    """A draw: `open`, `committed`, `numbered` or `drawn`."""

    key: str
    part: str
    state: str
    order: tuple[str, ...]
    candidates: tuple[tuple[str, str], ...]
    may_void: bool


@dataclass(frozen=True, slots=True)
class QuestionNow:
    """The question that is on, as the secretary sees it: with its key.

    `presses` are in the order in which the server had them; `may_give` are the teams to which the
    chair may give the floor.
    """

    number: int
    of: int
    stem: str
    options: tuple[tuple[int, str, str], ...]
    right: str
    is_timed: bool
    is_over: bool
    is_offered: bool
    has_star: bool
    floor: str
    presses: tuple[str, ...]
    may_give: tuple[tuple[str, str], ...]
    replies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question of a turn after its key was shown; `spoilt` says why it does not count."""

    position: int
    number: int
    stem: str
    right: str
    replies: tuple[tuple[str, str], ...]
    spoilt: str


@dataclass(frozen=True, slots=True)
class TurnNow:
    """A turn: that which is on, the last one while its sheets come in, or an earlier one.

    `left` are the questions that were not asked yet; `is_untimed` says that its time costs points
    and its clock has never run: who ends it then is told first. `marking` judges mark it, of at
    least `fewest`.
    """

    number: int
    part: str
    part_key: str
    team: str
    entry: str
    is_on: bool
    void: str
    is_running: bool
    has_clock: bool
    elapsed_ms: int
    running_ms: int
    most: int
    left: int
    is_untimed: bool
    is_quiz: bool
    may_ask: bool
    may_offer: bool
    may_star: bool
    question: QuestionNow | None
    judges: tuple[JudgeRow, ...]
    missing: int
    fewest: int
    marking: int
    mark: str
    so_far: str


@dataclass(frozen=True, slots=True)
class TurnPage:
    """A turn that was called, with what can still be set right in it; `seen` as on the console."""

    seen: int
    is_closed: bool
    turn: TurnNow
    asked: tuple[AskedLine, ...]


@dataclass(frozen=True, slots=True)
class PartNow:
    key: str
    label: str
    is_complete: bool
    is_released: bool
    is_vote: bool
    is_voting: bool
    votes: Votes
    for_all: bool
    turn: int


@dataclass(frozen=True, slots=True)
class Votes:
    """How many there are, and how many of them came from one network address at most: who votes a
    hundred times from one machine is seen before anything is signed.
    """

    given: int = 0
    most_of_one: int = 0


@dataclass(frozen=True, slots=True)
class CallNow:
    pk: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Console:
    """All of it; `seen` goes back with every press. The draws come first until the order is known
    or a team was called without one."""

    seen: int
    is_open: bool
    is_closed: bool
    scene: str
    about: str
    draws_first: bool
    turn: TurnNow | None
    teams: tuple[TeamRow, ...]
    parts: tuple[PartNow, ...]
    lots: tuple[LotsRow, ...]
    scenes: tuple[tuple[str, str | Promise], ...]
    calls: tuple[CallNow, ...]
    may_close: bool
    awards_wait: bool
    may_reveal: bool


def console_of(stage: Stage) -> Console:
    """Seven queries, however many teams and judges there are; one more where the audience votes,
    four more once the round is closed."""
    state = state_at(stage)
    names = team_names(stage.round)
    turn = state.shown
    calls = tuple(CallNow(each.pk, each.seat.name, each.at) for each in open_calls(stage))
    prizes = prizes_of(stage, state)
    votes = _votes(stage, state)
    called = {entry: name.name for entry, name in names.items()}
    return Console(
        seen=state.cue,
        is_open=state.is_open,
        is_closed=state.is_closed,
        scene=state.scene.scene,
        about=state.scene.about,
        draws_first=not (state.turns or (ORDER in state.lots and state.lots[ORDER].order)),
        turn=_turn(stage, state, turn, called) if turn else None,
        teams=tuple(
            TeamRow(
                entry,
                names[entry].name,
                names[entry].beside,
                entry in state.present,
                entry in state.withdrawn,
                tuple(_cells(state, entry)),
            )
            for entry in state.running_order
        ),
        parts=tuple(
            PartNow(
                part.key,
                part.label,
                is_complete(state, part.key),
                part.key in state.released,
                part.voted is not None,
                state.voting == part.key,
                votes.get(part.key, Votes()),
                part.quiz is not None and part.quiz.form == "buzzer",
                held.number if (held := state.held(part.key, NOBODY)) else 0,
            )
            for part in state.regulation.segments
        ),
        lots=tuple(_lots(state, names)),
        scenes=tuple(SCENES.items()),
        calls=calls,
        may_close=state.is_open
        and not state.is_closed
        and state.on_stage is None
        and all(is_complete(state, part.key) for part in state.regulation.segments),
        awards_wait=prizes.waits,
        may_reveal=bool(prizes.shown),
    )


def _votes(stage: Stage, state: State) -> dict[str, Votes]:
    """By part. One query where a part is voted on, else none."""
    if all(part.voted is None for part in state.regulation.segments):
        return {}
    counts: dict[str, list[int]] = {}
    rows = Vote.objects.filter(stage=stage).values_list("segment", "source")
    for segment, _source, count in rows.annotate(votes=Count("pk")).order_by("segment"):
        counts.setdefault(segment, []).append(count)
    return {segment: Votes(sum(each), max(each)) for segment, each in counts.items()}


def turn_page_of(stage: Stage, number: int) -> TurnPage | None:
    """None where no turn with this number was called. Five queries, however much was asked."""
    state = state_at(stage)
    turn = state.turn(number)
    if turn is None:
        return None
    called = {entry: name.name for entry, name in team_names(stage.round).items()}
    return TurnPage(
        seen=state.cue,
        is_closed=state.is_closed,
        turn=_turn(stage, state, turn, called),
        asked=tuple(_asked(stage, turn, called)) if turn.questions else (),
    )


def _asked(stage: Stage, turn: Turn, called: Mapping[str, str]) -> Sequence[AskedLine]:
    file = packet_file(stage, turn.segment)
    return [
        AskedLine(
            question.position,
            question.position + 1,
            file.item(question.item).stem,
            _letters(question.right),
            tuple((called[entry], _letter(each)) for entry, each in question.replies.items()),
            question.spoilt,
        )
        for question in turn.questions
        if question.is_over
    ]


def _letter(reply: Reply) -> str:
    return "–" if reply.option < 0 else _letters([reply.option])


def _letters(options: Sequence[int]) -> str:
    return ", ".join(chr(ord("A") + option) for option in options)


def _cells(state: State, entry: str) -> Sequence[PartCell]:
    found = []
    for part in state.regulation.segments:
        if part.voted is not None or (part.quiz is not None and part.quiz.form == "buzzer"):
            continue
        turn = state.held(part.key, entry)
        mark = part_mark(state, part.key, entry) if turn else None
        if entry in state.withdrawn:
            where = "withdrawn"
        elif turn is None:
            where = "to_call"
        elif turn.is_on:
            where = "on"
        elif mark is not None:
            where = "done"
        elif part.judged is None:
            where = "others"
        else:
            where = "judging" if state.missing(turn) else "short"
        found.append(
            PartCell(
                part.key,
                part.label,
                where,
                turn.number if turn else 0,
                written(mark.mark) if mark else "",
            )
        )
    return found


def _turn(stage: Stage, state: State, turn: Turn, called: dict[str, str]) -> TurnNow:
    part = state.segment(turn.segment)
    mark = _mark(state, turn) if turn.entry else None
    asked = turn.asked
    quiz = part.quiz
    good = sum(not question.spoilt for question in turn.questions)
    is_free = turn.is_on and (asked is None or asked.is_over)
    return TurnNow(
        number=turn.number,
        part=part.label,
        part_key=part.key,
        team=called.get(turn.entry, ""),
        entry=turn.entry,
        is_on=turn.is_on,
        void=turn.void,
        is_running=bool(turn.running_ms),
        has_clock=part.judged is not None,
        elapsed_ms=turn.elapsed_ms,
        running_ms=turn.running_ms,
        most=part.time.most_seconds if part.time else 0,
        left=quiz.length - good if quiz is not None else 0,
        is_untimed=part.time is not None
        and not (turn.elapsed_ms or turn.running_ms or turn.corrections),
        is_quiz=quiz is not None,
        may_ask=quiz is not None and is_free and good < quiz.length,
        may_offer=quiz is not None
        and asked is not None
        and not asked.is_over
        and (
            asked.floor in asked.replies
            if turn.entry == ""
            else quiz.steal is not None and not asked.offered_ms
        ),
        may_star=quiz is not None
        and quiz.star is not None
        and is_free
        and not turn.next_has_star
        and not any(each.has_star and not each.spoilt for each in turn.questions),
        question=_question(stage, state, turn, called) if asked is not None else None,
        judges=tuple(_judges(stage, state, turn)) if part.judged else (),
        missing=len(state.missing(turn)) if part.judged else 0,
        fewest=part.judged.fewest if part.judged else 0,
        marking=state.marking(turn),
        mark=written(mark.mark) if mark else "",
        so_far=written(points) if (points := points_so_far(state, turn)) is not None else "",
    )


def _mark(state: State, turn: Turn) -> PartMark | None:
    """The mark of a turn that is over and counts."""
    return None if turn.is_on or turn.void else part_mark(state, turn.segment, turn.entry)


def _question(stage: Stage, state: State, turn: Turn, called: dict[str, str]) -> QuestionNow | None:
    asked = turn.asked
    if asked is None:
        return None
    is_open_to_all = not asked.is_over and (turn.entry == NOBODY or bool(asked.offered_ms))
    file = packet_file(stage, turn.segment)
    item = file.item(asked.item)
    return QuestionNow(
        number=asked.position + 1,
        of=len(file.packets[0]),
        stem=item.stem,
        options=tuple(
            (index, _letters([index]), option) for index, option in enumerate(item.options)
        ),
        right=_letters(item.right),
        is_timed=bool(asked.timed_ms),
        is_over=asked.is_over,
        is_offered=bool(asked.offered_ms),
        has_star=asked.has_star,
        floor=called.get(asked.floor, ""),
        presses=tuple(called[entry] for entry in asked.presses),
        may_give=tuple(
            (entry, called[entry])
            for entry in state.standing
            if is_open_to_all
            and entry not in (turn.entry, asked.floor)
            and entry not in asked.replies
        ),
        replies=tuple((called[entry], _letter(reply)) for entry, reply in asked.replies.items()),
    )


def _judges(stage: Stage, state: State, turn: Turn) -> Sequence[JudgeRow]:
    seats = names_of_jury(stage)
    devices = devices_of(stage)
    is_open = state.is_judged(turn)
    mark = _mark(state, turn) if is_open else None
    notes = notes_of(stage, turn.number) if is_open else {}
    combined = mark.combined if mark else None
    rows = []
    for key, judge in state.judges.items():
        sheet = turn.sheets.get(key)
        if turn.entry in judge.barred:
            where = "barred"
        elif sheet is not None and sheet.abstained:
            where = "abstained"
        elif sheet is not None and sheet.is_confirmed:
            where = "in"
        elif key in state.left:
            where = "left"
        elif not state.may_mark(key, turn):
            where = "later"
        else:
            where = "marking" if sheet is not None else "waiting"
        seat = seats.get(key)
        rows.append(
            JudgeRow(
                key,
                seat.name if seat else key,
                judge.is_chair,
                where,
                written(combined.totals[key]) if combined and key in combined.totals else "",
                combined is not None and key in combined.far,
                devices.get(key, 0),
                notes.get(key, ""),
            )
        )
    return rows


def _lots(state: State, names: Mapping[str, TeamName]) -> Sequence[LotsRow]:
    wanted = [(ORDER, "")]
    wanted += [
        (packets_of(part.key), part.label)
        for part in state.regulation.segments
        if part.quiz is not None and part.quiz.form == "packet"
    ]
    rows = []
    for key, part in wanted:
        lots = state.lots.get(key)
        if lots is None:
            where = "open"
        elif lots.order:
            where = "drawn"
        else:
            where = "numbered" if lots.number else "committed"
        if key == ORDER:
            among = [(entry, names[entry].name) for entry in state.standing]
        else:
            quiz = state.segment(key.removeprefix("packets:")).quiz
            packets = quiz.packets if quiz else 0
            among = [(str(number), str(number)) for number in range(1, packets + 1)]
        begun = any(
            not turn.void and key in (ORDER, packets_of(turn.segment)) for turn in state.turns
        )
        rows.append(
            LotsRow(
                key,
                part,
                where,
                tuple(told_order(state, key, lots, names)) if lots else (),
                tuple(among),
                where != "open" and not begun,
            )
        )
    return rows
