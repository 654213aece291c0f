"""How a contestant or a team is written, once somebody with a right to it has said otherwise."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.entries.actions.holding import log
from hoithi.entries.models import Entry, Person, Team
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import fold, given_name, is_name, name_sort_key, tidy


@transaction.atomic
def rename_entrant(*, actor: User, entry: Entry, name: str, now: datetime) -> str:
    """Write a name as its bearer does; answers how it is stored from now on.

    The given name that somebody chose stays where the new name has it too. The log says that it
    was done and not what the names are: whoever calls keeps both. Raises RuleViolation `name_form`.
    """
    clean = tidy(name)
    if not is_name(clean):
        raise RuleViolation("name_form")
    if entry.person is not None:
        chosen = entry.person.given_name
        given = chosen if chosen in clean.split() else given_name(clean)
        Person.objects.filter(pk=entry.person.pk).update(
            name=clean,
            given_name=given,
            folded_name=fold(clean),
            sort_key=name_sort_key(clean, given),
        )
        entry.person.refresh_from_db()
    elif entry.team is not None:
        Team.objects.filter(pk=entry.team.pk).update(name=clean)
        entry.team.refresh_from_db()
    log(actor, "rename", f"entry:{entry.public_id}", now)
    return clean
