"""Papers: the blueprint to the letter, the same for everybody who asks, and no hint of a key."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoithi.rules import paper, scoring
from hoithi.rules.paper import (
    AttemptRule,
    BlueprintRow,
    Package,
    PackageError,
    Policy,
    Sample,
    SourceItem,
    Text,
)
from hoithi.rules.scoring import Effect, Ruling

VECTORS = json.loads((Path(__file__).parents[2] / "docs/rules/draw-vectors.json").read_text())
POLICY = Policy(
    duration_ms=1_200_000,
    grace_ms=10_000,
    all_required=False,
    attempts=AttemptRule(1, "round", 420, []),
    prediction=None,
    result="none",
    signals=False,
    regulation=Text("1", "Thể lệ"),
    consent=Text("1", "Đồng ý"),
    sample=Sample("Thử?", ["Có", "Không"]),
)
BLUEPRINT = [
    BlueprintRow("cds", "nhan-biet", 2),
    BlueprintRow("cds", "thong-hieu", 1),
    BlueprintRow("kts", "", 2),
]


def source(count: int = 24) -> list[SourceItem]:
    """Items whose key is always the first option of the bank, and the longest."""
    return [
        SourceItem(
            topic=("cds", "kts")[number % 2],
            level=("nhan-biet", "thong-hieu", "van-dung")[number % 3],
            stem=f"Câu {number}?",
            options=(f"đúng và dài {number}", f"sai {number}a", f"sai {number}b", f"sai {number}c"),
            keys=(0,),
        )
        for number in range(count)
    ]


def package(secret: bytes = b"s" * 32) -> Package:
    return paper.build_package(
        source(), blueprint=BLUEPRINT, policy=POLICY, package_id="ab" * 16, secret=secret
    )


QUESTIONS = paper.read_questions(package().questions)
KEYS = paper.read_keys(package().keys)


@given(st.binary(min_size=16, max_size=16), st.integers(1, 50))
def test_every_paper_meets_the_blueprint_and_has_no_item_twice(key: bytes, number: int) -> None:
    drawn = paper.draw(QUESTIONS, key, number)
    items = [QUESTIONS.file.items[place.item] for place in drawn]
    assert len({item.id for item in items}) == 5
    assert sum((item.topic, item.level) == ("cds", "nhan-biet") for item in items) == 2
    assert sum((item.topic, item.level) == ("cds", "thong-hieu") for item in items) == 1
    assert sum(item.topic == "kts" for item in items) == 2
    assert all(sorted(place.order) == [0, 1, 2, 3] for place in drawn)


def test_the_published_paper_is_drawn_again() -> None:
    vector = VECTORS["paper"]
    questions = paper.read_questions(vector["questions"].encode())
    drawn = paper.draw(questions, bytes.fromhex(vector["entry_key"]), vector["attempt"])
    assert [[place.item, *place.order] for place in drawn] == vector["drawn"]


def test_another_attempt_or_person_gets_another_paper() -> None:
    papers = {
        paper.draw(QUESTIONS, bytes(15) + bytes([who]), n) for who in range(9) for n in (1, 2)
    }
    assert len(papers) == 18


def test_the_questions_file_says_nothing_about_keys_or_the_bank() -> None:
    made = package()
    assert b"key" not in made.questions
    ids = [item.id for item in QUESTIONS.file.items]
    assert ids == sorted(ids)
    assert list(made.ids) != ids
    first = [item.options[0].startswith("đúng") for item in QUESTIONS.file.items]
    assert 0 < sum(first) < len(first)


def test_position_order_of_ids_and_length_predict_the_key_no_better_than_chance() -> None:
    """2,000 papers of 5: 10,000 chances of 1/4; 0.0217 is five standard deviations."""
    at_position = [0, 0, 0, 0]
    total = 0
    for number in range(2000):
        for place in paper.draw(QUESTIONS, number.to_bytes(16, "big"), 1):
            key = KEYS.keys[QUESTIONS.file.items[place.item].id][0]
            at_position[place.order.index(key)] += 1
            total += 1
    assert total == 10_000
    assert max(abs(count / total - 0.25) for count in at_position) < 0.0217


def test_the_same_secret_makes_the_same_package_and_another_one_another() -> None:
    assert package() == package()
    assert package(b"t" * 32).questions != package().questions


def test_the_commitment_is_over_both_digests() -> None:
    assert paper.commitment(bytes(32), bytes(32)).hex() == (
        "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
    )


def test_a_pool_that_is_too_small_is_named() -> None:
    made = paper.build_package(
        source(6), blueprint=BLUEPRINT, policy=POLICY, package_id="ab" * 16, secret=bytes(32)
    )
    missing = paper.shortages(paper.read_questions(made.questions))
    assert missing == [(BLUEPRINT[0], 1)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text.replace("hoithi/questions/1", "hoithi/questions/2"),
        lambda text: text.replace('"salt"', '"key":1,"salt"'),
        lambda text: text.replace('"count":2', '"count":"2"'),
    ],
)
def test_a_spoilt_questions_file_is_refused(spoil) -> None:  # type: ignore[no-untyped-def] # parametrised lambdas
    with pytest.raises(PackageError):
        paper.read_questions(spoil(package().questions.decode()).encode())


def test_an_open_blueprint_row_may_not_come_before_a_narrow_one() -> None:
    rows = [BlueprintRow("cds", "", 1), BlueprintRow("cds", "nhan-biet", 1)]
    made = paper.build_package(
        source(), blueprint=rows, policy=POLICY, package_id="ab" * 16, secret=bytes(32)
    )
    with pytest.raises(PackageError):
        paper.read_questions(made.questions)


DRAWN = paper.draw(QUESTIONS, bytes(16), 1)
RIGHT = [place.order.index(KEYS.keys[QUESTIONS.file.items[place.item].id][0]) for place in DRAWN]
WRONG = [(answer + 1) % 4 for answer in RIGHT]


def marks(answers: list[int], *rulings: Ruling) -> tuple[int, Decimal]:
    graded = scoring.grade(QUESTIONS, KEYS, DRAWN, answers, Decimal("2.5"), rulings)
    return graded.correct, graded.points


def test_right_wrong_and_missing_answers_are_marked() -> None:
    assert marks(RIGHT) == (5, Decimal("12.50"))
    assert marks(WRONG) == (0, Decimal("0.00"))
    assert marks([*RIGHT[:2], -1, *WRONG[3:]]) == (2, Decimal("5.00"))


def test_rulings_drop_accept_also_and_give_to_all() -> None:
    place = DRAWN[0]
    item = QUESTIONS.file.items[place.item].id
    also = Ruling(item, Effect.ACCEPT_ALSO, place.order[WRONG[0]])
    assert marks(RIGHT, Ruling(item, Effect.DROP)) == (5, Decimal("12.50"))
    assert marks(WRONG, Ruling(item, Effect.DROP)) == (1, Decimal("2.50"))
    assert marks(WRONG, also) == (1, Decimal("2.50"))
    assert marks([-1] * 5, Ruling(item, Effect.POINTS_TO_ALL)) == (1, Decimal("2.50"))
    both = (Ruling(item, Effect.POINTS_TO_ALL), also, Ruling(item, Effect.DROP))
    assert marks(WRONG, *both) == (1, Decimal("2.50"))


@settings(max_examples=50)
@given(st.lists(st.integers(-1, 3), min_size=5, max_size=5))
def test_one_more_right_answer_never_lowers_the_marks(answers: list[int]) -> None:
    steps = [answers] + [[*RIGHT[: n + 1], *answers[n + 1 :]] for n in range(5)]
    totals = [marks(step)[1] for step in steps]
    assert all(later >= earlier for earlier, later in pairwise(totals))


def test_a_dropped_item_does_not_keep_a_paper_from_being_all_right() -> None:
    drawn = paper.draw(QUESTIONS, b"k" * 16, 1)
    dropped = QUESTIONS.file.items[drawn[0].item].id
    answers = [
        place.order.index(KEYS.keys[QUESTIONS.file.items[place.item].id][0]) for place in drawn
    ]
    answers[0] = -1
    marked = scoring.grade(
        QUESTIONS, KEYS, drawn, answers, Decimal(1), [Ruling(dropped, Effect.DROP)]
    )
    assert (marked.correct, marked.items, marked.points) == (5, 5, Decimal("5.00"))
