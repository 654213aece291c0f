"""Phones of the audience without a browser: each keeps its stream open and the newest snapshot."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stage.desk import PUBLIC, Desk


class Viewer(threading.Thread):
    """Somebody who looks on; a stream that ends is opened again, as a browser does."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(daemon=True)
        self.desk, self.leaves = desk, threading.Event()
        self.line, self.seen = -1, dict[str, Any]()

    def run(self) -> None:
        while not self.leaves.is_set():
            try:
                self._follow()
            except (OSError, http.client.HTTPException):
                self.leaves.wait(0.5)  # no network, or the desk is down: try again soon

    def _follow(self) -> None:
        number, line = -1, http.client.HTTPConnection("127.0.0.1", self.desk.port, timeout=20)
        try:
            line.request("GET", f"{PUBLIC}song", headers={"Accept": "text/event-stream"})
            for read in line.getresponse():
                if read.startswith(b"id: "):
                    number = int(read[4:])
                elif read.startswith(b"data: "):
                    self.seen, self.line = json.loads(read[6:])["s"], number
                if self.leaves.is_set():
                    return
        finally:
            line.close()


@contextmanager
def audience(desk: Desk, count: int) -> Iterator[list[Viewer]]:
    viewers = [Viewer(desk) for _ in range(count)]
    for viewer in viewers:
        viewer.start()
    try:
        yield viewers
    finally:
        for viewer in viewers:
            viewer.leaves.set()


def all_see(viewers: list[Viewer], line: int) -> list[dict[str, Any]]:
    """What each sees once everybody has come to this line of the log."""
    until = time.monotonic() + 60
    while any(viewer.line < line for viewer in viewers):
        assert time.monotonic() < until, [viewer.line for viewer in viewers]
        time.sleep(0.05)  # until the next event of the stream
    return [viewer.seen for viewer in viewers]
