"""Prizes of all rounds together and the table of units, honest and then changed one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.plan.schema import Plan
from hoithi.rules.regulation import FORMAT, Regulation, Requirement, Segment
from hoithi.verify.bundle import BundleWriter
from hoithi.verify.checks import verify
from hoithi.verify.contest import (
    ContestRecord,
    PublishedCollective,
    PublishedUnit,
    RoundLine,
    UnitLine,
)
from hoithi.verify.findings import SENTENCES
from hoithi.verify.results import (
    Published,
    PublishedAward,
    PublishedPlace,
    Recorded,
    RecordedEntry,
)
from tests.golden import two_rounds as case

ROOT = Path(__file__).parents[2]


def quang_nam() -> Plan:
    return parse_plan((ROOT / "plans/quangnam-2022/contest.toml").read_bytes())


PLAN = quang_nam()
COLLECTIVE = PLAN.rules.collective
assert COLLECTIVE is not None


def regulation(key: str) -> Regulation:
    """The prizes of the plan, over marks of one part."""
    return Regulation(
        format=FORMAT,
        round=key,
        online=None,
        segments=[Segment("thi", "Bài thi", Decimal(300))],
        ranking=["points"],
        requirement=Requirement(all_correct=False, minimum_points=Decimal(0)),
        prizes=PLAN.round(key).prizes,
    )


def recorded(key: str) -> Recorded:
    return Recorded(
        "2022-10-14",
        "00" * 32,
        [
            RecordedEntry(who, case.UNIT_OF[who], who in case.BARRED, {"thi": Decimal(points)})
            for who, points in case.POINTS[key].items()
        ],
    )


def published(key: str) -> Published:
    return Published(
        1,
        [
            PublishedPlace(who, place, "points" if place > 1 else "", f"{case.POINTS[key][who]}.00")
            for place, who, _, _ in case.TABLES[key]
        ],
        [PublishedAward(who, prize, place) for place, who, prize, _ in case.TABLES[key] if prize],
    )


@dataclass(frozen=True)
class Parts:
    """What the bundle is made of."""

    record: ContestRecord
    rounds: dict[str, tuple[Recorded, Published]]
    units: tuple[PublishedUnit, ...]
    others: dict[str, bytes] = field(default_factory=dict)


HONEST = Parts(
    record=ContestRecord(
        format="hoithi/contest/1",
        rounds=[RoundLine("dot-1", "person"), RoundLine("dot-2", "person")],
        units=[UnitLine(code, headcount) for code, headcount in case.HEADCOUNTS.items()],
        one_prize=PLAN.rules.one_prize,
        collective=COLLECTIVE,
        same_person=[],
        decisions=[],
    ),
    rounds={key: (recorded(key), published(key)) for key in case.POINTS},
    units=tuple(
        PublishedUnit(unit, place, decided_by, people, percent, score, prize)
        for place, unit, people, percent, score, decided_by, prize in case.UNITS
    ),
)


def write(path: Path, parts: Parts) -> Path:
    writer = BundleWriter(path, "quangnam-2022")
    for key, (minutes, results) in parts.rounds.items():
        writer.add_struct(f"rounds/{key}/regulation.json", regulation(key))
        writer.add_struct(f"rounds/{key}/recorded.json", minutes)
        writer.add_struct(f"rounds/{key}/published.json", results)
    writer.add_struct("contest.json", parts.record)
    if parts.units:
        writer.add_struct("collective.json", PublishedCollective(1, list(parts.units)))
    for name, content in parts.others.items():
        writer.add(name, content)
    writer.close()
    return path


def found(path: Path, parts: Parts) -> list[tuple[str, str]]:
    return [(each.code, each.detail) for each in verify(write(path / "b.zip", parts))]


def rule(parts: Parts, **changes: object) -> Parts:
    return replace(parts, record=msgspec.structs.replace(parts.record, **changes))


def remarked(parts: Parts, key: str, who: str, points: int) -> Parts:
    """Other marks of somebody in the minutes."""
    minutes, results = parts.rounds[key]
    entries = [
        msgspec.structs.replace(each, marks={"thi": Decimal(points)}) if each.entry == who else each
        for each in minutes.entries
    ]
    changed = msgspec.structs.replace(minutes, entries=entries)
    return replace(parts, rounds={**parts.rounds, key: (changed, results)})


def awarded(parts: Parts, key: str, change: Callable[[list[PublishedAward]], object]) -> Parts:
    """Other awards in what was published."""
    minutes, results = parts.rounds[key]
    awards = list(results.awards)
    change(awards)
    changed = msgspec.structs.replace(results, awards=awards)
    return replace(parts, rounds={**parts.rounds, key: (minutes, changed)})


def without(parts: Parts, key: str) -> Parts:
    return replace(parts, rounds={name: each for name, each in parts.rounds.items() if name != key})


def with_unit(parts: Parts, code: str, **changes: object) -> Parts:
    units = tuple(
        msgspec.structs.replace(each, **changes) if each.unit == code else each
        for each in parts.units
    )
    return replace(parts, units=units)


def with_headcount(parts: Parts, code: str, headcount: int) -> Parts:
    units = [
        UnitLine(each.code, headcount if each.code == code else each.headcount)
        for each in parts.record.units
    ]
    return rule(parts, units=units)


def test_two_rounds_settled_together_and_the_units_fit(tmp_path: Path) -> None:
    assert found(tmp_path, HONEST) == []


def test_without_the_rule_of_one_prize_others_would_have_won(tmp_path: Path) -> None:
    """In the first round chi has ba and khanh nothing, em less; in the second an, em, khanh win."""
    assert found(tmp_path, replace(rule(HONEST, one_prize=None), units=())) == [
        ("awards_differ", "chi ba"),
        ("awards_differ", "em ba"),
        ("awards_differ", "em khuyen-khich"),
        ("awards_differ", "khanh khuyen-khich"),
        ("awards_differ", "an nhi"),
        ("awards_differ", "em khuyen-khich"),
        ("awards_differ", "khanh khuyen-khich"),
        ("awards_differ", "lan ba"),
        ("awards_differ", "lan nhi"),
        ("awards_differ", "nga ba"),
        ("awards_differ", "nga khuyen-khich"),
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            awarded(HONEST, "dot-2", lambda awards: awards.append(PublishedAward("an", "nhi", 2))),
            [("awards_differ", "an nhi")],
        ),
        (
            awarded(HONEST, "dot-1", lambda awards: awards.pop()),
            [("awards_differ", "khanh khuyen-khich")],
        ),
        (
            remarked(HONEST, "dot-2", "nga", 255),
            [("standings_differ", "nga")],
        ),
        (
            # em before dung: both have ba, and both of them other places.
            remarked(HONEST, "dot-1", "em", 271),
            [
                ("standings_differ", "dung"),
                ("standings_differ", "em"),
                ("awards_differ", "dung ba"),
                ("awards_differ", "em ba"),
            ],
        ),
        (with_unit(HONEST, "M4", score="75.00"), [("collective_differ", "M4")]),
        (with_unit(HONEST, "M4", participants=4), [("collective_differ", "M4")]),
        (with_unit(HONEST, "M1", prize=""), [("collective_differ", "M1")]),
        (with_unit(HONEST, "M3", place=1), [("collective_differ", "M3")]),
        (with_unit(HONEST, "M3", decided_by="percent"), [("collective_differ", "M3")]),
        (replace(HONEST, units=HONEST.units[:-1]), [("collective_differ", "M5")]),
        # 3 of 6 people are 50,00 %.
        (with_headcount(HONEST, "M4", 6), [("collective_differ", "M4")]),
        (
            rule(HONEST, collective=None),
            [("collective_differ", unit) for unit in ("M1", "M2", "M3", "M4", "M5")],
        ),
        (
            rule(
                HONEST,
                collective=msgspec.structs.replace(COLLECTIVE, points_per_percent=Decimal(2)),
            ),
            [("collective_differ", unit) for unit in ("M1", "M2", "M3", "M4")],
        ),
        (rule(HONEST, units=HONEST.record.units[1:]), [("not_told", "M1")]),
    ],
)
def test_one_thing_after_another_is_changed_and_named(
    tmp_path: Path, parts: Parts, expected: list[tuple[str, str]]
) -> None:
    assert found(tmp_path, parts) == expected


def test_a_round_that_is_not_published_yet_is_named_where_prizes_depend_on_it(
    tmp_path: Path,
) -> None:
    """By itself the first round gives ba to chi, and khuyen-khich to em and not to khanh."""
    first = replace(without(HONEST, "dot-2"), units=())
    assert found(tmp_path, first) == [
        ("awards_differ", "chi ba"),
        ("awards_differ", "em ba"),
        ("awards_differ", "em khuyen-khich"),
        ("awards_differ", "khanh khuyen-khich"),
        ("round_missing", "dot-2"),
    ]


def test_an_unpublished_round_that_changes_nothing_is_no_fault(tmp_path: Path) -> None:
    alone = awarded(
        awarded(
            replace(without(HONEST, "dot-2"), units=()), "dot-1", lambda awards: awards.clear()
        ),
        "dot-1",
        lambda awards: awards.extend(
            PublishedAward(who, prize, place)
            for who, prize, place in (
                ("an", "nhat", 1),
                ("binh", "nhi", 2),
                ("chi", "ba", 3),
                ("dung", "ba", 4),
                ("em", "khuyen-khich", 5),
                ("giang", "khuyen-khich", 6),
                ("ha", "khuyen-khich", 7),
            )
        ),
    )
    assert found(tmp_path, alone) == []


def test_teams_keep_their_prizes_and_are_no_people_of_their_unit(tmp_path: Path) -> None:
    teams = rule(HONEST, rounds=[RoundLine("dot-1", "team"), RoundLine("dot-2", "person")])
    codes = {detail for code, detail in found(tmp_path, teams) if code == "collective_differ"}
    assert codes == {"M1", "M2", "M3", "M4"}


def test_a_round_that_the_contest_does_not_name_is_no_part_of_it(tmp_path: Path) -> None:
    found_here = found(tmp_path, rule(HONEST, rounds=[RoundLine("dot-1", "person")]))
    assert found_here[0] == ("round_unlisted", "dot-2")


def test_the_entries_of_one_person_are_settled_as_one(tmp_path: Path) -> None:
    """Were binh and lan one, lan's prize of the second round would be free for minh.

    Then khanh would get ba there, higher than khuyen-khich of the first round.
    """
    same = replace(rule(HONEST, same_person=[["binh", "lan"]]), units=())
    assert found(tmp_path, same) == [
        ("awards_differ", "khanh khuyen-khich"),
        ("awards_differ", "khanh ba"),
        ("awards_differ", "lan nhi"),
        ("awards_differ", "minh ba"),
        ("awards_differ", "minh nhi"),
    ]


def only_two() -> Parts:
    """The first round with an and binh and no others, as it would be published."""
    minutes, _ = HONEST.rounds["dot-1"]
    entries = [each for each in minutes.entries if each.entry in ("an", "binh")]
    few = msgspec.structs.replace(minutes, entries=entries)
    published_few = Published(
        1,
        [PublishedPlace("an", 1, "", "300.00"), PublishedPlace("binh", 2, "points", "290.00")],
        [PublishedAward("an", "nhat", 1), PublishedAward("binh", "nhi", 2)],
    )
    listed = [RoundLine("dot-1", "person")]
    return replace(rule(HONEST, rounds=listed), rounds={"dot-1": (few, published_few)})


def test_units_that_share_a_place_get_a_prize_by_decision_only(tmp_path: Path) -> None:
    """an: 1 of 4 and 10 points; binh: 1 of 3 and 8; M3, M4, M5 have nobody and two prizes."""
    above = (
        PublishedUnit("M2", 1, "", 1, "33.33", "41.33", "nhat"),
        PublishedUnit("M1", 2, "score", 1, "25.00", "35.00", "nhi"),
    )
    nobody = PublishedUnit("M3", 3, "score", 0, "0.00", "0.00", "")
    shared = msgspec.structs.replace(nobody, decided_by="shared")
    tied = replace(
        only_two(),
        units=(
            *above,
            nobody,
            msgspec.structs.replace(shared, unit="M4"),
            msgspec.structs.replace(shared, unit="M5"),
        ),
    )
    assert found(tmp_path, tied) == []
    decided = replace(
        rule(tied, decisions=[["M5", "M3", "M4"]]),
        units=(
            *above,
            PublishedUnit("M5", 3, "score", 0, "0.00", "0.00", "ba"),
            PublishedUnit("M3", 4, "decision", 0, "0.00", "0.00", "ba"),
            PublishedUnit("M4", 5, "decision", 0, "0.00", "0.00", ""),
        ),
    )
    assert found(tmp_path, decided) == []
    against = rule(decided, decisions=[["M4", "M3", "M5"]])
    assert found(tmp_path, against) == [
        ("collective_differ", "M4"),
        ("collective_differ", "M5"),
    ]


def test_the_record_of_the_contest_may_not_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    writer = BundleWriter(path, "quangnam-2022")
    writer.close()
    assert [(each.code, each.place) for each in verify(path)] == [("part_missing", "contest.json")]


def test_every_finding_is_explained_in_the_documentation_and_in_two_languages() -> None:
    page = (ROOT / "docs/verification.md").read_text()
    assert [code for code in SENTENCES if f"`{code}`" not in page] == []
    assert [code for code, both in SENTENCES.items() if len(set(both)) != 2] == []
