"""The organiser's pages: every unit against its minimum, and the decision about one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoithi.contests.queries import contest_by_key
from hoithi.entries.actions import accept_registration, grant_extension, return_registration
from hoithi.entries.forms import ExtensionForm, ReasonForm, ReturnForm
from hoithi.entries.pages import Place, decision_page, overview_page, place_of
from hoithi.entries.queries import people_of
from hoithi.entries.views.frames import desk_frame
from hoithi.entries.views.unit import seen_by, workbook
from hoithi.entries.workbooks import people_workbook
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.web.acting import acted, carried_out

reads = contest_role(Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
decides = contest_role(Role.ORGANISER)


@reads
@require_safe
def overview(request: StaffRequest, contest: str) -> HttpResponseBase:
    """All units: how many people, how many missing, who waits."""
    found = contest_by_key(contest)
    return desk_frame(request, "entries/overview.html", found, page=overview_page(found))


@decides
@require_safe
def decision(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """One unit: its lists, and what can be decided."""
    place = place_of(contest, unit)
    page = decision_page(place, timezone.now(), request.GET.get("page"))
    return desk_frame(request, "entries/decision.html", place.contest, page=page)


@decides
@require_POST
def accept(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """Accept the lists."""
    place = place_of(contest, unit)
    acted(
        request,
        lambda: accept_registration(
            actor=request.user,
            registration=place.begun,
            receipt=seen_by(request),
            now=timezone.now(),
        ),
        _("The lists are accepted; everybody has a contestant number."),
    )
    return redirect("entries:decision", contest, unit)


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """Return the lists that were seen, with a reason."""
    place = place_of(contest, unit)
    shown = {"seen": request.GET.get("bien-nhan", "")}
    form = ReturnForm(request.POST or None, initial=shown)

    def act() -> None:
        return_registration(
            actor=request.user,
            registration=place.begun,
            receipt=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )

    words = _("Return the lists"), _("The unit reads the reason and can mend its lists.")
    return _asked(request, place, form, act, words)


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """Give one unit more time."""
    place = place_of(contest, unit)
    form = ExtensionForm(request.POST or None)

    def act() -> None:
        grant_extension(
            actor=request.user,
            contest=place.contest,
            unit=place.unit,
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )

    words = _("Extend the deadline"), _("For this unit only; the deadline of the others stays.")
    return _asked(request, place, form, act, words)


def _asked(
    request: StaffRequest,
    place: Place,
    form: ReasonForm,
    act: Callable[[], None],
    words: tuple[str | Promise, str | Promise],
) -> HttpResponseBase:
    """A page with one form about a unit; done, back to the unit."""
    if request.method == "POST" and carried_out(form, act):
        return redirect("entries:decision", place.contest.key, place.unit.code)
    title, lead = words
    return desk_frame(
        request, "entries/ask.html", place.contest, place=place, form=form, title=title, lead=lead
    )


@decides
@require_safe
def people(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    unit: str,
    form: str,
) -> HttpResponseBase:
    """A unit's list of a form for Excel, numbers masked."""
    place = place_of(contest, unit)
    rows = people_of(place.begun, place.chosen(form).key)
    return workbook(people_workbook(place.contest, place.unit, rows), f"{unit}-{form}.xlsx")
