"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hoithi.portal"
    label = "portal"
