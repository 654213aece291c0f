"""Sittings in memory: papers drawn before anybody asks, and rosters held to their hash."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoithi.hall.roster import roster_bytes, roster_sha256
from hoithi.hall.session import Attempt
from hoithi.hall.sittings import Sitting, Sittings
from hoithi.hall.store.api import (
    Opening,
    PublishedLine,
    PublishedPackage,
    UnavailableError,
    Withdrawal,
)
from hoithi.hall.windows import Window
from hoithi.hall.wire import PaperItem
from hoithi.rules import paper
from hoithi.rules.canonical import canonical
from hoithi.rules.codes import code_tag
from hoithi.rules.paper import AttemptRule, BlueprintRow, SourceItem
from tests.hall.scene import SECRET, SITTING, code, made_package, published_line, published_sitting
from tests.rules.test_paper import POLICY

CLOSES_MS = 2000
DAILY = made_package(msgspec.structs.replace(POLICY, attempts=AttemptRule(1, "day", 420, [])))


def taken_in(package: paper.Package, lines: int = 3) -> tuple[Sittings, Sitting]:
    sittings = Sittings()
    roster = [published_line(line) for line in range(1, lines + 1)]
    questions = paper.read_questions(package.questions)
    sitting = sittings.add(
        PublishedPackage("ab" * 16, package.questions, questions.sha256, bytes(32)),
        published_sitting(roster, 1000, CLOSES_MS),
        roster,
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
    sitting = whole_days()
    day_ms = 86_400_000
    sitting.opens_ms, sitting.closes_ms = 17 * 3_600_000, 17 * 3_600_000 + 2 * day_ms
    line = sitting.lines[1]

    def spans(*after_ms: int) -> list[int]:
        """Days counted from the first one."""
        first = sitting.span(sitting.opens_ms)
        return [sitting.span_of_grant(line, sitting.opens_ms + at) - first for at in after_ms]

    assert spans(-1, 0, day_ms, 3 * day_ms) == [0, 0, 1, 1]
    line.windows = (Window(sitting.opens_ms + 5 * day_ms, sitting.opens_ms + 6 * day_ms, 0),)
    assert spans(-1, 0, day_ms, 3 * day_ms) == [0, 0, 1, 1]
    assert spans(5 * day_ms, 9 * day_ms) == [5, 5]


@pytest.mark.parametrize(
    ("at_ms", "window"),
    [
        (999, (1000, 2000)),
        (1000, (1000, 2000)),
        (1499, (1000, 2000)),
        (1500, (1500, 5000)),  # both are open: the one that closes last
        (4999, (1500, 5000)),
        (5000, (1500, 5000)),
    ],
)
def test_the_window_that_holds_is_the_open_one_that_closes_last(
    at_ms: int, window: tuple[int, int]
) -> None:
    _, sitting = taken_in(made_package())
    line, other = sitting.lines[1], sitting.lines[2]
    line.windows = (Window(1500, 5000, 0),)
    assert sitting.window_of(line, at_ms) == window
    assert sitting.window_of(other, at_ms) == (1000, 2000)


def test_between_two_windows_the_next_one_holds() -> None:
    _, sitting = taken_in(made_package())
    line = sitting.lines[1]
    sitting.give_window([line], Window(9000, 9500, 0))
    windows = [sitting.window_of(line, at) for at in (1999, 2000, 8999, 9499, 9500)]
    assert windows == [(1000, 2000), *[(9000, 9500)] * 4]
    sitting.grant([line], 300, 1500)
    assert sitting.window_of(line, 2299) == (1000, 2000)
    assert sitting.last_moment_ms() == 9500 + 300 + POLICY.grace_ms


def slowly(sitting: Sitting) -> int:
    """The last moment by looking at every line."""
    extras = [
        line.extra.get(sitting.span(sitting.closes_ms - 1), 0) for line in sitting.lines.values()
    ]
    moments = [sitting.closes_ms + extra for extra in extras]
    for line in sitting.lines.values():
        if line.windows:
            closes_ms = line.windows[-1].closes_ms
            moments.append(closes_ms + line.extra.get(sitting.span(closes_ms - 1), 0))
    return max(moments) + POLICY.grace_ms


HOUR_MS = 3_600_000
hours = st.integers(0, 100).map(lambda hour: hour * HOUR_MS)
some = st.sets(st.sampled_from([1, 2, 3]))
orders = st.one_of(
    st.tuples(st.just("open"), hours),
    st.tuples(st.just("close"), hours),
    st.tuples(st.just("grant"), some, st.integers(-90, 90).map(lambda by: by * 60_000), hours),
    st.tuples(st.just("window"), some, hours, hours, hours),
)


@given(st.lists(orders, max_size=12))
@settings(max_examples=200)
def test_the_last_moment_is_that_of_all_lines_after_every_order(told: list[Any]) -> None:
    sitting = whole_days()
    for kind, *more in told:
        if kind == "open":
            sitting.move_opening(more[0], more[0])
        elif kind == "close":
            sitting.move_closing(more[0])
        elif kind == "grant":
            sitting.grant([sitting.lines[at] for at in sorted(more[0])], more[1], more[2])
        else:
            window = Window(more[1], more[1] + more[2], more[3])
            sitting.give_window([sitting.lines[at] for at in sorted(more[0])], window)
        assert sitting.last_moment_ms() == slowly(sitting)
        assert sitting.last_moment_ms() == slowly(sitting)  # as kept


def test_the_last_moment_is_not_worked_out_again_while_nothing_is_ordered() -> None:
    """Lines that nobody has given anything are not looked at at all."""
    sitting = whole_days()
    last_ms = sitting.last_moment_ms()
    sitting.lines.clear()
    assert sitting.last_moment_ms() == last_ms


def whole_days() -> Sitting:
    """Attempts are counted by the day, so minutes are for a day too."""
    return taken_in(DAILY)[1]


def test_a_window_does_not_move_the_end_of_an_attempt_that_began_before_it() -> None:
    _, sitting = taken_in(made_package())
    line = sitting.lines[1]
    line.windows = (Window(1500, 50_000, 0),)
    began = Attempt(b"a" * 16, 1, 1400, 2000, 1, b"", ())
    assert sitting.deadline_of(began, line) == 2000
    fresh = msgspec.structs.replace(began, started_ms=1500)
    assert sitting.deadline_of(fresh, line) == min(1500 + POLICY.duration_ms, 50_000)


def test_an_opening_that_is_moved_cuts_nobody_off_who_has_started() -> None:
    """They hold a window that is long over; the sitting is put off a moment after their start."""
    _, sitting = taken_in(made_package())
    line = sitting.lines[1]
    line.windows = (Window(100, 200, 0),)
    began = Attempt(b"a" * 16, 1, 1400, 2000, 1, b"", ())
    sitting.move_opening(1900, 1450)
    assert sitting.deadline_of(began, line) == 2000
    sitting.move_closing(2500)
    assert sitting.deadline_of(began, line) == 2500


def test_an_opening_that_never_came_lengthens_no_window() -> None:
    _, sitting = taken_in(made_package())
    line = sitting.lines[1]
    line.windows = (Window(140_000, 160_000, 0),)
    sitting.move_closing(900_000)
    sitting.move_opening(145_000, -100_000)
    sitting.move_opening(800_000, 100_000)
    began = Attempt(b"a" * 16, 1, 150_000, 160_000, 1, b"", ())
    assert sitting.deadline_of(began, line) == min(150_000 + POLICY.duration_ms, 160_000)


def test_a_newer_slip_replaces_the_code_in_every_sitting() -> None:
    sittings, first = taken_in(made_package())
    roster = [published_line(line) for line in (1, 2, 3)]
    package = PublishedPackage("ab" * 16, b"", b"", bytes(32))
    other = dataclasses.replace(
        published_sitting(roster, 5000, 9000),
        sitting=b"x" * 16,
        roster_sha256=roster_sha256(b"x" * 16, roster),
    )
    second = sittings.add(package, other, roster)
    old, new = code_tag(SECRET, code(1)), code_tag(SECRET, code(1, 2))
    for each in (first, second):
        sittings.reissue(each, 1, 2, new)
    assert [sittings.is_replaced(tag) for tag in (old, new)] == [True, False]
    assert sittings.find(old, 6000) is None
    assert sittings.find(new, 6000) == (second, second.lines[1])
    assert [each.lines[1].issue for each in (first, second)] == [2, 2]


def swapped(lines: list[PublishedLine]) -> list[PublishedLine]:
    """The first two people exchanged: each would draw the other's papers."""
    one, two = lines[:2]
    first = dataclasses.replace(one, entry=two.entry, entry_key=two.entry_key)
    second = dataclasses.replace(two, entry=one.entry, entry_key=one.entry_key)
    return [first, second, *lines[2:]]


