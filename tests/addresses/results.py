"""The result of a round, for those who decide on it."""

from __future__ import annotations

from tests.addresses import Row

READ = Row(get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405")
ROWS = {
    "results:round": READ,
    "results:publish": Row(
        get="signin 403 403 403 403 403 405", post="signin 403 403 403 403 403 200"
    ),
    "results:version": READ,
}
