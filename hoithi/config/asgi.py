"""The desk as an ASGI application."""

from __future__ import annotations

import os

import django

from hoithi.web.files import FilesInPieces

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
django.setup(set_prefix=False)

from hoithi.stage.streaming import Streaming  # noqa: E402 - its tables need the settings

application = Streaming(FilesInPieces())
