"""Every address of the desk, grouped by whom it is for."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from hoithi.config.health import health
from hoithi.people.http import public

urlpatterns: list[URLPattern | URLResolver] = [
    # anybody
    path("", include("hoithi.people.urls")),
    path("", include("hoithi.portal.urls")),
    path("suc-khoe/", health, name="health"),
    path("", include("hoithi.exam.public_urls")),
    path("ngon-ngu/", public(require_POST(set_language)), name="set_language"),
    # who has an account
    path("tai-khoan/", include("hoithi.people.account_urls")),
    path("", include("hoithi.desk.urls")),
    # units and those who decide about their lists
    path("", include("hoithi.entries.urls")),
    # who prepares and runs a contest
    path("ban-to-chuc/", include("hoithi.contests.urls")),
    path("ban-to-chuc/", include("hoithi.exam.urls")),
    path("ban-to-chuc/", include("hoithi.results.urls")),
    path("", include("hoithi.stage.urls")),
]
