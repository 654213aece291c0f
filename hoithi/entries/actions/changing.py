"""What happens to entries after acceptance: withdrawn, replaced, a new code, a number looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from hoithi.contests.actions import hold_contest
from hoithi.contests.queries import form_of
from hoithi.entries.actions.casting import held_team, keep_change, put_in, taken_out
from hoithi.entries.actions.holding import checked_reason, hold, log
from hoithi.entries.actions.numbering import next_number
from hoithi.entries.actions.storing import check_unique, prepared, store_people
from hoithi.entries.checking import CheckedList
from hoithi.entries.models import (
    Entry,
    EntryState,
    Person,
    RegistrationState,
    TeamMember,
    UnitRegistration,
)
from hoithi.entries.queries import NumberField, open_number
from hoithi.entries.teams import substitutes_of, team_facts
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation

_TOLD = ("state", "code_issue", "barred_reason")  # what the hall is told beside who it is


@transaction.atomic
def withdraw_entry(*, actor: User, entry: Entry, reason: str, now: datetime) -> None:
    """Take an accepted entry out; the row, its number and its reason stay.

    Raises RuleViolation: `entry_not_accepted`, `entry_seated`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    _withdraw(entry, reason, now)
    log(actor, "withdraw", entry.log_target, now, after={"reason": reason})


def mark_seated(entries: Sequence[Entry]) -> None:
    """The hall is told of these entries as they were read: the register alone changes them no more.

    Part of the transaction that tells the hall: the rows are held to its end. Raises RuleViolation
    `entries_changed` when somebody of them was withdrawn, barred or given a new code since.
    """
    rows = Entry.objects.filter(pk__in=[entry.pk for entry in entries])
    rows.update(is_seated=True)
    standing = {pk: tuple(rest) for pk, *rest in rows.values_list("pk", *_TOLD)}
    if standing != {entry.pk: tuple(getattr(entry, name) for name in _TOLD) for entry in entries}:
        raise RuleViolation("entries_changed")


def mark_unseated(entries: Iterable[int]) -> None:
    """No sitting has these entries (by id) any more: the register can change them again."""
    Entry.objects.filter(pk__in=entries).update(is_seated=False)


def _not_changed(entry: Entry) -> RuleViolation:
    """Why nothing was changed: `entry_seated`, as the hall would not hear of it, or
    `entry_not_accepted`."""
    seated = Entry.objects.filter(pk=entry.pk, state=EntryState.ACCEPTED, is_seated=True)
    return RuleViolation("entry_seated" if seated.exists() else "entry_not_accepted")


def _withdraw(entry: Entry, reason: str, now: datetime) -> None:
    free = Entry.objects.filter(pk=entry.pk, state=EntryState.ACCEPTED, is_seated=False)
    if not free.update(state=EntryState.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason):
        raise _not_changed(entry)
    entry.refresh_from_db()
    members = TeamMember.objects.filter(team__entries=entry).values_list("person", flat=True)
    _remove_idle([entry.person_id] if entry.person_id else members, now)


def _remove_idle(people: Iterable[int], now: datetime) -> None:
    """Mark as removed those who take part in nothing any more: their number is free again."""
    standing = Entry.objects.exclude(state=EntryState.WITHDRAWN)
    members = TeamMember.objects.filter(team__entries__in=standing)
    Person.objects.filter(pk__in=list(people), removed_at=None).exclude(
        pk__in=standing.exclude(person=None).values("person")
    ).exclude(pk__in=members.values("person")).update(removed_at=now)


