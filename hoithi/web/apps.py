"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, template filters and catalogues; no tables."""

    name = "hoithi.web"
    label = "web"
