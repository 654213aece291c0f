"""The mending page: an uploaded list cell by cell, until it is saved or discarded."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from hoithi.contests.queries import form_of
from hoithi.entries.actions import discard_list, mend_list
from hoithi.entries.actions.staging import Change
from hoithi.entries.checking import COLUMNS, CheckedList
from hoithi.entries.forms import AnswerForm, CellForm, RowForm, SeenForm
from hoithi.entries.jobs import save_mended
from hoithi.entries.mending import mend_view, next_to_mend
from hoithi.entries.pages import Place, Work, place_of, work_on
from hoithi.entries.queries import found_in, open_staged, staged_list
from hoithi.entries.sheets import (
    StagedSheet,
    with_answer,
    with_cell,
    with_proposals,
    with_row,
    without_row,
)
from hoithi.entries.views.frames import unit_frame
from hoithi.entries.views.unit import seen_by, workbook
from hoithi.entries.workbooks import findings_of
from hoithi.people.http import StaffRequest, unit_role
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain

REST = "can-sua"  # the part of the page with what is left to mend


def _place(contest: str, unit: str, form: str) -> Place:
    """A unit that has chosen the form. Raises Http404."""
    place = place_of(contest, unit)
    place.chosen(form)
    return place


@unit_role
@require_safe
def mend(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """The sheet as it was sent, its faults in their places."""
    place = _place(contest, unit, form)
    staged, work = staged_list(place.begun, form), work_on(place.begun).get(form, Work())
    if work.job is not None:
        return redirect("desk:job", work.job)
    if staged is None:
        return redirect("entries:people", contest, unit, form)
    plan = form_of(place.contest, form)
    after = request.GET.get("o", "")
    view = mend_view(staged, open_staged(staged), found_in(staged), plan, after)
    page = unit_frame(
        request,
        "entries/mend.html",
        place,
        form,
        form_name=plan.name,
        staged=staged,
        view=view,
        failure=work.failure,
        said=list(messages.get_messages(request)),
    )
    page.headers["HX-Push-Url"] = "false"  # a boosted form would else make history of every cell
    return page


@unit_role
@require_safe
def findings(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    unit: str,
    form: str,
) -> HttpResponseBase:
    """What was found, as a workbook, for mending in the officer's own file."""
    place = _place(contest, unit, form)
    staged = staged_list(place.begun, form)
    if staged is None:
        return redirect("entries:people", contest, unit, form)
    content = findings_of(open_staged(staged), found_in(staged))
    return workbook(content, f"can-sua-{unit}-{form}.xlsx")


def _change(
    request: StaffRequest,
    place: Place,
    form_key: str,
    shape: SeenForm,
    change: Change,
) -> HttpResponseBase:
    """Change the staged sheet and go on to what is left; the page itself shows what was done.

    `shape` is valid or says what is wrong with it.
    """
    if not shape.is_valid():
        return _refused(request, place, form_key, shape.said())
    row, column = shape.cleaned_data.get("row"), shape.cleaned_data.get("column", COLUMNS[0])
    try:
        found = mend_list(
            actor=request.user,
            registration=place.begun,
            form_key=form_key,
            seen=shape.cleaned_data["seen"],
            row=row,
            change=change,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(request, place, form_key, explain(violation))
    anchor = next_to_mend(found, row or 0, column)
    return redirect(_address(place, form_key, anchor))


def _address(place: Place, form_key: str, anchor: str = "") -> str:
    """The page at a cell: by its fragment, and by its query where a script fetches it."""
    address = reverse("entries:mend", args=(place.contest.key, place.unit.code, form_key))
    return f"{address}?o={anchor}#{anchor}" if anchor else f"{address}#{REST}"


def _refused(request: StaffRequest, place: Place, form_key: str, sentence: str) -> HttpResponseBase:
    """Nothing was written: back to the list as it is now, with the reason above it."""
    messages.error(request, sentence)
    return redirect(_address(place, form_key))


@unit_role
@require_POST
def mend_cell(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Put another text into a cell."""
    cell = CellForm(request.POST)

    def change(sheet: StagedSheet, _: CheckedList) -> StagedSheet:
        return with_cell(sheet, *(cell.cleaned_data[key] for key in ("row", "column", "text")))

    return _change(request, _place(contest, unit, form), form, cell, change)


@unit_role
@require_POST
def take_all(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Take every proposal at once."""
    place, shape = _place(contest, unit, form), SeenForm(request.POST)
    return _change(
        request, place, form, shape, lambda sheet, found: with_proposals(sheet, found.problems)
    )


@unit_role
@require_POST
def drop_row(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Leave somebody out."""
    return _row(request, _place(contest, unit, form), form, without_row)


@unit_role
@require_POST
def keep_row(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Take somebody in again."""
    return _row(request, _place(contest, unit, form), form, with_row)


def _row(
    request: StaffRequest,
    place: Place,
    form_key: str,
    change: Callable[[StagedSheet, int], StagedSheet],
) -> HttpResponseBase:
    row = RowForm(request.POST)
    return _change(
        request, place, form_key, row, lambda sheet, _: change(sheet, row.cleaned_data["row"])
    )


@unit_role
@require_POST
def answer(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Say whether somebody is the one of that name on another list of the unit."""
    said = AnswerForm(request.POST)

    def change(sheet: StagedSheet, _: CheckedList) -> StagedSheet:
        return with_answer(sheet, said.cleaned_data["row"], said.cleaned_data["answer"])

    return _change(request, _place(contest, unit, form), form, said, change)


@unit_role
@require_POST
def save(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Put the mended list in the place of the one before: a short one at once."""
    place = _place(contest, unit, form)
    try:
        job = save_mended(
            actor=request.user,
            registration=place.begun,
            form_key=form,
            seen=seen_by(request),
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(request, place, form, explain(violation))
    if job is not None:
        return redirect("desk:job", job.pk)
    messages.success(request, _("The list is saved."))
    return redirect("entries:people", contest, unit, form)


@unit_role
@require_POST
def discard(request: StaffRequest, contest: str, unit: str, form: str) -> HttpResponseBase:
    """Forget the upload."""
    place = _place(contest, unit, form)
    try:
        discard_list(
            actor=request.user,
            registration=place.begun,
            form_key=form,
            seen=seen_by(request),
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(request, place, form, explain(violation))
    messages.success(request, _("The upload is discarded; the list saved before stays."))
    return redirect("entries:people", contest, unit, form)
