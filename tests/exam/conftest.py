"""Tests of rounds held online share one scene."""

from tests.exam.scene import scene

__all__ = ["scene"]
