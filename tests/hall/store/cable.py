"""A cable between hall and database that can be watched, held and cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

# The end of a statement that stored a batch: one row, and no transaction is open any more.
_COMMITTED = b"C\x00\x00\x00\x0dSELECT 1\x00Z\x00\x00\x00\x05I"


class Cable:
    """Passes bytes on between a loopback port of its own and the server's.

    `commits` counts the commits whose acknowledgement was passed on to the hall.
    """

    def __init__(self, server_port: int) -> None:
        self.commits = 0
        self.held = threading.Event()
        self._server_port = server_port
        self._hold_requests = False
        self._hold_commits = False
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._run(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            thread.join(timeout=20)
        self._door.close()
        for end in self._ends:
            end.close()

    def url(self, url: str) -> str:
        """The database's address by way of this cable."""
        return url.replace(f":{self._server_port}/", f":{self.port}/")

    def hold_requests(self) -> None:
        """From now on nothing reaches the server."""
        self._hold_requests = True

    def hold_commits(self) -> None:
        """From the next commit on nothing comes back from the server."""
        self._hold_commits = True

    def cut(self) -> None:
        """Both sides notice at once, and nobody gets through."""
        self._is_cut = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._is_cut = self._hold_requests = self._hold_commits = False

    def _run(self, what: object, *ends: socket.socket) -> None:
        assert callable(what)
        thread = threading.Thread(target=what, args=ends, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                hall, _ = self._door.accept()
            except OSError:
                return
            if self._is_cut:
                hall.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                hall.close()
                continue
            self._ends += [hall, server]
            self._run(self._carry_requests, hall, server)
            self._run(self._carry_replies, server, hall)

    def _carry_requests(self, hall: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while (chunk := hall.recv(65_536)) and not self._hold_requests:
                server.sendall(chunk)
        self._end(hall, server, held=self._hold_requests)

    def _carry_replies(self, server: socket.socket, hall: socket.socket) -> None:
        held, tail = False, b""
        with suppress(OSError):
            while chunk := server.recv(65_536):
                commits = (tail + chunk).count(_COMMITTED)
                tail = chunk[-len(_COMMITTED) + 1 :]
                if commits and self._hold_commits:
                    held = True
                    break
                self.commits += commits
                hall.sendall(chunk)
        self._end(server, hall, held=held)

    def _end(self, source: socket.socket, target: socket.socket, *, held: bool) -> None:
        """Hang up; or, where something is held, say so and stay silent."""
        if held:
            self.held.set()
            return
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
