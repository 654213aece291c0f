"""A line of the log → the next state: what each line does, and every reason to refuse one."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from types import ModuleType

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules import judging
from hoithi.rules.draw import commit, lots_seed
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live import events as ev
from hoithi.rules.live import fold as module
from hoithi.rules.live.fold import apply, fold, is_of_device, next_position
from hoithi.rules.live.marks import is_marked
from hoithi.rules.live.state import ClockCorrection, Reply, State
from hoithi.rules.ranking import lots
from tests.rules.live.log import (
    GOOD,
    JUDGES,
    OPENED,
    ORDER_COMMITTED,
    PACKETS_BY_HAND,
    QUIZ,
    REGULATION,
    RUSH,
    SEAL,
    SECRET,
    SHOW,
    SIDE,
    TEAMS,
    VOTE,
    WHY,
    A,
    B,
    C,
    Log,
    asked,
    asking,
    marked,
    offered,
    opened,
    rushing,
    showing,
    whole,
)

D = "d" * 32


def opening(**changes: object) -> Callable[[], tuple[Log, ev.AnyEvent]]:
    return lambda: (Log(), replace(OPENED, **changes))


def after(log: Callable[[], Log], *events: ev.AnyEvent) -> Callable[[], tuple[Log, ev.AnyEvent]]:
    """The log with all events but the last, and the last, which is to be refused."""
    return lambda: (log().do(*events[:-1]), events[-1])


def late(log: Callable[[], Log], event: ev.AnyEvent, after_ms: int) -> Log:
    """The log, so much later that the next line comes after so many milliseconds."""
    waited = log()
    waited.at_ms += after_ms - 1000
    return waited


def sheet(marks: dict[str, Decimal], judge: str = "gk1", seq: int = 1) -> ev.SheetSaved:
    return ev.SheetSaved(1, judge, 1, seq, marks)


def confirmed(marks: dict[str, Decimal], judge: str = "gk1", seq: int = 1) -> ev.SheetConfirmed:
    return ev.SheetConfirmed(1, judge, 1, seq, marks)


ORDER_BY_HAND = ev.LotsByHand("order", TEAMS, WHY)
NUMBER = ev.LotsNumbered("order", "2023")
DRAWN = ev.LotsDrawn("order", SECRET.hex())
CALL = ev.TurnCalled(1, SHOW, A)
SPOIL = ev.QuestionSpoilt(1, 0, WHY)
KEY = ev.KeyShown(1, [2])
CLOSE = ev.Closed("1", "2")
LEAVE = ev.JudgeLeft("gk1", WHY)
VOID = ev.TurnVoid(1, WHY)
FLOOR_B = ev.FloorGiven(1, B, WHY)


def asking_plainly() -> Log:
    """A question of a plan without a steal."""
    (part,) = (each for each in REGULATION.segments if each.key == QUIZ)
    assert part.quiz is not None
    plain = replace(part, quiz=replace(part.quiz, steal=None))
    log = Log(replace(REGULATION, segments=[plain]))
    log.do(ev.Opened(SEAL, TEAMS, [], {QUIZ: SEAL}), PACKETS_BY_HAND, ev.TurnCalled(1, QUIZ, A))
    return log.do(ev.QuestionShown(1, 0, "q1"))


REFUSED: list[tuple[str, Callable[[], tuple[Log, ev.AnyEvent]]]] = [
    ("not_opened", after(Log, ev.TeamPresent(A))),
    ("opened_already", after(opened, OPENED)),
    ("closed_already", after(whole, CLOSE, ev.TeamPresent(A))),
    # Opening, teams and jury
    ("no_teams", opening(teams=[])),
    ("team_twice", opening(teams=[A, A])),
    ("judge_twice", opening(judges=[JUDGES[0], JUDGES[0]])),
    ("one_chair_needed", opening(judges=JUDGES[1:])),
    ("one_chair_needed", opening(judges=[*JUDGES, ev.Judge("gk4", True, [])])),
    ("packets_not_sealed", opening(packets={QUIZ: SEAL})),
    ("packets_not_sealed", opening(packets={QUIZ: SEAL, RUSH: SEAL, SHOW: SEAL})),
    ("packets_too_few", opening(teams=[*TEAMS, D])),
    ("judge_twice", after(opened, ev.JudgeJoined(JUDGES[1], WHY))),
    ("one_chair_needed", after(opened, ev.JudgeJoined(ev.Judge("gk4", True, []), WHY))),
    ("no_such_judge", after(opened, ev.JudgeLeft("gk9", WHY))),
    ("judge_left", after(opened, LEAVE, LEAVE)),
    ("no_such_judge", after(opened, ev.JudgeBarred("gk9", A, WHY))),
    ("no_such_team", after(opened, ev.JudgeBarred("gk1", D, WHY))),
    ("judge_barred", after(opened, ev.JudgeBarred("gk3", C, WHY))),
    ("no_such_team", after(opened, ev.TeamPresent(D))),
    ("team_withdrawn", after(opened, ev.TeamWithdrawn(A, WHY), ev.TeamPresent(A))),
    ("team_present", after(opened, ev.TeamPresent(A), ev.TeamPresent(A))),
    ("no_such_team", after(opened, ev.TeamWithdrawn(D, WHY))),
    ("team_withdrawn", after(opened, ev.TeamWithdrawn(A, WHY), ev.TeamWithdrawn(A, WHY))),
    ("last_team", after(opened, *(ev.TeamWithdrawn(each, WHY) for each in TEAMS))),
    # Lots
    ("no_such_lots", after(opened, ev.LotsCommitted("packets:khac", [], SEAL))),
    ("no_such_lots", after(opened, ev.LotsCommitted(f"packets:{RUSH}", ["1"], SEAL))),
    ("lots_among_others", after(opened, replace(ORDER_COMMITTED, among=[A, B]))),
    ("lots_among_others", after(opened, replace(ORDER_COMMITTED, among=[B, A, C]))),
    ("lots_underway", after(opened, ORDER_COMMITTED, ORDER_COMMITTED)),
    ("lots_underway", after(opened, ORDER_COMMITTED, ORDER_BY_HAND)),
    ("turns_have_begun", after(opened, CALL, ORDER_COMMITTED)),
    ("turns_have_begun", after(opened, CALL, ORDER_BY_HAND)),
    ("turns_have_begun", after(opened, ORDER_BY_HAND, CALL, ev.LotsVoid("order", WHY))),
    ("packets_are_drawn", after(opened, PACKETS_BY_HAND, ORDER_BY_HAND)),
    (
        "packets_are_drawn",
        after(opened, ORDER_BY_HAND, PACKETS_BY_HAND, ev.LotsVoid("order", WHY)),
    ),
    ("lots_not_held", after(opened, NUMBER)),
    ("lots_not_held", after(opened, ev.LotsVoid("order", WHY))),
    ("number_given_already", after(opened, ORDER_COMMITTED, NUMBER, NUMBER)),
    ("number_not_given", after(opened, ORDER_COMMITTED, DRAWN)),
    (
        "secret_does_not_fit",
        after(opened, ORDER_COMMITTED, NUMBER, ev.LotsDrawn("order", SEAL)),
    ),
    ("lots_drawn_already", after(opened, ORDER_COMMITTED, NUMBER, DRAWN, DRAWN)),
    ("lots_drawn_already", after(opened, ORDER_BY_HAND, NUMBER)),
    ("lots_not_all", after(opened, ev.LotsByHand("order", [A, B], WHY))),
    ("lots_not_all", after(opened, ev.LotsByHand("order", [A, B, B], WHY))),
    # Turns and the clock
    ("turn_out_of_order", after(opened, ev.TurnCalled(2, SHOW, A))),
    ("turn_is_on", after(showing, ev.TurnCalled(2, SHOW, B))),
    ("no_such_part", after(opened, ev.TurnCalled(1, "khac", A))),
    ("no_such_part", after(opened, ev.TurnCalled(1, VOTE, A))),
    ("all_teams_press", after(opened, ev.TurnCalled(1, RUSH, A))),
    ("no_such_team", after(opened, ev.TurnCalled(1, SHOW, ""))),
    ("no_such_team", after(opened, ev.TurnCalled(1, SHOW, D))),
    ("team_withdrawn", after(opened, ev.TeamWithdrawn(A, WHY), CALL)),
    ("turn_held_already", after(showing, ev.TurnEnded(1), ev.TurnCalled(2, SHOW, A))),
    ("packet_not_drawn", after(opened, ev.TurnCalled(1, QUIZ, A))),
    ("clock_runs", after(showing, ev.ClockStarted(1), ev.ClockStarted(1))),
    ("clock_stands", after(showing, ev.ClockStopped(1))),
    ("turn_not_called", after(opened, ev.ClockStarted(1))),
    ("turn_not_called", after(opened, ev.ClockSet(1, 0, WHY))),
    ("turn_is_void", after(showing, VOID, ev.ClockStarted(1))),
    ("turn_is_void", after(showing, VOID, VOID)),
    ("turn_has_ended", after(showing, ev.TurnEnded(1), ev.TurnEnded(1))),
    ("question_is_open", after(asked, ev.TurnEnded(1))),
    # Sheets
    ("no_such_seat", after(opened, ev.DeviceSeated("gk9", 1))),
    ("device_out_of_order", after(opened, ev.DeviceSeated("gk1", 1))),
    ("device_out_of_order", after(opened, ev.DeviceSeated("gk1", 3))),
    ("no_such_judge", after(showing, sheet(GOOD, "gk9"))),
    ("judge_left", after(showing, LEAVE, sheet(GOOD))),
    ("judge_barred", after(lambda: showing(C), ev.DeviceSeated("gk3", 1), sheet(GOOD, "gk3"))),
    ("part_not_judged", after(asking, sheet(GOOD))),
    ("sheet_is_in", after(showing, confirmed(GOOD), sheet(GOOD, seq=2))),
    (
        "judge_joined_later",
        after(
            marked,
            ev.JudgeJoined(ev.Judge("gk4", False, []), WHY),
            ev.DeviceSeated("gk4", 1),
            sheet(GOOD, "gk4"),
        ),
    ),
    ("sheet_is_in", after(showing, confirmed(GOOD), confirmed(GOOD, seq=2))),
    ("sheet_is_in", after(showing, ev.Abstained(1, "gk1", WHY), sheet(GOOD))),
    ("sheet_is_in", after(showing, confirmed(GOOD), ev.SheetFromPaper(1, "gk1", GOOD, "5", "6"))),
    ("other_device", after(showing, ev.DeviceSeated("gk1", 2), sheet(GOOD))),
    ("other_device", after(showing, sheet(GOOD, "gk3"))),
    ("other_device", after(showing, ev.DeviceSeated("gk1", 2), confirmed(GOOD))),
    ("message_repeated", after(showing, sheet(GOOD), sheet(GOOD))),
    ("message_repeated", after(showing, sheet(GOOD, seq=2), confirmed(GOOD, seq=1))),
    ("no_such_criterion", after(showing, sheet({"khac": Decimal(1)}))),
    ("criterion_out_of_bounds", after(showing, sheet({"noi-dung": Decimal("20.5")}))),
    ("criterion_out_of_bounds", after(showing, confirmed(GOOD | {"noi-dung": Decimal("NaN")}))),
    ("criterion_out_of_bounds", after(showing, sheet({"noi-dung": Decimal("1E+999999999999")}))),
    ("criterion_off_step", after(showing, sheet({"noi-dung": Decimal("0.25")}))),
    (
        "criterion_off_step",
        after(showing, ev.SheetFromPaper(1, "gk1", GOOD | {"noi-dung": Decimal("0.25")}, "5", "6")),
    ),
    ("sheet_incomplete", after(showing, confirmed({"noi-dung": Decimal(10)}))),
    ("sheet_incomplete", after(showing, ev.SheetFromPaper(1, "gk1", {}, "5", "6"))),
    ("two_people_needed", after(showing, ev.SheetFromPaper(1, "gk1", GOOD, "5", "5"))),
    ("sheet_not_in", after(showing, ev.SheetUnlocked(1, "gk1", WHY))),
    ("sheet_not_in", after(showing, sheet(GOOD), ev.SheetUnlocked(1, "gk1", WHY))),
    # Questions
    ("part_without_questions", after(showing, ev.QuestionShown(1, 0, "q1"))),
    ("no_star", after(lambda: opened().do(ev.TurnCalled(1, RUSH, "")), ev.StarLaid(1))),
    ("star_laid_already", after(asking, ev.StarLaid(1), ev.StarLaid(1))),
    (
        "star_laid_already",
        after(asking, ev.StarLaid(1), ev.QuestionShown(1, 0, "q1"), KEY, ev.StarLaid(1)),
    ),
    ("question_is_open", after(asked, ev.StarLaid(1))),
    ("question_is_open", after(asked, ev.QuestionShown(1, 1, "q2"))),
    ("question_out_of_order", after(asking, ev.QuestionShown(1, 1, "q1"))),
    ("question_out_of_order", after(asked, KEY, ev.QuestionShown(1, 0, "q2"))),
    (
        "packet_at_its_end",
        after(asked, KEY, ev.QuestionShown(1, 1, "q2"), KEY, ev.QuestionShown(1, 2, "q3")),
    ),
    ("packet_at_its_end", after(asked, KEY, ev.QuestionShown(1, 1, "q2"), KEY, ev.StarLaid(1))),
    ("question_twice", after(asked, KEY, ev.QuestionShown(1, 1, "q1"))),
    (
        "question_twice",
        after(asked, VOID, ev.TurnCalled(2, QUIZ, A), ev.QuestionShown(2, 0, "q1")),
    ),
    ("question_timed_already", after(asked, ev.QuestionTimed(1))),
    ("question_not_open", after(asking, ev.QuestionTimed(1))),
    ("question_not_open", after(asked, KEY, ev.Answered(1, A, 2, 0))),
    ("question_not_open", after(asked, SPOIL, KEY)),
    ("no_steal", after(asking_plainly, ev.QuestionOffered(1))),
    ("offered_already", after(offered, ev.QuestionOffered(1))),
    ("floor_is_free", after(rushing, ev.QuestionOffered(1))),
    ("floor_is_free", after(rushing, ev.Pressed(1, A, 1), ev.QuestionOffered(1))),
    ("not_yet_open", after(asked, ev.Pressed(1, B, 1))),
    (
        "not_yet_open",
        after(
            opened,
            ev.TurnCalled(1, RUSH, ""),
            ev.QuestionShown(1, 0, "r1"),
            ev.Pressed(1, A, 1),
        ),
    ),
    ("not_yet_open", after(asked, FLOOR_B)),
    ("not_yet_open", after(asking, ev.QuestionShown(1, 0, "q1"), ev.Answered(1, A, 0, 1))),
    ("press_too_late", lambda: (late(offered, KEY, 6001), ev.Pressed(1, B, 1))),
    ("press_too_late", lambda: (late(rushing, KEY, 11_001), ev.Pressed(1, B, 1))),
    ("other_device", after(offered, ev.Pressed(1, B, 2))),
    ("no_such_team", after(offered, ev.TeamWithdrawn(B, WHY), ev.Pressed(1, B, 1))),
    ("own_question", after(offered, ev.Pressed(1, A, 1))),
    (
        "answered_already",
        after(rushing, ev.Pressed(1, A, 1), ev.Answered(1, A, 0, 1), ev.Pressed(1, A, 1)),
    ),
    ("answered_already", after(offered, FLOOR_B, ev.Answered(1, B, 0, 0), FLOOR_B)),
    ("pressed_already", after(rushing, ev.Pressed(1, A, 1), ev.Pressed(1, A, 1))),
    ("pressed_already", after(offered, ev.Pressed(1, B, 1), ev.Pressed(1, B, 1))),
    ("no_such_team", after(offered, ev.FloorGiven(1, A, WHY))),
    ("no_such_team", after(offered, ev.FloorGiven(1, D, WHY))),
    ("floor_is_another_teams", after(offered, FLOOR_B, ev.Answered(1, C, 0, 0))),
    ("floor_is_another_teams", after(rushing, ev.Answered(1, A, 0, 1))),
    ("floor_is_another_teams", after(offered, ev.Answered(1, A, 0, 1))),
    ("team_withdrawn", after(offered, FLOOR_B, ev.TeamWithdrawn(B, WHY), ev.Answered(1, B, 0, 0))),
    ("question_is_another_teams", after(asked, ev.Answered(1, B, 0, 1))),
    ("other_device", after(asked, ev.Answered(1, A, 0, 2))),
    ("answer_too_late", lambda: (late(asked, KEY, 16_001), ev.Answered(1, A, 0, 1))),
    ("key_missing", after(asked, ev.KeyShown(1, []))),
    ("question_not_asked", after(asked, ev.QuestionSpoilt(1, 1, WHY))),
    ("question_not_asked", after(asked, SPOIL, SPOIL)),
    # Result and screen
    ("no_such_part", after(opened, ev.PointsGiven("khac", A, Decimal(1), WHY, "1", "2"))),
    ("no_such_team", after(opened, ev.PointsGiven(SHOW, D, Decimal(1), WHY, "1", "2"))),
    ("two_people_needed", after(opened, ev.PointsGiven(SHOW, A, Decimal(1), WHY, "1", "1"))),
    ("no_points", after(opened, ev.PointsGiven(SHOW, A, Decimal(0), WHY, "1", "2"))),
    ("no_points", after(opened, ev.PointsGiven(SHOW, A, Decimal("NaN"), WHY, "1", "2"))),
    ("points_out_of_bounds", after(opened, ev.PointsGiven(SHOW, A, Decimal(-31), WHY, "1", "2"))),
    ("points_out_of_bounds", after(opened, ev.PointsGiven(SHOW, A, Decimal("1E9"), WHY, "1", "2"))),
    ("no_points", after(opened, ev.PointsGiven(SHOW, A, Decimal("1E+999999"), WHY, "1", "2"))),
    ("no_vote", after(opened, ev.VoteOpened(SHOW))),
    ("vote_is_open", after(opened, ev.VoteOpened(VOTE), ev.VoteOpened(VOTE))),
    ("vote_held_already", after(whole, ev.VoteOpened(VOTE))),
    ("vote_not_open", after(opened, ev.VoteClosed(VOTE, {}))),
    ("no_such_team", after(opened, ev.VoteOpened(VOTE), ev.VoteClosed(VOTE, {D: 1}))),
    ("no_such_part", after(opened, ev.Released("khac"))),
    ("part_not_complete", after(marked, ev.Released(SHOW))),
    ("part_not_complete", after(opened, CLOSE)),
    ("two_people_needed", after(whole, ev.Closed("1", "1"))),
    ("turn_is_on", after(showing, CLOSE)),
]


@pytest.mark.parametrize(("code", "case"), REFUSED, ids=[code for code, _ in REFUSED])
def test_a_line_that_the_rules_forbid_is_refused_and_changes_nothing(
    code: str, case: Callable[[], tuple[Log, ev.AnyEvent]]
) -> None:
    log, event = case()
    before = deepcopy(log.state)
    with pytest.raises(RuleViolation) as caught:
        apply(log.state, log.line(event))
    assert caught.value.code == code
    assert log.state == before


def test_a_line_out_of_order_or_of_an_earlier_time_is_refused() -> None:
    log = opened()
    before = deepcopy(log.state)
    for line, code in [
        (ev.Line(len(log.lines), log.at_ms, ev.TeamPresent(A)), "line_out_of_order"),
        (ev.Line(len(log.lines) + 2, log.at_ms, ev.TeamPresent(A)), "line_out_of_order"),
        (ev.Line(len(log.lines) + 1, log.at_ms - 1, ev.TeamPresent(A)), "time_runs_back"),
    ]:
        with pytest.raises(RuleViolation, match=code):
            apply(log.state, line)
        assert log.state == before


def test_every_reason_to_refuse_has_a_case_above() -> None:
    shown = {code for code, _ in REFUSED} | {"line_out_of_order", "time_runs_back"}
    assert shown == codes_in(module) | {"criterion_out_of_bounds", "criterion_off_step"}
    assert {"criterion_out_of_bounds", "criterion_off_step"} <= strings_in(judging.mark_flaw)


def codes_in(code: ModuleType) -> set[str]:
    """What `_need(…, code)` and `RuleViolation(code)` say in a module."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(code))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            at = {"_need": 1, "RuleViolation": 0}.get(node.func.id, len(node.args))
            found |= {str(each.value) for each in node.args[at:] if isinstance(each, ast.Constant)}
    return found


