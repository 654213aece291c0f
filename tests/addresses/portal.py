"""The public site: everybody reads the same."""

from __future__ import annotations

from tests import factories
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.portal.scene import certificate, online_round, publish_online, record

PAGE = Row(get="200 ...", post="405 ...")
ROWS = {
    "portal:fingerprints": Row(get="200 ...", post="405 ..."),
    "portal:bundle": Row(get="302 ...", post="405 ..."),
    "portal:chain_heads": PAGE,
    "portal:check": PAGE,
    "portal:front": PAGE,
    "portal:hall": Row(get="302 ...", post="405 ..."),
    "portal:home": PAGE,
    "portal:issued_paper": PAGE,
    "portal:name_complaint": Row(get="405 ...", post="302 ..."),
    "portal:own_result": Row(get="200 ...", post="200 ..."),
    "portal:results": PAGE,
    "portal:results_version": PAGE,
    "portal:trust": PAGE,
    "portal:units": PAGE,
    "portal:units_version": PAGE,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """A round of ours with one published version; theirs has none."""
    entry = factories.entry(scene.ours, scene.unit.code, "Lê Thị Mẫu", "CONG-0001")
    record(scene.ours, (entry, "30", 60_000))
    publication = publish_online(scene.ours, scene.people["organiser"])
    their_round = scene.theirs.rounds.order_by("position")[0]
    return {
        "code": Pair(certificate().check_code, "AAAAAAAAAAAA"),
        "each": Pair(online_round(scene.ours).key, their_round.key),
        "number": Pair(publication.number, publication.number + 1),
    }
