"""Freezing results as numbered versions: of a round, and of the table of units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import fix_rules, hold_contest
from hoithi.contests.models import Contest, Purpose, Round
from hoithi.people.models import User
from hoithi.results.collective import (
    collective_content,
    collective_proposal,
    latest_collective,
    published_collective,
    table_digest,
)
from hoithi.results.models import Award, CollectivePublication, Publication
from hoithi.results.papers import revoke_wrong
from hoithi.results.pending import is_grading_outdated, newest_grading
from hoithi.results.queries import (
    Proposal,
    differs,
    digest,
    latest_publication,
    proposal,
    publication_content,
    published_standing,
    rounds_in_force,
)
from hoithi.results.units import is_of_a_unit, outdated_results
from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import fingerprint


@transaction.atomic
def publish(
    *, actor: User, each: Round, reason: str, now: datetime, seen: str | None = None
) -> Publication:
    """Freeze the result of a round as its next version; `seen` is the digest of what a page showed.

    Raises RuleViolation: `not_official`, `published_by_province` on a unit's own machine,
    `unit_results_outdated` where units held the round by earlier rules, `grading_outdated`,
    `no_scores`, `result_differs` from what was seen, `ties_open`, `side_prizes_open`,
    `reason_missing` for a correction, `nothing_changed`, `published_meanwhile`.
    """
    if each.purpose != Purpose.OFFICIAL:
        raise RuleViolation("not_official")
    hold_contest(each.contest)
    if is_of_a_unit(each.contest):
        raise RuleViolation("published_by_province")
    if outdated := outdated_results(each):
        units = ", ".join(result.unit.name for result in outdated)
        raise RuleViolation("unit_results_outdated", units=units)
    if is_grading_outdated(each):
        raise RuleViolation("grading_outdated")
    proposed = proposal(each)
    if not proposed.rows:
        raise RuleViolation("no_scores")
    content = publication_content(each, proposed)
    if seen not in (None, digest(content)):
        raise RuleViolation("result_differs")
    last = latest_publication(each)
    is_new = last is None or differs(each, last, proposed)
    if proposed.waiting:
        raise RuleViolation("side_prizes_open", count=len(proposed.waiting))
    number = _next_number(last, proposed.ties, is_new=is_new, reason=reason)
    standing = published_standing(number, proposed)
    try:
        with transaction.atomic():
            publication = Publication.objects.create(
                contest=each.contest,
                round=each,
                number=number,
                content=content,
                standing=msgspec.to_builtins(standing),
                sha256=fingerprint(standing),
                grading=newest_grading(each),
                reason=reason,
                published_by=actor.name,
                published_at=now,
            )
    except IntegrityError as error:
        raise RuleViolation("published_meanwhile") from error
    _store_awards(publication, proposed)
    revoke_wrong(actor=actor, publication=publication, now=now)
    fix_rules(each=each, now=now)
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="results.publish",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
        after={"version": number, "sha256": publication.sha256, "reason": reason},
    )
    return publication


def _next_number(
    last: Publication | CollectivePublication | None,
    ties: Iterable[Tie],
    *,
    is_new: bool,
    reason: str,
) -> int:
    """The number of a new version. Raises RuleViolation where there may be none."""
    still_open = len(list(ties))
    if still_open:
        raise RuleViolation("ties_open", count=still_open)
    if last is None:
        return 1
    if not is_new:
        raise RuleViolation("nothing_changed")
    if not reason.strip():
        raise RuleViolation("reason_missing")
    return last.number + 1


def _store_awards(publication: Publication, proposed: Proposal) -> None:
    """The prizes of the table, then those beside the places."""
    awards = [
        Award(
            publication=publication,
            entry_id=entry_id,
            prize=prize,
            label=label,
            amount_vnd=amount_vnd,
            place=place,
            position=position,
        )
        for position, (entry_id, prize, label, amount_vnd, place) in enumerate(
            proposed.awarded(), start=1
        )
    ]
    awards += [
        Award(
            publication=publication,
            entry_id=row.entry_id,
            prize=row.prize,
            label=row.label,
            amount_vnd=row.amount_vnd,
            place=1,
            position=position,
            is_side=True,
        )
        for position, row in enumerate(proposed.side, start=len(awards) + 1)
    ]
    Award.objects.bulk_create(awards)


@transaction.atomic
def publish_collective(
    *, actor: User, contest: Contest, reason: str, now: datetime, seen: str | None = None
) -> CollectivePublication:
    """Freeze the table of units as its next version; it rests on published rounds only, and is the
    one that was `seen` on a page (`table_digest`).

    Raises RuleViolation: `no_collective_rule`, `rounds_unpublished`, `rounds_outdated`,
    `grading_outdated`, `result_differs`, `ties_open`, `reason_missing` for a correction,
    `nothing_changed`, `published_meanwhile`.
    """
    hold_contest(contest)
    proposed = collective_proposal(contest)
    numbers = _published_rounds(contest)
    if seen not in (None, table_digest(contest, proposed)):
        raise RuleViolation("result_differs")
    content = collective_content(contest, proposed, numbers)
    last = latest_collective(contest)
    is_new = last is None or last.content != content
    publication = CollectivePublication(
        contest=contest,
        number=_next_number(last, proposed.ties, is_new=is_new, reason=reason),
        content=content,
        reason=reason,
        published_by=actor.name,
        published_at=now,
    )
    publication.sha256 = fingerprint(published_collective(publication))
    try:
        with transaction.atomic():
            publication.save(force_insert=True)
    except IntegrityError as error:
        raise RuleViolation("published_meanwhile") from error
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="results.publish_collective",
        target=f"contest:{contest.key}",
        now=now,
        after={"version": publication.number, "sha256": publication.sha256, "reason": reason},
    )
    return publication


def _published_rounds(contest: Contest) -> dict[str, int]:
    """The version in force of every official round. Raises RuleViolation."""
    numbers: dict[str, int] = {}
    for each in rounds_in_force(contest):
        if each.publication is None:
            raise RuleViolation("rounds_unpublished", round=each.round.name)
        if each.is_outdated:
            raise RuleViolation("rounds_outdated", round=each.round.name)
        if is_grading_outdated(each.round):
            raise RuleViolation("grading_outdated")
        numbers[each.round.key] = each.publication.number
    return numbers
