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
    path("hoi-thi/<slug:contest>/ket-qua-tap-the/", views.units, name="units"),
    path(
        "hoi-thi/<slug:contest>/ket-qua-tap-the/phien-ban/<int:number>/",
        views.units,
        name="units_version",
    ),
    path("hoi-thi/<slug:contest>/niem-phong/", views.trust, name="trust"),
    path(
        "hoi-thi/<slug:contest>/niem-phong/so-ghi/<uuid:sitting_id>/",
        views.chain_heads,
        name="chain_heads",
    ),
    path("hoi-thi/<slug:contest>/niem-phong/van-tay.json", views.fingerprints, name="fingerprints"),
    path("hoi-thi/<slug:contest>/niem-phong/ho-so-kiem-chung.zip", views.bundle, name="bundle"),
    path("kiem-tra/", views.check, name="check"),
    path("kiem-tra/<str:code>/", views.issued_paper, name="issued_paper"),
    path("ket-qua-cua-toi/", views.own_result, name="own_result"),
    path("ket-qua-cua-toi/ten/", views.name_complaint, name="name_complaint"),
]
