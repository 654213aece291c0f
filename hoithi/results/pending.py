"""What two people decide about a round: what still waits for the second, and rulings on items."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from hoithi.contests.models import Contest, PlanVersion, Round
from hoithi.contests.plan.changes import changes
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.queries import plan_of, plan_version_of
from hoithi.results.models import Grading, Motion, Ruling

# What two people decide about the teams of a round, beside the order of equal ones.
KEEPING = "lineup_keep"
OF_LINEUPS = ("leaving", "lineup_void", KEEPING)
# Points beside the marks of a round on stage: they wait here, and are confirmed there.
OF_POINTS = "stage_points"
# What grading works out: the rest of a plan (places, prizes) is heeded when a result is proposed.
_MARKING = ("].online", "].requirement")


def rulings_in(each: Round) -> list[Ruling]:
    """What was decided about items of a round, with who signed. One query."""
    return list(
        Ruling.objects.filter(round=each)
        .select_related("approval__first", "approval__second")
        .order_by("id")
    )


def is_grading_outdated(each: Round) -> bool:
    """Whether something was ruled, or a rule of marking changed by two people, that the scores
    which stand do not heed. Three queries, one more after a change of the plan."""
    made = set(Ruling.objects.filter(round=each).values_list("pk", flat=True))
    graded = newest_grading(each)
    if graded is None:
        return bool(made)
    return not made <= set(graded.rulings) or _is_marked_otherwise(each, graded)


def _is_marked_otherwise(each: Round, graded: Grading) -> bool:
    if graded.plan_id in (None, plan_version_of(each.contest).pk):
        return False
    then = parse_plan(PlanVersion.objects.get(pk=graded.plan_id).text.encode())
    found = changes(then, plan_of(each.contest), {each.key})
    return any(part in change.key for change in found for part in _MARKING)


def newest_grading(each: Round) -> Grading | None:
    """What the scores that stand of a round held online rest on. One query."""
    return Grading.objects.filter(round=each).order_by("-pk").first()


def rulings_under(grading: Grading | None) -> list[Ruling]:
    """The rulings that a grading heeds, in the order they were made. One query."""
    if grading is None:
        return []
    return list(
        Ruling.objects.filter(round=grading.round_id, pk__in=grading.rulings)
        .select_related("approval")
        .order_by("pk")
    )


def open_motions(each: Round) -> list[Motion]:
    """What waits for a second person in a round, oldest first. One query."""
    return list(_open().filter(round=each))


def open_motions_about_units(contest: Contest) -> list[Motion]:
    """What waits for a second person about the table of units, oldest first. One query."""
    return list(_open().filter(contest=contest, round=None))


def _open() -> QuerySet[Motion]:
    return (
        Motion.objects.filter(approval__second=None, approval__refused_at=None)
        .select_related("approval__first", "contest", "round__contest")
        .order_by("id")
    )


def motion_by_id(contest: Contest, pk: int) -> Motion:
    """A motion of this contest, open or closed. Raises Http404."""
    motion = (
        Motion.objects.filter(contest=contest, pk=pk)
        .select_related("approval__first", "contest", "round__contest")
        .first()
    )
    if motion is None:
        raise Http404
    return motion
