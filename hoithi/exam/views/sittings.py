"""A sitting in the hall: watching it, its people, and orders about its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.exam.course import courses_of, drawn, point_of
from hoithi.exam.flaws import accept_flaws
from hoithi.exam.forms import MoveForm, ReasonForm, UnitMinutesForm, UnitWindowForm, WindowForm
from hoithi.exam.hall_orders import give_minutes_to_all, give_window, move_close, move_opening
from hoithi.exam.models import RosterLine, Sitting, SittingState
from hoithi.exam.queries import goes_on_until, is_together, progress, sitting_by_id, windows_of
from hoithi.exam.roster import flaw_sheet, lines_of, orders_of, person_line, units_of_roster
from hoithi.exam.views.rounds import READERS, RUNNERS, find_round
from hoithi.exam.watching import nodes, put_together
from hoithi.exam.wording import (
    CLOSE_NOW_PAGE,
    CLOSED_NOW,
    CLOSING_PAGE,
    FLAWS,
    OPENING_PAGE,
    ORDERS,
    SITTING_STATES,
    UNIT_MINUTES_PAGE,
    UNIT_WINDOW_PAGE,
    OrderPage,
)
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.rules.vietnamese import tidy
from hoithi.web.acting import acted, carried_out
from hoithi.web.wording import moment

PAGE_SIZE = 50
NEWEST_ORDERS = 20
FORM = ("GET", "HEAD", "POST")


def order_answer(
    request: StaffRequest,
    sitting: Sitting,
    page: OrderPage,
    form: forms.Form,
    act: Callable[[], str],
    *,
    back: str,
    **extra: object,
) -> HttpResponseBase:
    """Ask for an order, or give it, say what `act` answers, and go back."""
    if request.method == "POST":
        said: list[str] = []
        if carried_out(form, lambda: said.append(act())):
            messages.success(request, said[0])
            return redirect(back)
    context = {
        "contest": sitting.round.contest,
        "round": sitting.round,
        "sitting": sitting,
        "page": page,
        "form": form,
        "back": back,
        **extra,
    }
    return render(request, "exam/order.html", context)


def find_sitting(contest: str, round_key: str, sitting: int) -> Sitting:
    """The sitting of an address. Raises Http404."""
    return sitting_by_id(find_round(contest, round_key), sitting)


def posted(request: StaffRequest) -> Mapping[str, str] | None:
    """The fields of a form that was sent; none while it is only asked for."""
    return request.POST if request.method == "POST" else None


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """A sitting's window, the orders given so far, and its people."""
    found = find_sitting(contest, round_key, sitting)
    words = tidy(request.GET.get("q", ""))[:80]
    page = Paginator(lines_of(found, words), PAGE_SIZE).get_page(request.GET.get("page"))
    roles = roles_in(request.user, contest_scope(contest))
    may_run = not roles.isdisjoint(RUNNERS)
    sheet = flaw_sheet(found) if found.state == SittingState.PUBLISHED else None
    now = timezone.now()
    may_collect = may_run and found.state == SittingState.PUBLISHED and goes_on_until(found) <= now
    return render(
        request,
        "exam/sitting.html",
        {
            "contest": found.round.contest,
            "round": found.round,
            "sitting": found,
            "windows": windows_of(found),
            "now": now,
            "state": SITTING_STATES[found.state],
            "orders": [
                (row, CLOSED_NOW if row.is_at_once else ORDERS[row.kind])
                for row in orders_of(found, NEWEST_ORDERS)
            ],
            "page": page,
            "people": [person_line(line) for line in page],
            "words": words,
            "sheet": sheet,
            "flaws": [(FLAWS.get(code, code), *where) for code, *where in sheet.rows]
            if sheet
            else [],
            "may_sign": Role.COMMITTEE in roles,
            "is_together": is_together(found.round),
            "flaw_form": ReasonForm(),
            "may_order": may_run and found.state == SittingState.PUBLISHED,
            "may_run": may_run,
            "may_collect": may_collect,
            "progress": progress(found.round, now) if may_collect else None,
        },
    )


