"""What `make` does for a newcomer, in a folder named as people name them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.config.installation import ROOT

PROGRAM = '#!/bin/sh\necho "$1 in $HOITHI_VAR on $HOITHI_DESK_PORT and $HOITHI_HALL_PORT"\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The Makefile and the locks; `bin/hoithi` says what it is told."""
    made = tmp_path / "Hội thi 2023"
    (made / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, made)
    program(made / "bin/hoithi", PROGRAM)
    return made


def program(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def make(clone: Path, *arguments: str, path: str = "") -> tuple[int, str]:
    """Exit code and what was said, without what make says of itself."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HOITHI_", "MAKE"))}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=clone,
        env=environment | {"PATH": f"{path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    said = [line for line in done.stdout.splitlines() if not line.startswith("make: ")]
    return done.returncode, "\n".join(said)


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        (
            "ensurepip",
            "Python's venv is missing. Install it with:  sudo apt-get install python3-venv",
        ),
        ("version_info", "Python 3.11 or newer is needed, as python3."),
    ],
)
def test_what_python_lacks_is_told(
    clone: Path, tmp_path: Path, lacking: str, sentence: str
) -> None:
    python = tmp_path / "lacking"
    python.mkdir()
    program(python / "python3", f'#!/bin/sh\ncase "$2" in *{lacking}*) exit 1;; esac\n')
    assert make(clone, "run", path=str(python)) == (2, sentence)
    assert not (clone / ".venv").exists()


def test_the_demo_begins_afresh_beside_the_data_and_removes_nothing_else(clone: Path) -> None:
    for name in ("var/desk.sqlite3", "var/demo/desk.sqlite3", "thi", "../Hội"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = str(taken.getsockname()[1])
    ports = (f"HOITHI_DESK_PORT={free}", "HOITHI_HALL_PORT=8011")
    assert make(clone, "demo", "RUNS=", *ports) == (
        0,
        f"rm -rf var/demo\nrun in {clone}/var/demo on {free} and 8011",
    )
    kept = [(clone / name).exists() for name in ("var/desk.sqlite3", "thi", "../Hội")]
    assert (kept, (clone / "var/demo").exists()) == ([True] * 3, False)


def test_the_data_of_a_demo_that_runs_is_left_alone(clone: Path) -> None:
    data = clone / "var/demo/desk.sqlite3"
    data.parent.mkdir(parents=True)
    data.touch()
    with socket.create_server(("127.0.0.1", 0)) as running:
        port = running.getsockname()[1]
        code, said = make(clone, "demo", "RUNS=", f"HOITHI_DESK_PORT={port}")
    assert (code, said) == (
        2,
        (
            f"Port {port} is taken. If a demo runs, stop it; else choose two others:  "
            "make demo HOITHI_DESK_PORT=… HOITHI_HALL_PORT=…"
        ),
    )
    assert data.exists()
