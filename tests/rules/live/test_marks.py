"""From logs to marks: two small rounds worked out by hand, and what a mark waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from hoithi.rules.errors import RuleViolation
from hoithi.rules.judging import Criterion, Judged
from hoithi.rules.live import events as ev
from hoithi.rules.live.marks import is_complete, is_marked, marks, part_mark
from hoithi.rules.live.state import State
from hoithi.rules.overtime import Deduction, Step, TimeRule
from hoithi.rules.quiz import Quiz, QuizPart
from hoithi.rules.regulation import Regulation, Segment, flaws
from hoithi.rules.standings import Participant, recorded_result
from tests.rules.live.log import (
    BUZZER,
    GOOD,
    JUDGED,
    PACKET,
    PACKETS_BY_HAND,
    QUIZ,
    REGULATION,
    RUSH,
    SEAL,
    SHOW,
    SIDE,
    TEAMS,
    TIME,
    VOTE,
    WHY,
    A,
    B,
    C,
    Log,
    marked,
    offered,
    opened,
    whole,
)

SKIT = "tieu-pham"


def places(regulation: Regulation, state: State) -> list[tuple[str, int, Decimal | None]]:
    """Team, place and points, in order of place."""
    participants = [Participant(entry, "", barred=False) for entry in TEAMS]
    result = recorded_result(regulation, participants, marks(state))
    return [
        (row.entry, row.place, result.scores[row.entry].values["points"]) for row in result.placed
    ]


def table(state: State) -> dict[str, list[str]]:
    """Part → the marks of the three teams."""
    found = marks(state)
    keys = [part.key for part in state.regulation.segments]
    return {key: [str(found[entry][key]) for entry in TEAMS] for key in keys}


# A round after the plan of 2023: introduction and skit marked by five judges, ten questions by lot.


def judged(maximum: int) -> Judged:
    criterion = Criterion("chung", "Chung", "", Decimal(maximum), Decimal("0.5"), Decimal(1))
    return replace(JUDGED, method="trimmed_mean", fewest=3, criteria=[criterion])


TEN = Quiz(
    form="packet",
    packets=3,
    spares=1,
    wrong=Decimal(0),
    not_below_zero=True,
    star=None,
    steal=None,
    speed=[],
    parts=[QuizPart(topic, "", 2, Decimal(3), 30) for topic in "abcde"],
)
TEN_MINUTES = TimeRule(
    least_seconds=0,
    most_seconds=600,
    warn_seconds=60,
    over=[Step(1, Decimal(1)), Step(61, Decimal(2))],
    under=[],
    repeat_seconds=0,
    repeat_points=Decimal(0),
    nothing_from=0,
)
PLAN_OF_2023 = replace(
    REGULATION,
    segments=[
        Segment(SHOW, "Giới thiệu", Decimal(30), judged=judged(30), time=TIME),
        Segment(QUIZ, "Kiến thức", Decimal(30), quiz=TEN),
        Segment(SKIT, "Tiểu phẩm", Decimal(40), judged=judged(40), time=TEN_MINUTES),
    ],
    ranking=["points", f"segment:{QUIZ}"],
)
# gk2 comes from the unit of the third team.
FIVE = [ev.Judge(f"gk{at}", at == 1, [C] if at == 2 else []) for at in range(1, 6)]


def perform(log: Log, part: str, entry: str, seconds: int, totals: Sequence[str]) -> None:
    """A team's turn of so many seconds, and the totals of the judges who may mark it."""
    turn = len(log.state.turns) + 1
    log.do(ev.TurnCalled(turn, part, entry), ev.ClockStarted(turn))
    log.do(ev.ClockStopped(turn), after_ms=seconds * 1000).do(ev.TurnEnded(turn))
    panel = log.state.panel(log.state.turns[-1])
    for judge, points in zip(panel, totals, strict=True):
        sheet = {"chung": Decimal(points)}
        log.do(ev.SheetConfirmed(turn, judge, 1, turn, sheet))


def answer(log: Log, entry: str, answers: str) -> None:
    """A team's packet: an answer for each question, the right one being 0 and “-” none."""
    turn = len(log.state.turns) + 1
    log.do(ev.TurnCalled(turn, QUIZ, entry))
    for position, given in enumerate(answers):
        log.do(ev.QuestionShown(turn, position, f"{turn}/{position}"), ev.QuestionTimed(turn))
        if given != "-":
            log.do(ev.Answered(turn, entry, int(given), 1))
        log.do(ev.KeyShown(turn, [0]))
    log.do(ev.TurnEnded(turn))