def strings_in(function: Callable[..., object]) -> set[object]:
    tree = ast.parse(inspect.getsource(function))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_a_refused_mark_is_told_with_its_bounds() -> None:
    log = showing()
    with pytest.raises(RuleViolation) as caught:
        log.do(sheet({"noi-dung": Decimal("20.25")}))
    assert caught.value.params == {
        "criterion": "Nội dung",
        "mark": "20.25",
        "maximum": "20",
        "step": "0.5",
    }
    with pytest.raises(RuleViolation) as caught:
        log.do(confirmed({}))
    assert caught.value.params == {"criterion": "Nội dung", "more": 1}


# What lines do


def test_the_first_line_says_who_takes_part_who_judges_and_what_is_sealed() -> None:
    log = Log().do(OPENED)
    assert (log.state.teams, list(log.state.judges)) == (tuple(TEAMS), ["gk1", "gk2", "gk3"])
    assert log.state.packets == {QUIZ: SEAL, RUSH: SEAL}
    assert (log.state.scene, log.state.scene_ms) == (ev.Scene("emblem"), log.at_ms)


def test_lots_are_those_that_secret_and_number_give() -> None:
    log = opened().do(ORDER_COMMITTED, NUMBER, DRAWN)
    places = lots(TEAMS, lots_seed(SECRET, "2023"))
    assert log.state.standing == tuple(sorted(TEAMS, key=lambda each: places[each]))
    drawn = log.state.lots["order"]
    assert (drawn.commitment, drawn.secret) == (commit(SECRET), SECRET.hex())


