"""Loading a plan, moving a demo's windows, seats, and confirming what the plan left open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

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
    PlanProposal,
    PlanVersion,
    Purpose,
    Round,
)
from hoithi.contests.plan.changes import changed_assumptions, changes, missing_rounds
from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import PlanError, Problem, parse_plan
from hoithi.contests.plan.schema import Plan
from hoithi.contests.plan.writing import write_plan
from hoithi.contests.queries import (
    fixed_rounds,
    grants_of_seat,
    letters_of_seat,
    plan_of,
    plan_version_of,
)
from hoithi.contests.seats import role_of_body
from hoithi.people.actions import check_may_give, give, invite, withdraw, withdraw_invitation
from hoithi.people.models import Unit, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.people.signers import check_mailbox, needs_second
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import fold

DEMO_DAYS = 14


@dataclass(frozen=True, slots=True)
class Loaded:
    """A loaded plan; `changed` says whether the file brought anything new.

    One that may not be loaded by one person is a `proposal` and changes nothing as yet.
    """

    contest: Contest
    changed: bool
    proposal: PlanProposal | None = None


@transaction.atomic
def load_plan(
    *, content: bytes, actor_id: str, actor_name: str, now: datetime, is_sample: bool = False
) -> Loaded:
    """Load a plan file; loading the same plan again changes nothing. Raises PlanError.

    What the contest already has is kept: units, rounds and categories are added or renamed, never
    deleted; windows that a demo moved stay moved. What changes the rules of a round after they were
    fixed waits, whole, until two people of the committee have signed (`proposals.sign_plan`).
    """
    plan = parse_plan(content)
    problems = check_plan(plan)
    if problems:
        raise PlanError(problems)
    text = write_plan(plan)
    if parse_plan(text.encode()) != plan:  # what is stored is read for as long as the contest lives
        raise ValueError("a plan that cannot be read back is not stored")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    contest = Contest.objects.filter(key=plan.key).first()
    if contest is None:
        contest = Contest(key=plan.key, is_sample=is_sample)
    else:
        hold_contest(contest)
        if plan_version_of(contest).sha256 == sha256:
            return Loaded(contest, changed=False)
        proposal = _proposal(contest, plan, text, sha256, actor_name, now)
        if proposal is not None:
            return Loaded(contest, changed=False, proposal=proposal)
    install_plan(contest, plan, text, actor_id=actor_id, actor_name=actor_name, now=now)
    return Loaded(contest, changed=True)


def _proposal(
    contest: Contest, plan: Plan, text: str, sha256: str, actor_name: str, now: datetime
) -> PlanProposal | None:
    """Keep a plan that one person may not load; none where one may. Raises PlanError."""
    fixed = fixed_rounds(contest)
    gone = missing_rounds(plan, fixed)
    if gone:
        raise PlanError([Problem("rounds", "round_is_fixed", {"value": key}) for key in gone])
    found = changes(plan_of(contest), plan, fixed)
    if not found:
        return None
    proposal, _ = PlanProposal.objects.get_or_create(
        base=plan_version_of(contest),
        sha256=sha256,
        refused_at=None,
        defaults={
            "contest": contest,
            "text": text,
            "changes": [[each.key, each.before, each.now] for each in found],
            "proposed_by": actor_name,
            "proposed_at": now,
        },
    )
    return proposal


def hold_contest(contest: Contest) -> None:
    """Take the turn on a contest until this transaction ends: plans, rules, rosters, rulings,
    gradings, publications and what no two people may have in common come one after the other.

    Turns are taken in one order everywhere, or two would wait for each other: a unit's
    registration, the contest, its entries, and last the log (which `approve` writes too).
    """
    Contest.objects.filter(pk=contest.pk).update(key=F("key"))


def fix_rules(*, each: Round, now: datetime) -> None:
    """From now on the rules of a round are changed by two people only; again changes nothing."""
    hold_contest(each.contest)
    Round.objects.filter(pk=each.pk, rules_fixed_at=None).update(rules_fixed_at=now)


def release_rules(*, each: Round) -> None:
    """The seal that fixed the rules of a round was taken back before anybody started."""
    Round.objects.filter(pk=each.pk).update(rules_fixed_at=None)


def install_plan(
    contest: Contest, plan: Plan, text: str, *, actor_id: str, actor_name: str, now: datetime
) -> None:
    """Put a checked plan in force, in the transaction of whoever may."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    contest.title = plan.contest.title
    contest.short_title = plan.contest.short_title
    contest.law_date = plan.contest.law_date
    contest.loaded_at = now
    if contest.windows_moved_at is None:
        contest.registration_opens_at = plan.registration.opens_at
        contest.registration_closes_at = plan.registration.closes_at
    contest.save()
    number = contest.plans.count() + 1
    before = plan_of(contest) if number > 1 else None
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
    if before is not None:
        _reopen_assumptions(contest, before, plan, actor_id, actor_name, now)
    _store_assumptions(contest, plan)


