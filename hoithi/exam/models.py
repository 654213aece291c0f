"""A round held online: sealed package, sittings, and the attempts collected from the hall."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hoithi.bank.models import ItemVersion
from hoithi.contests.models import Round
from hoithi.entries.models import Entry
from hoithi.people.models import Approval
from hoithi.rules.errors import RuleViolation

A_DAY = timedelta(days=1)


class PackageState(models.TextChoices):
    DRAFT = "draft", "draft"
    SEALED = "sealed", "sealed"
    WITHDRAWN = "withdrawn", "withdrawn"


class Package(models.Model):
    """Two canonical files under one commitment (docs/decisions/0003); the keys are encrypted.

    A sealed package is never changed. Before the first start two people can withdraw it: one that
    is sealed and has a `withdrawal` waits for the hall's word that nobody has started.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField()
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    questions = models.BinaryField()
    keys_cipher = models.BinaryField()
    key_id = models.CharField(max_length=8)
    questions_sha256 = models.CharField(max_length=64)
    keys_sha256 = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PackageState, default=PackageState.DRAFT)
    built_by = models.CharField(max_length=200)
    built_at = models.DateTimeField()
    sealing = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")
    withdrawal = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("round", "number")
        constraints = (
            models.UniqueConstraint(fields=("round", "number"), name="one_package_per_number"),
            models.UniqueConstraint(
                fields=("round",), condition=Q(state="sealed"), name="one_sealed_package"
            ),
            models.CheckConstraint(
                condition=~Q(state="sealed") | Q(sealing__isnull=False), name="sealed_by_two"
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"

    @property
    def is_leaving(self) -> bool:
        """Whether two people withdraw it and the hall has not answered yet."""
        return self.state == PackageState.SEALED and self.withdrawal_id is not None


class PackageItem(models.Model):
    """Which version of a question became which item of a package."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="items")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")
    item = models.CharField(max_length=16)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("package", "item"), name="one_item_of_a_package"),
        )

    def __str__(self) -> str:
        return self.item


class SittingState(models.TextChoices):
    PREPARED = "prepared", "prepared"
    PUBLISHED = "published", "published"
    COLLECTED = "collected", "collected"
    GRADED = "graded", "graded"
    WITHDRAWN = "withdrawn", "withdrawn"


S_co = TypeVar("S_co", bound="Sitting", covariant=True)


class SittingQuerySet(models.QuerySet[S_co]):
    def standing(self) -> Self:
        """Without those that were withdrawn with their package: nobody has started in them."""
        return self.exclude(state=SittingState.WITHDRAWN)

    def begun(self, now: datetime) -> Self:
        """Those in the hall in which somebody may have started: by the sitting's own time, or by a
        window. One that was once begun is, whatever moved its opening or replaced the window.
        """
        window = RosterLine.objects.filter(sitting=OuterRef("pk"), window_opens_at__lte=now)
        head = ChainHead.objects.filter(sitting=OuterRef("pk"))
        return self.filter(
            Q(opens_at__lte=now) | Exists(head) | Exists(window), state=SittingState.PUBLISHED
        )


class Sitting(models.Model):
    """One opening of the hall for a round. `closing` is the closing record, once collected.

    `first_opens_at` and `first_closes_at` are its time as it was published, whatever was ordered
    since; those published before this was kept have none.

    `flaws` are the rows that its journal should not have, when somebody last tried to collect it;
    `times` are the orders about time as the bundle tells them, once collected, `presses` those of a
    round in which all answer together (`hall.presses`). `signals_days` is
    what the sealed policy says, 0 where it keeps no signals; what was worked out of the journal
    besides them (`exam.conduct`) is there since `paced_at`, all of it gone since `erased_at`.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="sittings")
    package = models.ForeignKey(Package, models.PROTECT, related_name="sittings")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=300)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    first_opens_at = models.DateTimeField(null=True)
    first_closes_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=SittingState, default=SittingState.PREPARED)
    roster_sha256 = models.CharField(max_length=64)
    closing = models.JSONField(null=True)
    flaws = models.JSONField(default=list)
    times = models.JSONField(null=True)
    presses = models.JSONField(null=True)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)
    signals_days = models.PositiveSmallIntegerField(default=0)
    paced_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return self.title


