"""Handing out access codes: the slips of a unit, and the record that somebody took them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from hoithi.contests.models import Contest, Entrant
from hoithi.documents.render.slips import Slip
from hoithi.entries.actions.holding import log
from hoithi.entries.models import BY_NUMBER, Entry, EntryState
from hoithi.entries.queries import access_code_of
from hoithi.people.models import Unit, User
from hoithi.web.wording import moment


@transaction.atomic
def take_slips(*, actor: User, contest: Contest, unit: Unit, now: datetime) -> list[Slip]:
    """The slips of a unit's accepted persons in forms held in the hall, by number."""
    rounds = contest.rounds.filter(is_online=True, category__entrant=Entrant.PERSON)
    opens = {each.category_id: each.opens_at for each in rounds.order_by("-position")}
    entries = (
        Entry.objects.filter(
            contest=contest, unit=unit, state=EntryState.ACCEPTED, category__in=opens
        )
        .select_related("person", "contest")
        .order_by(*BY_NUMBER)
    )
    slips = [
        Slip(
            name=entry.person.name,
            unit=unit.name,
            number=entry.number,
            code=access_code_of(entry),
            hall_url=settings.HALL_URL,
            contest=contest.short_title,
            opens_text=gettext("Opens at %(moment)s")
            % {"moment": moment(opens[entry.category_id])},
            sample=entry.person.is_sample,
        )
        for entry in entries
        if entry.person is not None
    ]
    log(actor, "take_slips", f"unit:{unit.pk}", now, after={"slips": len(slips)})
    return slips
