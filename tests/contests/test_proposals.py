"""A plan that changes rules after they were fixed waits for two people of the committee."""

from __future__ import annotations

import pytest

from hoithi.audit.models import LogEntry
from hoithi.contests.actions import fix_rules, load_plan, release_rules
from hoithi.contests.models import Contest, PlanProposal
from hoithi.contests.plan.reading import PlanError, plan_from
from hoithi.contests.plan.writing import write_plan
from hoithi.contests.proposals import refuse_plan, sign_plan
from hoithi.contests.queries import open_proposals, regulation_of
from hoithi.people.models import Role, User
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.factories import PLAN, now
from tests.golden.spoil import read_table

pytestmark = pytest.mark.django_db
OTHER = PLAN.replace(b'ranking = ["points", "duration", "submitted"]', b'ranking = ["points"]', 1)
HARMLESS = PLAN.replace(b"Thi tr\xe1\xbb\xb1c tuy\xe1\xba\xbfn", b"Thi tr\xc3\xaan m\xe1\xba\xa1ng")


class Scene:
    """The contest of 2023, its online round fixed, and three of the committee."""

    def __init__(self) -> None:
        self.contest: Contest = factories.contest(open_now=False)
        self.round = self.contest.rounds.get(key="truc-tuyen")
        self.an, self.binh, self.chi = (
            factories.user(name, self.contest.key, Role.COMMITTEE) for name in ("An", "Bình", "Chi")
        )
        fix_rules(each=self.round, now=now())

    def load(self, content: bytes = OTHER) -> PlanProposal | None:
        loaded = load_plan(content=content, actor_id="1", actor_name="Một người", now=now())
        assert loaded.changed is (loaded.proposal is None)
        return loaded.proposal

    def proposed(self, content: bytes = OTHER) -> PlanProposal:
        proposal = self.load(content)
        assert proposal is not None
        return proposal

    @property
    def ranking(self) -> list[str]:
        return regulation_of(self.round).ranking


@pytest.fixture
def scene() -> Scene:
    assert PLAN not in (OTHER, HARMLESS)
    return Scene()


def code(act: str, actor: User, proposal: PlanProposal, reason: str = "Quyết định 12") -> str:
    """What comes of signing or refusing: the code of a violation, or nothing."""
    try:
        if act == "sign":
            sign_plan(actor=actor, proposal=proposal, reason=reason, now=now())
        else:
            refuse_plan(actor=actor, proposal=proposal, now=now())
    except RuleViolation as violation:
        return violation.code
    return ""


def test_one_person_alone_changes_no_fixed_rule(scene: Scene) -> None:
    proposal = scene.proposed()
    assert proposal.changes == [
        ["rounds[1].ranking", '["points"; "duration"; "submitted"]', '["points"]']
    ]
    assert scene.ranking == ["points", "duration", "submitted"]
    assert scene.contest.plans.count() == 1
    assert scene.load() == proposal
    assert open_proposals(scene.contest) == [proposal]


def test_two_of_the_committee_put_it_in_force(scene: Scene) -> None:
    proposal = scene.proposed()
    observer = factories.user("Xem", scene.contest.key, Role.ORGANISER)
    assert code("sign", observer, proposal) == "not_of_committee"
    assert code("sign", scene.an, proposal, " ") == "reason_missing"
    assert code("sign", scene.an, proposal) == ""
    assert code("sign", scene.an, proposal) == "same_person"
    assert scene.ranking == ["points", "duration", "submitted"]
    assert code("sign", scene.binh, proposal, "") == ""
    assert scene.ranking == ["points"]
    assert code("sign", scene.chi, proposal) == "proposal_closed"
    assert open_proposals(scene.contest) == []
    assert [entry.action for entry in LogEntry.objects.order_by("-number")[:3]] == [
        "contests.load_plan",
        "approve.plan.second",
        "approve.plan.first",
    ]


def test_what_is_refused_can_be_brought_again(scene: Scene) -> None:
    proposal = scene.proposed()
    code("sign", scene.an, proposal)
    assert code("refuse", scene.binh, proposal) == ""
    assert code("sign", scene.binh, proposal) == "proposal_closed"
    assert code("refuse", scene.binh, proposal) == "proposal_closed"
    again = scene.proposed()
    assert again != proposal
    assert code("sign", scene.an, again) == ""
    assert scene.ranking == ["points", "duration", "submitted"]
    assert code("sign", scene.binh, again) == ""
    assert scene.ranking == ["points"]


def test_one_who_is_not_of_the_committee_refuses_nothing(scene: Scene) -> None:
    other = factories.user("Xem", scene.contest.key, Role.ORGANISER)
    assert code("refuse", other, scene.proposed()) == "not_of_committee"


def test_a_signature_is_for_the_plan_that_was_in_force(scene: Scene) -> None:
    proposal = scene.proposed()
    code("sign", scene.an, proposal)
    assert scene.load(HARMLESS) is None
    assert code("sign", scene.binh, proposal) == "plan_outdated"
    again = scene.proposed()
    assert len(again.changes) == 1
    assert code("refuse", scene.binh, proposal) == ""


def test_a_fixed_round_does_not_leave_the_plan(scene: Scene) -> None:
    table = read_table("daknong-2023")
    rounds = table["rounds"]
    assert isinstance(rounds, list)
    without = plan_from({**table, "rounds": rounds[1:], "assumptions": []})
    with pytest.raises(PlanError) as refused:
        scene.load(write_plan(without).encode())
    assert [(each.key, each.code) for each in refused.value.problems] == [
        ("rounds", "round_is_fixed")
    ]


def test_a_round_that_was_released_is_anybodys_again(scene: Scene) -> None:
    release_rules(each=scene.round)
    assert scene.load() is None
    assert scene.ranking == ["points"]
