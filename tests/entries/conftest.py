"""Tests of the register in which two connections meet."""

from tests.desk_postgres import migrated_postgres, postgres_desk

__all__ = ["migrated_postgres", "postgres_desk"]
