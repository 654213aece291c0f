"""What a measure answers, and the table it is shown in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its target, where it has one.

    A target is the least value for `better="higher"`, and what the value must stay below for
    `better="lower"`; so a count that has to be 0 has the target 1. `beside` holds absolute figures
    of the same runs, name and unit together.
    """

    name: str
    value: float
    target: float | None
    better: Literal["higher", "lower"]
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        if self.better == "higher":
            return self.value >= self.target
        return self.value < self.target


def table(figures: Iterable[Figure]) -> str:
    """One line a figure; absolute figures are of this machine and only there to compare runs."""
    lines = [f"{'figure':<26}{'value':>10}  {'target':<9}{'met':<5}beside"]
    for each in figures:
        beside = ", ".join(f"{name} {value:,.6g}" for name, value in each.beside.items())
        lines.append(f"{each.name:<26}{each.value:>10.3f}  {_target(each):<14}{beside}")
    return "\n".join(lines)


def _target(figure: Figure) -> str:
    if figure.target is None:
        return "–"
    sign = "≥" if figure.better == "higher" else "<"
    return f"{sign} {figure.target:<7g}{'yes' if figure.is_met else 'no':<5}"
