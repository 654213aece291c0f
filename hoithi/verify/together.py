"""A sitting in which all answer together: its log, and who stood after each question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hoithi.hall.presses import Presses, answered_outside, sheet_of
from hoithi.hall.times import not_applied
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import Questions
from hoithi.rules.scoring import grades_together, right_options
from hoithi.rules.together import (
    Announced,
    AnyEvent,
    Ended,
    Game,
    Played,
    Sheet,
    Together,
    play,
    players_of,
    read_event,
    winners,
)
from hoithi.verify.bundle import BundleReader, Closing
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.sittings import Grading, MarkedAttempt, Sat


@dataclass(frozen=True, slots=True)
class Rule:
    """What a round of this kind is judged by; `barred` are sets of entries of which one was barred
    when the end was told."""

    together: Together
    ranking: Sequence[str]
    barred: tuple[Collection[str], ...]


def check_presses(
    bundle: BundleReader,
    folder: str,
    closing: Closing,
    orders: Mapping[int, bytes],
    findings: list[Finding],
) -> Presses | None:
    """The log as the closing record and the journal bind it; none where it is missing."""
    name = f"{folder}/together.json"
    if not bundle.has(name):
        findings.append(Finding("part_missing", name))
        return None
    if closing.presses_sha256 != bundle.sha256(name):
        findings.append(Finding("together_differs", name))
    presses = bundle.decode(name, Presses)
    if presses.sitting != closing.sitting:
        raise BundleError("wrong_place", name, presses.sitting)
    findings.extend(
        Finding("order_differs", name, str(number)) for number in not_applied(presses, orders)
    )
    return presses


def check_together(
    bundle: BundleReader,
    folder: str,
    grading: Grading,
    rule: Rule,
    sat: Sat,
    findings: list[Finding],
) -> Sat:
    """The sitting with the marks that follow from its log, answers and keys."""
    closing = bundle.decode(f"{folder}/closing.json", Closing)
    presses = check_presses(bundle, folder, closing, sat.orders, findings)
    name = f"{folder}/together.json"
    questions = grading.questions
    game, events = _fold(name, rule.together, questions, presses, findings)
    sheets = [sheet_of(each.facts) for each in sat.attempts]
    outside = answered_outside(sheets, game.asked, questions.file.policy.grace_ms)
    findings.extend(
        Finding("answered_outside", folder, f"{attempt} {item + 1}") for attempt, item in outside
    )
    if not sat.attempts:
        return sat
    drawn = grading.draw(sat.attempts[0].line, sat.attempts[0].facts)
    as_sealed = right_options(questions, grading.keys, drawn)
    playing = {line: sheet.given for line, sheet in players_of(sheets).items()}
    played = play(events, playing, as_sealed)
    _check_told(name, events, played, as_sealed, findings)
    _check_winners(name, rule, sat, events, played, findings)
    ruled = right_options(questions, grading.keys, drawn, grading.rulings)
    return replace(sat, attempts=_marked(sat.attempts, sheets, events, ruled, grading))


def _fold(
    name: str,
    rule: Together,
    questions: Questions,
    presses: Presses | None,
    findings: list[Finding],
) -> tuple[Game, list[AnyEvent]]:
    """The events that the rules allow; every other one is named."""
    game = Game(rule, questions.paper_length)
    events: list[AnyEvent] = []
    for press in presses.orders if presses is not None else ():
        try:
            event = read_event(press.text)
            game.take(event)
        except (ValueError, RuleViolation):
            findings.append(Finding("together_refused", name, str(press.number)))
            continue
        if press.amount != game.number:
            findings.append(Finding("together_refused", name, str(press.number)))
        events.append(event)
    return game, events


def _check_told(
    name: str,
    events: Sequence[AnyEvent],
    played: Played,
    right: Sequence[frozenset[int] | None],
    findings: list[Finding],
) -> None:
    """Every announcement is what follows from answers and keys."""
    findings.extend(
        Finding("standing_differs", name, str(event.item + 1))
        for event in events
        if isinstance(event, Announced)
        and (
            frozenset(event.standing) != played.told[event.item]
            or frozenset(event.right) != right[event.item]
        )
    )


def _check_winners(
    name: str,
    rule: Rule,
    sat: Sat,
    events: Sequence[AnyEvent],
    played: Played,
    findings: list[Finding],
) -> None:
    """Who was told to have won is first by the ranking, of those who were not barred then."""
    ended = next((event for event in events if isinstance(event, Ended)), None)
    if ended is None or not played.told:
        return
    could_be = []
    for entries in rule.barred:
        barred = frozenset(line.line for line in sat.roster if line.entry in entries)
        could_be.append(winners(played.players, rule.ranking, barred))
    if ended.winners not in could_be:
        findings.append(Finding("winner_differs", name))


def _marked(
    attempts: Sequence[MarkedAttempt],
    sheets: Sequence[Sheet],
    events: Sequence[AnyEvent],
    right: Sequence[frozenset[int] | None],
    grading: Grading,
) -> tuple[MarkedAttempt, ...]:
    grades = grades_together(events, sheets, right, grading.points_per_item)
    return tuple(replace(each, grade=grades[each.facts.attempt.hex()]) for each in attempts)
