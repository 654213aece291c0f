"""A unit's team: its name, its leader, who does what, and who comes in for whom."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hoithi.entries.actions import save_team, substitute
from hoithi.entries.forms import SearchForm, SubstituteForm, TeamForm
from hoithi.entries.pages import place_of
from hoithi.entries.team_pages import (
    TeamPage,
    member_lines,
    offered,
    part_cards,
    substitute_form,
    team_form,
    team_page,
)
from hoithi.entries.views.frames import unit_frame
from hoithi.people.http import StaffRequest, unit_role
from hoithi.web.acting import carried_out, posted


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """The team as it stands, to be filled in while that may be done."""
    page = team_page(place_of(contest, unit), form, request.user, timezone.now())
    if page.team is None:
        return unit_frame(request, "entries/team.html", page.place, form, page=page)
    shape = team_form(page, posted(request))
    if request.method == "POST" and carried_out(shape, lambda: _save(request, page, shape)):
        return redirect("entries:team", contest, unit, form)
    shown = {"members": member_lines(page, shape), "cards": part_cards(page, shape)}
    return unit_frame(
        request, "entries/team.html", page.place, form, page=page, form=shape, **shown
    )


def _save(request: StaffRequest, page: TeamPage, shape: TeamForm) -> None:
    said = shape.cleaned_data
    save_team(
        actor=request.user,
        registration=page.place.begun,
        form_key=page.form_key,
        cast=shape.cast(),
        seen=said["seen"],
        reason=said.get("reason", ""),
        now=timezone.now(),
    )
    messages.success(request, _("The team is saved."))


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Put a registered person of the unit in the place of a member."""
    page = team_page(place_of(contest, unit), form, request.user, timezone.now())
    if page.team is None:
        raise Http404
    search = SearchForm(request.GET).text()
    offer = offered(page, search)
    shape = substitute_form(page, offer, posted(request))
    if request.method == "POST" and carried_out(shape, lambda: _swap(request, page, shape)):
        return redirect("entries:team", contest, unit, form)
    return unit_frame(
        request,
        "entries/substitute.html",
        page.place,
        form,
        page=page,
        form=shape,
        offer=offer,
        search=search,
    )


def _swap(request: StaffRequest, page: TeamPage, shape: SubstituteForm) -> None:
    said = shape.cleaned_data
    substitute(
        actor=request.user,
        registration=page.place.begun,
        form_key=page.form_key,
        gone=int(said["gone"]),
        came=int(said["came"]),
        reason=said["reason"],
        seen=said["seen"],
        now=timezone.now(),
    )
    messages.success(request, _("The substitution is recorded."))
