"""`python -m hoithi.hall`: one hall process."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from asgiref.typing import ASGI3Application

from hoithi.hall import connections
from hoithi.hall.app import Hall
from hoithi.hall.config import ConfigError, read_config
from hoithi.hall.listening import BACKLOG, listen
from hoithi.hall.store import open_stores
from hoithi.hall.store.api import StoreError


class Server(uvicorn.Server):
    """Signals end the serving only: uvicorn would raise them again before the hall is shut."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(hall: Hall, settings: uvicorn.Config) -> None:
    """Open the hall, serve until told to stop, and shut it. Raises StoreError, ConfigError."""
    most = connections.most_connections()
    server = Server(settings)
    await _open(hall)
    keeping = asyncio.create_task(connections.keep(server.server_state, most), name="connections")
    try:
        await server.serve(listen(settings.host, settings.port))
    finally:
        keeping.cancel()
        await hall.shut()


async def _open(hall: Hall) -> None:
    """Open the hall with the collector at rest: what is loaded now stays.

    Else it would walk through all of it again and again, while it loads and ever after.
    """
    gc.disable()
    await hall.open()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


def server_settings(app: ASGI3Application, host: str, port: int) -> uvicorn.Config:
    """No access log and no forwarded headers: addresses are the hall's own business."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=connections.Watched,
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )


def main() -> int:
    """Exit code 0 after a stop, 1 with a sentence when the hall cannot start."""
    logging.basicConfig(level=logging.INFO, format="hall %(levelname)s %(message)s")
    try:
        config = read_config()
        hall = Hall(config, *open_stores(config))
        settings = server_settings(hall, config.host, config.port)
        with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
            runner.run(serve(hall, settings))
    except (ConfigError, StoreError) as error:
        sys.stderr.write(f"hall: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