LINES = [published_line(line) for line in (1, 2, 3)]


@pytest.mark.parametrize(
    "changed",
    [
        swapped(LINES),
        LINES[:2],
        [*LINES, published_line(4)],
        [],
        [dataclasses.replace(LINES[0], barred=True), *LINES[1:]],
        [dataclasses.replace(LINES[0], unit_code="DV-9"), *LINES[1:]],
        [dataclasses.replace(LINES[0], category="doi"), *LINES[1:]],
    ],
)
def test_a_sitting_whose_roster_was_changed_is_not_opened(
    changed: list[PublishedLine], caplog: pytest.LogCaptureFixture
) -> None:
    made = made_package()
    sha256 = paper.read_questions(made.questions).sha256
    package = PublishedPackage("ab" * 16, made.questions, sha256, bytes(32))
    published = published_sitting(LINES, 1000, CLOSES_MS)
    sittings = Sittings()
    sittings.add(package, published, changed)
    assert (list(sittings.by_id), list(sittings.refused)) == ([], [SITTING])
    assert f"sitting {SITTING.hex()} is NOT opened" in caplog.text
    assert list(sittings.draw_ahead(0)) == []
    assert sittings.openings() == {SITTING: Opening(5, published.roster_sha256)}
    if changed:
        with pytest.raises(UnavailableError):
            sittings.find(code_tag(SECRET, code(1)), 1500)
    assert sittings.find(code_tag(SECRET, code(9)), 1500) is None


