"""Who takes part, for which unit (docs/decisions/0006)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from hoithi.contests.models import Category, Contest, Round
from hoithi.entries.composed import IsComposed
from hoithi.jobs.models import Job
from hoithi.people.models import Approval, Unit


class RegistrationState(models.TextChoices):
    DRAFT = "draft", "draft"
    SUBMITTED = "submitted", "submitted"
    RETURNED = "returned", "returned"
    ACCEPTED = "accepted", "accepted"


class UnitRegistration(models.Model):
    """A unit's choice of forms and its lists. `extended_to` is an exception after the deadline."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="registrations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    forms = models.JSONField(default=list)
    declared = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.DRAFT
    )
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    receipt = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    returned_reason = models.CharField(max_length=500, blank=True)
    extended_to = models.DateTimeField(null=True)
    extended_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("contest", "unit__position")
        constraints = (
            models.UniqueConstraint(fields=("contest", "unit"), name="one_registration_per_unit"),
        )

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.unit_id}"


class Person(models.Model):
    """Somebody who takes part, once per contest.

    National id and phone are stored encrypted, with the id of the key; their blind indexes find
    equal ones. `given_name` is proposed and can be corrected: it decides the place in lists.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="people")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=60)
    folded_name = models.CharField(max_length=100, db_index=True)
    sort_key = models.CharField(max_length=400)
    birth = models.CharField(max_length=10, blank=True)
    audience = models.SlugField(max_length=60, blank=True)
    workplace = models.CharField(max_length=200, blank=True)
    national_id_cipher = models.BinaryField(null=True)
    national_id_index = models.CharField(max_length=32, blank=True)
    phone_cipher = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=32, blank=True)
    key_id = models.CharField(max_length=8, blank=True)
    is_sample = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("sort_key", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("contest", "national_id_index"),
                condition=Q(removed_at__isnull=True) & ~Q(national_id_index=""),
                name="one_person_per_national_id",
            ),
            models.CheckConstraint(condition=IsComposed("name"), name="name_is_composed"),
        )
        indexes = (models.Index(fields=("contest", "unit", "sort_key"), name="people_of_unit"),)

    def __str__(self) -> str:
        return f"person {self.pk}"


class Team(models.Model):
    """A unit's team in a live form: everybody on its list; the officer says who leads."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="teams")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    leader = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    is_sample = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("contest", "unit__position")

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person of a team with the parts that it has on stage (`hoithi.rules.teams.PARTS`)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    parts = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "person"), name="once_in_a_team"),)

    def __str__(self) -> str:
        return f"{self.team_id}/{self.person_id}"


