"""Handing out access codes: the slips of a unit, and the record that somebody took them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from hoithi.audit.actions import record
from hoithi.contests.models import Contest, Entrant, Round
from hoithi.documents.render.slips import Slip
from hoithi.entries.models import BY_NUMBER, Entry, EntryState
from hoithi.entries.queries import access_code_of
from hoithi.exam.models import RosterLine, Sitting
from hoithi.people.models import Unit, User
from hoithi.web.wording import ZONE, day, moment


@transaction.atomic
def take_slips(*, actor: User, contest: Contest, unit: Unit, now: datetime) -> list[Slip]:
    """The slips of a unit's accepted persons in forms held in the hall, by number.

    A slip names the time of its holder's own sitting, or the window of their own. Who has none is
    told the time of the plan, unless a sitting has been published already: then nobody knows the
    time of the next one. Of several rounds it is the first that is not over.
    """
    rounds = list(
        contest.rounds.filter(is_online=True, category__entrant=Entrant.PERSON).order_by("position")
    )
    entries = list(
        Entry.objects.filter(
            contest=contest,
            unit=unit,
            state=EntryState.ACCEPTED,
            category__in=[each.category_id for each in rounds],
        )
        .select_related("person", "contest")
        .order_by(*BY_NUMBER)
    )
    seats = _seats(rounds, entries)
    slips = [
        Slip(
            name=entry.person.name,
            unit=unit.name,
            number=entry.number,
            code=access_code_of(entry),
            hall_url=settings.HALL_URL,
            contest=contest.short_title,
            opens_text=seats.opens_text(entry, now),
            sample=entry.person.is_sample,
        )
        for entry in entries
        if entry.person is not None
    ]
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="entries.take_slips",
        target=f"unit:{unit.pk}",
        now=now,
        after={"slips": len(slips)},
    )
    return slips


@dataclass(frozen=True, slots=True)
class _Seats:
    """Who sits where: the line of an entry in a round, and the rounds that have any sitting."""

    rounds: list[Round]
    of_entry: dict[tuple[int, int], RosterLine]
    published: frozenset[int]

    def opens_text(self, entry: Entry, now: datetime) -> str:
        """When the exam opens for somebody, in words."""
        rounds = [each for each in self.rounds if each.category_id == entry.category_id]
        each = next((each for each in rounds if now < self._end(entry, each, now)), rounds[-1])
        seat = self.of_entry.get((entry.pk, each.pk))
        if seat is None and each.pk in self.published:
            return gettext("The time of the sitting will be announced later")
        opens_at, closes_at = seat.time_at(now) if seat else (each.opens_at, each.closes_at)
        if seat is not None and seat.window == (opens_at, closes_at):
            since = moment(opens_at)
            if day(opens_at) == day(closes_at):
                since = f"{opens_at.astimezone(ZONE):%Hh%M}"
            own = {"since": since, "until": moment(closes_at)}
            return gettext("Window of your own: %(since)s to %(until)s") % own
        return gettext("Opens at %(moment)s") % {"moment": moment(opens_at)}

    def _end(self, entry: Entry, each: Round, now: datetime) -> datetime:
        seat = self.of_entry.get((entry.pk, each.pk))
        return seat.time_at(now)[1] if seat is not None else each.closes_at


def _seats(rounds: list[Round], entries: Iterable[Entry]) -> _Seats:
    """Two queries."""
    lines = RosterLine.objects.standing().filter(sitting__round__in=rounds, entry__in=entries)
    sittings = Sitting.objects.standing().filter(round__in=rounds)
    return _Seats(
        rounds,
        {
            (line.entry_id, line.sitting.round_id): line
            for line in lines.select_related("sitting").order_by("sitting")
        },
        frozenset(sittings.values_list("round", flat=True)),
    )
