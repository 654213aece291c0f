"""A round on stage as rows: its log, its seats and their devices, sealed packets, votes.

Where the round stands is no row: it is what the log has led to (docs/decisions/0020).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from hoithi.contests.models import PlanVersion, Round
from hoithi.entries.models import Entry
from hoithi.people.models import Approval, Unit, User


class Stage(models.Model):
    """A round that is prepared for the stage. Whoever writes a line takes the row first.

    `last` is the number of the last line, `head` its hash. `plan` is the version of the plan by
    whose rules the round is held; none until it is opened.
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="+")
    plan = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")
    last = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)
    prepared_by = models.CharField(max_length=200)
    prepared_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.round_id}/{self.last}"


class LogLine(models.Model):
    """A line of the log; never changed. Who acted stands here and not in what is published."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    at_ms = models.BigIntegerField()
    event = models.JSONField()
    hash = models.CharField(max_length=64)
    actor_id = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=200)

    class Meta:
        ordering = ("stage", "number")
        constraints = (
            models.UniqueConstraint(fields=("stage", "number"), name="one_line_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.number}"


class SeatKind(models.TextChoices):
    JUDGE = "judge", "judge"
    TEAM = "team", "team"


class Seat(models.Model):
    """Somebody who takes part in the day with a device of their own: a judge, or a team.

    `key` is how the log calls the seat: `gk1` for a judge, an entry's public id for a team. The
    code is derived from `public_id` and `code_issue`, never stored. A judge of a unit may not mark
    its teams.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="seats")
    kind = models.CharField(max_length=10, choices=SeatKind)
    key = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+")
    is_chair = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    code_issue = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("stage", "kind", "position")
        constraints = (
            models.UniqueConstraint(fields=("stage", "key"), name="one_seat_per_key"),
            models.UniqueConstraint(
                fields=("stage",),
                condition=Q(is_chair=True, removed_at__isnull=True),
                name="one_chair_of_a_jury",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.key}"


class Device(models.Model):
    """A device on which a seat was opened; the newest one is in force. Only a hash of its token."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="devices")
    epoch = models.PositiveIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    seated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("seat", "epoch"), name="one_device_per_epoch"),
        )

    def __str__(self) -> str:
        return f"{self.seat_id}/{self.epoch}"


class Conflict(models.Model):
    """A judge may not mark a team, for a reason of their own that was declared."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="conflicts")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("seat", "entry"), name="one_conflict_of_a_judge"),
        )

    def __str__(self) -> str:
        return f"{self.seat_id}/{self.entry_id}"


class Secret(models.Model):
    """The secret of a draw between the showing of its hash and the showing of itself."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="secrets")
    commitment = models.CharField(max_length=64, unique=True)
    cipher = models.BinaryField()
    key_id = models.CharField(max_length=8)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.commitment[:8]}"


class PacketSet(models.Model):
    """The sealed packets of a part, keys included, encrypted; two people seal them.

    `commitment` is the hash of the file inside. A set that was replaced before the round was opened
    is void.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="packet_sets")
    segment = models.SlugField(max_length=60)
    cipher = models.BinaryField()
    key_id = models.CharField(max_length=8)
    commitment = models.CharField(max_length=64)
    sealing = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")
    built_by = models.CharField(max_length=200)
    built_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("stage", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("stage", "segment"),
                condition=Q(voided_at__isnull=True),
                name="one_packet_set_of_a_part",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.segment}"


class PaperSheet(models.Model):
    """A sheet of paper as one person typed it in; a second types the same without seeing it."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="paper_sheets")
    turn = models.PositiveIntegerField()
    judge = models.SlugField(max_length=60)
    marks = models.JSONField()
    typed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("stage", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("stage", "turn", "judge", "typed_by"),
                condition=Q(voided_at__isnull=True),
                name="one_typing_of_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.turn}/{self.judge}"


class SheetNote(models.Model):
    """What a judge has noted on a sheet. It decides nothing and is not in the log, which is
    published (docs/decisions/0020)."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="notes")
    turn = models.PositiveIntegerField()
    text = models.TextField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("seat", "turn"), name="one_note_of_a_sheet"),
        )

    def __str__(self) -> str:
        return f"{self.seat_id}/{self.turn}"


class Call(models.Model):
    """Somebody at a device calls the secretary; one call of a seat stands until it is answered."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=("seat",),
                condition=Q(answered_at__isnull=True),
                name="one_open_call_of_a_seat",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat_id} {self.at:%H:%M:%S}"


class Vote(models.Model):
    """What one phone gave in a vote of the audience; a phone has one vote in a part.

    Which phone it is the phone says. `source` tells votes from one network address from others; it
    is no address and cannot be turned back into one.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="audience_votes")
    segment = models.SlugField(max_length=60)
    device = models.CharField(max_length=64)
    source = models.CharField(max_length=16, blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("stage", "segment", "device"), name="one_vote_of_a_device"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.segment}"
