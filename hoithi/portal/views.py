"""What anybody may read without an account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hoithi.contests.models import Contest
from hoithi.contests.queries import contest_by_key
from hoithi.people.http import public
from hoithi.portal.queries.frame import frame_of
from hoithi.portal.queries.home import home_of, listed
from hoithi.portal.queries.results import Awaited, Search, results_of


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The contest, if there is one; else all of them."""
    now = timezone.now()
    contests = list(Contest.objects.prefetch_related("rounds"))
    if len(contests) == 1:
        return _home(request, contests[0])
    cards = [listed(contest, now) for contest in contests]
    return render(
        request, "portal/contests.html", {"frame": frame_of(*contests), "contests": cards}
    )


@public
@require_safe
def hall(request: HttpRequest) -> HttpResponseRedirect:  # noqa: ARG001 - the same for everybody
    """To the exam hall, which may stand at another address; a code after # goes along."""
    return HttpResponseRedirect(settings.HALL_URL)


@public
@require_safe
def home(request: HttpRequest, contest: str) -> HttpResponse:
    return _home(request, contest_by_key(contest))


def _home(request: HttpRequest, contest: Contest) -> HttpResponse:
    page = home_of(contest, timezone.now())
    return render(request, "portal/home.html", {"frame": page.frame, "home": page, "here": "home"})


@public
@require_safe
def results(
    request: HttpRequest, contest: str, each: str, number: int | None = None
) -> HttpResponse:
    """A round's result: the version in force, or an earlier one."""
    search = Search(request.GET.get("ten", "").strip(), request.GET.get("don-vi", ""))
    found = results_of(
        contest_by_key(contest),
        each,
        number=number,
        search=search,
        page=request.GET.get("page", ""),
        now=timezone.now(),
    )
    template = "portal/awaited.html" if isinstance(found, Awaited) else "portal/results.html"
    return render(
        request,
        template,
        {"frame": found.frame, "results": found, "search": search, "here": "results"},
    )