def _store_units(contest: Contest, plan: Plan) -> None:
    """All at once: a plan may name hundreds."""
    stored = Unit.objects.bulk_create(
        [
            Unit(
                tree=plan.key,
                code=unit.code,
                name=unit.name,
                kind=unit.kind,
                headcount=unit.headcount,
                position=position,
            )
            for position, unit in enumerate(plan.units, start=1)
        ],
        update_conflicts=True,
        unique_fields=("tree", "code"),
        update_fields=("name", "kind", "headcount", "position"),
    )
    ContestUnit.objects.bulk_create(
        [ContestUnit(contest=contest, unit=unit) for unit in stored], ignore_conflicts=True
    )


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
    Duty.objects.bulk_create(
        [
            Duty(contest=contest, key=each.key, holder=each.holder, text=each.text, due=each.due)
            for each in plan.duties
        ],
        update_conflicts=True,
        unique_fields=("contest", "key"),
        update_fields=("holder", "text", "due"),
    )


def _store_assumptions(contest: Contest, plan: Plan) -> None:
    """As the file has them; one that it has not any more stays only where it was confirmed."""
    Assumption.objects.bulk_create(
        [
            Assumption(contest=contest, key=each.key, value=each.value, source=each.source)
            for each in plan.assumptions
        ],
        update_conflicts=True,
        unique_fields=("contest", "key"),
        update_fields=("value", "source"),
    )
    keys = [each.key for each in plan.assumptions]
    contest.assumptions.filter(confirmed_at=None).exclude(key__in=keys).delete()


