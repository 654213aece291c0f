"""The result of a round, for those who decide on it."""

from __future__ import annotations

from hoithi.contests.models import Contest
from hoithi.people.models import Approval, ScopeKind, User
from hoithi.results.actions import complain_about_name
from hoithi.results.collective import (
    collective_content,
    collective_proposal,
    published_collective,
)
from hoithi.results.models import CollectivePublication, Motion
from hoithi.verify.bundle import fingerprint
from tests import factories
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene

READ = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
DECIDE = Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302")
# The round of the walk is held online and has neither minutes nor a tie.
NO_MINUTES = Row(get="signin 403 404 403 403 404 404", post="signin 403 405 403 403 405 405")
NOTHING_TO_DECIDE = Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 404")
# Nor do units hold it.
NO_UNITS_TO_RUN = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 404 404")
NO_UNITS_FILE = Row(get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 405 405")
ANSWER = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 200 200")
# Everybody takes part in the round of the walk, which has no side prizes either.
NO_LINEUP = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 404 404")
ROWS = {
    "results:home": READ,
    "results:names": READ,
    "results:name": READ,
    "results:correct_name": ANSWER,
    "results:refuse_name": ANSWER,
    "results:collective": READ,
    "results:unit_tie": NOTHING_TO_DECIDE,
    "results:publish_collective": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
    "results:collective_version": READ,
    "results:collective_pdf": READ,
    "results:collective_workbook": READ,
    "results:round": READ,
    "results:tie": NOTHING_TO_DECIDE,
    "results:publish": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
    "results:choose": NOTHING_TO_DECIDE,
    "results:lineup": NO_MINUTES,
    "results:lineup_fix": NO_LINEUP,
    "results:lineup_draw": NO_LINEUP,
    "results:lineup_hand": NO_LINEUP,
    "results:lineup_leave": NOTHING_TO_DECIDE,
    "results:lineup_void": NOTHING_TO_DECIDE,
    "results:lineup_keep": NOTHING_TO_DECIDE,
    "results:lineup_cut": NOTHING_TO_DECIDE,
    "results:minutes": NO_MINUTES,
    "results:enter_minutes": NOTHING_TO_DECIDE,
    "results:scan": NO_MINUTES,
    "results:attach_copy": Row(
        get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 404 404"
    ),
    "results:units": NO_MINUTES,
    "results:take_unit": NO_UNITS_TO_RUN,
    "results:unit": NO_MINUTES,
    "results:make_kit": NO_UNITS_TO_RUN,
    "results:replace_unit": NO_UNITS_TO_RUN,
    "results:kit": NO_UNITS_FILE,
    "results:unit_file": NO_MINUTES,
    "results:send": NO_MINUTES,
    "results:sent": NO_UNITS_FILE,
    "results:version": READ,
    "results:papers": READ,
    "results:print": Row(
        get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 302 302"
    ),
    "results:all_certificates": Row(
        get="signin 403 404 403 403 404 404", post="signin 403 405 403 403 405 405"
    ),
    "results:certificate": Row(
        get="signin 403 404 403 403 404 404", post="signin 403 405 403 403 405 405"
    ),
    "results:list_pdf": READ,
    "results:list_workbook": READ,
    "results:second": DECIDE,
    "results:refuse": DECIDE,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """What waits for a second person or an answer in each contest, and a table of our units."""
    _published_table(scene.ours)
    return {
        "prize": Pair("khong-co", "khong-co-nua"),  # a side prize: there is none
        "place": Pair(1, 2),  # a tie, or a certificate: there is none
        "sha256": Pair("0" * 64, "1" * 64),
        "kit": Pair("0" * 32, "1" * 32),
        "complaint": Pair(
            _complaint(scene.ours, scene.unit.code), _complaint(scene.theirs, scene.their_unit.code)
        ),
        "motion": Pair(
            _motion(scene.ours, scene.people["committee"]).pk,
            _motion(scene.theirs, scene.their_organiser).pk,
        ),
    }


def _motion(contest: Contest, first: User) -> Motion:
    approval = Approval.objects.create(
        kind="tie",
        scope_kind=ScopeKind.CONTEST,
        scope_id=contest.key,
        subject=f"contest:{contest.key}",
        subject_hash="0" * 64,
        first=first,
        first_at=factories.now(),
    )
    return Motion.objects.create(contest=contest, approval=approval, content={"order": []})


def _complaint(contest: Contest, unit: str) -> int:
    entry = factories.entry(contest, unit, "Hồ Văn Mẫu", "0009")
    return complain_about_name(entry=entry, said="Hồ Vân Mẫu", now=factories.now()).pk


def _published_table(contest: Contest) -> None:
    """As it was when only the online round was published; the live one has not been held."""
    content = collective_content(contest, collective_proposal(contest), {"truc-tuyen": 1})
    publication = CollectivePublication(
        contest=contest,
        number=1,
        content=content,
        published_by="Phan Văn Mẫu",
        published_at=factories.now(),
    )
    publication.sha256 = fingerprint(published_collective(publication))
    publication.save()
