"""A round in which all answer together: the desk's presses, and the big screen."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.contests.models import Round
from hoithi.exam.forms import ReasonForm
from hoithi.exam.models import Sitting
from hoithi.exam.queries import is_together
from hoithi.exam.screen import shown_bytes
from hoithi.exam.together import announce, ask, cancel, console_of, end, rescue
from hoithi.exam.views.rounds import READERS, RUNNERS, find_round
from hoithi.exam.views.sittings import FORM, find_sitting, order_answer, posted
from hoithi.exam.wording import CANCEL_PAGE, END_PAGE, ON_THE_SCREEN, OrderPage
from hoithi.people.http import StaffRequest, contest_role, public
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain

PRESSES: dict[str, Callable[..., object]] = {
    "ask": ask,
    "announce": announce,
    "rescue": rescue,
}


def find_together(contest: str, round_key: str) -> Round:
    """The round of an address, if all answer together in it. Raises Http404."""
    each = find_round(contest, round_key)
    if not is_together(each):
        raise Http404
    return each


def console_address(sitting: Sitting) -> str:
    return reverse("exam:together", args=[sitting.round.contest.key, sitting.round.key, sitting.pk])


def _seen(value: str | None) -> int:
    """The number of presses that a page has seen; what is none fits no page."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 9 else -1


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """Where the round stands, and what may be pressed; the page asks again by itself, and is drawn
    anew only when there is something else to be seen: no press is lost under a pointer."""
    find_together(contest, round_key)
    found = find_sitting(contest, round_key, sitting)
    console, problem = None, ""
    try:
        console = console_of(found, timezone.now())
    except RuleViolation as violation:
        problem = explain(violation)
    if console is not None and request.GET.get("state") == console.state:
        return HttpResponse(status=204)
    context = {
        "contest": found.round.contest,
        "round": found.round,
        "sitting": found,
        "console": console,
        "problem": problem,
        "may_run": has_role(request.user, RUNNERS, contest_scope(contest)),
    }
    answer: HttpResponse = render(request, "exam/together.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@contest_role(*RUNNERS)
@require_POST
def press(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """A press that needs no reason."""
    find_together(contest, round_key)
    found = find_sitting(contest, round_key, sitting)
    act = PRESSES.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        seen = _seen(request.POST.get("seen"))
        act(actor=request.user, sitting=found, seen=seen, now=timezone.now())
    except RuleViolation as violation:
        messages.error(request, explain(violation))
    return redirect(console_address(found))


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def cancel_question(
    request: StaffRequest, contest: str, round_key: str, sitting: int
) -> HttpResponseBase:
    """The question asked last puts nobody out; with a reason."""
    done = _("The question is cancelled; it puts nobody out.")
    return _with_reason(request, (contest, round_key, sitting), cancel, CANCEL_PAGE, done)


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def end_round(
    request: StaffRequest, contest: str, round_key: str, sitting: int
) -> HttpResponseBase:
    """Tell who has won; with a reason."""
    done = _("The round is over. The hall hands in for everybody in half a minute.")
    return _with_reason(request, (contest, round_key, sitting), end, END_PAGE, done)


def _with_reason(
    request: StaffRequest,
    where: tuple[str, str, int],
    command: Callable[..., object],
    page: OrderPage,
    done: str,
) -> HttpResponseBase:
    """A press that needs a reason, on a page of its own."""
    contest, round_key, sitting = where
    find_together(contest, round_key)
    found = find_sitting(contest, round_key, sitting)
    form = ReasonForm(posted(request))

    def act() -> str:
        command(
            actor=request.user,
            sitting=found,
            seen=_seen(request.GET.get("seen")),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return done

    return order_answer(request, found, page, form, act, back=console_address(found))


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type] # its types know no parameters
@public
@require_GET
def screen(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The big screen, one browser in full screen; the desk's page has it as a preview."""
    each = find_together(contest, round_key)
    where = {"contest": contest, "round_key": round_key}
    context = {
        "round": each,
        "contest": each.contest,
        "feed": reverse("together:feed", kwargs=where),
        "base": reverse("together:screen", kwargs=where),
        "words": {key: str(text) for key, text in ON_THE_SCREEN.items()},
    }
    return render(request, "exam/bigscreen.html", context)


@public
@require_GET
def feed(_request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Where the round stands, for the screen's script."""
    each = find_together(contest, round_key)
    try:
        content = shown_bytes(each, timezone.now())
    except RuleViolation:
        return HttpResponse(status=503)
    answer = HttpResponse(content, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
