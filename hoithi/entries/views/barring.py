"""Barring an entry from being ranked, and taking that back; each with a reason."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hoithi.entries.actions import bar_entry, lift_bar
from hoithi.entries.views.changes import asked_page, changes, with_reason
from hoithi.people.http import StaffRequest


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def bar(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Bar somebody from being ranked."""
    words = (
        _("Bar from being ranked"),
        _(
            "Whoever is barred keeps the score and gets no place and no prize; those behind move "
            "up. Their names are published as not ranked, the reason is not."
        ),
    )
    return with_reason(request, asked_page(contest, entry), bar_entry, words)


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: StaffRequest, contest: str, entry: UUID) -> HttpResponseBase:
    """Take a bar back."""
    words = (
        _("Lift the bar"),
        _("The entry is ranked again. The bar and its reason stay on record."),
    )
    return with_reason(request, asked_page(contest, entry), lift_bar, words)
