"""What the scores of a round come to, and what has been published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from django.db.models import Count
from django.http import Http404

from hoithi.contests.models import Contest, Entrant, Purpose, Round
from hoithi.contests.queries import plan_of, regulation_of
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Entry, EntryState
from hoithi.results.models import (
    Award,
    Choice,
    FrozenCounts,
    NameComplaint,
    Publication,
    RoundScore,
    TieDecision,
)
from hoithi.rules.awards import Awards, Tie
from hoithi.rules.canonical import Value, canonical, sha256
from hoithi.rules.qualifying import COMING_ON, cut_ties
from hoithi.rules.ranking import Score
from hoithi.rules.regulation import PrizeLine, Regulation, SidePrize
from hoithi.rules.settling import HeldRound, persons, settled_awards
from hoithi.rules.side_prizes import OpenChoice, SideAwards, side_awards
from hoithi.rules.standings import Result, ranked
from hoithi.verify.results import (
    Published,
    PublishedAward,
    PublishedPlace,
    PublishedSidePrize,
)

FORMAT = "hoithi/publication/1"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A prize of this round that its winner leaves for a higher one: which one, of which round."""

    prize: str
    kept: str
    round: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One entry of a round's result, ready to show; place 0 for one that is barred.

    Without a prize, `meets_requirement` and `passed_on` say why the entry was passed over.
    """

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
    meets_requirement: bool = True
    passed_on: PassedOn | None = None


@dataclass(frozen=True, slots=True)
class SideRow:
    """A side prize that is given."""

    entry_id: int
    entry: str
    prize: str
    label: str
    amount_vnd: int
    number: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A round's result as the scores have it now; nothing of it is given until it is published.

    `ties` are those across a prize line, and across the line before a later round; `waiting` are
    side prizes that two people have to choose first.
    """

    rows: tuple[ResultRow, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    prizes: tuple[PrizeLine, ...]
    side: tuple[SideRow, ...] = ()
    waiting: tuple[OpenChoice, ...] = ()
    side_prizes: tuple[SidePrize, ...] = ()

    def awarded(self) -> Iterator[tuple[int, str, str, int, int]]:
        """(entry id, prize, label, amount, place) of each prize of the table, in its order."""
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
    """Places and prizes as hoithi.rules gives them; who is barred now, the register says."""
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
        barred={score.entry.public_id.hex for score in scores if score.entry.barred_reason},
        unfit={score.entry.public_id.hex for score in scores if not score.meets_requirement},
        decisions=decisions_of(each),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A round whose scores stand, ranked by itself; `cuts` are ties at the line between those who
    come on to a later round and those who do not."""

    round: Round
    scores: list[RoundScore]
    held: HeldRound
    cuts: tuple[Tie, ...]
    side: SideAwards


@dataclass(frozen=True, slots=True)
class Settled:
    """Rounds by key in the order of the plan, and the awards of each after the rules over all.

    `same_person` are the entries, by public id in hex, of each person who has several.
    """

    rounds: Mapping[str, Standing]
    awards: Mapping[str, Awards]
    same_person: list[list[str]]


def standing_of(each: Round) -> Standing:
    """Rank a round by itself. Four queries, one more where it has side prizes."""
    scores = scores_of(each)
    of_people = each.category.entrant == Entrant.PERSON
    regulation = regulation_of(each)
    result = result_of(each, scores)
    return Standing(
        each,
        scores,
        HeldRound(result, regulation.prizes, of_people),
        tuple(tie for first in sorted(_cuts_after(each)) for tie in cut_ties(result.placed, first)),
        side_of(each, regulation, result),
    )


def _cuts_after(each: Round) -> set[int]:
    """After how many places somebody comes on to a later round."""
    rules = [later.entrants for later in plan_of(each.contest).rounds]
    return {rule.first for rule in rules if rule is not None and each.key in rule.from_}


def side_of(each: Round, regulation: Regulation, result: Result) -> SideAwards:
    """The side prizes of a round as its scores and the choices of two people have them."""
    if not regulation.side_prizes:
        return SideAwards((), ())
    choices = {choice.about: choice.order for choice in choices_of(each)}
    return side_awards(regulation, result.scores, result.barred, choices)


def choices_of(each: Round) -> list[Choice]:
    """What two people chose of the side prizes of a round, oldest first. One query."""
    found = Choice.objects.filter(round=each).exclude(about=COMING_ON)
    return list(found.select_related("approval__first", "approval__second").order_by("pk"))


def settled_rounds(contest: Contest) -> Settled:
    """All official rounds whose scores stand, settled together. Four queries a round."""
    official = contest.rounds.filter(purpose=Purpose.OFFICIAL).select_related("category")
    standing = {each.key: standing_of(each) for each in official}
    rounds = {key: each for key, each in standing.items() if each.scores}
    same_person = _same_person(each for one in rounds.values() for each in one.scores)
    held = {key: each.held for key, each in rounds.items()}
    rule = plan_of(contest).rules.one_prize
    return Settled(rounds, settled_awards(held, rule, persons(same_person)), same_person)


def _same_person(scores: Iterable[RoundScore]) -> list[list[str]]:
    entries: dict[int, set[str]] = {}
    for score in scores:
        if score.entry.person_id is not None:
            entries.setdefault(score.entry.person_id, set()).add(score.entry.public_id.hex)
    return sorted(sorted(each) for each in entries.values() if len(each) > 1)


def proposal(each: Round) -> Proposal:
    """Rank the scores of a round and propose its prizes.

    Six queries; where the plan has one prize a person, as many as all official rounds need.
    """
    if plan_of(each.contest).rules.one_prize is not None:
        settled = settled_rounds(each.contest)
        if each.key in settled.rounds:
            return _proposal(each.key, settled)
    standing = standing_of(each)
    alone = Settled({each.key: standing}, {each.key: standing.held.result.awards}, [])
    return _proposal(each.key, alone)


def proposals_of(contest: Contest) -> dict[str, Proposal]:
    """What `proposal` says of every official round whose scores stand, by its key.

    All are settled once: six queries a round.
    """
    settled = settled_rounds(contest)
    return {key: _proposal(key, settled) for key in settled.rounds}


def _proposal(key: str, settled: Settled) -> Proposal:
    standing, awards = settled.rounds[key], settled.awards[key]
    result, prizes = standing.held.result, standing.held.prizes
    by_entry = {score.entry.public_id.hex: score for score in standing.scores}
    labels = {line.key: line.label for line in prizes}
    given = {award.entry: award.prize for award in awards.given}
    passed_on = _passed_on(key, settled)
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
            prize=labels.get(given.get(entry, ""), ""),
            prize_key=given.get(entry, ""),
            is_barred=place == 0,
            meets_requirement=by_entry[entry].meets_requirement,
            passed_on=passed_on.get(entry),
        )
        for entry, place, decided_by in places
    )
    at_lines = {tie.place for tie in awards.ties}
    cuts = tuple(tie for tie in standing.cuts if tie.place not in at_lines)
    side_prizes = tuple(regulation_of(standing.round).side_prizes)
    return Proposal(
        rows,
        (*awards.ties, *cuts),
        awards.left,
        tuple(prizes),
        _side_rows(standing, side_prizes),
        standing.side.waiting,
        side_prizes,
    )


def _side_rows(standing: Standing, side_prizes: Sequence[SidePrize]) -> tuple[SideRow, ...]:
    lines = {line.key: line for line in side_prizes}
    by_entry = {score.entry.public_id.hex: score.entry for score in standing.scores}
    return tuple(
        SideRow(
            by_entry[award.entry].pk,
            award.entry,
            award.prize,
            lines[award.prize].label,
            lines[award.prize].amount_vnd,
            by_entry[award.entry].number,
            entry_name(by_entry[award.entry]),
            by_entry[award.entry].unit.name,
        )
        for award in standing.side.given
    )


def _passed_on(key: str, settled: Settled) -> dict[str, PassedOn]:
    """What the entries of a round left for a higher prize, where that one is not in a tie."""
    person_of = persons(settled.same_person)
    kept = {
        person_of.get(one.entry, one.entry): (other, one.prize)
        for other, awards in settled.awards.items()
        for one in awards.given
    }
    left = {}
    for one in settled.awards[key].freed:
        person = person_of.get(one.entry, one.entry)
        if person in kept:
            other, prize = kept[person]
            left[one.entry] = PassedOn(
                _label(settled, key, one.prize),
                _label(settled, other, prize),
                settled.rounds[other].round.name,
            )
    return left


def _label(settled: Settled, key: str, prize: str) -> str:
    return next(line.label for line in settled.rounds[key].held.prizes if line.key == prize)


def publication_content(each: Round, proposed: Proposal) -> dict[str, Value]:
    """What is frozen: name, unit, score, prize, what decided the place, and no more."""
    counts = FrozenCounts.objects.filter(round=each).first()
    # Versions of rounds without side prizes say what they have always said.
    side: dict[str, Value] = {}
    if proposed.side_prizes:
        side["side"] = [
            {"prize": row.label, "number": row.number, "name": row.name, "unit": row.unit}
            for row in proposed.side
        ]
    return {
        **side,
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
                "passed_on": {
                    "prize": row.passed_on.prize,
                    "kept": row.passed_on.kept,
                    "round": row.passed_on.round,
                }
                if row.passed_on
                else None,
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


def published_standing(number: int, proposed: Proposal) -> Published:
    """The same under pseudonyms, as the bundle has it."""
    return Published(
        number,
        [
            PublishedPlace(row.entry, row.place, row.decided_by, f"{row.points:f}")
            for row in proposed.rows
            if not row.is_barred
        ],
        [
            PublishedAward(row.entry, row.prize_key, row.place)
            for row in proposed.rows
            if row.prize_key
        ],
        [PublishedSidePrize(row.entry, row.prize) for row in proposed.side],
    )


def digest(content: Mapping[str, Value]) -> str:
    """Another one as soon as a proposed result, or what else people sign, says anything else.

    Not the fingerprint of what is published: that is of its file in the bundle, which names nobody.
    """
    return sha256(canonical(content)).hex()


def is_outdated(publication: Publication) -> bool:
    """Whether the result would come out otherwise now: a later round can take a prize away."""
    each = publication.round
    return differs(each, publication, proposal(each))


def differs(each: Round, publication: Publication, proposed: Proposal) -> bool:
    """Whether a round's proposed result says anything else than what was published.

    One without a fingerprint is to be published again whatever it says. One query where its content
    has not been read.
    """
    return not publication.sha256 or publication_content(each, proposed) != publication.content


@dataclass(frozen=True, slots=True)
class RoundInForce:
    """An official round with its version in force; `is_outdated`: it would come out otherwise now.

    `has_scores` says that there is something to publish.
    """

    round: Round
    publication: Publication | None
    has_scores: bool
    is_outdated: bool


def rounds_in_force(contest: Contest) -> list[RoundInForce]:
    """Every official round in the order of the plan. Seven queries a round."""
    proposed = proposals_of(contest)
    newest = newest_publications(contest)
    rounds = contest.rounds.filter(purpose=Purpose.OFFICIAL).select_related("contest", "category")
    return [_in_force(each, newest.get(each.pk), proposed.get(each.key)) for each in rounds]


def _in_force(
    each: Round, publication: Publication | None, proposed: Proposal | None
) -> RoundInForce:
    is_outdated = (
        publication is not None and proposed is not None and differs(each, publication, proposed)
    )
    return RoundInForce(each, publication, proposed is not None, is_outdated)


def newest_publications(contest: Contest) -> dict[int, Publication]:
    """The version in force of each published round, by the round's id. One query; their contents
    are not read."""
    found = Publication.objects.filter(contest=contest).defer("content", "standing")
    return {each.round_id: each for each in found.order_by("number")}


def is_touched(publication: Publication) -> bool:
    """Whether anything that decides the result is younger than its publication.

    If not, it is not outdated. Costs little, where `is_outdated` ranks everybody: four queries.
    """
    contest, since = publication.contest, publication.published_at
    scores = RoundScore.objects.filter(recorded_at__gte=since)
    if plan_of(contest).rules.one_prize is None:
        scores = scores.filter(round=publication.round)
    return (
        not publication.sha256
        or scores.filter(round__contest=contest).exists()
        or TieDecision.objects.filter(round__contest=contest, decided_at__gte=since).exists()
        or NameComplaint.objects.filter(entry__contest=contest, answered_at__gte=since).exists()
        or contest.plans.filter(loaded_at__gte=since).exists()
    )


def versions_of(each: Round) -> list[Publication]:
    """Every version of a round's result, newest first; their contents are not read."""
    return list(
        Publication.objects.filter(round=each).defer("content", "standing").order_by("-number")
    )


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
    passed_on: PassedOn | None


class PublishedSide(msgspec.Struct, frozen=True):
    """A side prize of a published version."""

    prize: str
    number: str
    name: str
    unit: str


def published_side(publication: Publication) -> list[PublishedSide]:
    """The side prizes of a published version."""
    return msgspec.convert(publication.content.get("side", []), list[PublishedSide])


def with_side_prizes(publication: Publication, number: str, prize: str) -> str:
    """What stands in the column of prizes of a list: that of the table, and those beside it."""
    beside = [side.prize for side in published_side(publication) if side.number == number]
    return "; ".join(each for each in (prize, *beside) if each)


def published_rows(publication: Publication) -> list[PublishedRow]:
    """The table of a published version."""
    return msgspec.convert(publication.content["rows"], list[PublishedRow])


def newest_number(each: Round) -> int:
    """The number of the version in force; 0 before the first."""
    newest = latest_publication(each)
    return newest.number if newest else 0


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


@dataclass(frozen=True, slots=True)
class Scoreless:
    """How many accepted entries of a unit have no score in a round."""

    unit: str
    entries: int


def scoreless(each: Round) -> tuple[Scoreless, ...]:
    """Who is accepted and not in the result, by unit: absent, or never let in. One query."""
    scored = RoundScore.objects.filter(round=each, voided_at=None).values("entry")
    accepted = Entry.objects.filter(category=each.category_id, state=EntryState.ACCEPTED)
    if regulation_of(each).entrants is not None:
        accepted = accepted.filter(pk__in=[entry.pk for entry in entries_of_round(each)])
    counted = (
        accepted.exclude(pk__in=scored)
        .order_by("unit__position", "unit__code")
        .values_list("unit__name")
        .annotate(entries=Count("pk"))
    )
    return tuple(Scoreless(unit, entries) for unit, entries in counted)
