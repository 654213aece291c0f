"""Tests of rounds held online share one scene."""

from tests.desk_postgres import migrated_postgres, postgres_desk
from tests.exam.scene import scene

__all__ = ["migrated_postgres", "postgres_desk", "scene"]
