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
