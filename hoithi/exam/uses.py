"""Which questions stand in the packages of a contest, for those who take questions elsewhere."""

from __future__ import annotations

from hoithi.bank.uses import tell_uses
from hoithi.exam.models import PackageItem, PackageState


def register_uses() -> None:
    tell_uses(in_packages)


def in_packages(contest: str) -> dict[str, set[str]]:
    """The stems in packages that stand, sealed or to be sealed, by the names of their rounds."""
    found: dict[str, set[str]] = {}
    items = PackageItem.objects.filter(package__round__contest__key=contest).exclude(
        package__state=PackageState.WITHDRAWN
    )
    for name, stem in items.values_list("package__round__name", "version__stem"):
        found.setdefault(name, set()).add(stem)
    return found
