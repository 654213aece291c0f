"""What a unit's officer does: choose forms, save lists, submit, take back before the deadline."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from hoithi.audit.actions import Facts
from hoithi.contests.models import Contest, Entrant
from hoithi.contests.queries import form_of, plan_of
from hoithi.entries.actions.holding import hold, log, not_as_seen
from hoithi.entries.actions.storing import (
    Prepared,
    check_unique,
    enter_persons,
    enter_team,
    forget_unlisted,
    prepared,
    store_people,
)
from hoithi.entries.checking import CheckedList, too_few, too_many
from hoithi.entries.models import (
    RegistrationState,
    SentFile,
    StagedList,
    UnitRegistration,
)
from hoithi.entries.queries import (
    barred_people,
    choice_seen,
    is_open,
    last_change,
    lists_seen,
    unit_overview,
)
from hoithi.people.models import Unit, User
from hoithi.rules.canonical import canonical
from hoithi.rules.codes import ALPHABET, grouped
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import moment

OPEN = (RegistrationState.DRAFT, RegistrationState.RETURNED)
RECEIPT_LENGTH = 16


@transaction.atomic
def choose_forms(
    *,
    actor: User,
    contest: Contest,
    unit: Unit,
    forms: Sequence[str],
    declared: int,
    now: datetime,
    seen: str | None = None,
) -> UnitRegistration:
    """Say in which forms a unit takes part, and with about how many people.

    A form that is dropped loses its list and its upload, which a page names as it showed them
    (`choice_seen`, empty before the first choice). Raises RuleViolation: `no_form`,
    `one_form_only`, `forms_differ` when somebody changed forms or lists since, `uploads_differ`
    when an upload, `registration_not_open`, `registration_closed`, or the state that forbids it.
    """
    plan = plan_of(contest)
    chosen = [form.key for form in plan.forms if form.key in forms]
    if not chosen:
        raise RuleViolation("no_form")
    if plan.registration.choose == "one" and len(chosen) > 1:
        raise RuleViolation("one_form_only")
    registration, is_new = UnitRegistration.objects.select_related("contest", "unit").get_or_create(
        contest=contest, unit=unit
    )
    check_clock(registration, now)
    hold(registration, OPEN)
    stands = "" if is_new else choice_seen(registration)
    if seen not in (None, stands):
        if seen.partition(".")[0] == stands.partition(".")[0]:
            raise RuleViolation("uploads_differ")
        raise _changed_since("forms_differ", registration)
    registration.refresh_from_db(fields=["forms", "declared"])
    before: Facts = {"forms": list(registration.forms), "declared": registration.declared}
    for dropped in set(registration.forms) - set(chosen):
        _store(registration, dropped, [], now)
        StagedList.objects.filter(registration=registration, form=dropped).delete()
        SentFile.objects.filter(registration=registration, form=dropped).delete()
    registration.forms, registration.declared = chosen, declared
    registration.save(update_fields=["forms", "declared"])
    after: Facts = {"forms": list(chosen), "declared": declared}
    log(actor, "choose_forms", f"registration:{registration.pk}", now, before=before, after=after)
    return registration


def save_list(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    checked: CheckedList,
    now: datetime,
    is_sample: bool = False,
    staged: StagedList | None = None,
    tell: Callable[[int], None] = lambda _: None,
    settle: Callable[[], None] = lambda: None,
) -> None:
    """Put a checked list in the place of the one that a unit had for a form, whole or not at all.

    Saving the same list again changes nothing. `staged` is the upload it was read from, which goes;
    `tell` hears how many people are ready; `settle` is called last, in the one transaction that
    stores them. Raises RuleViolation: `form_not_chosen`, `list_has_problems`, `too_many`,
    `list_changed` when the upload was mended meanwhile, `taken_elsewhere` when another unit was
    quicker, `people_to_compare` when another list of the unit was, the clock or the state.
    """
    if form_key not in registration.forms:
        raise RuleViolation("form_not_chosen")
    if checked.bad:
        raise RuleViolation("list_has_problems", cells=len(checked.bad))
    over = too_many(len(checked.people), form_of(registration.contest, form_key).maximum)
    if over is not None:
        raise over
    check_clock(registration, now)
    people = prepared(registration, checked.people, now=now, sample=is_sample, tell=tell)
    try:
        with transaction.atomic():
            hold(registration, OPEN)
            if staged is not None:
                _drop(staged)
            _store(registration, form_key, people, now)
            log(
                actor,
                "save_list",
                f"registration:{registration.pk}",
                now,
                after={"form": form_key, "people": len(checked.people)},
            )
            settle()
    except IntegrityError as error:
        raise RuleViolation("taken_elsewhere") from error


def _drop(staged: StagedList) -> None:
    """Raises RuleViolation `list_changed` unless the upload is as it was read."""
    unchanged = StagedList.objects.filter(pk=staged.pk, version=staged.version)
    if not unchanged.delete()[0]:
        raise RuleViolation("list_changed")


def _store(
    registration: UnitRegistration, form_key: str, people: Sequence[Prepared], now: datetime
) -> None:
    category = registration.contest.categories.get(key=form_key)
    store_people(registration, people, replaced=form_key)
    if category.entrant == Entrant.TEAM:
        enter_team(registration, category, people, now)
    else:
        enter_persons(registration, category, people)
    forget_unlisted(registration)
    check_unique(registration, people)


def _changed_since(code: str, registration: UnitRegistration) -> RuleViolation:
    who, at = last_change(registration)
    return RuleViolation(code, who=who, at=moment(at, get_language() or "vi"))


@transaction.atomic
def submit_registration(
    *, actor: User, registration: UnitRegistration, seen: str, now: datetime
) -> str:
    """Hand a unit's lists in as they were seen (`lists_seen`); the receipt binds them.

    Raises RuleViolation: `no_form`, `list_waiting` while an upload is not saved, `too_few`,
    `too_many`, `barred_people`, `lists_differ` when somebody changed them since, the clock or the
    state.
    """
    contest = registration.contest
    check_clock(registration, now)
    hold(registration, OPEN)
    overview = unit_overview(contest, registration.unit)
    if not overview.forms:
        raise RuleViolation("no_form")
    stands = lists_seen(registration)
    if stands != seen:
        raise _changed_since("lists_differ", registration)
    if registration.staged.exists() or registration.sent.exclude(cipher=None).exists():
        raise RuleViolation("list_waiting")
    for count in overview.forms:
        form = form_of(contest, count.key)
        wrong = too_few(count.people, form.minimum) or too_many(count.people, form.maximum)
        if wrong is not None:
            wrong.params["form"] = form.name
            raise wrong
    barred = barred_people(contest, registration.unit)
    if barred:
        raise RuleViolation("barred_people", people=len(barred))
    receipt = _receipt(registration, stands, now)
    UnitRegistration.objects.filter(pk=registration.pk).update(
        state=RegistrationState.SUBMITTED,
        submitted_at=now,
        submitted_by=actor.name,
        receipt=receipt,
        returned_reason="",
    )
    registration.refresh_from_db()
    log(
        actor,
        "submit",
        f"registration:{registration.pk}",
        now,
        after={
            "receipt": receipt,
            "people": {count.key: count.people for count in overview.forms},
        },
    )
    return receipt


def _receipt(registration: UnitRegistration, lists: str, now: datetime) -> str:
    """Sixteen characters over what was handed in and when."""
    content = canonical(
        {
            "contest": registration.contest.key,
            "unit": registration.unit.code,
            "at": int(now.timestamp() * 1000),
            "lists": lists,
        }
    )
    number = int.from_bytes(hashlib.sha256(content).digest()[:10], "big")
    letters = [ALPHABET[number >> 5 * place & 31] for place in range(RECEIPT_LENGTH)]
    return grouped("".join(letters))


@transaction.atomic
def recall_registration(
    *, actor: User, registration: UnitRegistration, receipt: str, now: datetime
) -> None:
    """Take lists back to mend them, while the deadline has not come and nobody has accepted them.

    `receipt` is the one that was seen. Raises RuleViolation: `registration_accepted`,
    `not_submitted`, `handed_in_anew`, or the clock.
    """
    check_clock(registration, now)
    rows = UnitRegistration.objects.filter(pk=registration.pk)
    if not rows.filter(state=RegistrationState.SUBMITTED, receipt=receipt).update(
        state=RegistrationState.DRAFT, receipt="", submitted_at=None, submitted_by=""
    ):
        raise not_as_seen(registration)
    registration.refresh_from_db()
    log(actor, "recall", f"registration:{registration.pk}", now)


def check_clock(registration: UnitRegistration, now: datetime) -> None:
    """Raises RuleViolation: `registration_not_open`, `registration_closed`."""
    contest = registration.contest
    if is_open(contest, registration, now):
        return
    if now < contest.registration_opens_at:
        raise RuleViolation("registration_not_open")
    raise RuleViolation("registration_closed")