def test_packets_go_to_the_teams_in_running_order() -> None:
    log = opened().do(ev.LotsByHand("order", [C, A, B], WHY), PACKETS_BY_HAND)
    drawn = {}
    for entry in TEAMS:
        turn = len(log.state.turns) + 1
        log.do(ev.TurnCalled(turn, QUIZ, entry), ev.TurnEnded(turn))
        drawn[entry] = log.state.packet(log.state.turns[-1])
    assert drawn == {C: 2, A: 3, B: 1}


def test_a_draw_that_does_not_hold_is_kept_and_held_again() -> None:
    log = opened().do(ORDER_BY_HAND, ev.LotsVoid("order", WHY))
    assert log.state.standing == tuple(TEAMS)
    assert [(key, reason) for key, _, reason in log.state.void_lots] == [("order", WHY)]
    log.do(ev.LotsByHand("order", [C, B, A], WHY))
    assert log.state.standing == (C, B, A)


def test_who_withdraws_before_the_draw_is_not_in_it() -> None:
    log = opened().do(ev.TeamWithdrawn(B, WHY), replace(ORDER_COMMITTED, among=[A, C]))
    assert log.state.lots["order"].among == (A, C)


def test_the_clock_counts_while_it_runs_and_can_be_set_right() -> None:
    log = showing().do(ev.ClockStarted(1))
    turn = log.state.turns[0]
    assert turn.clock_at(log.at_ms + 250) == 250
    log.do(ev.ClockStopped(1), after_ms=2500)
    log.do(ev.ClockStarted(1), after_ms=60_000).do(ev.ClockStopped(1), after_ms=1500)
    assert turn.clock_at(log.at_ms + 999) == 4000
    log.do(ev.ClockStarted(1), ev.ClockSet(1, 100_000, "Bấm giờ muộn"))
    assert turn.clock_at(log.at_ms + 1000) == 101_000
    log.do(ev.TurnEnded(1), after_ms=5000)
    assert (turn.elapsed_ms, turn.running_ms) == (105_000, 0)
    log.do(ev.ClockSet(1, 240_000, "Đối chiếu với băng ghi"))  # after its end too
    assert turn.elapsed_ms == 240_000
    assert turn.corrections == [
        ClockCorrection(5000, 100_000, "Bấm giờ muộn"),
        ClockCorrection(105_000, 240_000, "Đối chiếu với băng ghi"),
    ]


