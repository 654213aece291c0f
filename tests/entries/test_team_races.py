"""Two who change a team, its texts or its presences in one moment, each over a connection."""

from __future__ import annotations

import pytest
from django.db import transaction

from hoithi.contests.queries import form_of
from hoithi.entries.actions import (
    accept_registration,
    approve_text,
    check_in,
    hand_in,
    return_text,
    submit_registration,
    substitute,
)
from hoithi.entries.actions.handing import Text
from hoithi.entries.models import Handover, Presence, Team, TeamChange, UnitRegistration
from hoithi.entries.queries import lists_seen
from hoithi.entries.teams import members_of, substitutes_of, team_seen
from hoithi.people.models import Role, User
from tests import factories
from tests.desk_postgres import Beside, PostgresDesk
from tests.entries.scene import LIVE, ONLINE, begin, people, save

pytestmark = pytest.mark.postgres


def accepted() -> tuple[UnitRegistration, User]:
    """A team of three whose unit has thirty more, and an organiser."""
    contest = factories.contest()
    who = factories.user("Trần Văn Tổ", contest.key, Role.ORGANISER)
    registration = begin(contest, forms=(ONLINE, LIVE), now=factories.now())
    save(registration, people(30, start=10), now=factories.now())
    save(registration, people(3), LIVE, now=factories.now())
    seen, now = lists_seen(registration), factories.now()
    receipt = submit_registration(actor=who, registration=registration, seen=seen, now=now)
    accept_registration(actor=who, registration=registration, receipt=receipt, now=now)
    return registration, who


def test_of_two_who_substitute_at_once_one_is_told_of_the_other(
    postgres_desk: PostgresDesk,
) -> None:
    registration, who = accepted()
    team = Team.objects.get()
    gone = members_of(team)[0].person_id
    form = form_of(registration.contest, LIVE)
    first, second = substitutes_of(registration, form, team)[:2]
    seen = team_seen(team)

    def swap(came: int) -> None:
        substitute(
            actor=who,
            registration=registration,
            form_key=LIVE,
            gone=gone,
            came=came,
            reason="Ốm",
            seen=seen,
            now=factories.now(),
        )

    with transaction.atomic():
        swap(first.pk)
        other = Beside(lambda: swap(second.pk))
        postgres_desk.wait_until_blocked()
    assert other.end() == "team_differs"
    assert TeamChange.objects.count() == 1
    assert len(members_of(team)) == 3


def test_two_at_one_door_tick_somebody_once(postgres_desk: PostgresDesk) -> None:
    registration, who = accepted()
    team, each = Team.objects.get(), registration.contest.rounds.get(key=LIVE)
    person = members_of(team)[0].person_id

    def tick() -> None:
        check_in(actor=who, each=each, team=team.pk, person=person, now=factories.now())

    with transaction.atomic():
        tick()
        other = Beside(tick)
        postgres_desk.wait_until_blocked()
    assert other.end() == "done"
    assert Presence.objects.count() == 1


def test_of_two_who_hand_in_at_once_one_reads_the_other_first(
    postgres_desk: PostgresDesk,
) -> None:
    registration, who = accepted()
    team, each = Team.objects.get(), registration.contest.rounds.get(key=LIVE)

    def send() -> None:
        text = Text("Một cửa", "Tóm tắt")
        hand_in(
            actor=who, team=team, each=each, segment="gioi-thieu", text=text, now=factories.now()
        )

    with transaction.atomic():
        send()
        other = Beside(send)
        postgres_desk.wait_until_blocked()
    assert other.end() == "text_differs"
    assert Handover.objects.count() == 1


def test_of_two_who_decide_about_a_text_at_once_one_does(postgres_desk: PostgresDesk) -> None:
    registration, who = accepted()
    team, each = Team.objects.get(), registration.contest.rounds.get(key=LIVE)
    text = Text("Một cửa", "Tóm tắt")
    made = hand_in(
        actor=who, team=team, each=each, segment="gioi-thieu", text=text, now=factories.now()
    )
    with transaction.atomic():
        return_text(actor=who, handover=made, reason="Trùng ý", now=factories.now())
        other = Beside(lambda: approve_text(actor=who, handover=made, now=factories.now()))
        postgres_desk.wait_until_blocked()
    assert other.end() == "text_decided"
    assert Handover.objects.get().state == "returned"
