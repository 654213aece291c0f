"""Issuing numbered papers and taking them back. The caller says what a paper says."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hoithi.audit.actions import record
from hoithi.documents.models import Document, Series
from hoithi.rules.canonical import Value
from hoithi.rules.codes import ALPHABET

CHECK_LENGTH = 12


@dataclass(frozen=True, slots=True)
class NewPaper:
    """One paper to be issued: `about` names what it is about, `facts` what its page says."""

    title: str
    about: str
    facts: Mapping[str, Value]


@transaction.atomic
def issue(
    *,
    scope_id: str,
    kind: str,
    symbol: str,
    papers: Sequence[NewPaper],
    actor_id: str,
    actor_name: str,
    now: datetime,
) -> list[Document]:
    """Give each paper the next number of its series; what was issued about a thing is kept.

    Answers the documents in the order of the papers. Two clerks who issue at once get different
    numbers: the series is moved by a conditional update.
    """
    standing = {
        document.about: document
        for document in Document.objects.filter(
            series__scope_id=scope_id, series__kind=kind, revoked_at=None
        )
    }
    new = [paper for paper in papers if paper.about not in standing]
    if new:
        series, _ = Series.objects.get_or_create(
            scope_id=scope_id,
            kind=kind,
            year=timezone.localdate(now).year,
            defaults={"symbol": symbol},
        )
        Series.objects.filter(pk=series.pk).update(last_number=F("last_number") + len(new))
        series.refresh_from_db()
        first = series.last_number - len(new) + 1
        made = Document.objects.bulk_create(
            Document(
                series=series,
                number=number,
                title=paper.title,
                about=paper.about,
                facts=dict(paper.facts),
                check_code=_check_code(),
                issued_at=now,
                issued_by=actor_name,
            )
            for number, paper in enumerate(new, start=first)
        )
        standing |= {document.about: document for document in made}
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action=f"documents.issue.{kind}",
            target=f"series:{scope_id}/{series}",
            now=now,
            after={"first": first, "last": series.last_number},
        )
    return [standing[paper.about] for paper in papers]


def _check_code() -> str:
    """Sixty random bits in letters that cannot be mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHECK_LENGTH))


@transaction.atomic
def revoke(
    *, document: Document, reason: str, actor_id: str, actor_name: str, now: datetime
) -> None:
    """Take a paper back with a reason; its page says so, its number is not used again."""
    changed = Document.objects.filter(pk=document.pk, revoked_at=None).update(
        revoked_at=now, revoked_reason=reason
    )
    if changed:
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action="documents.revoke",
            target=f"document:{document.pk}",
            now=now,
            after={"reason": reason},
        )