def _reopen_assumptions(
    contest: Contest, before: Plan, plan: Plan, actor_id: str, actor_name: str, now: datetime
) -> None:
    """What somebody confirmed and the new file says otherwise waits again; the log keeps who had
    confirmed what."""
    changed = changed_assumptions(before, plan)
    words = {each.key: each.value for each in plan.assumptions}
    for each in contest.assumptions.filter(key__in=changed).exclude(confirmed_at=None):
        confirmed_at = each.confirmed_at.isoformat() if each.confirmed_at else ""
        record(
            actor_id=actor_id,
            actor_name=actor_name,
            action="contests.reopen_assumption",
            target=f"contest:{contest.key}",
            now=now,
            before={
                "assumption": each.key,
                "value": each.value,
                "confirmed_by": each.confirmed_by,
                "confirmed_at": confirmed_at,
            },
            after={"assumption": each.key, "value": words[each.key]},
        )
        each.confirmed_at, each.confirmed_by = None, ""
        each.save(update_fields=["confirmed_at", "confirmed_by"])


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
    decision: str = "",
    email: str = "",
) -> CommitteeSeat:
    """Seat somebody in a body of the contest from `since`, the day of the decision.

    A user gets the right that goes with the seat. By an `email` the account is found, or its
    holder invited. Into a committee that has ever had two members everybody is invited, and the
    letter goes when another member has confirmed it. Raises RuleViolation: `no_such_body`,
    `decision_in_future`, `sits_already`, `not_of_committee` for a seat in the committee by
    somebody who is not in it, and those of `people.actions.invite`.
    """
    if body not in {each.key for each in plan_of(contest).bodies}:
        raise RuleViolation("no_such_body")
    if since > timezone.localdate(now):
        raise RuleViolation("decision_in_future")
    address = email.strip().lower()
    user = user or User.objects.filter(email=address, is_active=True).first()
    role, scope = role_of_body(body), contest_scope(contest.key)
    check_may_give(actor, role, scope)
    _check_seat_is_free(contest, body, name=name, user=user, identity=identity)
    try:
        with transaction.atomic():
            seat = CommitteeSeat.objects.create(
                contest=contest,
                body=body,
                name=name,
                title=title,
                user=user,
                email=user.email if user else address,
                identity=identity,
                decision=decision,
                since=since,
            )
    except IntegrityError as error:
        raise RuleViolation("sits_already", name=name) from error
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="contests.appoint",
        target=f"contest:{contest.key}",
        now=now,
        after={"body": body, "name": name, "decision": decision},
    )
    waits = user is not None and needs_second(role, scope) and not has_role(user, [role], scope)
    if user is not None and not waits:
        check_mailbox(role, scope, user.email)
        give(
            user=user,
            role=role,
            scope=scope,
            actor_id=str(actor.pk),
            actor_name=actor.name,
            now=now,
            giver=actor,
        )
    elif user is not None or address:
        invite(
            actor=actor,
            email=user.email if user else address,
            name=name,
            role=role,
            scope=scope,
            scope_name=contest.short_title,
            now=now,
        )
    return seat


def _check_seat_is_free(
    contest: Contest, body: str, *, name: str, user: User | None, identity: str
) -> None:
    """Nobody sits twice in a body: by account, by national id, or by name where one has no id."""
    for seat in CommitteeSeat.objects.filter(contest=contest, body=body, until=None):
        same_id = bool(identity) and seat.identity == identity
        unknown = not identity or not seat.identity
        same_name = unknown and fold(seat.name) == fold(name)
        if same_id or same_name or (user is not None and seat.user_id == user.pk):
            raise RuleViolation("sits_already", name=seat.name)


@transaction.atomic
def end_seat(*, actor: User, seat: CommitteeSeat, reason: str, now: datetime) -> None:
    """End a seat today; the right that went with it is taken back, and an open letter withdrawn.

    A right that the same person has from another seat stays. Raises RuleViolation:
    `reason_missing`, `seat_ended`, `own_right` for one's own seat, `not_of_committee`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    check_may_give(actor, role_of_body(seat.body), contest_scope(seat.contest.key))
    if seat.user_id == actor.pk:
        raise RuleViolation("own_right")
    ended = CommitteeSeat.objects.filter(pk=seat.pk, until=None).update(
        until=timezone.localdate(now), ended_reason=reason.strip()
    )
    if not ended:
        raise RuleViolation("seat_ended")
    seat.refresh_from_db()
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="contests.end_seat",
        target=f"contest:{seat.contest.key}",
        now=now,
        after={"body": seat.body, "name": seat.name, "reason": reason.strip()},
    )
    for grant in grants_of_seat(seat):
        withdraw(actor=actor, grant=grant, reason=reason.strip(), now=now)
    for letter in letters_of_seat(seat):
        withdraw_invitation(actor=actor, invitation=letter, now=now)


@transaction.atomic
def confirm_assumption(*, actor: User, assumption: Assumption, value: str, now: datetime) -> None:
    """Say that what the plan left open is decided as the file has it; once, until a plan says it
    otherwise.

    Raises RuleViolation `assumption_changed` unless `value` is what stands there now: nobody
    confirms words that were changed meanwhile.
    """
    hold_contest(assumption.contest)
    assumption.refresh_from_db()
    if assumption.value != value:
        raise RuleViolation("assumption_changed")
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
