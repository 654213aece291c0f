"""The messages of the hall as an OpenAPI 3.1 description: `python -m hoithi.hall.openapi`.

Made of `wire`, so that it cannot say anything else; what no schema can say stands in docs/hall.md.
"""

from __future__ import annotations

import sys
from typing import TypeAlias, get_args

import msgspec

from hoithi.hall.wire import MESSAGES, ErrorCode, Refusal

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"

_ANYWHERE = {"malformed": (400, 408), "too_large": (413,), "method": (405,), "unavailable": (503,)}
_BY_TOKEN = {"token_invalid": (401,), "code_replaced": (401,)}
REFUSALS: dict[str, dict[str, tuple[int, ...]]] = {
    "/thi/v1/enter": {
        **_ANYWHERE,
        "code_mistyped": (400,),
        "code_unknown": (401,),
        "code_replaced": (401,),
        "held": (403,),
        "too_many": (429,),
    },
    "/thi/v1/start": {
        **_ANYWHERE,
        **_BY_TOKEN,
        "not_open": (403,),
        "closed": (403,),
        "held": (403,),
        "no_attempts_left": (403,),
        "other_device": (409,),
        "limit_reached": (429,),
        "queued": (503,),
    },
    "/thi/v1/save": {
        **_ANYWHERE,
        **_BY_TOKEN,
        "voided": (403,),
        "stale_device": (409,),
        "conflict": (409,),
        "gap": (409,),
        "item_not_open": (403,),
        "out": (403,),
        "submitted": (409,),
        "unknown_item": (422,),
        "limit_reached": (429,),
    },
    "/thi/v1/submit": {
        **_ANYWHERE,
        **_BY_TOKEN,
        "voided": (403,),
        "stale_device": (409,),
        "gap": (409,),
        "incomplete": (422,),
    },
    "/thi/v1/pulse": {**_ANYWHERE, **_BY_TOKEN},
    "/thi/v1/signals": {
        **_ANYWHERE,
        **_BY_TOKEN,
        "signals_off": (403,),
        "closed": (403,),
    },
}
"""What an address may refuse, and with which status."""
_SUMMARIES = {
    "/thi/v1/enter": "Come in with an access code",
    "/thi/v1/start": "Start, resume on the same device, or take over from another",
    "/thi/v1/save": "Save answers; what is acknowledged is on disk",
    "/thi/v1/submit": "Hand in; the receipt, the same again when repeated",
    "/thi/v1/pulse": "The hall's time and the contestant's own standing",
    "/thi/v1/signals": "Tell that the page was left, or text copied or pasted, where announced",
}
_LATE = {"/thi/v1/save"}


def description() -> dict[str, Json]:
    """The whole description, plain enough for JSON."""
    kinds: list[type] = [Refusal]
    for request, reply in MESSAGES.values():
        kinds += [reply] if request is None else [request, reply]
    schemas, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    named = dict(zip(kinds, schemas, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {"title": "hoithi: the exam hall", "version": "1"},
        "paths": {path: {"post": _operation(path, named)} for path in MESSAGES},
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Thi-Token"}},
        },
    }


def _operation(path: str, named: dict[type, dict[str, Json]]) -> dict[str, Json]:
    request, reply = MESSAGES[path]
    codes: dict[int, list[str]] = {}
    for code, statuses in REFUSALS[path].items():
        for status in statuses:
            codes.setdefault(status, []).append(code)
    responses: dict[str, Json] = {"200": _response("It is done", named[reply])}
    if path in _LATE:
        responses["202"] = _response("Kept, but too late to be counted", named[reply])
    for status in sorted(codes):
        responses[str(status)] = _response(", ".join(sorted(codes[status])), named[Refusal])
    operation: dict[str, Json] = {"summary": _SUMMARIES[path], "responses": responses}
    if request is not None:
        operation["requestBody"] = {"required": True, "content": _json(named[request])}
    if path != "/thi/v1/enter":
        operation["security"] = [{"token": []}]
    return operation


def _response(words: str, schema: dict[str, Json]) -> dict[str, Json]:
    return {"description": words, "content": _json(schema)}


def _json(schema: dict[str, Json]) -> dict[str, Json]:
    return {"application/json": {"schema": schema}}


def written() -> bytes:
    """As it lies in docs/hall-openapi.json."""
    return msgspec.json.format(msgspec.json.encode(description(), order="sorted"), indent=2) + b"\n"


def codes_never_refused() -> set[str]:
    """Error codes that no address of a message uses: those of the page's files."""
    used = {code for refusals in REFUSALS.values() for code in refusals}
    return set(get_args(ErrorCode)) - used


if __name__ == "__main__":
    sys.stdout.buffer.write(written())
