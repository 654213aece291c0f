"""A page for whatever watches the installation: well or not, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hoithi.config.doctor import is_healthy
from hoithi.people.http import public


@public
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the desk can serve, 503 when it cannot."""
    well = is_healthy()
    return JsonResponse({"status": "ok" if well else "bad"}, status=200 if well else 503)
