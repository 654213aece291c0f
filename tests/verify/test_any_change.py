"""Every value of a bundle is changed in turn, its hash made anew: nothing but labels goes unseen.

A bundle is anybody's file, so a change that makes no sense must be a finding too, never a crash.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from hoithi.verify.checks import verify
from tests.verify import test_checks, test_contest

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
Files: TypeAlias = dict[str, bytes]
MANIFEST = "manifest.json"

# What decides no prize: words, money, days and the numbers of versions.
LABEL = re.compile(r"(label|amount_vnd|number|held_on|scan_sha256)$")
# Rules that are in force and touch nobody of these bundles, or say the same twice.
WITHOUT_EFFECT = {
    "rounds/online/regulation.json.online.attempts.limit",
    "rounds/online/regulation.json.online.attempts.per",
    "rounds/online/regulation.json.online.attempts.utc_offset_min",
    "rounds/online/regulation.json.requirement.all_correct",
    "contest.json.collective.ranking",
}


def changes(value: Json) -> Iterator[tuple[str, Json]]:
    """Every way to change one value, with its path; of a list the first element stands for all."""
    for other in _others(value):
        yield "", other
    if isinstance(value, dict):
        for key, inner in value.items():
            for path, other in changes(inner):
                yield f".{key}{path}", {**value, key: other}
    elif isinstance(value, list) and value:
        for path, other in changes(value[0]):
            yield f"[0]{path}", [other, *value[1:]]


def _others(value: Json) -> list[Json]:
    match value:
        case bool():
            return [not value]
        case str():
            return ["zz", ""] if value else ["zz"]
        case int():
            return [-1, 1_000_000_000]
        case list() if value:
            return [[], [*value, *value]]
        case dict() if value:
            return [{}]
        case None:
            return [0]
        case _:
            return []


def files_of(bundle: Path) -> Files:
    with zipfile.ZipFile(bundle) as source:
        return {name: source.read(name) for name in source.namelist()}


def rewritten(path: Path, files: Files, name: str, content: bytes) -> Path:
    """The bundle with another file and a manifest to fit."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(path, "w") as target:
        for each, whole in (
            files | {name: content, MANIFEST: json.dumps(manifest).encode()}
        ).items():
            target.writestr(each, whole)
    return path


def unseen(path: Path, honest: Path) -> set[str]:
    """Paths of the values that can be changed without a finding."""
    files = files_of(honest)
    found = set()
    for name, content in files.items():
        if not name.endswith(".json") or name == MANIFEST:
            continue
        for at, other in changes(json.loads(content)):
            if not verify(rewritten(path, files, name, json.dumps(other).encode())):
                found.add(f"{name}{at}")
    return found


def test_nothing_that_decides_a_prize_can_be_changed_unseen(tmp_path: Path) -> None:
    path = tmp_path / "changed.zip"
    one = test_checks.write(tmp_path / "one.zip", test_checks.HONEST)
    several = test_contest.write(tmp_path / "several.zip", test_contest.HONEST)
    found = unseen(path, one) | unseen(path, several)
    assert {each for each in found if not LABEL.search(each)} == WITHOUT_EFFECT
