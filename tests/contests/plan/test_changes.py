"""Which changes of a plan prizes hang on, once the rules of a round are fixed."""

from __future__ import annotations

import pytest

from hoithi.contests.plan.changes import Change, changes, missing_rounds
from hoithi.contests.plan.reading import plan_from
from tests.golden.spoil import altered, read_table

TABLE = read_table("quangnam-2022")
OLD = plan_from(TABLE)
FIRST = OLD.rounds[0].key


def found(values: dict[str, object], *fixed: str) -> list[Change]:
    return changes(OLD, plan_from(altered(TABLE, values)), fixed or (FIRST,))


@pytest.mark.parametrize(
    ("key", "value", "before", "now"),
    [
        ("rounds[1].ranking", ["points"], "", '["points"]'),
        ("rounds[1].prizes[1].count", 9, "", "9"),
        ("rounds[1].prizes[1].amount_vnd", 1, "", "1"),
        ("rounds[1].requirement.minimum_points", 77, "", "77"),
        ("rounds[1].requirement.all_correct", True, "false", "true"),
        ("rounds[1].online.points_per_item", 7, "", "7"),
        ("rounds[1].online.counted", "last", "", '"last"'),
        ("rounds[1].online.minutes", 77, "", "77"),
        ("rounds[1].online.attempts.limit", 77, "", "77"),
        ("rounds[1].online.paper[1].count", 77, "", "77"),
        ("rounds[1].purpose", "practice", '"official"', '"practice"'),
        ("contest.utc_offset_min", 60, "420", "60"),
        ("rules.one_prize.freed", "not_given", '"next"', '"not_given"'),
        ("rules.collective.points_per_percent", 3, "1", "3"),
        ("units[1].headcount", 7777, "", "7777"),
    ],
)
def test_what_prizes_hang_on_is_told_with_its_key(
    key: str, value: object, before: str, now: str
) -> None:
    (change,) = found({key: value})
    assert (change.key, change.now.replace("; ", ", ")) == (key, now)
    assert before in change.before
    assert change.before != change.now


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rounds[1].name", "Tên khác"),
        ("rounds[2].ranking", ["points"]),
        ("rounds[1].online.sample.stem", "Câu hỏi thử khác"),
        ("contest.title", "Tên khác"),
        ("rules.text", "Thể lệ khác"),
    ],
)
def test_what_is_told_of_a_round_and_rounds_that_are_not_fixed_are_free(
    key: str, value: object
) -> None:
    assert found({key: value}) == []


def test_nothing_is_fixed_before_the_first_seal() -> None:
    new = plan_from(altered(TABLE, {"rounds[1].ranking": ["points"]}))
    assert changes(OLD, new, []) == []


def test_a_prize_more_or_less_is_told_as_a_whole() -> None:
    rounds = TABLE["rounds"]
    assert isinstance(rounds, list)
    (change,) = found({"rounds[1].prizes": rounds[0]["prizes"][1:]})
    assert change.key == "rounds[1].prizes"
    assert change.before.count("key = ") == change.now.count("key = ") + 1


def test_the_order_of_fixed_rounds_and_their_loss_are_told() -> None:
    rounds = TABLE["rounds"]
    assert isinstance(rounds, list)
    both = [each.key for each in OLD.rounds]
    turned = plan_from({**TABLE, "rounds": rounds[::-1]})
    assert [each.key for each in changes(OLD, turned, both)] == ["rounds"]
    assert changes(OLD, turned, both[:1]) == []
    assert missing_rounds(plan_from({**TABLE, "rounds": rounds[1:]}), both) == both[:1]
