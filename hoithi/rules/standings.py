"""A round's marked attempts → scores, places, reasons and prizes: what is published and verified.

The same function serves the desk when a round is closed, the verifier and the golden cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hoithi.rules.attempts import admitted, counted
from hoithi.rules.awards import Awards, award
from hoithi.rules.marks import round_marks
from hoithi.rules.ranking import Placed, Score, lots, rank, sort_key
from hoithi.rules.regulation import ANSWER_TIME, Online, PredictionRule, Regulation

NO_PREDICTION = -1


@dataclass(frozen=True, slots=True)
class Participant:
    """An entry of the round as the roster has it."""

    entry: str
    unit: str
    barred: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """One attempt with its marks; times in milliseconds UTC, `prediction` −1 where none was made.

    `submitted_ms` is the deadline when the attempt was handed in automatically, `granted_ms` what
    was given for interruptions. `answer_ms` is what right answers took, where all answer together.
    """

    attempt: str
    entry: str
    number: int
    started_ms: int
    submitted_ms: int
    automatic: bool
    void: bool
    correct: int
    items: int
    points: Decimal
    prediction: int
    granted_ms: int = 0
    answer_ms: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers that predictions are about; they are frozen and signed before ranking."""

    participants: int
    attempts: int
    all_correct: int


@dataclass(frozen=True, slots=True)
class Result:
    """A round's result: `placed` in order of place; barred entries have a score and no place.

    `unfit` entries have a place and, for a requirement they miss, no prize.
    """

    scores: Mapping[str, Score]
    counted: Mapping[str, Marked]
    placed: tuple[Placed, ...]
    barred: tuple[str, ...]
    unfit: tuple[str, ...]
    awards: Awards


def admitted_attempts(
    regulation: Regulation, participants: Iterable[Participant], attempts: Iterable[Marked]
) -> dict[str, list[Marked]]:
    """The admitted attempts of each entry that has any, in order of their numbers."""
    online = _online(regulation)
    known: dict[str, list[Marked]] = {each.entry: [] for each in participants}
    for attempt in attempts:
        known[attempt.entry].append(attempt)
    kept = {entry: admitted(online.attempts, each) for entry, each in known.items()}
    return {entry: each for entry, each in kept.items() if each}


def count(
    regulation: Regulation, participants: Sequence[Participant], attempts: Iterable[Marked]
) -> Counts:
    """What can be predicted, of those who are not barred: people, attempts, people all right."""
    kept = admitted_attempts(regulation, participants, attempts)
    barred = {each.entry for each in participants if each.barred}
    fair = {entry: each for entry, each in kept.items() if entry not in barred}
    return Counts(
        participants=len(fair),
        attempts=sum(len(each) for each in fair.values()),
        all_correct=sum(any(_is_full(one) for one in each) for each in fair.values()),
    )


def online_result(
    regulation: Regulation,
    participants: Sequence[Participant],
    attempts: Iterable[Marked],
    counts: Counts,
    *,
    decisions: Iterable[Sequence[str]] = (),
    lots_seed: bytes | None = None,
) -> Result:
    """Rank and award a round held online.

    Without a seed the criterion `lots` separates nobody. An entry without an attempt is not in the
    result.
    """
    online = _online(regulation)
    drawn = lots([each.entry for each in participants], lots_seed) if lots_seed else {}
    chosen: dict[str, Marked] = {}
    scores: dict[str, Score] = {}
    for entry, kept in admitted_attempts(regulation, participants, attempts).items():
        lot = Decimal(drawn[entry]) if drawn else None
        tried = {one.number: _score(regulation, counts, kept, one, lot=lot) for one in kept}
        keys = {number: sort_key(score, regulation.ranking) for number, score in tried.items()}
        chosen[entry] = counted(online.counted, kept, keys)
        scores[entry] = tried[chosen[entry].number]
    return ranked(
        regulation,
        scores,
        barred={each.entry for each in participants if each.barred},
        unfit={e for e in scores if not _meets(regulation, scores[e], chosen[e])},
        decisions=decisions,
        chosen=chosen,
    )


