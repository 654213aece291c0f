"""What happens inside two installations, each in a process of its own (tests/races.py)."""

from __future__ import annotations

import re

from hoithi.contests.models import Round
from hoithi.documents.render.decree import paper_pdf
from hoithi.people.models import Role, User
from hoithi.results.actions import publish
from hoithi.stage.models import Stage
from hoithi.stage.records import minutes_of
from tests import factories
from tests.documents.render.reading import page_texts
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


def minutes() -> dict[str, object]:
    """The check code that is printed for signatures."""
    text = " ".join(page_texts(paper_pdf(minutes_of(Stage.objects.get()))))
    (check,) = re.findall(r"tệp kết quả gửi tỉnh: ([0-9A-F ]+)\.", text)
    return {"check": check}


def published() -> dict[str, object]:
    """The province publishes what it has taken."""
    each = Round.objects.select_related("contest", "category").get(key="truc-tiep")
    chair = User.objects.get(name="Trưởng ban")
    publication = publish(actor=chair, each=each, reason="", now=factories.now())
    return {"rows": [[row["number"], row["points"]] for row in publication.content["rows"]]}
