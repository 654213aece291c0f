"""From a sealed package to a contestant's paper (docs/decisions/0003).

A *package* is a questions file and a keys file under one commitment. A *paper* is the list of
items one attempt gets, each with the order in which its options are served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from hoithi.rules.canonical import canonical
from hoithi.rules.draw import Generator
from hoithi.rules.shapes import Strict
from hoithi.rules.together import Together

QUESTIONS_FORMAT = "hoithi/questions/1"
KEYS_FORMAT = "hoithi/keys/1"
_DOMAIN = "hoithi/paper/1"


class BlueprintRow(Strict, frozen=True):
    """So many items of a topic and level; an empty level takes any."""

    topic: str
    level: str
    count: Annotated[int, msgspec.Meta(ge=1)]


class Item(Strict, frozen=True):
    id: str
    topic: str
    level: str
    stem: str
    options: list[str]


class AttemptRule(Strict, frozen=True):
    """How many attempts, and per what; a period is [from, to) in milliseconds UTC."""

    limit: int | None
    per: str
    utc_offset_min: int
    periods: list[tuple[int, int]]


class Prediction(Strict, frozen=True):
    prompt: str
    minimum: int
    maximum: int


class Text(Strict, frozen=True):
    """A text the contestant accepts, by version."""

    version: str
    text: str


class Sample(Strict, frozen=True):
    stem: str
    options: list[str]


class Policy(Strict, frozen=True, omit_defaults=True):
    """What the hall must know of the regulation; it says nothing about keys or marks.

    The last three stand in the file only where they say something: `signals_announced_in` is the
    part of the regulation that announces signals, `signals_days` how long after the sitting they
    are kept; `together` is how all answer one question at a time.
    """

    duration_ms: int
    grace_ms: int
    all_required: bool
    attempts: AttemptRule
    prediction: Prediction | None
    result: str
    signals: bool
    regulation: Text
    consent: Text
    sample: Sample
    signals_announced_in: str = ""
    signals_days: int = 0
    together: Together | None = None


class QuestionsFile(Strict, frozen=True):
    format: str
    package: str
    salt: str
    blueprint: list[BlueprintRow]
    items: list[Item]
    policy: Policy


class KeysFile(Strict, frozen=True):
    format: str
    package: str
    salt: str
    keys: dict[str, list[int]]


class PackageError(ValueError):
    """A file is not a questions or keys file, or contradicts itself."""


class PaperItem(msgspec.Struct, frozen=True, gc=False):
    """An item by its index in the questions file, and its options in served order."""

    item: int
    order: tuple[int, ...]


Paper = tuple[PaperItem, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """A questions file with its digest and the pools of its blueprint, ready to draw from."""

    file: QuestionsFile
    sha256: bytes
    pools: tuple[tuple[int, ...], ...]

    @property
    def paper_length(self) -> int:
        return sum(row.count for row in self.file.blueprint)


@dataclass(frozen=True, slots=True)
class SourceItem:
    """An item as it enters a package: `keys` are indices into `options`."""

    topic: str
    level: str
    stem: str
    options: tuple[str, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """The two files, and for each source item in order its id in them."""

    questions: bytes
    keys: bytes
    ids: tuple[str, ...]


def read_questions(content: bytes) -> Questions:
    """Read and check a questions file. Raises PackageError."""
    try:
        file = msgspec.json.decode(content, type=QuestionsFile)
    except msgspec.DecodeError as error:
        raise PackageError(str(error)) from error
    if file.format != QUESTIONS_FORMAT:
        raise PackageError(f"format is not {QUESTIONS_FORMAT}")
    ids = [item.id for item in file.items]
    if ids != sorted(set(ids)):
        raise PackageError("items must be sorted by id, each id once")
    policy = file.policy
    if policy.signals and not (policy.signals_announced_in and policy.signals_days > 0):
        raise PackageError("signals are announced and erased, or not recorded")
    _check_blueprint(file.blueprint)
    pools = tuple(
        tuple(
            index
            for index, item in enumerate(file.items)
            if item.topic == row.topic and row.level in ("", item.level)
        )
        for row in file.blueprint
    )
    return Questions(file, hashlib.sha256(content).digest(), pools)


def _check_blueprint(rows: Sequence[BlueprintRow]) -> None:
    """Rows that name a level come before a row of the same topic that takes any.

    Otherwise the open row could draw what a later one needs, in some papers and not in others.
    """
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.topic, row.level) in seen or (row.topic, "") in seen:
            raise PackageError(f"blueprint row out of place: {row.topic}/{row.level}")
        seen.add((row.topic, row.level))


def read_keys(content: bytes) -> KeysFile:
    """Read a keys file. Raises PackageError."""
    try:
        file = msgspec.json.decode(content, type=KeysFile)
    except msgspec.DecodeError as error:
        raise PackageError(str(error)) from error
    if file.format != KEYS_FORMAT:
        raise PackageError(f"format is not {KEYS_FORMAT}")
    return file


def commitment(questions_sha256: bytes, keys_sha256: bytes) -> bytes:
    """What is published before the first start, beside both inner hashes."""
    return hashlib.sha256(questions_sha256 + keys_sha256).digest()


def shortages(questions: Questions) -> list[tuple[BlueprintRow, int]]:
    """Blueprint rows that cannot be filled, with the number of items left for each."""
    missing = []
    taken: set[int] = set()
    for row, pool in zip(questions.file.blueprint, questions.pools, strict=True):
        free = [index for index in pool if index not in taken]
        if len(free) < row.count:
            missing.append((row, len(free)))
        taken.update(free[: row.count])
    return missing


def draw(questions: Questions, entry_key: bytes, attempt_no: int) -> Paper:
    """The paper of an attempt: the same call live and in the verifier.

    `entry_key` is the roster line's 16 bytes; attempts count from 1. Where all answer together
    every line has the same key, and every attempt the same paper.
    """
    if questions.file.policy.together is not None:
        attempt_no = 1
    seed = questions.sha256 + entry_key + attempt_no.to_bytes(4, "big")
    chance = Generator(seed, _DOMAIN)
    chosen: list[int] = []
    for row, pool in zip(questions.file.blueprint, questions.pools, strict=True):
        taken = set(chosen)
        free = [index for index in pool if index not in taken] if taken else pool
        chosen += chance.choose(free, row.count)
    items = questions.file.items
    return tuple(
        PaperItem(index, tuple(chance.shuffle(range(len(items[index].options)))))
        for index in chance.shuffle(chosen)
    )


def build_package(
    source: Sequence[SourceItem],
    *,
    blueprint: Sequence[BlueprintRow],
    policy: Policy,
    package_id: str,
    secret: bytes,
) -> Package:
    """Make both files of a package from items; `secret` is 32 random bytes used once.

    Item ids, option orders and salts are drawn from the secret, so that nothing of the bank's order
    is left in the questions file.
    """
    chance = Generator(secret, "hoithi/package/1")

    def random_hex(words: int) -> str:
        return "".join(f"{chance.word():08x}" for _ in range(words))

    questions_salt, keys_salt = random_hex(4), random_hex(4)
    items: dict[str, Mapping[str, str | list[str]]] = {}
    keys: dict[str, list[int]] = {}
    ids = []
    for item in source:
        item_id = random_hex(2)
        order = chance.shuffle(range(len(item.options)))
        items[item_id] = {
            "id": item_id,
            "topic": item.topic,
            "level": item.level,
            "stem": item.stem,
            "options": [item.options[index] for index in order],
        }
        keys[item_id] = sorted(order.index(index) for index in item.keys)
        ids.append(item_id)
    questions = canonical(
        {
            "format": QUESTIONS_FORMAT,
            "package": package_id,
            "salt": questions_salt,
            "blueprint": [msgspec.to_builtins(row) for row in blueprint],
            "items": [items[item_id] for item_id in sorted(items)],
            "policy": msgspec.to_builtins(policy),
        }
    )
    keys_file = canonical(
        {"format": KEYS_FORMAT, "package": package_id, "salt": keys_salt, "keys": keys}
    )
    return Package(questions, keys_file, tuple(ids))
