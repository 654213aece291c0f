"""The example of several nodes, started as a person starts it, and an exam through its proxy."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
from http.client import HTTPSConnection

import msgspec
import psycopg
import pytest

from examples.nodes import READY
from hoithi.hall import wire
from hoithi.hall.formats import Kind
from hoithi.hall.store import journal_reader
from tests.config.installation import ROOT
from tests.hall.scene import OPENED, Client, close_connections, free_port

pytestmark = [pytest.mark.postgres, pytest.mark.faults]


def device(port: int, number: int) -> Client:
    """A phone that takes the made-up certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    made = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    OPENED.append(made)
    return Client(port, device=f"{number:032x}", connection=made)


def test_an_exam_on_both_nodes_through_the_proxy() -> None:
    desk, one, two, proxy = (free_port() for _ in range(4))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "examples.nodes", "--desk", str(desk)),
            *("--halls", str(one), str(two), "--proxy", str(proxy)),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith(READY):
            break
    try:
        assert READY in said, said
        address = re.findall(r"postgresql://\S+", said)[0]
        codes = re.findall(r"^  (\w{4}[ -]\w{4}[ -]\w{3,4})   ", said, re.MULTILINE)
        assert len(codes) == 3, said
        assert device(proxy, 9).request("GET", "/")[0] == 200
        for number, code in enumerate(codes, start=1):
            sit(device(proxy, number), code)
        (sitting,) = sittings(address)
        reader = journal_reader(address)
        batches = list(reader.batches(sitting))
        reader.close()
        answers = [
            (batch.writer, row.item)
            for batch in batches
            for row in batch.rows
            if row.kind is Kind.ANSWER
        ]
        assert len(answers) == 3 * 6
        assert len({writer for writer, _ in answers}) == 2  # both nodes have taken some
        assert sum(row.kind is Kind.SUBMIT for batch in batches for row in batch.rows) == 3
    finally:
        close_connections()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        process.stdout.close()
        assert process.wait(timeout=120) == 0, rest
    assert "Stopped: desk, hall and worker have ended" in rest


def sit(client: Client, code: str) -> None:
    """Enter, start, answer six questions one by one, hand in."""
    status, reply = client.enter(code)
    assert status == 200
    own = msgspec.convert(reply, wire.EnterReply)
    versions = {"regulation": own.regulation.version, "consent": own.consent.version}
    status, reply = client.post("start", {"device": client.device, "take_over": False, **versions})
    assert status == 200, reply
    client.token = str(reply["token"])
    for position in range(6):
        assert client.save((position, 1))[0] == 200
    assert client.submit()[0] == 200


def sittings(address: str) -> list[bytes]:
    """What control has."""
    with psycopg.connect(address) as db:
        rows = db.execute("SELECT sitting FROM hall_control.sittings").fetchall()
    return [bytes(row[0]) for row in rows]
