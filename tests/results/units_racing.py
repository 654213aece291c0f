"""Files of units that come in the same moment, in a process of its own (fixture `race`)."""

from __future__ import annotations

from functools import partial

from hoithi.results.models import RoundScore, UnitKit, UnitResult
from hoithi.rules.errors import RuleViolation
from tests.races import at_once
from tests.results.units_scene import Province, province


def files_at_once() -> dict[str, object]:
    """One unit's file three times and another unit's once; then two corrections of the first."""
    made = province()
    for unit in ("GN", "CJ"):
        made.kit(unit)
    first, other = made.file("GN"), made.file("CJ")
    told: list[object] = []
    errors = at_once(*(partial(_take, made, told, each) for each in (first, first, first, other)))
    corrections = [made.file("GN", marks=marks) for marks in ("16", "17")]
    replaced: list[object] = []
    errors += at_once(*(partial(_take, made, replaced, each, "Sửa") for each in corrections))
    standing = RoundScore.objects.filter(round=made.round, voided_at=None)
    return {
        "errors": errors,
        "told": sorted(map(str, told)),
        "replaced": sorted(map(str, replaced)),
        "standing": sorted(
            UnitResult.objects.filter(voided_at=None).values_list("unit__code", flat=True)
        ),
        "results": UnitResult.objects.count(),
        "scores": sorted(standing.values_list("entry__number", flat=True)),
    }


def kits_at_once() -> dict[str, object]:
    """Two make the first kit of a unit."""
    made = province()
    told: list[object] = []

    def make() -> None:
        try:
            made.kit("GN")
            told.append("made")
        except RuleViolation as violation:
            told.append(violation.code)

    errors = at_once(make, make)
    return {
        "errors": errors,
        "told": sorted(map(str, told)),
        "kits": UnitKit.objects.filter(voided_at=None).count(),
    }


def _take(made: Province, told: list[object], file: bytes, reason: str = "") -> None:
    try:
        told.append(made.take(file, reason))
    except RuleViolation as violation:
        told.append(violation.code)
