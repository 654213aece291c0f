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

from hoithi.rules.regulation import (
    CRITERIA,
    CollectiveRule,
    Counted,
    Duration,
    Entrants,
    OnePrize,
    PredictionRule,
    PrizeLine,
    Requirement,
    Segment,
    SidePrize,
)
from hoithi.rules.shapes import ONE_LINE, Amount, Key, Label, Positive, Strict
from hoithi.rules.teams import Part
from hoithi.rules.together import Together

FORMAT = "hoithi/plan/1"

Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
# Texts are no longer than the desk's tables hold (tests/contests/plan/test_limits.py).
CODE = r"\A[A-Za-z0-9]+([.-][A-Za-z0-9]+)*\Z"
Code = Annotated[str, Meta(pattern=CODE, max_length=12)]
ShortLine = Annotated[str, Meta(min_length=1, max_length=60, pattern=ONE_LINE)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
LongLine = Annotated[str, Meta(min_length=1, max_length=300, pattern=ONE_LINE)]
Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
MaybeLine = Annotated[str, Meta(max_length=200, pattern=ONE_LINE)]
PaperSymbol = Annotated[str, Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
PersonField = Literal["birth", "audience", "workplace", "national_id", "phone"]


class Document(Strict, frozen=True):
    """The plan as a signed paper. Number and day stay empty until it is issued."""

    number: Annotated[MaybeLine, Meta(description="given when it is issued")]
    symbol: Annotated[Line, Meta(description="what follows the number, as in KH-STTTT")]
    signed_on: Annotated[date, Meta(description="given when it is issued")] | None
    issuer_parent: Annotated[
        Line, Meta(description="the line above the issuer at the head of a paper")
    ]
    issuer: Annotated[Line, Meta(description="the office that issues it")]
    place: Annotated[Line, Meta(description="before the day: Đắk Nông, ngày …")]
    signer_title: Annotated[Text, Meta(description="the office of whoever signs")]
    signer_name: Annotated[Line, Meta(description="who signs")]
    recipients: Annotated[list[Line], Meta(description="the lines of Nơi nhận")]


class Papers(Strict, frozen=True):
    """The papers of the contest's own committee: certificates and lists of results."""

    issuer_parent: Annotated[Line, Meta(description="the line above the committee")]
    issuer: Annotated[Line, Meta(description="the committee, as in BAN TỔ CHỨC HỘI THI")]
    signer_posts: Annotated[
        list[Line],
        Meta(
            min_length=1,
            description="for whom it is signed, the post in the committee, and the post in the "
            "host where its seal is used",
        ),
    ]
    signer_name: Annotated[Line, Meta(description="who signs")]
    certificate_symbol: Annotated[
        PaperSymbol, Meta(description="what follows the number of a certificate")
    ]
    list_symbol: Annotated[PaperSymbol, Meta(description="what follows the number of a list")]
    recipients: Annotated[list[Line], Meta(description="the lines of Nơi nhận of a list")]


class Contest(Strict, frozen=True):
    """What the contest is, once, for every page and paper."""

    title: Annotated[Line, Meta(description="in full, as on the plan")]
    short_title: Annotated[Label, Meta(description="for narrow places")]
    level: Annotated[Line, Meta(description="for example cấp tỉnh")]
    year: Annotated[int, Meta(ge=1900, le=2200, description="the year in its name")]
    theme: Annotated[Line, Meta(description="its motto")]
    website: Annotated[MaybeLine, Meta(description="where it is announced")]
    law_date: Annotated[
        date, Meta(description="the day on which questions must be true; never shifted")
    ]
    first_day: Annotated[date, Meta(description="nothing of a round lies before it")]
    last_day: Annotated[date, Meta(description="belongs to the contest to its end")]
    utc_offset_min: Annotated[
        int,
        Meta(
            ge=-720, le=840, description="minutes ahead of UTC, by which days turn; 420 for Vietnam"
        ),
    ]
    purposes: Annotated[list[Text], Meta(description="one paragraph each")]


class Basis(Strict, frozen=True):
    """A superior paper on which the plan rests."""

    title: Annotated[LongLine, Meta(description="what it is about")]
    number: Annotated[MaybeLine, Meta(description="with its symbol, as in 221/KH-UBND")]
    signed_on: Annotated[date, Meta(description="its day")] | None
    issuer: Annotated[Line, Meta(description="who issued it")]


class Named(Strict, frozen=True):
    """A key for the machine and a name for people."""

    key: Annotated[Key, Meta(description="other tables refer to it")]
    name: Annotated[Line, Meta(description="shown to people")]


class Unit(Strict, frozen=True):
    """A unit that registers people."""

    code: Annotated[
        Code, Meta(description="stands in numbers of contestants, rosters and addresses")
    ]
    name: Annotated[Label, Meta(description="shown to people")]
    kind: Annotated[ShortLine, Meta(description="for example huyện, xã, trường")]
    headcount: Annotated[
        Count, Meta(description="people who could take part; 0 where nobody has said it")
    ]


class Body(Strict, frozen=True):
    """A body of the contest, such as its committee or its jury."""

    key: Annotated[Key, Meta(description="names it for the machine")]
    name: Annotated[Line, Meta(description="shown to people")]
    barred: Annotated[bool, Meta(description="whether its members may not take part")]


class Form(Strict, frozen=True, omit_defaults=True):
    """A way of taking part: persons online, or a unit's team live."""

    key: Annotated[Key, Meta(description="rounds refer to it")]
    name: Annotated[Line, Meta(description="shown to people")]
    kind: Annotated[Literal["online", "live"], Meta(description="how its rounds are held")]
    entrant: Annotated[Literal["person", "team"], Meta(description="who is ranked")]
    audiences: Annotated[list[Key], Meta(description="who may take part: keys of `[[audiences]]`")]
    minimum: Annotated[Count, Meta(description="people a unit must register; 0 says no limit")]
    maximum: Annotated[Count, Meta(description="people a unit may register; 0 says no limit")]
    minimum_age: Annotated[Count, Meta(description="in years; 0 says no limit")]
    substitutions_until: (
        Annotated[
            datetime,
            Meta(
                description="the first instant too late for a unit to put somebody else into its "
                "accepted team, with a reason; without it only the organisers do"
            ),
        ]
        | None
    ) = None


class Registration(Strict, frozen=True):
    """When units register and what they fill in."""

    opens_at: Annotated[datetime, Meta(description="the first instant")]
    closes_at: Annotated[datetime, Meta(description="the first instant too late")]
    choose: Annotated[
        Literal["one", "one_or_more"], Meta(description="how many forms a unit may choose")
    ]
    fields: Annotated[list[PersonField], Meta(description="what is asked beside the name")]
    required: Annotated[list[PersonField], Meta(description="which of them must be filled in")]
    unique: Annotated[
        list[Literal["national_id", "phone", "name_and_birth"]],
        Meta(description="what no two people of the contest may have in common"),
    ]


class SegmentPlan(Segment, frozen=True, kw_only=True):
    """What a unit's team does in it, and who of the team may."""

    most_people: Annotated[
        Count,
        Meta(
            description="so many of those with its `part` may take part; 0 says no limit but "
            "the registered people"
        ),
    ]
    registered_only: Annotated[
        bool,
        Meta(
            description="whether only people of the registered team take part; only they are "
            "given parts and checked in"
        ),
    ]
    content: Annotated[Text, Meta(description="what the plan says of this part")]
    part: (
        Annotated[
            Part,
            Meta(
                description="what members of the team do in it, and so whom its limit concerns; "
                "without it nobody is limited"
            ),
        ]
        | None
    ) = None
    handed_in: (
        Annotated[
            Literal["solution", "script"],
            Meta(
                description="what units hand in for it beforehand, to be read and approved; "
                "solutions become the list of initiatives"
            ),
        ]
        | None
    ) = None


class PaperPart(Strict, frozen=True):
    """So many questions of a topic and level, drawn for every paper anew."""

    topic: Annotated[Key, Meta(description="a key of `[[topics]]`")]
    level: Annotated[MaybeLine, Meta(description="a key of `[[levels]]`; empty takes any")]
    count: Annotated[Positive, Meta(description="so many in every paper")]


class AttemptsPlan(Strict, frozen=True):
    """How many attempts per round, period or day."""

    limit: Annotated[Count, Meta(description="0 says no limit")]
    per: Annotated[
        Literal["round", "period", "day"],
        Meta(description="in which span they are counted; a day is one of the contest's own time"),
    ]
    periods: Annotated[
        list[tuple[datetime, datetime]],
        Meta(description="in order, within the round; the second instant is the first too late"),
    ]


class PredictionPlan(PredictionRule, frozen=True):
    """The number asked for breaking ties, and what it is compared with."""

    prompt: Annotated[Text, Meta(description="the question as the contestant reads it")]
    minimum: Annotated[Count, Meta(description="the smallest number taken")]
    maximum: Annotated[Count, Meta(description="the largest number taken")]


class SamplePlan(Strict, frozen=True):
    """The question on which contestants try the page; it counts for nothing."""

    stem: Annotated[Text, Meta(description="the question")]
    options: Annotated[list[Text], Meta(description="its answers")]


class OnlinePlan(Strict, frozen=True, omit_defaults=True):
    """A round held in the exam hall."""

    minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=600,
            description="time for one attempt; where all answer together, about how long the round "
            "takes: an attempt ends with its sitting",
        ),
    ]
    grace_seconds: Annotated[
        int,
        Meta(
            ge=0, le=120, description="what arrives so many seconds after the deadline still counts"
        ),
    ]
    all_required: Annotated[
        bool, Meta(description="whether an attempt with a gap may not be handed in by hand")
    ]
    points_per_item: Annotated[
        Decimal, Meta(description="for a right answer; a wrong one costs nothing")
    ]
    counted: Annotated[Counted, Meta(description="which of the admitted attempts counts")]
    duration: Annotated[
        Duration,
        Meta(
            description="what the criterion duration is: all the time from start to hand-in, or "
            "that less the minutes granted for interruptions"
        ),
    ]
    show_result: Annotated[
        Literal["none", "score", "score_and_time"],
        Meta(
            description="what a contestant sees some seconds after handing in, until publication "
            "with the word that it may still change"
        ),
    ]
    signals: Annotated[
        bool,
        Meta(
            description="whether it is recorded that a page was left, text copied or pasted, "
            "and devices, coded addresses and pace; "
            "only where the regulation announces it"
        ),
    ]
    signals_announced_in: (
        Annotated[
            ShortLine,
            Meta(
                description="what stands in `rules.text` at the head of the part that announces "
                "signals, such as “Điều 8”; only with them"
            ),
        ]
        | None
    )
    signals_days: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=365,
                description="how many days after the end of its sitting signals are erased; only "
                "with them",
            ),
        ]
        | None
    )
    paper: Annotated[
        list[PaperPart],
        Meta(description="the questions of a paper; a topic without level after those with one"),
    ]
    attempts: AttemptsPlan
    prediction: PredictionPlan | None
    sample: SamplePlan
    pace: (
        Annotated[
            Literal["own", "together"],
            Meta(
                description="whether everybody goes through a paper of their own, or all answer "
                "one question at a time and a wrong answer puts one out; own where it is left out"
            ),
        ]
        | None
    ) = None
    together: Annotated[Together, Meta(description="only with that pace")] | None = None


