"""Rounds that units hold: kits and files at the province, the file to be sent on a laptop."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.contests.models import Round
from hoithi.contests.queries import regulation_of, unit_by_code
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role, Unit
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.results.actions import make_kit, take_unit_file
from hoithi.results.actions.receiving import FOLDER, MOST_BYTES
from hoithi.results.bundling import unit_file, unit_statement
from hoithi.results.forms import KitForm, UnitFileForm
from hoithi.results.models import TakenKit, UnitKit, UnitResult
from hoithi.results.units import (
    at_units,
    kit_by_id,
    line_of,
    marks_of,
    names_in,
    result_file,
    results_of_unit,
    statement_of,
    taken_kit,
    unit_lines,
    voided_kits,
)
from hoithi.results.views.rounds import READERS, find_round
from hoithi.rules.codes import grouped
from hoithi.rules.errors import RuleViolation
from hoithi.verify.units import check_code
from hoithi.web.acting import carried_out, posted
from hoithi.web.files import file_answer
from hoithi.web.keeping import read
from hoithi.web.wording import moment

RUNNERS = (Role.ORGANISER, Role.COMMITTEE)


def find_units_round(contest: str, round_key: str) -> Round:
    """A round that units hold. Raises Http404."""
    each = find_round(contest, round_key)
    if at_units(each) is None:
        raise Http404
    return each


@contest_role(*READERS)
@require_http_methods(["GET", "HEAD"])
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Every unit with its kit and its result; on a unit's own laptop, its file."""
    each = find_units_round(contest, round_key)
    if taken_kit(each) is not None:
        return redirect("results:send", contest=contest, round_key=round_key)
    return _list(request, each, UnitFileForm(is_replacement=False))


