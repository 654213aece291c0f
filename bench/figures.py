"""What a measure answers, and the table it is shown in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its target.

    A target is the least value for `better="higher"`, and what the value must stay below for
    `better="lower"`. `beside` holds absolute figures of the same runs, name and unit together.
    """

    name: str
    value: float
    target: float
    better: Literal["higher", "lower"]
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        if self.better == "higher":
            return self.value >= self.target
        return self.value < self.target


def table(figures: Iterable[Figure]) -> str:
    """One line a figure; absolute figures are of this machine and only there to compare runs."""
    lines = [f"{'figure':<24}{'value':>10}  {'target':<9}{'met':<5}beside"]
    for each in figures:
        sign = "≥" if each.better == "higher" else "<"
        beside = ", ".join(f"{name} {value:,.6g}" for name, value in each.beside.items())
        met = "yes" if each.is_met else "no"
        lines.append(
            f"{each.name:<24}{each.value:>10.3f}  {sign} {each.target:<7g}{met:<5}{beside}"
        )
    return "\n".join(lines)
