"""Addresses of the desk, and of a contest's first pages."""

from __future__ import annotations

from django.urls import path

from hoithi.desk import body_views, job_views, plan_views, views

app_name = "desk"
urlpatterns = [
    path("ban-lam-viec/", views.home, name="home"),
    path("cong-viec/<int:job>/", job_views.show, name="job"),
    path("ban-to-chuc/<slug:contest>/", views.overview, name="overview"),
    path("ban-to-chuc/<slug:contest>/can-xac-nhan/", views.assumptions, name="assumptions"),
    path(
        "ban-to-chuc/<slug:contest>/can-xac-nhan/<int:assumption>/xac-nhan/",
        views.confirm,
        name="confirm",
    ),
    path("ban-to-chuc/<slug:contest>/ke-hoach/", plan_views.show, name="plan"),
    path(
        "ban-to-chuc/<slug:contest>/ke-hoach/<int:proposal>/ky/", plan_views.sign, name="sign_plan"
    ),
    path(
        "ban-to-chuc/<slug:contest>/ke-hoach/<int:proposal>/bac/",
        plan_views.refuse,
        name="refuse_plan",
    ),
    path("ban-to-chuc/<slug:contest>/nhiem-vu/", views.duties, name="duties"),
    path("ban-to-chuc/<slug:contest>/nhiem-vu/<int:duty>/", views.duty, name="duty"),
    path("ban-to-chuc/<slug:contest>/ban-to/", body_views.bodies, name="bodies"),
    path("ban-to-chuc/<slug:contest>/ban-to/bo-nhiem/", body_views.appoint, name="appoint"),
    path("ban-to-chuc/<slug:contest>/ban-to/<int:seat>/thoi/", body_views.end, name="end_seat"),
    path("ban-to-chuc/<slug:contest>/nhat-ky/", views.audit, name="audit"),
]
