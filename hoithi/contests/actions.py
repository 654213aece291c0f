"""Loading a plan, moving a demo's windows, seats, and confirming what the plan left open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.models import (
    Assumption,
    Category,
    CommitteeSeat,
    Contest,
    ContestUnit,
    Duty,
    DutyState,
    Incident,
    PlanVersion,
    Purpose,
    Round,
)
from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import PlanError, parse_plan
from hoithi.contests.plan.schema import Plan
from hoithi.contests.plan.writing import write_plan
from hoithi.contests.queries import plan_of, plan_version_of
from hoithi.people.actions import give
from hoithi.people.models import Role, Unit, User
from hoithi.people.permissions import contest_scope
from hoithi.rules.errors import RuleViolation

DEMO_DAYS = 14
_ROLES = {"ban-to-chuc": (Role.COMMITTEE,), "to-thu-ky": (Role.ORGANISER,)}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A loaded plan; `changed` says whether the file brought anything new."""

    contest: Contest
    changed: bool


@transaction.atomic
def load_plan(
    *, content: bytes, actor_id: str, actor_name: str, now: datetime, is_sample: bool = False
) -> Loaded:
    """Load a plan file; loading the same plan again changes nothing. Raises PlanError.

    What the contest already has is kept: units, rounds and categories are added or renamed, never
    deleted; windows that a demo moved stay moved.
    """
    plan = parse_plan(content)
    problems = check_plan(plan)
    if problems:
        raise PlanError(problems)
    text = write_plan(plan)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    contest = Contest.objects.filter(key=plan.key).first()
    if contest is not None and plan_version_of(contest).sha256 == sha256:
        return Loaded(contest, changed=False)
    if contest is None:
        contest = Contest(key=plan.key, is_sample=is_sample)
    contest.title = plan.contest.title
    contest.short_title = plan.contest.short_title
    contest.law_date = plan.contest.law_date
    contest.loaded_at = now
    if contest.windows_moved_at is None:
        contest.registration_opens_at = plan.registration.opens_at
        contest.registration_closes_at = plan.registration.closes_at
    contest.save()
    number = contest.plans.count() + 1
    PlanVersion.objects.create(
        contest=contest,
        number=number,
        text=text,
        sha256=sha256,
        loaded_by=actor_name,
        loaded_at=now,
    )
    _store_units(contest, plan)
    _store_rounds(contest, plan)
    _store_duties(contest, plan)
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="contests.load_plan",
        target=f"contest:{contest.key}",
        now=now,
        after={"version": number, "sha256": sha256},
    )
    return Loaded(contest, changed=True)


def _store_units(contest: Contest, plan: Plan) -> None:
    for position, unit in enumerate(plan.units, start=1):
        stored, _ = Unit.objects.update_or_create(
            tree=plan.key,
            code=unit.code,
            defaults={
                "name": unit.name,
                "kind": unit.kind,
                "headcount": unit.headcount,
                "position": position,
            },
        )
        ContestUnit.objects.get_or_create(contest=contest, unit=stored)


def _store_rounds(contest: Contest, plan: Plan) -> None:
    for form in plan.forms:
        Category.objects.update_or_create(
            contest=contest, key=form.key, defaults={"name": form.name, "entrant": form.entrant}
        )
    for position, each in enumerate(plan.rounds, start=1):
        values = {
            "category": contest.categories.get(key=each.form),
            "name": each.name,
            "purpose": Purpose(each.purpose),
            "is_online": each.online is not None,
            "position": position,
        }
        windows = {"opens_at": each.opens_at, "closes_at": each.closes_at}
        if contest.windows_moved_at is None:
            Round.objects.update_or_create(
                contest=contest, key=each.key, defaults={**values, **windows}
            )
        else:
            Round.objects.update_or_create(
                contest=contest,
                key=each.key,
                defaults=values,
                create_defaults={**values, **windows},
            )


def _store_duties(contest: Contest, plan: Plan) -> None:
    for duty in plan.duties:
        Duty.objects.update_or_create(
            contest=contest,
            key=duty.key,
            defaults={"holder": duty.holder, "text": duty.text, "due": duty.due},
        )
    for each in plan.assumptions:
        Assumption.objects.update_or_create(
            contest=contest, key=each.key, defaults={"value": each.value, "source": each.source}
        )


