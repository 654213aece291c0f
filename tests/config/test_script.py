"""`bin/hoithi` wherever it is called from, and wherever the clone lies."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.config.installation import ROOT

PLAN = "plans/daknong-2023/contest.toml"


def called(script: Path, *arguments: str, within: Path, **variables: str) -> tuple[int, str, str]:
    """Exit code, what was said and what was complained."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOITHI_")}
    done = subprocess.run(
        [script, *arguments],
        cwd=within,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in a folder as people name them."""
    made = tmp_path / "Hội thi 2023 (bản 'thử')"
    for part in ("hoithi", "bin", "plans"):
        shutil.copytree(ROOT / part, made / part)
    return made


def test_files_are_named_as_seen_from_where_it_is_called(tmp_path: Path) -> None:
    # A limit of people without the part it is about is a note.
    content = (ROOT / PLAN).read_text().replace('part = "quiz"\n', "")
    (tmp_path / "ke-hoach.toml").write_text(content)
    shutil.copy((ROOT / PLAN).parent / "bank.csv", tmp_path)
    (tmp_path / "hoithi").symlink_to(ROOT / "bin/hoithi")
    # A file of the caller's is not taken for a part of Python.
    (tmp_path / "argparse.py").write_text("raise SystemExit('the wrong one')")
    for script in (ROOT / "bin/hoithi", tmp_path / "hoithi"):
        status, said, complaint = called(script, "plan", "check", "ke-hoach.toml", within=tmp_path)
        first, *notes = said.splitlines()
        assert (status, first, complaint) == (0, "ke-hoach.toml: hợp lệ.", "")
        assert {note.partition(" rounds[2]")[0] for note in notes} == {"ke-hoach.toml: Lưu ý,"}


def test_a_clone_may_lie_in_any_folder(clone: Path, tmp_path: Path) -> None:
    (clone / ".venv").symlink_to(ROOT / ".venv")
    script = clone / "bin/hoithi"
    assert called(script, "setup", within=tmp_path) == (0, "", "")
    assert (clone / "var/desk.sqlite3").exists()
    assert called(script, "plan", "load", str(clone / PLAN), within=tmp_path) == (
        0,
        "daknong-2023: loaded\n",
        "",
    )
    assert called(script, "plan", "export", "daknong-2023", within=clone)[0] == 0
    elsewhere = {"HOITHI_VAR": "dữ liệu"}
    assert called(script, "plan", "export", "a", within=tmp_path, **elsewhere)[0] == 1
    assert (tmp_path / "dữ liệu").is_dir()


def test_a_clone_that_is_not_set_up_says_how(clone: Path, tmp_path: Path) -> None:
    said = f"Not set up yet. Run  make setup  in {clone}\n"
    assert called(clone / "bin/hoithi", "run", within=tmp_path) == (1, "", said)
