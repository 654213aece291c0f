"""Addresses of the result of a round; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.results.views import rounds

app_name = "results"
_RESULT = "<slug:contest>/vong/<slug:round_key>/ket-qua/"
urlpatterns = [
    path(_RESULT, rounds.show, name="round"),
    path(f"{_RESULT}cong-bo/", rounds.publish, name="publish"),
    path(f"{_RESULT}phien-ban/<int:number>/", rounds.version, name="version"),
]
