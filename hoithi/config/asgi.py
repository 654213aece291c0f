"""The desk as an ASGI application."""

from __future__ import annotations

import gc
import os

import django

from hoithi.config.loading import collector_at_rest
from hoithi.web.files import FilesInPieces

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
with collector_at_rest():
    django.setup(set_prefix=False)

    # These need the settings.
    from hoithi.config.warming import warm_up
    from hoithi.stage.streaming import Streaming

    warm_up()
    application = Streaming(FilesInPieces())
    gc.freeze()
