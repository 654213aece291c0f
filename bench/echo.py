"""The ceiling: an application that takes any body and gives back the bytes of a file.

`python -m bench.echo PORT FILE`, on the same server with the same settings as the hall.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from hoithi.hall.__main__ import server_settings


class Echo:
    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._headers = (
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(reply)),
        )

    async def __call__(
        self, _scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        while True:
            message = await receive()
            if message["type"] != "http.request" or not message["more_body"]:
                break
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": self._headers,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": self._reply, "more_body": False})


def main(port: str, reply: str) -> None:
    settings = server_settings(Echo(Path(reply).read_bytes()), "127.0.0.1", int(port))
    with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(settings).serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