def test_a_round_after_the_plan_of_2023_comes_out_as_worked_by_hand() -> None:
    assert flaws(PLAN_OF_2023) == []
    log = Log(PLAN_OF_2023).do(ev.Opened(SEAL, TEAMS, FIVE, {QUIZ: SEAL}), PACKETS_BY_HAND)
    log.do(*(ev.DeviceSeated(seat, 1) for seat in ("gk1", "gk2", "gk3", "gk4", "gk5", *TEAMS)))
    # 4:30. Without 24.5 and 27: 77 / 3 = 25.67.
    perform(log, SHOW, A, 270, ["25", "26", "24.5", "27", "26"])
    # 5:01 costs 1. Without 22 and 29: 84 / 3 = 28, less 1. 22 is 6.25 from the others' middle.
    perform(log, SHOW, B, 301, ["28", "27.5", "29", "28.5", "22"])
    # 2:30 costs 1. Four judges may mark, nothing is left out: 84.5 / 4 = 21.125, less 1.
    perform(log, SHOW, C, 150, ["20", "21", "22", "21.5"])
    answer(log, A, "0000000012")  # 8 × 3, less half a point for prompting
    log.do(ev.PointsGiven(QUIZ, A, Decimal("-0.5"), "Có người nhắc bài", "1", "2"))
    answer(log, B, "0000000000")  # 30
    answer(log, C, "00000123--")  # 15
    perform(log, SKIT, A, 540, ["35", "36", "34", "38", "37"])  # 108 / 3
    # 12:30 costs 2: 100.5 / 3 = 33.5, less 2.
    perform(log, SKIT, B, 750, ["33", "33.5", "34", "32", "35"])
    perform(log, SKIT, C, 600, ["30", "31", "32", "29"])  # 122 / 4
    log.do(*(ev.Released(part) for part in (SHOW, QUIZ, SKIT)), ev.Closed("1", "2"))
    assert table(log.state) == {
        SHOW: ["25.67", "27.00", "20.13"],
        QUIZ: ["23.50", "30.00", "15.00"],
        SKIT: ["36.00", "31.50", "30.50"],
    }
    assert places(PLAN_OF_2023, log.state) == [
        (B, 1, Decimal("88.50")),
        (A, 2, Decimal("85.17")),
        (C, 3, Decimal("65.63")),
    ]
    second = part_mark(log.state, SHOW, B)
    assert second is not None
    assert second.combined is not None
    assert (second.combined.dropped, second.combined.far) == (("gk5", "gk3"), ("gk5",))
    assert second.deduction == Deduction("over", 1, Decimal(1), nothing=False)


# A round with a star of hope, steals, a buzzer and a vote that decides a prize of its own.

GAME = replace(
    REGULATION,
    segments=[
        Segment(QUIZ, "Về đích", Decimal(30), quiz=replace(PACKET, not_below_zero=True)),
        Segment(RUSH, "Tăng tốc", Decimal(30), quiz=BUZZER),
        REGULATION.segments[3],
    ],
)


