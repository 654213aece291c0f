"""What the public page of an issued paper says, opened by the code printed on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hoithi.documents.models import Document
from hoithi.portal.facts import FACTS

_LOOK_ALIKES = str.maketrans("OIL", "011")
_BETWEEN = str.maketrans("", "", " -–.\t")


@dataclass(frozen=True, slots=True)
class PaperPage:
    """An issued paper; `replaced_by` is the number of the one that stands in its place."""

    code: str
    title: str
    number: str
    issued_at: datetime
    facts: tuple[tuple[str, str], ...]
    is_sample: bool
    revoked_at: datetime | None
    revoked_reason: str
    replaced_by: str


def read_check_code(text: str) -> str:
    """A code as it is stored, whatever somebody typed: small letters, spaces, O for 0, I for 1."""
    return text.translate(_BETWEEN).upper().translate(_LOOK_ALIKES)[:40]


def paper_by_code(code: str) -> PaperPage | None:
    """The page of a paper, or nothing when no paper has this code. Two queries at most."""
    document = Document.objects.filter(check_code=code).select_related("series").first()
    if document is None:
        return None
    facts = document.facts
    successor = (
        Document.objects.filter(about=document.about, revoked_at=None)
        .select_related("series")
        .first()
        if document.revoked_at
        else None
    )
    return PaperPage(
        code=document.check_code,
        title=document.title,
        number=str(document),
        issued_at=document.issued_at,
        facts=tuple((str(label), str(facts[key])) for key, label in FACTS.items() if key in facts),
        is_sample=facts.get("sample") is True,
        revoked_at=document.revoked_at,
        revoked_reason=document.revoked_reason,
        replaced_by=str(successor) if successor else "",
    )
