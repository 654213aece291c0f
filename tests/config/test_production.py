"""A server for real refuses what is only there for trying out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.config.environment import Environment
from hoithi.hall.config import DEVELOPMENT_SECRET, ConfigError, read_config
from tests.config.installation import ROOT, hoithi
from tests.config.test_doctor import PRODUCTION

PUBLIC = "is the public value of development; production needs one of its own"
SLIP = "HOITHI_ENV is neither development nor production: 'prod'"


def example() -> dict[str, str]:
    """The example of settings as somebody may take it over."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line.startswith("HOITHI_"))
    return {name: value for name, _, value in pairs}


def test_the_sample_contest_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "run", **PRODUCTION)
    assert (code, said) == (
        1,
        (
            "hoithi run sets up a sample contest with accounts that everybody knows, which "
            "production refuses. Here it is hoithi setup, hoithi plan load FILE, hoithi "
            "admit, then hoithi serve.\n"
        ),
    )
    assert list(tmp_path.iterdir()) == []
    assert hoithi(tmp_path, "codes", **PRODUCTION)[0] == 1


@pytest.mark.parametrize(
    "name", ["HOITHI_SECRET_KEY", "HOITHI_DATA_KEY", "HOITHI_CODE_KEY", "HOITHI_HALL_SECRET"]
)
def test_a_secret_of_the_example_is_refused(tmp_path: Path, name: str) -> None:
    assert example()[name]
    code, said = hoithi(tmp_path, "setup", **(PRODUCTION | {name: example()[name]}))
    assert (code, said) == (1, f"{name} {PUBLIC}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_slip_in_the_kind_of_installation_is_told(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "setup", HOITHI_ENV="prod")
    assert (code, said) == (1, f"{SLIP}\n")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"HOITHI_ENV": "prod"}, SLIP),
        *(
            (
                {"HOITHI_ENV": "production", "HOITHI_HALL_SECRET": secret},
                f"HOITHI_HALL_SECRET {weakness}",
            )
            for secret, weakness in (
                ("", "must be set in production"),
                (DEVELOPMENT_SECRET, PUBLIC),
            )
        ),
    ],
)
def test_a_hall_that_is_started_by_itself_refuses_the_same(
    values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config(values)
    assert str(refused.value) == sentence


def test_what_is_empty_is_as_what_is_not_there() -> None:
    empty = {"HOITHI_ENV": "", "HOITHI_VAR": "", "HOITHI_HALL_SECRET": ""}
    assert not Environment(empty).production
    assert read_config(empty) == read_config({})
