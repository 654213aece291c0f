"""Two thousand papers of the shipped questions: nothing about an option as served says it is right.

Each *rule* is a way to guess without knowing anything. It is right in a quarter of the cases, give
or take five times what chance alone makes of it. Guesses about the same thing are one chance, not
many: the length of an option belongs to its question, so that a question drawn a hundred times says
it once; places are drawn anew for each paper.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace

import pytest

from hoithi.contests.plan.conversion import blueprint_of, policy_of
from hoithi.contests.plan.reading import parse_plan
from hoithi.rules import paper
from hoithi.rules.paper import Item, SourceItem
from tests import factories

PACKAGES = 20
PAPERS = 100  # of each package
SIGMAS = 5


@dataclass(frozen=True)
class Place:
    """A question at a place of a paper, as somebody sees it who holds all but the keys."""

    package: int
    paper: bytes
    position: int
    item: Item
    order: tuple[int, ...]
    before: int  # where the right option of the question before was served
    right: int  # where the right option is served: what is to be guessed

    def by_length(self, rank: int) -> int:
        """Where the option stands that is the rank-th longest; equal ones by their place."""
        lengths = [-len(self.item.options[index]) for index in self.order]
        return sorted(range(len(lengths)), key=lambda at: (lengths[at], at))[rank]

    def of_file(self, index: int) -> int:
        """Where an option of the questions file stands in the paper."""
        return self.order.index(index % len(self.order))


Guess = Callable[[Place], int]
Chance = Callable[[Place], Hashable]


def _always(at: int) -> Guess:
    return lambda _: at


def _by_length(rank: int) -> Guess:
    return lambda place: place.by_length(rank)


def _of_file(at: int) -> Guess:
    return lambda place: place.of_file(at)


def _paper(place: Place) -> Hashable:
    return place.package, place.paper, place.position


def _question(place: Place) -> Hashable:
    return place.item.stem


def _item(place: Place) -> Hashable:
    return place.package, place.item.id


# What is guessed, and what one chance is: the same place, the same question, the same item.
RULES: dict[str, tuple[Guess, Chance]] = {
    **{f"served at {at}": (_always(at), _paper) for at in range(4)},
    **{f"length rank {rank}": (_by_length(rank), _question) for rank in range(4)},
    **{f"file index {at}": (_of_file(at), _item) for at in range(4)},
    "file index by id": (lambda place: place.of_file(int(place.item.id, 16)), _item),
    "served place by id": (lambda place: int(place.item.id, 16) % 4, _paper),
    "served place by first digit of id": (lambda place: int(place.item.id[0], 16) // 4, _paper),
    "served place by the entry's key": (lambda place: place.paper[-1] % 4, _paper),
    "served place by the question's place": (lambda place: place.position % 4, _paper),
    "same place as before": (lambda place: place.before, _paper),
    "next place after that before": (lambda place: (place.before + 1) % 4, _paper),
}


def is_chance(places: list[Place], rule: str) -> bool:
    """Whether a rule guesses as often right as somebody who knows nothing."""
    guess, chance = RULES[rule]
    hits = sum(guess(place) == place.right for place in places)
    shares = Counter(chance(place) for place in places)
    spread = math.sqrt(0.25 * 0.75 * sum(count**2 for count in shares.values()))
    return abs(hits - len(places) / 4) <= SIGMAS * spread


def bank() -> list[SourceItem]:
    plan = parse_plan(factories.PLAN)
    topics = {topic.name: topic.key for topic in plan.topics}
    levels = {level.name: level.key for level in plan.levels}
    return [
        SourceItem(
            topics[row["Chủ đề"]],
            levels[row["Mức độ"]],
            row["Câu hỏi"],
            tuple(row[letter] for letter in "ABCD"),
            ("ABCD".index(row["Đáp án"]),),
        )
        for row in csv.DictReader(io.StringIO(factories.BANK.decode()))
    ]


def draw_papers() -> Iterator[Place]:
    """Every place of every paper; keys, ids and secrets are fresh for each package."""
    plan = parse_plan(factories.PLAN)
    (online,) = (each.online for each in plan.rounds if each.online)
    source = bank()
    for package in range(PACKAGES):
        made = paper.build_package(
            source,
            blueprint=blueprint_of(online),
            policy=policy_of(plan, online),
            package_id=f"{package:032x}",
            secret=package.to_bytes(32, "big"),
        )
        questions, keys = paper.read_questions(made.questions), paper.read_keys(made.keys)
        for entry in range(PAPERS):
            entry_key = (package * PAPERS + entry).to_bytes(16, "big")
            before = 0
            for position, drawn in enumerate(paper.draw(questions, entry_key, 1)):
                item = questions.file.items[drawn.item]
                right = drawn.order.index(keys.keys[item.id][0])
                yield Place(package, entry_key, position, item, drawn.order, before, right)
                before = right


@pytest.fixture(scope="module")
def places() -> list[Place]:
    return list(draw_papers())


def test_there_are_two_thousand_papers_of_thirty_questions(places: list[Place]) -> None:
    assert len(places) == 2_000 * 30


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_guesses_no_better_than_chance(places: list[Place], rule: str) -> None:
    assert is_chance(places, rule)


def test_a_hint_in_one_place_of_ten_would_show(places: list[Place]) -> None:
    hinted = [replace(each, right=each.right if each.position % 10 else 0) for each in places]
    assert not is_chance(hinted, "served at 0")


def test_a_right_option_that_is_longest_in_every_second_question_would_show(
    places: list[Place],
) -> None:
    hinted = [
        replace(each, right=each.right if len(each.item.stem) % 2 else each.by_length(0))
        for each in places
    ]
    assert not is_chance(hinted, "length rank 0")
