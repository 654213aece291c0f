"""A list between upload and saving: kept whole and encrypted while its officer mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language

from hoithi.audit.actions import Facts
from hoithi.entries.actions.holding import hold, log
from hoithi.entries.actions.registering import OPEN, check_clock, save_list
from hoithi.entries.checking import CheckedList
from hoithi.entries.models import SentFile, StagedList, UnitRegistration
from hoithi.entries.queries import check_sheet, found_in, open_staged, staged_list
from hoithi.entries.sheets import StagedSheet, row_seen
from hoithi.people.keys import vault
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import moment

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

    What was replaced is told on the page of the new one and in the log. Raises RuleViolation:
    `form_not_chosen`, the clock or the state.
    """
    hold_open(registration, form_key, now)
    before = staged_list(registration, form_key)
    StagedList.objects.filter(registration=registration, form=form_key).delete()
    SentFile.objects.filter(registration=registration, form=form_key).delete()
    StagedList.objects.create(
        registration=registration,
        form=form_key,
        file_name=file_name[-LONGEST_FILE_NAME:],
        uploaded_by=actor.name,
        uploaded_at=now,
        replaced_file=before.file_name if before else "",
        replaced_by=before.uploaded_by if before else "",
        replaced_at=before.uploaded_at if before else None,
        **_sealed(sheet, checked),
    )
    target = f"registration:{registration.pk}"
    replaced = {"uploaded_at": before.uploaded_at.isoformat()} if before else None
    after: Facts = {"form": form_key, "rows": len(sheet.rows)}
    log(actor, "stage_list", target, now, before=replaced, after=after)


def _sealed(sheet: StagedSheet, checked: CheckedList) -> dict[str, bytes | str]:
    """The columns of a staged list; whom it makes is read again when it is saved."""
    content = vault().seal("staged_list", msgspec.json.encode(sheet))
    found = vault().seal("found", msgspec.json.encode(replace(checked, people=())))
    return {"cipher": content.cipher, "found_cipher": found.cipher, "key_id": content.key_id}


def mend_list(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    seen: str,
    row: int | None = None,
    change: Change,
    now: datetime,
) -> CheckedList:
    """Change the staged sheet of a form as it was seen, and check it whole; what was found.

    `seen` is that of the list, or with `row` that of the row alone (`row_seen`): two who mend
    different rows of one upload do not hinder each other. What stands there already is not done
    twice. Checking a long list takes a while, so nothing is held meanwhile: when somebody else was
    quicker, all this is looked at once more. Raises RuleViolation: `list_gone`, `list_replaced`,
    `list_mended`, `list_changed` when it went on changing, and what `change` raises.
    """
    for _ in range(_TRIES):
        staged = staged_list(registration, form_key)
        if staged is None:
            raise RuleViolation("list_gone")
        was, found = open_staged(staged), found_in(staged)
        stands = staged.seen if row is None else _row_seen(staged, was, row, found)
        if not _is_same_upload(staged, seen):
            raise changed_since(staged, seen)
        sheet = change(was, found)
        if sheet == was:
            return found
        if stands != seen:
            raise changed_since(staged, seen)
        checked = check_sheet(registration, form_key, sheet)
        if _keep(staged, sheet, checked, changed_by=actor.name, changed_at=now):
            return checked
    raise RuleViolation("list_changed")


def _row_seen(staged: StagedList, sheet: StagedSheet, row: int, found: CheckedList) -> str:
    told = (problem for problem in found.problems if problem.row == row)
    return row_seen(staged.pk, sheet, row, dict(sheet.rows).get(row, []), told)


def changed_since(staged: StagedList, seen: str) -> RuleViolation:
    """`list_replaced` by another upload, or `list_mended`: by whom and when. `list_changed` where
    nobody has, and saving found what another unit's list now says of it."""
    language = get_language() or "vi"
    if staged.changed_at is None and _is_same_upload(staged, seen):
        return RuleViolation("list_changed")
    if staged.changed_at is None or not _is_same_upload(staged, seen):
        at = moment(staged.uploaded_at, language)
        return RuleViolation("list_replaced", who=staged.uploaded_by, at=at, file=staged.file_name)
    at = moment(staged.changed_at, language)
    return RuleViolation("list_mended", who=staged.changed_by, at=at)


def _is_same_upload(staged: StagedList, seen: str) -> bool:
    return seen.partition(".")[0] == str(staged.pk)


def _keep(
    staged: StagedList, sheet: StagedSheet, checked: CheckedList, **by: str | datetime
) -> bool:
    """Put this in the place of what was read; whether nobody was quicker."""
    unchanged = StagedList.objects.filter(pk=staged.pk, version=staged.version)
    changed = unchanged.update(version=F("version") + 1, job=None, **by, **_sealed(sheet, checked))
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
        _keep(staged, sheet, checked)  # nobody has changed a cell
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
    *, actor: User, registration: UnitRegistration, form_key: str, seen: str, now: datetime
) -> None:
    """Forget what was uploaded, as it was seen; a list that was saved before stays as it is.

    Raises RuleViolation: `list_gone`, `list_replaced`, `list_mended`.
    """
    staged = staged_list(registration, form_key)
    if staged is None:
        raise RuleViolation("list_gone")
    if staged.seen != seen:
        raise changed_since(staged, seen)
    if not StagedList.objects.filter(pk=staged.pk, version=staged.version).delete()[0]:
        raise RuleViolation("list_changed")
    SentFile.objects.filter(registration=registration, form=form_key).delete()
    target = f"registration:{registration.pk}"
    log(actor, "discard_list", target, now, after={"form": form_key})
