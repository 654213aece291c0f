"""A round held online, for those who run it."""

from __future__ import annotations

from uuid import uuid4

from hoithi.contests.models import Contest, Round
from hoithi.exam.models import Package, Rehearsal, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import build_package
from tests import factories
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene

READ = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
RUN = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 302 302")
ORDER = Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 200 200")
# Questions are read only when their sittings are collected.
HIDDEN = Row(get="signin 403 404 403 403 404 404", post="signin 403 405 403 403 405 405")
NO_ROUND = Row(get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 404 404")
ROWS = {
    "exam:round": READ,
    "exam:build": RUN,
    "exam:package": READ,
    "exam:seal": Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"),
    "exam:withdraw": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 200"
    ),
    # The package of the table is a draft: nothing is being withdrawn.
    "exam:withdraw_again": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"
    ),
    "exam:items": HIDDEN,
    # A draft has no minutes.
    "exam:sealing_record": HIDDEN,
    "exam:rule": Row(get="signin 403 403 403 403 403 404", post="signin 403 403 403 403 403 404"),
    "exam:open": RUN,
    "exam:live": READ,
    "exam:sitting": READ,
    "exam:opening": ORDER,
    "exam:closing": ORDER,
    "exam:close_now": ORDER,
    "exam:minutes": ORDER,
    "exam:window": ORDER,
    "exam:person": READ,
    "exam:person_minutes": ORDER,
    "exam:person_window": ORDER,
    "exam:new_code": ORDER,
    "exam:attempts": READ,
    "exam:void": Row(get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 404 404"),
    "exam:incidents": READ,
    "exam:note_incident": Row(
        get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 200 200"
    ),
    "exam:rehearsals": READ,
    "exam:rehearse": Row(
        get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 200 200"
    ),
    "exam:rehearsal": READ,
    # It has been asked for, and has shown nothing yet.
    "exam:rehearsal_report": HIDDEN,
    "exam:stop_rehearsal": RUN,
    "exam:collect": RUN,
    "exam:flaws": Row(get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 302"),
    "exam:grade": RUN,
    "exam:likeness": Row(
        get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 405 405"
    ),
    "exam:compare": RUN,
    # Nothing was compared.
    "exam:pair": Row(get="signin 403 403 403 403 404 404", post="signin 403 403 403 403 404 404"),
    "exam:conduct": Row(
        get="signin 403 403 403 403 403 200", post="signin 403 403 403 403 403 405"
    ),
    # The round of the table is of the own pace.
    "exam:together": HIDDEN,
    "exam:press": Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 404 404"),
    "exam:cancel_question": NO_ROUND,
    "exam:end_round": NO_ROUND,
    "together:screen": Row(get="404 ...", post="405 ..."),
    "together:feed": Row(get="404 ...", post="405 ..."),
    "exam:slips": Row(get="signin 403 403 403 405 405 403", post="signin 403 403 403 200 200 403"),
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """A round of each contest with a package of its own number, and a sitting."""
    ours, theirs = _online(scene.ours), _online(scene.theirs)
    package = build_package(
        actor=scene.people["committee"],
        each=ours,
        collection=factories.bank(scene.ours),
        now=factories.now(),
    )
    their_package = _package(theirs, package)
    sitting, their_sitting = _sitting(package), _sitting(their_package)
    numbers = Pair(package.number, their_package.number)
    return {
        "round_key": Pair(ours.key, theirs.key),
        "exam:package.number": numbers,
        "exam:items.number": numbers,
        "exam:seal.number": numbers,
        "exam:sealing_record.number": numbers,
        "exam:withdraw.number": numbers,
        "exam:withdraw_again.number": numbers,
        "sitting": Pair(sitting.pk, their_sitting.pk),
        "sitting_id": Pair(sitting.public_id, their_sitting.public_id),
        "item": Pair(package.items.all()[0].item, "0" * 16),
        "rehearsal": Pair(_rehearsal(ours), _rehearsal(theirs)),
        "line": Pair(_line(sitting, scene).line, 8),
        # Attempts of people in the hall are in its journal, and no hall runs here.
        "attempt": Pair("0" * 32, "1" * 32),
        "first": Pair("0" * 32, "1" * 32),
        "second": Pair("2" * 32, "3" * 32),
    }


def _online(contest: Contest) -> Round:
    return contest.rounds.filter(is_online=True).order_by("position")[0]


def _package(each: Round, like: Package) -> Package:
    """Another contest's package; nobody of ours may read it, so its content is any."""
    return Package.objects.create(
        round=each,
        number=7,
        questions=bytes(like.questions),
        keys_cipher=b"",
        key_id="",
        questions_sha256="",
        keys_sha256="",
        commitment=uuid4().hex,
        built_by="theirs",
        built_at=factories.now(),
    )


def _sitting(package: Package) -> Sitting:
    """A sitting in the hall, without a line."""
    each = package.round
    return Sitting.objects.create(
        round=each,
        package=package,
        title=each.name,
        opens_at=each.opens_at,
        closes_at=each.closes_at,
        state=SittingState.PUBLISHED,
        roster_sha256="",
        published_by="theirs",
        published_at=factories.now(),
    )


def _rehearsal(each: Round) -> int:
    made = Rehearsal.objects.create(
        round=each,
        contestants=40,
        seconds=60,
        arriving_s=60,
        asked_by="Bình",
        asked_at=factories.now(),
    )
    return made.pk


def _line(sitting: Sitting, scene: Scene) -> RosterLine:
    entry = factories.entry(scene.ours, scene.unit.code, "Trần Thị Mẫu", "THI-0001")
    return RosterLine.objects.create(
        sitting=sitting, line=7, entry=entry, entry_key="0" * 32, code_tag="0" * 32
    )
