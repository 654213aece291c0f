"""A plan that changes rules after they were fixed: loaded once two people have signed it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest, install_plan
from hoithi.contests.models import PlanProposal
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.queries import plan_version_of
from hoithi.people.actions import approve, refuse
from hoithi.people.models import Approval, Role, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.canonical import sha256
from hoithi.rules.errors import RuleViolation

KIND = "plan"


def _subject(proposal: PlanProposal) -> str:
    return f"contest:{proposal.contest.key}"


def _digest(proposal: PlanProposal) -> str:
    """What is signed: this file, in the place of that one."""
    return sha256(f"{proposal.base.sha256} {proposal.sha256}".encode()).hex()


def signature_of(proposal: PlanProposal) -> Approval | None:
    """The first signature under a proposal, if there is one."""
    return (
        Approval.objects.filter(
            kind=KIND,
            subject=_subject(proposal),
            subject_hash=_digest(proposal),
            refused_at=None,
        )
        .select_related("first", "second")
        .first()
    )


@transaction.atomic
def sign_plan(*, actor: User, proposal: PlanProposal, reason: str, now: datetime) -> Approval:
    """Sign a change of fixed rules; the second of two people of the committee puts it in force.

    The first one says why. Raises RuleViolation: `reason_missing`, `plan_outdated` once another
    version is in force, `proposal_closed`, and those of `people.actions.approve`.
    """
    contest = proposal.contest
    hold_contest(contest)
    proposal.refresh_from_db()
    if proposal.loaded_at is not None or proposal.refused_at is not None:
        raise RuleViolation("proposal_closed")
    if signature_of(proposal) is None and not reason.strip():
        raise RuleViolation("reason_missing")
    if plan_version_of(contest).pk != proposal.base_id:
        raise RuleViolation("plan_outdated")
    approval = approve(
        actor=actor,
        kind=KIND,
        scope=contest_scope(contest.key),
        subject=_subject(proposal),
        subject_hash=_digest(proposal),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        plan = parse_plan(proposal.text.encode())
        install_plan(
            contest, plan, proposal.text, actor_id=str(actor.pk), actor_name=actor.name, now=now
        )
        proposal.loaded_at = now
        proposal.save(update_fields=["loaded_at"])
    return approval


@transaction.atomic
def refuse_plan(*, actor: User, proposal: PlanProposal, now: datetime) -> None:
    """Refuse a change of fixed rules, or take it back; the plan in force stays.

    Raises RuleViolation: `not_of_committee`, `proposal_closed`.
    """
    if not has_role(actor, [Role.COMMITTEE], contest_scope(proposal.contest.key)):
        raise RuleViolation("not_of_committee")
    changed = PlanProposal.objects.filter(pk=proposal.pk, loaded_at=None, refused_at=None).update(
        refused_at=now
    )
    if not changed:
        raise RuleViolation("proposal_closed")
    signed = signature_of(proposal)
    if signed is not None:
        refuse(actor=actor, approval=signed, now=now)
        return
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"approve.{KIND}.refused",
        target=_subject(proposal),
        now=now,
    )
