"""Rehearsals of other rounds and sizes, and one whose hall dies in the middle."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec

from hoithi.rehearsal.live import Live
from hoithi.rehearsal.report import Reason, Report, Verdict, judge
from hoithi.rehearsal.spec import Spec, made_up_policy, spec_of
from hoithi.rehearsal.stage import halls_of
from hoithi.rehearsal.supervising import play
from hoithi.rules.paper import BlueprintRow, Prediction
from hoithi.rules.together import Together


def played(spec: Spec) -> Report:
    report = play(spec, tell=lambda _: None)
    assert report is not None
    return report


def test_one_person_and_a_round_of_a_moment_are_enough(tmp_path: Path) -> None:
    report = played(spec_of(contestants=1, seconds=1, arriving_s=0.2, root=str(tmp_path)))
    assert (report.submitted, report.kept.acknowledged, report.kept.is_whole) == (1, 33, True)
    assert report.store_mb > 0


def test_a_round_that_asks_for_a_prediction_and_every_answer(tmp_path: Path) -> None:
    policy = msgspec.structs.replace(
        made_up_policy(), all_required=True, prediction=Prediction("Bao nhiêu?", 0, 5000)
    )
    spec = spec_of(
        contestants=40,
        seconds=3,
        arriving_s=0.5,
        root=str(tmp_path),
        title="Vòng hai",
        blueprint=[
            BlueprintRow("a", "de", 4),
            BlueprintRow("a", "kho", 2),
            BlueprintRow("b", "", 4),
        ],
        policy=policy,
    )
    report = played(spec)
    # Ten questions, one of them twice, and the prediction.
    assert (report.items, report.kept.acknowledged) == (10, 40 * 12)
    assert (report.kept.is_whole, report.errors, report.unfinished) == (True, {}, 0)
    assert (report.reloaded, report.away) == (2, 2)


def test_a_round_in_which_all_answer_together(tmp_path: Path) -> None:
    """Two questions of three seconds fit; nobody is out, nobody late, and all hand in."""
    policy = msgspec.structs.replace(
        made_up_policy(), grace_ms=0, together=Together(3, "one_left", None, 1)
    )
    spec = spec_of(contestants=40, seconds=18, arriving_s=0.5, root=str(tmp_path), policy=policy)
    report = played(spec)
    assert (report.items, report.kept.acknowledged, report.late) == (2, 40 * 2, 0)
    assert (report.kept.is_whole, report.errors, report.unfinished) == (True, {}, 0)
    assert (report.reloaded, report.away) == (2, 2)


def test_a_hall_that_dies_is_no_success_and_what_it_acknowledged_is_still_there(
    tmp_path: Path,
) -> None:
    spec = spec_of(contestants=40, seconds=60, arriving_s=0.5, root=str(tmp_path))

    def tell(live: Live) -> None:
        if live.saves:
            for folder in tmp_path.glob("dien-tap-*"):
                for hall in halls_of(folder):
                    os.kill(hall, signal.SIGKILL)

    report = play(spec, tell=tell)
    assert report is not None
    judgement = judge(report)
    assert judgement.verdict == Verdict.NOT_READY
    assert "unfinished" in [reason.code for reason in judgement.reasons]
    assert report.kept.acknowledged > 0
    assert (report.kept.lost, report.kept.twice, report.kept.foreign) == (0, 0, 0)
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_who_is_above_the_hall_s_limit_waits_for_a_turn_and_is_counted(tmp_path: Path) -> None:
    report = played(
        spec_of(contestants=16, seconds=2, arriving_s=0.5, root=str(tmp_path), capacity=10)
    )
    assert (report.capacity, report.queued, report.refused) == (10, 6, 0)
    assert (report.submitted, report.kept.is_whole, report.errors) == (16, True, {})
    judgement = judge(report)
    assert judgement.verdict == Verdict.NOT_READY
    assert Reason("over_capacity", {"count": 6, "limit": 10}) in judgement.reasons
    # What somebody does after such a wait is not late for having waited.
    saved = next(each for each in report.phases if each.phase == "save")
    started = next(each for each in report.phases if each.phase == "start")
    assert saved.max_ms < started.max_ms