def test_a_void_turn_can_be_held_again_and_stays_readable() -> None:
    log = marked().do(VOID, ev.TurnCalled(2, SHOW, A))
    assert log.state.turns[0].void == WHY
    assert log.state.turns[0].sheets["gk1"].marks == GOOD
    held = log.state.held(SHOW, A)
    assert held is not None
    assert held.number == 2


def test_a_team_that_withdraws_on_stage_ends_its_turn() -> None:
    log = showing().do(ev.ClockStarted(1), ev.TeamWithdrawn(A, WHY))
    assert log.state.on_stage is None
    assert log.state.turns[0].elapsed_ms == 1000
    assert log.state.standing == (B, C)


def test_a_judge_goes_on_at_another_device() -> None:
    log = showing().do(sheet(GOOD, seq=7), ev.DeviceSeated("gk1", 2))
    log.do(ev.SheetConfirmed(1, "gk1", 2, 1, GOOD | {"noi-dung": Decimal(17)}))
    assert log.state.turns[0].sheets["gk1"].marks["noi-dung"] == 17


def test_a_sheet_is_saved_as_far_as_it_goes() -> None:
    log = showing().do(sheet({"noi-dung": Decimal(12)}))
    kept = log.state.turns[0].sheets["gk1"]
    assert (kept.marks, kept.is_in) == ({"noi-dung": Decimal(12)}, False)
    log.do(confirmed(GOOD, seq=2))
    assert (kept.marks, kept.is_in, kept.confirmed_ms) == (GOOD, True, log.at_ms)


