"""What a hall process has heard of the desk, and what it does while it cannot hear it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from hoithi.hall.app import Hall
from hoithi.hall.config import Config
from hoithi.hall.store import control, journal, journal_reader
from hoithi.hall.store.api import OrderKind, Withdrawal
from tests.hall.scene import SECRET, HallProcess, code, now_ms, order, publish, wait_until


def test_a_process_reports_itself_before_it_serves(new_hall: HallProcess) -> None:
    publish(new_hall.control_address, opens_ms=0, closes_ms=now_ms() + 60_000)
    number = order(new_hall.control_address, OrderKind.WITHDRAW, amount=Withdrawal.ASKED)
    new_hall.start()
    reader = journal_reader(new_hall.journal_address)
    assert len(reader.nodes()) == 1
    wait_until(lambda: [node.order for node in reader.nodes()] == [number])
    reader.close()


async def post(hall: Hall, name: str, message: object, token: str = "") -> tuple[int, Any]:
    """Ask a hall of this process, as its server would."""
    sent: list[Any] = []
    body = json.dumps(message).encode()
    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": f"/thi/v1/{name}",
        "headers": [(b"x-thi-token", token.encode())] if token else [],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    await hall(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_who_has_not_heard_the_desk_for_long_starts_nobody(tmp_path: Path) -> None:
    """One that was frozen may have been taken for dead, and missed that starts are stopped."""
    files = tmp_path / "control.sqlite3", tmp_path / "journal.sqlite3"
    publish(files[0], opens_ms=0, closes_ms=now_ms() + 60_000)
    config = Config(SECRET, str(files[1]), str(files[0]), "127.0.0.1", 0, frozenset())
    message = {"device": "0" * 32, "regulation": "1", "consent": "1", "take_over": False}

    async def play() -> list[int]:
        hall = Hall(config, control(config.control), journal(config.journal))
        await hall.open()
        token = (await post(hall, "enter", {"code": code(1)}))[1]["token"]
        hall.follower.looked_ms -= 10_001
        status, reply = await post(hall, "start", message, token)
        assert reply == {"error": "unavailable"}
        await hall.follower.follow()
        again, _ = await post(hall, "start", message, token)
        await hall.shut()
        return [status, again]

    assert asyncio.run(play()) == [503, 200]
