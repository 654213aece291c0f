"""Registration: a unit's own pages, and those of the organiser."""

from __future__ import annotations

from hoithi.entries.actions import hand_in, stage_list
from hoithi.entries.actions.handing import Text
from hoithi.entries.models import Team, TeamMember
from hoithi.entries.queries import check_sheet
from hoithi.entries.sheets import StagedSheet
from tests import factories
from tests.addresses import Pair, Row
from tests.addresses.scene import Scene
from tests.entries.scene import LIVE, NOW, ONLINE, begin, people, save

_UNIT, _DESK = "signin 403 403 403 {0} {0} 403", "signin 403 403 403 403 {0} 403"
UNIT_PAGE = Row(get=_UNIT.format(200), post=_UNIT.format(405))
UNIT_FORM = Row(get=_UNIT.format(200), post=_UNIT.format(200))
UNIT_ACT = Row(get=_UNIT.format(405), post=_UNIT.format(302))
DESK_PAGE = Row(get=_DESK.format(200), post=_DESK.format(405))
DESK_FORM = Row(get=_DESK.format(200), post=_DESK.format(200))
DESK_ACT = Row(get=_DESK.format(405), post=_DESK.format(302))
DESK_LOOK = Row(get=_DESK.format(405), post=_DESK.format(200))
STAGE_PAGE = Row(get="signin 403 403 403 403 200 200", post="signin 403 403 403 403 405 405")
DOOR_ACT = Row(get="signin 403 403 403 403 405 405", post="signin 403 403 403 403 302 302")
_SEGMENT = "gioi-thieu"
_OF_TEAM = ("texts", "text_file", "hand_in")
ROWS = {
    "entries:unit": UNIT_PAGE,
    "entries:choose": UNIT_FORM,
    "entries:submit": UNIT_FORM,
    "entries:receipt": Row(get=_UNIT.format(302), post=_UNIT.format(405)),
    "entries:recall": UNIT_ACT,
    "entries:people": UNIT_FORM,
    "entries:template": UNIT_PAGE,
    "entries:download": UNIT_PAGE,
    "entries:mend": UNIT_PAGE,
    "entries:mend_cell": UNIT_ACT,
    "entries:take_all": UNIT_ACT,
    "entries:drop_row": UNIT_ACT,
    "entries:keep_row": UNIT_ACT,
    "entries:answer": UNIT_ACT,
    "entries:findings": UNIT_PAGE,
    "entries:save": UNIT_ACT,
    "entries:discard": UNIT_ACT,
    "entries:team": UNIT_FORM,
    "entries:substitute": UNIT_FORM,
    "entries:texts": UNIT_PAGE,
    "entries:text_file": UNIT_PAGE,
    "entries:hand_in": UNIT_FORM,
    "entries:all_texts": STAGE_PAGE,
    "entries:initiatives": STAGE_PAGE,
    "entries:initiatives_workbook": STAGE_PAGE,
    "entries:text": STAGE_PAGE,
    "entries:read_file": STAGE_PAGE,
    "entries:approve_text": DESK_ACT,
    "entries:return_text": DESK_FORM,
    "entries:door": STAGE_PAGE,
    "entries:check_in": DOOR_ACT,
    "entries:undo_check_in": DOOR_ACT,
    "entries:overview": Row(
        get="signin 403 200 403 403 200 200", post="signin 403 405 403 403 405 405"
    ),
    "entries:decision": DESK_PAGE,
    "entries:accept": DESK_ACT,
    "entries:return": DESK_FORM,
    "entries:extend": DESK_FORM,
    "entries:list": DESK_PAGE,
    "entries:entry": DESK_PAGE,
    "entries:withdraw": DESK_FORM,
    "entries:bar": DESK_FORM,
    "entries:lift_bar": DESK_FORM,
    "entries:replace": DESK_FORM,
    "entries:replace_member": DESK_FORM,
    "entries:new_code": DESK_FORM,
    "entries:show_national_id": DESK_LOOK,
    "entries:show_phone": DESK_LOOK,
}


def parameters(scene: Scene) -> dict[str, Pair]:
    """A unit that has saved one list and mends another; a person and a team who take part."""
    registration = begin(scene.ours, scene.unit.code, (ONLINE, LIVE))
    save(registration, people(2))
    sheet = StagedSheet(1, ["Họ và tên"], {"name": 0}, [(2, ["Lê Thị Mẫu"])], {}, [])
    stage_list(
        actor=scene.people["officer"],
        registration=registration,
        form_key=ONLINE,
        file_name="ds.xlsx",
        sheet=sheet,
        checked=check_sheet(registration, ONLINE, sheet),
        now=NOW,
    )
    single = factories.entry(scene.ours, scene.unit.code, "Trần Văn Mẫu", "0002")
    team = factories.team(scene.ours, scene.unit.code, "Đội mẫu", "0003")
    member = factories.person(scene.ours, scene.unit.code, "Hồ Thị Mẫu")
    TeamMember.objects.create(team=Team.objects.get(entries=team), person=member)
    theirs = factories.entry(scene.theirs, scene.their_unit.code, "Vũ Văn Mẫu", "0001")
    their_team = Team.objects.create(
        contest=scene.theirs, unit=scene.their_unit, name="Đội mẫu", added_at=NOW
    )
    their_round = scene.theirs.rounds.first()
    assert their_round is not None
    own = Team.objects.get(unit=scene.unit, contest=scene.ours)
    text = hand_in(
        actor=scene.people["officer"],
        team=own,
        each=scene.ours.rounds.get(key=LIVE),
        segment=_SEGMENT,
        text=Text("Sáng kiến mẫu", "Tóm tắt", "sang-kien.txt", b"Noi dung"),
        now=NOW,
    )
    entries = Pair(single.public_id, theirs.public_id)
    persons = Pair(single.person_id, theirs.person_id)
    return {
        "form": Pair(ONLINE, "khong-co"),
        "entry": entries,
        "person": persons,
        "entries:team.form": Pair(LIVE, "khong-co"),
        **{f"entries:{name}.form": Pair(LIVE, "khong-co") for name in _OF_TEAM},
        "entries:hand_in.round_key": Pair(LIVE, their_round.key),
        "segment": Pair(_SEGMENT, "khong-co"),
        "handover": Pair(text.pk, text.pk + 1),
        "entries:substitute.form": Pair(LIVE, "khong-co"),
        **{
            f"entries:{name}.round_key": Pair(LIVE, their_round.key)
            for name in ("door", "check_in", "undo_check_in")
        },
        "team": Pair(team.team_id, their_team.pk),
        "entries:check_in.person": Pair(member.pk, theirs.person_id),
        "entries:undo_check_in.person": Pair(member.pk, theirs.person_id),
        "entries:replace_member.entry": Pair(team.public_id, theirs.public_id),
        "entries:replace_member.person": Pair(member.pk, theirs.person_id),
    }
