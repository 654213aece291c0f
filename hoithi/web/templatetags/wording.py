"""`{% load wording %}`: the filters of hoithi.web.wording, empty for what is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import TypeVar

from django import template
from django.utils.translation import get_language

from hoithi.web import wording

register = template.Library()
Value = TypeVar("Value")
Amount = int | Decimal


def _filter(write: Callable[[Value], str]) -> Callable[[Value | None], str]:
    """Register a filter that shows a missing value (None, or Django's "") as nothing."""

    @wraps(write)
    def written(value: Value | None) -> str:
        return "" if value is None or value == "" else write(value)

    return register.filter(written)


number = _filter(wording.number)
dong = _filter(wording.dong)
marks = _filter(wording.marks)
day = _filter(wording.day)


@_filter
def moment(value: datetime) -> str:
    """In the form of the language that is being shown."""
    return wording.moment(value, (get_language() or "vi").split("-")[0])


@register.filter
def plural(value: Amount) -> int:
    """What `blocktranslate count` needs of a mark, which may be 0,5: whether it is one."""
    return 1 if value == 1 else 2


@_filter
def things(value: int) -> str:
    """A small number of things: 01 as the State writes it, 1 in other languages."""
    return f"{value:02d}" if (get_language() or "vi").startswith("vi") else wording.number(value)


@register.filter
def percent(value: Amount | None, whole: Amount = 1) -> str:
    """`{{ share|percent }}` or `{{ part|percent:whole }}`."""
    return "" if value is None else wording.percent(value, whole)


@register.filter
def mask(value: str | None, shown: int = 3) -> str:
    """`{{ phone|mask }}`."""
    return wording.mask(value or "", shown)
