"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "hoithi.contests"
    label = "contests"
