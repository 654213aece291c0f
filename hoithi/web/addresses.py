"""Addresses that no page of ours has."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase


def without_nul(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: an address with a NUL is nobody's. PostgreSQL takes none in any text, so that
    looking for such a unit or paper would be a fault instead of a miss."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        return get_response(request)

    return answer
