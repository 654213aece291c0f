"""The bundle that is measured is one that fits, so that nothing is left out of the measure."""

from __future__ import annotations

from pathlib import Path

from bench.large_bundle import ANSWERS, write_large_bundle
from hoithi.verify.checks import examine


def test_a_large_bundle_fits_and_has_as_many_attempts_as_were_asked_for(tmp_path: Path) -> None:
    """So many that both writers have several batches."""
    write_large_bundle(tmp_path / "b.zip", 600)
    report = examine(tmp_path / "b.zip")
    assert report.findings == []
    assert len(report.attempts) == 600
    assert {len(each.facts.answers) for each in report.attempts} == {ANSWERS}
    assert report.values is not None
    (sitting,) = report.values.rounds["truc-tuyen"].sittings.values()
    assert sitting.closing is not None
    assert [head.batch for head in sitting.closing.heads] == [3, 3]
