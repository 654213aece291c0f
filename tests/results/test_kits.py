"""What a unit's laptop makes of the kits that it is given, one after the other."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from hoithi.entries.models import Entry, EntryState, TeamMember
from hoithi.results.actions import take_kit
from hoithi.results.kits import unlock
from hoithi.results.models import TakenKit
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.results.units_scene import Province, province
from tests.stage.scene import team

pytestmark = pytest.mark.django_db(transaction=True)
Kit = tuple[bytes, str]


def kit_of(made: Province, reason: str = "") -> Kit:
    kit, code = made.kit("GN", reason)
    return bytes(kit.file), code


def taken(kit: Kit) -> bool:
    """Whether it was new on this laptop."""
    file, code = kit
    _taken, is_new = take_kit(
        file=file, code=code, actor_id="0", actor_name="hoithi unit take", now=factories.now()
    )
    return is_new


def teams() -> dict[str, list[str]]:
    """Who stands here with whom."""
    return {
        entry.team.name: sorted(
            TeamMember.objects.filter(team=entry.team).values_list("person__name", flat=True)
        )
        for entry in Entry.objects.filter(state=EntryState.ACCEPTED).select_related("team")
        if entry.team is not None
    }


def test_a_newer_kit_brings_the_teams_as_they_are_and_an_older_one_is_refused() -> None:
    made = province()
    Entry.objects.filter(pk=made.teams["GN"].pk).update(number="GN-D02")
    ours = made.teams["GN"].team
    assert ours is not None
    other = team(made.contest, "GN", "Gia Nghĩa 2", people=1)
    first = kit_of(made)
    new = factories.person(made.contest, "GN", "Lê Thị Mới")
    TeamMember.objects.filter(team=ours).order_by("pk")[:1].get().delete()
    TeamMember.objects.create(team=ours, person=new, parts=["quiz"])
    Entry.objects.filter(pk=other.pk).update(state=EntryState.WITHDRAWN)
    second = kit_of(made, "Thay người")
    call_command("flush", verbosity=0, interactive=False)

    assert (taken(first), taken(first)) == (True, False)
    before = [f"Trần Văn Gia Nghĩa {number}" for number in range(4)]
    assert teams() == {"Gia Nghĩa": before, "Gia Nghĩa 2": ["Trần Văn Gia Nghĩa 2 0"]}
    people = Entry.objects.get(number="GN-D02").team
    kept = TeamMember.objects.get(team=people, person__name=before[1]).person_id
    assert taken(second)
    assert teams() == {"Gia Nghĩa": ["Lê Thị Mới", *before[1:]]}
    assert TeamMember.objects.get(team=people, person__name=before[1]).person_id == kept
    assert TeamMember.objects.get(person__name="Lê Thị Mới").parts == ["quiz"]
    with pytest.raises(RuleViolation) as caught:
        taken(first)
    assert caught.value.code == "kit_replaced"
    assert not taken(second)
    standing = TakenKit.objects.get(voided_at=None)
    assert standing.public_id.hex == unlock(*second)[0].kit