def test_an_unlocked_sheet_is_kept_and_marked_again() -> None:
    log = marked().do(ev.SheetUnlocked(1, "gk1", WHY))
    kept = log.state.turns[0].sheets["gk1"]
    assert not kept.is_in
    log.do(confirmed(GOOD | {"noi-dung": Decimal(10)}, seq=2))
    assert kept.kept == [(GOOD, WHY)]
    assert kept.marks["noi-dung"] == 10


def test_who_abstained_and_is_unlocked_marks_after_all() -> None:
    log = showing().do(
        ev.Abstained(1, "gk1", WHY), ev.SheetUnlocked(1, "gk1", WHY), confirmed(GOOD)
    )
    kept = log.state.turns[0].sheets["gk1"]
    assert (kept.abstained, kept.is_confirmed) == ("", True)


def test_a_sheet_of_a_judge_who_leaves_stays_and_no_other_is_waited_for() -> None:
    log = marked().do(LEAVE)
    assert log.state.panel(log.state.turns[0]) == ("gk1", "gk2", "gk3")
    log.do(ev.TurnCalled(2, SHOW, B))
    assert log.state.missing(log.state.turns[1]) == ("gk2", "gk3")


def test_a_chair_who_has_left_is_replaced() -> None:
    chair = ev.Judge("gk4", True, [])
    log = opened().do(LEAVE, ev.JudgeJoined(chair, WHY))
    assert log.state.judges["gk4"] == chair


