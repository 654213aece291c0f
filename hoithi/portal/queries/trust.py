"""What was fixed before anybody knew a mark: seals, rosters, and the ends of the journals.

All of it is a hash of something that is published in the end, in the contest's bundle.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.contests.plan.conversion import ms
from hoithi.contests.queries import plan_of
from hoithi.exam.heads import heads_of, newest_heads
from hoithi.exam.models import ChainHead, Package, PackageState, Sitting, SittingState
from hoithi.people.models import Approval
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.results import Published, content_of
from hoithi.results.collective import is_collective_outdated, latest_collective
from hoithi.results.models import CollectivePublication, Publication, UnitKit
from hoithi.results.pending import is_grading_outdated
from hoithi.results.queries import latest_publication, proposal, publication_content
from hoithi.verify.bundle import Closing, WriterHead
from hoithi.verify.public import FORMAT as PUBLIC_FORMAT
from hoithi.verify.public import (
    PublicRound,
    PublicSeal,
    PublicSitting,
    PublicValues,
    PublicVersion,
    public_closing,
)
from hoithi.web.periods import period

HEADS_ON_A_PAGE = 120


@dataclass(frozen=True, slots=True)
class Signature:
    """One of the two people who did an act."""

    name: str
    at: datetime
    user_id: int


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed package, or one that two people took back before anybody started."""

    number: int
    commitment: str
    questions_sha256: str
    keys_sha256: str
    signatures: tuple[Signature, ...]
    withdrawn: tuple[Signature, ...]
    withdrawn_reason: str


@dataclass(frozen=True, slots=True)
class SittingProof:
    """What a sitting committed at its opening, and once collected how its journal ended; nobody has
    started in one that was withdrawn. `first` is its time as it was published, before any order."""

    sitting: str
    is_withdrawn: bool
    when: str
    first: tuple[datetime, datetime] | None
    people: int
    roster_sha256: str
    published_at: datetime
    collected_at: datetime | None
    closing: Closing | None
    public_id: UUID
    heads: tuple[ChainHead, ...]


@dataclass(frozen=True, slots=True)
class KitProof:
    """The public key by which a unit signs its part of a round; a replaced one says since when."""

    code: str
    unit: str
    public_key: str
    made_at: datetime
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundProof:
    """One round; one that is held live has only its published result, and the keys of units."""

    key: str
    name: str
    seals: tuple[Seal, ...]
    sittings: tuple[SittingProof, ...]
    published: PublicVersion | None
    is_online: bool
    kits: tuple[KitProof, ...]


@dataclass(frozen=True, slots=True)
class TrustPage:
    """`edition` names the set of publications that the bundle is about; empty until it is whole."""

    frame: Frame
    rounds: tuple[RoundProof, ...]
    collective: PublicVersion | None
    edition: str


def trust_of(contest: Contest) -> TrustPage:
    """Everything that can be checked of a contest now. Twelve queries at most."""
    rounds = list(contest.rounds.all())
    seals = _seals(contest)
    sittings = _sittings(contest)
    versions = _versions(contest)
    kits = _kits(contest)
    table = latest_collective(contest)
    return TrustPage(
        frame=frame_of(contest),
        rounds=tuple(
            RoundProof(
                each.key,
                each.name,
                tuple(seals.get(each.pk, ())),
                tuple(sittings.get(each.pk, ())),
                versions.get(each.pk),
                each.is_online,
                tuple(kits.get(each.pk, ())),
            )
            for each in rounds
            if each.is_online or each.pk in versions or each.pk in kits
        ),
        collective=PublicVersion(table.number, table.sha256) if table else None,
        edition=edition_of(contest, rounds),
    )


def public_values(contest: Contest) -> PublicValues:
    """What the page shows now, as `hoithi verify --expect` takes it."""
    page = trust_of(contest)
    return PublicValues(
        PUBLIC_FORMAT,
        contest.key,
        {
            each.key: PublicRound(
                next((_public_seal(seal) for seal in each.seals if not seal.withdrawn), None),
                {
                    sitting.sitting: PublicSitting(
                        sitting.roster_sha256,
                        public_closing(sitting.closing) if sitting.closing else None,
                        [
                            WriterHead(head.writer, head.batch, head.sha256)
                            for head in sitting.heads
                        ],
                        *(map(ms, sitting.first) if sitting.first else ()),
                    )
                    for sitting in each.sittings
                    if not sitting.is_withdrawn
                },
                each.published if each.published and each.published.sha256 else None,
                _keys_by_unit(each.kits),
            )
            for each in page.rounds
        },
        page.collective,
    )