class ChainHead(models.Model):
    """How far a writer's chain had come at a minute in which everybody could read it.

    It fixes every answer before it: a bundle whose chain does not go through it is another one.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="heads")
    writer = models.CharField(max_length=32)
    batch = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("sitting", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("sitting", "writer", "batch"), name="one_head_per_batch"
            ),
        )

    def __str__(self) -> str:
        return f"{self.writer[:8]}/{self.batch}"


class CoursePoint(models.Model):
    """The figures of a running sitting at a moment (`exam.course`); `saves` since the beginning."""

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="course")
    at = models.DateTimeField()
    entered = models.PositiveIntegerField()
    working = models.PositiveIntegerField()
    submitted = models.PositiveIntegerField()
    offline = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    saves = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("sitting", "at")
        indexes = (models.Index(fields=("sitting", "at"), name="course_of_sitting"),)

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.at.isoformat()}"


class RosterLineQuerySet(models.QuerySet["RosterLine"]):
    def standing(self) -> Self:
        """Without those of withdrawn sittings."""
        return self.exclude(sitting__state=SittingState.WITHDRAWN)


class RosterLine(models.Model):
    """A line of a sitting's roster; the entry key draws its papers.

    `is_barred` is as the roster was committed. A line with a window may start in it besides the
    sitting's own time (docs/decisions/0019). `extra_ms` are the minutes given, where
    attempts are counted by the day those of one day, and then `extra_at` says when: the sitting
    closes later by them.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    entry_key = models.CharField(max_length=32)
    code_tag = models.CharField(max_length=32, db_index=True)
    is_barred = models.BooleanField(default=False)
    window_opens_at = models.DateTimeField(null=True)
    window_closes_at = models.DateTimeField(null=True)
    extra_ms = models.BigIntegerField(default=0)
    extra_at = models.DateTimeField(null=True)

    objects = RosterLineQuerySet.as_manager()

    class Meta:
        ordering = ("sitting", "line")
        constraints = (
            models.UniqueConstraint(fields=("sitting", "line"), name="one_entry_per_line"),
            models.UniqueConstraint(fields=("sitting", "entry"), name="one_line_per_entry"),
        )
        indexes = (
            models.Index(
                fields=("sitting", "window_opens_at", "window_closes_at"),
                condition=Q(window_opens_at__isnull=False),
                name="lines_with_a_window",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sitting_id}/{self.line}"

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """From when to when its holder may start besides the sitting's own time."""
        if self.window_opens_at is None or self.window_closes_at is None:
            return None
        return self.window_opens_at, self.window_closes_at

    def time_at(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to when its holder may start, as it stands now: of the sitting's time and the
        window the open one that closes last, else the next, else the last; with minutes given.
        """
        more = self.minutes_until(self.sitting.closes_at)
        own = (self.sitting.opens_at, self.sitting.closes_at)

        def distance(time: tuple[datetime, datetime]) -> tuple[int, float]:
            opens_at, closes_at = time
            if now < opens_at:
                return 1, opens_at.timestamp()
            return (0 if now < closes_at + more else 2), -closes_at.timestamp()

        opens_at, closes_at = min(own, self.window or own, key=distance)
        return opens_at, closes_at + more

    def minutes_until(self, until: datetime) -> timedelta:
        """The minutes that count on the day on which something ends."""
        if self.extra_at is not None and self.extra_at < until - A_DAY:
            return timedelta()
        return timedelta(milliseconds=self.extra_ms)


class Attempt(models.Model):
    """An attempt as the journal tells it; marks are filled in when keys are opened.

    `granted_ms` is what it was given for interruptions (`rules.attempts.granted_ms`). `answered_ms`
    is when each answer came, where all answer together.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="attempts")
    line = models.ForeignKey(RosterLine, models.PROTECT, related_name="attempts")
    public_id = models.CharField(max_length=32, unique=True)
    number = models.PositiveSmallIntegerField()
    started_ms = models.BigIntegerField()
    deadline_ms = models.BigIntegerField()
    submitted_ms = models.BigIntegerField()
    granted_ms = models.BigIntegerField(default=0)
    is_automatic = models.BooleanField()
    is_void = models.BooleanField()
    answers = models.JSONField()
    answered_ms = models.JSONField(null=True)
    prediction = models.BigIntegerField()
    late_rows = models.PositiveIntegerField()
    receipt = models.CharField(max_length=20, blank=True)
    correct = models.PositiveSmallIntegerField(null=True)
    items = models.PositiveSmallIntegerField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    class Meta:
        ordering = ("sitting", "line", "number")
        constraints = (
            models.UniqueConstraint(fields=("line", "number"), name="one_attempt_per_number"),
        )

    def __str__(self) -> str:
        return self.public_id


class ItemReport(models.Model):
    """How the questions of a package were answered, as `rules.statistics.ItemFigures`; every
    grading makes a new one, and the newest holds."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="item_reports")
    sheets = models.PositiveIntegerField()
    figures = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("package", "-id")

    def __str__(self) -> str:
        return f"{self.package_id}/{self.sheets}"


class RehearsalState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Rehearsal(models.Model):
    """A round played by made-up people against this server: figures, nobody's data.

    `live` is where it is while it runs, `report` what it has shown, `message` the code of why there
    is none. It counts for nothing in the contest.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="rehearsals")
    contestants = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    arriving_s = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RehearsalState, default=RehearsalState.WAITING)
    live = models.JSONField(null=True)
    report = models.JSONField(null=True)
    message = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    stop_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "-id")

    def __str__(self) -> str:
        return f"{self.round_id}/{self.contestants}"

    @property
    def is_over(self) -> bool:
        return self.state in (RehearsalState.DONE, RehearsalState.FAILED)

    @property
    def failure(self) -> RuleViolation | None:
        """Why there is no report."""
        return RuleViolation(self.message, **self.facts) if self.message else None


class SimilarityReport(models.Model):
    """What a comparison of all sheets of a round found (`exam.similarity`); the newest is shown.

    `pairs` are those that stand out, as `rules.similarity.Pair`. It decides nothing.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    sheets = models.PositiveIntegerField()
    compared = models.PositiveBigIntegerField()
    passed_over = models.PositiveBigIntegerField()
    pairs = models.JSONField(default=list)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return f"{self.round_id} {self.made_at:%H:%M}"


class ReviewOutcome(models.TextChoices):
    NOTHING = "nothing", "nothing"
    ACTED = "acted", "acted"


class PairReview(models.Model):
    """What the committee made of two sheets that are alike. Rows are only added; the newest holds.

    It changes no mark: whoever acts makes an attempt void by the order that there is for it.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    first = models.ForeignKey(Attempt, models.PROTECT, related_name="+")
    second = models.ForeignKey(Attempt, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=ReviewOutcome)
    reason = models.CharField(max_length=300)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("round", "id")

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id} {self.outcome}"
