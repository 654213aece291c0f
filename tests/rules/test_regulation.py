"""What contradicts itself in the rules of a round, part by part."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from hoithi.rules.regulation import Segment, Voted, flaws, round_flaws, segment_flaws
from tests.rules.live.log import BUZZER, JUDGED, PACKET, REGULATION, TIME

SHOW, QUIZ, RUSH, VOTE, SIDE = REGULATION.segments
SUM = replace(JUDGED, method="sum")
NO_STEP = replace(JUDGED, criteria=[replace(JUDGED.criteria[0], step=Decimal(0))])


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        *((part, []) for part in REGULATION.segments),
        (replace(SHOW, judged=SUM, maximum=Decimal(150)), []),
        (replace(SHOW, judged=SUM, maximum=Decimal(160)), ["rubric_not_maximum"]),
        (replace(SHOW, judged=SUM, maximum=Decimal(20)), ["rubric_not_maximum"]),
        (replace(SHOW, maximum=Decimal(31)), ["rubric_not_maximum"]),
        # What is wrong inside is told first, not what follows from it.
        (replace(SHOW, judged=NO_STEP), ["criterion_not_positive:noi-dung"]),
        (replace(QUIZ, maximum=Decimal(20)), ["quiz_not_maximum"]),
        (replace(QUIZ, quiz=replace(PACKET, parts=[])), ["quiz_without_questions"]),
        (replace(SIDE, time=TIME), ["time_without_judges"]),
        (replace(SHOW, time=replace(TIME, most_seconds=0)), ["over_without_most"]),
        (replace(SHOW, quiz=BUZZER), ["segment_marked_two_ways"]),
        (
            replace(VOTE, quiz=replace(BUZZER, speed=[])),
            ["segment_marked_two_ways", "quiz_not_maximum"],
        ),
    ],
)
def test_flaws_of_a_part_are_told(part: Segment, codes: list[str]) -> None:
    assert segment_flaws(part) == codes


def test_flaws_of_a_regulation_are_those_of_its_round_and_of_its_parts() -> None:
    assert flaws(REGULATION) == []
    wrong = replace(
        REGULATION,
        segments=[replace(QUIZ, maximum=Decimal(1)), QUIZ],
        ranking=["points", "points"],
    )
    assert round_flaws(wrong) == ["segment_twice", "ranking_twice"]
    assert flaws(wrong) == ["segment_twice", "ranking_twice", "quiz_not_maximum"]


def test_only_a_vote_can_be_left_out_of_the_points() -> None:
    assert [part.is_counted for part in REGULATION.segments] == [True, True, True, False, True]
    assert replace(VOTE, voted=Voted(counted=True)).is_counted
