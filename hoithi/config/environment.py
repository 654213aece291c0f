"""Reads settings from the environment, and fails loudly: the sentence names the variable.

Every variable is a row of docs/operations.md and of `.env.example`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from hoithi.hall.config import ConfigError, is_production, weakness_of


class Environment:
    """The variables of this process; in production no development value is taken."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self._values = values
        try:
            self.production = is_production(values)
        except ConfigError as error:
            raise ImproperlyConfigured(str(error)) from error

    def text(self, name: str, default: str) -> str:
        """A text, or the default."""
        return self._values.get(name) or default

    def secret(self, name: str, development: str) -> str:
        """A secret; in production neither the development value nor one that can be guessed."""
        value = self._values.get(name, "")
        if self.production:
            weakness = weakness_of(value, development)
            if weakness:
                raise ImproperlyConfigured(f"{name} {weakness}")
        return value or development

    def number(self, name: str, default: int) -> int:
        """A whole number of 0 or more."""
        value = self._values.get(name, "")
        if not value:
            return default
        if not value.isdecimal():
            raise ImproperlyConfigured(f"{name} is not a whole number: {value!r}")
        return int(value)

    def port(self, name: str, default: int) -> int:
        """A port to listen on or to connect to."""
        value = self.number(name, default)
        if not 0 < value < 65_536:
            raise ImproperlyConfigured(f"{name} is not a port: {value}")
        return value
