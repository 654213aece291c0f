"""Every way to talk to the hall, and every address of the desk, with all that is answered."""

from __future__ import annotations

import http.client
import itertools
import json
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.test.client import ClientHandler
from django.urls import NoReverseMatch, reverse

from hoithi.people.models import User
from hoithi.rules.codes import access_code
from tests import factories
from tests.flows.dragnet import Dragnet
from tests.hall.scene import OPENED, HallProcess
from tests.test_urls import ADDRESSES

Said = tuple[int, dict[str, object]]
_FALLBACKS = (1, "x", "0123456789AB", uuid.UUID(int=1))


class Visitor:
    """Talks to the hall and keeps every status, header and body."""

    def __init__(self, hall: HallProcess, net: Dragnet) -> None:
        self.net = net
        self.token = ""
        self._connection = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=20)
        OPENED.append(self._connection)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        send = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            send["X-Thi-Token"] = self.token
        self._connection.request(method, path, body, send)
        response = self._connection.getresponse()
        content = response.read()
        where = f"{method} {path} {response.status}"
        self.net.take(f"{where} head", f"{response.reason}\n{response.headers}")
        self.net.take(f"{where} body", content)
        return response.status, content

    def post(self, name: str, **message: object) -> Said:
        status, content = self.ask("POST", f"/thi/v1/{name}", json.dumps(message).encode())
        return status, json.loads(content)


def ask_the_hall_for_everything(visitor: Visitor, code: str) -> dict[str, set[str]]:
    """One contestant from the page to the receipt, with every fault that a client can make.

    Answers the errors that each message met, empty for none; the paper is handed in at the end.
    """
    for path in ("/thi", "/thi/", "/thi/page.js", "/thi/page.css", "/thi/health"):
        visitor.ask("GET", path)
        visitor.ask("GET", path, Accept_Encoding="gzip")
    for path in ("/", "/thi/keys.json", "/thi/questions.json", "/thi/v1/enter"):
        visitor.ask("GET", path)
    visitor.ask("DELETE", "/thi/page.js")
    met: dict[str, set[str]] = {}

    def say(name: str, **message: object) -> dict[str, object]:
        status, reply = visitor.post(name, **message)
        error = str(reply.get("error", ""))
        assert (status == 200) == (error == "")
        met.setdefault(name, set()).add(error)
        return reply

    def start(device: str, **more: object) -> dict[str, object]:
        accepted = {"regulation": "1.0", "consent": "1.0"}
        return say("start", **({"device": device * 32, "take_over": False} | accepted | more))

    say("pulse")
    say("enter", code="1234567890A")
    say("enter", code=access_code(b"a key of nobody", bytes(16), 1))
    visitor.token = str(say("enter", code=code)["token"])
    start("a", regulation="0")
    say("save", saves=[[1, 0, 0, -1]])
    visitor.token = str(start("a")["token"])
    start("a")
    start("b")
    say("save", saves=[[1, 0, 1, -1], [2, 1, 2, -1]])
    say("save", saves=[[1, 0, 2, -1]])
    say("save", saves=[[9, 0, 2, -1]])
    say("save", saves=[[3, 30, 0, -1]])
    say("save", saves=[[3, 0, 4, -1]])
    say("save", saves="x" * 20_000)
    old = visitor.token
    visitor.token = str(start("b", take_over=True)["token"])
    new, visitor.token = visitor.token, old
    say("save", saves=[[3, 4, 1, -1]])
    visitor.token = new
    say("save", saves=[[1, 2, 3, -1]])
    say("submit", last_seq=7)
    say("submit", last_seq=1)
    say("submit", last_seq=1)
    say("save", saves=[[2, 0, 0, -1]])
    say("pulse")
    start("b")
    for guess in range(31):
        say("enter", code=access_code(b"a key of nobody", guess.to_bytes(16, "big"), 1))
    return met


def visit_every_address(
    who: User | None, known: Mapping[str, object], net: Dragnet
) -> dict[str, set[int]]:
    """GET and POST every address of the desk; answers the statuses of each.

    Everybody comes to every address as who has just signed in: one of them leads out. All go
    through one chain of middleware.
    """
    met: dict[str, set[int]] = {}
    signed_in = factories.sign_in(Client(), who).session if who else None
    handler = ClientHandler(enforce_csrf_checks=False)
    for address in ADDRESSES.values():
        path = _path(address.name, address.parameters, known)
        for method in ("GET", "POST"):
            client = Client()
            client.handler = handler
            if signed_in is not None:
                client.cookies[settings.SESSION_COOKIE_NAME] = _another(signed_in)
            response = client.generic(method, path)
            where = f"{who or 'nobody'} {method} {path} {response.status_code}"
            net.take(f"{where} head", str(response.headers.items()))
            net.take(f"{where} body", response.getvalue())
            met.setdefault(address.name, set()).add(response.status_code)
    return met


def _another(signed_in: SessionBase) -> str:
    """The key of a new session with all that one began with; to sign in takes as long as a page."""
    made = SessionStore()
    made.update(dict(signed_in.items()))
    made.create()
    return str(made.session_key)


def _path(name: str, parameters: tuple[str, ...], known: Mapping[str, object]) -> str:
    """An address with known values; each other parameter takes the first that fits it."""
    choices = [[known[each]] if each in known else _FALLBACKS for each in parameters]
    for values in itertools.product(*choices):
        try:
            return reverse(name, kwargs=dict(zip(parameters, values, strict=True)))
        except NoReverseMatch:
            continue
    raise LookupError(f"no values for {name}: {parameters}")
