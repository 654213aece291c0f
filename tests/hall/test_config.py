"""What the hall is told by its environment: in production no secret that anybody could know."""

from __future__ import annotations

import pytest

from hoithi.hall.config import DEVELOPMENT_SECRET, ConfigError, read_config

PRODUCTION = {"HOITHI_ENV": "production"}
STRONG = "8f0c61e7b5a94d2c8f0c61e7b5a94d2c"


@pytest.mark.parametrize("value", ["", "x", "x" * 64, DEVELOPMENT_SECRET, STRONG[:-1]])
def test_a_weak_secret_opens_a_hall_in_development_only(value: str) -> None:
    told = {"HOITHI_HALL_SECRET": value}
    assert read_config(told).secret == (value or DEVELOPMENT_SECRET).encode()
    with pytest.raises(ConfigError, match=r"^HOITHI_HALL_SECRET (must|is) "):
        read_config(told | PRODUCTION)


def test_a_strong_secret_is_taken() -> None:
    assert read_config(PRODUCTION | {"HOITHI_HALL_SECRET": STRONG}).secret == STRONG.encode()


def test_a_slip_in_the_mode_opens_no_hall() -> None:
    with pytest.raises(ConfigError, match=r"^HOITHI_ENV is neither development nor production"):
        read_config({"HOITHI_ENV": "Production", "HOITHI_HALL_SECRET": STRONG})
