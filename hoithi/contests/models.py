"""A contest as rows: its plan in versions, its rounds, seats, duties and open assumptions.

Rules are read from the stored plan (`queries.plan_of`), never from columns; rows are what others
point at or what changes while the contest lives.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hoithi.people.models import Unit, User


class Contest(models.Model):
    """One contest. `windows_moved_at` says that a demo has moved its clock windows."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    short_title = models.CharField(max_length=120)
    law_date = models.DateField()
    registration_opens_at = models.DateTimeField()
    registration_closes_at = models.DateTimeField()
    windows_moved_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("-loaded_at", "key")

    def __str__(self) -> str:
        return self.short_title


class PlanVersion(models.Model):
    """The plan file as it was loaded; the newest one is in force."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    loaded_by = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("contest", "number")
        constraints = (
            models.UniqueConstraint(fields=("contest", "number"), name="one_plan_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.contest.key}/{self.number}"


class PlanProposal(models.Model):
    """A plan file that changes what prizes hang on, after that was fixed: two people must sign.

    `changes` are [key, before, now], as `contests.plan.changes` found them against `base`. It is
    closed when it is loaded or refused; once another version is in force it can only be refused.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="plan_proposals")
    base = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    changes = models.JSONField()
    proposed_by = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("contest", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("base", "sha256"),
                condition=Q(refused_at__isnull=True),
                name="one_proposal_of_a_plan",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contest.key}/{self.sha256[:8]}"


class ContestUnit(models.Model):
    """A unit that takes part in a contest."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="contest_units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("unit__position", "unit__code")
        constraints = (
            models.UniqueConstraint(fields=("contest", "unit"), name="one_unit_per_contest"),
        )

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.unit_id}"


class Entrant(models.TextChoices):
    PERSON = "person", "person"
    TEAM = "team", "team"


class Category(models.Model):
    """What entries are ranked among: the persons of a form, or its teams."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="categories")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    entrant = models.CharField(max_length=10, choices=Entrant)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("contest", "key"), name="one_category_per_key"),
        )

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    OFFICIAL = "official", "official"
    PRACTICE = "practice", "practice"
    REHEARSAL = "rehearsal", "rehearsal"


class Round(models.Model):
    """One counted part of a contest. Counts, results and publication take official rounds only.

    `rules_fixed_at` says since when its rules are changed by two people only: its questions are
    sealed, or its marks are known.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="rounds")
    category = models.ForeignKey(Category, models.PROTECT, related_name="rounds")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=10, choices=Purpose)
    is_online = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    rules_fixed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("contest", "position")
        constraints = (
            models.UniqueConstraint(fields=("contest", "key"), name="one_round_per_key"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="round_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_official(self) -> bool:
        """Whether it counts; the others are held in order to learn."""
        return self.purpose == Purpose.OFFICIAL


class CommitteeSeat(models.Model):
    """A fact from a decision: somebody sits in a body of the contest.

    `identity` is the blind index of the national id, so that a seat bars its holder from taking
    part without the number being stored. `user` is whoever had an account when the seat was given;
    somebody who had none was invited by `email`. A seat is never deleted: it ends, and stays.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="seats")
    body = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    email = models.EmailField(blank=True)
    identity = models.CharField(max_length=32, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("contest", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | ~Q(ended_reason=""), name="seat_ended_with_reason"
            ),
            models.UniqueConstraint(
                fields=("contest", "body", "identity"),
                condition=Q(until__isnull=True) & ~Q(identity=""),
                name="one_seat_in_a_body",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.body})"


class DutyState(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"


class Duty(models.Model):
    """A sentence of the plan that somebody has to carry out."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="duties")
    key = models.SlugField(max_length=60)
    holder = models.CharField(max_length=300)
    text = models.TextField()
    due = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=DutyState, default=DutyState.OPEN)
    evidence = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("contest", "id")
        constraints = (models.UniqueConstraint(fields=("contest", "key"), name="one_duty_per_key"),)

    def __str__(self) -> str:
        return self.key


class Assumption(models.Model):
    """What the plan leaves open and the file fills in, until somebody confirms it."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="assumptions")
    key = models.SlugField(max_length=60)
    value = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("contest", "id")
        constraints = (
            models.UniqueConstraint(fields=("contest", "key"), name="one_assumption_per_key"),
        )

    def __str__(self) -> str:
        return self.key


class Incident(models.Model):
    """What happened in a round and was noted down at the time."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="incidents")
    at = models.DateTimeField()
    text = models.TextField()
    noted_by = models.CharField(max_length=200)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "at")

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%H:%M}"
