"""A list between upload and saving: kept whole and encrypted while its officer mends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import transaction

from hoithi.entries.actions.holding import hold, log
from hoithi.entries.actions.registering import OPEN, check_clock
from hoithi.entries.models import StagedList, UnitRegistration
from hoithi.entries.queries import open_staged
from hoithi.entries.sheets import StagedSheet
from hoithi.people.keys import vault
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation

LONGEST_FILE_NAME = 200


@transaction.atomic
def stage_list(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    file_name: str,
    sheet: StagedSheet,
    now: datetime,
) -> None:
    """Keep an uploaded sheet for mending, in the place of an earlier one of the same form.

    Raises RuleViolation: `form_not_chosen`, the clock or the state.
    """
    if form_key not in registration.forms:
        raise RuleViolation("form_not_chosen")
    check_clock(registration, now)
    hold(registration, OPEN)
    sealed = vault().seal("staged_list", msgspec.json.encode(sheet))
    StagedList.objects.update_or_create(
        registration=registration,
        form=form_key,
        defaults={
            "file_name": file_name[-LONGEST_FILE_NAME:],
            "cipher": sealed.cipher,
            "key_id": sealed.key_id,
            "uploaded_at": now,
        },
    )
    target = f"registration:{registration.pk}"
    log(actor, "stage_list", target, now, after={"form": form_key, "rows": len(sheet.rows)})


@transaction.atomic
def mend_list(
    *,
    registration: UnitRegistration,
    form_key: str,
    change: Callable[[StagedSheet], StagedSheet],
) -> StagedSheet:
    """Change the staged sheet of a form; two officers who mend at once lose nothing.

    Raises RuleViolation: `list_gone`, and what `change` raises.
    """
    staged = (
        StagedList.objects.select_for_update()
        .filter(registration=registration, form=form_key)
        .first()
    )
    if staged is None:
        raise RuleViolation("list_gone")
    changed = change(open_staged(staged))
    sealed = vault().seal("staged_list", msgspec.json.encode(changed))
    staged.cipher, staged.key_id = sealed.cipher, sealed.key_id
    staged.save(update_fields=["cipher", "key_id"])
    return changed


@transaction.atomic
def discard_list(
    *, actor: User, registration: UnitRegistration, form_key: str, now: datetime
) -> None:
    """Forget an uploaded sheet; a list that was saved before stays as it is."""
    gone, _ = StagedList.objects.filter(registration=registration, form=form_key).delete()
    if gone:
        target = f"registration:{registration.pk}"
        log(actor, "discard_list", target, now, after={"form": form_key})
