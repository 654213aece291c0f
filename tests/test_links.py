"""No page offers what it then refuses: its links and forms, followed as everybody who reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve
from pytest_django import DjangoDbBlocker

from hoithi.people.http import PERMISSION
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope
from tests.addresses import ROLES, Pair
from tests.addresses.scene import Scene, build, join, parameters
from tests.test_urls import ADDRESSES, path_of, undone

pytestmark = pytest.mark.django_db
READERS = (*ROLES, "question team", "organiser of the committee")


class _Offers(HTMLParser):
    """What a page offers: (method, path) of its links, of its forms and of what it loads later."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._offer("GET", values.get("href", ""))
        elif tag == "form":
            self._offer(values.get("method", "get").upper(), values.get("action", ""))
        self._offer("GET", values.get("hx-get", ""))

    def _offer(self, method: str, address: str) -> None:
        parts = urlsplit(address)
        if parts.path.startswith("/") and not parts.netloc:
            self.found.add((method, parts.path))


def offers(html: str) -> set[tuple[str, str]]:
    reader = _Offers()
    reader.feed(html)
    return reader.found


@dataclass
class Visitor:
    """Somebody who follows what pages offer; each way is tried once."""

    scene: Scene
    role: str
    _tried: dict[tuple[str, str], int] = field(default_factory=dict)

    def page(self, path: str) -> str:
        """What a page shows; nothing where there is no page for this visitor."""
        with undone():
            response = self.scene.client(self.role).get(path)
        is_page = "text/html" in response.headers.get("Content-Type", "")
        return response.content.decode() if response.status_code == 200 and is_page else ""

    def refused(self, method: str, path: str) -> bool:
        if (method, path) not in self._tried:
            with undone():
                response = self.scene.client(self.role).generic(method, path)
            self._tried[method, path] = response.status_code
        return self._tried[method, path] == 403


def has_view(path: str) -> bool:
    """Whether a path leads to the desk: files and the hall answer elsewhere."""
    try:
        return hasattr(resolve(path).func, PERMISSION)
    except Resolver404:
        return False


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = build()
        here = contest_scope(made.ours.key)
        join(made, "question team", [(Role.QUESTIONS, here)])
        join(made, "organiser of the committee", [(Role.COMMITTEE, here), (Role.ORGANISER, here)])
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def values(scene: Scene) -> dict[str, Pair]:
    return parameters(scene)


@pytest.mark.parametrize("role", READERS)
def test_no_page_offers_what_it_refuses(role: str, scene: Scene, values: dict[str, Pair]) -> None:
    visitor = Visitor(scene, role)
    refused = {
        f"{name}: {method} {path}"
        for name, address in sorted(ADDRESSES.items())
        for method, path in offers(visitor.page(path_of(address, values)))
        if has_view(path) and visitor.refused(method, path)
    }
    assert refused == set()


def test_whoever_prepares_questions_finds_the_bank_in_the_menu(
    scene: Scene, values: dict[str, Pair]
) -> None:
    page = Visitor(scene, "question team").page(path_of(ADDRESSES["contests:bank"], values))
    menu = page[page.index('<nav class="nav') : page.index("</nav>")]
    assert {path for _method, path in offers(menu)} == {f"/ban-to-chuc/{scene.ours.key}/ngan-hang/"}
