"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "hoithi.desk"
    label = "desk"
