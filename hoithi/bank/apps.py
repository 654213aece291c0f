"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "hoithi.bank"
    label = "bank"
