"""Reading contests: the plan in force, the regulation of a round, who sees which contest."""

from __future__ import annotations

from functools import lru_cache

from django.http import Http404

from hoithi.contests.models import CommitteeSeat, Contest, PlanProposal, PlanVersion, Round
from hoithi.contests.plan.conversion import regulation_of as regulation_from
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.plan.schema import Form, OnlinePlan, Plan
from hoithi.contests.plan.schema import Round as RoundPlan
from hoithi.contests.seats import role_of_body
from hoithi.people.models import Grant, Invitation, ScopeKind, Unit, User
from hoithi.people.permissions import Scope, contest_scope, scopes_of, unit_scope
from hoithi.rules.regulation import Regulation


@lru_cache(maxsize=32)
def _parsed(sha256: str, text: str) -> Plan:  # noqa: ARG001 - the digest makes a short cache key
    return parse_plan(text.encode())


def plan_version_of(contest: Contest) -> PlanVersion:
    """The newest plan of a contest: the one in force."""
    return contest.plans.order_by("-number")[0]


def plan_of(contest: Contest) -> Plan:
    """The plan in force, typed. Its clock windows are those of the file, not those of a demo."""
    version = plan_version_of(contest)
    return _parsed(version.sha256, version.text)


def round_plan(each: Round) -> RoundPlan:
    return plan_of(each.contest).round(each.key)


def online_plan(each: Round) -> OnlinePlan:
    """How a round held in the hall is held. Raises ValueError for a live one."""
    online = round_plan(each).online
    if online is None:
        raise ValueError(f"{each.key} is not held online")
    return online


def regulation_of(each: Round) -> Regulation:
    """The rules of a round, for hoithi.rules."""
    plan = plan_of(each.contest)
    return regulation_from(plan, plan.round(each.key))


def regulation_in(version: PlanVersion, round_key: str) -> Regulation:
    """The rules of a round as a version of the plan had them."""
    plan = _parsed(version.sha256, version.text)
    return regulation_from(plan, plan.round(round_key))


def fixed_rounds(contest: Contest) -> list[str]:
    """Keys of the rounds whose rules are changed by two people only."""
    return list(contest.rounds.exclude(rules_fixed_at=None).values_list("key", flat=True))


def proposal_by_id(contest: Contest, pk: int) -> PlanProposal:
    """A plan that waits for two signatures, or did. Raises Http404."""
    proposal = (
        PlanProposal.objects.filter(contest=contest, pk=pk)
        .select_related("contest", "base")
        .first()
    )
    if proposal is None:
        raise Http404
    return proposal


def open_proposals(contest: Contest) -> list[PlanProposal]:
    """Plans that wait for two signatures, oldest first. One query."""
    return list(
        PlanProposal.objects.filter(
            contest=contest, loaded_at=None, refused_at=None
        ).select_related("contest", "base")
    )


def form_of(contest: Contest, key: str) -> Form:
    """A form of the plan. Raises Http404."""
    for form in plan_of(contest).forms:
        if form.key == key:
            return form
    raise Http404


def contest_by_key(key: str) -> Contest:
    """Raises Http404."""
    contest = Contest.objects.filter(key=key).first()
    if contest is None:
        raise Http404
    return contest


def round_by_key(contest: Contest, key: str) -> Round:
    """Raises Http404."""
    found = Round.objects.filter(contest=contest, key=key).select_related("contest").first()
    if found is None:
        raise Http404
    return found


def contests_of(user: User) -> list[Contest]:
    """The contests in which somebody has a right, newest first."""
    keys = scopes_of(user, ScopeKind.CONTEST)
    return list(Contest.objects.filter(key__in=keys))


def units_of(contest: Contest) -> list[Unit]:
    """The units that take part, in the order of the plan."""
    return list(
        Unit.objects.filter(pk__in=contest.contest_units.values("unit")).order_by("position")
    )


def unit_by_code(contest: Contest, code: str) -> Unit:
    """Raises Http404 for a unit that does not take part."""
    unit = Unit.objects.filter(pk__in=contest.contest_units.values("unit"), code=code).first()
    if unit is None:
        raise Http404
    return unit


def seats_of(contest: Contest) -> list[CommitteeSeat]:
    """Every seat, ended ones too, with the account of its holder. One query."""
    return list(CommitteeSeat.objects.filter(contest=contest).select_related("user"))


def seat_by_id(contest: Contest, pk: int) -> CommitteeSeat:
    """Raises Http404."""
    found = CommitteeSeat.objects.filter(contest=contest, pk=pk).select_related("contest", "user")
    seat = found.first()
    if seat is None:
        raise Http404
    return seat


def grants_of_seat(seat: CommitteeSeat) -> list[Grant]:
    """The standing right that goes when a seat ends; none where another seat gives it too."""
    role, scope = role_of_body(seat.body), contest_scope(seat.contest.key)
    holder = _holder(seat)
    if holder is None:
        return []
    standing = CommitteeSeat.objects.filter(contest=seat.contest, until=None)
    others = standing.exclude(pk=seat.pk).select_related("user")
    if any(_holder(other) == holder and role_of_body(other.body) == role for other in others):
        return []
    found = Grant.objects.filter(
        user=holder, role=role, scope_kind=scope.kind, scope_id=scope.id, withdrawn_at=None
    )
    return list(found.select_related("user"))


def letters_of_seat(seat: CommitteeSeat) -> list[Invitation]:
    """The open invitations by which the holder of a seat gets the right that goes with it."""
    role, scope = role_of_body(seat.body), contest_scope(seat.contest.key)
    return list(
        Invitation.objects.filter(
            email=seat.email,
            role=role,
            scope_kind=scope.kind,
            scope_id=scope.id,
            accepted_at=None,
            withdrawn_at=None,
        )
        if seat.email
        else []
    )


def _holder(seat: CommitteeSeat) -> User | None:
    """The account of who sits there: known then, or made since from the letter."""
    if seat.user is not None or not seat.email:
        return seat.user
    return User.objects.filter(email=seat.email).first()


def barring_seats(contest: Contest) -> list[CommitteeSeat]:
    """Seats in bodies whose members may not take part."""
    barred = [body.key for body in plan_of(contest).bodies if body.barred]
    return list(CommitteeSeat.objects.filter(contest=contest, body__in=barred, until=None))


def scopes_of_contest(contest: Contest) -> dict[Scope, str]:
    """What rights in a contest can be about, with the names: the contest, then each unit."""
    names = {contest_scope(contest.key): contest.short_title}
    for unit in units_of(contest):
        names[unit_scope(unit.pk)] = unit.name
    return names
