"""The console: one page, one address for every press."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.documents.render.decree import Paper, paper_pdf
from hoithi.documents.render.word import paper_docx
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.errors import RuleViolation
from hoithi.stage.actions.closing import close_stage
from hoithi.stage.actions.commands import press
from hoithi.stage.actions.devices import answer_call
from hoithi.stage.console import console_of, turn_page_of
from hoithi.stage.queries import call_by_id, find_stage, who_signed_the_closing
from hoithi.stage.records import minutes_of
from hoithi.stage.signing import points_motions
from hoithi.stage.views.roles import READERS, RUNNERS
from hoithi.stage.wording import ON_CONSOLE, plain
from hoithi.web.acting import acted
from hoithi.web.files import PDF, WORD, file_answer
from hoithi.web.violations import explain


@contest_role(*RUNNERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The console, whole or, for its own script, the part that changes."""
    stage = find_stage(contest, round_key)
    if stage.plan_id is None:
        return redirect("stage:setup", contest=contest, round_key=round_key)
    template = "stage/parts/console.html" if "part" in request.GET else "stage/console.html"
    console = console_of(stage)
    context = {
        "contest": stage.round.contest,
        "round": stage.round,
        "console": console,
        "signed_by": who_signed_the_closing(stage) if console.may_close else None,
        "may_sign": has_role(request.user, [Role.COMMITTEE], contest_scope(contest)),
        "points_waiting": len(points_motions(stage.round)),
        "words": plain(ON_CONSOLE),
    }
    return render(request, template, context)


@contest_role(*RUNNERS)
@require_GET
def turn(request: StaffRequest, contest: str, round_key: str, turn: int) -> HttpResponseBase:
    """A turn that was called, whoever is on stage now; whole or the part that changes."""
    stage = find_stage(contest, round_key)
    page = turn_page_of(stage, turn) if stage.plan_id is not None else None
    if page is None:
        raise Http404
    template = "stage/parts/turn_page.html" if "part" in request.GET else "stage/turn.html"
    context = {
        "contest": stage.round.contest,
        "round": stage.round,
        "console": page,
        "words": plain(ON_CONSOLE),
    }
    return render(request, template, context)


@contest_role(*READERS)
@require_GET
def minutes(_request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The minutes of the round as far as it has gone, to be printed and signed."""
    name, paper = _minutes(contest, round_key)
    return file_answer(paper_pdf(paper), PDF, f"{name}.pdf")


@contest_role(*READERS)
@require_GET
def minutes_word(_request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The same as a Word file, for what has to be added before they are signed."""
    name, paper = _minutes(contest, round_key)
    return file_answer(paper_docx(paper), WORD, f"{name}.docx")


def _minutes(contest: str, round_key: str) -> tuple[str, Paper]:
    """The name of the file and what it says. Raises Http404 before the round is opened."""
    stage = find_stage(contest, round_key)
    if stage.plan_id is None:
        raise Http404
    return f"bien-ban-{stage.round.key}", minutes_of(stage)


@contest_role(*RUNNERS)
@require_POST
def act(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A press; a script gets the sentence of what forbids it, a form goes back to the page."""
    stage = find_stage(contest, round_key)
    fields = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    seen = fields.get("seen", "")
    wants_json = request.headers.get("Accept", "") == "application/json"
    try:
        state = press(
            actor=request.user,
            stage=stage,
            name=fields.get("do", ""),
            fields=fields,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        if wants_json:
            return JsonResponse({"text": explain(violation)}, status=409)
        messages.error(request, explain(violation))
    else:
        if wants_json:
            return JsonResponse({"seen": state.cue})
    return redirect("stage:console", contest=contest, round_key=round_key)


@contest_role(*RUNNERS)
@require_POST
def answered(_request: StaffRequest, contest: str, round_key: str, call: int) -> HttpResponseBase:
    """The secretary goes to whoever called."""
    answer_call(call=call_by_id(find_stage(contest, round_key), call), now=timezone.now())
    return redirect("stage:console", contest=contest, round_key=round_key)


@contest_role(Role.COMMITTEE)
@require_POST
def close(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Sign that everything is in; the second signature hands the marks to the results."""
    stage = find_stage(contest, round_key)

    def sign() -> None:
        close_stage(actor=request.user, stage=stage, now=timezone.now())

    acted(request, sign, _("Signed."))
    return redirect("stage:console", contest=contest, round_key=round_key)
