"""What the scores of a round come to, and what has been published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from django.http import Http404

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import regulation_of
from hoithi.entries.models import Entry
from hoithi.results.models import Award, FrozenCounts, Publication, RoundScore, TieDecision
from hoithi.rules.awards import Tie
from hoithi.rules.canonical import Value
from hoithi.rules.ranking import Score
from hoithi.rules.regulation import PrizeLine
from hoithi.rules.standings import Result, ranked

FORMAT = "hoithi/publication/1"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One entry of a round's result, ready to show; place 0 for one that is barred."""

    entry_id: int
    entry: str
    place: int
    decided_by: str
    number: str
    name: str
    unit: str
    points: Decimal
    prize: str
    prize_key: str
    is_barred: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A round's result as the scores have it now; nothing of it is given until it is published."""

    rows: tuple[ResultRow, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    prizes: tuple[PrizeLine, ...]

    def awarded(self) -> Iterator[tuple[int, str, str, int, int]]:
        """(entry id, prize, label, amount, place) of each prize, in order of the table."""
        lines = {line.key: line for line in self.prizes}
        order = {key: at for at, key in enumerate(lines)}
        winners = [row for row in self.rows if row.prize_key]
        for row in sorted(winners, key=lambda row: (order[row.prize_key], row.place, row.entry)):
            line = lines[row.prize_key]
            yield row.entry_id, line.key, line.label, line.amount_vnd, row.place


def entry_name(entry: Entry) -> str:
    """The name of a person or a team."""
    if entry.person is not None:
        return entry.person.name
    return entry.team.name if entry.team is not None else ""


def scores_of(each: Round) -> list[RoundScore]:
    """The counted scores of a round with their entries. One query."""
    return list(
        RoundScore.objects.filter(round=each, voided_at=None).select_related(
            "entry__person", "entry__team", "entry__unit"
        )
    )


def decisions_of(each: Round) -> list[list[str]]:
    """Recorded orders of tied entries, oldest first."""
    return list(TieDecision.objects.filter(round=each).values_list("order", flat=True))


def result_of(each: Round, scores: list[RoundScore]) -> Result:
    """Places and prizes as hoithi.rules gives them."""
    return ranked(
        regulation_of(each),
        {
            score.entry.public_id.hex: Score(
                score.entry.public_id.hex,
                {
                    name: None if value is None else Decimal(value)
                    for name, value in score.values.items()
                },
            )
            for score in scores
        },
        barred={score.entry.public_id.hex for score in scores if score.is_barred},
        unfit={score.entry.public_id.hex for score in scores if not score.meets_requirement},
        decisions=decisions_of(each),
    )


def proposal(each: Round) -> Proposal:
    """Rank the scores of a round and propose its prizes. Four queries."""
    regulation = regulation_of(each)
    scores = scores_of(each)
    result = result_of(each, scores)
    by_entry = {score.entry.public_id.hex: score for score in scores}
    labels = {line.key: line.label for line in regulation.prizes}
    prizes = {award.entry: award.prize for award in result.awards.given}
    places = [(row.entry, row.place, row.decided_by) for row in result.placed]
    places += [(entry, 0, "") for entry in result.barred]
    rows = tuple(
        ResultRow(
            entry_id=by_entry[entry].entry_id,
            entry=entry,
            place=place,
            decided_by=decided_by,
            number=by_entry[entry].entry.number,
            name=entry_name(by_entry[entry].entry),
            unit=by_entry[entry].entry.unit.name,
            points=by_entry[entry].points,
            prize=labels.get(prizes.get(entry, ""), ""),
            prize_key=prizes.get(entry, ""),
            is_barred=place == 0,
        )
        for entry, place, decided_by in places
    )
    return Proposal(rows, result.awards.ties, result.awards.left, tuple(regulation.prizes))


def publication_content(each: Round, proposed: Proposal) -> dict[str, Value]:
    """What is frozen: name, unit, score, prize and what decided the place, and no more."""
    counts = FrozenCounts.objects.filter(round=each).first()
    return {
        "format": FORMAT,
        "contest": each.contest.key,
        "round": each.key,
        "counts": {
            "participants": counts.participants,
            "attempts": counts.attempts,
            "all_correct": counts.all_correct,
        }
        if counts
        else None,
        "rows": [
            {
                "place": row.place,
                "decided_by": row.decided_by,
                "number": row.number,
                "name": row.name,
                "unit": row.unit,
                "points": f"{row.points:f}",
                "prize": row.prize,
            }
            for row in proposed.rows
            if not row.is_barred
        ],
        "barred": [
            {"number": row.number, "name": row.name, "unit": row.unit}
            for row in proposed.rows
            if row.is_barred
        ],
    }


def versions_of(each: Round) -> list[Publication]:
    """Every version of a round's result, newest first; their contents are not read."""
    return list(Publication.objects.filter(round=each).defer("content").order_by("-number"))


def publication_by_number(each: Round, number: int) -> Publication:
    """Raises Http404."""
    publication = Publication.objects.filter(round=each, number=number).first()
    if publication is None:
        raise Http404
    return publication


class PublishedRow(msgspec.Struct, frozen=True):
    """A row of a published version, as it was frozen."""

    place: int
    decided_by: str
    number: str
    name: str
    unit: str
    points: Decimal
    prize: str


def published_rows(publication: Publication) -> list[PublishedRow]:
    """The table of a published version."""
    return msgspec.convert(publication.content["rows"], list[PublishedRow])


def latest_publication(each: Round) -> Publication | None:
    """The version in force."""
    return Publication.objects.filter(round=each).order_by("-number").first()


def publications_of(contest: Contest) -> list[Publication]:
    """The version in force of each published round, in the order of the rounds."""
    newest: dict[int, Publication] = {}
    for publication in Publication.objects.filter(contest=contest).order_by("number"):
        newest[publication.round_id] = publication
    return [newest[each.pk] for each in contest.rounds.all() if each.pk in newest]


def awards_of(publication: Publication) -> list[Award]:
    """Given prizes in order, with their entries. One query."""
    return list(
        Award.objects.filter(publication=publication).select_related(
            "entry__person", "entry__team", "entry__unit"
        )
    )
