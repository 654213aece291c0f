"""The two frames that pages of this room stand in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from hoithi.contests.models import Contest
from hoithi.entries.pages import Place
from hoithi.people.http import StaffRequest


def unit_frame(
    request: StaffRequest, template: str, place: Place, section: str = "unit", **context: object
) -> HttpResponse:
    """A page of a unit; `section` is the key of a form on the pages of its list."""
    context |= {"place": place, "contest": place.contest, "section": section}
    return render(request, template, context)


def desk_frame(
    request: StaffRequest, template: str, contest: Contest, **context: object
) -> HttpResponse:
    """A page of the organiser."""
    return render(request, template, context | {"contest": contest, "section": "registration"})