def test_a_judge_who_joins_is_waited_for_from_the_turn_that_is_on() -> None:
    log = marked().do(ev.TurnCalled(2, SHOW, B))
    log.do(ev.JudgeJoined(ev.Judge("gk4", False, []), WHY))
    assert log.state.missing(log.state.turns[0]) == ("gk2", "gk3")
    assert log.state.missing(log.state.turns[1]) == ("gk1", "gk2", "gk3", "gk4")


def test_a_judge_who_joined_later_marks_a_turn_that_lacks_sheets_and_no_other() -> None:
    # Two sheets are the fewest of the part. Of three judges one has marked and two leave.
    joined = ev.JudgeJoined(ev.Judge("gk4", False, []), WHY)
    log = marked().do(*(ev.JudgeLeft(each, WHY) for each in ("gk2", "gk3")))
    turn = log.state.turns[0]
    assert (log.state.marking(turn), log.state.is_short(turn)) == (1, True)
    assert (log.state.missing(turn), is_marked(log.state, SHOW, A)) == ((), False)
    log.do(joined, ev.DeviceSeated("gk4", 1), confirmed(GOOD, "gk4"))
    assert (log.state.marking(turn), log.state.is_short(turn)) == (2, False)
    assert is_marked(log.state, SHOW, A)
    log.do(ev.JudgeJoined(ev.Judge("gk5", False, []), WHY))
    assert not log.state.may_mark("gk5", turn)


