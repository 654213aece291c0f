"""A round in a district: two installations in two folders, joined by files and a spoken code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.migrated import lay_tables
from tests.races import ROOT


@dataclass(frozen=True, slots=True)
class Machine:
    """An installation, by its command line."""

    folder: Path

    def does(self, name: str) -> object:
        done = self._run("tests.races", f"tests.flows.unit_day:{name}")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def says(self, *arguments: str | Path, code: int = 0) -> str:
        done = self._run("hoithi.config.cli", *map(str, arguments))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def _run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if "HOITHI_" not in key}
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment | {"HOITHI_VAR": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def spoilt(file: Path, to: Path) -> Path:
    """The file with one digit of the signed marks raised, packed as it was."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "signed.json":
                assert b'"31.25"' in content
                content = content.replace(b'"31.25"', b'"39.25"')
            new.writestr(name, content)
    return to


def test_a_districts_round_goes_from_the_kit_to_the_provinces_bundle(tmp_path: Path) -> None:
    province, laptop = Machine(tmp_path / "province"), Machine(tmp_path / "laptop")
    for each in (province, laptop):
        each.folder.mkdir()
        lay_tables(each.folder)
    kit, sent, bundle = (tmp_path / name for name in ("kit.json", "sent.zip", "bundle.zip"))
    here = ("daknong-2023", "truc-tiep")
    assert province.does("prepared") == {"teams": ["CJ", "DM", "GN"]}
    (code,) = re.findall(
        r"([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})", province.says("unit", "kit", *here, "GN", kit)
    )
    for secret in ("Trần Văn", "Gia Nghĩa 1", code, code.replace("-", "")):
        assert secret not in kit.read_text()
    people = [
        *("--member", "truong-ban-huyen@example.vn", "Trưởng ban huyện"),
        *("--member", "pho-ban-huyen@example.vn", "Phó ban huyện"),
    ]
    assert "Mã mở không đúng" in laptop.says("unit", "take", kit, "0" * 16, *people, code=1)
    assert "daknong-2023/truc-tiep" in laptop.says("unit", "take", kit, code.lower(), *people)
    assert "as before" in laptop.says("unit", "take", kit, code, *people)
    assert "chưa kết thúc" in laptop.says("unit", "send", *here, sent, code=1)
    assert laptop.does("held") == {"teams": 1}
    (check,) = re.findall(r"Check code:  (.+)", laptop.says("unit", "send", *here, sent))
    first = sent.read_bytes()
    laptop.says("unit", "send", *here, sent)
    assert sent.read_bytes() == first

    changed = spoilt(sent, tmp_path / "changed.zip")
    assert "Chữ ký trên tệp" in province.says("unit", "receive", *here, changed, code=1)
    assert f": taken. Check code:  {check}" in province.says("unit", "receive", *here, sent)
    again = province.says("unit", "receive", *here, sent)
    assert "was there already, nothing has changed" in again
    assert "Bộ hồ sơ do tỉnh lập" in laptop.says("unit", "kit", *here, "GN", kit, code=1)
    assert "nộp ở máy của tỉnh" in laptop.says("unit", "receive", *here, sent, code=1)
    assert province.does("published") == {"rows": [["GN-D01", "54.25"]]}
    province.says("bundle", "daknong-2023", bundle)
    assert "Hồ sơ khớp." in province.says("verify", bundle)
