"""Packages: built from the bank, sealed by two people, withdrawn by two before the first start."""

from __future__ import annotations

import hashlib
import os
import uuid
from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.bank.models import Collection
from hoithi.bank.queries import usable_versions
from hoithi.contests.actions import fix_rules, hold_contest, release_rules
from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import blueprint_of, policy_of
from hoithi.contests.queries import online_plan, plan_of
from hoithi.exam.hearing import has_started
from hoithi.exam.models import Package, PackageItem, PackageState
from hoithi.people.actions import approve
from hoithi.people.keys import vault
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.people.vault import Sealed
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import KeysFile, SourceItem
from hoithi.rules.together import Together

KEYS = "package_keys"


@transaction.atomic
def build_package(*, actor: User, each: Round, collection: Collection, now: datetime) -> Package:
    """Freeze the questions that were true on the contest's law date into a package to be sealed.

    Raises RuleViolation `bank_too_small` with the first row of the blueprint that cannot be
    filled, `already_sealed`.
    """
    if Package.objects.filter(round=each, state=PackageState.SEALED).exists():
        raise RuleViolation("already_sealed")
    plan, online = plan_of(each.contest), online_plan(each)
    rows = blueprint_of(online)
    wanted = {(row.topic, row.level) for row in rows} | {(row.topic, "") for row in rows}
    topics = {row.topic for row in rows if not row.level}
    versions = [
        version
        for version in usable_versions(collection, each.contest.law_date)
        if (version.topic, version.level) in wanted or version.topic in topics
    ]
    public_id = uuid.uuid4()
    made = paper.build_package(
        [
            SourceItem(
                version.topic,
                version.level,
                version.stem,
                tuple(version.options),
                (version.key,),
            )
            for version in versions
        ],
        blueprint=rows,
        policy=policy_of(plan, online),
        package_id=public_id.hex,
        secret=os.urandom(32),
    )
    questions = paper.read_questions(made.questions)
    for row, there in paper.shortages(questions):
        raise RuleViolation(
            "bank_too_small", topic=row.topic, level=row.level, wanted=row.count, there=there
        )
    keys_sha256 = hashlib.sha256(made.keys).digest()
    sealed_keys = vault().seal(KEYS, made.keys)
    package = Package.objects.create(
        round=each,
        number=each.packages.count() + 1,
        public_id=public_id,
        questions=made.questions,
        keys_cipher=sealed_keys.cipher,
        key_id=sealed_keys.key_id,
        questions_sha256=questions.sha256.hex(),
        keys_sha256=keys_sha256.hex(),
        commitment=paper.commitment(questions.sha256, keys_sha256).hex(),
        built_by=actor.name,
        built_at=now,
    )
    PackageItem.objects.bulk_create(
        PackageItem(package=package, version=version, item=item)
        for version, item in zip(versions, made.ids, strict=True)
    )
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.build_package",
        target=f"package:{public_id.hex}",
        now=now,
        after={"items": len(versions), "commitment": package.commitment},
    )
    return package


@transaction.atomic
def seal_package(*, actor: User, package: Package, now: datetime) -> Approval:
    """Sign the seal; the second of two people completes it and the commitment becomes public.

    From then on the rules of the round are changed by two people only. Raises RuleViolation:
    `not_a_draft`, `plan_changed_since` when the plan in force asks for another paper or tells the
    hall other rules, and those of `people.actions.approve`.
    """
    hold_contest(package.round.contest)
    if package.state != PackageState.DRAFT:
        raise RuleViolation("not_a_draft")
    _check_plan(package)
    approval = approve(
        actor=actor,
        kind="seal",
        scope=contest_scope(package.round.contest.key),
        subject=f"package:{package.public_id.hex}",
        subject_hash=package.commitment,
        reason="",
        now=now,
    )
    if approval.is_complete:
        changed = Package.objects.filter(pk=package.pk, state=PackageState.DRAFT).update(
            state=PackageState.SEALED, sealing=approval
        )
        if not changed:
            raise RuleViolation("not_a_draft")
        fix_rules(each=package.round, now=now)
        package.refresh_from_db()
    return approval


