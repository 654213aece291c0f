"""What the hall is told by its environment; see docs/operations.md for every variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVELOPMENT_SECRET = "development-hall-secret"  # noqa: S105 - refused in production


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

    @property
    def journal_path(self) -> Path:
        return Path(self.journal)

    @property
    def control_path(self) -> Path:
        return Path(self.control)


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the variables. Raises ConfigError."""
    var = environment.get("HOITHI_VAR", "var")
    secret = environment.get("HOITHI_HALL_SECRET", "")
    if not secret:
        if environment.get("HOITHI_ENV") == "production":
            raise ConfigError("HOITHI_HALL_SECRET must be set in production")
        secret = DEVELOPMENT_SECRET
    port = environment.get("HOITHI_HALL_PORT", "8001")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ConfigError(f"HOITHI_HALL_PORT is not a port: {port}")
    return Config(
        secret=secret.encode(),
        journal=environment.get("HOITHI_HALL_JOURNAL", f"{var}/hall/journal.sqlite3"),
        control=environment.get("HOITHI_HALL_CONTROL", f"{var}/hall/control.sqlite3"),
        host=environment.get("HOITHI_HALL_HOST", "127.0.0.1"),
        port=int(port),
        trusted_proxies=frozenset(
            part.strip()
            for part in environment.get("HOITHI_TRUSTED_PROXIES", "").split(",")
            if part.strip()
        ),
    )
