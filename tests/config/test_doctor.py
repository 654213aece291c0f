"""`hoithi doctor`: what it says of an installation, and when it says that something is bad."""

from __future__ import annotations

from pathlib import Path

from tests.config.installation import hoithi

PRODUCTION = {
    "HOITHI_ENV": "production",
    "HOITHI_PUBLIC_URL": "https://hoithi.example.vn",
    "HOITHI_HALL_URL": "https://hoithi.example.vn/thi/",
    "HOITHI_SECRET_KEY": "s",
    "HOITHI_DATA_KEY": "d",
    "HOITHI_CODE_KEY": "c",
    "HOITHI_HALL_SECRET": "h",
}


def lines(folder: Path, **variables: str) -> dict[str, str]:
    """State and detail by what was looked at."""
    _, said = hoithi(folder, "doctor", **variables)
    return {
        line[6:].split(": ")[0]: line[:6] + line.split(": ", 1)[1]
        for line in said.split("\n")
        if line
    }


def test_an_empty_folder_of_data_is_bad_and_says_what_to_run(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "doctor")
    assert code == 1
    assert "bad   database: " in said
    assert "run hoithi setup" in said


def test_after_setting_up_nothing_is_bad(tmp_path: Path) -> None:
    assert hoithi(tmp_path, "setup", **PRODUCTION) == (0, "")
    code, said = hoithi(tmp_path, "doctor", **PRODUCTION)
    assert (code, "bad " in said) == (0, False)


def test_a_hall_behind_a_proxy_that_is_not_named_is_a_warning(tmp_path: Path) -> None:
    alone = lines(tmp_path, **PRODUCTION)["address"]
    assert alone.startswith("warn  HOITHI_TRUSTED_PROXIES is empty")
    named = lines(tmp_path, **PRODUCTION, HOITHI_TRUSTED_PROXIES="127.0.0.1")["address"]
    assert named == "ok    https://hoithi.example.vn, hall https://hoithi.example.vn/thi/"


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    without = {name: value for name, value in PRODUCTION.items() if name != "HOITHI_CODE_KEY"}
    sentence = "HOITHI_CODE_KEY must be set in production\n"
    assert hoithi(tmp_path, "doctor", **without) == (1, sentence)
