"""Tokens: what a page shows to be known again (docs/decisions/0007). A header, never a cookie."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct

import msgspec

_BODY = struct.Struct(">IHH16s16s")
_MAC = 16
_MOST_REMEMBERED = 100_000
_LENGTH = _BODY.size + _MAC


class Token(msgspec.Struct, frozen=True, gc=False):
    """`attempt` is zeros and `epoch` 0 before the start."""

    line: int
    issue: int
    epoch: int
    sitting: bytes
    attempt: bytes


class Tokens:
    """Makes and reads tokens under one secret.

    A token that was found good is remembered: it never becomes bad, and a page shows the same one
    with every save.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._good: dict[bytes, Token] = {}

    def make(self, token: Token) -> str:
        text = make_token(self._secret, token)
        self._remember(text.encode(), token)
        return text

    def read(self, text: bytes) -> Token | None:
        """The token, or nothing when it was not made under this secret."""
        token = self._good.get(text)
        if token is None:
            token = read_token(self._secret, text)
            if token is not None:
                self._remember(text, token)
        return token

    def _remember(self, text: bytes, token: Token) -> None:
        if len(self._good) >= _MOST_REMEMBERED:
            self._good.clear()
        self._good[text] = token


def make_token(secret: bytes, token: Token) -> str:
    body = _BODY.pack(token.line, token.issue, token.epoch, token.sitting, token.attempt)
    mac = hmac.digest(secret, body, "sha256")[:_MAC]
    return base64.urlsafe_b64encode(body + mac).decode()


def read_token(secret: bytes, text: bytes) -> Token | None:
    """The token, or nothing when it was not made under this secret."""
    try:
        raw = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _LENGTH:
        return None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if not hmac.compare_digest(hmac.digest(secret, body, "sha256")[:_MAC], mac):
        return None
    line, issue, epoch, sitting, attempt = _BODY.unpack(body)
    return Token(line, issue, epoch, sitting, attempt)
