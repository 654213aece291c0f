"""The room as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ExamConfig(AppConfig):
    name = "hoithi.exam"
    label = "exam"

    def ready(self) -> None:
        import_module("hoithi.exam.jobs").register_jobs()
        import_module("hoithi.exam.uses").register_uses()
