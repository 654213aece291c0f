"""Judges' sheets → one mark of a part held on stage (docs/rules/judging.md).

A *sheet* holds one judge's marks of one team in one part, a mark for every criterion. Its *total*
is the sum of its marks, each times the weight of its criterion. Totals are combined into the mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Annotated, Literal

from msgspec import Meta

from hoithi.rules.marks import is_plain, round_marks
from hoithi.rules.shapes import Key, Label, Sentence, Strict

Method = Literal["mean", "trimmed_mean", "sum"]


class Criterion(Strict, frozen=True):
    """One line of a sheet."""

    key: Annotated[Key, Meta(description="names it for the machine")]
    label: Annotated[Label, Meta(description="shown to judges and on the paper sheet")]
    about: Annotated[Sentence, Meta(description="what is looked at, under the label; or empty")]
    maximum: Annotated[Decimal, Meta(description="the highest mark")]
    step: Annotated[Decimal, Meta(description="marks are multiples of it, such as 0.25 or 0.5")]
    weight: Annotated[Decimal, Meta(description="what the mark is multiplied by (hệ số); 1 leaves")]


class Judged(Strict, frozen=True):
    """How a part is marked by the jury.

    `sum` is the mean times the size of the panel that the plan announces, so that a team which one
    judge may not mark is neither better nor worse off for it.
    """

    method: Annotated[
        Method,
        Meta(
            description="of the judges' totals: their mean; the mean without one highest and one "
            "lowest; or their sum, where an absent judge counts as the mean of the others"
        ),
    ]
    trim_from: Annotated[
        int,
        Meta(
            ge=3,
            le=99,
            description="so many sheets or more lose their highest and lowest; fewer are all taken",
        ),
    ]
    fewest: Annotated[
        int, Meta(ge=1, le=99, description="a team needs so many sheets to have a mark at all")
    ]
    factor: Annotated[
        Decimal, Meta(description="what the combined total is multiplied by; 1 leaves it")
    ]
    places: Annotated[
        int, Meta(ge=0, le=2, description="decimals of the mark, rounded once, half up")
    ]
    far: Annotated[
        Decimal,
        Meta(
            description="a total that is further from the middle of the others than this is shown "
            "to the chair; nothing is changed by it; 0 shows none"
        ),
    ]
    criteria: list[Criterion]

    @property
    def highest(self) -> Decimal:
        """The highest total of one sheet."""
        return sum((each.maximum * each.weight for each in self.criteria), Decimal(0))


@dataclass(frozen=True, slots=True)
class Combined:
    """A mark and how it came about; judges by their ids.

    `dropped` are the lowest and the highest where those were left out, `far` whoever is to be shown
    to the chair, in the order of the sheets.
    """

    mark: Decimal
    totals: Mapping[str, Decimal]
    dropped: tuple[str, ...]
    far: tuple[str, ...]


def mark_flaw(criterion: Criterion, mark: Decimal) -> str:
    """Why a judge cannot give this mark: a code, or nothing."""
    if not is_plain(mark) or not 0 <= mark <= criterion.maximum:
        return "criterion_out_of_bounds"
    return "criterion_off_step" if mark % criterion.step else ""


def total(rule: Judged, marks: Mapping[str, Decimal]) -> Decimal:
    """The total of a sheet. Raises KeyError where a criterion has no mark."""
    return sum((marks[each.key] * each.weight for each in rule.criteria), Decimal(0))


def combine(rule: Judged, panel: int, sheets: Mapping[str, Mapping[str, Decimal]]) -> Combined:
    """The mark from the sheets of a panel of that size: judge → criterion → mark.

    Sheets that are missing are of judges who may not mark this team, or who abstained. Raises
    ValueError where there are fewer than the rule asks for.
    """
    if len(sheets) < rule.fewest:
        raise ValueError(f"{len(sheets)} sheets of {rule.fewest}")
    totals = {judge: total(rule, marks) for judge, marks in sheets.items()}
    dropped = _extremes(totals) if _is_trimmed(rule, len(totals)) else ()
    kept = [value for judge, value in totals.items() if judge not in dropped]
    times = rule.factor * (panel if rule.method == "sum" else 1)
    # Multiplied before it is divided: a third times three is one, and a half stays a half.
    combined = sum(kept, Decimal(0)) * times / len(kept)
    return Combined(
        mark=round_marks(combined, rule.places),
        totals=totals,
        dropped=dropped,
        far=tuple(judge for judge in totals if _is_far(rule, totals, judge)),
    )


def announced_panel(rule: Judged, maximum: Decimal) -> int:
    """The size of the panel for which a part has this highest mark; it matters to sums only.

    It is the plan's, not the day's: no mark changes when a judge leaves or joins.
    """
    return int(maximum / highest_mark(rule, 1)) if rule.method == "sum" else 1


def highest_mark(rule: Judged, panel: int) -> Decimal:
    """What a team can reach at most."""
    return rule.highest * rule.factor * (panel if rule.method == "sum" else 1)


def _is_trimmed(rule: Judged, sheets: int) -> bool:
    return rule.method == "trimmed_mean" and sheets >= rule.trim_from


def _extremes(totals: Mapping[str, Decimal]) -> tuple[str, str]:
    """Whose total is lowest and whose is highest; of equal ones the first id, then the last."""
    ordered = sorted(totals, key=lambda judge: (totals[judge], judge))
    return ordered[0], ordered[-1]


def _is_far(rule: Judged, totals: Mapping[str, Decimal], judge: str) -> bool:
    others: Sequence[Decimal] = [value for each, value in totals.items() if each != judge]
    if not rule.far or len(others) < 2:
        return False
    return abs(totals[judge] - median(others)) > rule.far


def rubric_flaws(rule: Judged) -> list[str]:
    """Codes of what contradicts itself in the rule of a part."""
    keys = [each.key for each in rule.criteria]
    found = []
    if not keys:
        found.append("criteria_missing")
    if len(set(keys)) != len(keys):
        found.append("criterion_twice")
    for each in rule.criteria:
        if each.maximum <= 0 or each.step <= 0 or each.weight <= 0:
            found.append(f"criterion_not_positive:{each.key}")
        elif each.maximum % each.step:
            found.append(f"maximum_off_step:{each.key}")
    if rule.factor <= 0:
        found.append("factor_not_positive")
    if rule.far < 0:
        found.append("far_below_zero")
    return found
