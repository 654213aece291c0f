"""Somebody of a sitting: more time, a new code, an attempt made void or restored."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hoithi.exam.forms import MinutesForm, ReasonForm, WindowForm
from hoithi.exam.hall_orders import give_minutes, reissue, set_void
from hoithi.exam.models import RosterLine, SittingState
from hoithi.exam.queries import is_together, line_by_number
from hoithi.exam.roster import AttemptRow, attempts_of, person_line
from hoithi.exam.views.rounds import READERS, RUNNERS
from hoithi.exam.views.sittings import (
    FORM,
    find_sitting,
    next_hour,
    order_answer,
    posted,
    window_given,
)
from hoithi.exam.wording import (
    MINUTES_PAGE,
    NEW_CODE_PAGE,
    RESTORE_PAGE,
    VOID_PAGE,
    WINDOW_PAGE,
)
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.codes import grouped
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain

NEW_CODE = "new_code"


def find_line(contest: str, round_key: str, sitting: int, line: int) -> RosterLine:
    """Somebody of the sitting of an address. Raises Http404."""
    found = find_sitting(contest, round_key, sitting)
    person = line_by_number(found, line)
    person.sitting = found
    return person


def _address(line: RosterLine) -> str:
    each = line.sitting.round
    return reverse("exam:person", args=[each.contest.key, each.key, line.sitting_id, line.line])


@contest_role(*READERS)
@require_GET
def show(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int
) -> HttpResponseBase:
    """Who it is, and what can be done. A code that was just made is shown this once."""
    found = find_line(contest, round_key, sitting, line)
    may_run = has_role(request.user, RUNNERS, contest_scope(contest))
    answer: HttpResponse = render(
        request,
        "exam/person.html",
        {
            "contest": found.sitting.round.contest,
            "round": found.sitting.round,
            "sitting": found.sitting,
            "person": person_line(found),
            "code": _take_code(request, found) if may_run else "",
            "may_run": may_run,
            "may_order": may_run and found.sitting.state == SittingState.PUBLISHED,
            "is_together": is_together(found.sitting.round),
        },
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _take_code(request: StaffRequest, line: RosterLine) -> str:
    """The code that was just made for this person; it is kept no longer than until it is shown."""
    match request.session.pop(NEW_CODE, None):
        case [line.pk, str(code)]:
            return grouped(code)
        case _:
            return ""


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def minutes(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int
) -> HttpResponseBase:
    """More time for this person."""
    found = find_line(contest, round_key, sitting, line)
    form = MinutesForm(posted(request))

    def act() -> str:
        given = form.cleaned_data["minutes"]
        give_minutes(
            actor=request.user,
            line=found,
            minutes=given,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return ngettext("%(count)s minute given.", "%(count)s minutes given.", given) % {
            "count": given
        }

    return order_answer(
        request,
        found.sitting,
        MINUTES_PAGE,
        form,
        act,
        back=_address(found),
        person=person_line(found),
    )


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def window(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int
) -> HttpResponseBase:
    """A window of their own for this person."""
    found = find_line(contest, round_key, sitting, line)
    form = WindowForm(posted(request), initial=next_hour(timezone.now()))

    def act() -> str:
        window_given(request, found.sitting, form, line=found)
        return _("This person has a window of their own.")

    return order_answer(
        request,
        found.sitting,
        WINDOW_PAGE,
        form,
        act,
        back=_address(found),
        person=person_line(found),
    )


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def new_code(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int
) -> HttpResponseBase:
    """A new code for somebody who lost the slip."""
    found = find_line(contest, round_key, sitting, line)
    form = ReasonForm(posted(request))

    def act() -> str:
        code = reissue(
            actor=request.user,
            line=found,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        request.session[NEW_CODE] = [found.pk, code]
        return _("There is a new code. The old one opens nothing any more.")

    return order_answer(
        request,
        found.sitting,
        NEW_CODE_PAGE,
        form,
        act,
        back=_address(found),
        person=person_line(found),
    )


@contest_role(*READERS)
@require_GET
def attempts(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int
) -> HttpResponseBase:
    """This person's attempts, as the hall or the collected sitting has them."""
    found = find_line(contest, round_key, sitting, line)
    rows: list[AttemptRow] = []
    try:
        rows = attempts_of(found)
    except RuleViolation as violation:
        messages.error(request, explain(violation))
    may_run = has_role(request.user, RUNNERS, contest_scope(contest))
    return render(
        request,
        "exam/attempts.html",
        {
            "contest": found.sitting.round.contest,
            "round": found.sitting.round,
            "sitting": found.sitting,
            "person": person_line(found),
            "attempts": rows,
            "may_order": may_run and found.sitting.state == SittingState.PUBLISHED,
        },
    )


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def void(
    request: StaffRequest, contest: str, round_key: str, sitting: int, line: int, attempt: str
) -> HttpResponseBase:
    """Make an attempt void, or restore one that is."""
    found = find_line(contest, round_key, sitting, line)
    row = _attempt(found, attempt)
    form = ReasonForm(posted(request))

    def act() -> str:
        set_void(
            actor=request.user,
            line=found,
            attempt=bytes.fromhex(attempt),
            void=not row.is_void,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        if row.is_void:
            return _("The order to restore the attempt is on its way to the hall.")
        return _("The order to make the attempt void is on its way to the hall.")

    back = f"{_address(found)}luot-thi/"
    page = RESTORE_PAGE if row.is_void else VOID_PAGE
    return order_answer(
        request, found.sitting, page, form, act, back=back, person=person_line(found)
    )


def _attempt(line: RosterLine, public_id: str) -> AttemptRow:
    """Raises Http404, also while the hall is out of reach."""
    try:
        return next(row for row in attempts_of(line) if row.public_id == public_id)
    except (StopIteration, RuleViolation) as error:
        raise Http404 from error
