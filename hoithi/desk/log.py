"""The log of one contest: which entries are about it, and what they are about in words.

The log knows no contests: it has printed targets such as `sitting:` with an id. What belongs to a
contest is found from the other side, for the targets that the log really has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest
from hoithi.contests.queries import units_of
from hoithi.documents.models import Document
from hoithi.entries.models import Entry, Person
from hoithi.exam.models import Package, Sitting
from hoithi.people.models import Invitation, User

Words = Mapping[str, str]


def targets_of(contest: Contest) -> dict[str, str]:
    """Every target in the log that is about the contest, with its words. A dozen queries.

    People are named by their unit or number only: the log shows nobody's name but who acted.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for target in LogEntry.objects.order_by().values_list("target", flat=True).distinct():
        kind, _colon, rest = target.partition(":")
        ids[kind].add(rest)
    found = {}
    for kind, words_of in _KINDS.items():
        if ids[kind]:
            words = words_of(contest, ids[kind])
            found.update({f"{kind}:{each}": text for each, text in words.items()})
    return found


def _contests(contest: Contest, ids: Iterable[str]) -> Words:
    return {contest.key: contest.short_title} if contest.key in ids else {}


def _rounds(contest: Contest, _ids: Iterable[str]) -> Words:
    return {f"{contest.key}/{each.key}": each.name for each in contest.rounds.all()}


def _collections(contest: Contest, _ids: Iterable[str]) -> Words:
    """A bank is a contest's own when it bears its key."""
    return {contest.key: _("Bank of questions")}


def _series(contest: Contest, ids: Iterable[str]) -> Words:
    return {each: _("Papers") for each in ids if each.startswith(f"{contest.key}/")}


def _packages(contest: Contest, _ids: Iterable[str]) -> Words:
    rows = Package.objects.filter(round__contest=contest)
    return {
        public_id.hex: _("%(round)s: package %(number)s") % {"round": name, "number": number}
        for public_id, number, name in rows.values_list("public_id", "number", "round__name")
    }


def _sittings(contest: Contest, _ids: Iterable[str]) -> Words:
    rows = Sitting.objects.filter(round__contest=contest).values_list("public_id", "round__name")
    return {public_id.hex: _("%(round)s: sitting") % {"round": name} for public_id, name in rows}


def _registrations(contest: Contest, _ids: Iterable[str]) -> Words:
    rows = contest.registrations.order_by().values_list("pk", "unit__name")
    return {str(pk): _("Registration of %(unit)s") % {"unit": name} for pk, name in rows}


def _units(contest: Contest, _ids: Iterable[str]) -> Words:
    return {str(unit.pk): unit.name for unit in units_of(contest)}


def _entries(contest: Contest, ids: Iterable[str]) -> Words:
    """Old acts of the register have the public id with hyphens, all others without."""
    written: dict[UUID, list[str]] = defaultdict(list)
    for each in ids:
        written[UUID(each)].append(each)
    rows = Entry.objects.filter(contest=contest, public_id__in=list(written))
    return {
        form: _("Contestant %(number)s") % {"number": number or "–"}
        for public_id, number in rows.order_by().values_list("public_id", "number")
        for form in written[public_id]
    }


def _people(contest: Contest, ids: Iterable[str]) -> Words:
    rows = Person.objects.filter(contest=contest, pk__in=[int(each) for each in ids])
    return {
        str(pk): _("Somebody of %(unit)s") % {"unit": name}
        for pk, name in rows.order_by().values_list("pk", "unit__name")
    }


def _documents(contest: Contest, ids: Iterable[str]) -> Words:
    rows = Document.objects.filter(
        series__scope_id=contest.key, pk__in=[int(each) for each in ids]
    ).select_related("series")
    return {str(document.pk): str(document) for document in rows}


_KINDS: dict[str, Callable[[Contest, Iterable[str]], Words]] = {
    "contest": _contests,
    "round": _rounds,
    "collection": _collections,
    "series": _series,
    "package": _packages,
    "sitting": _sittings,
    "registration": _registrations,
    "unit": _units,
    "entry": _entries,
    "person": _people,
    "document": _documents,
}


def log_entries(
    contest: Contest, targets: Iterable[str], words: str, actions: Iterable[str]
) -> QuerySet[LogEntry]:
    """The log of a contest, newest first; with words, only who acted under that name, or one of
    the `actions`."""
    scopes = [f"contest:{contest.key}", *(f"unit:{unit.pk}" for unit in units_of(contest))]
    about = Q(target__in=list(targets))
    for scope in scopes:
        about |= Q(after__scope=scope) | Q(before__scope=scope)
    entries = LogEntry.objects.filter(about).order_by("-number")
    if words:
        entries = entries.filter(Q(actor_name__icontains=words) | Q(action__in=list(actions)))
    return entries


def staff_in(entries: Iterable[LogEntry]) -> dict[str, str]:
    """Whom some entries about rights are about, by target: names of staff. Two queries."""
    ids: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        kind, _colon, rest = entry.target.partition(":")
        if kind in ("user", "invitation") and rest.isdecimal():
            ids[kind].append(int(rest))
    users = User.objects.filter(pk__in=ids["user"])
    invited = Invitation.objects.filter(pk__in=ids["invitation"])
    return {f"user:{user.pk}": user.name for user in users} | {
        f"invitation:{letter.pk}": letter.name for letter in invited
    }
