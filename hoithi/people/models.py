"""Who may do what for which unit: users, units, the one table of rights, and second persons."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from hoithi.rules.vietnamese import tidy


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail; there are no other names to sign in with."""

    def create_user(
        self, email: str, name: str, password: str | None = None, *, is_sample: bool = False
    ) -> User:
        address = self.normalize_email(tidy(email)).lower()
        user = self.model(email=address, name=tidy(name), is_sample=is_sample)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who works with the desk. Contestants are no users: they have codes."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Unit(models.Model):
    """A node of a tree of units: a district, a commune, a department.

    Trees of different provinces or years stand beside each other under the name of the tree.
    Administrative levels change: a unit has days of validity and a successor, records stay.
    """

    tree = models.SlugField(max_length=60)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    headcount = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("tree", "position", "code")
        constraints = (models.UniqueConstraint(fields=("tree", "code"), name="one_unit_per_code"),)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a grant allows. A committee seat gives grants; see contests."""

    ORGANISER = "organiser", "organiser"
    COMMITTEE = "committee", "committee"
    QUESTIONS = "questions", "questions"
    OBSERVER = "observer", "observer"
    UNIT_OFFICER = "unit_officer", "unit_officer"


class ScopeKind(models.TextChoices):
    """What an id in a grant means; the apps above own the things themselves."""

    CONTEST = "contest", "contest"
    UNIT = "unit", "unit"


class Grant(models.Model):
    """One right. It is never deleted: it is withdrawn, and the row stays.

    `giver` is the user who gave it; none for one from the command line. `vouched_by` names who
    else confirmed a seat in the committee (`hoithi.people.signers`).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    scope_kind = models.CharField(max_length=20, choices=ScopeKind)
    scope_id = models.CharField(max_length=64)
    given_by = models.CharField(max_length=200)
    giver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    vouched_by = models.CharField(max_length=200, blank=True)
    vouched_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "scope_kind", "scope_id"),
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_grant",
            ),
        )
        indexes = (models.Index(fields=("scope_kind", "scope_id"), name="grant_scope"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope_kind}:{self.scope_id}"


class Approval(models.Model):
    """An act that needs two people (docs/decisions/0005); the hash binds what was approved."""

    kind = models.CharField(max_length=40)
    scope_kind = models.CharField(max_length=20, choices=ScopeKind)
    scope_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=120)
    subject_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    first = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("first")),
                name="two_different_people",
            ),
            models.UniqueConstraint(
                fields=("kind", "subject", "subject_hash"),
                condition=Q(refused_at__isnull=True),
                name="one_approval_of_a_subject",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_complete(self) -> bool:
        return self.second_at is not None


class Invitation(models.Model):
    """Lets somebody make an account and gives the right named here; only a hash is kept.

    `scope_name` is what the scope was called when the letter was written; `sent_at` stays empty
    until the mail server has taken the letter. One that `needs_second` opens nothing, and no
    letter goes, until another member of the committee has confirmed it.
    """

    email = models.EmailField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)
    scope_kind = models.CharField(max_length=20, choices=ScopeKind)
    scope_id = models.CharField(max_length=64)
    scope_name = models.CharField(max_length=300, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    needs_second = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.email} {self.role}"

    @property
    def is_waiting(self) -> bool:
        """Whether a second member of the committee has still to confirm it."""
        return self.needs_second and self.confirmed_at is None
