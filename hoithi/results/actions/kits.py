"""Kits: made for a unit by the province, and taken by the unit's laptop (decision 0021)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import export_plan, fix_rules, hold_contest, load_plan
from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import regulation_of, unit_by_code
from hoithi.entries.models import (
    Entry,
    EntryState,
    Person,
    RegistrationState,
    Team,
    TeamMember,
    UnitRegistration,
)
from hoithi.entries.teams import members_of
from hoithi.people.keys import vault
from hoithi.people.models import Unit
from hoithi.results.bundling import KEY_PURPOSE
from hoithi.results.kits import (
    FORMAT,
    KitContent,
    KitHead,
    KitTeam,
    Member,
    lock,
    new_code,
    new_key,
    unlock,
)
from hoithi.results.models import TakenKit, UnitKit
from hoithi.results.units import (
    at_units,
    is_of_a_unit,
    teams_of_unit,
)
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import fold, name_sort_key, tidy
from hoithi.verify.bundle import fingerprint


@transaction.atomic
def make_kit(
    *, actor_id: str, actor_name: str, each: Round, unit: Unit, reason: str, now: datetime
) -> tuple[UnitKit, str]:
    """A kit for a unit, and the code that opens it, which is kept nowhere.

    The first one fixes the rules of the round; a newer one voids the one before. Raises
    RuleViolation: `not_held_by_units`, `province_makes_kits` on a unit's own machine,
    `unit_without_team`, `kit_is_there` where there is one and no reason for another.
    """
    hold_contest(each.contest)
    if at_units(each) is None:
        raise RuleViolation("not_held_by_units")
    if is_of_a_unit(each.contest):
        raise RuleViolation("province_makes_kits")
    reason = tidy(reason)
    standing = UnitKit.objects.filter(round=each, unit=unit, voided_at=None)
    if standing.exists() and not reason:
        raise RuleViolation("kit_is_there", unit=unit.name)
    teams = teams_of_unit(each, unit)
    if not teams:
        raise RuleViolation("unit_without_team", unit=unit.name)
    fix_rules(each=each, now=now)
    voided = standing.update(voided_at=now)
    seed, public_key = new_key()
    public_id = uuid4()
    head = KitHead(
        format=FORMAT,
        contest=each.contest.key,
        round=each.key,
        unit=unit.code,
        unit_name=unit.name,
        kit=public_id.hex,
        regulation=fingerprint(regulation_of(each)),
    )
    content = KitContent(
        plan=export_plan(each.contest), seed=seed, teams=[_kit_team(team) for team in teams]
    )
    code = new_code()
    kit = UnitKit.objects.create(
        round=each,
        unit=unit,
        public_id=public_id,
        public_key=public_key,
        regulation=head.regulation,
        file=lock(head, content, code),
        reason=reason,
        made_by=actor_name,
        made_at=now,
    )
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="results.make_kit",
        target=_target(each),
        now=now,
        after={
            "unit": unit.code,
            "kit": public_id.hex,
            "teams": len(teams),
            "voided": voided,
            "reason": reason,
        },
    )
    return kit, code


def _kit_team(entry: Entry) -> KitTeam:
    assert entry.team is not None
    return KitTeam(
        entry=entry.public_id.hex,
        number=entry.number,
        name=entry.team.name,
        members=[
            Member(
                member.person.name,
                member.person.given_name,
                member.parts,
                leads=member.person_id == entry.team.leader_id,
            )
            for member in members_of(entry.team)
        ],
    )


@transaction.atomic
def take_kit(
    *, file: bytes, code: str, actor_id: str, actor_name: str, now: datetime
) -> tuple[TakenKit, bool]:
    """Make this installation a unit's by its kit; whether that was new.

    A newer kit brings the teams as they are now: what it has not any more is withdrawn here. Raises
    PlanError where the plan of the kit is for another version of this program, and RuleViolation:
    `kit_unreadable`, `kit_code_wrong`, `kit_replaced` where a newer one was taken here after it,
    `kit_contest_is_here` on a machine that has the contest otherwise, `kit_of_other_unit`,
    `kit_rules_differ` where the plan here is another.
    """
    head, content = unlock(file, code)
    public_id = UUID(head.kit)
    known = TakenKit.objects.filter(public_id=public_id).select_related("unit", "round").first()
    if known is not None and known.voided_at is not None:
        raise RuleViolation("kit_replaced")
    if known is not None:
        return known, False
    contest = Contest.objects.filter(key=head.contest).first()
    if contest is not None:
        _check_same_unit(contest, head)
    loaded = load_plan(
        content=content.plan.encode(), actor_id=actor_id, actor_name=actor_name, now=now
    )
    each = loaded.contest.rounds.select_related("category").get(key=head.round)
    if fingerprint(regulation_of(each)) != head.regulation:
        raise RuleViolation("kit_rules_differ")
    unit = unit_by_code(loaded.contest, head.unit)
    UnitRegistration.objects.get_or_create(
        contest=loaded.contest,
        unit=unit,
        defaults={
            "forms": [each.category.key],
            "state": RegistrationState.ACCEPTED,
            "decided_at": now,
            "decided_by": actor_name,
        },
    )
    for team in content.teams:
        _enter_team(each, unit, team, now)
    gone = Entry.objects.filter(category=each.category, state=EntryState.ACCEPTED)
    gone.exclude(public_id__in=[UUID(team.entry) for team in content.teams]).update(
        state=EntryState.WITHDRAWN,
        withdrawn_at=now,
        withdrawn_reason="Không còn trong bộ hồ sơ mới của tỉnh",
    )
    sealed = vault().seal(KEY_PURPOSE, bytes.fromhex(content.seed))
    TakenKit.objects.filter(round=each, voided_at=None).update(voided_at=now)
    taken = TakenKit.objects.create(
        round=each,
        unit=unit,
        public_id=public_id,
        cipher=sealed.cipher,
        key_id=sealed.key_id,
        taken_at=now,
    )
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="results.take_kit",
        target=_target(each),
        now=now,
        after={"unit": unit.code, "kit": head.kit, "teams": len(content.teams)},
    )
    return taken, True


def _check_same_unit(contest: Contest, head: KitHead) -> None:
    before = TakenKit.objects.filter(round__contest=contest).select_related("unit").first()
    if before is None:
        raise RuleViolation("kit_contest_is_here", contest=contest.short_title)
    if before.unit.code != head.unit:
        raise RuleViolation("kit_of_other_unit", unit=before.unit.name)


def _enter_team(each: Round, unit: Unit, team: KitTeam, now: datetime) -> None:
    """The team as the kit has it, new or as it was here; nobody of it is a person twice."""
    entry = Entry.objects.filter(public_id=UUID(team.entry)).select_related("team").first()
    made = entry.team if entry is not None else None
    if made is None:
        made = Team.objects.create(contest=each.contest, unit=unit, name=team.name, added_at=now)
        Entry.objects.create(
            contest=each.contest,
            category=each.category,
            unit=unit,
            team=made,
            public_id=UUID(team.entry),
            number=team.number,
            state=EntryState.ACCEPTED,
            accepted_at=now,
        )
    here = {member.person.name: member.person for member in members_of(made)}
    TeamMember.objects.filter(team=made).delete()
    made.name, made.leader = team.name, None
    for member in team.members:
        person = here.pop(member.name, None) or _person(each, unit, member, now)
        TeamMember.objects.create(team=made, person=person, parts=member.parts)
        if member.leads:
            made.leader = person
    made.save(update_fields=["name", "leader"])


def _person(each: Round, unit: Unit, member: Member, now: datetime) -> Person:
    return Person.objects.create(
        contest=each.contest,
        unit=unit,
        name=member.name,
        given_name=member.given_name,
        folded_name=fold(member.name),
        sort_key=name_sort_key(member.name, member.given_name),
        added_at=now,
    )


def _target(each: Round) -> str:
    return f"round:{each.contest.key}/{each.key}"
