"""What anybody may open of a round in which all answer together; both parts are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.exam.views import together

app_name = "together"
_ROUND = "rung-chuong/<slug:contest>/<slug:round_key>/"
urlpatterns = [
    path(f"{_ROUND}man-hinh/", together.screen, name="screen"),
    path(f"{_ROUND}dien-bien", together.feed, name="feed"),
]