class TeamChange(models.Model):
    """What was changed of an accepted team, and why; `before` and `after` are whole teams: name,
    leader, and the parts of each member, people by their keys (`teams.facts_of`)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="changes")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=300)
    changed_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("team", "id")

    def __str__(self) -> str:
        return f"{self.team_id} {self.changed_at:%d/%m/%Y}"


class Presence(models.Model):
    """Somebody of a team came to the stage door of a round; taken back, the row stays."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    undone_by = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "id")
        verbose_name_plural = "presences"
        constraints = (
            models.UniqueConstraint(
                fields=("round", "team", "person"),
                condition=Q(undone_at__isnull=True),
                name="once_at_the_door",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.person_id}"


class EntryState(models.TextChoices):
    """A listed entry is not yet accepted; a withdrawn one stays as a row."""

    LISTED = "listed", "listed"
    ACCEPTED = "accepted", "accepted"
    WITHDRAWN = "withdrawn", "withdrawn"


# By number within a unit: GN-999 stands before GN-1000, which as texts is the other way round.
BY_NUMBER = (Length("number"), "number")


class Entry(models.Model):
    """One participant that is ranked: a person or a team, in one category.

    `is_seated` says that the hall knows the entry: from then on its code and its taking part are
    changed through the sitting. `barred_reason` is that of the bar that stands (`Bar`). `public_id`
    is the pseudonym in published data; the access code is derived from it and `code_issue`, and
    never stored.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="entries")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="entries")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="entries")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.LISTED)
    code_issue = models.PositiveSmallIntegerField(default=1)
    is_seated = models.BooleanField(default=False)
    barred_reason = models.CharField(max_length=300, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("number", "pk")
        verbose_name_plural = "entries"
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(team__isnull=True),
                name="a_person_or_a_team",
            ),
            models.UniqueConstraint(
                fields=("category", "person"),
                condition=~Q(state="withdrawn"),
                name="once_in_a_category",
            ),
            models.UniqueConstraint(
                fields=("contest", "number"), condition=~Q(number=""), name="number_once"
            ),
        )

    def __str__(self) -> str:
        return f"entry {self.number or self.pk}"

    @property
    def log_target(self) -> str:
        """What the log calls it, whichever room writes."""
        return f"entry:{self.public_id.hex}"


class SentFile(models.Model):
    """A long list as it was sent, encrypted, until the worker has read it.

    What could not be read is erased; the row stays, so that the unit sees why, until the next
    upload takes its place.
    """

    registration = models.ForeignKey(UnitRegistration, models.CASCADE, related_name="sent")
    form = models.SlugField(max_length=60)
    file_name = models.CharField(max_length=200)
    cipher = models.BinaryField(null=True)
    key_id = models.CharField(max_length=8)
    sent_at = models.DateTimeField()
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("registration", "form"), name="one_sent_per_form"),
        )

    def __str__(self) -> str:
        return f"{self.registration_id}/{self.form}"


class Bar(models.Model):
    """Somebody is not to be ranked, by a decision with its reason; lifted by another one."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="bars")
    reason = models.CharField(max_length=300)
    barred_by = models.CharField(max_length=200)
    barred_at = models.DateTimeField()
    lifted_reason = models.CharField(max_length=300, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("entry", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("entry",), condition=Q(lifted_at__isnull=True), name="one_standing_bar"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry} {self.reason}"


class StagedList(models.Model):
    """An uploaded list that is being mended: the whole sheet and what was found in it, encrypted,
    until it is saved. `version` goes up with every change; `job` is the saving asked for last.
    What it took the place of, had that not been saved, is kept by name.
    """

    registration = models.ForeignKey(UnitRegistration, models.CASCADE, related_name="staged")
    form = models.SlugField(max_length=60)
    file_name = models.CharField(max_length=200)
    cipher = models.BinaryField()
    found_cipher = models.BinaryField(null=True)
    key_id = models.CharField(max_length=8)
    version = models.PositiveIntegerField(default=1)
    uploaded_by = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(null=True)
    replaced_file = models.CharField(max_length=200, blank=True)
    replaced_by = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("registration", "form"), name="one_staged_per_form"),
        )

    def __str__(self) -> str:
        return f"{self.registration_id}/{self.form}"

    @property
    def seen(self) -> str:
        """What the page carries that shows it whole, so that nobody acts on another one."""
        return f"{self.pk}.{self.version}"


class HandoverState(models.TextChoices):
    HANDED_IN = "handed_in", "handed in"
    APPROVED = "approved", "approved"
    RETURNED = "returned", "returned"


class Handover(models.Model):
    """A text that a unit hands in for a segment before the day: a solution or a script.

    Every version is a row and is decided about once more at most: approved, and returned after all.
    The file is kept by its hash beside the database.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="handovers")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    segment = models.SlugField(max_length=60)
    kind = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=5000, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    handed_by = models.CharField(max_length=200)
    handed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=HandoverState, default=HandoverState.HANDED_IN)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("team", "round", "segment", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("team", "round", "segment", "version"), name="one_text_per_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.team_id}/{self.segment}/{self.version}"

    @property
    def log_target(self) -> str:
        return f"handover:{self.pk}"


class Lineup(models.Model):
    """The teams of a field, frozen, and into which rounds they came (docs/decisions/0022).

    `round` is the first of the rounds that are drawn together, `among` the keys of all. A seat of
    the `field` has the public id of an entry, its unit's code and the round that it comes from;
    `sources` are the published versions on which it rests. `order` are the lots, `rounds` the teams
    by round as they were dealt: empty until then. `begun` are the rounds that were opened.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="lineups")
    round = models.ForeignKey(Round, models.PROTECT, related_name="lineups")
    among = models.JSONField()
    sources = models.JSONField()
    decisions = models.JSONField()
    field = models.JSONField()
    commitment = models.CharField(max_length=64, blank=True)
    cipher = models.BinaryField(null=True)
    key_id = models.CharField(max_length=8, blank=True)
    number = models.CharField(max_length=40, blank=True)
    secret = models.CharField(max_length=64, blank=True)
    by_hand = models.CharField(max_length=500, blank=True)
    order = models.JSONField(default=list)
    rounds = models.JSONField(default=dict)
    begun = models.JSONField(default=list)
    fixed_by = models.CharField(max_length=200)
    fixed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    voiding = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("round",), condition=Q(voided_at__isnull=True), name="one_lineup_of_a_field"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(voiding__isnull=False),
                name="lineup_voided_by_two",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.round_id}"


class Leaving(models.Model):
    """A team that left a lineup before its round was opened, and who came for it, if anybody."""

    lineup = models.ForeignKey(Lineup, models.PROTECT, related_name="leavings")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    comes = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    left_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("lineup", "entry"), name="leaves_a_lineup_once"),
        )

    def __str__(self) -> str:
        return f"{self.lineup_id}/{self.entry_id}"
