"""Replies out of bytes, however a network cuts them."""

from __future__ import annotations

import pytest

from hoithi.rehearsal.replies import Replies, Reply

HEAD = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\ncontent-length: 11"
WHOLE = HEAD + b"\r\n\r\n" + b'{"a":"\r\n\r\n"'[:11]
REPLY = Reply(503, HEAD + b"\r\n", WHOLE[-11:])


@pytest.mark.parametrize("size", [1, 2, 7, 40, 1000])
def test_a_reply_is_there_with_its_last_byte_and_not_before(size: int) -> None:
    replies = Replies()
    pieces = [WHOLE[at : at + size] for at in range(0, len(WHOLE), size)]
    for _ in range(2):  # the next one begins anew
        taken = [replies.take(piece) for piece in pieces]
        assert taken == [*[None] * (len(pieces) - 1), REPLY]


def test_half_a_reply_is_forgotten_with_its_connection() -> None:
    replies = Replies()
    assert replies.take(WHOLE[:-3]) is None
    replies.clear()
    assert replies.take(WHOLE) == REPLY


def test_a_reply_may_have_no_body() -> None:
    assert Replies().take(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") == Reply(
        200, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", b""
    )
