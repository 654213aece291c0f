"""Marks and places worked out a second time, from published files and the written rules alone.

The draw is that of docs/decisions/0003, the order that of the contest's rules, Article 5: points,
then the shorter time, then the earlier end. Nothing here knows `hoithi.rules`.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Option = str | None


def _words(seed: bytes) -> Iterator[int]:
    key = hashlib.sha256(b"hoithi/paper/1\x00" + seed).digest()
    for block in itertools.count():
        digest = hashlib.sha256(key + block.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4))


def _below(words: Iterator[int]) -> Callable[[int], int]:
    return lambda n: next(word for word in words if word < 2**32 - 2**32 % n) % n


def _shuffled(below: Callable[[int], int], things: list[int]) -> list[int]:
    for last in range(len(things) - 1, 0, -1):
        other = below(last + 1)
        things[last], things[other] = things[other], things[last]
    return things


def draw(questions: bytes, entry_key: bytes) -> list[tuple[int, list[int]]]:
    """The paper of a first attempt: (item, options in served order) for each position."""
    file = json.loads(questions)
    seed = hashlib.sha256(questions).digest() + entry_key + (1).to_bytes(4, "big")
    below = _below(_words(seed))
    chosen: list[int] = []
    for row in file["blueprint"]:
        pool = [
            at
            for at, item in enumerate(file["items"])
            if (item["topic"], item["level"]) == (row["topic"], row["level"] or item["level"])
            and at not in chosen
        ]
        for at in range(row["count"]):
            other = at + below(len(pool) - at)
            pool[at], pool[other] = pool[other], pool[at]
        chosen += pool[: row["count"]]
    order = _shuffled(below, chosen)
    return [
        (item, _shuffled(below, [*range(len(file["items"][item]["options"]))])) for item in order
    ]


def points(
    bundle: Path, round_key: str, answers: Mapping[str, Mapping[int, int]]
) -> dict[str, int]:
    """Right answers by pseudonym; `answers` are served positions by place in the paper."""
    with zipfile.ZipFile(bundle) as archive:
        folder = f"rounds/{round_key}"
        questions = archive.read(f"{folder}/questions.json")
        items = json.loads(questions)["items"]
        keys = json.loads(archive.read(f"{folder}/keys.json"))["keys"]
        rosters = [name for name in archive.namelist() if name.endswith("/roster.json")]
        lines = [line for name in rosters for line in json.loads(archive.read(name))["lines"]]
    right = {}
    for line in lines:
        paper = draw(questions, bytes.fromhex(line["entry_key"]))
        given = answers[line["entry"]]
        right[line["entry"]] = sum(
            given.get(place, -1) >= 0 and order[given[place]] in keys[items[item]["id"]]
            for place, (item, order) in enumerate(paper)
        )
    return right


def places(scores: Mapping[str, tuple[int, int, int]]) -> dict[str, int]:
    """Places from (points, duration, handed in at); who is equal shares a place: 1, 2, 2, 4."""
    best_first = {who: (-score[0], *score[1:]) for who, score in scores.items()}
    return {
        who: 1 + sum(other < own for other in best_first.values())
        for who, own in best_first.items()
    }
