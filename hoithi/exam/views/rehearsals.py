"""Rehearsals of a round: asking for one, watching it, its report."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.queries import plan_of
from hoithi.documents.render.decree import Head, paper_pdf
from hoithi.exam.forms import RehearsalForm
from hoithi.exam.models import Rehearsal
from hoithi.exam.rehearsal_jobs import ask_to_rehearse, live_of, rehearsal_by_id, stop_rehearsal
from hoithi.exam.rehearsal_words import (
    REHEARSALS,
    live_line,
    report_paper,
    rest_told,
    told,
    verdict_word,
)
from hoithi.exam.rehearsing import usual_contestants, usual_minutes
from hoithi.exam.views.rounds import READERS, RUNNERS, find_round
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rehearsal.report import Report, Rest, read_back
from hoithi.web.acting import acted, carried_out
from hoithi.web.files import PDF, file_answer
from hoithi.web.violations import explain


@contest_role(*READERS)
@require_GET
def show_all(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """All rehearsals of a round, newest first, and asking for another."""
    each = find_round(contest, round_key)
    if not each.is_online:
        raise Http404
    usual = {"contestants": usual_contestants(each), "minutes": usual_minutes(each)}
    return _list(request, contest, round_key, RehearsalForm(initial=usual))


def _list(
    request: StaffRequest, contest: str, round_key: str, form: RehearsalForm
) -> HttpResponseBase:
    each = find_round(contest, round_key)
    return render(
        request,
        "exam/rehearsals.html",
        {
            "contest": each.contest,
            "round": each,
            "rehearsals": [(row, *_word(row)) for row in each.rehearsals.all()],
            "form": form,
            "may_run": has_role(request.user, RUNNERS, contest_scope(contest)),
        },
    )


def _word(row: Rehearsal) -> tuple[str, str]:
    """What came of it, and the tone of its mark."""
    if row.report is None:
        word, tone = REHEARSALS[row.state]
    else:
        word, tone = verdict_word(read_back(row.report))
    return str(word), tone


@contest_role(*RUNNERS)
@require_POST
def begin(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Have the worker play a copy of the round."""
    each = find_round(contest, round_key)
    if not each.is_online:
        raise Http404
    form = RehearsalForm(request.POST)
    begun: list[Rehearsal] = []

    def act() -> None:
        begun.append(
            ask_to_rehearse(
                actor=request.user,
                each=each,
                contestants=form.cleaned_data["contestants"],
                seconds=form.cleaned_data["minutes"] * 60,
                now=timezone.now(),
            )
        )

    if not carried_out(form, act):
        return _list(request, contest, round_key, form)
    return redirect("exam:rehearsal", contest=contest, round_key=round_key, rehearsal=begun[0].pk)


@contest_role(*READERS)
@never_cache
@require_GET
def show(request: StaffRequest, contest: str, round_key: str, rehearsal: int) -> HttpResponseBase:
    """Where it is, while it runs; then what it has shown."""
    each = find_round(contest, round_key)
    found = rehearsal_by_id(each, rehearsal)
    live = live_of(found)
    read = read_back(found.report) if found.report is not None else None
    report = read if isinstance(read, Report) else None
    word, tone = _word(found)
    return render(
        request,
        "exam/rehearsal.html",
        {
            "contest": each.contest,
            "round": each,
            "rehearsal": found,
            "word": word,
            "tone": tone,
            "live": live,
            "live_line": live_line(live) if live else "",
            "told": told(report) if report else None,
            "slots": report.slots if report else [],
            "rest": rest_told(read) if isinstance(read, Rest) else None,
            "failure": explain(found.failure) if found.failure else "",
            "may_run": has_role(request.user, RUNNERS, contest_scope(contest)),
        },
    )


@contest_role(*READERS)
@require_GET
def report_pdf(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    round_key: str,
    rehearsal: int,
) -> HttpResponseBase:
    """The report as a paper, always in Vietnamese. 404 where there is none that can be read."""
    each = find_round(contest, round_key)
    found = rehearsal_by_id(each, rehearsal)
    report = read_back(found.report) if found.report is not None else None
    if not isinstance(report, Report) or found.ended_at is None:
        raise Http404
    plan = plan_of(each.contest)
    head = Head(plan.papers.issuer_parent, plan.papers.issuer, "", plan.document.place)
    paper = report_paper(
        report,
        at=found.ended_at,
        head=head,
        about=f"{each.name}, {each.contest.short_title}",
        by=found.asked_by,
    )
    return file_answer(paper_pdf(paper), PDF, f"dien-tap-{round_key}-{found.pk}.pdf")


@contest_role(*RUNNERS)
@require_POST
def stop(request: StaffRequest, contest: str, round_key: str, rehearsal: int) -> HttpResponseBase:
    """End a rehearsal before its time."""
    found = rehearsal_by_id(find_round(contest, round_key), rehearsal)
    acted(
        request,
        lambda: stop_rehearsal(actor=request.user, rehearsal=found, now=timezone.now()),
        _("The rehearsal is being stopped."),
    )
    return redirect("exam:rehearsal", contest=contest, round_key=round_key, rehearsal=found.pk)
