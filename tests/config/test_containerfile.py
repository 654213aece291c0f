"""The image is not built here; what its recipe names is there, is let in, and is understood."""

from __future__ import annotations

import re

import pytest

from hoithi.config.cli import main
from tests.config.installation import ROOT

RECIPE = (ROOT / "Containerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()


def test_what_is_copied_is_there_and_let_in() -> None:
    sources = re.findall(r"^COPY (\S+) \S+$", RECIPE, re.MULTILINE)
    assert sources == ["requirements.lock", "LICENSE", "bin/hoithi", "hoithi", "plans"]
    assert [each for each in sources if not (ROOT / each).exists()] == []
    assert IGNORED[1] == "*"
    assert sorted(each[1:] for each in IGNORED if each.startswith("!")) == sorted(sources)


def test_what_the_container_runs_is_understood() -> None:
    started = RECIPE.rstrip().rpartition("\n")[2]
    assert started.startswith("CMD ")
    commands = re.findall(r"\bhoithi ([a-z]+)((?: --[a-z]+ \S+?)*)(?=[\s\"])", started)
    assert [name for name, _ in commands] == ["setup", "serve"]
    for name, options in commands:
        with pytest.raises(SystemExit) as left:
            main([name, *options.split(), "--help"])
        assert left.value.code == 0


def test_it_is_a_server_for_real_and_runs_without_rights() -> None:
    assert re.search(r"^ENV .*\bHOITHI_ENV=production\b", RECIPE, re.MULTILINE)
    assert re.search(r"^USER hoithi$", RECIPE, re.MULTILINE)
