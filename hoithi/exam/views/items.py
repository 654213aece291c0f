"""The questions of a package: for all once they are open, before that for those who rule on one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hoithi.exam.forms import RulingForm
from hoithi.exam.item_reports import newest_report
from hoithi.exam.queries import ItemRow, package_by_number, package_items, package_with_item
from hoithi.exam.sealing import read_closed_questions
from hoithi.exam.secrecy import secrecy_of
from hoithi.exam.views.rounds import READERS, find_round
from hoithi.exam.views.sittings import FORM, posted
from hoithi.exam.wording import ITEM_NOTES, item_notes
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.results.actions import rule_on_item
from hoithi.rules.statistics import FEWEST_SERVED
from hoithi.web.acting import carried_out


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """Every question with its options and its key.

    While a later round may draw from them only the committee reads them, and the log has it.
    """
    each = find_round(contest, round_key)
    package = package_by_number(each, number)
    now = timezone.now()
    secrecy = secrecy_of(package, now)
    items = [(row, item_notes(row)) for row in package_items(package)]
    may_decide = has_role(request.user, [Role.COMMITTEE], contest_scope(contest))
    if secrecy is not None:
        if not may_decide:
            raise Http404
        read_closed_questions(actor=request.user, package=package, now=now)
    return render(
        request,
        "exam/items.html",
        {
            "contest": each.contest,
            "round": each,
            "package": package,
            "items": items,
            "noted": sorted(
                ((row, notes) for row, notes in items if notes),
                key=lambda shown: list(ITEM_NOTES.values()).index(shown[1][0]),
            ),
            "report": newest_report(package),
            "fewest": FEWEST_SERVED,
            "secrecy": secrecy,
            "may_decide": may_decide,
        },
    )


@contest_role(Role.COMMITTEE)
@require_http_methods(FORM)
def rule(request: StaffRequest, contest: str, round_key: str, item: str) -> HttpResponseBase:
    """Put a ruling on one question forward; a second member of the committee confirms it."""
    each = find_round(contest, round_key)
    package = package_with_item(each, item)
    row = _item(package_items(package), item)
    form = RulingForm(posted(request), options=row.options)
    if request.method == "POST" and carried_out(
        form,
        lambda: rule_on_item(
            actor=request.user,
            each=each,
            item=row.id,
            effect=form.cleaned_data["effect"],
            option=form.option_index,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    ):
        messages.success(request, _("The ruling is put forward. A second member confirms it."))
        return redirect("results:round", contest=contest, round_key=round_key)
    return render(
        request,
        "exam/rule.html",
        {"contest": each.contest, "round": each, "package": package, "item": row, "form": form},
    )


def _item(rows: list[ItemRow], item: str) -> ItemRow:
    """Raises Http404."""
    for row in rows:
        if row.id == item:
            return row
    raise Http404
