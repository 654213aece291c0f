"""The stage door: who has come, ticked on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from hoithi.contests.queries import contest_by_key
from hoithi.entries.actions import check_in, undo_check_in
from hoithi.entries.door import door_page, expected_at, stage_round
from hoithi.entries.forms import SearchForm
from hoithi.entries.views.frames import desk_frame
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.web.acting import acted

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

at_the_door = contest_role(Role.ORGANISER, Role.COMMITTEE)


@at_the_door
@require_safe
def door(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The teams of a round and who of them is there."""
    found = contest_by_key(contest)
    page = door_page(stage_round(found, round_key), SearchForm(request.GET).text())
    return desk_frame(request, "entries/door.html", found, page=page)


@at_the_door
@require_POST
def came(
    request: StaffRequest, contest: str, round_key: str, team: int, person: int
) -> HttpResponseBase:
    """Somebody is there."""
    return _ticked(request, (contest, round_key, team, person), check_in, _("Checked in."))


@at_the_door
@require_POST
def went(
    request: StaffRequest, contest: str, round_key: str, team: int, person: int
) -> HttpResponseBase:
    """It was a mistake."""
    return _ticked(request, (contest, round_key, team, person), undo_check_in, _("Taken back."))


def _ticked(
    request: StaffRequest,
    where: tuple[str, str, int, int],
    act: Callable[..., None],
    done: _StrOrPromise,
) -> HttpResponseBase:
    """Done, back to the same search and the same person."""
    contest, round_key, team, person = where
    each = stage_round(contest_by_key(contest), round_key)
    expected_at(each, team, person)
    now = timezone.now()
    acted(
        request,
        lambda: act(actor=request.user, each=each, team=team, person=person, now=now),
        done,
    )
    search = SearchForm(request.POST).text()
    query = f"?{urlencode({'tim': search})}" if search else ""
    page = reverse("entries:door", args=[contest, round_key])
    return redirect(f"{page}{query}#nguoi-{team}-{person}")