def test_marks_that_change_are_let_be_seen_again_by_the_chair() -> None:
    log = whole().do(ev.Released(SHOW))
    assert log.state.released == {SHOW}
    assert log.copy().do(ev.SheetUnlocked(1, "gk1", WHY)).state.released == set()
    assert log.do(VOID).state.released == set()


def test_a_spoilt_question_is_followed_by_a_spare_at_its_place_with_its_star() -> None:
    log = asking().do(ev.StarLaid(1), ev.QuestionShown(1, 0, "q1"), SPOIL)
    turn = log.state.turns[0]
    assert next_position(turn) == 0
    log.do(ev.QuestionShown(1, 0, "s1"), ev.KeyShown(1, [0]))
    assert [(each.item, each.has_star) for each in turn.questions] == [("q1", True), ("s1", True)]
    assert next_position(turn) == 1


def test_a_question_found_wrong_later_is_asked_again_before_the_next() -> None:
    log = asked().do(KEY, ev.QuestionShown(1, 1, "q2"), KEY, SPOIL)
    log.do(ev.QuestionShown(1, 0, "s1"), KEY, ev.TurnEnded(1))
    assert [each.item for each in log.state.turns[0].questions] == ["q1", "q2", "s1"]


def test_the_first_to_press_has_the_floor_and_later_presses_are_kept() -> None:
    log = rushing().do(ev.Pressed(1, C, 1), ev.Pressed(1, A, 1))
    question = log.state.turns[0].questions[0]
    assert (question.floor, question.presses) == (C, [C, A])
    log.do(ev.Answered(1, C, 0, 1), ev.QuestionOffered(1))
    assert (question.floor, question.presses) == ("", [])
    log.do(ev.Pressed(1, B, 1), ev.Answered(1, B, -1, 0), ev.QuestionOffered(1))
    log.do(ev.FloorGiven(1, A, "Máy của đội A hỏng"), ev.Answered(1, A, 2, 0))
    assert question.replies[A] == Reply(2, 2000, from_device=False)


def test_an_answer_on_its_way_when_time_ends_is_taken_and_one_that_is_heard_always() -> None:
    at_the_end = late(asked, KEY, 16_000).do(ev.Answered(1, A, 1, 1))
    assert at_the_end.state.turns[0].questions[0].replies[A].after_ms == 16_000
    heard = late(asked, KEY, 30_000).do(ev.Answered(1, A, 1, 0))
    assert heard.state.turns[0].questions[0].replies[A].option == 1


def test_a_press_on_its_way_when_time_ends_is_taken() -> None:
    for log, limit in ((offered, 6000), (rushing, 11_000)):
        assert late(log, KEY, limit).do(ev.Pressed(1, B, 1)).state.turns[0].questions[0].floor == B


def test_the_last_answer_before_the_key_counts() -> None:
    log = asked().do(ev.Answered(1, A, 0, 1), ev.Answered(1, A, 2, 1))
    assert log.state.turns[0].questions[0].replies == {A: Reply(2, 2000, from_device=True)}


def test_an_answer_to_a_question_without_a_countdown_is_timed_from_its_showing() -> None:
    log = asking().do(ev.QuestionShown(1, 0, "q1")).do(ev.Answered(1, A, 0, 0), after_ms=8000)
    assert log.state.turns[0].questions[0].replies[A].after_ms == 8000


def test_after_the_closing_only_the_screen_goes_on() -> None:
    log = whole().do(CLOSE, ev.Scene("awards"))
    assert log.state.is_closed
    assert log.state.scene == ev.Scene("awards")


def test_lines_of_devices_do_not_outdate_the_console() -> None:
    log = showing()
    cue = log.state.cue
    log.do(sheet(GOOD), ev.Abstained(1, "gk2", WHY))
    assert (log.state.cue, log.state.last) == (cue, cue + 2)
    assert is_of_device(ev.Answered(1, A, 0, 1))
    assert not is_of_device(ev.Answered(1, A, 0, 0))


# Properties

