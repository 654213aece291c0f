"""Addresses of invitations; those of one's own account stand in account_urls."""

from __future__ import annotations

from django.urls import path

from hoithi.people import views

app_name = "people"
urlpatterns = [
    path("loi-moi/<str:token>/", views.invitation, name="invitation"),
]
