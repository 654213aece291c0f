"""A list between upload and saving: kept whole and encrypted while its officer mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F

from hoithi.entries.actions.holding import hold, log
from hoithi.entries.actions.registering import OPEN, check_clock, save_list
from hoithi.entries.checking import CheckedList
from hoithi.entries.models import SentFile, StagedList, UnitRegistration
from hoithi.entries.queries import check_sheet, found_in, open_staged, staged_list
from hoithi.entries.sheets import StagedSheet
from hoithi.people.keys import vault
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation

LONGEST_FILE_NAME = 200
_TRIES = 3
Change = Callable[[StagedSheet, CheckedList], StagedSheet]


def hold_open(registration: UnitRegistration, form_key: str, now: datetime) -> None:
    """Hold a registration whose list of a form may be changed at that moment.

    Raises RuleViolation: `form_not_chosen`, the clock or the state.
    """
    if form_key not in registration.forms:
        raise RuleViolation("form_not_chosen")
    check_clock(registration, now)
    hold(registration, OPEN)


@transaction.atomic
def stage_list(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    file_name: str,
    sheet: StagedSheet,
    checked: CheckedList,
    now: datetime,
) -> None:
    """Keep an uploaded sheet for mending, in the place of earlier uploads of the same form.

    Raises RuleViolation: `form_not_chosen`, the clock or the state.
    """
    hold_open(registration, form_key, now)
    StagedList.objects.filter(registration=registration, form=form_key).delete()
    SentFile.objects.filter(registration=registration, form=form_key).delete()
    StagedList.objects.create(
        registration=registration,
        form=form_key,
        file_name=file_name[-LONGEST_FILE_NAME:],
        uploaded_at=now,
        **_sealed(sheet, checked),
    )
    target = f"registration:{registration.pk}"
    log(actor, "stage_list", target, now, after={"form": form_key, "rows": len(sheet.rows)})


def _sealed(sheet: StagedSheet, checked: CheckedList) -> dict[str, bytes | str]:
    """The columns of a staged list; whom it makes is read again when it is saved."""
    content = vault().seal("staged_list", msgspec.json.encode(sheet))
    found = vault().seal("found", msgspec.json.encode(replace(checked, people=())))
    return {"cipher": content.cipher, "found_cipher": found.cipher, "key_id": content.key_id}


def mend_list(*, registration: UnitRegistration, form_key: str, change: Change) -> None:
    """Change the staged sheet of a form, and check it whole.

    Checking a long list takes a while, so nothing is held meanwhile: when somebody else was
    quicker, the change is made to what they left. Raises RuleViolation: `list_gone`,
    `list_changed` when that happened again and again, and what `change` raises.
    """
    for _ in range(_TRIES):
        staged = staged_list(registration, form_key)
        if staged is None:
            raise RuleViolation("list_gone")
        sheet = change(open_staged(staged), found_in(staged))
        if _keep(staged, sheet, check_sheet(registration, form_key, sheet)):
            return
    raise RuleViolation("list_changed")


def _keep(staged: StagedList, sheet: StagedSheet, checked: CheckedList) -> bool:
    """Put this in the place of what was read; whether nobody was quicker."""
    unchanged = StagedList.objects.filter(pk=staged.pk, version=staged.version)
    changed = unchanged.update(version=F("version") + 1, job=None, **_sealed(sheet, checked))
    return changed == 1


def save_staged(
    *,
    actor: User,
    staged: StagedList,
    now: datetime,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    settle: Callable[[], None] = lambda: None,
) -> None:
    """Check a mended list once more, against everybody registered by now, and save it.

    `tell` hears how many of how many rows are done. Raises RuleViolation as `save_list` does; what
    is found wrong is kept with the list.
    """
    registration, sheet = staged.registration, open_staged(staged)
    rows = len(sheet.rows)
    checked = check_sheet(registration, staged.form, sheet, lambda done: tell(done // 2, rows))
    if checked.bad:
        _keep(staged, sheet, checked)
    save_list(
        actor=actor,
        registration=registration,
        form_key=staged.form,
        checked=checked,
        now=now,
        staged=staged,
        tell=lambda done: tell((rows + done) // 2, rows),
        settle=settle,
    )


@transaction.atomic
def discard_list(
    *, actor: User, registration: UnitRegistration, form_key: str, now: datetime
) -> None:
    """Forget what was uploaded; a list that was saved before stays as it is."""
    gone, _ = StagedList.objects.filter(registration=registration, form=form_key).delete()
    SentFile.objects.filter(registration=registration, form=form_key).delete()
    if gone:
        target = f"registration:{registration.pk}"
        log(actor, "discard_list", target, now, after={"form": form_key})
