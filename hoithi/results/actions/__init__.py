"""What is done to results: scores come in, ties and items are decided, versions are published."""

from hoithi.results.actions.deciding import decide_tie, decide_unit_tie, rule_on_item
from hoithi.results.actions.kits import make_kit, take_kit
from hoithi.results.actions.naming import (
    complain_about_name,
    correct_name,
    refuse_name,
)
from hoithi.results.actions.publishing import publish, publish_collective
from hoithi.results.actions.receiving import take_unit_file
from hoithi.results.actions.recording import (
    Minutes,
    ScoreRow,
    freeze_counts,
    note_grading,
    record_minutes,
    record_round_scores,
)
from hoithi.results.actions.seconding import refuse_motion, second_motion

__all__ = [
    "Minutes",
    "ScoreRow",
    "complain_about_name",
    "correct_name",
    "decide_tie",
    "decide_unit_tie",
    "freeze_counts",
    "make_kit",
    "note_grading",
    "publish",
    "publish_collective",
    "record_minutes",
    "record_round_scores",
    "refuse_motion",
    "refuse_name",
    "rule_on_item",
    "second_motion",
    "take_kit",
    "take_unit_file",
]
