"""The papers of a published version: certificates, one by one and all in one file, and the list."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.queries import regulation_of
from hoithi.documents.models import Document
from hoithi.documents.render.certificates import Certificate, certificates_pdf
from hoithi.documents.render.results_list import results_pdf
from hoithi.jobs.actions import ask
from hoithi.jobs.models import Job, JobState
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.results.jobs import CERTIFICATES
from hoithi.results.models import Publication
from hoithi.results.papers import (
    certificates_file,
    certificates_of,
    results_list_of,
    revoked_certificates,
)
from hoithi.results.queries import latest_publication, newest_number, publication_by_number
from hoithi.results.views.rounds import READERS, find_round
from hoithi.results.wording import decided_by
from hoithi.results.workbooks import results_workbook
from hoithi.web.files import PDF, file_answer, send_file
from hoithi.web.spreadsheets import XLSX_TYPE

PRINTERS = (Role.ORGANISER, Role.COMMITTEE)


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What has been issued for a version, and how far printing is."""

    version: Publication
    certificates: list[Certificate]
    revoked: list[Document]
    job: Job | None
    is_running: bool
    is_printed: bool
    is_in_force: bool
    may_print: bool


def _version(contest: str, round_key: str, number: int) -> Publication:
    """Raises Http404."""
    return publication_by_number(find_round(contest, round_key), number)


def _job(version: Publication) -> Job | None:
    """The newest printing of a version."""
    return Job.objects.filter(kind=CERTIFICATES, params__publication=version.pk).last()


@contest_role(*READERS)
@never_cache
@require_GET
def show(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """Which certificates are numbered, and where the files are."""
    version = _version(contest, round_key, number)
    job = _job(version)
    roles = roles_in(request.user, contest_scope(contest))
    page = PapersPage(
        version=version,
        certificates=certificates_of(version),
        revoked=revoked_certificates(version.round),
        job=job,
        is_running=job is not None and job.state in (JobState.WAITING, JobState.RUNNING),
        is_printed=certificates_file(version).exists(),
        is_in_force=latest_publication(version.round) == version,
        may_print=not roles.isdisjoint(PRINTERS),
    )
    return render(
        request,
        "results/papers.html",
        {
            "contest": version.contest,
            "section": "results",
            "round": version.round,
            "page": page,
            "newest": newest_number(version.round),
        },
    )


@contest_role(*PRINTERS)
@require_POST
def print_all(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """Ask the worker to number all certificates and print them into one file."""
    version = _version(contest, round_key, number)
    ask(
        kind=CERTIFICATES,
        params={"publication": version.pk, "user": request.user.pk},
        requested_by=str(request.user.pk),
        scope_kind="contest",
        scope_id=contest,
        now=timezone.now(),
    )
    return redirect("results:papers", contest=contest, round_key=round_key, number=number)


@contest_role(*READERS)
@require_GET
def all_certificates(
    request: StaffRequest, contest: str, round_key: str, number: int
) -> HttpResponseBase:
    """All certificates in one file, once they are printed and while their version is in force."""
    version = _version(contest, round_key, number)
    path = certificates_file(version)
    if not path.exists() or latest_publication(version.round) != version:
        raise Http404
    return send_file(request, path)


@contest_role(*READERS)
@require_GET
def certificate(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    round_key: str,
    number: int,
    place: int,
) -> HttpResponseBase:
    """One certificate; `place` counts from 1 in the order of the prize table."""
    certificates = certificates_of(_version(contest, round_key, number))
    if not 1 <= place <= len(certificates):
        raise Http404
    content = certificates_pdf([certificates[place - 1]])
    return file_answer(content, PDF, f"giay-chung-nhan-{round_key}-{place}.pdf")


@contest_role(*READERS)
@require_GET
def list_pdf(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    round_key: str,
    number: int,
) -> HttpResponseBase:
    """The list of results in the form of an administrative paper; always in Vietnamese."""
    version = _version(contest, round_key, number)
    with override("vi"):
        regulation = regulation_of(version.round)
        codes = {row["decided_by"] for row in version.content["rows"]}
        reasons = {code: str(decided_by(code, regulation)) for code in codes if code}
        content = results_pdf(results_list_of(version, reasons))
    return file_answer(content, PDF, f"ket-qua-{round_key}-{number}.pdf")


@contest_role(*READERS)
@require_GET
def list_workbook(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    round_key: str,
    number: int,
) -> HttpResponseBase:
    """The list of results for Excel."""
    content = results_workbook(_version(contest, round_key, number))
    return file_answer(content, XLSX_TYPE, f"ket-qua-{round_key}-{number}.xlsx")
