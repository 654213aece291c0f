"""Draws can be repeated by anybody: an independent telling of the rule agrees."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.draw import Generator, commit, lots_seed

VECTORS = json.loads((Path(__file__).parents[2] / "docs/rules/draw-vectors.json").read_text())


def words(seed: bytes, domain: str) -> Iterator[int]:
    """The stream of words, told once more and otherwise: hex, no struct."""
    key = hashlib.sha256(domain.encode() + bytes(1) + seed).hexdigest()
    counter = 0
    while True:
        block = hashlib.sha256(bytes.fromhex(key + f"{counter:016x}")).hexdigest()
        yield from (int(block[at : at + 8], 16) for at in range(0, 64, 8))
        counter += 1


def below(stream: Iterator[int], bound: int) -> int:
    return next(word % bound for word in stream if word < 2**32 - 2**32 % bound)


def shuffled(stream: Iterator[int], items: list[int]) -> list[int]:
    rest = list(items)
    for last in reversed(range(1, len(rest))):
        other = below(stream, last + 1)
        rest[last], rest[other] = rest[other], rest[last]
    return rest


def test_published_vectors_hold() -> None:
    for vector in VECTORS["generator"]:
        seed, domain = bytes.fromhex(vector["seed"]), vector["domain"]
        stream = Generator(seed, domain)
        assert [stream.word() for _ in range(10)] == vector["words"]
        assert Generator(seed, domain).shuffle(range(10)) == vector["shuffle_10"]
        assert Generator(seed, domain).choose(range(20), 5) == vector["choose_5_of_20"]
        stream = Generator(seed, domain)
        assert [stream.below(bound) for bound in (2, 3, 10, 1000, 3 << 30)] == vector["below"]


@given(st.binary(max_size=40), st.text(max_size=20), st.integers(1, 60))
def test_an_independent_telling_agrees(seed: bytes, domain: str, size: int) -> None:
    items = list(range(size))
    assert Generator(seed, domain).shuffle(items) == shuffled(words(seed, domain), items)


@given(st.binary(max_size=8), st.lists(st.integers(), max_size=40))
def test_a_shuffle_is_a_permutation(seed: bytes, items: list[int]) -> None:
    assert Counter(Generator(seed, "test").shuffle(items)) == Counter(items)


@given(st.binary(max_size=8), st.integers(0, 30), st.integers(0, 30))
def test_a_choice_takes_different_items(seed: bytes, count: int, more: int) -> None:
    chosen = Generator(seed, "test").choose(range(count + more), count)
    assert len(set(chosen)) == len(chosen) == count


def test_every_order_of_four_comes_up_about_equally_often() -> None:
    orders = Counter(
        tuple(Generator(number.to_bytes(4, "big"), "fair").shuffle(range(4)))
        for number in range(24_000)
    )
    # 24 orders, 1000 expected of each; 150 is over four standard deviations and a half.
    assert len(orders) == 24
    assert max(abs(count - 1000) for count in orders.values()) < 150


def test_lots_are_committed_before_the_audience_speaks() -> None:
    assert commit(b"secret") == hashlib.sha256(b"hoithi/lots/1\x00secret").hexdigest()
    assert lots_seed(b"secret", "17") != lots_seed(b"secret", "18")