seats = st.sampled_from(["gk1", "gk2", "gk3", "gk9"])
entries = st.sampled_from([*TEAMS, D])
numbers = st.integers(1, 4)
epochs = st.integers(1, 2)
parts = st.sampled_from([SHOW, QUIZ, RUSH, VOTE, SIDE])
of_parts = st.sampled_from(["order", f"packets:{QUIZ}"])
people = st.sampled_from("12")
halves = st.integers(-1, 42).map(lambda twice: Decimal(twice) / 2)
marks_given = st.fixed_dictionaries({}, optional={"noi-dung": halves, "hinh-thuc": halves})
whys = st.just(WHY)


def lines_of(kind: type[ev.Event], *values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.builds(kind, *values)


# In rough proportion to how often they happen, so that histories come to sheets and answers.
any_event = st.one_of(
    lines_of(ev.TurnCalled, numbers, parts, st.sampled_from([*TEAMS, ""])),
    lines_of(ev.TurnCalled, numbers, parts, st.sampled_from([*TEAMS, ""])),
    lines_of(ev.ClockStarted, numbers),
    lines_of(ev.ClockStopped, numbers),
    lines_of(ev.ClockSet, numbers, st.integers(0, 400_000), whys),
    lines_of(ev.TurnEnded, numbers),
    lines_of(ev.TurnEnded, numbers),
    lines_of(ev.TurnVoid, numbers, whys),
    lines_of(ev.DeviceSeated, st.one_of(seats, entries), epochs),
    lines_of(ev.SheetSaved, numbers, seats, epochs, numbers, marks_given),
    lines_of(ev.SheetConfirmed, numbers, seats, epochs, numbers, marks_given),
    lines_of(ev.SheetFromPaper, numbers, seats, marks_given, people, people),
    lines_of(ev.SheetUnlocked, numbers, seats, whys),
    lines_of(ev.Abstained, numbers, seats, whys),
    lines_of(ev.StarLaid, numbers),
    lines_of(ev.QuestionShown, numbers, st.integers(0, 2), st.sampled_from("pqrstu")),
    lines_of(ev.QuestionShown, numbers, st.integers(0, 2), st.sampled_from("pqrstu")),
    lines_of(ev.QuestionTimed, numbers),
    lines_of(ev.QuestionOffered, numbers),
    lines_of(ev.Pressed, numbers, entries, epochs),
    lines_of(ev.FloorGiven, numbers, entries, whys),
    lines_of(ev.Answered, numbers, entries, st.integers(-1, 3), st.integers(0, 2)),
    lines_of(ev.KeyShown, numbers, st.lists(st.integers(0, 3), max_size=2)),
    lines_of(ev.QuestionSpoilt, numbers, st.integers(0, 2), whys),
    lines_of(ev.JudgeJoined, st.just(ev.Judge("gk9", False, [A])), whys),
    lines_of(ev.JudgeLeft, seats, whys),
    lines_of(ev.JudgeBarred, seats, entries, whys),
    lines_of(ev.TeamPresent, entries),
    lines_of(ev.TeamWithdrawn, entries, whys),
    lines_of(ev.LotsCommitted, st.just("order"), st.just(TEAMS), st.just(commit(SECRET))),
    lines_of(ev.LotsNumbered, of_parts, st.just("7")),
    lines_of(ev.LotsDrawn, of_parts, st.just(SECRET.hex())),
    lines_of(ev.LotsByHand, of_parts, st.sampled_from([TEAMS, ["3", "1", "2"]]), whys),
    lines_of(ev.LotsVoid, of_parts, whys),
    lines_of(ev.PointsGiven, parts, entries, halves, whys, people, people),
    lines_of(ev.VoteOpened, parts),
    lines_of(ev.VoteClosed, parts, st.dictionaries(entries, st.integers(0, 9))),
    lines_of(ev.Released, parts),
    lines_of(ev.Scene, st.sampled_from(["board", "clock"])),
    lines_of(ev.Closed, people, people),
    st.just(OPENED),
)


@settings(max_examples=300)
@given(
    st.sampled_from([opened, marked, offered, rushing]),
    st.lists(st.tuples(any_event, st.integers(-1, 20_000)), max_size=25),
)
def test_any_history_folds_alike_line_by_line_or_at_once_and_refusals_leave_no_trace(
    begin: Callable[[], Log], happenings: list[tuple[ev.AnyEvent, int]]
) -> None:
    log = begin()
    for event, after_ms in happenings:
        line = log.line(event, after_ms)
        before = deepcopy(log.state)
        try:
            apply(log.state, line)
        except RuleViolation:
            assert log.state == before
        else:
            assert log.state != before
            log.lines.append(line)
            log.at_ms = line.at_ms
    written = msgspec.json.decode(msgspec.json.encode(log.lines), type=list[ev.Line])
    assert fold(REGULATION, written) == log.state


def test_a_log_without_lines_is_a_round_that_has_not_begun() -> None:
    assert fold(REGULATION, []) == State(REGULATION)
