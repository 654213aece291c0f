"""The plan file as types: everything that differs between contests (docs/plan-format.md).

A plan is TOML. Every key is required unless its type allows an empty value, so that a rule which
was not thought of is missed when the file is checked, not when the prizes are given.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hoithi.rules.paper import Strict
from hoithi.rules.regulation import (
    CollectiveRule,
    Counted,
    Key,
    OnePrize,
    PredictionRule,
    PrizeLine,
    Requirement,
    Segment,
)

FORMAT = "hoithi/plan/1"

Count = Annotated[int, Meta(ge=0, description="a whole number, 0 or more")]
Text = Annotated[str, Meta(min_length=1, description="a text that is not empty")]


class Document(Strict, frozen=True):
    """The plan as a signed paper. Number and day stay empty until it is issued."""

    number: str
    symbol: Text
    signed_on: date | None
    issuer_parent: Text
    issuer: Text
    place: Text
    signer_title: Text
    signer_name: Text
    recipients: list[Text]


class Contest(Strict, frozen=True):
    """What the contest is, once, for every page and paper."""

    title: Text
    short_title: Text
    level: Text
    year: int
    theme: Text
    website: str
    law_date: Annotated[
        date, Meta(description="the day on which questions must be true; never shifted")
    ]
    first_day: date
    last_day: date
    utc_offset_min: Annotated[int, Meta(ge=-720, le=840, description="420 for Vietnam")]
    purposes: list[Text]


class Basis(Strict, frozen=True):
    """A superior paper on which the plan rests."""

    title: Text
    number: str
    signed_on: date | None
    issuer: Text


class Named(Strict, frozen=True):
    """A key for the machine and a name for people."""

    key: Key
    name: Text


class Unit(Strict, frozen=True):
    """A unit that registers people; `headcount` is 0 where nobody has said it."""

    code: Text
    name: Text
    kind: Text
    headcount: Count


class Body(Strict, frozen=True):
    """A body of the contest; with `barred` its members may not take part."""

    key: Key
    name: Text
    barred: bool


class Form(Strict, frozen=True):
    """A way of taking part: persons online, or a unit's team live.

    `minimum` and `maximum` are people a unit must and may register; 0 says no limit.
    """

    key: Key
    name: Text
    kind: Literal["online", "live"]
    entrant: Literal["person", "team"]
    audiences: list[Key]
    minimum: Count
    maximum: Count
    minimum_age: Count


class Registration(Strict, frozen=True):
    """When units register and what they fill in. `closes_at` is the first instant too late."""

    opens_at: datetime
    closes_at: datetime
    choose: Annotated[
        Literal["one", "one_or_more"], Meta(description="how many forms a unit may choose")
    ]
    fields: list[Literal["birth", "audience", "workplace", "national_id", "phone"]]
    required: list[Literal["birth", "audience", "workplace", "national_id", "phone"]]
    unique: list[Literal["national_id", "phone", "name_and_birth"]]


class SegmentPlan(Segment, frozen=True):
    """A part of a live round; `most_people` limits who takes part, 0 for no limit.

    With `registered_only` nobody takes part who is not in the team as registered.
    """

    most_people: Count
    registered_only: bool
    content: Text


class PaperPart(Strict, frozen=True):
    """So many questions of a topic and level; an empty level takes any."""

    topic: Key
    level: str
    count: Annotated[int, Meta(ge=1)]


class AttemptsPlan(Strict, frozen=True):
    """How many attempts per contest, round, period or day; `limit` 0 says no limit."""

    limit: Count
    per: Literal["round", "period", "day"]
    periods: list[tuple[datetime, datetime]]


class PredictionPlan(PredictionRule, frozen=True):
    """The number asked for breaking ties, and what it is compared with."""

    prompt: Text
    minimum: Count
    maximum: Count


class SamplePlan(Strict, frozen=True):
    """The question on which contestants try the page; it counts for nothing."""

    stem: Text
    options: list[Text]


class OnlinePlan(Strict, frozen=True):
    """A round held in the exam hall."""

    minutes: Annotated[int, Meta(ge=1, le=600)]
    grace_seconds: Annotated[int, Meta(ge=0, le=120)]
    all_required: bool
    points_per_item: Decimal
    counted: Counted
    show_result: Literal["none", "score", "score_and_time"]
    signals: bool
    paper: list[PaperPart]
    attempts: AttemptsPlan
    prediction: PredictionPlan | None
    sample: SamplePlan


class Round(Strict, frozen=True):
    """One counted part of the contest; `online` or `segments`, as it is held."""

    key: Key
    name: Text
    form: Key
    purpose: Literal["official", "practice", "rehearsal"]
    opens_at: datetime
    closes_at: datetime
    online: OnlinePlan | None
    segments: list[SegmentPlan]
    ranking: list[str]
    requirement: Requirement
    prizes: list[PrizeLine]


class Rules(Strict, frozen=True):
    """The texts that contestants accept, by version, and what holds over all rounds."""

    version: Text
    text: Text
    consent_version: Text
    consent_text: Text
    one_prize: OnePrize | None
    collective: CollectiveRule | None


class BudgetLine(Strict, frozen=True):
    key: Key
    name: Text
    amount_vnd: Count


class Budget(Strict, frozen=True):
    """Whole đồng; the lines may leave something of the total, never pass it."""

    total_vnd: Count
    source: Text
    lines: list[BudgetLine]


class Duty(Strict, frozen=True):
    """A sentence of the plan that somebody has to carry out."""

    key: Key
    holder: Text
    with_: Annotated[list[Text], Meta(description="those who help")] = msgspec.field(name="with")
    text: Text
    due: date | None


class Assumption(Strict, frozen=True):
    """What the signed plan leaves open and this file fills in: shown until somebody confirms it."""

    key: Text
    about: Annotated[list[Text], Meta(description="the keys of this file that rest on it")]
    value: Text
    source: Text


class Plan(Strict, frozen=True):
    """The whole file."""

    format: Literal["hoithi/plan/1"]
    key: Key
    contest: Contest
    document: Document
    basis: list[Basis]
    topics: list[Named]
    levels: list[Named]
    audiences: list[Named]
    units: list[Unit]
    bodies: list[Body]
    forms: list[Form]
    registration: Registration
    rules: Rules
    rounds: list[Round]
    budget: Budget
    duties: list[Duty]
    assumptions: list[Assumption]
    bank: Annotated[str, Meta(description="a table of questions beside this file, or empty")]

    def form(self, key: str) -> Form:
        return next(form for form in self.forms if form.key == key)

    def round(self, key: str) -> Round:
        return next(each for each in self.rounds if each.key == key)
