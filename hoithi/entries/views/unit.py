"""A unit's own pages: choose forms, upload lists, hand in, take back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoithi.contests.queries import form_of, plan_of
from hoithi.entries.actions import (
    choose_forms,
    recall_registration,
    submit_registration,
)
from hoithi.entries.forms import ChooseForms, SeenForm, UploadForm
from hoithi.entries.jobs import take_list
from hoithi.entries.pages import Place, list_page, place_of, unit_page
from hoithi.entries.queries import choice_seen, lists_seen, people_of
from hoithi.entries.views.frames import unit_frame
from hoithi.entries.workbooks import people_workbook, template_of
from hoithi.people.http import StaffRequest, unit_role
from hoithi.web.acting import acted, carried_out
from hoithi.web.spreadsheets import XLSX_TYPE


@unit_role
@require_safe
def home(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """How far the unit is, and what comes next."""
    place = place_of(contest, unit)
    page = unit_page(place, timezone.now())
    return unit_frame(request, "entries/unit.html", place, page=page)


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """The forms of the contest to choose from."""
    place = place_of(contest, unit)
    known = place.registration
    plans = plan_of(place.contest).forms
    initial = {"chosen": known.forms, "declared": known.declared or None} if known else None
    form = ChooseForms(plans, request.POST or None, initial=initial)
    # Who is told of a slip of the pen has not been told what changed since the page was opened.
    is_slip = request.method == "POST" and not form.is_valid()
    if request.method == "POST" and carried_out(form, lambda: _choose(request, place, form)):
        return redirect("entries:unit", contest, unit)
    stands = choice_seen(known) if known else ""
    seen = seen_by(request) if is_slip else stands
    return unit_frame(request, "entries/choose.html", place, form=form, seen=seen)


def _choose(request: StaffRequest, place: Place, form: ChooseForms) -> None:
    choose_forms(
        actor=request.user,
        contest=place.contest,
        unit=place.unit,
        forms=form.cleaned_data["chosen"],
        declared=form.cleaned_data["declared"],
        now=timezone.now(),
        seen=seen_by(request),
    )


@unit_role
@require_safe
def template(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    unit: str,
    form: str,
) -> HttpResponseBase:
    """The empty list to fill in."""
    place = place_of(contest, unit)
    content = template_of(place.contest, place.unit, form_of(place.contest, form))
    return workbook(content, f"mau-dang-ky-{unit}-{form}.xlsx")


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """The list of a form, and the upload that begins a new one."""
    place = place_of(contest, unit)
    page = list_page(place, form, timezone.now(), request.GET.get("page"))
    upload = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and carried_out(
        upload, lambda: _take(request, place, form, upload)
    ):
        return redirect("entries:mend", contest, unit, form)
    return unit_frame(request, "entries/people.html", place, form, page=page, upload=upload)


def _take(request: StaffRequest, place: Place, form_key: str, upload: UploadForm) -> None:
    file = upload.cleaned_data["file"]
    take_list(
        actor=request.user,
        registration=place.begun,
        form_key=form_key,
        file_name=file.name,
        content=file.read(),
        now=timezone.now(),
    )


@unit_role
@require_safe
def download(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    unit: str,
    form: str,
) -> HttpResponseBase:
    """The list as it stands, for Excel."""
    place = place_of(contest, unit)
    rows = people_of(place.begun, place.chosen(form).key)
    content = people_workbook(place.contest, place.unit, rows)
    return workbook(content, f"danh-sach-{unit}-{form}.xlsx")


@unit_role
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """A last look before the lists are handed in."""
    place = place_of(contest, unit)
    now = timezone.now()
    if request.method == "POST" and acted(
        request,
        lambda: submit_registration(
            actor=request.user, registration=place.begun, seen=seen_by(request), now=now
        ),
        _("The lists have been handed in."),
    ):
        return redirect("entries:receipt", contest, unit)
    seen = lists_seen(place.begun)
    page = unit_page(place, now)
    return unit_frame(request, "entries/submit.html", place, page=page, seen=seen)


@unit_role
@require_safe
def receipt(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """What was handed in, by whom and when, with the code that binds it."""
    place = place_of(contest, unit)
    page = unit_page(place, timezone.now())
    if not place.begun.receipt:
        return redirect("entries:unit", contest, unit)
    return unit_frame(request, "entries/receipt.html", place, page=page)


@unit_role
@require_POST
def recall(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """Take the lists back to mend them."""
    place = place_of(contest, unit)
    now = timezone.now()
    acted(
        request,
        lambda: recall_registration(
            actor=request.user, registration=place.begun, receipt=seen_by(request), now=now
        ),
        _("The lists are open again. Hand them in before the deadline."),
    )
    return redirect("entries:unit", contest, unit)


def seen_by(request: StaffRequest) -> str:
    """What the page showed on which the button was pressed; empty on an old page."""
    shape = SeenForm(request.POST)
    return str(shape.cleaned_data["seen"]) if shape.is_valid() else ""


def workbook(content: bytes, name: str) -> HttpResponse:
    """A download that is kept nowhere on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)
