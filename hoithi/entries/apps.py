"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    name = "hoithi.entries"
    label = "entries"
