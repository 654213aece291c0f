"""The menu of a contest: its pages in the order of the work, for each reader those that open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.people.http import opens_to
from hoithi.people.models import Role

# The section that a page names as its own, the address, what it is called.
_PAGES: tuple[tuple[str, str, Promise], ...] = (
    ("overview", "desk:overview", _("Overview")),
    ("assumptions", "desk:assumptions", _("To be confirmed")),
    ("duties", "desk:duties", _("Duties")),
    ("registration", "entries:overview", _("Registration by unit")),
    ("bank", "contests:bank", _("Question bank")),
    ("results", "results:home", _("Results")),
    ("bodies", "desk:bodies", _("Bodies")),
    ("people", "contests:people", _("People and rights")),
    ("audit", "desk:audit", _("Log")),
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page that the reader may open."""

    section: str
    href: str
    name: Promise


def menu_of(contest: str, roles: Collection[Role]) -> list[MenuEntry]:
    """The pages of a contest, by its key, that open to somebody with these roles in it."""
    pages = [
        MenuEntry(section, reverse(page, kwargs={"contest": contest}), name)
        for section, page, name in _PAGES
    ]
    return [page for page in pages if opens_to(page.href, roles)]
