"""Every command as a person types it: what it says, and its exit code; never a traceback."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from hoithi.config.cli import main
from hoithi.contests.actions import fix_rules
from hoithi.contests.models import Contest, PlanVersion, Round
from hoithi.web.spreadsheets import read_sheet

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "plans/daknong-2023/contest.toml"
Said = tuple[int, str, str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return Say(capsys)


class Say:
    """Runs a command; answers its exit code, what it said and what it complained about."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Said:
        code = main([str(each) for each in arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A plan with three slips."""
    text = PLAN.read_text()
    for good, bad in (
        ("minutes = 30", "minutes = 0"),
        ('code = "CJ"', 'code = "GN"'),
        ("utc_offset_min = 420", "utc_offset = 420"),
    ):
        assert good in text
        text = text.replace(good, bad, 1)
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    file = tmp_path / "contest.toml"
    file.write_text(text)
    return file


# plan check


@pytest.mark.parametrize("plan", sorted((ROOT / "plans").glob("*/contest.toml")))
def test_every_plan_that_ships_is_valid(say: Say, plan: Path) -> None:
    code, said, complained = say("plan", "check", plan)
    assert (code, said.splitlines()[0], complained) == (0, f"{plan}: hợp lệ.", "")
    assert "Lưu ý" not in said
    code, said, complained = say("plan", "check", plan, "--language", "en")
    assert (code, said.splitlines()[0], complained) == (0, f"{plan}: valid.", "")


def test_what_a_good_plan_says_and_nobody_acts_on_is_noted(say: Say, tmp_path: Path) -> None:
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    plan = tmp_path / "contest.toml"
    plan.write_text(PLAN.read_text().replace('part = "quiz"\n', ""))
    note = (
        f"{plan}: Lưu ý, rounds[2].segments[2].most_people: Số người tối đa chưa được kiểm tra vì "
        "chưa ghi là của vai nào. Hãy thêm mục part (presenter, quiz hoặc performer).\n"
    )
    code, said, _ = say("plan", "check", plan)
    assert (code, said.endswith(note), said.count("Lưu ý")) == (0, True, 1)


def test_the_slips_of_a_plan_are_told_with_their_keys(say: Say, spoiled: Path) -> None:
    vietnamese = (
        f"{spoiled}: contest.utc_offset_min: Thiếu mục này. Hãy thêm vào.\n"
        f"{spoiled}: contest.utc_offset: Không có mục tên này. Có phải là “utc_offset_min”?\n"
        f"{spoiled}: rounds[1].online.minutes: Giá trị 0 nằm ngoài giới hạn: "
        "phải từ 1 đến 600. Hãy sửa lại.\n"
    )
    english = (
        f"{spoiled}: contest.utc_offset_min: This key is missing. Add it.\n"
        f"{spoiled}: contest.utc_offset: There is no such key. Is it “utc_offset_min”?\n"
        f"{spoiled}: rounds[1].online.minutes: The value 0 is out of bounds: "
        "it must be from 1 to 600. Correct it.\n"
    )
    assert say("plan", "check", spoiled) == (1, vietnamese, "")
    assert say("plan", "check", spoiled, "--language", "en") == (1, english, "")


def test_contradictions_are_told_once_the_shape_is_right(say: Say, tmp_path: Path) -> None:
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    file = tmp_path / "contest.toml"
    file.write_text(PLAN.read_text().replace('code = "CJ"', 'code = "GN"', 1))
    sentence = "The key “GN” is used twice. Change one of them."
    assert say("plan", "check", file, "--language", "en") == (
        *(1, f"{file}: units[2]: {sentence}\n", ""),
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Thiếu mục này. Hãy thêm vào."),
        (b"PK\x03\x04\xff", "Tệp không phải UTF-8 (byte 4). Hãy lưu lại với bảng mã UTF-8."),
        (b"[", "Tệp kết thúc khi còn dở một mục."),
        (b"a = " + b"[" * 100_000, "Các dấu ngoặc [ hoặc { lồng nhau quá sâu. Hãy xóa bớt."),
    ],
)
def test_what_is_no_plan_is_told(say: Say, tmp_path: Path, content: bytes, sentence: str) -> None:
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    file = tmp_path / "contest.toml"
    file.write_bytes(content)
    code, said, complained = say("plan", "check", file)
    assert (code, sentence in said, complained) == (1, True, "")


def test_a_file_that_is_not_there_and_a_folder_are_told(say: Say, tmp_path: Path) -> None:
    none = tmp_path / "none.toml"
    missing = "Không có tệp này. Hãy xem lại đường dẫn."
    folder = "Đây là một thư mục. Hãy ghi đường dẫn đến tệp kế hoạch ở trong đó."
    assert say("plan", "check", none) == (1, f"{none}: {missing}\n", "")
    assert say("plan", "check", tmp_path) == (1, f"{tmp_path}: {folder}\n", "")


# plan load, plan export


@pytest.mark.django_db
def test_a_plan_is_loaded_once(say: Say) -> None:
    assert say("plan", "load", PLAN) == (0, "daknong-2023: loaded\n", "")
    assert say("plan", "load", PLAN) == (0, "daknong-2023: nothing has changed\n", "")
    assert PlanVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_plan_with_slips_is_not_loaded(say: Say, spoiled: Path) -> None:
    code, said, _ = say("plan", "load", spoiled, "--language", "en")
    assert (code, said.count("\n")) == (1, 3)
    assert Contest.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("Huyện Cư Jút", "x" * 201, "units[2].name: Dài 201 ký tự, chỉ được nhiều nhất 120."),
        ("minutes = 30", f"minutes = {'9' * 5000}", "Tệp có một số dài hàng nghìn chữ số."),
        ("minutes = 30", "minutes = 1e99999999999", "minutes: Sai kiểu: cần số nguyên"),
        ("cấp tỉnh", "cấp\\u0000", "contest.level: Sau “cấp” có một ký tự không nhìn thấy."),
        ("cấp tỉnh", "\\ud800", "level: Dòng 11: sau dấu"),
        ('code = "CJ"', 'code = "C/J"', "units[2].code: “C/J” không làm mã được."),
        ("closes_at = 2023-10-06", "closes_at = 2023-09-06", "Kết thúc không sau bắt đầu."),
    ],
)
def test_what_no_table_could_hold_is_told_before_it_is_loaded(
    say: Say, tmp_path: Path, good: str, bad: str, sentence: str
) -> None:
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    file = tmp_path / "contest.toml"
    text = PLAN.read_text()
    assert good in text
    file.write_text(text.replace(good, bad, 1))
    code, said, complained = say("plan", "load", file)
    assert (code, sentence in said, complained) == (1, True, ""), said
    assert Contest.objects.count() == 0


@pytest.mark.django_db
def test_a_plan_that_changes_fixed_rules_waits_for_two_people(say: Say, tmp_path: Path) -> None:
    say("plan", "load", PLAN)
    fix_rules(each=Round.objects.get(key="truc-tuyen"), now=timezone.now())
    changed = tmp_path / "changed.toml"
    changed.write_text(PLAN.read_text().replace("minutes = 30", "minutes = 25", 1))
    code, said, complained = say("plan", "load", changed)
    assert (code, complained) == (1, "")
    page = f"{settings.PUBLIC_URL}/ban-to-chuc/daknong-2023/ke-hoach/"
    assert said.splitlines()[1:] == [
        "  rounds[1].online.minutes: 30 -> 25",
        f"Two members of the committee confirm it at {page}",
    ]
    assert PlanVersion.objects.count() == 1


@pytest.mark.django_db
def test_an_exported_plan_loads_to_the_same_contest(say: Say, tmp_path: Path) -> None:
    say("plan", "load", PLAN)
    code, text, _ = say("plan", "export", "daknong-2023")
    assert code == 0
    exported = tmp_path / "exported.toml"
    exported.write_text(text)
    code, said, _ = say("plan", "check", exported)
    assert (code, "Cạnh tệp kế hoạch không có tệp “bank.csv”." in said) == (1, True)
    shutil.copy(PLAN.parent / "bank.csv", tmp_path)
    code, said, _ = say("plan", "check", exported)
    assert (code, said.splitlines()[0]) == (0, f"{exported}: hợp lệ.")
    assert say("plan", "load", exported) == (0, "daknong-2023: nothing has changed\n", "")
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace("minutes = 30", "minutes = 25", 1))
    assert say("plan", "load", changed) == (0, "daknong-2023: loaded\n", "")
    assert PlanVersion.objects.count() == 2


# bundle, verify


@pytest.mark.django_db
def test_a_contest_without_results_has_an_empty_bundle_that_fits(say: Say, tmp_path: Path) -> None:
    say("plan", "load", PLAN)
    bundle = tmp_path / "b.zip"
    written = f"{bundle}: no round is published yet\n"
    assert say("bundle", "daknong-2023", bundle) == (0, written, "")
    code, said, _ = say("verify", bundle)
    assert (code, said.splitlines()[:2]) == (0, ["Cuộc thi: daknong-2023", "Hồ sơ khớp."])
    code, said, _ = say("verify", bundle, "--language", "en")
    assert (code, said.splitlines()[:2]) == (0, ["Contest: daknong-2023", "The bundle fits."])
    # Once more: the same file is written anew, and nothing is left beside it.
    assert say("bundle", "daknong-2023", bundle) == (0, written, "")
    assert list(tmp_path.iterdir()) == [bundle]


@pytest.mark.django_db
def test_a_bundle_that_cannot_be_written_leaves_nothing_behind(say: Say, tmp_path: Path) -> None:
    say("plan", "load", PLAN)
    code, said, complained = say("bundle", "daknong-2023", tmp_path / "none/b.zip")
    assert (code, said) == (1, "")
    assert complained.startswith("the bundle was not written: [Errno 2] No such file or directory")
    taken = tmp_path / "taken"
    taken.mkdir()
    code, said, complained = say("bundle", "daknong-2023", taken)
    assert (code, said) == (1, "")
    assert complained.startswith("the bundle was not written: [Errno 21] Is a directory")
    assert list(tmp_path.iterdir()) == [taken]


def test_what_is_no_bundle_is_told(say: Say, tmp_path: Path) -> None:
    none, empty, other = (tmp_path / name for name in ("none.zip", "empty.zip", "other.zip"))
    empty.write_bytes(b"")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    not_zip = "Không phải hồ sơ kiểm chứng: tệp không mở được như một tệp zip."
    assert say("verify", none) == (1, f"none.zip: {not_zip}\n", "")
    assert say("verify", empty) == (1, f"empty.zip: {not_zip}\n", "")
    assert say("verify", tmp_path)[0] == 1
    assert say("verify", "--language", "en", other) == (
        *(1, "manifest.json: The bundle lacks this file.\n", ""),
    )


# run


@pytest.mark.django_db
def test_production_gets_no_sample_contest(say: Say, settings: Settings) -> None:
    settings.PRODUCTION = True
    code, said, complained = say("run")
    assert (code, said) == (1, "")
    assert complained.startswith("hoithi run sets up a sample contest with accounts")
    assert Contest.objects.count() == 0


# sample-list


@pytest.mark.django_db
def test_the_list_to_try_is_written_for_the_sample_contest_only(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "danh-sach.xlsx"
    nothing_here = "there is no sample contest here; hoithi run sets it up\n"
    assert say("sample-list", file) == (1, "", nothing_here)
    say("plan", "load", PLAN)
    assert say("sample-list", file) == (1, "", nothing_here)
    assert not file.exists()
    Contest.objects.update(is_sample=True)
    assert say("sample-list", file) == (0, f"{file}\n", "")
    sheet = read_sheet(file.read_bytes(), file.name, max_bytes=100_000, max_rows=100)
    assert sheet.rows[1].cells[0].text == (
        "Huyện Tuy Đức: danh sách mẫu để tập, không có ai là người thật"
    )


@pytest.mark.django_db
def test_a_list_to_try_that_cannot_be_written_is_told(say: Say, tmp_path: Path) -> None:
    say("plan", "load", PLAN)
    Contest.objects.update(is_sample=True)
    code, said, complained = say("sample-list", tmp_path)
    assert (code, said) == (1, "")
    assert complained.startswith("the list was not written: [Errno 21] Is a directory")


# whatever the command


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command", [("plan", "export", "nowhere"), ("bundle", "nowhere", "b.zip")], ids=" ".join
)
def test_a_contest_that_is_not_there_is_told(say: Say, command: tuple[str, ...]) -> None:
    assert say(*command) == (1, "", "there is no contest nowhere\n")


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("dance",),
        ("plan",),
        ("plan", "dance"),
        ("plan", "check"),
        ("plan", "check", "a.toml", "--language", "fr"),
        ("bundle", "daknong-2023"),
        ("backup",),
        ("sample-list",),
        ("serve", "--port", "80"),
        ("verify",),
        ("verify", "a.zip", "b.zip"),
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_answered_with_how_it_is_used(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(command)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("usage: hoithi")
