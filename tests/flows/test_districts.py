"""A round in a district: two installations in two folders, joined by files and a spoken code."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.flows.machine import Machine, machine

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


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
    bare = machine(tmp_path / "laptop", is_bare=True)
    with machine(tmp_path / "province") as province, bare as laptop:
        played(province, laptop, tmp_path)


def played(province: Machine, laptop: Machine, tmp_path: Path) -> None:
    kit, sent, bundle = (tmp_path / name for name in ("kit.json", "sent.zip", "bundle.zip"))
    here = ("daknong-2023", "truc-tiep")
    assert province.does("prepared") == {"teams": ["CJ", "DM", "GN"]}
    (code,) = CODE.findall(province.says("unit", "kit", *here, "GN", kit))
    nowhere = tmp_path / "no folder/file"
    # The code is told all the same: the kit is made, and can be fetched from the page.
    assert CODE.search(province.says("unit", "kit", *here, "DM", nowhere, code=1))
    for secret in ("Trần Văn", "Gia Nghĩa 1", code, code.replace("-", "")):
        assert secret not in kit.read_text()
    people = [
        *("--member", "truong-ban-huyen@example.vn", "Trưởng ban huyện"),
        *("--member", "pho-ban-huyen@example.vn", "Phó ban huyện"),
    ]
    assert "Mã mở không đúng" in laptop.says("unit", "take", kit, "0" * 16, *people, code=1)
    taken = laptop.says("unit", "take", kit, code.lower(), *people)
    assert "daknong-2023/truc-tiep: máy này là của Thành phố Gia Nghĩa" in taken
    assert taken.count("thành viên Ban Tổ chức, thư ký; đặt mật khẩu tại:  http://") == 2
    assert "1. Chạy  bin/hoithi serve --lan" in taken
    assert "Cần hai người ký" not in taken
    assert "đã nạp từ trước" in laptop.says("unit", "take", kit, code, *people)
    assert "chưa kết thúc" in laptop.says("unit", "send", *here, sent, code=1)
    assert laptop.does("held") == {"teams": 1}
    (check,) = re.findall(
        r"Mã đối chiếu:  (.+)", laptop.says("unit", "send", *here, nowhere, code=1)
    )
    assert f"Mã đối chiếu:  {check}" in laptop.says("unit", "send", *here, sent)
    assert laptop.does("minutes") == {"check": check}
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
