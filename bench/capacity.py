"""How many cores, how much memory and network so many contestants need: computed, not measured.

One core's figures of the kept run, with halls and PostgreSQL sharing it, are multiplied; the text
says what that leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import msgspec

CONTESTANTS = (10_000, 1_000_000, 10_000_000)
STARTS_WITHIN_S = (10, 600)
ITEMS = 30
MINUTES = 20
BUSY = 0.6
_TEXT = """\
Computed by `bench/capacity.py` from `bench/results/latest.json`: one core did {starts} starts
({store}) or {saves} saves (PostgreSQL) a second, hall and database together on it; the machine had
{cores} cores, the load on the other. {nodes} {rush}

| contestants | all start within | starts/s | saves/s | cores | papers, Mbit/s | memory of a hall |
|---:|---:|---:|---:|---:|---:|---:|
{rows}

Cores are those of halls and database together. Assumed: to enter costs as much as to start (it
costs less), {items} saves a person, evenly over {minutes} minutes, while the last still start; a
core is kept {busy} busy; cores are as fast as the one measured, and twice as many do twice as much.
The last is **not** so for ever: it was measured up to two halls on one PostgreSQL, and one server
writes one log. So rows of more than a few dozen cores say what work there is, not that one database
can take it. Memory is that of open attempts; every hall holds all of them. Left out: pulses, TLS of
the proxy, standbys, the disk, and how long people wait while all come at once. The machine is small
and shared, and the load generator took its share of it: measure yours (`make bench`).
"""
BEGIN = "<!-- capacity: written by `python -m bench --capacity` -->\n"
END = "<!-- /capacity -->\n"


class KeptFigure(msgspec.Struct):
    """A figure of the kept run."""

    value: float
    beside: dict[str, float]


class KeptRun(msgspec.Struct):
    """A run as `bench/results/latest.json` has it."""

    machine: dict[str, int | float | bool | str]
    figures: dict[str, KeptFigure]


@dataclass(frozen=True, slots=True)
class Need:
    """What so many contestants need at the busiest moment."""

    contestants: int
    starts_within_s: int
    starts_per_s: float
    saves_per_s: float
    cores: int
    start_mbit_per_s: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What one core does in a second, hall and database together; a start's bytes, and on which
    store starts were measured."""

    starts: float
    saves: float
    start_bytes: float
    store: str = "PostgreSQL"


def rates_of(run: KeptRun) -> Rates:
    """The figures of the kept run that the table rests on; older runs started on SQLite only."""
    save = run.figures["save_ratio_postgres"].beside["saves/s"]
    start, store = run.figures.get("start_ratio_postgres"), "PostgreSQL"
    if start is None:
        start, store = run.figures["start_ratio_sqlite"], "SQLite"
    return Rates(start.beside["starts/s"], save, start.beside["reply bytes"], store)


def need(contestants: int, starts_within_s: int, rates: Rates) -> Need:
    """Everybody enters and starts within that time, then answers every item once while the exam
    lasts. Both overlap once the first have begun, so they are added up.
    """
    starts = contestants / starts_within_s
    saves = contestants * ITEMS / (MINUTES * 60)
    work = 2 * starts / rates.starts + saves / rates.saves
    return Need(
        contestants,
        starts_within_s,
        starts,
        saves,
        ceil(work / BUSY),
        starts * rates.start_bytes * 8 / 1_000_000,
    )


def capacity(run: KeptRun) -> str:
    """The table with what it rests on, in Markdown."""
    rates = rates_of(run)
    needs = [
        need(contestants, within, rates)
        for contestants in CONTESTANTS
        for within in STARTS_WITHIN_S
    ]
    return _TEXT.format(
        starts=_round(rates.starts),
        saves=_round(rates.saves),
        store=rates.store,
        cores=run.machine["cores"],
        nodes=_nodes(run.figures),
        rush=_rush(run.figures),
        rows="\n".join(_row(each, run.figures) for each in needs),
        items=ITEMS,
        minutes=MINUTES,
        busy=f"{BUSY:.0%}",
    )


def _row(each: Need, figures: Mapping[str, KeptFigure]) -> str:
    cells = (
        f"{each.contestants:,}",
        f"{each.starts_within_s} s",
        _round(each.starts_per_s),
        _round(each.saves_per_s),
        f"{each.cores:,}",
        _round(each.start_mbit_per_s),
        _memory(figures, each.contestants),
    )
    return f"| {' | '.join(cells)} |"


def _nodes(figures: Mapping[str, KeptFigure]) -> str:
    one, two = (figures.get(f"nodes_{count}_saves_per_s") for count in (1, 2))
    if one is None or two is None:
        return "One and two halls side by side are not in this run."
    return (
        f"One hall on all cores stored {_round(one.value)}, two {_round(two.value)} saves a second."
    )


def _rush(figures: Mapping[str, KeptFigure]) -> str:
    """What the first row came to when it was played, on SQLite, by people and not by rates."""
    errors, slowest = figures.get("rush_10k_errors"), figures.get("rush_10k_p99_ms")
    if errors is None or slowest is None:
        return "The first row was not played in this run."
    return (
        f"The first row was played as well, on SQLite: {errors.value:.0f} errors, and one in a "
        f"hundred waited {_round(slowest.value)} ms or longer."
    )


def _memory(figures: Mapping[str, KeptFigure], contestants: int) -> str:
    measured = figures.get("memory_mb_per_10k_attempts")
    if measured is None:
        return "not in this run"
    megabytes = measured.value * contestants / 10_000
    return f"{_round(megabytes)} MB" if megabytes < 1000 else f"{_round(megabytes / 1000)} GB"


def _round(value: float) -> str:
    """Two figures that count, with commas between thousands."""
    if value < 100:
        return f"{value:.2g}"
    return f"{int(float(f'{value:.2g}')):,}"


def write_capacity(run: Path, document: Path) -> None:
    """Put the table of a kept run in its place in the document."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = capacity(msgspec.json.decode(run.read_bytes(), type=KeptRun))
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
