"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class StageConfig(AppConfig):
    name = "hoithi.stage"
    label = "stage"
