"""Two contests that know nothing of each other, and somebody for every column of the table."""

from __future__ import annotations

import base64
import importlib
import pkgutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

import tests.addresses
from hoithi.contests.actions import load_plan
from hoithi.contests.models import Contest
from hoithi.contests.queries import units_of
from hoithi.people.accounts import SIGNED_IN_AT
from hoithi.people.models import Role, Unit, User
from hoithi.people.permissions import Scope, contest_scope, unit_scope
from hoithi.people.sample import sample_account
from tests.addresses import ROLES, Pair, Row
from tests.factories import PLAN, ROOT, now

# The plan of 2023 scores no units; here it does, so that their table is walked too.
_RULE = (
    "collective = { points_per_percent = 1, ranking = ['score', 'percent'],"
    " prize_points = { nhat = 10, nhi = 8, ba = 6, khuyen-khich = 4 },"
    " prizes = [{ key = 'tap-the', label = 'Bằng khen', count = 8, amount_vnd = 0 }] }"
)
OUR_PLAN = PLAN.replace(b'collective = ""', _RULE.encode())
OTHER_PLAN = (ROOT / "plans/binhthuan-2024/contest.toml").read_bytes()
NAMES = {
    "stranger": "Đỗ Thị Mẫu",
    "observer": "Hồ Văn Mẫu",
    "officer of another unit": "Lý Thị Mẫu",
    "officer": "Mai Văn Mẫu",
    "organiser": "Ngô Thị Mẫu",
    "committee": "Phan Văn Mẫu",
    "theirs": "Vũ Thị Mẫu",
    "question team": "Trịnh Văn Mẫu",
    "organiser of the committee": "Đoàn Thị Mẫu",
}
SECRET = base64.b32encode(b"a secret of tests").decode()


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` has a user for each role but nobody; they work in `ours`, for `unit`.

    Everybody has signed in once (`sessions`), and all requests go through one chain of middleware.
    """

    ours: Contest
    theirs: Contest
    unit: Unit
    other_unit: Unit
    their_unit: Unit
    people: dict[str, User]
    their_organiser: User
    sessions: dict[str, str]
    handler: ClientHandler

    def client(self, role: str) -> Client:
        client = Client()
        client.handler = self.handler
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


def build() -> Scene:
    ours, theirs = _load(OUR_PLAN), _load(OTHER_PLAN)
    unit, other_unit = units_of(ours)[:2]
    here = contest_scope(ours.key)
    rights: dict[str, list[tuple[Role, Scope]]] = {
        "stranger": [],
        "observer": [(Role.OBSERVER, here)],
        "officer of another unit": [(Role.UNIT_OFFICER, unit_scope(other_unit.pk))],
        "officer": [(Role.UNIT_OFFICER, unit_scope(unit.pk))],
        "organiser": [(Role.ORGANISER, here)],
        "committee": [(Role.COMMITTEE, here)],
    }
    assert list(rights) == list(ROLES[1:])
    made = Scene(
        ours=ours,
        theirs=theirs,
        unit=unit,
        other_unit=other_unit,
        their_unit=units_of(theirs)[0],
        people={},
        their_organiser=_account("theirs", [(Role.ORGANISER, contest_scope(theirs.key))]),
        sessions={},
        handler=ClientHandler(enforce_csrf_checks=False),
    )
    for role, grants in rights.items():
        join(made, role, grants)
    return made


def join(scene: Scene, role: str, grants: Iterable[tuple[Role, Scope]]) -> None:
    """Somebody more, signed in."""
    user = _account(role, grants)
    scene.people[role] = user
    scene.sessions[role] = _session(user)


def _session(user: User) -> str:
    """Signed in a day ahead: however long the walk takes, nobody is asked for the password."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = time.time() + 86_400
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _load(content: bytes) -> Contest:
    return load_plan(content=content, actor_id="0", actor_name="hoithi", now=now()).contest


def _account(role: str, grants: Iterable[tuple[Role, Scope]]) -> User:
    return sample_account(
        email=f"{role.replace(' ', '-')}@example.vn",
        name=NAMES[role],
        password="a password of tests",
        totp_secret=SECRET,
        grants=grants,
        now=now(),
    )


def parameters(scene: Scene) -> dict[str, Pair]:
    """Values of every parameter: those of all rooms, and what each row's rooms add."""
    values = {
        "contest": Pair(scene.ours.key, scene.theirs.key),
        "unit": Pair(scene.unit.code, scene.their_unit.code),
    }
    for module in _rooms():
        values |= getattr(module, "parameters", lambda _: {})(scene)
    return values


def rows() -> dict[str, Row]:
    """The rows of all rooms."""
    found: dict[str, Row] = {}
    for module in _rooms():
        twice = found.keys() & module.ROWS.keys()
        assert not twice, f"two rows: {sorted(twice)}"
        found |= module.ROWS
    return found


def _rooms() -> list[ModuleType]:
    names = (each.name for each in pkgutil.iter_modules(tests.addresses.__path__))
    return [importlib.import_module(f"tests.addresses.{each}") for each in names if each != "scene"]
