"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ExamConfig(AppConfig):
    name = "hoithi.exam"
    label = "exam"
