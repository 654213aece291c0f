"""The collector rests while modules load, and only then."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hoithi.config.loading import collector_at_rest

SERVED = "import gc, hoithi.config.asgi; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"


def test_it_rests_while_something_loads_and_goes_on_whatever_comes_of_it() -> None:
    with pytest.raises(ImportError), collector_at_rest():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()


def test_a_desk_that_serves_collects_and_leaves_what_it_has_loaded_alone(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", SERVED],
        env=os.environ | {"HOITHI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True True\n"
