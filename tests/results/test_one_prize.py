"""One person, one prize over all official rounds: what is proposed, published and corrected."""

from __future__ import annotations

import pytest

from hoithi.contests.models import Category, Entrant, Purpose, Round
from hoithi.entries.models import Entry, EntryState
from hoithi.results.actions import decide_tie, publish
from hoithi.results.models import Publication
from hoithi.results.queries import PassedOn, is_outdated, latest_publication
from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.golden import two_rounds as case
from tests.results.scene import QUANG_NAM, Scene, given

pytestmark = pytest.mark.django_db
BOTH = ("dot-1", "dot-2")
# The first round by itself.
ALONE = [
    ("an", "nhat"),
    ("binh", "nhi"),
    ("chi", "ba"),
    ("dung", "ba"),
    ("em", "khuyen-khich"),
    ("giang", "khuyen-khich"),
    ("ha", "khuyen-khich"),
]


def published(scene: Scene, key: str, reason: str = "") -> Publication:
    return publish(actor=scene.an, each=scene.round(key), reason=reason, now=factories.now())


def held(scene: Scene) -> Scene:
    for key in BOTH:
        scene.score(key)
    return scene


def test_both_rounds_are_settled_together_as_worked_by_hand() -> None:
    scene = held(Scene())
    assert {key: scene.table(key) for key in BOTH} == case.TABLES
    assert {key: scene.proposal(key).left for key in BOTH} == case.LEFT


def test_the_row_says_which_prize_was_left_for_which() -> None:
    scene = held(Scene())
    said = {row.name: row.passed_on for key in BOTH for row in scene.proposal(key).rows}
    assert said["chi"] is None
    rows = {row.name: row.passed_on for row in scene.proposal("dot-1").rows if row.passed_on}
    assert rows == {"chi": PassedOn("Giải ba", "Giải nhất", "Đợt 2")}
    rows = {row.name: row.passed_on for row in scene.proposal("dot-2").rows if row.passed_on}
    assert rows == {
        "an": PassedOn("Giải nhì", "Giải nhất", "Đợt 1"),
        "em": PassedOn("Giải khuyến khích", "Giải ba", "Đợt 1"),
        "khanh": PassedOn("Giải khuyến khích", "Giải khuyến khích", "Đợt 1"),
    }


def test_a_later_round_makes_a_correction_of_an_earlier_one_due() -> None:
    scene = Scene()
    scene.score("dot-1")
    first = published(scene, "dot-1")
    assert (given(first), is_outdated(first)) == (ALONE, False)
    scene.score("dot-2")
    assert is_outdated(first)
    second = published(scene, "dot-1", "Một người chỉ nhận giải cao hơn")
    assert given(second) == [
        ("an", "nhat"),
        ("binh", "nhi"),
        ("dung", "ba"),
        ("em", "ba"),
        ("giang", "khuyen-khich"),
        ("ha", "khuyen-khich"),
        ("khanh", "khuyen-khich"),
    ]
    assert latest_publication(scene.round("dot-1")) == second
    assert not is_outdated(second)
    rows = {row["name"]: row["passed_on"] for row in second.content["rows"]}
    assert rows["chi"] == {"prize": "Giải ba", "kept": "Giải nhất", "round": "Đợt 2"}
    assert rows["an"] is None


def test_the_frozen_standing_names_nobody_and_has_the_prizes_of_that_version() -> None:
    scene = held(Scene())
    publication = published(scene, "dot-2")
    names = {entry.public_id.hex: who for who, entry in scene.entries.items()}
    assert [names[each["entry"]] for each in publication.standing["places"]] == [
        who for _, who, _, _ in case.TABLES["dot-2"]
    ]
    assert [
        (each["place"], names[each["entry"]], each["prize"])
        for each in publication.standing["awards"]
    ] == [(place, who, prize) for place, who, prize, _ in case.TABLES["dot-2"] if prize]


def test_without_the_rule_everybody_keeps_every_prize() -> None:
    rule = b'[rules.one_prize]\nfreed = "next"\n'
    assert rule in QUANG_NAM
    scene = held(Scene(QUANG_NAM.replace(rule, b"").replace(b'"rules.one_prize.freed"', b"")))
    assert [(who, prize) for _, who, prize, _ in scene.table("dot-1") if prize] == ALONE
    assert [left for key in BOTH for *_, left in scene.table(key) if left] == []


def test_a_prize_that_is_not_passed_on_is_left() -> None:
    """So khanh, to whom nothing is passed on in the first round, keeps that of the second."""
    scene = held(Scene(QUANG_NAM.replace(b'freed = "next"', b'freed = "not_given"')))
    assert scene.proposal("dot-1").left == ("ba",)
    assert scene.proposal("dot-2").left == ("nhi", "khuyen-khich")


def test_a_practice_round_takes_nobodys_prize() -> None:
    scene = held(Scene())
    Round.objects.filter(key="dot-2").update(purpose=Purpose.PRACTICE)
    assert [(who, prize) for _, who, prize, _ in scene.table("dot-1") if prize] == ALONE


def test_a_person_with_entries_in_two_forms_is_one_person() -> None:
    scene = Scene()
    other = Category.objects.create(
        contest=scene.contest, key="khac", name="Hình thức khác", entrant=Entrant.PERSON
    )
    Round.objects.filter(key="dot-2").update(category=other)
    again = Entry.objects.create(
        contest=scene.contest,
        category=other,
        unit=scene.entries["an"].unit,
        person=scene.entries["an"].person,
        number="M1-an-2",
        state=EntryState.ACCEPTED,
        accepted_at=factories.now(),
    )
    scene.score("dot-1", {"an": 300, "binh": 290})
    scene.entries["an"] = again
    scene.score("dot-2", {"an": 300, "lan": 290})
    assert scene.table("dot-1") == [(1, "an", "nhat", ""), (2, "binh", "nhi", "")]
    assert scene.table("dot-2") == [(1, "an", "", "nhat"), (2, "lan", "nhat", "")]


def test_a_tie_that_a_freed_prize_dissolves_needs_no_decision() -> None:
    """khanh's ba in the first round is free, so giang and ha have two for the two of them."""
    scene = Scene()
    scene.score("dot-1", {"an": 300, "binh": 290, "khanh": 280, "giang": 270, "ha": 270})
    tied = [scene.entries[who].public_id.hex for who in ("giang", "ha")]
    assert scene.proposal("dot-1").ties == (Tie(4, tuple(sorted(tied)), ("ba", "khuyen-khich")),)
    scene.score("dot-2", {"khanh": 300})
    assert scene.proposal("dot-1").ties == ()
    assert scene.table("dot-1")[2:] == [
        (3, "khanh", "", "ba"),
        *sorted(((4, "giang", "ba", ""), (4, "ha", "ba", "")), key=lambda row: order(scene, row)),
    ]
    with pytest.raises(RuleViolation) as refused:
        decide_tie(
            actor=scene.an,
            each=scene.round("dot-1"),
            order=tied,
            reason="Biên bản",
            now=factories.now(),
        )
    assert refused.value.code == "no_such_tie"


def order(scene: Scene, row: tuple[int, str, str, str]) -> str:
    """Equal entries stand in the order of their public ids."""
    return scene.entries[row[1]].public_id.hex
