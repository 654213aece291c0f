"""What anybody may read without an account."""

from __future__ import annotations

import time
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoithi.contests.models import Contest
from hoithi.contests.queries import contest_by_key
from hoithi.entries.models import Entry
from hoithi.exam.models import RosterLine
from hoithi.people.http import public
from hoithi.portal.bundles import bundle_of
from hoithi.portal.forms import AccessCodeForm, CheckCodeForm, NameComplaintForm
from hoithi.portal.guesses import Guesses
from hoithi.portal.queries.frame import frame_of, frame_of_site
from hoithi.portal.queries.home import home_of, listed
from hoithi.portal.queries.own_result import lines_of_code, own_result_of
from hoithi.portal.queries.papers import paper_by_code, read_check_code
from hoithi.portal.queries.results import Awaited, Search, results_of
from hoithi.portal.queries.trust import heads_page, public_values, trust_of
from hoithi.portal.queries.units import units_page
from hoithi.results.actions import complain_about_name
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import struct_bytes
from hoithi.web.files import send_file
from hoithi.web.violations import explain

guesses = Guesses()
_COMPLAINT = "hoithi.portal.name_complaint"
_COMPLAINT_AGE_S = 3600


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The contest, if there is one; else all of them."""
    now = timezone.now()
    contests = list(Contest.objects.prefetch_related("rounds__sittings"))
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


@public
@require_safe
def units(request: HttpRequest, contest: str, number: int | None = None) -> HttpResponse:
    """The table of units: the version in force, or an earlier one."""
    page = units_page(contest_by_key(contest), number)
    return render(
        request, "portal/units.html", {"frame": page.frame, "units": page, "here": "results"}
    )


@public
@require_safe
def trust(request: HttpRequest, contest: str) -> HttpResponse:
    """What was sealed and committed, and how to check it."""
    page = trust_of(contest_by_key(contest))
    return render(
        request, "portal/trust.html", {"frame": page.frame, "trust": page, "here": "trust"}
    )


@public
@require_safe
def chain_heads(request: HttpRequest, contest: str, sitting_id: UUID) -> HttpResponse:
    """Where the chains of a sitting were, minute by minute: to be printed and kept elsewhere."""
    page = heads_page(contest_by_key(contest), sitting_id, request.GET.get("page"))
    return render(
        request,
        "portal/chain_heads.html",
        {"frame": page.frame, "heads": page, "page": page.rows, "here": "trust"},
    )


@public
@require_safe
@cache_control(no_cache=True)
def fingerprints(request: HttpRequest, contest: str) -> HttpResponse:  # noqa: ARG001 - for everybody
    """The values of that page as a file to keep, and to hold a bundle to."""
    found = contest_by_key(contest)
    file = HttpResponse(
        msgspec.json.format(struct_bytes(public_values(found))), content_type="application/json"
    )
    moment = timezone.localtime().strftime("%Y%m%d-%H%M")
    file["Content-Disposition"] = f'attachment; filename="van-tay-{found.key}-{moment}.json"'
    return file


@public
@require_safe
def bundle(request: HttpRequest, contest: str) -> HttpResponseBase:
    """The bundle to download, once everything is published."""
    found = contest_by_key(contest)
    path = bundle_of(found, timezone.now())
    if path is None:
        messages.info(request, gettext("The bundle is not ready; it follows the results."))
        return redirect("portal:trust", contest)
    return send_file(request, path)


@public
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Where the code of a printed paper is typed in."""
    form = CheckCodeForm(request.GET if "ma" in request.GET else None)
    if form.is_valid():
        return redirect("portal:issued_paper", form.cleaned_data["ma"])
    return render(request, "portal/check.html", _framed(form=form, here="check"))


@public
@require_safe
def issued_paper(request: HttpRequest, code: str) -> HttpResponse:
    """What an issued paper says, whether it stands, or that there is no such paper."""
    wanted = read_check_code(code)
    page = paper_by_code(wanted)
    form = CheckCodeForm(initial={"ma": wanted})
    return render(
        request,
        "portal/issued_paper.html",
        _framed(paper=page, form=form, here="check"),
        status=200 if page else 404,
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True, private=True)
@sensitive_post_parameters("code")
def own_result(request: HttpRequest) -> HttpResponse:
    """A contestant's own result. The code comes by POST only and is in no address."""
    address, now_s = str(request.META["REMOTE_ADDR"]), time.monotonic()
    wait_s = guesses.wait_s(address, now_s)
    if wait_s and request.method == "POST":
        return _too_many(request, wait_s)
    form = AccessCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        lines = lines_of_code(form.cleaned_data["code"])
        if lines:
            return _own_result(request, lines)
        guesses.wrong(address, now_s)
        form.add_error("code", gettext("No roster has this code; a newer slip may replace it."))
    return render(request, "portal/own_result_form.html", _framed(form=form, here="own"))


def _own_result(request: HttpRequest, lines: list[RosterLine]) -> HttpResponse:
    own = own_result_of(lines, timezone.now())
    token = signing.dumps(lines[0].entry_id, salt=_COMPLAINT)
    form = NameComplaintForm(initial={"token": token, "said": own.name})
    return render(
        request,
        "portal/own_result.html",
        {"frame": own.frame, "own": own, "form": form, "here": "own"},
    )


def _too_many(request: HttpRequest, wait_s: int) -> HttpResponse:
    response = render(
        request, "portal/too_many.html", _framed(wait_s=wait_s, here="own"), status=429
    )
    response["Retry-After"] = str(wait_s)
    return response


@public
@require_POST
@cache_control(no_store=True, private=True)
def name_complaint(request: HttpRequest) -> HttpResponse:
    """A contestant, shown the own result within the last hour, says how the name is written."""
    form = NameComplaintForm(request.POST)
    entry = _holder(request.POST.get("token", ""))
    if entry is None:
        messages.error(request, gettext("An hour has passed. Please type your code again."))
        return redirect("portal:own_result")
    if form.is_valid():
        try:
            complain_about_name(entry=entry, said=form.cleaned_data["said"], now=timezone.now())
        except RuleViolation as violation:
            form.add_error("said", explain(violation))
        else:
            messages.success(
                request, gettext("The committee has your note and answers it before printing.")
            )
            return redirect("portal:own_result")
    return render(request, "portal/name_complaint.html", _framed(form=form, here="own"))


def _holder(token: str) -> Entry | None:
    """The entry that a token was made for."""
    try:
        entry_id: int = signing.loads(token, salt=_COMPLAINT, max_age=_COMPLAINT_AGE_S)
    except signing.BadSignature:
        return None
    return Entry.objects.select_related("person", "team").filter(pk=entry_id).first()


def _framed(**context: object) -> dict[str, object]:
    """The context of a page that belongs to no contest, or to the only one."""
    return {"frame": frame_of_site(), **context}
