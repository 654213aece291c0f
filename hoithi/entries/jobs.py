"""Long work of this room: reading and saving lists that would keep a request waiting.

A short list is read and saved at once. A long one waits, encrypted, as a `SentFile` until the
worker has read it; after that it is a staged list like any other, which the worker saves. The
deadline looks at the moment when the officer asked. Both jobs end in the transaction that stores
what they have done, so that a worker may die at any moment and another one start over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from hoithi.contests.queries import plan_of
from hoithi.entries.actions import save_staged, stage_list
from hoithi.entries.actions.staging import LONGEST_FILE_NAME, changed_since, hold_open
from hoithi.entries.models import SentFile, StagedList, UnitRegistration
from hoithi.entries.queries import check_sheet, open_sent, open_staged, staged_list
from hoithi.entries.sheets import StagedSheet, staged_sheet
from hoithi.jobs.actions import Json, Progress, ask, register
from hoithi.jobs.models import Job
from hoithi.people.keys import vault
from hoithi.people.models import ScopeKind, User
from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets import read_sheet

READ_LIST, SAVE_LIST = "entries.read_list", "entries.save_list"
MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_ROWS_AT_ONCE = 500


def take_list(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    file_name: str,
    content: bytes,
    now: datetime,
) -> Job | None:
    """Read, check and stage a short list at once; the job that does so with a long one.

    Raises RuleViolation: what is wrong with the file, and what `stage_list` refuses.
    """
    try:
        sheet = _read(registration, content, file_name, max_rows=MOST_ROWS_AT_ONCE)
    except RuleViolation as violation:
        if violation.code != "too_many_rows":
            raise
        return _ask_to_read(
            actor=actor,
            registration=registration,
            form_key=form_key,
            file_name=file_name,
            content=content,
            now=now,
        )
    stage_list(
        actor=actor,
        registration=registration,
        form_key=form_key,
        file_name=file_name,
        sheet=sheet,
        checked=check_sheet(registration, form_key, sheet),
        now=now,
    )
    return None


def save_mended(
    *, actor: User, registration: UnitRegistration, form_key: str, seen: str, now: datetime
) -> Job | None:
    """Save a short list at once, as it was seen; the job that does so with a long one.

    Raises RuleViolation: `list_gone`, `list_replaced`, `list_mended`, and what `save_staged`
    refuses.
    """
    staged = staged_list(registration, form_key)
    if staged is None:
        raise RuleViolation("list_gone")
    if staged.seen != seen:
        raise changed_since(staged, seen)
    if len(open_staged(staged).rows) > MOST_ROWS_AT_ONCE:
        return _ask_to_save(actor=actor, staged=staged, now=now)
    save_staged(actor=actor, staged=staged, now=now)
    return None


def _read(
    registration: UnitRegistration, content: bytes, name: str, *, max_rows: int
) -> StagedSheet:
    sheet = read_sheet(content, name, max_bytes=MOST_BYTES, max_rows=max_rows)
    return staged_sheet(sheet, required=plan_of(registration.contest).registration.required)


@transaction.atomic
def _ask_to_read(
    *,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    file_name: str,
    content: bytes,
    now: datetime,
) -> Job:
    """Keep a long list as it was sent and have it read, in the place of an earlier one."""
    hold_open(registration, form_key, now)
    SentFile.objects.filter(registration=registration, form=form_key).delete()
    sealed = vault().seal("sent_file", content)
    sent = SentFile.objects.create(
        registration=registration,
        form=form_key,
        file_name=file_name[-LONGEST_FILE_NAME:],
        cipher=sealed.cipher,
        key_id=sealed.key_id,
        sent_at=now,
    )
    sent.job = _ask(READ_LIST, actor, registration, form_key, now, file=sent.pk)
    sent.save(update_fields=["job"])
    return sent.job


@transaction.atomic
def _ask_to_save(*, actor: User, staged: StagedList, now: datetime) -> Job:
    """Have a long list saved as it is now; who asks twice gets the same job."""
    hold_open(staged.registration, staged.form, now)
    current = StagedList.objects.select_related("job").filter(pk=staged.pk).first()
    if current is None or current.version != staged.version:
        raise RuleViolation("list_changed")
    if current.job is not None and not current.job.is_over:
        return current.job
    current.job = _ask(
        *(SAVE_LIST, actor, staged.registration, staged.form, now),
        list=staged.pk,
        version=staged.version,
    )
    current.save(update_fields=["job"])
    return current.job


def _ask(
    kind: str,
    actor: User,
    registration: UnitRegistration,
    form_key: str,
    now: datetime,
    **what: int,
) -> Job:
    return ask(
        kind=kind,
        params={
            "contest": registration.contest.key,
            "unit": registration.unit.code,
            "form": form_key,
            "user": actor.pk,
            "at": now.isoformat(),
            **what,
        },
        requested_by=str(actor.pk),
        scope_kind=ScopeKind.UNIT,
        scope_id=str(registration.unit_id),
        now=now,
    )


def read_list(params: Mapping[str, Json], progress: Progress) -> None:
    """Read and check the sent `file`, on behalf of `user`, and leave it to be mended."""
    sent = _sent(params).select_related("registration__contest", "registration__unit").first()
    if sent is None:
        raise RuleViolation("file_replaced")
    registration = sent.registration
    sheet = _read(registration, open_sent(sent), sent.file_name, max_rows=MOST_ROWS)
    rows = len(sheet.rows)
    checked = check_sheet(registration, sent.form, sheet, lambda done: progress(done, rows))
    with transaction.atomic():
        hold_open(registration, sent.form, sent.sent_at)
        if not _sent(params).delete()[0]:
            raise RuleViolation("file_replaced")
        stage_list(
            actor=_actor(params),
            registration=registration,
            form_key=sent.form,
            file_name=sent.file_name,
            sheet=sheet,
            checked=checked,
            now=sent.sent_at,
        )
        progress.finish({"rows": rows})


def save_list(params: Mapping[str, Json], progress: Progress) -> None:
    """Save the staged `list` in that `version`, on behalf of `user`."""
    staged = (
        StagedList.objects.filter(pk=_number(params, "list"), version=_number(params, "version"))
        .select_related("registration__contest", "registration__unit")
        .first()
    )
    if staged is None:
        raise RuleViolation("list_changed")
    save_staged(
        actor=_actor(params),
        staged=staged,
        now=datetime.fromisoformat(str(params["at"])),
        tell=progress,
        settle=lambda: progress.finish({}),
    )


def _sent(params: Mapping[str, Json]) -> QuerySet[SentFile]:
    return SentFile.objects.filter(pk=_number(params, "file"))


def _actor(params: Mapping[str, Json]) -> User:
    return User.objects.get(pk=_number(params, "user"))


def _number(params: Mapping[str, Json], name: str) -> int:
    return int(str(params[name]))


def erase_file(params: Mapping[str, Json]) -> None:
    """What could not be read is not kept; that it was sent is."""
    _sent(params).update(cipher=None)


def register_jobs() -> None:
    """Called when the app is loaded."""
    register(READ_LIST, read_list, clear_up=erase_file)
    register(SAVE_LIST, save_list)
