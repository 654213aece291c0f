"""Long work of this room: printing all certificates of a result into one file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from hoithi.documents.render.certificates import certificates_pdf
from hoithi.jobs.actions import Failure, Json, Progress, register
from hoithi.people.models import User
from hoithi.results.models import Publication
from hoithi.results.papers import certificates_file, certificates_of, issue_certificates
from hoithi.rules.errors import RuleViolation

CERTIFICATES = "results.certificates"


def print_certificates(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    """Number and print all certificates of `publication` on behalf of `user`, both ids."""
    publication = Publication.objects.select_related("contest", "round").get(
        pk=int(str(params["publication"]))
    )
    actor = User.objects.get(pk=int(str(params["user"])))
    progress(0, 2)
    try:
        issue_certificates(actor=actor, publication=publication, now=timezone.now())
    except RuleViolation as violation:
        raise Failure(violation.code) from violation
    certificates = certificates_of(publication)
    if not certificates:
        raise Failure("no_awards")
    progress(1, 2)
    target = certificates_file(publication)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_bytes(certificates_pdf(certificates))
    partial.rename(target)
    progress(2, 2)
    return {"file": target.name, "count": len(certificates)}


def register_jobs() -> None:
    """Called when the app is loaded."""
    register(CERTIFICATES, print_certificates)
