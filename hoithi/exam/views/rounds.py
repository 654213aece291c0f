"""A round held online, step by step: package, seal, roster, collecting, grading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.bank.models import Collection
from hoithi.contests.models import Round
from hoithi.contests.queries import contest_by_key, plan_of, round_by_key
from hoithi.documents.render.decree import paper_pdf
from hoithi.exam.conduct import has_signals
from hoithi.exam.forms import BuildForm, ReasonForm
from hoithi.exam.hall_orders import publish_sitting, push_to_hall
from hoithi.exam.jobs import (
    WITHDRAW,
    ask_to_collect,
    ask_to_grade,
    ask_to_withdraw,
    ask_to_withdraw_again,
)
from hoithi.exam.models import PackageState, SittingState
from hoithi.exam.queries import (
    Progress,
    Step,
    held_between,
    is_together,
    package_by_number,
    package_contents,
    progress,
    sitting_by_id,
    withdrawal_of,
    work_at,
)
from hoithi.exam.records import sealing_record
from hoithi.exam.sealing import build_package, seal_package
from hoithi.exam.secrecy import is_collected, secrecy_of
from hoithi.exam.wording import SITTING_STATES, STEPS, state_of, with_names
from hoithi.jobs.models import Job
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.rules.errors import RuleViolation
from hoithi.web.acting import acted, carried_out
from hoithi.web.files import PDF, file_answer
from hoithi.web.violations import explain

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
RUNNERS = (Role.ORGANISER, Role.COMMITTEE)


def find_round(contest: str, round_key: str) -> Round:
    """The round of an address. Raises Http404."""
    return round_by_key(contest_by_key(contest), round_key)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step on the line of steps: `done`, `today` for the one at hand, or nothing."""

    name: Promise
    mark: str
    at: datetime | None


def _steps(each: Round, found: Progress) -> list[StepLine]:
    order = list(Step)
    here = order.index(found.step)
    package = found.package
    times: dict[Step, datetime | None] = {
        Step.BUILD: package.built_at if package else None,
        Step.SEAL: package.sealed_at if package else None,
        Step.ROSTER: found.sittings[0].published_at if found.sittings else None,
        Step.RUN: each.opens_at,
        Step.COLLECT: found.sittings[-1].collected_at if found.sittings else None,
        Step.GRADE: found.graded_at,
        Step.PUBLISH: found.published_at,
    }
    return [
        StepLine(
            STEPS[step],
            "done" if at < here else "today" if at == here else "",
            times.get(step),
        )
        for at, step in enumerate(order)
        if step in STEPS and (step is not Step.WITHDRAW or found.step is step)
    ]


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Where the round stands and the one thing to do next. A live round has its results page."""
    each = find_round(contest, round_key)
    if not each.is_online:
        return redirect("results:round", contest=contest, round_key=round_key)
    found = progress(each, timezone.now())
    roles = roles_in(request.user, contest_scope(contest))
    return render(
        request,
        "exam/round.html",
        {
            "contest": each.contest,
            "round": each,
            "here": "round",
            "progress": found,
            "held": held_between(each, found.sittings),
            "steps": _steps(each, found),
            "packages": [(row, state_of(row)) for row in found.packages],
            "sittings": [(row, SITTING_STATES[row.state]) for row in found.every_sitting],
            "may_run": not roles.isdisjoint(RUNNERS),
            "may_sign": Role.COMMITTEE in roles,
            "has_signals": has_signals(each),
            "has_signed": found.package is not None and found.package.first_id == request.user.pk,
            "build_form": _build_form(each) if found.step is Step.BUILD else None,
            "work": work_at(each) if found.step in (Step.COLLECT, Step.GRADE) else None,
            "is_together": is_together(each),
        },
    )


def _build_form(each: Round) -> BuildForm:
    own = Collection.objects.filter(key=each.contest.key).first()
    return BuildForm(initial={"collection": own})


@contest_role(*RUNNERS)
@require_POST
def build(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Put a package together from a bank."""
    each = find_round(contest, round_key)
    form = BuildForm(request.POST)
    plan = plan_of(each.contest)

    def act() -> None:
        try:
            build_package(
                actor=request.user,
                each=each,
                collection=form.cleaned_data["collection"],
                now=timezone.now(),
            )
        except RuleViolation as violation:
            raise with_names(violation, plan) from violation

    if form.is_valid():
        acted(request, act, _("The package is ready to be checked and sealed."))
    return redirect("exam:round", contest=contest, round_key=round_key)


