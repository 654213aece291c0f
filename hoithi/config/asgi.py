"""The desk as an ASGI application."""

from __future__ import annotations

import os

import django

from hoithi.web.files import FilesInPieces

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
django.setup(set_prefix=False)

from hoithi.config.warming import warm_up  # noqa: E402 - these need the settings
from hoithi.stage.streaming import Streaming  # noqa: E402

warm_up()
application = Streaming(FilesInPieces())
