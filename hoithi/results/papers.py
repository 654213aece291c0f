"""The papers of a published result: certificates, the list as PDF and as workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from hoithi.contests.models import Contest, Entrant, Round
from hoithi.contests.queries import plan_of
from hoithi.documents.actions import NewPaper, issue, revoke
from hoithi.documents.models import Document
from hoithi.documents.render.certificates import Certificate
from hoithi.documents.render.decree import Head, Signer
from hoithi.documents.render.results_list import ResultRow, ResultsList, UnitRow
from hoithi.documents.render.wording import short_date
from hoithi.entries.models import Entry
from hoithi.people.models import User
from hoithi.results.collective import published_units, rests_on
from hoithi.results.models import Award, CollectivePublication, Publication
from hoithi.results.queries import awards_of, entry_name, latest_publication, with_side_prizes
from hoithi.results.wording import units_decided_by
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import ZONE

KIND = "giay-chung-nhan"


def _about(award: Award) -> str:
    """What a certificate is about: it stands as long as entry, name and prize do."""
    publication = award.publication
    return (
        f"{publication.contest_id}/{publication.round_id}/{award.entry.public_id.hex}/{award.prize}"
    )


@transaction.atomic
def issue_certificates(*, actor: User, publication: Publication, now: datetime) -> list[Document]:
    """Number the certificates of the version in force; those of prizes no longer given are revoked.

    A certificate whose name was corrected is revoked and issued anew. Again changes nothing. Raises
    RuleViolation `not_in_force` for an older version.
    """
    if latest_publication(publication.round) != publication:
        raise RuleViolation("not_in_force")
    contest = publication.contest
    papers = _papers_of(publication)
    revoke_wrong(actor=actor, publication=publication, now=now)
    return issue(
        scope_id=contest.key,
        kind=KIND,
        symbol=plan_of(contest).papers.certificate_symbol,
        papers=papers,
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )


def _papers_of(publication: Publication) -> list[NewPaper]:
    """The certificates that a version gives, as they are numbered."""
    contest = publication.contest
    return [
        NewPaper(
            title=f"Giấy chứng nhận {award.label}",
            about=_about(award),
            facts={
                "name": entry_name(award.entry),
                "unit": award.entry.unit.name,
                "prize": award.label,
                "contest": contest.title,
                "round": publication.round.name,
                "sample": contest.is_sample,
            },
        )
        for award in awards_of(publication)
    ]


def revoke_wrong(*, actor: User, publication: Publication, now: datetime) -> None:
    """Revoke what was numbered for an earlier version and is not as this one has it.

    Called when a correction is published: from then on no page says that such a paper stands. To be
    called in a transaction.
    """
    wanted = {paper.about: paper.facts for paper in _papers_of(publication)}
    for document in _documents_about(publication.round).filter(revoked_at=None):
        if wanted.get(document.about) != document.facts:
            revoke(
                document=document,
                reason=f"Thay theo kết quả bản {publication.number}",
                actor_id=str(actor.pk),
                actor_name=actor.name,
                now=now,
            )


def _documents_about(each: Round) -> QuerySet[Document]:
    prefix = f"{each.contest_id}/{each.pk}/"
    return Document.objects.filter(about__startswith=prefix).select_related("series")


def revoked_certificates(each: Round) -> list[Document]:
    """What was numbered for a round and does not stand any more, in the order of revoking."""
    return list(_documents_about(each).exclude(revoked_at=None).order_by("revoked_at", "pk"))


def is_to_be_numbered_again(publication: Publication) -> bool:
    """Whether certificates of the round had been numbered, and not all of this version's stand.

    Three queries at most.
    """
    documents = _documents_about(publication.round)
    if not documents.exists():
        return False
    standing = documents.filter(revoked_at=None).count()
    return standing < Award.objects.filter(publication=publication).count()


def replace_certificates(*, actor: User, entry: Entry, now: datetime) -> list[Document]:
    """Take back the certificates of an entry whose name was corrected, and number them anew.

    The files of all certificates have the old one in them: they go, and can be printed again. To
    be called in the transaction that corrects the name.
    """
    standing = certificates_about(entry)
    replaced = []
    for document in standing:
        revoke(
            document=document,
            reason="Sửa họ tên theo đề nghị của người được cấp",
            actor_id=str(actor.pk),
            actor_name=actor.name,
            now=now,
        )
        facts = {**document.facts, "name": entry_name(entry)}
        replaced += issue(
            scope_id=document.series.scope_id,
            kind=KIND,
            symbol=plan_of(entry.contest).papers.certificate_symbol,
            papers=[NewPaper(document.title, document.about, facts)],
            actor_id=str(actor.pk),
            actor_name=actor.name,
            now=now,
        )
    if standing:
        transaction.on_commit(partial(_forget_files, entry.contest))
    return replaced


def certificates_about(entry: Entry) -> list[Document]:
    """The certificates of an entry that stand. One query."""
    return list(
        Document.objects.filter(
            series__scope_id=entry.contest.key,
            series__kind=KIND,
            about__contains=f"/{entry.public_id.hex}/",
            revoked_at=None,
        ).select_related("series")
    )


def certificates_file(publication: Publication) -> Path:
    """Where the certificates of a publication lie, once they are printed."""
    name = f"{publication.contest.key}-{publication.round.key}-{publication.number}.pdf"
    return Path(settings.FILES) / "certificates" / name


def _forget_files(contest: Contest) -> None:
    for publication in Publication.objects.filter(contest=contest).select_related("round"):
        certificates_file(publication).unlink(missing_ok=True)


def check_url(document: Document) -> str:
    """The public page of a paper."""
    return f"{settings.PUBLIC_URL}/kiem-tra/{document.check_code}/"


def certificates_of(publication: Publication) -> list[Certificate]:
    """The issued certificates of a publication, ready to print, in order of the prize table."""
    contest = publication.contest
    plan = plan_of(contest)
    documents = {
        document.about: document
        for document in Document.objects.filter(
            series__scope_id=contest.key, series__kind=KIND, revoked_at=None
        ).select_related("series")
    }
    printed = []
    for award in awards_of(publication):
        document = documents.get(_about(award))
        if document is None:
            continue
        printed.append(
            Certificate(
                name=document.facts["name"],
                unit=document.facts["unit"],
                prize=award.label,
                contest=contest.title,
                round_or_form=publication.round.name,
                issuer_parent=plan.papers.issuer_parent,
                issuer=plan.papers.issuer,
                place=plan.document.place,
                issued_on=document.issued_at.astimezone(ZONE).date(),
                signer_title="\n".join(plan.papers.signer_posts),
                signer_name=plan.papers.signer_name,
                number=str(document),
                check_url=check_url(document),
                sample=contest.is_sample,
            )
        )
    return printed


def results_list_of(publication: Publication, reasons: dict[str, str]) -> ResultsList:
    """The list of results in the form of an administrative paper; `reasons` are words for codes."""
    content = publication.content
    barred = reasons.get("barred", "")
    rows = [
        ResultRow(
            place=row["place"],
            number=row["number"],
            name=row["name"],
            unit=row["unit"],
            points=Decimal(row["points"]),
            prize=with_side_prizes(publication, row["number"], row["prize"]),
            reason=reasons.get(row["decided_by"], ""),
        )
        for row in content["rows"]
    ]
    rows += [
        ResultRow(None, row["number"], row["name"], row["unit"], None, "", barred)
        for row in content["barred"]
    ]
    bare = _bare_list(publication, publication.round.name)
    closing = f"Danh sách có {len(content['rows'])} thí sinh, đội thi được xếp hạng"
    newest = latest_publication(publication.round)
    if newest is not None and newest.number > publication.number:
        replaced = f"bản {publication.number}, đã được thay bằng bản {newest.number}"
        bare = replace(bare, subtitle=f"{bare.subtitle} ({replaced})")
    of_teams = publication.round.category.entrant == Entrant.TEAM
    return replace(bare, rows=tuple(rows), closing_text=closing, of_teams=of_teams)


def units_list_of(publication: CollectivePublication) -> ResultsList:
    """The table of units in the form of an administrative paper, in the language that is active."""
    rows = tuple(
        UnitRow(
            place=row.place,
            name=row.name,
            participants=row.participants,
            headcount=row.headcount,
            percent=row.percent,
            score=row.score,
            prize=row.prize,
            reason=str(units_decided_by(row.decided_by)) if row.decided_by else "",
        )
        for row in published_units(publication)
    )
    under = "; ".join(f"{each.name} bản {each.number}" for each in rests_on(publication))
    closing = f"Danh sách có {len(rows)} đơn vị, tính theo kết quả đã công bố: {under}"
    bare = _bare_list(publication, "Giải tập thể")
    return replace(bare, units=rows, closing_text=closing)


def _bare_list(publication: Publication | CollectivePublication, about: str) -> ResultsList:
    """A list without its rows."""
    contest: Contest = publication.contest
    plan = plan_of(contest)
    return ResultsList(
        head=Head(
            issuer_parent=plan.papers.issuer_parent,
            issuer=plan.papers.issuer,
            symbol=plan.papers.list_symbol,
            place=plan.document.place,
            issued_on=publication.published_at.astimezone(ZONE).date(),
        ),
        title="Kết quả",
        subtitle=f"{about} - {contest.title}",
        rows=(),
        closing_text="",
        signers=(Signer(tuple(plan.papers.signer_posts), plan.papers.signer_name),),
        version=publication.number,
        fingerprint=publication.sha256,
        check_url=f"{settings.PUBLIC_URL}/hoi-thi/{contest.key}/niem-phong/",
        basis=tuple(
            f"Căn cứ {basis.title} số {basis.number}"
            + (f" ngày {short_date(basis.signed_on)}" if basis.signed_on else "")
            for basis in plan.basis
        ),
        recipients=tuple(plan.papers.recipients),
        sample=contest.is_sample,
    )