def test_the_order_in_which_lines_are_read_does_not_matter() -> None:
    _, sitting = taken_in(made_package())
    assert roster_sha256(SITTING, LINES[::-1]) == sitting.roster_sha256


def test_a_roster_is_canonical_and_names_nobody() -> None:
    assert roster_bytes(SITTING, LINES[:1]) == (
        b'{"format":"hoithi/roster/1","lines":[{"barred":false,"category":"ca-nhan",'
        b'"entry":"00000000000000000000000000000001",'
        b'"entry_key":"000000000000000000000000000003e9","line":1,"unit":"DV-1"}],'
        b'"sitting":"000102030405060708090a0b0c0d0e0f"}'
    )
    assert canonical(json.loads(roster_bytes(SITTING, LINES))) == roster_bytes(SITTING, LINES)
    assert "Mẫu".encode() not in roster_bytes(SITTING, LINES)


def test_a_code_opens_a_withdrawn_sitting_only_where_there_is_no_other() -> None:
    package = made_package()
    sittings, old = taken_in(package)
    tag = code_tag(SECRET, code(1))
    old.withdrawal = Withdrawal.DONE
    assert found(sittings, tag, 1500) is old
    roster = [published_line(1)]
    new = sittings.add(
        PublishedPackage(
            "ab" * 16,
            package.questions,
            paper.read_questions(package.questions).sha256,
            bytes(32),
        ),
        published_sitting(roster, 5000, 6000, sitting=b"n" * 16),
        roster,
    )
    assert [found(sittings, tag, at_ms) for at_ms in (1500, 5500, 9000)] == [new] * 3
    old.withdrawal = Withdrawal.NONE
    assert found(sittings, tag, 1500) is old


def found(sittings: Sittings, tag: bytes, now_ms: int) -> Sitting:
    place = sittings.find(tag, now_ms)
    assert place is not None
    return place[0]


def test_terms_follow_a_withdrawal() -> None:
    _, sitting = taken_in(made_package())
    line = sitting.lines[1]
    seen = []
    for step in (Withdrawal.NONE, Withdrawal.ASKED, Withdrawal.DONE, Withdrawal.NONE):
        sitting.withdrawal = step
        seen.append(sitting.terms(line, 1500).is_held)
    assert seen == [False, True, True, False]
