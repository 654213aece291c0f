"""Texts for the stage: the unit's pages, then those of who reads and decides."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoithi.contests.queries import contest_by_key
from hoithi.entries.actions import approve_text, hand_in, return_text
from hoithi.entries.actions.handing import FOLDER
from hoithi.entries.forms import HandInForm, ReasonForm
from hoithi.entries.handed import (
    Asked,
    all_lines,
    asked_by_key,
    asked_of,
    handover_of,
    handover_of_team,
    initiatives_of,
    initiatives_workbook,
    lines_of,
    text_page,
)
from hoithi.entries.models import Entry, Handover, Team
from hoithi.entries.pages import Place, place_of
from hoithi.entries.teams import team_entry
from hoithi.entries.views.frames import desk_frame, unit_frame
from hoithi.entries.views.unit import workbook
from hoithi.people.http import StaffRequest, contest_role, unit_role
from hoithi.people.models import Role
from hoithi.web.acting import acted, carried_out
from hoithi.web.keeping import read

reads = contest_role(Role.ORGANISER, Role.COMMITTEE)
decides = contest_role(Role.ORGANISER)


def own_entry(place: Place, form: str) -> tuple[Entry, Team]:
    """The unit's team. Raises Http404 before it has a list."""
    entry = team_entry(place.begun, place.chosen(form).key)
    if entry is None or entry.team is None:
        raise Http404
    return entry, entry.team


@unit_role
@require_safe
def asked(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """What is to be handed in before the day, and how far it is."""
    place = place_of(contest, unit)
    entry, _team = own_entry(place, form)
    lines = lines_of(entry, asked_of(place.contest, form))
    return unit_frame(request, "entries/texts.html", place, form, lines=lines, form_key=form)


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def send(
    request: StaffRequest, contest: str, unit: str, form: str, round_key: str, segment: str
) -> HttpResponseBase:
    """Hand in a text, typed or as a file."""
    place = place_of(contest, unit)
    entry, team = own_entry(place, form)
    wanted = asked_by_key(place.contest, form, round_key, segment)
    is_post = request.method == "POST"
    shape = HandInForm(request.POST, request.FILES) if is_post else HandInForm()
    if is_post and carried_out(shape, lambda: _hand_in(request, team, wanted, shape)):
        return redirect("entries:texts", contest, unit, form)
    (line,) = lines_of(entry, [wanted])
    return unit_frame(
        request, "entries/hand_in.html", place, form, form=shape, line=line, form_key=form
    )


def _hand_in(request: StaffRequest, team: Team, wanted: Asked, shape: HandInForm) -> None:
    hand_in(
        actor=request.user,
        team=team,
        each=wanted.round,
        segment=wanted.segment,
        text=shape.text(),
        now=timezone.now(),
    )


@unit_role
@require_safe
def own_file(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    unit: str,
    form: str,
    handover: int,
) -> HttpResponseBase:
    """A file as the unit sent it."""
    _entry, team = own_entry(place_of(contest, unit), form)
    return _as_sent(handover_of_team(team, handover))


def _as_sent(text: Handover) -> HttpResponse:
    """Never shown in the browser: who sent it decides what it is. Raises Http404."""
    if not text.sha256:
        raise Http404
    try:
        content = read(FOLDER, text.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    header = content_disposition_header(as_attachment=True, filename=text.file_name) or "attachment"
    headers = {"Content-Disposition": header, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@reads
@require_safe
def every(request: StaffRequest, contest: str) -> HttpResponseBase:
    """All teams against all that is asked of them."""
    found = contest_by_key(contest)
    return desk_frame(request, "entries/all_texts.html", found, lines=all_lines(found))


@reads
@require_safe
def one(request: StaffRequest, contest: str, handover: int) -> HttpResponseBase:
    """A text to be read, and what can be decided about it."""
    found = contest_by_key(contest)
    return desk_frame(request, "entries/text.html", found, page=text_page(found, handover))


@reads
@require_safe
def file(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    handover: int,
) -> HttpResponseBase:
    """A file as it was sent."""
    return _as_sent(handover_of(contest_by_key(contest), handover))


@decides
@require_POST
def approve(request: StaffRequest, contest: str, handover: int) -> HttpResponseBase:
    """Approve a text."""
    text = handover_of(contest_by_key(contest), handover)
    now = timezone.now()
    acted(
        request,
        lambda: approve_text(actor=request.user, handover=text, now=now),
        _("The text is approved."),
    )
    return redirect("entries:text", contest, handover)


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: StaffRequest, contest: str, handover: int) -> HttpResponseBase:
    """Return a text with a reason."""
    found = contest_by_key(contest)
    page = text_page(found, handover)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        return_text(actor=request.user, handover=page.text, reason=reason, now=timezone.now())

    if request.method == "POST" and carried_out(form, act):
        return redirect("entries:text", contest, handover)
    return desk_frame(request, "entries/return_text.html", found, page=page, form=form)


@reads
@require_safe
def initiatives(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The solutions of all teams."""
    found = contest_by_key(contest)
    return desk_frame(request, "entries/initiatives.html", found, lines=initiatives_of(found))


@reads
@require_safe
def workbook_of(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
) -> HttpResponseBase:
    """The same for Excel."""
    return workbook(initiatives_workbook(contest_by_key(contest)), "sang-kien.xlsx")