@contest_role(*RUNNERS)
@require_POST
def take(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Check a file of whichever unit, and take it."""
    each = find_units_round(contest, round_key)
    form = UnitFileForm(posted(request), request.FILES, is_replacement=False)
    if carried_out(form, lambda: _take(request, each, form)):
        return redirect("results:units", contest=contest, round_key=round_key)
    return _list(request, each, form)


def _take(request: StaffRequest, each: Round, form: UnitFileForm, unit: Unit | None = None) -> None:
    file = form.cleaned_data["file"]
    result, is_new = take_unit_file(
        actor_id=str(request.user.pk),
        actor_name=request.user.name,
        each=each,
        file=file.read(MOST_BYTES + 1),
        file_name=file.name,
        reason=form.cleaned_data.get("reason", ""),
        now=timezone.now(),
        unit=unit,
    )
    facts = {
        "unit": result.unit.name,
        "code": check_code(statement_of(result)),
        "at": moment(result.taken_at, get_language() or "vi"),
    }
    if is_new:
        text = _("The result of %(unit)s is taken. Check code: %(code)s.")
        messages.success(request, text % facts)
    else:
        text = _("This result of %(unit)s was taken already, %(at)s. Nothing has changed.")
        messages.info(request, text % facts)


def _list(request: StaffRequest, each: Round, form: UnitFileForm) -> HttpResponseBase:
    lines = unit_lines(each)
    return render(
        request,
        "results/units.html",
        {
            **_frame(request, each),
            "form": form,
            "lines": lines,
            "there": sum(line.result is not None for line in lines),
        },
    )


def _frame(request: StaffRequest, each: Round) -> dict[str, object]:
    held = at_units(each)
    roles = roles_in(request.user, contest_scope(each.contest.key))
    return {
        "contest": each.contest,
        "section": "results",
        "round": each,
        "scale": held.scale if held else "",
        "may_run": not roles.isdisjoint(RUNNERS),
    }


@contest_role(*READERS)
@require_http_methods(["GET", "HEAD"])
def show_unit(request: StaffRequest, contest: str, round_key: str, unit: str) -> HttpResponseBase:
    """A unit's kits and results, replaced ones too."""
    each = find_units_round(contest, round_key)
    return _unit(request, each, unit_by_code(each.contest, unit))


def _unit(
    request: StaffRequest,
    each: Round,
    unit: Unit,
    kit_form: KitForm | None = None,
    file_form: UnitFileForm | None = None,
) -> HttpResponseBase:
    line, segments = line_of(each, unit), regulation_of(each).segments
    return render(
        request,
        "results/unit.html",
        {
            **_frame(request, each),
            "unit": unit,
            "line": line,
            "voided": voided_kits(each, unit),
            "segments": segments,
            "results": results_of_unit(each, unit, segments),
            "kit_form": kit_form or KitForm(is_first=line.kit is None),
            "file_form": file_form or UnitFileForm(is_replacement=True),
        },
    )


@contest_role(*RUNNERS)
@never_cache
@require_POST
def make(request: StaffRequest, contest: str, round_key: str, unit: str) -> HttpResponseBase:
    """Make a kit; its code is on this answer and nowhere else."""
    each = find_units_round(contest, round_key)
    found = unit_by_code(each.contest, unit)
    is_first = not UnitKit.objects.filter(round=each, unit=found, voided_at=None).exists()
    form = KitForm(posted(request), is_first=is_first)
    made: list[tuple[UnitKit, str]] = []

    def act() -> None:
        made.append(
            make_kit(
                actor_id=str(request.user.pk),
                actor_name=request.user.name,
                each=each,
                unit=found,
                reason=form.cleaned_data.get("reason", ""),
                now=timezone.now(),
            )
        )

    if not carried_out(form, act):
        return _unit(request, each, found, kit_form=form)
    ((kit, code),) = made
    facts = {**_frame(request, each), "unit": found, "kit": kit, "code": grouped(code)}
    return render(request, "results/kit_made.html", facts)


@contest_role(*RUNNERS)
@never_cache
@require_GET
def kit(
    _request: StaffRequest, contest: str, round_key: str, unit: str, kit: str
) -> HttpResponseBase:
    """The file of the kit that stands; without the code it opens to nobody."""
    each = find_units_round(contest, round_key)
    found = kit_by_id(each, unit_by_code(each.contest, unit), kit)
    name = f"bo-ho-so-{each.key}-{unit}.json"
    return file_answer(bytes(found.file), "application/json", name)


@contest_role(*RUNNERS)
@require_POST
def replace(request: StaffRequest, contest: str, round_key: str, unit: str) -> HttpResponseBase:
    """Take another result of the unit in place of the one that stands, with the reason."""
    each = find_units_round(contest, round_key)
    found = unit_by_code(each.contest, unit)
    form = UnitFileForm(posted(request), request.FILES, is_replacement=True)
    if carried_out(form, lambda: _take(request, each, form, found)):
        return redirect("results:unit", contest=contest, round_key=round_key, unit=unit)
    return _unit(request, each, found, file_form=form)


@contest_role(*READERS)
@require_GET
def file(
    _request: StaffRequest, contest: str, round_key: str, unit: str, sha256: str
) -> HttpResponseBase:
    """A file as the unit sent it."""
    each = find_units_round(contest, round_key)
    found: UnitResult = result_file(each, unit_by_code(each.contest, unit), sha256)
    try:
        content = read(FOLDER, found.file_sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    return file_answer(content, "application/zip", f"ket-qua-{each.key}-{unit}.zip")


@contest_role(*READERS)
@require_http_methods(["GET", "HEAD"])
def send(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """On a unit's laptop: the file for the province, and the code for the minutes."""
    each, held = _own(contest, round_key)
    try:
        _kit, statement, _bundle = unit_statement(each)
    except RuleViolation:
        statement = None
    segments = regulation_of(each).segments
    return render(
        request,
        "results/send.html",
        {
            **_frame(request, each),
            "unit": held.unit,
            "statement": statement,
            "segments": segments,
            "rows": marks_of(statement, segments, names_in(each, held.unit)) if statement else [],
            "code": check_code(statement) if statement else "",
        },
    )


@contest_role(*RUNNERS)
@never_cache
@require_GET
def sent(_request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The file itself, signed."""
    each, held = _own(contest, round_key)
    try:
        _statement, content = unit_file(each)
    except RuleViolation as violation:
        raise Http404 from violation
    return file_answer(content, "application/zip", f"ket-qua-{each.key}-{held.unit.code}.zip")


def _own(contest: str, round_key: str) -> tuple[Round, TakenKit]:
    """The round of a unit's laptop with its kit. Raises Http404 on any other machine."""
    each = find_units_round(contest, round_key)
    held = taken_kit(each)
    if held is None:
        raise Http404
    return each, held