@contest_role(*READERS)
@require_GET
def live(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """What the hall sees of the round's sittings, by unit; the page asks again by itself."""
    each = find_round(contest, round_key)
    now, reports = timezone.now(), nodes()
    numbered = [
        (number, sitting)
        for number, sitting in enumerate(each.sittings.order_by("id"), start=1)
        if sitting.state == SittingState.PUBLISHED
    ]
    points = courses_of(sitting for _number, sitting in numbered)
    watched = []
    for number, sitting in numbered:
        seen = put_together(reports, sitting.public_id.bytes, now)
        newest = [point_of(seen, now)] if seen.is_alive and seen.units else []
        course = drawn([*points.get(sitting.pk, []), *newest])
        watched.append((number, sitting, goes_on_until(sitting), seen, course))
    context = {
        "contest": each.contest,
        "round": each,
        "now": now,
        "watched": watched,
        "has_limit": settings.HALL_CAPACITY > 0,
    }
    answer: HttpResponse = render(request, "exam/live.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def opening(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """Open at another time."""
    found = find_sitting(contest, round_key, sitting)
    form = MoveForm(posted(request), initial={"at": found.opens_at}, before=found.closes_at)

    def act() -> str:
        at, reason = form.cleaned_data["at"], form.cleaned_data["reason"]
        move_opening(
            actor=request.user, sitting=found, opens_at=at, reason=reason, now=timezone.now()
        )
        return _("The sitting opens at %(at)s.") % {"at": moment(at)}

    return order_answer(request, found, OPENING_PAGE, form, act, back=sitting_address(found))


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def closing(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """Close at another time."""
    found = find_sitting(contest, round_key, sitting)
    now = timezone.now()
    form = MoveForm(
        posted(request), initial={"at": found.closes_at}, after=max(now, found.opens_at)
    )

    def act() -> str:
        at, reason = form.cleaned_data["at"], form.cleaned_data["reason"]
        move_close(actor=request.user, sitting=found, closes_at=at, reason=reason, now=now)
        return _("The sitting closes at %(at)s.") % {"at": moment(at)}

    return order_answer(request, found, CLOSING_PAGE, form, act, back=sitting_address(found))


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def close_now(
    request: StaffRequest, contest: str, round_key: str, sitting: int
) -> HttpResponseBase:
    """Close at once."""
    found = find_sitting(contest, round_key, sitting)
    form = ReasonForm(posted(request))
    now = timezone.now()
    windows = [each for each in windows_of(found) if now < each.closes_at]

    def act() -> str:
        reason = form.cleaned_data["reason"]
        move_close(actor=request.user, sitting=found, closes_at=now, reason=reason, now=now)
        if windows:
            return _(
                "The hall is closing the sitting for all who have no window of their own. "
                "It can be collected after %(at)s."
            ) % {"at": moment(max(each.closes_at for each in windows))}
        found.refresh_from_db()
        if (until := goes_on_until(found)) > now:
            return _(
                "The hall is closing the sitting. Who was given minutes may go on until %(at)s; "
                "it can be collected after that."
            ) % {"at": moment(until)}
        return _("The hall is closing the sitting. It can be collected in a moment.")

    more = {"windows": windows, "now": now}
    return order_answer(
        request, found, CLOSE_NOW_PAGE, form, act, back=sitting_address(found), **more
    )


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def minutes(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """More time for a unit or for everybody."""
    found = find_sitting(contest, round_key, sitting)
    form = UnitMinutesForm(posted(request), units=units_of_roster(found))

    def act() -> str:
        people = give_minutes_to_all(
            actor=request.user,
            sitting=found,
            unit_id=form.unit_id,
            minutes=form.cleaned_data["minutes"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return ngettext(
            "%(count)s person has more time.", "%(count)s people have more time.", people
        ) % {"count": people}

    return order_answer(request, found, UNIT_MINUTES_PAGE, form, act, back=sitting_address(found))


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def window(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """A window of its own for a unit."""
    found = find_sitting(contest, round_key, sitting)
    form = UnitWindowForm(
        posted(request), initial=next_hour(timezone.now()), units=units_of_roster(found)
    )

    def act() -> str:
        people = window_given(request, found, form, unit_id=int(form.cleaned_data["unit"]))
        return ngettext(
            "%(count)s person has a window of their own.",
            "%(count)s people have a window of their own.",
            people,
        ) % {"count": people}

    more = {"windows": windows_of(found), "now": timezone.now()}
    return order_answer(
        request, found, UNIT_WINDOW_PAGE, form, act, back=sitting_address(found), **more
    )


def next_hour(now: datetime) -> dict[str, datetime]:
    """What the form of a window proposes."""
    return {"opens_at": now, "closes_at": now + timedelta(hours=1)}


def window_given(
    request: StaffRequest,
    sitting: Sitting,
    form: WindowForm,
    *,
    line: RosterLine | None = None,
    unit_id: int | None = None,
) -> int:
    """Give what a form asks for; answers for how many people."""
    return give_window(
        actor=request.user,
        sitting=sitting,
        line=line,
        unit_id=unit_id,
        opens_at=form.cleaned_data["opens_at"],
        closes_at=form.cleaned_data["closes_at"],
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )


@contest_role(Role.COMMITTEE)
@require_POST
def flaws(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """Sign that a sitting is collected although its journal has rows that it should not have."""
    found = find_sitting(contest, round_key, sitting)
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        acted(
            request,
            lambda: accept_flaws(
                actor=request.user, sitting=found, reason=reason, now=timezone.now()
            ),
            _("Your signature is under these rows."),
        )
    return redirect(sitting_address(found))


def sitting_address(sitting: Sitting) -> str:
    return reverse("exam:sitting", args=[sitting.round.contest.key, sitting.round.key, sitting.pk])
