"""Tests of hoithi/rules/live."""
