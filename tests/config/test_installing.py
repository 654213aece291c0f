"""Setting up a clone as a newcomer has it: with a virtual environment inside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.config.installation import ROOT


def test_catalogues_of_other_packages_in_the_clone_are_left_alone(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "hoithi", tmp_path / "hoithi")
    foreign = tmp_path / ".venv/lib/other/locale/vi/LC_MESSAGES/django.po"
    foreign.parent.mkdir(parents=True)
    foreign.write_text('msgid "not ours"\nmsgstr ""\n')
    done = subprocess.run(
        [sys.executable, "-m", "hoithi.config.cli", "setup"],
        cwd=tmp_path,
        env=os.environ | {"HOITHI_VAR": str(tmp_path / "var")},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "hoithi/people/locale/vi/LC_MESSAGES/django.mo").exists()
    assert not foreign.with_suffix(".mo").exists()
