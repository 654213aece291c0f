"""The proposed result of a round, publishing it, and its versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import Purpose, Round
from hoithi.contests.queries import contest_by_key, regulation_of, round_by_key
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.results.actions import publish as publish_result
from hoithi.results.forms import PublishForm
from hoithi.results.models import Publication
from hoithi.results.queries import (
    Proposal,
    ResultRow,
    proposal,
    publication_by_number,
    published_rows,
    versions_of,
)
from hoithi.results.wording import decided_by
from hoithi.web.acting import carried_out

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)


def find_round(contest: str, round_key: str) -> Round:
    """The round of an address. Raises Http404."""
    return round_by_key(contest_by_key(contest), round_key)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with what decided it in words."""

    row: ResultRow
    decided: str | Promise


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The result as the scores have it now, and what stands between it and its publication."""
    each = find_round(contest, round_key)
    versions = versions_of(each)
    return _page(request, each, versions, PublishForm(is_correction=bool(versions)))


def _page(
    request: StaffRequest, each: Round, versions: list[Publication], form: PublishForm
) -> HttpResponseBase:
    proposed = proposal(each)
    roles = roles_in(request.user, contest_scope(each.contest.key))
    return render(
        request,
        "results/round.html",
        {
            "contest": each.contest,
            "round": each,
            "here": "result",
            "lines": _lines(each, proposed),
            "barred": [row for row in proposed.rows if row.is_barred],
            "ties": proposed.ties,
            "left": len(proposed.left),
            "versions": versions,
            "is_official": each.purpose == Purpose.OFFICIAL,
            "may_decide": Role.COMMITTEE in roles,
            "form": form,
        },
    )


def _lines(each: Round, proposed: Proposal) -> list[Line]:
    regulation = regulation_of(each)
    return [
        Line(row, decided_by(row.decided_by, regulation))
        for row in proposed.rows
        if not row.is_barred
    ]


@contest_role(Role.COMMITTEE)
@require_POST
def publish(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Freeze the result as its next version; a correction says why."""
    each = find_round(contest, round_key)
    versions = versions_of(each)
    form = PublishForm(request.POST, is_correction=bool(versions))
    if carried_out(
        form,
        lambda: publish_result(
            actor=request.user,
            each=each,
            reason=form.cleaned_data.get("reason", ""),
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The result is published."))
        return redirect("results:round", contest=contest, round_key=round_key)
    return _page(request, each, versions, form)


@contest_role(*READERS)
@require_GET
def version(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """A published version, as it was frozen."""
    each = find_round(contest, round_key)
    found = publication_by_number(each, number)
    return render(
        request,
        "results/version.html",
        {
            "contest": each.contest,
            "round": each,
            "version": found,
            "rows": published_rows(found),
        },
    )
