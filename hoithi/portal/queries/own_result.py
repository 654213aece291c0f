"""One contestant's own result, opened by the access code.

Before publication it shows receipts and says when, but nothing of marks (see also own_paper).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.conf import settings

from hoithi.contests.models import Purpose
from hoithi.contests.queries import regulation_of
from hoithi.entries.models import Entry
from hoithi.exam.models import Attempt, RosterLine, Sitting
from hoithi.exam.receipts import Neighbour, way_to_root
from hoithi.exam.secrecy import Secrecy, secrecy_of
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.own_paper import (
    OpenedPackage,
    OwnQuestion,
    marked_paper,
    opened_package,
)
from hoithi.portal.queries.results import content_of
from hoithi.results.models import NameComplaint, Publication, RoundScore
from hoithi.results.queries import PublishedRow, entry_name, latest_publication
from hoithi.results.wording import decided_by
from hoithi.rules.codes import code_tag
from hoithi.rules.scoring import Grade
from hoithi.verify.bundle import Closing


@dataclass(frozen=True, slots=True)
class OwnAttempt:
    """An attempt. `receipts` and `root` are of the collected list that its receipt is in, `path`
    leads from the one to the other.

    `grade` is there once the result is published, `questions` once no round may draw from them.
    """

    number: int
    submitted_at: datetime
    is_automatic: bool
    is_void: bool
    is_counted: bool
    receipt: str
    receipts: int
    root: str
    path: tuple[Neighbour, ...]
    grade: Grade | None
    questions: tuple[OwnQuestion, ...]


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """What the version in force says of the holder; no `row` for one who is not ranked.

    `secrecy` is what still keeps questions and keys closed.
    """

    row: PublishedRow | None
    decided_by: str
    ranked: int
    is_barred: bool
    version: int
    published_at: datetime
    secrecy: Secrecy | None


@dataclass(frozen=True, slots=True)
class OwnRound:
    """A round as one contestant sees it; `place` once its result is published.

    It is open when its holder may start: `has_window` where that is a window of their own.
    """

    key: str
    name: str
    is_official: bool
    opens_at: datetime
    closes_at: datetime
    is_closed: bool
    has_window: bool
    is_collected: bool
    place: OwnPlace | None
    attempts: tuple[OwnAttempt, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the holder said about the printed name, and the answer.

    `corrected` is how the name has been printed since; without it `answer` says why it stays.
    """

    said: str
    said_at: datetime
    corrected: str
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnResult:
    """All rounds of the holder of a code."""

    frame: Frame
    name: str
    unit: str
    number: str
    rounds: tuple[OwnRound, ...]
    complaints: tuple[Complaint, ...]


def lines_of_code(code: str) -> list[RosterLine]:
    """Where the holder of a code sits, in the order of the rounds; empty for an unknown code."""
    tag = code_tag(str(settings.HALL_SECRET).encode(), code).hex()
    return list(
        RosterLine.objects.standing()
        .filter(code_tag=tag)
        .select_related(
            "entry__unit",
            "entry__person",
            "entry__team",
            "entry__contest",
            "sitting__round__contest",
        )
        .order_by("sitting__round__position")
    )


def own_result_of(lines: list[RosterLine], now: datetime) -> OwnResult:
    """The result of one entry from its roster lines, at least one."""
    entry = lines[0].entry
    return OwnResult(
        frame=frame_of(entry.contest),
        name=entry_name(entry),
        unit=entry.unit.name,
        number=entry.number,
        rounds=tuple(_own_round(line, now) for line in lines),
        complaints=_complaints(entry),
    )


def _complaints(entry: Entry) -> tuple[Complaint, ...]:
    return tuple(
        Complaint(one.said, one.said_at, one.corrected, one.answer, one.answered_at)
        for one in NameComplaint.objects.filter(entry=entry)
    )


def _own_round(line: RosterLine, now: datetime) -> OwnRound:
    sitting, each = line.sitting, line.sitting.round
    is_official = each.purpose == Purpose.OFFICIAL
    publication = latest_publication(each) if is_official else None
    secrecy = secrecy_of(sitting.package, now) if publication else None
    opened = opened_package(sitting, publication, secrecy) if publication else None
    opens_at, closes_at = line.time_at(now)
    return OwnRound(
        key=each.key,
        name=each.name,
        is_official=is_official,
        opens_at=opens_at,
        closes_at=closes_at,
        is_closed=closes_at <= now,
        has_window=line.window == (opens_at, closes_at),
        is_collected=sitting.collected_at is not None,
        place=_place(line, publication, secrecy) if publication else None,
        attempts=_attempts(line, opened),
    )


def _place(line: RosterLine, publication: Publication, secrecy: Secrecy | None) -> OwnPlace:
    content = content_of(publication)
    number = line.entry.number
    row = next((row for row in content.rows if row.number == number), None)
    regulation = regulation_of(line.sitting.round)
    return OwnPlace(
        row=row,
        decided_by=str(decided_by(row.decided_by, regulation)) if row and row.decided_by else "",
        ranked=len(content.rows),
        is_barred=any(barred.number == number for barred in content.barred),
        version=publication.number,
        published_at=publication.published_at,
        secrecy=secrecy,
    )


def _attempts(line: RosterLine, opened: OpenedPackage | None) -> tuple[OwnAttempt, ...]:
    score = RoundScore.objects.filter(
        round=line.sitting.round, entry=line.entry, voided_at=None
    ).first()
    counted = score.evidence.removeprefix("attempt:") if score and opened else ""
    found = Attempt.objects.filter(line=line).order_by("number")
    return tuple(_attempt(line, attempt, opened, counted) for attempt in found)


def _attempt(
    line: RosterLine, attempt: Attempt, opened: OpenedPackage | None, counted: str
) -> OwnAttempt:
    attempt.line = line
    closing = _closing(line.sitting)
    grade, questions = marked_paper(opened, attempt) if opened else (None, ())
    return OwnAttempt(
        number=attempt.number,
        submitted_at=datetime.fromtimestamp(attempt.submitted_ms / 1000, UTC),
        is_automatic=attempt.is_automatic,
        is_void=attempt.is_void,
        is_counted=attempt.public_id == counted,
        receipt=attempt.receipt,
        receipts=closing.receipts if closing else 0,
        root=closing.receipts_root if closing else "",
        path=way_to_root(line.sitting, attempt.receipt) if closing and attempt.receipt else (),
        grade=grade,
        questions=questions,
    )


def _closing(sitting: Sitting) -> Closing | None:
    return msgspec.convert(sitting.closing, Closing) if sitting.closing else None