@transaction.atomic
def move_windows(*, contest: Contest, now: datetime) -> bool:
    """Open registration and all rounds for fourteen days from now, once, for a demo.

    `law_date` and the plan itself stay as they are, so that an exported plan knows nothing of it.
    """
    if contest.windows_moved_at is not None:
        return False
    end = now + timedelta(days=DEMO_DAYS)
    contest.windows_moved_at = now
    contest.registration_opens_at, contest.registration_closes_at = now, end
    contest.save()
    contest.rounds.update(opens_at=now, closes_at=end)
    record(
        actor_id="system",
        actor_name="hoithi",
        action="contests.move_windows",
        target=f"contest:{contest.key}",
        now=now,
        after={"days": DEMO_DAYS},
    )
    return True


def export_plan(contest: Contest) -> str:
    """The plan in force as a file that loads to the same contest."""
    return write_plan(plan_of(contest))


@transaction.atomic
def appoint(
    *,
    actor: User,
    contest: Contest,
    body: str,
    name: str,
    user: User | None,
    identity: str,
    since: date,
    now: datetime,
    title: str = "",
) -> CommitteeSeat:
    """Seat somebody in a body of the contest; a user gets the rights that go with the seat."""
    seat = CommitteeSeat.objects.create(
        contest=contest,
        body=body,
        name=name,
        title=title,
        user=user,
        identity=identity,
        since=since,
    )
    for role in _ROLES.get(body, (Role.OBSERVER,)):
        if user is not None:
            give(
                user=user,
                role=role,
                scope=contest_scope(contest.key),
                actor_id=str(actor.pk),
                actor_name=actor.name,
                now=now,
            )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="contests.appoint",
        target=f"contest:{contest.key}",
        now=now,
        after={"body": body, "name": name},
    )
    return seat


@transaction.atomic
def confirm_assumption(*, actor: User, assumption: Assumption, now: datetime) -> None:
    """Say that what the plan left open is decided as the file has it; once."""
    changed = Assumption.objects.filter(pk=assumption.pk, confirmed_at=None).update(
        confirmed_at=now, confirmed_by=actor.name
    )
    if changed:
        record(
            actor_id=actor.pk,
            actor_name=actor.name,
            action="contests.confirm_assumption",
            target=f"contest:{assumption.contest.key}",
            now=now,
            after={"assumption": assumption.key, "value": assumption.value},
        )


@transaction.atomic
def note_incident(*, actor: User, each: Round, at: datetime, text: str, now: datetime) -> Incident:
    """Write down what happened in a round; the log has that it was noted, not what it says.

    Raises RuleViolation `incident_in_future`.
    """
    if at > now:
        raise RuleViolation("incident_in_future")
    incident = Incident.objects.create(
        round=each, at=at, text=text, noted_by=actor.name, noted_at=now
    )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="contests.note_incident",
        target=f"round:{each.contest.key}/{each.key}",
        now=now,
        after={"incident": incident.pk},
    )
    return incident


@transaction.atomic
def finish_duty(*, actor: User, duty: Duty, evidence: str, now: datetime) -> None:
    """Tick a duty off, with what shows that it was carried out; once."""
    changed = Duty.objects.filter(pk=duty.pk, state=DutyState.OPEN).update(
        state=DutyState.DONE, evidence=evidence, done_at=now
    )
    if changed:
        _record_duty(actor, "contests.finish_duty", duty, now)


@transaction.atomic
def reopen_duty(*, actor: User, duty: Duty, now: datetime) -> None:
    """Say that a duty is not carried out after all."""
    changed = Duty.objects.filter(pk=duty.pk, state=DutyState.DONE).update(
        state=DutyState.OPEN, evidence="", done_at=None
    )
    if changed:
        _record_duty(actor, "contests.reopen_duty", duty, now)


def _record_duty(actor: User, action: str, duty: Duty, now: datetime) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=action,
        target=f"contest:{duty.contest.key}",
        now=now,
        after={"duty": duty.key},
    )