def test_a_round_with_star_steal_buzzer_and_vote_comes_out_as_worked_by_hand() -> None:
    assert flaws(GAME) == []
    log = Log(GAME).do(ev.Opened(SEAL, TEAMS, [], {QUIZ: SEAL, RUSH: SEAL}), PACKETS_BY_HAND)
    log.do(*(ev.DeviceSeated(entry, 1) for entry in TEAMS), ev.TurnCalled(1, QUIZ, A))
    # A under its star, right: A 20.
    log.do(ev.StarLaid(1), ev.QuestionShown(1, 0, "a1"), ev.QuestionTimed(1))
    log.do(ev.Answered(1, A, 3, 1), ev.KeyShown(1, [3]))
    # A wrong, B takes it: A 10, B 10.
    log.do(ev.QuestionShown(1, 1, "a2"), ev.QuestionTimed(1), ev.Answered(1, A, 0, 1))
    log.do(ev.QuestionOffered(1), ev.Pressed(1, B, 1), ev.Pressed(1, C, 1))
    log.do(ev.Answered(1, B, 1, 1), ev.KeyShown(1, [1]), ev.TurnEnded(1))
    # B right: B 20.
    log.do(ev.TurnCalled(2, QUIZ, B), ev.QuestionShown(2, 0, "b1"), ev.QuestionTimed(2))
    log.do(ev.Answered(2, B, 2, 1), ev.KeyShown(2, [0, 2]))
    # B wrong under its star, C presses and is wrong: B 10, C −5.
    log.do(ev.StarLaid(2), ev.QuestionShown(2, 1, "b2"), ev.QuestionTimed(2))
    log.do(ev.Answered(2, B, 1, 1), ev.QuestionOffered(2), ev.Pressed(2, C, 1))
    log.do(ev.Answered(2, C, 2, 1), ev.KeyShown(2, [0]), ev.TurnEnded(2))
    # C silent, A takes it: A 20, C −15; then C right: C −5, which is no less than 0.
    log.do(ev.TurnCalled(3, QUIZ, C), ev.QuestionShown(3, 0, "c1"), ev.QuestionTimed(3))
    log.do(ev.QuestionOffered(3), ev.Pressed(3, A, 1), ev.Answered(3, A, 0, 1))
    assert part_mark(log.state, QUIZ, A) is None  # others can still take from it
    log.do(ev.KeyShown(3, [0]), ev.QuestionShown(3, 1, "c2"), ev.QuestionTimed(3))
    log.do(ev.Answered(3, C, 0, 1), ev.KeyShown(3, [0]), ev.TurnEnded(3))
    # B presses first and is right within three seconds: 15.
    log.do(ev.TurnCalled(4, RUSH, ""), ev.QuestionShown(4, 0, "r1"), ev.QuestionTimed(4))
    log.do(ev.Pressed(4, B, 1), ev.Answered(4, B, 0, 1), ev.KeyShown(4, [0]))
    # A wrong: −5, which is no less than 0; then C right, too late for a bonus: 10.
    log.do(ev.QuestionShown(4, 1, "r2"), ev.QuestionTimed(4), ev.Pressed(4, A, 1))
    log.do(ev.Answered(4, A, 1, 0), ev.QuestionOffered(4)).do(ev.Pressed(4, C, 1), after_ms=8000)
    log.do(ev.Answered(4, C, 0, 1), ev.KeyShown(4, [0]), ev.TurnEnded(4))
    log.do(ev.VoteOpened(VOTE), ev.VoteClosed(VOTE, {A: 40, B: 60}), ev.Closed("1", "2"))
    assert table(log.state) == {
        QUIZ: ["20.00", "10.00", "0.00"],
        RUSH: ["0.00", "15.00", "10.00"],
        VOTE: ["6.67", "10.00", "0.00"],  # 40 of 60, and none
    }
    # The vote is not among the points.
    assert places(GAME, log.state) == [
        (B, 1, Decimal("25.00")),
        (A, 2, Decimal("20.00")),
        (C, 3, Decimal("10.00")),
    ]


# What a mark waits for, and what changes it


def mark_of(log: Log, part: str = SHOW, entry: str = A) -> Decimal | None:
    found = part_mark(log.state, part, entry)
    return found.mark if found is not None else None


def confirm(log: Log, marks: Mapping[str, Decimal], *judges: str) -> Log:
    return log.do(*(ev.SheetFromPaper(1, judge, dict(marks), "5", "6") for judge in judges))


def test_a_mark_waits_for_the_end_of_the_turn_and_for_every_sheet() -> None:
    log = opened().do(ev.TurnCalled(1, SHOW, A), ev.ClockStarted(1))
    confirm(log, GOOD, "gk1", "gk2", "gk3")
    assert mark_of(log) is None
    log.do(ev.TurnEnded(1), after_ms=200_000)
    assert mark_of(log) == Decimal("24.50")
    log.do(ev.SheetUnlocked(1, "gk2", WHY))
    assert not is_marked(log.state, SHOW, A)
    with pytest.raises(ValueError, match="not complete"):
        marks(log.state)


def test_who_abstains_is_left_out_and_fewer_sheets_than_asked_for_are_no_mark() -> None:
    log = confirm(marked(), GOOD | {"noi-dung": Decimal(10)}, "gk2")
    log.do(ev.Abstained(1, "gk3", WHY))
    assert mark_of(log) == Decimal("21.50")
    log.do(ev.SheetUnlocked(1, "gk2", WHY), ev.Abstained(1, "gk2", WHY))
    assert mark_of(log) is None  # one of two


def test_the_sheet_of_a_judge_who_may_not_have_marked_does_not_count() -> None:
    log = confirm(marked(), GOOD | {"noi-dung": Decimal(10)}, "gk2", "gk3")
    assert mark_of(log) == Decimal("20.50")
    log.do(ev.JudgeBarred("gk3", A, WHY))
    assert mark_of(log) == Decimal("21.50")
    log.do(ev.JudgeBarred("gk2", A, WHY))
    assert mark_of(log) is None  # one of two