def recorded_result(
    regulation: Regulation,
    participants: Sequence[Participant],
    marks: Mapping[str, Mapping[str, Decimal]],
    *,
    votes: Mapping[str, Mapping[str, int]] | None = None,
    decisions: Iterable[Sequence[str]] = (),
    lots_seed: bytes | None = None,
) -> Result:
    """Rank and award a live round from the marks of its minutes: entry → segment → marks.

    `votes` are those of the audience, segment → entry → how many: side prizes go by them.
    """
    drawn = lots([each.entry for each in participants], lots_seed) if lots_seed else {}
    scores: dict[str, Score] = {}
    for entry, by_segment in marks.items():
        values: dict[str, Decimal | None] = dict.fromkeys(regulation.ranking)
        for segment in regulation.segments:
            values[f"segment:{segment.key}"] = by_segment[segment.key]
        values["points"] = round_marks(
            sum(
                (by_segment[each.key] for each in regulation.segments if each.is_counted),
                Decimal(0),
            )
        )
        for key, given in (votes or {}).items():
            values[f"votes:{key}"] = Decimal(given.get(entry, 0))
        if drawn:
            values["lots"] = Decimal(drawn[entry])
        scores[entry] = Score(entry, values)
    return ranked(
        regulation,
        scores,
        barred={each.entry for each in participants if each.barred},
        unfit={entry for entry in scores if not _meets(regulation, scores[entry], None)},
        decisions=decisions,
    )


def ranked(
    regulation: Regulation,
    scores: Mapping[str, Score],
    *,
    barred: Collection[str],
    unfit: Collection[str],
    decisions: Iterable[Sequence[str]] = (),
    chosen: Mapping[str, Marked] | None = None,
) -> Result:
    """Places and prizes from scores; `unfit` entries keep their place and are passed over."""
    fair = [score for entry, score in scores.items() if entry not in barred]
    placed = rank(fair, regulation.ranking, decisions)
    return Result(
        scores=scores,
        counted=chosen or {},
        placed=tuple(placed),
        barred=tuple(sorted(entry for entry in scores if entry in barred)),
        unfit=tuple(sorted(entry for entry in scores if entry in unfit)),
        awards=award(placed, regulation.prizes, unfit),
    )


def _meets(regulation: Regulation, score: Score, attempt: Marked | None) -> bool:
    wanted = regulation.requirement
    points = score.values["points"]
    if points is None or points < wanted.minimum_points:
        return False
    return not wanted.all_correct or (attempt is not None and _is_full(attempt))


def _is_full(attempt: Marked) -> bool:
    return attempt.correct == attempt.items


def _online(regulation: Regulation) -> Online:
    if regulation.online is None:
        raise ValueError(f"round {regulation.round} is not held online")
    return regulation.online


def _score(
    regulation: Regulation,
    counts: Counts,
    kept: Sequence[Marked],
    attempt: Marked,
    *,
    lot: Decimal | None,
) -> Score:
    values = _values(regulation, counts, kept, attempt, lot)
    if regulation.together is not None:
        values[ANSWER_TIME] = Decimal(attempt.answer_ms)
    return Score(attempt.entry, values)


def _values(
    regulation: Regulation,
    counts: Counts,
    kept: Sequence[Marked],
    attempt: Marked,
    lot: Decimal | None,
) -> dict[str, Decimal | None]:
    online = _online(regulation)
    rule = online.prediction
    return {
        "points": attempt.points,
        "correct": Decimal(attempt.correct),
        "prediction": _distance(rule, counts, attempt.prediction) if rule else None,
        "duration": Decimal(duration_ms(online, attempt)),
        "submitted": Decimal(attempt.submitted_ms),
        "started": Decimal(attempt.started_ms),
        "attempts": Decimal(len(kept)),
        "full_marks": Decimal(sum(_is_full(one) for one in kept)),
        "lots": lot,
    }


def duration_ms(online: Online, attempt: Marked) -> int:
    """From start to submission; minutes granted make nobody quicker than no time at all."""
    whole = attempt.submitted_ms - attempt.started_ms
    if online.duration == "whole":
        return whole
    return max(0, whole - attempt.granted_ms)


def _distance(rule: PredictionRule, counts: Counts, prediction: int) -> Decimal | None:
    """How far off; with `not_above` an excess counts after every shortfall."""
    if prediction == NO_PREDICTION:
        return None
    actual = {
        "participants": counts.participants,
        "attempts": counts.attempts,
        "all_correct": counts.all_correct,
    }[rule.target]
    off = Decimal(abs(prediction - actual))
    if rule.distance == "not_above" and prediction > actual:
        return off + Decimal(2**63)
    return off
