"""One accepted entry: withdraw it, replace its person, give it a new code, look at a number."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hoithi.contests.queries import contest_by_key, plan_of
from hoithi.entries.actions import (
    reissue_code,
    replace_member,
    replace_person,
    show_number,
    withdraw_entry,
)
from hoithi.entries.checking import CheckedList, check_list
from hoithi.entries.forms import PersonForm, ReasonForm
from hoithi.entries.models import Entry
from hoithi.entries.pages import EntryPage, ShownNumber, audience_names, entry_page
from hoithi.entries.queries import (
    NumberField,
    entry_by_public_id,
    person_of_entry,
    terms_for,
)
from hoithi.entries.views.frames import desk_frame
from hoithi.entries.wording import NUMBER_NAMES
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.web.acting import carried_out

changes = contest_role(Role.ORGANISER)
Words = tuple[str | Promise, str | Promise]


def asked_page(contest: str, entry: UUID) -> EntryPage:
    """The page of an entry of an address. Raises Http404."""
    return entry_page(entry_by_public_id(contest_by_key(contest), entry))


@changes
@require_safe
def entry(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Who it is, what happened to it, what can be done."""
    page = asked_page(contest, entry)
    return desk_frame(request, "entries/entry.html", page.entry.contest, page=page)


@changes
@require_POST
def number(
    request: StaffRequest, contest: str, entry: UUID, person: int, field: NumberField
) -> HttpResponseBase:
    """A number in clear, on the answer to this one request only."""
    page = asked_page(contest, entry)
    found = person_of_entry(page.entry, person)
    value = show_number(actor=request.user, person=found, field=field, now=timezone.now())
    shown = ShownNumber(found.name, NUMBER_NAMES[field], value)
    answer = desk_frame(request, "entries/entry.html", page.entry.contest, page=page, shown=shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Take an entry out, with the reason."""
    page = asked_page(contest, entry)
    words = _("Withdraw the entry"), _("The row, its number and the reason stay on record.")
    return with_reason(request, page, withdraw_entry, words)


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Give a new access code, with the reason."""
    page = asked_page(contest, entry)
    words = _("Give a new access code"), _("The old code opens nothing from then on.")
    return with_reason(request, page, reissue_code, words)


def with_reason(
    request: StaffRequest, page: EntryPage, act: Callable[..., object], words: Words
) -> HttpResponseBase:
    """A page with a reason; done, back to the entry."""
    form = ReasonForm(request.POST or None)

    def done() -> None:
        reason = form.cleaned_data["reason"]
        act(actor=request.user, entry=page.entry, reason=reason, now=timezone.now())

    if request.method == "POST" and carried_out(form, done):
        return redirect("entries:entry", page.entry.contest.key, page.entry.public_id)
    return _ask(request, page, form, words)


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Put somebody in the place of an accepted person."""
    page = asked_page(contest, entry)
    if page.is_team:
        raise Http404

    def act(checked: CheckedList, reason: str) -> Entry:
        return replace_person(
            actor=request.user,
            entry=page.entry,
            checked=checked,
            reason=reason,
            now=timezone.now(),
        )

    words = _("Replace the person"), _("The new person gets a new number and a new code.")
    return _with_person(request, page, act, words)


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def replace_one(request: StaffRequest, contest: str, entry: UUID, person: int) -> HttpResponseBase:
    """Put somebody in the place of a member of a team."""
    page = asked_page(contest, entry)
    if not page.is_team:
        raise Http404
    member = person_of_entry(page.entry, person)

    def act(checked: CheckedList, reason: str) -> Entry:
        replace_member(
            actor=request.user,
            entry=page.entry,
            member=member,
            checked=checked,
            reason=reason,
            now=timezone.now(),
        )
        return page.entry

    return _with_person(request, page, act, (_("Replace a member"), member.name))


def _with_person(
    request: StaffRequest,
    page: EntryPage,
    act: Callable[[CheckedList, str], Entry],
    words: Words,
) -> HttpResponseBase:
    """A page with one person's data, checked like a row of a list; done, to the entry made."""
    form = person_form(page, request.POST or None)
    made: list[Entry] = []

    def done() -> None:
        rows = form.rows()
        terms = terms_for(
            page.entry.contest, page.entry.unit, page.entry.category.key, rows, is_whole=False
        )
        checked = check_list(rows, terms, answers=form.answers())
        if not form.say(checked):
            made.append(act(checked, form.cleaned_data["reason"]))

    if request.method == "POST" and carried_out(form, done) and made:
        return redirect("entries:entry", page.entry.contest.key, made[0].public_id)
    return _ask(request, page, form, words)


def person_form(page: EntryPage, data: QueryDict | None) -> PersonForm:
    """The fields that the plan asks for."""
    plan = plan_of(page.entry.contest).registration
    return PersonForm(
        audience_names(page.entry.contest, page.entry.category.key),
        asked=plan.fields,
        required=plan.required,
        data=data,
    )


def _ask(
    request: StaffRequest, page: EntryPage, form: ReasonForm, words: Words
) -> HttpResponseBase:
    title, lead = words
    return desk_frame(
        request,
        "entries/ask_entry.html",
        page.entry.contest,
        page=page,
        form=form,
        title=title,
        lead=lead,
    )
