"""`python -m hoithi.hall`: one hall process."""

from __future__ import annotations

import asyncio
import logging
import sys

import uvicorn

from hoithi.hall.app import Hall
from hoithi.hall.config import Config, ConfigError, read_config
from hoithi.hall.store import open_stores
from hoithi.hall.store.api import StoreError


async def serve(hall: Hall, settings: uvicorn.Config) -> None:
    """Open the hall, serve until told to stop, and shut it. Raises StoreError."""
    await hall.open()
    try:
        await uvicorn.Server(settings).serve()
    finally:
        await hall.shut()


def server_settings(hall: Hall, config: Config) -> uvicorn.Config:
    """No access log and no forwarded headers: addresses are the hall's own business."""
    return uvicorn.Config(
        hall,
        host=config.host,
        port=config.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        log_level="warning",
        backlog=4096,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )


def main() -> int:
    """Exit code 0 after a stop, 1 with a sentence when the hall cannot start."""
    logging.basicConfig(level=logging.INFO, format="hall %(levelname)s %(message)s")
    try:
        config = read_config()
        hall = Hall(config, *open_stores(config))
        settings = server_settings(hall, config)
        with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
            runner.run(serve(hall, settings))
    except (ConfigError, StoreError) as error:
        sys.stderr.write(f"hall: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
