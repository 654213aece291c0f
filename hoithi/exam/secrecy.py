"""Until when the questions and keys of a package stay closed (docs/decisions/0003).

They are open when the last round that may use any of its questions has closed: rounds of a contest
draw from one bank, and whoever reads the keys of the first has those of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.contests.queries import online_plan
from hoithi.exam.models import Package, PackageState, RosterLine, Sitting


@dataclass(frozen=True, slots=True)
class Secrecy:
    """What keeps a package closed: a round, and when that one is over as far as is known."""

    round: str
    until: datetime


def secrecy_of(package: Package, now: datetime) -> Secrecy | None:
    """The last round that may still use a question of the package; none once it is open.

    A package that nobody has sat is not open: its own round, or the one that follows it, counts
    too. Three queries, one more for each round that is still to be held.
    """
    last = max(_users(package, now), key=lambda each: each.until, default=None)
    if last is None and not package.sittings.standing().exists():
        return Secrecy(package.round.name, package.round.closes_at)
    return last


def _users(package: Package, now: datetime) -> Iterator[Secrecy]:
    """Sittings that are not collected, and official rounds to come, with one of its questions.

    Practice on questions that others have read harms nobody.
    """
    sittings = Sitting.objects.standing().filter(
        Q(round__purpose=Purpose.OFFICIAL) | Q(package=package),
        collected_at=None,
        package__items__version__item__in=package.items.values("version__item"),
    )
    windows = RosterLine.objects.filter(sitting=OuterRef("pk"), window_opens_at__isnull=False)
    last = windows.order_by("-window_closes_at").values("window_closes_at")[:1]
    for sitting in sittings.select_related("round").annotate(last=Subquery(last)).distinct():
        yield Secrecy(sitting.round.name, max(sitting.closes_at, sitting.last or sitting.closes_at))
    to_come = (
        Round.objects.filter(
            contest=package.round.contest_id,
            is_online=True,
            purpose=Purpose.OFFICIAL,
            closes_at__gt=now,
        )
        .exclude(sittings__in=Sitting.objects.standing())
        .select_related("contest")
    )
    for each in to_come:
        if _may_draw(each, package):
            yield Secrecy(each.name, each.closes_at)


def _may_draw(each: Round, package: Package) -> bool:
    """Whether a round that nobody has sat can get questions of a package.

    What it has sealed says so; before that, any question of a topic and level that it draws from.
    """
    items = package.items.order_by()
    sealed = Package.objects.filter(round=each, state=PackageState.SEALED).first()
    if sealed is not None:
        return items.filter(version__item__in=sealed.items.values("version__item")).exists()
    wanted = {(part.topic, part.level) for part in online_plan(each).paper}
    there = items.values_list("version__topic", "version__level").distinct()
    return any((topic, level) in wanted or (topic, "") in wanted for topic, level in there)


def is_collected(package: Package) -> bool:
    """Whether somebody sat the package and every sitting of it has been collected.

    Then its keys may be opened for grading, and the committee may read them to rule on a question.
    """
    sittings = package.sittings.standing()
    return sittings.exists() and not sittings.filter(collected_at=None).exists()


def closed_rounds(contest: Contest, now: datetime) -> list[tuple[Round, Secrecy]]:
    """The official rounds whose sealed questions are not open yet, in the order of the plan."""
    found = []
    for package in Package.objects.filter(
        round__contest=contest, round__purpose=Purpose.OFFICIAL, state=PackageState.SEALED
    ).select_related("round"):
        secrecy = secrecy_of(package, now)
        if secrecy is not None:
            found.append((package.round, secrecy))
    return sorted(found, key=lambda each: each[0].position)
