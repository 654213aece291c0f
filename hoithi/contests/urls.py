"""Addresses of a contest for those who prepare it; `contest` is its key."""

from __future__ import annotations

from django.urls import path

from hoithi.contests import bank_views, views

app_name = "contests"
urlpatterns = [
    path("<slug:contest>/ngan-hang/", bank_views.bank, name="bank"),
    path("<slug:contest>/ngan-hang/mau/", bank_views.bank_file, name="bank_template"),
    path("<slug:contest>/nguoi/", views.people, name="people"),
    path("<slug:contest>/nguoi/quyen/<int:grant>/rut/", views.withdraw_right, name="withdraw"),
    path(
        "<slug:contest>/nguoi/loi-moi/<int:invitation>/gui-lai/",
        views.send_again,
        name="invite_again",
    ),
    path(
        "<slug:contest>/nguoi/loi-moi/<int:invitation>/xac-nhan/",
        views.confirm_letter,
        name="confirm_invitation",
    ),
    path(
        "<slug:contest>/nguoi/loi-moi/<int:invitation>/rut/",
        views.withdraw_letter,
        name="withdraw_invitation",
    ),
]