class AtUnits(Strict, frozen=True):
    """A live round that each unit holds for its own teams, all by the rules that stand here."""

    scale: Annotated[
        Line,
        Meta(
            description="the paper that fixes the marking scale of every unit's round, as in "
            "Công văn 1095/STTTT-CNTT ngày 19/7/2023"
        ),
    ]


class Round(Strict, frozen=True, omit_defaults=True):
    """One counted part of the contest; `online` or `segments`, as it is held."""

    key: Annotated[Key, Meta(description="names it for the machine, in files and addresses")]
    name: Annotated[Line, Meta(description="shown to people")]
    form: Annotated[Key, Meta(description="a key of `[[forms]]`, of the same kind")]
    purpose: Annotated[
        Literal["official", "practice", "rehearsal"],
        Meta(description="only official rounds have results"),
    ]
    opens_at: Annotated[datetime, Meta(description="nobody starts before it")]
    closes_at: Annotated[datetime, Meta(description="the first instant too late")]
    online: OnlinePlan | None
    segments: Annotated[list[SegmentPlan], Meta(description="`[]` in a round held online")]
    ranking: Annotated[
        list[str],
        Meta(
            description=f"what decides a place, in order: {', '.join(CRITERIA)}; in a live round "
            "segment:KEY too; points must be the first"
        ),
    ]
    requirement: Requirement
    prizes: Annotated[list[PrizeLine], Meta(description="from the highest down")]
    entrants: (
        Annotated[
            Entrants,
            Meta(
                description="who takes part in a heat, a semi-final, a final; without it everybody "
                "of its form"
            ),
        ]
        | None
    ) = None
    side_prizes: (
        Annotated[list[SidePrize], Meta(description="beside the places, of a live round")] | None
    ) = None
    at_units: AtUnits | None = None


