"""What belongs to the installation and to no room."""

from __future__ import annotations

from tests.addresses import Row

ROWS = {
    "health": Row(get="200 ...", post="405 ..."),
}
