"""Walks every address of the desk as every role (table: `tests/addresses/`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from hoithi.people.http import PERMISSION
from tests.addresses import ROLES, SIGN_IN, Pair
from tests.addresses.scene import Scene, build, parameters, rows
from tests.english import english_of
from tests.forms import ShownForm, shown_forms
from tests.worst import WORST

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Address:
    """A named pattern of the resolver with its view and the names of its parameters."""

    name: str
    view: Callable[..., HttpResponseBase]
    parameters: tuple[str, ...] = field(default=())

    @property
    def permission(self) -> str:
        return str(getattr(self.view, PERMISSION, ""))


def walk(resolver: URLResolver, prefix: str = "", above: tuple[str, ...] = ()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        names = (*above, *pattern.pattern.converters, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            known = tuple(dict.fromkeys(names))
            yield Address(f"{prefix}{pattern.name or pattern.pattern}", pattern.callback, known)
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern, f"{prefix}{space}", names)


ADDRESSES = {address.name: address for address in walk(get_resolver())}
ROWS = rows()
each_address = pytest.mark.parametrize("name", sorted(ADDRESSES))


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Built once; no request of the walk leaves anything behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def values(scene: Scene) -> dict[str, Pair]:
    return parameters(scene)


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back, tries that are counted included."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def value_of(address: Address, parameter: str, values: dict[str, Pair]) -> Pair:
    return values.get(f"{address.name}.{parameter}") or values[parameter]


def path_of(address: Address, values: dict[str, Pair], *, theirs: str = "") -> str:
    """The path with our values; the parameter `theirs` has that of the other contest."""
    pairs = {each: value_of(address, each, values) for each in address.parameters}
    return reverse(
        address.name,
        kwargs={each: pair.theirs if each == theirs else pair.ours for each, pair in pairs.items()},
    )


def answer(scene: Scene, role: str, method: str, path: str) -> str:
    """The status as the table writes it."""
    with undone():
        response = scene.client(role).generic(method, path)
    leads_to_sign_in = response.headers.get("Location", "").split("?")[0] == resolve_url(
        settings.LOGIN_URL
    )
    return (
        SIGN_IN if response.status_code == 302 and leads_to_sign_in else str(response.status_code)
    )


# What speaks for these is a token in a header, or a vote that anybody may send: no cookie does.
WITHOUT_COOKIES = frozenset(
    f"stage:{name}"
    for name in (
        *("seat", "enter", "sheet", "not_marked", "answer", "press", "call"),
        "vote",
    )
)


@each_address
def test_every_address_has_a_name_and_every_view_says_who_may_see_it(name: str) -> None:
    address = ADDRESSES[name]
    assert address.permission != ""
    assert getattr(address.view, "csrf_exempt", False) == (name in WITHOUT_COOKIES)
    assert " " not in name and "/" not in name


def test_the_table_has_one_row_for_every_address() -> None:
    assert sorted(ROWS) == sorted(ADDRESSES)


@each_address
def test_every_role_gets_the_answer_of_the_table(
    name: str, scene: Scene, values: dict[str, Pair]
) -> None:
    path, row = path_of(ADDRESSES[name], values), ROWS[name]
    other_answers = {
        f"{method} as {role}": f"{given}, not {expected}"
        for method in METHODS
        for role, expected in row.answers(method).items()
        if (given := answer(scene, role, method, path)) not in expected.split()
    }
    assert other_answers == {}


@each_address
def test_who_has_no_second_factor_is_led_to_set_it_up(
    name: str, scene: Scene, values: dict[str, Pair]
) -> None:
    address = ADDRESSES[name]
    if address.permission in {"public", "own_account"}:
        return
    with undone():
        Authenticator.objects.all().delete()
        response = scene.client("organiser").get(path_of(address, values))
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("mfa_activate_totp"),
    )


@each_address
def test_things_of_the_other_contest_are_out_of_reach(
    name: str, scene: Scene, values: dict[str, Pair]
) -> None:
    address = ADDRESSES[name]
    if "contest" not in address.parameters and address.permission == "public":
        return
    foreign = [each for each in address.parameters if each != "contest"]
    if address.permission != "public":
        foreign += [each for each in address.parameters if each == "contest"]
    reached = {
        (parameter, method, role): given
        for parameter in foreign
        for method in ("GET", "POST")
        for role in ROLES
        if (given := answer(scene, role, method, path_of(address, values, theirs=parameter)))
        not in {SIGN_IN, "403", "404", "405"}
    }
    assert reached == {}


@each_address
def test_values_of_the_two_contests_differ(name: str, values: dict[str, Pair]) -> None:
    pairs = [value_of(ADDRESSES[name], each, values) for each in ADDRESSES[name].parameters]
    assert [pair for pair in pairs if pair.ours == pair.theirs] == []


@each_address
def test_every_page_is_vietnamese(name: str, scene: Scene, values: dict[str, Pair]) -> None:
    path = path_of(ADDRESSES[name], values)
    english = {}
    for role in ("nobody", "officer", "organiser", "committee"):
        with undone():
            response = scene.client(role).get(path)
        if "text/html" in response.headers.get("Content-Type", ""):
            english[role] = english_of(response.content.decode())
    assert {role: found for role, found in english.items() if found} == {}


def test_the_worst_text_in_any_form_is_taken_or_told(scene: Scene, values: dict[str, Pair]) -> None:
    """Every form that a page shows to one of the three who work, with every text in every field."""
    forms: dict[tuple[str, tuple[str, ...]], tuple[str, ShownForm]] = {}
    for name, address in sorted(ADDRESSES.items()):
        path = path_of(address, values)
        for role in ("committee", "organiser", "officer"):
            with undone():
                shown = scene.client(role).get(path)
            if "text/html" in shown.headers.get("Content-Type", ""):
                for form in shown_forms(shown.content.decode()):
                    form.action = urljoin(path, form.action)
                    forms.setdefault((name, tuple(form.texts)), (role, form))
    faults = []
    for (name, texts), (role, form) in forms.items():
        for kind, worst in WORST.items():
            with undone():
                client = scene.client(role)
                client.raise_request_exception = False
                answer = client.generic(
                    "POST",
                    form.action,
                    form.filled(worst),
                    content_type="application/x-www-form-urlencoded",
                )
            if answer.status_code >= 500:
                faults.append((name, texts, kind, answer.status_code))
    assert faults == []
    filled = {text for _, texts in forms for text in texts}
    assert filled >= {"name", "reason", "text", "evidence", "code"}