def _check_plan(package: Package) -> None:
    """Raises RuleViolation `plan_changed_since`."""
    each = package.round
    plan, online = plan_of(each.contest), online_plan(each)
    file = paper.read_questions(bytes(package.questions)).file
    if (file.blueprint, file.policy) != (blueprint_of(online), policy_of(plan, online)):
        raise RuleViolation("plan_changed_since")


@transaction.atomic
def withdraw_package(*, actor: User, package: Package, reason: str, now: datetime) -> Approval:
    """Take a sealed package back before anybody has started; two people and a reason.

    While a sitting has it in the hall, the second signature does not yet take it back: that waits
    for the hall (`exam.withdrawing`). Raises RuleViolation: `not_sealed`, `being_withdrawn`,
    `reason_missing`, `withdrawn_too_late` once somebody has started or a sitting is collected.
    """
    hold_contest(package.round.contest)
    package.refresh_from_db(fields=["state", "withdrawal"])
    if package.state != PackageState.SEALED:
        raise RuleViolation("not_sealed")
    if package.is_leaving:
        raise RuleViolation("being_withdrawn")
    if not reason.strip():
        raise RuleViolation("reason_missing")
    sittings = list(package.sittings.all())
    if any(sitting.collected_at for sitting in sittings) or has_started(sittings):
        raise RuleViolation("withdrawn_too_late")
    approval = approve(
        actor=actor,
        kind="withdraw",
        scope=contest_scope(package.round.contest.key),
        subject=f"package:{package.public_id.hex}",
        subject_hash=package.commitment,
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        Package.objects.filter(pk=package.pk).update(withdrawal=approval)
        if not sittings:
            forget_seal(package)
        package.refresh_from_db()
    return approval


def forget_seal(package: Package) -> None:
    """Nobody has started with it: the package is withdrawn, the rules of the round are free."""
    Package.objects.filter(pk=package.pk).update(state=PackageState.WITHDRAWN)
    release_rules(each=package.round)


@transaction.atomic
def read_closed_questions(*, actor: User, package: Package, now: datetime) -> None:
    """Write down that a member of the committee reads keys that later rounds still draw from."""
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.read_closed_questions",
        target=f"package:{package.public_id.hex}",
        now=now,
    )


def promise_of(package: Package) -> str:
    """What of their result the sealed rules promise contestants at once; `none` if nothing."""
    return paper.read_questions(bytes(package.questions)).file.policy.result


def together_of(package: Package) -> Together | None:
    """How all answer one question at a time, if the sealed rules say so."""
    return paper.read_questions(bytes(package.questions)).file.policy.together


def signals_days_of(package: Package) -> int:
    """How many days after a sitting its signals are kept; 0 where the sealed rules have none."""
    policy = paper.read_questions(bytes(package.questions)).file.policy
    return policy.signals_days if policy.signals else 0


def open_keys_at_once(package: Package) -> KeysFile:
    """The keys of a package while its sittings run: for the scores that its sealed rules promise,
    or for the questions that all answer together.

    Both who sealed it have signed that (docs/decisions/0018, 0023). Raises RuntimeError where
    neither is said, or the package is not sealed, or is being withdrawn, or the keys are not those
    sealed.
    """
    policy = paper.read_questions(bytes(package.questions)).file.policy
    is_said = policy.result != "none" or policy.together is not None
    if package.state != PackageState.SEALED or package.is_leaving or not is_said:
        raise RuntimeError("keys asked for while nobody was promised a score")
    return paper.read_keys(_unlocked(package))


def open_keys(package: Package) -> KeysFile:
    """The keys of a package, for grading. Raises RuntimeError when they are not those sealed.

    Only after every sitting that used the package has been collected; when others may see them
    says `hoithi.exam.secrecy` (docs/decisions/0003).
    """
    content = open_keys_bytes(package)
    return paper.read_keys(content)


def open_keys_bytes(package: Package) -> bytes:
    """The keys file as it was sealed."""
    if package.sittings.standing().filter(collected_at=None).exists():
        raise RuntimeError("keys asked for before the sitting was collected")
    return _unlocked(package)


def _unlocked(package: Package) -> bytes:
    content = vault().open(KEYS, Sealed(package.key_id, bytes(package.keys_cipher)))
    if hashlib.sha256(content).hexdigest() != package.keys_sha256:
        raise RuntimeError(f"keys of package {package.public_id.hex} are not those sealed")
    return content
