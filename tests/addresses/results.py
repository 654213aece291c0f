"""The result of a round, for those who decide on it."""

from __future__ import annotations

from tests.addresses import Pair, Row
from tests.addresses.scene import Scene

READ = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
ROWS = {
    "results:round": READ,
    "results:publish": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 200"
    ),
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
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """No certificate is issued yet, so any place is nobody's."""
    return {"results:certificate.place": Pair(1, 2)}
