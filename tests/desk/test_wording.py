"""Every act that the log can hold has a name that people read."""

from __future__ import annotations

import re
from pathlib import Path

from hoithi.desk.wording import ACTS
from hoithi.hall.store.api import OrderKind

ROOMS = Path(__file__).parents[2] / "hoithi"


def test_every_act_has_a_name() -> None:
    written = {
        act
        for file in ROOMS.rglob("*.py")
        for act in re.findall(r'\baction="([a-z_]+(?:\.[a-z_]+)+)"', file.read_text())
    }
    assert len(written) > 20
    # What a room writes through a function of its own, which has the rest of the line.
    written |= {
        act
        for file in ROOMS.rglob("*.py")
        for act in re.findall(r'_record\([a-z_, \n]*"([a-z_]+\.[a-z_]+)"', file.read_text())
    }
    assert "lineup.keep" in written
    assert written - ACTS.keys() == set()
    kinds = {
        kind
        for file in ROOMS.rglob("*.py")
        for kind in re.findall(r'(?:\bkind=|_sign\(\w+, [a-z.]+, )"([a-z_]+)"', file.read_text())
    }
    signed = {f"approve.{kind}.{which}" for kind in kinds for which in ("first", "second")}
    assert signed - ACTS.keys() == set()
    assert {f"exam.order.{kind}" for kind in OrderKind} - ACTS.keys() == set()
