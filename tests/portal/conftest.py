"""A round with a real hall, for pages that show what came out of it."""

from tests.exam.scene import scene as hall_scene

__all__ = ["hall_scene"]