def replace_person(
    *, actor: User, entry: Entry, checked: CheckedList, reason: str, now: datetime
) -> Entry:
    """Put the one person of a checked list in the place of an accepted one, with a new number.

    The old entry stays, withdrawn. Raises RuleViolation: `one_person_needed`, `list_has_problems`,
    `entry_not_accepted`, `entry_seated`, `entry_is_a_team`, `taken_elsewhere`,
    `listed_already` for somebody who is in this category, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    if entry.person is None:
        raise RuleViolation("entry_is_a_team")
    _check_one(checked)
    try:
        with transaction.atomic():
            registration = _held(entry)
            hold_contest(entry.contest)  # before the entry, as who publishes a roster does
            _withdraw(entry, reason, now)
            rows = prepared(registration, checked.people, now=now, sample=entry.person.is_sample)
            store_people(registration, rows)
            check_unique(registration, rows)
            standing = Entry.objects.filter(category=entry.category, person_id=rows[0].key)
            if standing.exclude(state=EntryState.WITHDRAWN).exists():
                raise RuleViolation("listed_already")
            made = Entry.objects.create(
                contest=entry.contest,
                category=entry.category,
                unit=entry.unit,
                person_id=rows[0].key,
                number=next_number(entry),
                state=EntryState.ACCEPTED,
                accepted_at=now,
                replaces=entry,
            )
            log(
                actor,
                "replace",
                entry.log_target,
                now,
                before={"number": entry.number},
                after={"entry": made.public_id.hex, "number": made.number, "reason": reason},
            )
    except IntegrityError as error:
        raise RuleViolation("taken_elsewhere") from error
    return made


def replace_member(
    *, actor: User, entry: Entry, member: Person, checked: CheckedList, reason: str, now: datetime
) -> Person:
    """Put the one person of a checked list in the place of a member of an accepted team.

    Who comes takes over the parts. Raises RuleViolation: `one_person_needed`, `list_has_problems`,
    `entry_not_accepted`, `not_a_member`, `taken_elsewhere`, `listed_already` for a member of this
    team, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    _check_one(checked)
    team = entry.team
    if team is None:
        raise RuleViolation("not_a_member")
    try:
        with transaction.atomic():
            registration = _held(entry)
            hold_contest(entry.contest)
            if not Entry.objects.filter(pk=entry.pk, state=EntryState.ACCEPTED).exists():
                raise RuleViolation("entry_not_accepted")
            before = team_facts(team)
            out = taken_out(team, member)
            _remove_idle([member.pk], now)
            rows = prepared(registration, checked.people, now=now, sample=member.is_sample)
            store_people(registration, rows)
            check_unique(registration, rows)
            person = Person.objects.get(pk=rows[0].key)
            put_in(team, person, out)
            keep_change(team, before, reason, actor, now)
            log(
                actor,
                "replace_member",
                entry.log_target,
                now,
                before={"person": member.pk},
                after={"person": person.pk, "reason": reason},
            )
    except IntegrityError as error:
        raise RuleViolation("taken_elsewhere") from error
    return person


@transaction.atomic
def substitute(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    gone: int,
    came: int,
    reason: str,
    seen: str,
    now: datetime,
) -> None:
    """Put a registered person of the unit in the place of a member of its accepted team.

    Whoever comes takes over the parts. People by their keys; `seen` is the team as the page showed
    it. Raises RuleViolation: `not_submitted` while lists are open, `substitution_closed`,
    `team_missing`, `team_differs`, `entry_not_accepted`, `not_a_member`, `not_registered` for who
    may not come in (`teams.substitutes_of`), or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    hold(registration, [RegistrationState.ACCEPTED])
    entry, team = held_team(actor, registration, form_key, seen, now)
    hold_contest(registration.contest)
    form = form_of(registration.contest, form_key)
    waiting = {each.pk: each for each in substitutes_of(registration, form, team)}
    if came not in waiting:
        raise RuleViolation("not_registered")
    before = team_facts(team)
    put_in(team, waiting[came], taken_out(team, gone))
    _remove_idle([gone], now)
    keep_change(team, before, reason, actor, now)
    log(
        actor,
        "substitute",
        entry.log_target,
        now,
        before={"person": gone},
        after={"person": came, "reason": reason},
    )


def _held(entry: Entry) -> UnitRegistration:
    registration = UnitRegistration.objects.select_related("contest", "unit").get(
        contest=entry.contest_id, unit=entry.unit_id
    )
    hold(registration, [RegistrationState.ACCEPTED])
    return registration


def _check_one(checked: CheckedList) -> None:
    if checked.bad:
        raise RuleViolation("list_has_problems", cells=len(checked.bad))
    if len(checked.people) != 1:
        raise RuleViolation("one_person_needed")


@transaction.atomic
def reissue_code(*, actor: User, entry: Entry, reason: str, now: datetime) -> None:
    """Give an entry a new access code; the old one opens nothing from now on.

    Raises RuleViolation: `entry_not_accepted` (also when somebody just did the same),
    `entry_seated`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    rows = Entry.objects.filter(
        pk=entry.pk, state=EntryState.ACCEPTED, is_seated=False, code_issue=entry.code_issue
    )
    if not rows.update(code_issue=F("code_issue") + 1):
        raise _not_changed(entry)
    entry.refresh_from_db()
    log(
        actor,
        "reissue_code",
        entry.log_target,
        now,
        after={"issue": entry.code_issue, "reason": reason},
    )


@transaction.atomic
def show_number(*, actor: User, person: Person, field: NumberField, now: datetime) -> str:
    """A person's number in clear, for somebody with a reason to see it; the look is recorded."""
    log(actor, "show_number", f"person:{person.pk}", now, after={"field": field})
    return open_number(person, field)
