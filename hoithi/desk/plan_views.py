"""The plan in its versions, and a changed one that two people of the committee must sign."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import PlanProposal
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.proposals import refuse_plan, sign_plan, signature_of
from hoithi.contests.queries import (
    contest_by_key,
    open_proposals,
    plan_version_of,
    proposal_by_id,
)
from hoithi.desk.forms import PlanReasonForm
from hoithi.desk.wording import about_words
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope, has_role
from hoithi.web.acting import acted

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One rule that a plan changes, in words, by its key, and as the two files spell it."""

    name: str
    key: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A plan that waits; `first` has signed it. An outdated one can only be refused."""

    proposal: PlanProposal
    changes: tuple[ChangeRow, ...]
    first: str
    first_id: int | None
    reason: str
    is_outdated: bool


def _card(proposal: PlanProposal, in_force: int) -> ProposalCard:
    plan = parse_plan(proposal.text.encode())
    signed = signature_of(proposal)
    return ProposalCard(
        proposal=proposal,
        changes=tuple(
            ChangeRow(about_words(plan, [key]), key, before, now)
            for key, before, now in proposal.changes
        ),
        first=signed.first.name if signed else "",
        first_id=signed.first_id if signed else None,
        reason=signed.reason if signed else "",
        is_outdated=proposal.base_id != in_force,
    )


@contest_role(*READERS)
@require_GET
def show(request: StaffRequest, contest: str) -> HttpResponseBase:
    """The versions of the plan, and what waits for signatures."""
    found = contest_by_key(contest)
    in_force = plan_version_of(found)
    return render(
        request,
        "desk/plan.html",
        {
            "contest": found,
            "section": "assumptions",
            "versions": found.plans.order_by("-number").defer("text"),
            "cards": [_card(each, in_force.pk) for each in open_proposals(found)],
            "may_sign": has_role(request.user, [Role.COMMITTEE], contest_scope(contest)),
            "form": PlanReasonForm(),
        },
    )


@contest_role(Role.COMMITTEE)
@require_POST
def sign(request: StaffRequest, contest: str, proposal: int) -> HttpResponseBase:
    """Sign a changed plan; the second of two signatures puts it in force."""
    found = proposal_by_id(contest_by_key(contest), proposal)
    form = PlanReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    acted(
        request,
        lambda: sign_plan(actor=request.user, proposal=found, reason=reason, now=timezone.now()),
        _("Your signature is under the changed plan."),
    )
    return redirect("desk:plan", contest=contest)


@contest_role(Role.COMMITTEE)
@require_POST
def refuse(request: StaffRequest, contest: str, proposal: int) -> HttpResponseBase:
    """Refuse a changed plan, or take back what one has signed."""
    found = proposal_by_id(contest_by_key(contest), proposal)
    acted(
        request,
        lambda: refuse_plan(actor=request.user, proposal=found, now=timezone.now()),
        _("Refused: the plan in force stays as it is."),
    )
    return redirect("desk:plan", contest=contest)
