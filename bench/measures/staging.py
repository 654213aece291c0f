"""A round on stage with its hall full: a mark's way to the big screen, the console, the page.

Five judges mark and a secretary presses while five hundred phones look on, all of it against one
desk on this machine, the load included.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure
from tests.stage.desk import CONSOLE, PUBLIC, Desk, running_desk

VIEWERS = 500
MARKS = 120
JUDGES = 5
PAGE = (
    "static/stage/live.css",
    "static/stage/live.js",
    "static/stage/shown.js",
    "static/web/feed.js",
    "static/web/icon.svg",
)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, running_desk(Path(folder)) as desk:
        yield from asyncio.run(_measure(desk))


async def request(
    desk: Desk, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), content


class Viewer:
    """A phone, or the big screen: when it had which line."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}
        self.number = -1

    async def follow(self, desk: Desk) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
        writer.write(f"GET {PUBLIC}song HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    self.number = int(line[4:])
                    self.at[self.number] = time.perf_counter()
        finally:
            writer.close()

    def saw(self, number: int) -> float | None:
        """When it first had the line or a later one."""
        return min((at for each, at in self.at.items() if each >= number), default=None)


async def _measure(desk: Desk) -> list[Figure]:
    cookie = f"{desk.session_name}={desk.day.sessions['secretary']}"
    status, page = await request(desk, "GET", CONSOLE, Cookie=cookie)
    if status != 200:
        raise RuntimeError(f"the console answers {status}")
    token = page.split(b'name="csrfmiddlewaretoken" value="')[1].split(b'"')[0].decode()
    called = {"part": "gioi-thieu", "team": desk.day.teams["CJ"]}
    seen = await _press(desk, cookie, token, 1, "call", called)
    seats = [await _enter(desk, f"gk{number}") for number in range(1, JUDGES + 1)]
    viewers = [Viewer() for _ in range(VIEWERS)]
    screen = viewers[-1]
    tasks = []
    for viewer in viewers:
        tasks.append(asyncio.create_task(viewer.follow(desk)))
        await asyncio.sleep(0.004)
    while any(viewer.number < 0 for viewer in viewers):
        await asyncio.sleep(0.05)
    sent: list[tuple[float, int]] = []
    console: list[float] = []

    async def judge(token_of_seat: str, seq: int) -> None:
        began = time.perf_counter()
        body = {
            "part": "gioi-thieu",
            "team": desk.day.teams["CJ"],
            "turn": 1,
            "seq": seq,
            "marks": {"noi-dung": f"{seq % 20}.5", "hinh-thuc": "7"},
            "confirmed": True,
        }
        status, content = await request(
            desk, "POST", f"{PUBLIC}ghe/phieu/", json.dumps(body).encode(), X_Seat=token_of_seat
        )
        if status != 200:
            raise RuntimeError(f"a sheet is answered {status}: {content.decode(errors='replace')}")
        sent.append((began, int(json.loads(content)["line"])))

    for seq in range(1, MARKS // JUDGES + 1):
        await asyncio.gather(*(judge(each, seq) for each in seats))
        for number in range(1, JUDGES + 1):
            fields = {"turn": "1", "judge": f"gk{number}", "reason": "Đo tốc độ"}
            began = time.perf_counter()
            seen = await _press(desk, cookie, token, seen, "unlock", fields)
            console.append(time.perf_counter() - began)
            began = time.perf_counter()
            await request(desk, "GET", f"{CONSOLE}?part", Cookie=cookie)
            console.append(time.perf_counter() - began)
    await asyncio.sleep(2)
    to_screen = [_way(screen, began, line) for began, line in sent]
    to_all = [max(_way(each, began, line) for each in viewers) for began, line in sent]
    for task in tasks:
        task.cancel()
    size = len((await request(desk, "GET", PUBLIC))[1])
    for name in PAGE:
        size += len((await request(desk, "GET", f"/{name}"))[1])
    size += len(json.dumps(await _snapshot(desk), ensure_ascii=False).encode())
    return [
        Figure(
            "mark_to_screen_p99_ms",
            _percentile(to_screen, 99) * 1000,
            1000,
            "lower",
            {
                "p50 ms": statistics.median(to_screen) * 1000,
                "last of 500 p99 ms": _percentile(to_all, 99) * 1000,
                "marks": len(sent),
                "viewers": VIEWERS,
            },
        ),
        Figure("live_page_bytes", size, 30_000, "lower"),
        Figure(
            "console_p95_ms",
            _percentile(console, 95) * 1000,
            100,
            "lower",
            {"p50 ms": statistics.median(console) * 1000, "requests": len(console)},
        ),
    ]


def _way(viewer: Viewer, began: float, line: int) -> float:
    """Seconds from sending to showing; what never came is as bad as ten minutes."""
    at = viewer.saw(line)
    return 600.0 if at is None else at - began


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


async def _snapshot(desk: Desk) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port)
    writer.write(f"GET {PUBLIC}song HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    while not (line := await reader.readline()).startswith(b"data: "):
        pass
    writer.close()
    return json.loads(line[6:])


async def _enter(desk: Desk, key: str) -> str:
    body = json.dumps({"code": desk.day.codes[key], "take_over": False}).encode()
    status, content = await request(desk, "POST", f"{PUBLIC}ghe/vao/", body)
    if status != 200:
        raise RuntimeError(f"a code is answered {status}")
    return str(json.loads(content)["token"])


async def _press(
    desk: Desk, cookie: str, token: str, seen: int, name: str, fields: dict[str, str]
) -> int:
    """A press of the console; answers the line that the next press must have seen."""
    form = {"do": name, "seen": str(seen), "csrfmiddlewaretoken": token, **fields}
    status, content = await request(
        desk,
        "POST",
        f"{CONSOLE}lenh/",
        urllib.parse.urlencode(form).encode(),
        Cookie=f"{cookie}; csrftoken_{desk.port}={token}",
        Accept="application/json",
        Content_Type="application/x-www-form-urlencoded",
    )
    if status != 200:
        raise RuntimeError(
            f"a press is answered {status}: {content.decode(errors='replace')[:200]}"
        )
    return int(json.loads(content)["seen"])
