"""What the hall is told by its environment; see docs/operations.md for every variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEVELOPMENT_SECRET = "development-hall-secret"  # noqa: S105 - refused in production
MODES = ("development", "production")
NOTICES = {"vi": "HOITHI_HALL_NOTICE", "en": "HOITHI_HALL_NOTICE_EN"}
_SECRET_LENGTH, _SECRET_VARIETY = 32, 8


class ConfigError(ValueError):
    """A variable is missing or makes no sense; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """Addresses are host names or numbers; paths are files of this machine."""

    secret: bytes
    journal: str
    control: str
    host: str
    port: int
    trusted_proxies: frozenset[str]
    notices: Mapping[str, str] = field(default_factory=dict)  # on every view, by language
    capacity: int | None = None  # attempts open at once; more people wait their turn

    @property
    def journal_path(self) -> Path:
        return Path(self.journal)

    @property
    def signals(self) -> str:
        return signals_beside(self.journal)

    @property
    def control_path(self) -> Path:
        return Path(self.control)


def signals_beside(journal: str) -> str:
    """Where signals are kept: a file beside the journal, or a schema in its database."""
    return journal if "://" in journal else str(Path(journal).with_name("signals.sqlite3"))


def is_production(environment: Mapping[str, str]) -> bool:
    """Whether this is a server that counts. Raises ConfigError: a slip of the pen in the one word
    that guards the secrets must not make a development installation of it."""
    mode = environment.get("HOITHI_ENV") or MODES[0]
    if mode not in MODES:
        raise ConfigError(f"HOITHI_ENV is neither {' nor '.join(MODES)}: {mode!r}")
    return mode == "production"


def weakness_of(secret: str, development: str) -> str:
    """What is wrong with a secret where it counts, to be put after its name; nothing when strong.

    32 random characters hold 128 bits or more, whichever way they are written (hex has 4 each).
    """
    if not secret:
        return "must be set in production"
    if secret == development:
        return "is the public value of development; production needs one of its own"
    if len(secret) < _SECRET_LENGTH or len(set(secret)) < _SECRET_VARIETY:
        return (
            f"is too easy to guess: production needs {_SECRET_LENGTH} random characters or more, "
            "which is 128 bits"
        )
    return ""


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the variables. Raises ConfigError."""
    var = environment.get("HOITHI_VAR") or "var"
    secret = environment.get("HOITHI_HALL_SECRET") or ""
    if is_production(environment):
        weakness = weakness_of(secret, DEVELOPMENT_SECRET)
        if weakness:
            raise ConfigError(f"HOITHI_HALL_SECRET {weakness}")
    port = environment.get("HOITHI_HALL_PORT", "8001")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ConfigError(f"HOITHI_HALL_PORT is not a port: {port}")
    return Config(
        secret=(secret or DEVELOPMENT_SECRET).encode(),
        journal=environment.get("HOITHI_HALL_JOURNAL", f"{var}/hall/journal.sqlite3"),
        control=environment.get("HOITHI_HALL_CONTROL", f"{var}/hall/control.sqlite3"),
        host=environment.get("HOITHI_HALL_HOST", "127.0.0.1"),
        port=int(port),
        trusted_proxies=frozenset(
            part.strip()
            for part in environment.get("HOITHI_TRUSTED_PROXIES", "").split(",")
            if part.strip()
        ),
        capacity=_capacity(environment.get("HOITHI_HALL_CAPACITY") or ""),
        notices={
            language: sentence
            for language, name in NOTICES.items()
            if (sentence := environment.get(name))
        },
    )


def _capacity(written: str) -> int | None:
    """How many may be at work at once; nothing when nobody says so."""
    if not written:
        return None
    if not written.isdecimal() or int(written) == 0:
        raise ConfigError(f"HOITHI_HALL_CAPACITY is not a number of people: {written}")
    return int(written)
