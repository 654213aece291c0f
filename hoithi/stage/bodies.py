"""What devices send, as types: anything else is told at once and stored nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, TypeVar

import msgspec
from django.http import HttpRequest, JsonResponse, RawPostDataException
from django.http.request import UnreadablePostError
from msgspec import Meta

from hoithi.rules.errors import RuleViolation
from hoithi.rules.shapes import Key
from hoithi.web.violations import explain

MOST_BYTES = 16_384
Short = Annotated[str, Meta(min_length=1, max_length=40)]
Mark = Annotated[str, Meta(pattern=r"\A\d{1,4}(\.\d{1,2})?\Z")]
T = TypeVar("T")

_UNKNOWN = frozenset({"no_such_device"})
_FORBIDDEN = frozenset({"no_such_code"})
_MALFORMED = frozenset({"body_malformed", "body_too_long"})


class EnterBody(msgspec.Struct, frozen=True):
    """A code; `kind` is that of the page, `judge` or `team`, where it says so."""

    code: Annotated[str, Meta(max_length=80)]
    take_over: bool = False
    kind: Literal["", "judge", "team"] = ""


class SheetBody(msgspec.Struct, frozen=True):
    """A judge's sheet as the page has it; marks are decimals with a point. A page that sends no
    note leaves it as it is."""

    part: Key
    team: Short
    turn: Annotated[int, Meta(ge=0, le=1_000_000)]
    seq: Annotated[int, Meta(ge=1, le=1_000_000)]
    marks: Annotated[dict[Key, Mark], Meta(max_length=60)]
    confirmed: bool
    note: Annotated[str, Meta(max_length=1000)] | None = None

    @property
    def decimals(self) -> dict[str, Decimal]:
        return {key: Decimal(mark) for key, mark in self.marks.items()}


class AbstainBody(msgspec.Struct, frozen=True):
    part: Key
    team: Short
    reason: Annotated[str, Meta(max_length=300)]


class AnswerBody(msgspec.Struct, frozen=True):
    turn: Annotated[int, Meta(ge=1, le=1_000_000)]
    option: Annotated[int, Meta(ge=0, le=25)]


class PressBody(msgspec.Struct, frozen=True):
    turn: Annotated[int, Meta(ge=1, le=1_000_000)]


class VoteBody(msgspec.Struct, frozen=True):
    part: Key
    team: Short
    device: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


def read_body(request: HttpRequest, kind: type[T]) -> T:
    """Raises RuleViolation: `body_too_long`, `body_malformed`."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise RuleViolation("body_too_long")
    try:
        content = request.read(MOST_BYTES + 1)
    except (UnreadablePostError, RawPostDataException) as error:
        raise RuleViolation("body_malformed") from error
    if len(content) > MOST_BYTES:
        raise RuleViolation("body_too_long")
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RuleViolation("body_malformed") from error


def refused(violation: RuleViolation) -> JsonResponse:
    """The sentence for people and the code for the page."""
    status = 409
    if violation.code in _UNKNOWN:
        status = 401
    elif violation.code in _FORBIDDEN:
        status = 403
    elif violation.code in _MALFORMED:
        status = 400
    return JsonResponse({"code": violation.code, "text": explain(violation)}, status=status)
