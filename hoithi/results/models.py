"""Scores per round, decisions, and what was published. Nothing that counted is overwritten."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from hoithi.contests.models import Contest, PlanVersion, Round
from hoithi.entries.models import Entry
from hoithi.people.models import Approval, Unit


class RoundScore(models.Model):
    """An entry's score in a round, with the values that can break a tie, as text of decimals.

    A later closing voids a row and adds one. `is_barred` is how it was then; a bar that came later,
    or was lifted, stands in the register.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="scores")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="scores")
    points = models.DecimalField(max_digits=9, decimal_places=2)
    values = models.JSONField()
    is_barred = models.BooleanField(default=False)
    meets_requirement = models.BooleanField(default=True)
    evidence = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "-points")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "entry"),
                condition=Q(voided_at__isnull=True),
                name="one_counted_score_per_round",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.entry_id} {self.points}"


class Grading(models.Model):
    """A time at which a round held online was graded: which rulings its marks rest on, by id, and
    which plan; none where it was not kept yet.

    By the rulings themselves, not by the clock: of two that happen at once neither knows of the
    other, whatever their times say.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="gradings")
    rulings = models.JSONField(default=list)
    plan = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")
    graded_by = models.CharField(max_length=200)
    graded_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return f"{self.round_id} {self.graded_at:%H:%M}"


class RecordedRound(models.Model):
    """A live round: entered from signed minutes (who entered it, who confirmed it, why so late), or
    held on stage, and then with the whole log that its marks follow from; their scans are copies.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="records")
    held_on = models.DateField()
    place = models.CharField(max_length=200)
    late_reason = models.CharField(max_length=500, blank=True)
    scan_name = models.CharField(max_length=200)
    scan_sha256 = models.CharField(max_length=64)
    marks = models.JSONField()
    log = models.JSONField(default=list)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("round",), condition=Q(voided_at__isnull=True), name="one_record_per_round"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.held_on}"


class SignedCopy(models.Model):
    """A scan of the signed minutes of a round that was held on stage, attached to its record.

    A better scan is one more row; all stay to be read.
    """

    record = models.ForeignKey(RecordedRound, models.PROTECT, related_name="signed_copies")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    attached_by = models.CharField(max_length=200)
    attached_at = models.DateTimeField()

    class Meta:
        ordering = ("record", "id")
        constraints = (
            models.UniqueConstraint(fields=("record", "sha256"), name="one_copy_per_content"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.name}"


class UnitKit(models.Model):
    """What makes a laptop the installation of a unit for its own round (docs/decisions/0021).

    The file is locked by a code that is kept nowhere: the province cannot open it. A newer kit
    voids the one before, with a reason; what its key signed is not taken any more.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="kits")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    public_key = models.CharField(max_length=64)
    regulation = models.CharField(max_length=64)
    file = models.BinaryField()
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "unit"),
                condition=Q(voided_at__isnull=True),
                name="one_kit_of_a_unit",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.unit_id}"


class UnitResult(models.Model):
    """What a unit sent of its part of a round and the province took, checked: the statement with
    all marks, its signature, and the log. Another one voids it, with a reason; the file is kept by
    its hash.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="unit_results")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kit = models.ForeignKey(UnitKit, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    statement = models.JSONField()
    signature = models.CharField(max_length=128)
    log = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    taken_by = models.CharField(max_length=200)
    taken_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "unit"),
                condition=Q(voided_at__isnull=True),
                name="one_result_of_a_unit",
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.unit_id} {self.taken_at:%d/%m/%Y}"


class TakenKit(models.Model):
    """On a unit's own laptop: the kit by which it holds its part of a round, the key encrypted."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="taken_kits")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    public_id = models.UUIDField(unique=True)
    cipher = models.BinaryField()
    key_id = models.CharField(max_length=8)
    taken_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("round",), condition=Q(voided_at__isnull=True), name="one_taken_kit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.unit_id}"


class FrozenCounts(models.Model):
    """The numbers that predictions are about, signed once per round."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="frozen_counts")
    participants = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    all_correct = models.PositiveIntegerField()
    frozen_by = models.CharField(max_length=200)
    frozen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.round_id} {self.participants}"


