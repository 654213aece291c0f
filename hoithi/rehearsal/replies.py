"""Replies of a hall out of the bytes of one connection, which has one request open at a time."""

from __future__ import annotations

from typing import NamedTuple

_LENGTH = b"content-length: "


class Reply(NamedTuple):
    """`head` are the lines before the body, each with its end."""

    status: int
    head: bytes
    body: bytes


class Replies:
    """Bytes as they come; a hall names the length of every body."""

    def __init__(self) -> None:
        self._buffer = b""
        self._whole = 0

    def take(self, data: bytes) -> Reply | None:
        """The reply, when it is there in full."""
        self._buffer = buffer = self._buffer + data if self._buffer else data
        if not self._whole:
            ends = buffer.find(b"\r\n\r\n")
            if ends < 0:
                return None
            at = buffer.index(_LENGTH) + len(_LENGTH)
            self._whole = ends + 4 + int(buffer[at : buffer.index(b"\r", at)])
        if len(buffer) < self._whole:
            return None
        self.clear()
        head, _, body = buffer.partition(b"\r\n\r\n")
        return Reply(int(buffer[9:12]), head + b"\r\n", body)

    def clear(self) -> None:
        """Forget half a reply: its connection is gone."""
        self._buffer, self._whole = b"", 0
