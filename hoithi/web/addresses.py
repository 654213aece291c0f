"""Addresses that no page of ours has, and those that have only forms sent to them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import render
from django.urls import Resolver404, resolve

Answer = Callable[[HttpRequest], HttpResponseBase]
_SPOKEN = ("GET", "HEAD", "POST", "OPTIONS")


def only_reading_and_sending(get_response: Answer) -> Answer:
    """Middleware: no page of the desk takes another method, allauth's included, which would take a
    PUT for a POST. Such a request is answered before a session or an account is looked up.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in _SPOKEN:
            return HttpResponseNotAllowed(_SPOKEN)
        return get_response(request)

    return answer


def without_nul(get_response: Answer) -> Answer:
    """Middleware: an address with a NUL is nobody's. PostgreSQL takes none in any text, so that
    looking for such a unit or paper would be a fault instead of a miss."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        return get_response(request)

    return answer


def with_a_way_back(get_response: Answer) -> Answer:
    """Middleware: who opens an address that only takes forms, as after signing in again on a page
    that was open for too long, is led to the page above it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or _has_content(response):
            return response
        page = render(request, "405.html", {"above": _above(request.path)}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return answer


def _has_content(response: HttpResponseBase) -> bool:
    return not isinstance(response, HttpResponse) or bool(response.content)


def _above(path: str) -> str:
    """The nearest address above that is somebody's, the first page at last."""
    parts = path.strip("/").split("/")
    for end in range(len(parts) - 1, 0, -1):
        found = f"/{'/'.join(parts[:end])}/"
        try:
            resolve(found)
        except Resolver404:
            continue
        return found
    return "/"
