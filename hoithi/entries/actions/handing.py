"""Texts for the stage: a unit hands them in, the organisers read, approve or return them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from hoithi.contests.models import Round
from hoithi.contests.queries import round_plan
from hoithi.entries.actions.holding import checked_reason, log
from hoithi.entries.models import Entry, EntryState, Handover, HandoverState, Team
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.web.keeping import keep

FOLDER = "handovers"
_STARTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # PDF, Word and its like
_ENDINGS = (".pdf", ".docx", ".doc", ".odt", ".rtf", ".txt")


@dataclass(frozen=True, slots=True)
class Text:
    """What is handed in: a title, and a summary or a file."""

    title: str
    summary: str
    file_name: str = ""
    content: bytes = b""


def hand_in(
    *, actor: User, team: Team, each: Round, segment: str, text: Text, now: datetime
) -> Handover:
    """Hand in a text, or a new version of one that is not approved.

    Raises RuleViolation: `nothing_asked` where the plan asks for none, `team_missing`,
    `round_is_over`, `text_approved`, `text_empty`, `text_not_readable` for what is neither Word,
    PDF nor text, `text_differs` when a colleague was quicker.
    """
    kind = _asked(each, segment)
    if now >= each.closes_at:
        raise RuleViolation("round_is_over")
    if not text.summary and not text.content:
        raise RuleViolation("text_empty")
    if text.content and not is_readable(text.file_name, text.content):
        raise RuleViolation("text_not_readable")
    try:
        with transaction.atomic():
            if not _stands(team):
                raise RuleViolation("team_missing")
            rows = Handover.objects.filter(team=team, round=each, segment=segment)
            last = rows.order_by("version").last()
            if last is not None and last.state == HandoverState.APPROVED:
                raise RuleViolation("text_approved")
            sha256 = keep(FOLDER, text.content) if text.content else ""
            made = Handover.objects.create(
                team=team,
                round=each,
                segment=segment,
                kind=kind,
                version=last.version + 1 if last else 1,
                title=text.title,
                summary=text.summary,
                file_name=text.file_name[-200:] if sha256 else "",
                sha256=sha256,
                handed_by=actor.name,
                handed_at=now,
            )
            log(
                actor,
                "hand_in",
                made.log_target,
                now,
                after={"segment": segment, "version": made.version, "sha256": sha256},
            )
    except IntegrityError as error:
        raise RuleViolation("text_differs") from error
    return made


def _asked(each: Round, segment: str) -> str:
    for part in round_plan(each).segments:
        if part.key == segment and part.handed_in is not None:
            return part.handed_in
    raise RuleViolation("nothing_asked")


def _stands(team: Team) -> bool:
    return Entry.objects.filter(team=team).exclude(state=EntryState.WITHDRAWN).exists()


def is_readable(name: str, content: bytes) -> bool:
    """Whether a file is what its name says: PDF, Word, OpenDocument, or a text in UTF-8."""
    if not name.lower().endswith(_ENDINGS):
        return False
    if not name.lower().endswith((".txt", ".rtf")):
        return content.startswith(_STARTS)
    try:
        return "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


@transaction.atomic
def approve_text(*, actor: User, handover: Handover, now: datetime) -> None:
    """Approve a text as it was read.

    Raises RuleViolation: `text_decided`, `text_superseded` where a newer version was handed in.
    """
    _decide(handover, [HandoverState.HANDED_IN], HandoverState.APPROVED, actor, now)
    log(actor, "approve_text", handover.log_target, now, after={"version": handover.version})


@transaction.atomic
def return_text(*, actor: User, handover: Handover, reason: str, now: datetime) -> None:
    """Give a text back with a reason, an approved one too; the unit hands in a new version.

    Raises RuleViolation: `text_decided`, `text_superseded`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    states = [HandoverState.HANDED_IN, HandoverState.APPROVED]
    _decide(handover, states, HandoverState.RETURNED, actor, now, reason)
    log(
        actor,
        "return_text",
        handover.log_target,
        now,
        after={"version": handover.version, "reason": reason},
    )


def _decide(
    handover: Handover,
    states: list[HandoverState],
    state: HandoverState,
    actor: User,
    now: datetime,
    reason: str = "",
) -> None:
    rows = Handover.objects.filter(pk=handover.pk, state__in=states)
    if not rows.update(state=state, decided_by=actor.name, decided_at=now, reason=reason):
        raise RuleViolation("text_decided")
    newer = Handover.objects.filter(
        team=handover.team_id,
        round=handover.round_id,
        segment=handover.segment,
        version__gt=handover.version,
    )
    if newer.exists():
        raise RuleViolation("text_superseded")
    handover.refresh_from_db()
