"""Plays a round on stage from its plan: turns in, the log of the stage, its marks out.

A case is a text table as in `tests/golden/play.py`: who, part, and then either the time on stage
and a total from every judge, or a letter for every question: `o` right, `x` wrong, `-` no answer.
"""

from __future__ import annotations

from decimal import Decimal

from hoithi.contests.plan.conversion import ms, regulation_of
from hoithi.contests.plan.schema import Plan, Round
from hoithi.rules.errors import RuleViolation
from hoithi.rules.judging import Judged
from hoithi.rules.live import events as ev
from hoithi.rules.live.fold import apply
from hoithi.rules.live.marks import marks
from hoithi.rules.live.state import State
from hoithi.rules.regulation import Segment
from hoithi.rules.standings import Participant, Result, recorded_result
from tests.golden.play import ImpossibleError, rows

_SEAL = "5e" * 32
_OPTIONS = {"o": 0, "x": 1}  # the first option is the right one


def play_stage(plan: Plan, each: Round, turns: str) -> Result:
    """Raises ImpossibleError where a turn cannot be held so under this plan."""
    table = rows(turns)
    names = {f"{at:032x}": who for at, who in enumerate(dict.fromkeys(who for who, *_ in table))}
    try:
        state = _folded(plan, each, table, {who: entry for entry, who in names.items()})
        found = marks(state)
    except RuleViolation as refused:
        raise ImpossibleError(str(refused)) from refused
    teams = [Participant(who, who, barred=False) for who in names.values()]
    named = {names[entry]: of_parts for entry, of_parts in found.items()}
    return recorded_result(state.regulation, teams, named)


def _folded(
    plan: Plan, each: Round, table: list[tuple[str, ...]], entries: dict[str, str]
) -> State:
    log = _Log(State(regulation_of(plan, each)), ms(each.opens_at))
    sealed = {part.key: _SEAL for part in each.segments if part.quiz}
    jury = [ev.Judge(f"gk{at}", at == 1, []) for at in range(1, 6)]
    log.write(ev.Opened(_SEAL, list(entries.values()), jury, sealed))
    for planned in each.segments:
        if planned.quiz:
            packets = [str(number) for number in range(1, planned.quiz.packets + 1)]
            log.write(ev.LotsByHand(f"packets:{planned.key}", packets, "Bốc thăm"))
    for turn, (who, key, *given) in enumerate(table, start=1):
        part = log.state.segment(key)
        log.write(ev.TurnCalled(turn, key, entries[who]))
        if part.judged:
            _perform(log, turn, given[0])
            for at, total in enumerate(given[1:], start=1):
                sheet = _sheet(part.judged, Decimal(total))
                log.write(ev.SheetFromPaper(turn, f"gk{at}", sheet, "1", "2"))
        else:
            _answer(log, turn, part, entries[who], given[0])
    log.write(ev.Closed("1", "2"))
    return log.state


class _Log:
    """Lines a second apart."""

    def __init__(self, state: State, at_ms: int) -> None:
        self.state = state
        self.at_ms = at_ms

    def write(self, event: ev.AnyEvent, after_s: int = 1) -> None:
        self.at_ms += after_s * 1000
        apply(self.state, ev.Line(self.state.last + 1, self.at_ms, event))


def _perform(log: _Log, turn: int, clock: str) -> None:
    minutes, seconds = clock.split(":")
    log.write(ev.ClockStarted(turn))
    log.write(ev.ClockStopped(turn), after_s=int(minutes) * 60 + int(seconds))
    log.write(ev.TurnEnded(turn))


def _sheet(rule: Judged, total: Decimal) -> dict[str, Decimal]:
    """The total, given to the criteria from the first on as far as it goes."""
    sheet = {}
    for criterion in rule.criteria:
        sheet[criterion.key] = min(total, criterion.maximum)
        total -= sheet[criterion.key]
    return sheet


def _answer(log: _Log, turn: int, part: Segment, entry: str, answers: str) -> None:
    for position, answer in enumerate(answers):
        log.write(ev.QuestionShown(turn, position, f"{turn}/{position}"))
        log.write(ev.QuestionTimed(turn))
        if answer in _OPTIONS:
            log.write(ev.Answered(turn, entry, _OPTIONS[answer], 0))
        log.write(ev.KeyShown(turn, [0]))
    log.write(ev.TurnEnded(turn))
