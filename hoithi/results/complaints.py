"""What contestants say about their printed names: what waits, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from hoithi.contests.models import Contest, Round
from hoithi.entries.models import Entry
from hoithi.entries.queries import PersonRow, people_of_entry
from hoithi.results.models import NameComplaint
from hoithi.results.papers import certificates_about
from hoithi.results.queries import entry_name, publications_of, published_rows


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint as a list has it; `printed` is how the name stood or still stands."""

    id: int
    number: str
    unit: str
    printed: str
    said: str
    said_at: datetime
    corrected: str
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """One complaint with whom it is about, numbers masked, and the papers that have the name.

    `papers` are the certificates that stand. `rounds` have been published with another name than
    the one that is right now: while the complaint is open, than the one that it asks for.
    """

    row: ComplaintRow
    entry: Entry
    people: tuple[PersonRow, ...]
    papers: tuple[str, ...]
    rounds: tuple[Round, ...]


def open_complaints(contest: Contest) -> QuerySet[NameComplaint]:
    """What waits for an answer, longest first."""
    return _complaints(contest).filter(answered_at=None).order_by("said_at", "pk")


def answered_complaints(contest: Contest) -> QuerySet[NameComplaint]:
    """What was answered, newest first."""
    return _complaints(contest).exclude(answered_at=None).order_by("-answered_at", "-pk")


def _complaints(contest: Contest) -> QuerySet[NameComplaint]:
    found = NameComplaint.objects.filter(entry__contest=contest)
    return found.select_related("entry__contest", "entry__person", "entry__team", "entry__unit")


def complaint_by_id(contest: Contest, pk: int) -> NameComplaint:
    """Raises Http404."""
    complaint = _complaints(contest).filter(pk=pk).first()
    if complaint is None:
        raise Http404
    return complaint


def complaint_row(complaint: NameComplaint) -> ComplaintRow:
    entry = complaint.entry
    return ComplaintRow(
        id=complaint.pk,
        number=entry.number,
        unit=entry.unit.name,
        printed=complaint.printed or entry_name(entry),
        said=complaint.said,
        said_at=complaint.said_at,
        corrected=complaint.corrected,
        answer=complaint.answer,
        answered_by=complaint.answered_by,
        answered_at=complaint.answered_at,
    )


def complaint_page(complaint: NameComplaint) -> ComplaintPage:
    entry = complaint.entry
    return ComplaintPage(
        row=complaint_row(complaint),
        entry=entry,
        people=people_of_entry(entry) if entry.person else (),
        papers=tuple(str(document) for document in certificates_about(entry)),
        rounds=_published_otherwise(complaint),
    )


def _published_otherwise(complaint: NameComplaint) -> tuple[Round, ...]:
    entry = complaint.entry
    right = entry_name(entry) if complaint.answered_at else complaint.said
    return tuple(
        publication.round
        for publication in publications_of(entry.contest)
        if any(
            row.number == entry.number and row.name != right for row in published_rows(publication)
        )
    )