def _keys_by_unit(kits: tuple[KitProof, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kit in kits:
        found.setdefault(kit.code, []).append(kit.public_key)
    return found


def _public_seal(seal: Seal) -> PublicSeal:
    return PublicSeal(seal.commitment, seal.questions_sha256, seal.keys_sha256)


def _versions(contest: Contest) -> dict[int, PublicVersion]:
    """The version in force of each round; a very early one has no fingerprint. One query."""
    publications = Publication.objects.filter(contest=contest).order_by("number")
    rows = publications.values_list("round", "number", "sha256")
    return {each: PublicVersion(number, sha256) for each, number, sha256 in rows}


def edition_of(contest: Contest, rounds: list[Round]) -> str:
    """A name for what is published when every official round is, and the table of units where the
    plan has one; else empty. Two queries, four with a table of units.
    """
    publications = Publication.objects.filter(contest=contest).order_by("number")
    newest = dict(publications.values_list("round", "sha256"))
    official = [each for each in rounds if each.purpose == Purpose.OFFICIAL]
    if not official or not all(newest.get(each.pk) for each in official):
        return ""
    parts = [newest[each.pk] for each in official]
    if plan_of(contest).rules.collective is not None:
        units = CollectivePublication.objects.filter(contest=contest).order_by("-number")
        table = units.values_list("sha256", flat=True).first()
        if table is None:
            return ""
        parts.append(table)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def is_settled(contest: Contest) -> bool:
    """Whether every official round is published, and no correction is due."""
    official = contest.rounds.filter(purpose=Purpose.OFFICIAL)
    return all(latest_publication(each) for each in official) and not corrections_due(contest)


def corrections_due(contest: Contest) -> list[str]:
    """The names of what was published and is not what rulings and scores say; a bundle of that hour
    would contradict itself. Empty for the table of units, which has no name of its own.

    A ruling counts from its second signature, graded or not. Names may differ: a bundle has none.
    """
    rounds = contest.rounds.filter(purpose=Purpose.OFFICIAL).select_related("contest")
    due = [each.name for each in rounds if _is_correction_due(each)]
    table = latest_collective(contest)
    if table is not None and is_collective_outdated(table):
        due.append("")
    return due


def _is_correction_due(each: Round) -> bool:
    last = latest_publication(each)
    if last is None:
        return False
    if not last.sha256 or is_grading_outdated(each):
        return True
    now = msgspec.convert(publication_content(each, proposal(each)), Published)
    return _order(content_of(last)) != _order(now)


def _order(content: Published) -> list[tuple[str, int, Decimal, str]]:
    ranked = [(row.number, row.place, row.points, row.prize) for row in content.rows]
    return ranked + [(row.number, 0, Decimal(0), "") for row in content.barred]


def _signatures(approval: Approval | None) -> tuple[Signature, ...]:
    if approval is None or approval.second is None or approval.second_at is None:
        return ()
    return (
        Signature(approval.first.name, approval.first_at, approval.first.pk),
        Signature(approval.second.name, approval.second_at, approval.second.pk),
    )


def _seals(contest: Contest) -> dict[int, list[Seal]]:
    """Sealed and withdrawn packages by round; drafts are nobody's business. One query."""
    packages = (
        Package.objects.filter(round__contest=contest)
        .exclude(state=PackageState.DRAFT)
        .select_related(
            "sealing__first", "sealing__second", "withdrawal__first", "withdrawal__second"
        )
        .defer("questions", "keys_cipher")
        .order_by("-number")
    )
    found: dict[int, list[Seal]] = {}
    for package in packages:
        withdrawal = package.withdrawal if package.state == PackageState.WITHDRAWN else None
        seal = Seal(
            package.number,
            package.commitment,
            package.questions_sha256,
            package.keys_sha256,
            _signatures(package.sealing),
            _signatures(withdrawal),
            withdrawal.reason if withdrawal else "",
        )
        found.setdefault(package.round_id, []).append(seal)
    return found


def _kits(contest: Contest) -> dict[int, list[KitProof]]:
    """The keys of units by round, in the order of the plan and of making. One query."""
    kits = UnitKit.objects.filter(round__contest=contest).order_by("unit__position", "pk")
    found: dict[int, list[KitProof]] = {}
    for kit in kits.select_related("unit").defer("file"):
        proof = KitProof(kit.unit.code, kit.unit.name, kit.public_key, kit.made_at, kit.voided_at)
        found.setdefault(kit.round_id, []).append(proof)
    return found


@dataclass(frozen=True, slots=True)
class HeadsPage:
    """Where the chains of a sitting were at every minute at which they had moved, newest first."""

    frame: Frame
    round: str
    when: str
    sitting: str
    rows: Page[ChainHead]


def heads_page(contest: Contest, public_id: UUID, page: str | None) -> HeadsPage:
    """Raises Http404 where the contest has no such sitting."""
    sittings = Sitting.objects.filter(round__contest=contest).select_related("round")
    sitting = get_object_or_404(sittings, public_id=public_id)
    return HeadsPage(
        frame_of(contest),
        sitting.round.name,
        period(sitting.opens_at, sitting.closes_at),
        public_id.hex,
        Paginator(heads_of(sitting), HEADS_ON_A_PAGE).get_page(page),
    )


def _sittings(contest: Contest) -> dict[int, list[SittingProof]]:
    """Sittings by round. Two queries."""
    sittings = list(
        Sitting.objects.filter(round__contest=contest)
        .annotate(people=Count("lines"))
        .order_by("pk")
    )
    heads: dict[int, list[ChainHead]] = {}
    for head in newest_heads(sittings):
        heads.setdefault(head.sitting_id, []).append(head)
    found: dict[int, list[SittingProof]] = {}
    for sitting in sittings:
        proof = SittingProof(
            sitting.public_id.hex,
            sitting.state == SittingState.WITHDRAWN,
            period(sitting.opens_at, sitting.closes_at),
            (sitting.first_opens_at, sitting.first_closes_at)
            if sitting.first_opens_at and sitting.first_closes_at
            else None,
            sitting.people,
            sitting.roster_sha256,
            sitting.published_at,
            sitting.collected_at,
            msgspec.convert(sitting.closing, Closing) if sitting.closing else None,
            sitting.public_id,
            tuple(heads.get(sitting.pk, ())),
        )
        found.setdefault(sitting.round_id, []).append(proof)
    return found
