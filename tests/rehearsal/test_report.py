"""What figures say about a server, case by case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hoithi.rehearsal.report import (
    Judgement,
    Reason,
    Report,
    Rest,
    Verdict,
    judge,
    keep,
    read_back,
)
from tests.rehearsal.figures import GOOD, changed, phase, with_kept, with_wait


def codes(judgement: Judgement) -> list[str]:
    return [reason.code for reason in judgement.reasons]


def test_a_server_that_loses_nothing_and_lets_nobody_wait_is_ready() -> None:
    assert judge(GOOD) == Judgement(Verdict.READY, ())


@pytest.mark.parametrize(
    ("p99_ms", "verdict"),
    [
        (499, Verdict.READY),
        (500, Verdict.CLOSE),
        (999, Verdict.CLOSE),
        (1000, Verdict.NOT_READY),
        (60_000, Verdict.NOT_READY),
    ],
)
@pytest.mark.parametrize("name", ["page", "enter", "start", "save", "submit"])
def test_the_longest_of_all_waits_decides(name: str, p99_ms: int, verdict: Verdict) -> None:
    judgement = judge(with_wait(name, p99_ms))
    assert judgement.verdict == verdict
    assert [(each.facts["phase"], each.facts["ms"]) for each in judgement.reasons] == (
        [] if verdict is Verdict.READY else [(name, p99_ms)]
    )


def test_the_pulse_is_the_page_s_own_business() -> None:
    assert judge(with_wait("pulse", 30_000)).verdict == Verdict.READY


@pytest.mark.parametrize(
    ("report", "reasons"),
    [
        (with_kept(lost=1), ["lost"]),
        (with_kept(twice=1), ["flawed"]),
        (with_kept(foreign=2), ["flawed"]),
        (with_kept(wrong_receipts=1), ["flawed"]),
        (with_kept(flaws=1), ["flawed"]),
        (changed(submitted=99), ["unfinished"]),
        (changed(late=1), ["late"]),
        (changed(queued=1, capacity=99), ["over_capacity"]),
        (changed(queued=1), ["queued"]),  # since batches took too long
        (changed(errors={"save 500": 2, "start cut off": 1}), ["errors"]),
        (changed(errors={"save 500": 1}, submitted=98, late=3), ["unfinished", "late", "errors"]),
    ],
)
def test_one_lost_answer_one_error_or_one_without_a_receipt_is_too_much(
    report: Report, reasons: list[str]
) -> None:
    judgement = judge(report)
    assert (judgement.verdict, codes(judgement)) == (Verdict.NOT_READY, reasons)


def test_reasons_carry_the_figures() -> None:
    assert judge(with_kept(lost=7)).reasons == (Reason("lost", {"lost": 7, "of": 3300}),)
    assert judge(changed(errors={"save 500": 2, "start cut off": 1})).reasons == (
        Reason("errors", {"count": 3}),
    )


def test_a_limit_that_nobody_meets_says_nothing_against_the_server() -> None:
    assert judge(changed(capacity=100)) == Judgement(Verdict.READY, ())


def test_who_is_told_to_try_again_and_gets_through_shows_that_it_is_close() -> None:
    refused = [phase("enter", 12, refused=4), *(e for e in GOOD.phases if e.phase != "enter")]
    judgement = judge(changed(phases=refused))
    assert (judgement.verdict, judgement.reasons) == (
        Verdict.CLOSE,
        (Reason("refused", {"count": 4}),),
    )


def test_the_peak_is_answers_a_second_in_the_busiest_stretch() -> None:
    assert (GOOD.slot_s, GOOD.peak_saves) == (10, 41)
    assert changed(slots=[]).peak_saves == 0


def stored(report: Report = GOOD) -> dict[str, Any]:
    """As it comes back from the database."""
    kept: dict[str, Any] = json.loads(json.dumps(keep(report)))
    return kept


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in stored().items() if name != key}


def test_a_report_is_kept_as_json_and_comes_back_the_same() -> None:
    assert read_back(stored()) == GOOD


def test_a_report_without_what_was_added_since_is_whole() -> None:
    old = without("store_mb")
    for each in ("capacity", "queued", "verdict"):
        del old[each]
    assert read_back(old) == GOOD


WHOLE = Rest(Verdict.READY, 100, 100, 3300, 0)


@pytest.mark.parametrize(
    ("kept", "rest"),
    [
        (without("phases"), WHOLE),
        (stored() | {"store": "tape"}, WHOLE),
        (stored() | {"kept": {"lost": 2}}, Rest(Verdict.READY, 100, 100, None, 2)),
        (stored() | {"kept": [], "submitted": "100"}, Rest(Verdict.READY, 100, None, None, None)),
        (without("phases") | {"verdict": "splendid"}, Rest(None, 100, 100, 3300, 0)),
        ({}, Rest(None, None, None, None, None)),
        ([], Rest(None, None, None, None, None)),
        ("{", Rest(None, None, None, None, None)),
    ],
)
def test_of_a_report_of_another_version_is_read_what_can_be(kept: object, rest: Rest) -> None:
    assert read_back(kept) == rest
