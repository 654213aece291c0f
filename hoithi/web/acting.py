"""Doing what a form or a button asks for: a broken rule is said where the reader looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict

from hoithi.rules.errors import RuleViolation
from hoithi.web.fields import MomentField
from hoithi.web.violations import explain

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, nothing included, or None for a form that has not been sent."""
    return request.POST if request.method == "POST" else None


def carried_out(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form had the right shape and the act was done; else the form says what is wrong.

    `act` is called once, after the form has been checked, so that it may read `cleaned_data`.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except RuleViolation as violation:
        form.add_error(None, explain(violation))
        return False
    return True


def acted(request: HttpRequest, act: Callable[[], object], done: _StrOrPromise) -> bool:
    """Do what a button asks for and say so on the next page, or say which rule forbids it."""
    try:
        act()
    except RuleViolation as violation:
        messages.error(request, explain(violation))
        return False
    messages.success(request, str(done))
    return True


def moment_field(label: _StrOrPromise) -> forms.DateTimeField:
    """A day and a time in Vietnam's zone, picked from the browser's own calendar."""
    return MomentField(label=label)
