"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "hoithi.results"
    label = "results"
