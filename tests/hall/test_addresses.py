"""Walks every address of the hall: who may ask what, and how."""

from __future__ import annotations

import pytest

from hoithi.hall.app import ROUTES
from hoithi.hall.page_files import read_page
from tests.hall.scene import Client, HallProcess, code

ROLES = ("nobody", "forger", "entered", "sitting")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What each role is answered to GET and to POST with an empty message; other methods get 405. That a
# message lacks something is told only to those who are known.
TABLE = {
    "/thi/v1/enter": ("405 405 405 405", "400 400 400 400"),
    "/thi/v1/start": ("405 405 405 405", "401 401 400 400"),
    "/thi/v1/save": ("405 405 405 405", "401 401 400 400"),
    "/thi/v1/submit": ("405 405 405 405", "401 401 400 400"),
    "/thi/v1/pulse": ("405 405 405 405", "401 401 200 200"),
    "/thi/v1/signals": ("405 405 405 405", "401 401 403 403"),
    "/thi/": ("200 200 200 200", "405 405 405 405"),
    "/thi/page.css": ("200 200 200 200", "405 405 405 405"),
    "/thi/page.js": ("200 200 200 200", "405 405 405 405"),
}


@pytest.fixture
def clients(hall: HallProcess) -> dict[str, Client]:
    """One device for each role, all of them on one line of the roster but the first two."""
    made = {role: Client(hall.port) for role in ROLES}
    made["entered"].enter(code(38))
    made["sitting"].enter(code(39))
    made["sitting"].start()
    made["forger"].token = made["entered"].token[:-4] + "AAA="
    return made


def test_the_table_has_one_row_for_every_address() -> None:
    assert sorted(TABLE) == sorted([*ROUTES, *read_page()])


@pytest.mark.parametrize("path", TABLE)
def test_every_role_gets_the_answer_of_the_table(clients: dict[str, Client], path: str) -> None:
    got, posted = (dict(zip(ROLES, words.split(), strict=True)) for words in TABLE[path])
    expected = {
        (method, role): {"GET": got, "POST": posted}.get(method, {}).get(role, "405")
        for method in METHODS
        for role in ROLES
    }
    answers = {
        (method, role): str(clients[role].request(method, path, b"{}")[0])
        for method, role in expected
    }
    assert answers == expected
