"""What happens inside two installations, each in a process of its own (tests/races.py)."""

from __future__ import annotations

from hoithi.contests.models import Round
from hoithi.people.models import Role, User
from hoithi.results.actions import publish
from tests import factories
from tests.results.units_scene import hold_day, opened_day, province


def prepared() -> dict[str, object]:
    """The province with a team of three units."""
    made = province()
    return {"teams": sorted(made.teams)}


def held() -> dict[str, object]:
    """A unit's day on its own laptop, by the two whom the command let in."""
    each = Round.objects.select_related("contest", "category").get(key="truc-tiep")
    chair, member = User.objects.order_by("id")
    secretary = factories.user("Thư ký huyện", each.contest.key, Role.ORGANISER)
    day = opened_day(each, secretary, chair, member)
    hold_day(day)
    return {"teams": len(day.teams)}


def published() -> dict[str, object]:
    """The province publishes what it has taken."""
    each = Round.objects.select_related("contest", "category").get(key="truc-tiep")
    chair = User.objects.get(name="Trưởng ban")
    publication = publish(actor=chair, each=each, reason="", now=factories.now())
    return {"rows": [[row["number"], row["points"]] for row in publication.content["rows"]]}