class Rules(Strict, frozen=True):
    """The texts that contestants accept, by version, and what holds over all rounds."""

    version: Annotated[ShortLine, Meta(description="a new text gets a new version")]
    text: Annotated[Text, Meta(description="the regulation as contestants accept it")]
    consent_version: Annotated[ShortLine, Meta(description="a new text gets a new version")]
    consent_text: Annotated[Text, Meta(description="what they agree to about their data")]
    one_prize: OnePrize | None
    collective: CollectiveRule | None


class BudgetLine(Strict, frozen=True):
    """What a part of the money is for; prizes must fit into the lines."""

    key: Annotated[Key, Meta(description="names it for the machine")]
    name: Annotated[Line, Meta(description="shown to people")]
    amount_vnd: Annotated[Amount, Meta(description="whole đồng")]


class Budget(Strict, frozen=True):
    """Whole đồng; the lines may leave something of the total, never pass it."""

    total_vnd: Annotated[Amount, Meta(description="whole đồng")]
    source: Annotated[Line, Meta(description="where the money comes from")]
    lines: list[BudgetLine]


class Duty(Strict, frozen=True):
    """A sentence of the plan that somebody has to carry out."""

    key: Annotated[Key, Meta(description="names it for the machine")]
    holder: Annotated[LongLine, Meta(description="who has to do it")]
    with_: Annotated[list[LongLine], Meta(description="those who help")] = msgspec.field(
        name="with"
    )
    text: Annotated[Text, Meta(description="what is to be done")]
    due: Annotated[date, Meta(description="the last day")] | None


class Assumption(Strict, frozen=True):
    """What the signed plan leaves open and this file fills in: shown until somebody confirms it."""

    key: Annotated[Key, Meta(description="names it for the machine")]
    about: Annotated[
        list[Line],
        Meta(description="the keys of this file that rest on it, such as rounds[1].online.minutes"),
    ]
    value: Annotated[LongLine, Meta(description="what was filled in, in words")]
    source: Annotated[LongLine, Meta(description="whose rule it is, or đề xuất for a proposal")]


class Plan(Strict, frozen=True):
    """The whole file."""

    format: Annotated[Literal["hoithi/plan/1"], Meta(description="what this page describes")]
    key: Annotated[Key, Meta(description="names the contest for the machine")]
    contest: Contest
    document: Document
    papers: Papers
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
    bank: Annotated[MaybeLine, Meta(description="a table of questions beside this file, or empty")]

    def form(self, key: str) -> Form:
        return next(form for form in self.forms if form.key == key)

    def round(self, key: str) -> Round:
        return next(each for each in self.rounds if each.key == key)
