"""The room as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    name = "hoithi.entries"
    label = "entries"

    def ready(self) -> None:
        import_module("hoithi.entries.jobs").register_jobs()
