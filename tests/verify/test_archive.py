"""Zip files as nobody should publish them: each is refused by name, before it is unpacked."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hoithi.verify import archive
from hoithi.verify.archive import Archive
from hoithi.verify.checks import verify
from hoithi.verify.findings import BundleError
from tests.verify.scene import ROUND, Files, honest, packed

ODD_NAMES = [
    "../thoat.json",
    "rounds/../../thoat.json",
    "/etc/passwd",
    "C:\\thoat.json",
    "rounds\\a.json",
    "./contest.json",
    "rounds//a.json",
    "rounds/",
    ".an",
    "Contest.json",
    "hồ-sơ.json",
    "a b.json",
    "a\nHồ sơ khớp.json",
    "\x1b[2J.json",
]


def code_of(path: Path) -> tuple[str, str]:
    (finding,) = verify(path)
    assert finding.sentence("vi").isprintable()
    return finding.code, finding.place


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_leads_elsewhere_or_misleads_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "b.zip", {**honest(), name: b"{}"})
    assert code_of(path) == ("name_refused", name)


def test_a_name_with_an_end_in_the_middle_is_refused(tmp_path: Path) -> None:
    """Some programs read `contest.json`, others the whole."""
    path = packed(tmp_path / "b.zip", {**honest(), "contest.jsonX.txt": b"{}"})
    content = path.read_bytes().replace(b"contest.jsonX.txt", b"contest.json\x00.txt")
    path.write_bytes(content)
    assert code_of(path) == ("name_refused", "contest.json\x00.txt")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.zip", honest())
    name = f"{ROUND}/published.json"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as target:
        warnings.simplefilter("ignore")
        target.writestr(name, honest()[name])
    assert code_of(path) == ("name_twice", name)


def test_a_file_with_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.zip", honest())
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"contest.json"))
    content[start + 8] |= 1
    path.write_bytes(content)
    assert code_of(path) == ("encrypted", "contest.json")


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_packed_otherwise_is_refused(tmp_path: Path, how: int) -> None:
    path = packed(tmp_path / "b.zip", honest())
    with zipfile.ZipFile(path, "a", how) as target:
        target.writestr("bomb.json", b"0" * 5_000_000)
    assert code_of(path) == ("packed_otherwise", "bomb.json")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.zip", {**honest(), "bomb.json": b"0" * 5_000_000})
    assert code_of(path) == ("packed_too_densely", "bomb.json")


def claiming(path: Path, name: str, size: int, packed_size: int) -> Path:
    """A zip file whose directory says other sizes of a file than it has."""
    packed(path, honest())
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    struct.pack_into("<II", content, start + 20, packed_size, size)
    path.write_bytes(content)
    return path


def test_sizes_that_a_zip_file_only_claims_are_damage(tmp_path: Path) -> None:
    """Nothing is unpacked beyond what was claimed, and what was claimed must fit the checksum."""
    for size in (0, 10, 100_000):
        path = claiming(tmp_path / "b.zip", "contest.json", size, 138)
        said = [(each.code, each.place) for each in verify(path)]
        assert said.count(("damaged", "contest.json")) == 1
    path = claiming(tmp_path / "b.zip", "contest.json", 2**31, 2**30)
    assert {each.code for each in verify(path)} == {"damaged", "too_large"}


def test_more_files_or_bytes_than_any_bundle_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "b.zip", honest())
    monkeypatch.setattr(archive, "MOST_AT_ONCE", 100)
    assert code_of(path) == ("too_large", "manifest.json")
    monkeypatch.setattr(archive, "MOST_BYTES", 10_000)
    assert code_of(path) == ("too_large", "b.zip")
    monkeypatch.setattr(archive, "MOST_MEMBERS", 20)
    assert code_of(path) == ("too_many_files", "b.zip")


def mangled(content: bytes, at: bytes, offset: int, value: bytes) -> bytes:
    start = content.rindex(at) + offset
    return content[:start] + value + content[start + len(value) :]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"",
        lambda content: b"PK\x05\x06" + bytes(18),
        lambda content: b"<html>Not Found</html>",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[len(content) // 2 :],
        lambda content: mangled(content, b"PK\x05\x06", 12, b"\xff" * 4),
        lambda content: mangled(content, b"PK\x05\x06", 16, b"\xff" * 4),
        lambda content: mangled(content, b"PK\x01\x02", 6, b"\xff\xff"),
        lambda content: mangled(content, b"PK\x01\x02", 28, b"\xff\xff"),
        lambda content: mangled(content, b"PK\x01\x02", 30, b"\xff\xff"),
        lambda content: mangled(
            mangled(content, b"PK\x01\x02", 8, b"\x00\x08"), b"PK\x01\x02", 46, b"\xff"
        ),
        lambda content: mangled(content, b"PK\x01\x02", 42, b"\x01\x00\x00\x00"),
    ],
)
def test_a_torn_zip_file_is_a_finding(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = packed(tmp_path / "b.zip", honest())
    content = path.read_bytes()
    changed = change(content)
    path.write_bytes(changed)
    assert bool(verify(path)) or changed[:-60] == content[:-60]


def test_whatever_is_unpacked_again_with_another_program_is_the_same(tmp_path: Path) -> None:
    """Stored instead of deflated, in another order: the contents are what counts."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as target:
        for name, content in sorted(_manifested(tmp_path).items(), reverse=True):
            target.writestr(name, content)
    assert verify(tmp_path / "b.zip") == []


def _manifested(tmp_path: Path) -> Files:
    with zipfile.ZipFile(packed(tmp_path / "a.zip", honest())) as source:
        return {name: source.read(name) for name in source.namelist()}


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as refused:
        Archive(packed(tmp_path / "b.zip", honest())).content("rounds/x/keys.json")
    assert refused.value.finding.code == "part_missing"
    assert code_of(tmp_path / "none.zip") == ("not_a_bundle", "none.zip")