def test_no_mark_changes_when_a_judge_leaves_or_joins() -> None:
    (part, *others) = REGULATION.segments
    total = replace(part, maximum=Decimal(90), judged=replace(JUDGED, method="sum"))
    log = Log(replace(REGULATION, segments=[total, *others])).do(*(x.event for x in marked().lines))
    log.do(ev.ClockSet(1, 240_000, WHY))
    confirm(log, GOOD, "gk2", "gk3")
    for event in (ev.JudgeLeft("gk2", WHY), ev.JudgeJoined(ev.Judge("gk4", False, []), WHY)):
        assert mark_of(log) == Decimal("73.50")
        log.do(event)
    assert mark_of(log) == Decimal("73.50")
    # Nor by a sheet of whoever joined after it.
    with pytest.raises(RuleViolation, match="judge_joined_later"):
        confirm(log, GOOD | {"noi-dung": Decimal(20)}, "gk4")
    assert mark_of(log) == Decimal("73.50")


@pytest.mark.parametrize(
    ("seconds", "given", "mark"),
    [
        (240, None, "24.50"),
        (301, None, "23.50"),
        (301, "-23", "0.50"),
        (301, "-24", "0.00"),  # no mark of judges falls below nothing
        (481, None, "0.00"),  # more than three minutes over: not marked
        (240, "2", "26.50"),
    ],
)
def test_time_and_points_of_two_people_change_the_mark(
    seconds: int, given: str | None, mark: str
) -> None:
    log = confirm(marked(), GOOD, "gk2", "gk3").do(ev.ClockSet(1, seconds * 1000, WHY))
    if given is not None:
        log.do(ev.PointsGiven(SHOW, A, Decimal(given), WHY, "1", "2"))
    assert str(mark_of(log)) == mark


def test_a_part_of_which_the_plan_says_nothing_has_the_points_that_two_people_enter() -> None:
    log = opened()
    assert mark_of(log, SIDE) is None
    log.do(ev.PointsGiven(SIDE, A, Decimal("7.5"), WHY, "1", "2"))
    assert mark_of(log, SIDE) == Decimal("7.50")
    log.do(ev.TurnCalled(1, SIDE, A))
    assert mark_of(log, SIDE) is None  # it is on stage
    assert not is_complete(log.state, SIDE)


def test_a_vote_nobody_took_part_in_brings_nothing_and_a_withdrawn_team_is_no_measure() -> None:
    silent = opened().do(ev.VoteOpened(VOTE))
    assert mark_of(silent, VOTE) is None
    assert mark_of(silent.do(ev.VoteClosed(VOTE, {})), VOTE) == 0
    log = opened().do(ev.VoteOpened(VOTE), ev.VoteClosed(VOTE, {A: 20, B: 40, C: 80}))
    assert mark_of(log, VOTE) == Decimal("2.50")
    assert mark_of(log.do(ev.TeamWithdrawn(C, WHY)), VOTE) == Decimal("5.00")


def test_what_others_won_from_a_team_stays_when_it_withdraws() -> None:
    log = offered().do(ev.Pressed(1, B, 1), ev.Answered(1, B, 2, 1), ev.KeyShown(1, [2]))
    log.do(ev.TeamWithdrawn(A, WHY), ev.TeamWithdrawn(C, WHY))
    log.do(ev.TurnCalled(2, QUIZ, B), ev.TurnEnded(2))
    assert mark_of(log, QUIZ, B) == Decimal("10.00")


def test_a_packet_that_nobody_can_take_from_has_its_mark_at_its_end() -> None:
    (part,) = (each for each in REGULATION.segments if each.key == QUIZ)
    log = Log(replace(REGULATION, segments=[replace(part, quiz=replace(PACKET, steal=None))]))
    log.do(ev.Opened(SEAL, TEAMS, [], {QUIZ: SEAL}), PACKETS_BY_HAND, ev.TurnCalled(1, QUIZ, A))
    log.do(ev.QuestionShown(1, 0, "q1"), ev.Answered(1, A, 1, 0), ev.KeyShown(1, [1]))
    assert mark_of(log, QUIZ) is None
    assert mark_of(log.do(ev.TurnEnded(1)), QUIZ) == Decimal("10.00")
    assert not is_complete(log.state, QUIZ)


def test_a_spoilt_question_counts_for_nobody() -> None:
    log = offered().do(ev.Pressed(1, B, 1), ev.Answered(1, B, 2, 1), ev.KeyShown(1, [2]))
    log.do(ev.QuestionSpoilt(1, 0, WHY), ev.TurnEnded(1))
    for turn, entry in ((2, B), (3, C)):
        log.do(ev.TurnCalled(turn, QUIZ, entry), ev.TurnEnded(turn))
    assert [mark_of(log, QUIZ, entry) for entry in TEAMS] == [0, 0, 0]


def test_marks_are_of_the_teams_that_take_part() -> None:
    log = whole()
    assert list(marks(log.state)) == list(log.state.standing)
    assert set(marks(log.do(ev.TeamWithdrawn(B, WHY)).state)) == {A, C}
