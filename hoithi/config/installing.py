"""What a folder of data needs before the first start: tables, catalogues, folders."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.translation.reloader import translation_file_changed

from hoithi.web.catalogues import compile_catalogues


def install() -> None:
    """Make what is missing; again it does next to nothing."""
    folders = [settings.FILES, settings.STATIC_ROOT]
    if "://" not in settings.HALL_CONTROL:
        folders.append(Path(settings.HALL_CONTROL).parent)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for each in compile_catalogues(Path(settings.ROOT) / "hoithi"):  # not those of .venv
        # This process may have looked for words before there were any.
        translation_file_changed(None, each.path.with_suffix(".mo"))
    call_command("migrate", verbosity=0, interactive=False)
    if settings.PRODUCTION:
        call_command("collectstatic", verbosity=0, interactive=False)
