"""`python -m bench [MEASURE …]`: one table; a whole run is kept in `bench/results/latest.json`.

`--capacity` measures nothing: it writes the table of docs/operations.md anew from the kept run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.capacity import write_capacity
from bench.figures import Figure, table
from bench.machine import machine
from bench.measures import measures

LATEST = Path(__file__).parent / "results/latest.json"
OPERATIONS = Path(__file__).parents[1] / "docs/operations.md"


def main(wanted: Sequence[str]) -> int:
    """Exit code 1 when a figure misses its target, 2 when there is no such measure."""
    if list(wanted) == ["--capacity"]:
        write_capacity(LATEST, OPERATIONS)
        return 0
    known = measures()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such measure: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    began = time.perf_counter()
    figures: list[Figure] = []
    for name in wanted or known:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures += known[name]()
    here = machine()
    print(table(figures))
    print(", ".join(f"{name}: {value}" for name, value in here.items()))
    if not wanted:
        _keep(figures, here, time.perf_counter() - began)
        write_capacity(LATEST, OPERATIONS)
    return 0 if all(each.is_met for each in figures) else 1


def _keep(
    figures: Sequence[Figure], here: dict[str, str | int | float | bool], seconds: float
) -> None:
    run = {
        "machine": here,
        "seconds": round(seconds),
        "figures": {
            each.name: {
                "value": _rounded(each.value),
                "target": each.target,
                "better": each.better,
                "met": each.is_met if each.target is not None else None,
                "beside": {name: _rounded(value) for name, value in each.beside.items()},
            }
            for each in figures
        },
    }
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
