"""QR codes as pictures that stand in a page itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from hoithi.documents.render.qr import qr_codes


def pictures(messages: Iterable[str]) -> list[str]:
    """A picture a message, as the address of an image."""
    return [
        f"data:image/svg+xml;base64,{b64encode(code.encode()).decode()}"
        for code in qr_codes(messages)
    ]


def told(address: str) -> str:
    """An address as people read and type it."""
    return address.split("://", 1)[-1]
