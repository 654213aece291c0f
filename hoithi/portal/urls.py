"""Addresses of the public site."""

from __future__ import annotations

from django.urls import path

from hoithi.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("thi", views.hall, name="hall"),
    path("hoi-thi/<slug:contest>/", views.home, name="home"),
    path("hoi-thi/<slug:contest>/ket-qua/<slug:each>/", views.results, name="results"),
    path(
        "hoi-thi/<slug:contest>/ket-qua/<slug:each>/phien-ban/<int:number>/",
        views.results,
        name="results_version",
    ),
]
