"""One spelling for every file that is hashed."""

from __future__ import annotations

import pytest

from hoithi.rules.canonical import Value, all_composed, canonical


def test_keys_are_sorted_letters_kept_and_no_space_is_left() -> None:
    value: Value = {"b": [1, True, None], "a": "Đắk R'lấp", "c": {"y": 0, "x": -1}}
    expected = '{"a":"Đắk R\'lấp","b":[1,true,null],"c":{"x":-1,"y":0}}'
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, "e\u0301", {"đ": 1}, {"a": b"x"}, {1: 2}])
def test_what_has_two_spellings_is_refused(value: Value) -> None:
    with pytest.raises(ValueError, match=r"canonical|NFC|ASCII"):
        canonical(value)


def test_texts_are_composed_before_they_are_kept() -> None:
    value: Value = {"a": ["e\u0301\0", 1, None], "b": {"c": "x\ud800"}}
    assert all_composed(value) == {"a": ["é", 1, None], "b": {"c": "x"}}
    assert canonical(all_composed(value)) == '{"a":["é",1,null],"b":{"c":"x"}}'.encode()
