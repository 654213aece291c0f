"""Papers that are drawn before anybody asks for them."""

from __future__ import annotations

import msgspec

from hoithi.hall.sittings import Sitting, Sittings
from hoithi.hall.store.api import PublishedPackage, PublishedSitting
from hoithi.hall.wire import PaperItem
from hoithi.rules import paper
from hoithi.rules.paper import AttemptRule, BlueprintRow, SourceItem
from tests.hall.scene import SITTING, made_package, published_line
from tests.rules.test_paper import POLICY

CLOSES_MS = 2000


def taken_in(package: paper.Package, lines: int = 3) -> tuple[Sittings, Sitting]:
    sittings = Sittings()
    questions = paper.read_questions(package.questions)
    sitting = sittings.add(
        PublishedPackage("ab" * 16, package.questions, questions.sha256, bytes(32)),
        PublishedSitting(SITTING, "ab" * 16, "Hội thi mẫu", "", bytes(32), 1000, CLOSES_MS),
        [published_line(line) for line in range(1, lines + 1)],
    )
    return sittings, sitting


def with_options(count: int) -> paper.Package:
    """A package whose only item has so many options."""
    item = SourceItem("a", "", "Câu mẫu?", tuple(f"mẫu {n}" for n in range(count)), (0,))
    return paper.build_package(
        [item],
        blueprint=[BlueprintRow("a", "", 1)],
        policy=POLICY,
        package_id="ab" * 16,
        secret=b"s" * 32,
    )


def test_a_paper_drawn_ahead_is_the_one_that_would_be_drawn() -> None:
    sittings, sitting = taken_in(made_package())
    line = sitting.lines[2]
    asked = sitting.pieces_of(line, 1)
    assert len(list(sittings.draw_ahead(0))) == 3
    assert (line.pieces, sitting.pieces_of(line, 1)) == (asked, asked)
    assert sitting.pieces_of(line, 2) != asked
    assert [msgspec.json.decode(piece, type=PaperItem) for piece in asked] == [
        PaperItem(
            sitting.exam.questions.file.items[place.item].stem,
            [sitting.exam.questions.file.items[place.item].options[at] for at in place.order],
        )
        for place in sitting.paper_of(line, 1)
    ]


def test_nothing_is_drawn_twice_nor_for_a_sitting_that_is_over() -> None:
    sittings, _ = taken_in(made_package())
    assert list(sittings.draw_ahead(CLOSES_MS + 1)) == []
    assert len(list(sittings.draw_ahead(CLOSES_MS))) == 3
    assert list(sittings.draw_ahead(CLOSES_MS)) == []


def test_items_with_too_many_orders_to_keep_are_drawn_when_they_are_asked_for() -> None:
    sittings, sitting = taken_in(with_options(10))
    assert sitting.exam.shared is None
    assert list(sittings.draw_ahead(0)) == []
    (piece,) = sitting.pieces_of(sitting.lines[1], 1)
    options = msgspec.json.decode(piece, type=PaperItem).options
    assert sorted(options) == [f"mẫu {n}" for n in range(10)]


def test_minutes_given_after_the_end_are_meant_for_the_last_day() -> None:
    daily = msgspec.structs.replace(POLICY, attempts=AttemptRule(1, "day", 420, []))
    _, sitting = taken_in(made_package(daily))
    day_ms = 86_400_000
    sitting.opens_ms, sitting.closes_ms = 17 * 3_600_000, 17 * 3_600_000 + 2 * day_ms
    spans = [sitting.span_of_grant(sitting.opens_ms + at) for at in (-1, 0, day_ms, 3 * day_ms)]
    first = sitting.span(sitting.opens_ms)
    assert spans == [first, first, first + 1, first + 1]
