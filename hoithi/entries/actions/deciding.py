"""What the organiser decides about a unit's registration."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.contests.models import Contest
from hoithi.contests.queries import plan_of
from hoithi.entries.actions.holding import checked_reason, log, not_as_seen
from hoithi.entries.actions.numbering import person_number, store_accepted, team_number
from hoithi.entries.models import Entry, EntryState, RegistrationState, UnitRegistration
from hoithi.entries.queries import barred_people
from hoithi.people.models import Unit, User
from hoithi.rules.errors import RuleViolation


@transaction.atomic
def accept_registration(
    *, actor: User, registration: UnitRegistration, receipt: str, now: datetime
) -> list[Entry]:
    """Accept a unit's lists: every entry gets its contestant number, for good.

    `receipt` is that of the lists that were seen. Numbers run in the order of the lists, form after
    form as the plan has them. Of two that decide at once, one wins. Raises RuleViolation:
    `not_submitted`, `registration_accepted`, `handed_in_anew`, `barred_people`.
    """
    _decide(registration, RegistrationState.ACCEPTED, receipt, actor, now)
    barred = barred_people(registration.contest, registration.unit)
    if barred:
        raise RuleViolation("barred_people", people=len(barred))
    entries = _listed_entries(registration)
    persons, teams = 0, 0
    for entry in entries:
        if entry.team_id is None:
            persons += 1
            entry.number = person_number(registration.unit, persons)
        else:
            teams += 1
            entry.number = team_number(registration.unit, teams)
        entry.state = EntryState.ACCEPTED
        entry.accepted_at = now
    store_accepted(entries)
    log(
        actor,
        "accept",
        f"registration:{registration.pk}",
        now,
        after={"persons": persons, "teams": teams, "receipt": receipt},
    )
    return entries


def _listed_entries(registration: UnitRegistration) -> list[Entry]:
    """In the order of numbers: the plan's forms, then names, then time of listing."""
    order = {form.key: place for place, form in enumerate(plan_of(registration.contest).forms)}
    entries = Entry.objects.filter(
        contest=registration.contest, unit=registration.unit, state=EntryState.LISTED
    ).select_related("person", "team", "category")
    return sorted(
        entries,
        key=lambda entry: (
            order.get(entry.category.key, len(order)),
            entry.person.sort_key if entry.person else "",
            entry.pk,
        ),
    )


@transaction.atomic
def return_registration(
    *, actor: User, registration: UnitRegistration, receipt: str, reason: str, now: datetime
) -> None:
    """Give the lists of that receipt back to be mended; the unit reads the reason.

    After the deadline the unit also needs `grant_extension`. Raises RuleViolation:
    `not_submitted`, `registration_accepted`, `handed_in_anew`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    _decide(registration, RegistrationState.RETURNED, receipt, actor, now, reason)
    after = {"receipt": receipt, "reason": reason}
    log(actor, "return", f"registration:{registration.pk}", now, after=after)


def _decide(
    registration: UnitRegistration,
    state: RegistrationState,
    receipt: str,
    actor: User,
    now: datetime,
    reason: str = "",
) -> None:
    rows = UnitRegistration.objects.filter(pk=registration.pk)
    if not rows.filter(state=RegistrationState.SUBMITTED, receipt=receipt).update(
        state=state, decided_at=now, decided_by=actor.name, returned_reason=reason
    ):
        raise not_as_seen(registration)
    registration.refresh_from_db()


@transaction.atomic
def grant_extension(
    *, actor: User, contest: Contest, unit: Unit, until: datetime, reason: str, now: datetime
) -> UnitRegistration:
    """Let one unit register until another hour, which is the first instant too late.

    Raises RuleViolation: `extension_not_later`, `registration_accepted`, or what is wrong with the
    reason.
    """
    reason = checked_reason(reason)
    if until <= max(now, contest.registration_closes_at):
        raise RuleViolation("extension_not_later")
    registration, _ = UnitRegistration.objects.get_or_create(contest=contest, unit=unit)
    before = registration.extended_to
    rows = UnitRegistration.objects.filter(pk=registration.pk)
    if not rows.exclude(state=RegistrationState.ACCEPTED).update(
        extended_to=until, extended_reason=reason
    ):
        raise RuleViolation("registration_accepted")
    registration.refresh_from_db()
    log(
        actor,
        "extend",
        f"registration:{registration.pk}",
        now,
        before={"until": before.isoformat() if before else None},
        after={"until": until.isoformat(), "reason": reason},
    )
    return registration
