"""What travels between the contestant's page and the hall: version 1 of the messages.

All bodies are JSON. Times are integer milliseconds UTC of the hall's clock. A paper has no field
in which a key could travel. docs/hall.md lists every status and body.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

SignalKind = Literal["left", "copied", "pasted"]
State = Literal["waiting", "ready", "open", "submitted", "closed"]
Standing = Literal["in", "back", "out", "winner"]
# What fits the fields of a stored row (docs/decisions/0004).
Small = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Large = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
ErrorCode = Literal[
    "malformed",  # 400: not JSON, or not this message
    "code_mistyped",  # 400: the check character does not fit; costs no guess
    "code_unknown",  # 401
    "code_replaced",  # 401: a newer slip exists; this code and its tokens are dead
    "token_invalid",  # 401
    "not_open",  # 403: the sitting has not opened; `opens_ms` says when
    "closed",  # 403: the sitting is over for those who have not started
    "item_not_open",  # 403: all answer together, and this question was not opened yet
    "out",  # 403: all answer together, and this contestant is out
    "signals_off",  # 403: this sitting keeps no signals, as its rules announce none
    "held",  # 403: nobody starts at the moment, as the questions are being withdrawn; try again
    "no_attempts_left",  # 403
    "voided",  # 403: the attempt was made void
    "other_device",  # 409: the attempt is open elsewhere; start again with take_over
    "stale_device",  # 409: another device has taken over
    "conflict",  # 409: this number was used for another answer
    "gap",  # 409: `expected` is the number the hall waits for
    "unknown_item",  # 422: no such position or option in this paper
    "submitted",  # 409: already handed in
    "incomplete",  # 422: the rules want every question answered
    "too_large",  # 413
    "too_many",  # 429: too many wrong codes from here; Retry-After says how long
    "limit_reached",  # 429: more answers or devices in one attempt than anybody needs
    "queued",  # 503: `place` and `wait_ms` say how long the queue is; Retry-After
    "unavailable",  # 503: cannot write to disk or database; Retry-After
    "not_found",  # 404
    "method",  # 405
]


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is not 2xx."""

    error: ErrorCode
    expected: int | None = None
    opens_ms: int | None = None
    last_seq: int | None = None
    place: int | None = None
    wait_ms: int | None = None


class EnterRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str


class Document(msgspec.Struct, frozen=True):
    """A text the contestant accepts, by version."""

    version: str
    text: str


class SampleQuestion(msgspec.Struct, frozen=True):
    stem: str
    options: list[str]


class PredictionPrompt(msgspec.Struct, frozen=True):
    prompt: str
    minimum: int
    maximum: int


class ScoreView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A score that the rules promise at once: decimals as text; until publication it may change."""

    points: str
    maximum: str
    time_ms: int | None = None


class ReceiptView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a contestant keeps: receipt and nonce bind the answers, the rest explains."""

    receipt: str
    nonce: str
    attempt: str
    submitted_ms: int
    automatic: bool
    answered: int
    total: int
    score: ScoreView | None = None


class EnterReply(msgspec.Struct, frozen=True):
    """Who the code belongs to and what waits for them; the token allows start and pulse.

    `signals_in` is the part of the regulation that announces signals, `signals_days` how many days
    after the sitting they are erased; empty and 0 where there are none.
    """

    token: str
    name: str
    unit: str
    number: str
    title: str
    now_ms: int
    opens_ms: int
    closes_ms: int
    state: State
    duration_ms: int
    items: int
    all_required: bool
    attempts_left: int | None
    regulation: Document
    consent: Document
    sample: SampleQuestion
    prediction: PredictionPrompt | None
    signals: bool
    signals_in: str
    signals_days: int
    result: str
    utc_offset_min: int
    pace: Literal["own", "together"]
    results_url: str
    receipt: ReceiptView | None


class StartRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`device` is the browser's random id, 32 hex digits; the versions are those that were read."""

    device: str
    regulation: str
    consent: str
    take_over: bool = False


class PaperItem(msgspec.Struct, frozen=True):
    stem: str
    options: list[str]


class StartReply(msgspec.Struct, frozen=True):
    """The paper, and where the attempt stands: `answers[i]` is −1 where none is stored.

    Where all answer together no question is handed out here, but by pulses.
    `last_seq` is the last number stored in this epoch: a resumed page goes on from there.
    """

    token: str
    attempt: str
    epoch: int
    last_seq: int
    started_ms: int
    deadline_ms: int
    now_ms: int
    pulse_ms: int
    paper: list[PaperItem]
    answers: list[int]
    prediction: int


class SaveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of [number, position, option, client's time]; position −1 is the prediction."""

    saves: list[tuple[Number, Small, Large, Large]]


class SaveReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`acknowledged` is on disk. 200 when counted, 202 with `late` when it came too late."""

    acknowledged: int
    now_ms: int
    deadline_ms: int
    late: bool = False


class SubmitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`last_seq` is the last number the page has sent: nothing is handed in half."""

    last_seq: Small


class ItemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The question of the moment; its text from the opening on. `right` are served positions, once
    they were announced; `cancelled` that it puts nobody out."""

    position: int
    opens_ms: int
    closes_ms: int
    question: PaperItem | None = None
    right: list[int] | None = None
    cancelled: bool = False


class TogetherView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a round stands in which all answer together: `number` counts what was pressed.

    `of` have begun and `left` of them stand, none while it was not told.
    """

    number: int
    standing: Standing
    items: int
    item: ItemView | None = None
    left: int | None = None
    of: int | None = None
    ended: bool = False


class PulseReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """The server's time and the contestant's own standing, asked for every `pulse_ms`.

    `spread_ms` is how long after the opening a page that waits starts by itself.
    `deadline_ms`, `receipt` and `void` are those of the attempt of the token, else of the last one.
    `together` is there only in rounds of that pace, and for those who have begun.
    """

    now_ms: int
    opens_ms: int
    closes_ms: int
    order: int
    pulse_ms: int
    state: State
    deadline_ms: int | None = None
    receipt: ReceiptView | None = None
    void: bool = False
    spread_ms: int | None = None
    together: TogetherView | None = None


class SignalsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of [kind, position or −1, client's time, how long it lasted in ms or 0]."""

    signals: list[tuple[SignalKind, Small, Large, Large]]


class SignalsReply(msgspec.Struct, frozen=True):
    """How many were taken; the others are over what is kept of one attempt. None is sent again."""

    taken: int


MESSAGES: dict[str, tuple[type[msgspec.Struct] | None, type[msgspec.Struct]]] = {
    "/thi/v1/enter": (EnterRequest, EnterReply),
    "/thi/v1/start": (StartRequest, StartReply),
    "/thi/v1/save": (SaveRequest, SaveReply),
    "/thi/v1/submit": (SubmitRequest, ReceiptView),
    "/thi/v1/pulse": (None, PulseReply),
    "/thi/v1/signals": (SignalsRequest, SignalsReply),
}
"""What is posted to an address, and the reply that is 2xx. Replies are joined from pieces that are
encoded once; the tests' client holds every one of them to its struct."""
