"""The addresses that the frame's templates link to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def leave(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("leave/", leave, name="account_logout"),
]
