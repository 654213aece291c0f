"""Addresses of a round held online; `contest` and `round_key` are keys."""

from __future__ import annotations

from django.urls import path

from hoithi.exam.views import rounds

app_name = "exam"
_ROUND = "<slug:contest>/vong/<slug:round_key>/"
urlpatterns = [
    path(_ROUND, rounds.show, name="round"),
    path(f"{_ROUND}lap-de/", rounds.build, name="build"),
    path(f"{_ROUND}de/<int:number>/", rounds.package, name="package"),
    path(f"{_ROUND}de/<int:number>/niem-phong/", rounds.seal, name="seal"),
    path(f"{_ROUND}de/<int:number>/thu-hoi/", rounds.withdraw, name="withdraw"),
    path(f"{_ROUND}mo-ca/", rounds.open_sitting, name="open"),
    path(f"{_ROUND}ca/<int:sitting>/thu-bai/", rounds.collect, name="collect"),
    path(f"{_ROUND}cham-bai/", rounds.grade, name="grade"),
]
