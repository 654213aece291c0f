"""One module a measure: `measure()` answers its figures. A new module is found by being here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules

from bench.figures import Figure

Measure = Callable[[], Iterable[Figure]]


def measures() -> dict[str, Measure]:
    """Every measure by the name of its module, in order of the names."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").measure for name in names}