class Motion(models.Model):
    """What one person put forward, whole, so that the second sees what is to be confirmed.

    The approval's kind says what it is about; it is closed when the approval is complete or
    refused.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="motions")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="motions")
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    content = models.JSONField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.contest_id} {self.approval}"


class TieDecision(models.Model):
    """The committee's order of entries that share a place across a prize line."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="tie_decisions")
    order = models.JSONField()
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return f"{self.round_id} {len(self.order)}"


class Choice(models.Model):
    """What two people chose where the rules leave it to them (docs/decisions/0022).

    `about` is the key of a side prize, and `order` its winners or the order of equal teams; or it
    is empty, and `order` that of equal runners-up at the cut before the rounds of a field, of which
    `round` is the first.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="choices")
    about = models.CharField(max_length=60, blank=True)
    order = models.JSONField()
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return f"{self.round_id}/{self.about}"


class RulingEffect(models.TextChoices):
    DROP = "drop", "drop"
    ACCEPT_ALSO = "accept_also", "accept_also"
    POINTS_TO_ALL = "points_to_all", "points_to_all"


class Ruling(models.Model):
    """What two people decided about an item after the first start (docs/decisions/0003)."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="rulings")
    item = models.CharField(max_length=16)
    effect = models.CharField(max_length=20, choices=RulingEffect)
    option = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(effect="accept_also") ^ Q(option__isnull=True),
                name="option_where_one_is_accepted",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.effect}"


class UnitTieDecision(models.Model):
    """The committee's order of units, by their codes, that share a place across a prize line."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="unit_tie_decisions")
    order = models.JSONField()
    reason = models.CharField(max_length=500)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("contest", "id")

    def __str__(self) -> str:
        return f"{self.contest_id} {len(self.order)}"


class Publication(models.Model):
    """A frozen, numbered version of a round's result; a correction is a new version.

    `content` is what people read, `standing` the same under pseudonyms, for the bundle. `sha256` is
    the fingerprint of published.json in the bundle, the one that everybody is shown; empty, like
    `standing`, where a version is older than the bundle. `grading` is what a round held online
    rests on.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="publications")
    round = models.ForeignKey(Round, models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    standing = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    grading = models.ForeignKey(Grading, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "-number")
        constraints = (
            models.UniqueConstraint(fields=("round", "number"), name="one_version_per_round"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="correction_with_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"


class CollectivePublication(models.Model):
    """A frozen, numbered version of the table of units; a correction is a new version.

    `sha256` is the fingerprint of collective.json in the bundle, the one that everybody is shown.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="collective_publications")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("contest", "-number")
        constraints = (
            models.UniqueConstraint(fields=("contest", "number"), name="one_collective_version"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="collective_correction_with_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.number}"


class Award(models.Model):
    """A prize given by a publication: of its table, or beside the places (`is_side`)."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="awards")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    prize = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    amount_vnd = models.PositiveBigIntegerField()
    place = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    is_side = models.BooleanField(default=False)

    class Meta:
        ordering = ("publication", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("publication", "entry"),
                condition=Q(is_side=False),
                name="one_prize_per_entry",
            ),
            models.UniqueConstraint(
                fields=("publication", "entry", "prize"), name="each_prize_once_per_entry"
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="place_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.entry_id}"


class NameComplaint(models.Model):
    """A contestant says that the printed name is wrong, with a code; somebody answers.

    `printed` is how the name was written until the answer, `corrected` how it is written since;
    without it the answer is the reason why it stays.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    said = models.CharField(max_length=300)
    said_at = models.DateTimeField()
    printed = models.CharField(max_length=300, blank=True)
    corrected = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-said_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("said_at")),
                name="answered_after_it_was_said",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(corrected="") | ~Q(answer=""),
                name="corrected_or_refused_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id}"