@contest_role(*READERS)
@require_GET
def package(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """What a package holds, how it is sealed, and signing it."""
    return _package_page(request, contest, round_key, number, ReasonForm())


def _package_page(
    request: StaffRequest, contest: str, round_key: str, number: int, form: ReasonForm
) -> HttpResponseBase:
    each = find_round(contest, round_key)
    found = package_by_number(each, number)
    now = timezone.now()
    row = next(row for row in progress(each, now).packages if row.number == number)
    roles = roles_in(request.user, contest_scope(contest))
    collected = is_collected(found)
    secrecy = secrecy_of(found, now) if collected else None
    return render(
        request,
        "exam/package.html",
        {
            "contest": each.contest,
            "round": each,
            "package": found,
            "row": row,
            "state": state_of(row),
            "contents": package_contents(found),
            "secrecy": secrecy,
            "may_read": collected and (secrecy is None or Role.COMMITTEE in roles),
            "may_sign": Role.COMMITTEE in roles,
            "has_signed": row.first_id == request.user.pk,
            "may_seal": row.state == PackageState.DRAFT,
            "withdrawal": withdrawal_of(found),
            "may_withdraw": row.state == PackageState.SEALED
            and not row.is_leaving
            and not collected,
            "in_hall": found.sittings.standing().exists(),
            "work": work_at(each, WITHDRAW, package=found.pk) if row.is_leaving else None,
            "form": form,
        },
    )


@contest_role(Role.COMMITTEE)
@require_POST
def seal(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """Sign the seal; the second of two signatures completes it."""
    found = package_by_number(find_round(contest, round_key), number)
    acted(
        request,
        lambda: seal_package(actor=request.user, package=found, now=timezone.now()),
        _("Your signature is on the seal."),
    )
    return redirect("exam:package", contest=contest, round_key=round_key, number=number)


@contest_role(*READERS)
@require_GET
def sealing_pdf(
    request: StaffRequest,  # noqa: ARG001 - Django's call
    contest: str,
    round_key: str,
    number: int,
) -> HttpResponseBase:
    """The minutes of the sealing, to be signed by hand; always in Vietnamese. 404 before it."""
    found = package_by_number(find_round(contest, round_key), number)
    if found.sealing is None:
        raise Http404
    content = paper_pdf(sealing_record(found))
    return file_answer(content, PDF, f"bien-ban-niem-phong-{round_key}-{number}.pdf")


@contest_role(Role.COMMITTEE)
@require_POST
def withdraw(request: StaffRequest, contest: str, round_key: str, number: int) -> HttpResponseBase:
    """Take a sealed package back; two people, with a reason. The worker waits for the hall."""
    found = package_by_number(find_round(contest, round_key), number)
    form = ReasonForm(request.POST)
    work: list[Job | None] = []

    def act() -> None:
        reason = form.cleaned_data["reason"]
        now = timezone.now()
        work.append(ask_to_withdraw(actor=request.user, package=found, reason=reason, now=now))

    if not carried_out(form, act):
        return _package_page(request, contest, round_key, number, form)
    if work[0] is not None:
        return redirect("desk:job", job=work[0].pk)
    return redirect("exam:package", contest=contest, round_key=round_key, number=number)


@contest_role(Role.COMMITTEE)
@require_POST
def withdraw_again(
    request: StaffRequest, contest: str, round_key: str, number: int
) -> HttpResponseBase:
    """Go on with a withdrawal that the hall had not answered."""
    found = package_by_number(find_round(contest, round_key), number)
    return to_work(
        request,
        lambda: ask_to_withdraw_again(actor=request.user, package=found, now=timezone.now()),
        found.round,
    )


@contest_role(*RUNNERS)
@require_POST
def open_sitting(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Publish the roster to the hall; a sitting that did not get there is sent again."""
    each = find_round(contest, round_key)
    acted(
        request,
        lambda: _open(request.user, each),
        _("The roster is in the hall. Codes open it from the opening time on."),
    )
    return redirect("exam:round", contest=contest, round_key=round_key)


def _open(actor: User, each: Round) -> None:
    prepared = each.sittings.filter(state=SittingState.PREPARED).first()
    if prepared is not None:
        push_to_hall(prepared)
    else:
        publish_sitting(actor=actor, each=each, now=timezone.now())


@contest_role(*RUNNERS)
@require_POST
def collect(request: StaffRequest, contest: str, round_key: str, sitting: int) -> HttpResponseBase:
    """Have the worker take in what a closed sitting has written."""
    found = sitting_by_id(find_round(contest, round_key), sitting)
    return to_work(
        request,
        lambda: ask_to_collect(actor=request.user, sitting=found, now=timezone.now()),
        found.round,
    )


@contest_role(*RUNNERS)
@require_POST
def grade(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Have the worker open the keys and grade; again after a ruling."""
    each = find_round(contest, round_key)
    return to_work(
        request,
        lambda: ask_to_grade(actor=request.user, each=each, now=timezone.now()),
        each,
    )


def to_work(request: StaffRequest, asked: Callable[[], Job], each: Round) -> HttpResponseBase:
    """To the page of the work that was asked for, or back with the reason why not."""
    try:
        job = asked()
    except RuleViolation as violation:
        messages.error(request, explain(violation))
        return redirect("exam:round", contest=each.contest.key, round_key=each.key)
    return redirect("desk:job", job=job.pk)
