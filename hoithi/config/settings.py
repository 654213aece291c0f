"""Django settings of the desk, read from the environment; no work at import."""

SECRET_KEY = "development-only"  # noqa: S105 - replaced by the settings helpers
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
