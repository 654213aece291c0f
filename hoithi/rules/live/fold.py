"""A line of the log → the next state, or the reason why it cannot happen.

The same function serves the desk before a line is stored, and whoever verifies a published log: a
log that contains a line which the rules forbid does not fold. Codes of `RuleViolation` are
sentences of the desk's catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from hoithi.rules.draw import commit, lots_seed
from hoithi.rules.errors import RuleViolation
from hoithi.rules.judging import Judged, mark_flaw
from hoithi.rules.live import events as ev
from hoithi.rules.live.marks import is_complete
from hoithi.rules.live.state import (
    NOBODY,
    ORDER,
    ClockCorrection,
    Correction,
    Lots,
    Question,
    Reply,
    Sheet,
    State,
    Turn,
    packets_of,
)
from hoithi.rules.marks import is_plain
from hoithi.rules.quiz import Quiz
from hoithi.rules.ranking import lots as places_of
from hoithi.rules.regulation import Regulation

# What is on its way from a team's device when its time ends is still taken.
GRACE_MS = 1000

E = TypeVar("E", bound=ev.Event)
_STEPS: dict[type[ev.Event], Callable[[State, int, ev.Event], None]] = {}
# Lines that come from the devices of judges and teams; all others are the console's.
_OF_DEVICES = (
    ev.DeviceSeated,
    ev.SheetSaved,
    ev.SheetConfirmed,
    ev.Abstained,
    ev.Pressed,
)


def fold(regulation: Regulation, lines: Iterable[ev.Line]) -> State:
    """The state after a whole log. Raises RuleViolation at the first line that cannot be."""
    state = State(regulation)
    for line in lines:
        apply(state, line)
    return state


def apply(state: State, line: ev.Line) -> None:
    """Carry a line out on the state. Raises RuleViolation, and then nothing has changed."""
    if line.number != state.last + 1:
        raise RuleViolation("line_out_of_order", number=line.number, wanted=state.last + 1)
    _need(line.at_ms >= state.at_ms, "time_runs_back")
    if isinstance(line.event, ev.Opened):
        _need(not state.is_open, "opened_already")
    else:
        _need(state.is_open, "not_opened")
        # The awards are shown after everything is in.
        _need(not state.is_closed or isinstance(line.event, ev.Scene), "closed_already")
    _STEPS[type(line.event)](state, line.at_ms, line.event)
    state.last, state.at_ms = line.number, line.at_ms
    if not is_of_device(line.event):
        state.cue = line.number


def is_of_device(event: ev.Event) -> bool:
    """Whether a judge's or a team's device wrote it, so that it does not outdate the console."""
    return isinstance(event, _OF_DEVICES) or (isinstance(event, ev.Answered) and event.epoch > 0)


def _need(holds: bool, code: str, **params: str | int) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise RuleViolation(code, **params)


def _on(
    kind: type[E],
) -> Callable[[Callable[[State, int, E], None]], Callable[[State, int, E], None]]:
    def take(step: Callable[[State, int, E], None]) -> Callable[[State, int, E], None]:
        def typed(state: State, at_ms: int, event: ev.Event) -> None:
            assert isinstance(event, kind)
            step(state, at_ms, event)

        _STEPS[kind] = typed
        return step

    return take


# Opening, teams and jury


@_on(ev.Opened)
def _opened(state: State, at_ms: int, event: ev.Opened) -> None:
    _need(bool(event.teams), "no_teams")
    _need(len(set(event.teams)) == len(event.teams), "team_twice")
    keys = [judge.judge for judge in event.judges]
    _need(len(set(keys)) == len(keys), "judge_twice")
    judged = [each for each in state.regulation.segments if each.judged]
    if judged:
        _need(sum(judge.is_chair for judge in event.judges) == 1, "one_chair_needed")
    quizzes = {each.key: each.quiz for each in state.regulation.segments if each.quiz}
    _need(set(event.packets) == set(quizzes), "packets_not_sealed")
    drawn = [quiz for quiz in quizzes.values() if quiz.form == "packet"]
    _need(all(quiz.packets >= len(event.teams) for quiz in drawn), "packets_too_few")
    state.teams = tuple(event.teams)
    state.judges = {judge.judge: judge for judge in event.judges}
    state.packets = dict(event.packets)
    state.scene_ms = at_ms
    state.is_open = True


@_on(ev.JudgeJoined)
def _judge_joined(state: State, _at_ms: int, event: ev.JudgeJoined) -> None:
    _need(event.judge.judge not in state.judges, "judge_twice")
    _need(not (event.judge.is_chair and _has_chair(state)), "one_chair_needed")
    state.judges[event.judge.judge] = event.judge
    state.joined[event.judge.judge] = len(state.turns) - (state.on_stage is not None)


def _has_chair(state: State) -> bool:
    return any(judge.is_chair and key not in state.left for key, judge in state.judges.items())


@_on(ev.JudgeLeft)
def _judge_left(state: State, _at_ms: int, event: ev.JudgeLeft) -> None:
    _need(event.judge in state.judges, "no_such_judge")
    _need(event.judge not in state.left, "judge_left")
    state.left[event.judge] = event.reason


@_on(ev.JudgeBarred)
def _judge_barred(state: State, _at_ms: int, event: ev.JudgeBarred) -> None:
    judge = state.judges.get(event.judge)
    if judge is None:
        raise RuleViolation("no_such_judge")
    _need(event.entry in state.teams, "no_such_team")
    _need(event.entry not in judge.barred, "judge_barred")
    state.judges[event.judge] = ev.Judge(judge.judge, judge.is_chair, [*judge.barred, event.entry])


@_on(ev.TeamPresent)
def _team_present(state: State, _at_ms: int, event: ev.TeamPresent) -> None:
    _need(event.entry in state.teams, "no_such_team")
    _need(event.entry not in state.withdrawn, "team_withdrawn")
    _need(event.entry not in state.present, "team_present")
    state.present.add(event.entry)


@_on(ev.TeamWithdrawn)
def _team_withdrawn(state: State, at_ms: int, event: ev.TeamWithdrawn) -> None:
    _need(event.entry in state.teams, "no_such_team")
    _need(event.entry not in state.withdrawn, "team_withdrawn")
    _need(len(state.standing) > 1, "last_team")
    state.withdrawn[event.entry] = event.reason
    turn = state.on_stage
    if turn is not None and turn.entry == event.entry:
        _end(turn, at_ms)


# Lots


def candidates(state: State, lots: str) -> tuple[str, ...]:
    """What is drawn, in the order in which it is written down before the draw."""
    if lots == ORDER:
        return tuple(sorted(each for each in state.teams if each not in state.withdrawn))
    for part in state.regulation.segments:
        if packets_of(part.key) == lots and part.quiz and part.quiz.form == "packet":
            return tuple(str(number) for number in range(1, part.quiz.packets + 1))
    raise RuleViolation("no_such_lots")


def _not_begun(state: State, lots: str) -> None:
    """Nothing that hangs on a draw has begun: no turn, and no packet drawn in running order."""
    hangs = [turn for turn in state.turns if lots in (ORDER, packets_of(turn.segment))]
    _need(all(turn.void for turn in hangs), "turns_have_begun")
    _need(lots != ORDER or set(state.lots) <= {ORDER}, "packets_are_drawn")


@_on(ev.LotsCommitted)
def _lots_committed(state: State, _at_ms: int, event: ev.LotsCommitted) -> None:
    _need(tuple(event.among) == candidates(state, event.lots), "lots_among_others")
    _need(event.lots not in state.lots, "lots_underway")
    _not_begun(state, event.lots)
    state.lots[event.lots] = Lots(among=tuple(event.among), commitment=event.commitment)


@_on(ev.LotsNumbered)
def _lots_numbered(state: State, _at_ms: int, event: ev.LotsNumbered) -> None:
    lots = _underway(state, event.lots)
    _need(not lots.number, "number_given_already")
    lots.number = event.number


@_on(ev.LotsDrawn)
def _lots_drawn(state: State, _at_ms: int, event: ev.LotsDrawn) -> None:
    lots = _underway(state, event.lots)
    _need(bool(lots.number), "number_not_given")
    secret = bytes.fromhex(event.secret)
    _need(commit(secret) == lots.commitment, "secret_does_not_fit")
    places = places_of(lots.among, lots_seed(secret, lots.number))
    lots.secret = event.secret
    lots.order = tuple(sorted(places, key=lambda each: places[each]))


@_on(ev.LotsByHand)
def _lots_by_hand(state: State, _at_ms: int, event: ev.LotsByHand) -> None:
    among = candidates(state, event.lots)
    _need(event.lots not in state.lots, "lots_underway")
    _need(sorted(event.order) == sorted(among), "lots_not_all")
    _not_begun(state, event.lots)
    state.lots[event.lots] = Lots(among, order=tuple(event.order), by_hand=event.reason)


@_on(ev.LotsVoid)
def _lots_void(state: State, _at_ms: int, event: ev.LotsVoid) -> None:
    _need(event.lots in state.lots, "lots_not_held")
    _not_begun(state, event.lots)
    state.void_lots.append((event.lots, state.lots.pop(event.lots), event.reason))


def _underway(state: State, key: str) -> Lots:
    lots = state.lots.get(key)
    if lots is None:
        raise RuleViolation("lots_not_held")
    _need(not lots.order, "lots_drawn_already")
    return lots


# Turns and the clock


@_on(ev.TurnCalled)
def _turn_called(state: State, at_ms: int, event: ev.TurnCalled) -> None:
    _need(event.turn == len(state.turns) + 1, "turn_out_of_order")
    _need(state.on_stage is None, "turn_is_on")
    part = next((each for each in state.regulation.segments if each.key == event.segment), None)
    if part is None or (part.voted is not None):
        raise RuleViolation("no_such_part")
    if part.quiz is not None and part.quiz.form == "buzzer":
        _need(event.entry == NOBODY, "all_teams_press")
    else:
        _need(event.entry in state.teams, "no_such_team")
        _need(event.entry not in state.withdrawn, "team_withdrawn")
    _need(state.held(event.segment, event.entry) is None, "turn_held_already")
    turn = Turn(event.turn, event.segment, event.entry, called_ms=at_ms)
    if part.quiz is not None:
        _need(state.packet(turn) > 0, "packet_not_drawn")
    state.turns.append(turn)


@_on(ev.ClockStarted)
def _clock_started(state: State, at_ms: int, event: ev.ClockStarted) -> None:
    turn = _on_stage(state, event.turn)
    _need(not turn.running_ms, "clock_runs")
    turn.running_ms = at_ms


@_on(ev.ClockStopped)
def _clock_stopped(state: State, at_ms: int, event: ev.ClockStopped) -> None:
    turn = _on_stage(state, event.turn)
    _need(bool(turn.running_ms), "clock_stands")
    _stop(turn, at_ms)


@_on(ev.ClockSet)
def _clock_set(state: State, at_ms: int, event: ev.ClockSet) -> None:
    turn = _counting(state, event.turn)
    before = turn.clock_at(at_ms)
    turn.corrections.append(ClockCorrection(before, event.elapsed_ms, event.reason))
    turn.elapsed_ms = event.elapsed_ms
    if turn.running_ms:
        turn.running_ms = at_ms


@_on(ev.TurnEnded)
def _turn_ended(state: State, at_ms: int, event: ev.TurnEnded) -> None:
    turn = _on_stage(state, event.turn)
    _need(turn.asked is None or turn.asked.is_over, "question_is_open")
    _end(turn, at_ms)


@_on(ev.TurnVoid)
def _turn_void(state: State, at_ms: int, event: ev.TurnVoid) -> None:
    turn = _counting(state, event.turn)
    if turn.running_ms:
        _stop(turn, at_ms)
    turn.void = event.reason
    state.released.discard(turn.segment)


def _stop(turn: Turn, at_ms: int) -> None:
    turn.elapsed_ms = turn.clock_at(at_ms)
    turn.running_ms = 0


def _end(turn: Turn, at_ms: int) -> None:
    if turn.running_ms:
        _stop(turn, at_ms)
    turn.ended_ms = at_ms


def _counting(state: State, number: int) -> Turn:
    """A turn that was called and counts."""
    turn = state.turn(number)
    if turn is None:
        raise RuleViolation("turn_not_called")
    _need(not turn.void, "turn_is_void")
    return turn


def _on_stage(state: State, number: int) -> Turn:
    turn = _counting(state, number)
    _need(turn.is_on, "turn_has_ended")
    return turn


# Sheets


@_on(ev.DeviceSeated)
def _device_seated(state: State, _at_ms: int, event: ev.DeviceSeated) -> None:
    _need(event.seat in state.judges or event.seat in state.teams, "no_such_seat")
    _need(event.epoch == state.epochs.get(event.seat, 0) + 1, "device_out_of_order")
    state.epochs[event.seat] = event.epoch


@_on(ev.SheetSaved)
def _sheet_saved(state: State, _at_ms: int, event: ev.SheetSaved) -> None:
    rule, sheet = _marking(state, event.turn, event.judge)
    _device(state, event.judge, event.epoch)
    _in_sequence(sheet, event.epoch, event.seq)
    _check_marks(rule, event)
    _store(state, event.turn, event.judge, sheet)
    sheet.marks = dict(event.marks)
    sheet.epoch, sheet.seq = event.epoch, event.seq


@_on(ev.SheetConfirmed)
def _sheet_confirmed(state: State, at_ms: int, event: ev.SheetConfirmed) -> None:
    rule, sheet = _marking(state, event.turn, event.judge)
    _device(state, event.judge, event.epoch)
    _in_sequence(sheet, event.epoch, event.seq)
    _check_marks(rule, event)
    _check_whole(rule, event)
    _store(state, event.turn, event.judge, sheet)
    sheet.marks = dict(event.marks)
    sheet.epoch, sheet.seq = event.epoch, event.seq
    sheet.is_confirmed, sheet.confirmed_ms = True, at_ms


@_on(ev.SheetUnlocked)
def _sheet_unlocked(state: State, _at_ms: int, event: ev.SheetUnlocked) -> None:
    turn = _counting(state, event.turn)
    sheet = turn.sheets.get(event.judge)
    if sheet is None or not sheet.is_in:
        raise RuleViolation("sheet_not_in")
    sheet.kept.append((sheet.marks, event.reason))
    sheet.is_confirmed, sheet.from_paper, sheet.confirmed_ms = False, False, 0
    sheet.abstained = ""
    state.released.discard(turn.segment)


@_on(ev.SheetFromPaper)
def _sheet_from_paper(state: State, at_ms: int, event: ev.SheetFromPaper) -> None:
    rule, sheet = _marking(state, event.turn, event.judge)
    _need(event.first != event.second, "two_people_needed")
    _check_marks(rule, event)
    _check_whole(rule, event)
    _store(state, event.turn, event.judge, sheet)
    sheet.marks = dict(event.marks)
    sheet.is_confirmed, sheet.from_paper, sheet.confirmed_ms = True, True, at_ms


@_on(ev.Abstained)
def _abstained(state: State, _at_ms: int, event: ev.Abstained) -> None:
    _rule, sheet = _marking(state, event.turn, event.judge)
    _store(state, event.turn, event.judge, sheet)
    sheet.abstained = event.reason


def _marking(state: State, number: int, key: str) -> tuple[Judged, Sheet]:
    """The rule and the sheet of a judge who may mark the turn now; the sheet may be new."""
    turn = _counting(state, number)
    judge = state.judges.get(key)
    if judge is None:
        raise RuleViolation("no_such_judge")
    _need(key not in state.left, "judge_left")
    _need(turn.entry not in judge.barred, "judge_barred")
    rule = state.segment(turn.segment).judged
    if rule is None:
        raise RuleViolation("part_not_judged")
    sheet = turn.sheets.get(key) or Sheet()
    _need(not sheet.is_in, "sheet_is_in")
    _need(state.may_mark(key, turn), "judge_joined_later")
    return rule, sheet


def _store(state: State, number: int, judge: str, sheet: Sheet) -> None:
    state.turns[number - 1].sheets[judge] = sheet


def _device(state: State, seat: str, epoch: int) -> None:
    _need(epoch == state.epochs.get(seat, 0), "other_device")


def _in_sequence(sheet: Sheet, epoch: int, seq: int) -> None:
    """Messages of one device are taken in their order, each once."""
    _need((epoch, seq) > (sheet.epoch, sheet.seq), "message_repeated")


_Sheets = ev.SheetSaved | ev.SheetConfirmed | ev.SheetFromPaper


def _check_marks(rule: Judged, event: _Sheets) -> None:
    criteria = {each.key: each for each in rule.criteria}
    for key, mark in event.marks.items():
        criterion = criteria.get(key)
        if criterion is None:
            raise RuleViolation("no_such_criterion")
        flaw = mark_flaw(criterion, mark)
        if flaw:
            raise RuleViolation(
                flaw,
                criterion=criterion.label,
                mark=str(mark)[:20],
                maximum=f"{criterion.maximum:f}",
                step=f"{criterion.step:f}",
            )


def _check_whole(rule: Judged, event: _Sheets) -> None:
    lacking = [each.label for each in rule.criteria if each.key not in event.marks]
    if lacking:
        raise RuleViolation("sheet_incomplete", criterion=lacking[0], more=len(lacking) - 1)


# Questions


@_on(ev.StarLaid)
def _star_laid(state: State, _at_ms: int, event: ev.StarLaid) -> None:
    turn, quiz = _asking(state, event.turn)
    _need(quiz.star is not None, "no_star")
    _need(turn.asked is None or turn.asked.is_over, "question_is_open")
    _need(next_position(turn) < quiz.length, "packet_at_its_end")
    laid = turn.next_has_star or any(each.has_star and not each.spoilt for each in turn.questions)
    _need(not laid, "star_laid_already")
    turn.next_has_star = True


@_on(ev.QuestionShown)
def _question_shown(state: State, at_ms: int, event: ev.QuestionShown) -> None:
    turn, quiz = _asking(state, event.turn)
    _need(turn.asked is None or turn.asked.is_over, "question_is_open")
    _need(event.position == next_position(turn), "question_out_of_order")
    _need(event.position < quiz.length, "packet_at_its_end")
    used = {each.item for other in state.turns for each in other.questions}
    _need(event.item not in used, "question_twice")
    spoilt = next(
        (each for each in reversed(turn.questions) if each.position == event.position), None
    )
    star = turn.next_has_star or (spoilt is not None and spoilt.has_star)
    turn.questions.append(Question(event.position, event.item, star, shown_ms=at_ms))
    turn.next_has_star = False


def next_position(turn: Turn) -> int:
    """The place in the packet that is asked next: that of a spoilt question first."""
    good = {each.position for each in turn.questions if not each.spoilt}
    return next(place for place in range(len(good) + 1) if place not in good)


@_on(ev.QuestionTimed)
def _question_timed(state: State, at_ms: int, event: ev.QuestionTimed) -> None:
    question = _open_question(state, event.turn)
    _need(not question.timed_ms, "question_timed_already")
    question.timed_ms = at_ms


@_on(ev.QuestionOffered)
def _question_offered(state: State, at_ms: int, event: ev.QuestionOffered) -> None:
    turn, quiz = _asking(state, event.turn)
    question = _open_question(state, event.turn)
    if turn.entry == NOBODY:
        _need(question.floor in question.replies, "floor_is_free")
    else:
        _need(quiz.steal is not None, "no_steal")
        _need(not question.offered_ms, "offered_already")
    question.offered_ms = at_ms
    question.floor = NOBODY
    question.presses = []


@_on(ev.Pressed)
def _pressed(state: State, at_ms: int, event: ev.Pressed) -> None:
    turn, quiz = _asking(state, event.turn)
    question = _open_question(state, event.turn)
    _device(state, event.entry, event.epoch)
    _may_press(state, turn, question, event.entry)
    if turn.entry == NOBODY:
        opened = question.offered_ms or question.timed_ms
        _need(bool(opened), "not_yet_open")
        limit = quiz.part_of(question.position).seconds if not question.offered_ms else 0
    else:
        opened = question.offered_ms
        _need(bool(opened), "not_yet_open")
        limit = quiz.steal.seconds if quiz.steal else 0
    _need(not limit or at_ms <= opened + limit * 1000 + GRACE_MS, "press_too_late")
    question.presses.append(event.entry)
    if question.floor == NOBODY:
        question.floor = event.entry


@_on(ev.FloorGiven)
def _floor_given(state: State, _at_ms: int, event: ev.FloorGiven) -> None:
    turn, _quiz = _asking(state, event.turn)
    question = _open_question(state, event.turn)
    _need(turn.entry == NOBODY or bool(question.offered_ms), "not_yet_open")
    _need(event.entry in state.standing and event.entry != turn.entry, "no_such_team")
    _need(event.entry not in question.replies, "answered_already")
    question.floor = event.entry


def _may_press(state: State, turn: Turn, question: Question, entry: str) -> None:
    _need(entry in state.standing, "no_such_team")
    _need(entry != turn.entry, "own_question")
    _need(entry not in question.replies, "answered_already")
    _need(entry not in question.presses, "pressed_already")


@_on(ev.Answered)
def _answered(state: State, at_ms: int, event: ev.Answered) -> None:
    turn, quiz = _asking(state, event.turn)
    question = _open_question(state, event.turn)
    from_device = event.epoch > 0
    if from_device:
        _device(state, event.entry, event.epoch)
    if turn.entry == NOBODY or question.offered_ms:
        _need(event.entry == question.floor, "floor_is_another_teams")
        _need(event.entry not in state.withdrawn, "team_withdrawn")
    else:
        _need(event.entry == turn.entry, "question_is_another_teams")
        seconds = quiz.part_of(question.position).seconds
        if from_device and seconds:
            began = question.timed_ms
            _need(bool(began), "not_yet_open")
            _need(at_ms <= began + seconds * 1000 + GRACE_MS, "answer_too_late")
    after = at_ms - question.began_ms
    question.replies[event.entry] = Reply(event.option, after, from_device)


@_on(ev.KeyShown)
def _key_shown(state: State, _at_ms: int, event: ev.KeyShown) -> None:
    question = _open_question(state, event.turn)
    _need(bool(event.right), "key_missing")
    question.right = tuple(event.right)


@_on(ev.QuestionSpoilt)
def _question_spoilt(state: State, _at_ms: int, event: ev.QuestionSpoilt) -> None:
    turn = _counting(state, event.turn)
    for question in turn.questions:
        if question.position == event.position and not question.spoilt:
            question.spoilt = event.reason
            return
    raise RuleViolation("question_not_asked")


def _asking(state: State, number: int) -> tuple[Turn, Quiz]:
    turn = _on_stage(state, number)
    quiz = state.segment(turn.segment).quiz
    if quiz is None:
        raise RuleViolation("part_without_questions")
    return turn, quiz


def _open_question(state: State, number: int) -> Question:
    turn, _quiz = _asking(state, number)
    if turn.asked is None or turn.asked.is_over:
        raise RuleViolation("question_not_open")
    return turn.asked


# What concerns the result and the screen


@_on(ev.PointsGiven)
def _points_given(state: State, _at_ms: int, event: ev.PointsGiven) -> None:
    _need(any(event.segment == each.key for each in state.regulation.segments), "no_such_part")
    _need(event.entry in state.teams, "no_such_team")
    _need(event.first != event.second, "two_people_needed")
    _need(is_plain(event.points) and event.points != 0, "no_points")
    highest = state.segment(event.segment).maximum
    _need(abs(event.points) <= highest, "points_out_of_bounds", maximum=f"{highest:f}")
    given = state.corrections.setdefault((event.segment, event.entry), [])
    given.append(Correction(event.points, event.reason))


@_on(ev.VoteOpened)
def _vote_opened(state: State, _at_ms: int, event: ev.VoteOpened) -> None:
    _need(any(event.segment == p.key and p.voted for p in state.regulation.segments), "no_vote")
    _need(not state.voting, "vote_is_open")
    _need(event.segment not in state.votes, "vote_held_already")
    state.voting = event.segment


@_on(ev.VoteClosed)
def _vote_closed(state: State, _at_ms: int, event: ev.VoteClosed) -> None:
    _need(state.voting == event.segment, "vote_not_open")
    _need(set(event.votes) <= set(state.teams), "no_such_team")
    state.votes[event.segment] = dict(event.votes)
    state.voting = ""


@_on(ev.Released)
def _released(state: State, _at_ms: int, event: ev.Released) -> None:
    _need(any(event.segment == each.key for each in state.regulation.segments), "no_such_part")
    _need(is_complete(state, event.segment), "part_not_complete")
    state.released.add(event.segment)


@_on(ev.Scene)
def _scene(state: State, at_ms: int, event: ev.Scene) -> None:
    state.scene, state.scene_ms = event, at_ms
    if event.scene == "awards" and event.about.isascii() and event.about.isdigit():
        state.revealed = int(event.about)


@_on(ev.Closed)
def _closed(state: State, _at_ms: int, event: ev.Closed) -> None:
    _need(event.first != event.second, "two_people_needed")
    _need(state.on_stage is None, "turn_is_on")
    for part in state.regulation.segments:
        _need(is_complete(state, part.key), "part_not_complete", part=part.label)
    state.is_closed = True
