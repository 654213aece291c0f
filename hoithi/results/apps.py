"""The room as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "hoithi.results"
    label = "results"

    def ready(self) -> None:
        import_module("hoithi.results.jobs").register_jobs()
