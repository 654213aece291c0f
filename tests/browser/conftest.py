"""Browser tests share one Chromium; every test gets pages of its own."""

from tests.browser.chromium import browser, desktop, new_phone, phone
from tests.browser.exam_scene import hall, new_hall
from tests.exam.scene import scene as hall_scene

__all__ = ["browser", "desktop", "hall", "hall_scene", "new_hall", "new_phone", "phone"]
