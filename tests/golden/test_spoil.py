"""The walk over the rules leaves nothing out and takes one thing at a time."""

from __future__ import annotations

import pytest

from tests.golden.spoil import Table, altered, deletions

TABLE: Table = {
    "key": "x",
    "rules": {"text": "…", "one_prize": "", "collective": {"ranking": ["score"]}},
    "rounds": [
        {"online": {"limit": 0, "prediction": ""}, "ranking": ["points", "lots"]},
        {"online": "", "sample": {"options": ["a", "b"]}},
    ],
}
ROUNDS = TABLE["rounds"]
RULES = TABLE["rules"]


def test_every_rule_is_deleted_once_and_alone() -> None:
    assert isinstance(ROUNDS, list)
    assert isinstance(RULES, dict)
    online, live = ROUNDS
    rest = {"online": online["online"], "ranking": online["ranking"]}
    assert list(deletions(TABLE)) == [
        ("rounds[1]", {**TABLE, "rounds": [live]}),
        ("rounds[1].online", {**TABLE, "rounds": [{"ranking": ["points", "lots"]}, live]}),
        (
            "rounds[1].online.limit",
            {**TABLE, "rounds": [{**rest, "online": {"prediction": ""}}, live]},
        ),
        ("rounds[1].ranking", {**TABLE, "rounds": [{"online": online["online"]}, live]}),
        ("rounds[1].ranking[1]", {**TABLE, "rounds": [{**rest, "ranking": ["lots"]}, live]}),
        ("rounds[1].ranking[2]", {**TABLE, "rounds": [{**rest, "ranking": ["points"]}, live]}),
        ("rounds[2]", {**TABLE, "rounds": [online]}),
        ("rounds[2].sample", {**TABLE, "rounds": [online, {"online": ""}]}),
        ("rounds[2].sample.options", {**TABLE, "rounds": [online, {"online": "", "sample": {}}]}),
        ("rules.collective", {**TABLE, "rules": {"text": "…", "one_prize": ""}}),
        ("rules.collective.ranking", {**TABLE, "rules": {**RULES, "collective": {}}}),
        (
            "rules.collective.ranking[1]",
            {**TABLE, "rules": {**RULES, "collective": {"ranking": []}}},
        ),
    ]


def test_a_value_is_altered_where_its_key_says() -> None:
    assert isinstance(ROUNDS, list)
    assert altered(TABLE, {"rounds[1].online.limit": 3, "key": "y"}) == {
        **TABLE,
        "key": "y",
        "rounds": [{**ROUNDS[0], "online": {"limit": 3, "prediction": ""}}, ROUNDS[1]],
    }


def test_an_alteration_must_alter() -> None:
    with pytest.raises(AssertionError):
        altered(TABLE, {"rounds[1].online.limit": 0})
