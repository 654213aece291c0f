"""The access codes of a unit on paper."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_POST

from hoithi.documents.render.slips import slips_pdf
from hoithi.entries.pages import place_of
from hoithi.exam.slips import take_slips
from hoithi.people.http import StaffRequest, unit_role


@unit_role
@require_POST
def take(request: StaffRequest, contest: str, unit: str) -> HttpResponseBase:
    """One file for a unit, always in Vietnamese; taking it is written into the log."""
    place = place_of(contest, unit)
    with override("vi"):
        taken = take_slips(
            actor=request.user, contest=place.contest, unit=place.unit, now=timezone.now()
        )
        content = slips_pdf(place.unit.name, taken)
    headers = {
        "Content-Disposition": f'attachment; filename="phieu-du-thi-{unit}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
