"""What everybody may see, from what the log has led to."""

from __future__ import annotations

from hoithi.rules.live import events as ev
from hoithi.stage.queries import TeamName
from hoithi.stage.screen import Facts, ShownQuestion, snapshot
from tests.rules.live import log
from tests.rules.live.log import A, B, C, Log

FACTS = Facts(
    "Hội thi",
    "Chung kết",
    {entry: TeamName(entry, entry[:1], f"Đội {entry[:1]}", "", 1) for entry in (A, B, C)},
    ShownQuestion("Câu hỏi", ("Một", "Hai")),
)


def clock(played: Log) -> tuple[object, object]:
    """How long the clock of the question goes, and from when."""
    question = snapshot(played.state, FACTS)["question"]
    assert isinstance(question, dict)
    return question["seconds"], question["since"]


def test_who_may_take_a_question_over_has_a_clock_of_their_own() -> None:
    played = log.asked()
    assert clock(played) == (15, played.at_ms)
    played.do(ev.QuestionOffered(1), after_ms=9000)
    assert clock(played) == (5, played.at_ms)
    offered_at = played.at_ms
    # Somebody has pressed: nothing is counted any more.
    played.do(ev.FloorGiven(1, B, log.WHY))
    assert clock(played) == (0, offered_at)


def test_where_all_press_the_second_chance_has_no_end() -> None:
    played = log.rushing()
    assert clock(played) == (10, played.at_ms)
    played.do(ev.FloorGiven(1, A, log.WHY), ev.Answered(1, A, 0, 0), ev.QuestionOffered(1))
    assert clock(played) == (0, played.at_ms)


def test_what_a_team_has_by_its_questions_up_to_now_is_shown() -> None:
    def told(played: Log) -> object:
        turn = snapshot(played.state, FACTS)["turn"]
        assert isinstance(turn, dict)
        return turn["so_far"]

    played = log.asked()
    played.do(ev.Answered(1, A, 1, 0))
    # Whether it was right is not told before the key is.
    assert told(played) == "0"
    played.do(ev.KeyShown(1, [1]))
    assert told(played) == "10"
    played.do(ev.QuestionShown(1, 1, "q2"), ev.QuestionTimed(1), ev.QuestionOffered(1))
    played.do(ev.FloorGiven(1, B, log.WHY), ev.Answered(1, B, 0, 0), ev.KeyShown(1, [0]))
    # Another team has taken the second question and its points over.
    assert told(played) == "0"
    assert told(log.rushing()) == ""
    assert told(log.showing()) == ""
