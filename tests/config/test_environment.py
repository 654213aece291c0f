"""Settings from the environment: what is wrong is refused by name before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.core.exceptions import ImproperlyConfigured

from hoithi.config.environment import Environment

PRODUCTION = {"HOITHI_ENV": "production"}


def refusal(values: Mapping[str, str], ask: Callable[[Environment], object]) -> str:
    """The sentence with which a value is refused."""
    with pytest.raises(ImproperlyConfigured) as refused:
        ask(Environment(values))
    return str(refused.value)


def test_without_variables_it_is_a_development_installation() -> None:
    empty = Environment({})
    assert not empty.production
    assert empty.text("HOITHI_KEY", "a default") == "a default"
    assert empty.secret("HOITHI_KEY", "development") == "development"
    assert (empty.number("HOITHI_KEY", 5), empty.port("HOITHI_KEY", 8000)) == (5, 8000)


def test_what_is_set_is_taken() -> None:
    strong = "8f0c61e7b5a94d2c8f0c61e7b5a94d2c"
    values = Environment(
        {"TEXT": "a", "SECRET": strong, "NUMBER": "0", "PORT": "65535"} | PRODUCTION
    )
    assert values.production
    assert values.text("TEXT", "b") == "a"
    assert values.secret("SECRET", "development") == strong
    assert (values.number("NUMBER", 5), values.port("PORT", 8000)) == (0, 65_535)


def test_an_empty_variable_is_none() -> None:
    empty = Environment({"HOITHI_KEY": ""})
    assert (empty.text("HOITHI_KEY", "a"), empty.number("HOITHI_KEY", 5)) == ("a", 5)


@pytest.mark.parametrize("set_to", [{}, {"HOITHI_KEY": ""}])
def test_in_production_no_secret_is_taken_from_the_code(set_to: dict[str, str]) -> None:
    said = refusal(PRODUCTION | set_to, lambda each: each.secret("HOITHI_KEY", "development"))
    assert said == "HOITHI_KEY must be set in production"


GUESSED = "is too easy to guess: production needs 32 random characters or more, which is 128 bits"
PUBLIC = "is the public value of development; production needs one of its own"
WEAK = [("development-value-of-all-who-read", PUBLIC), ("x", GUESSED), ("x" * 64, GUESSED)]
WEAK += [("8f0c61e7b5a94d2c8f0c61e7b5a94d2", GUESSED)]


@pytest.mark.parametrize(("value", "why"), WEAK)
def test_in_production_no_secret_is_public_or_short(value: str, why: str) -> None:
    set_to = PRODUCTION | {"HOITHI_KEY": value}
    development = "development-value-of-all-who-read"
    said = refusal(set_to, lambda each: each.secret("HOITHI_KEY", development))
    assert said == f"HOITHI_KEY {why}"
    assert Environment({"HOITHI_KEY": value}).secret("HOITHI_KEY", development) == value


@pytest.mark.parametrize("mode", ["Production", "prod", "production ", "test"])
def test_a_slip_in_the_mode_does_not_make_a_development_installation(mode: str) -> None:
    said = refusal({"HOITHI_ENV": mode}, lambda each: each.production)
    assert said == f"HOITHI_ENV is neither development nor production: {mode!r}"


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "1e3", " ", "0x10"])
def test_a_number_is_whole_and_not_negative(value: str) -> None:
    said = refusal({"HOITHI_KEY": value}, lambda each: each.number("HOITHI_KEY", 5))
    assert said == f"HOITHI_KEY is not a whole number: {value!r}"


@pytest.mark.parametrize("value", ["0", "65536", "99999999999999999999"])
def test_a_port_is_one_that_exists(value: str) -> None:
    said = refusal({"HOITHI_KEY": value}, lambda each: each.port("HOITHI_KEY", 8000))
    assert said == f"HOITHI_KEY is not a port: {value}"
