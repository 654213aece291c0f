"""A unit's team: who leads and who does what, until when, who comes in for whom, who is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import (
    accept_registration,
    check_in,
    replace_member,
    save_team,
    submit_registration,
    substitute,
    undo_check_in,
    withdraw_entry,
)
from hoithi.entries.models import Entry, Person, Presence, Team, TeamChange, UnitRegistration
from hoithi.entries.queries import lists_seen
from hoithi.entries.teams import cast_of, members_of, team_seen
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.rules.errors import RuleViolation
from hoithi.rules.teams import Cast
from tests import factories
from tests.entries.scene import LIVE, ONLINE, begin, check, listed, people, save, sheet
from tests.entries.test_pages import read, words
from tests.worst import WORST

pytestmark = pytest.mark.django_db
UNIT = "/don-vi/daknong-2023/GN/"
TEAM = f"{UNIT}doi/{LIVE}/"
SWAP = f"{TEAM}thay/"
DOOR = f"/ban-to-chuc/daknong-2023/diem-danh/{LIVE}/"
_FORM = b'key = "truc-tiep"\nname = "Thi tr\xe1\xbb\xb1c ti\xe1\xba\xbfp"\nkind = "live"\n'


def plan(until: datetime) -> bytes:
    """The plan of 2023 with a time until which units substitute."""
    assert factories.PLAN.count(_FORM) == 1
    line = f"substitutions_until = {until.isoformat()}\n".encode()
    return factories.PLAN.replace(_FORM, _FORM + line)


@pytest.fixture
def now() -> datetime:
    return factories.now()


@pytest.fixture
def contest(now: datetime) -> Contest:
    """Units substitute until in a day's time."""
    return factories.contest(plan(now + timedelta(days=1)))


@pytest.fixture
def officer(contest: Contest) -> User:
    who = factories.user("Lê Thị Hoa", contest.key)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, "GN").pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return who


@pytest.fixture
def organiser(contest: Contest) -> User:
    return factories.user("Trần Văn Tổ", contest.key, Role.ORGANISER)


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    """Thirty people online, of whom the last six are six of the team's twelve."""
    now = factories.now()
    registration = begin(contest, forms=(ONLINE, LIVE), now=now)
    save(registration, people(30), now=now)
    save(registration, people(12, start=25), LIVE, now=now)
    return registration


def team() -> Team:
    return Team.objects.get()


def keys() -> list[int]:
    return [each.person_id for each in members_of(team())]


def stands() -> Cast:
    return cast_of(team(), members_of(team()))


def three(leader: int | None = None) -> Cast:
    """A faultless cast: three in the quiz, everybody plays."""
    every = keys()
    parts = {"presenter": every[:2], "quiz": every[:3], "performer": every}
    return Cast("Đội Gia Nghĩa", leader or every[0], parts)  # type: ignore[arg-type]


def put(registration: UnitRegistration, who: User, cast: Cast, reason: str = "") -> None:
    save_team(
        actor=who,
        registration=registration,
        form_key=LIVE,
        cast=cast,
        seen=team_seen(team()),
        reason=reason,
        now=factories.now(),
    )


@pytest.fixture
def cast(begun: UnitRegistration, officer: User) -> UnitRegistration:
    put(begun, officer, three())
    return begun


@pytest.fixture
def accepted(cast: UnitRegistration, officer: User, organiser: User) -> UnitRegistration:
    now = factories.now()
    receipt = submit_registration(actor=officer, registration=cast, seen=lists_seen(cast), now=now)
    accept_registration(actor=organiser, registration=cast, receipt=receipt, now=now)
    return cast


def outsider() -> Person:
    """Somebody of the unit who is registered online only."""
    return Person.objects.exclude(pk__in=keys()).order_by("pk")[0]


def swap(
    registration: UnitRegistration,
    who: User,
    *,
    gone: int,
    came: int,
    now: datetime | None = None,
    seen: str | None = None,
) -> None:
    substitute(
        actor=who,
        registration=registration,
        form_key=LIVE,
        gone=gone,
        came=came,
        reason="Ốm đột xuất",
        seen=team_seen(team()) if seen is None else seen,
        now=now or factories.now(),
    )


def refused(raised: pytest.ExceptionInfo[RuleViolation]) -> str:
    return raised.value.code


# The officer puts the team together.


def test_a_team_gets_its_name_its_leader_and_parts(cast: UnitRegistration) -> None:
    assert stands() == three()
    last = LogEntry.objects.latest("number")
    assert last.action == "entries.save_team"
    assert (last.after or {})["parts"] == {"presenter": 2, "quiz": 3, "performer": 12}
    assert TeamChange.objects.count() == 0


def test_a_fourth_in_the_quiz_and_a_stranger_change_nothing(
    cast: UnitRegistration, officer: User
) -> None:
    every = keys()
    for parts in ({"quiz": every[:4]}, {"performer": [*every, outsider().pk]}):
        with pytest.raises(RuleViolation) as raised:
            put(cast, officer, Cast("Đội", every[0], parts))  # type: ignore[arg-type]
        assert refused(raised) == "team_not_allowed"
    assert stands() == three()


def test_a_page_that_is_older_than_a_colleagues_change_saves_nothing(
    cast: UnitRegistration, officer: User
) -> None:
    old = team_seen(team())
    put(cast, officer, three(keys()[3]))
    with pytest.raises(RuleViolation) as raised:
        save_team(
            actor=officer,
            registration=cast,
            form_key=LIVE,
            cast=three(),
            seen=old,
            now=factories.now(),
        )
    assert refused(raised) == "team_differs"
    assert raised.value.params["who"] == "Lê Thị Hoa"


def test_a_list_sent_again_keeps_the_parts_of_who_stays(cast: UnitRegistration) -> None:
    before = {each.person_id: each.parts for each in members_of(team())}
    save(cast, people(11, start=26), LIVE, now=factories.now())
    after = {each.person_id: each.parts for each in members_of(team())}
    assert len(after) == 11
    assert after == {person: before[person] for person in after}


def test_a_leader_who_leaves_the_list_leads_no_more(cast: UnitRegistration, officer: User) -> None:
    leaver = next(each for each in members_of(team()) if each.person.name == listed(25)["name"])
    put(cast, officer, three(leaver.person_id))
    save(cast, people(11, start=26), LIVE, now=factories.now())
    assert team().leader is None
    assert team().name == "Đội Gia Nghĩa"


def test_a_form_that_is_dropped_takes_its_team_along(cast: UnitRegistration) -> None:
    save(cast, [], LIVE, now=factories.now())
    assert not Team.objects.exists()


def test_what_is_handed_in_binds_the_parts_too(cast: UnitRegistration, officer: User) -> None:
    before = lists_seen(cast)
    put(cast, officer, three(keys()[5]))
    assert lists_seen(cast) != before


def test_lists_that_are_handed_in_are_not_changed(cast: UnitRegistration, officer: User) -> None:
    now = factories.now()
    submit_registration(actor=officer, registration=cast, seen=lists_seen(cast), now=now)
    with pytest.raises(RuleViolation) as raised:
        put(cast, officer, three(keys()[5]))
    assert refused(raised) == "registration_submitted"


# After the lists are accepted.


def test_a_substitute_takes_over_the_parts_and_the_change_is_kept(
    accepted: UnitRegistration, officer: User
) -> None:
    gone, came = keys()[0], outsider().pk
    swap(accepted, officer, gone=gone, came=came)
    now_there = stands()
    assert (now_there.leader, gone in keys(), came in keys()) == (came, False, True)
    assert came in now_there.of("quiz") and came in now_there.of("presenter")
    change = TeamChange.objects.get()
    assert (change.reason, change.changed_by) == ("Ốm đột xuất", "Lê Thị Hoa")
    assert str(gone) in change.before["members"] and str(came) in change.after["members"]
    last = LogEntry.objects.latest("number")
    assert (last.action, last.before, last.after) == (
        "entries.substitute",
        {"person": gone},
        {"person": came, "reason": "Ốm đột xuất"},
    )


def test_from_the_set_time_on_only_organisers_substitute(
    accepted: UnitRegistration, officer: User, organiser: User, now: datetime
) -> None:
    late = now + timedelta(days=1)
    gone, came = keys()[0], outsider().pk
    with pytest.raises(RuleViolation) as raised:
        swap(accepted, officer, gone=gone, came=came, now=late)
    assert refused(raised) == "substitution_closed"
    swap(accepted, officer, gone=gone, came=came, now=late - timedelta(milliseconds=1))
    swap(accepted, organiser, gone=came, came=outsider().pk, now=late)
    assert TeamChange.objects.count() == 2


def test_a_substitute_is_registered_in_the_unit_and_not_in_the_team(
    accepted: UnitRegistration, officer: User, contest: Contest
) -> None:
    elsewhere = factories.person(contest, "TD", "Hồ Thị Mẫu")
    removed = factories.person(contest, "GN", "Hồ Thị Đã Rút")
    Person.objects.filter(pk=removed.pk).update(removed_at=factories.now())
    for came in (elsewhere.pk, removed.pk, keys()[1], 0, 10**17):
        with pytest.raises(RuleViolation) as raised:
            swap(accepted, officer, gone=keys()[0], came=came)
        assert refused(raised) == "not_registered"
    with pytest.raises(RuleViolation) as raised:
        swap(accepted, officer, gone=outsider().pk, came=outsider().pk)
    assert refused(raised) == "not_a_member"
    assert stands() == three()


def test_of_two_substitutions_from_the_same_page_one_is_done(
    accepted: UnitRegistration, officer: User, organiser: User
) -> None:
    seen, gone = team_seen(team()), keys()[0]
    swap(accepted, officer, gone=gone, came=outsider().pk, seen=seen)
    with pytest.raises(RuleViolation) as raised:
        swap(accepted, organiser, gone=gone, came=outsider().pk, seen=seen)
    assert refused(raised) == "team_differs"
    assert raised.value.params["who"] == "Lê Thị Hoa"


def test_parts_of_an_accepted_team_are_changed_with_a_reason(
    accepted: UnitRegistration, officer: User
) -> None:
    with pytest.raises(RuleViolation) as raised:
        put(accepted, officer, three(keys()[4]))
    assert refused(raised) == "reason_missing"
    put(accepted, officer, three(keys()[4]), "Đội trưởng cũ bận việc")
    assert TeamChange.objects.get().after["leader"] == keys()[4]


def test_saving_the_same_team_again_is_no_change(accepted: UnitRegistration, officer: User) -> None:
    put(accepted, officer, three(), "Không đổi gì")
    assert not TeamChange.objects.exists()


def test_before_acceptance_nobody_is_substituted(cast: UnitRegistration, officer: User) -> None:
    with pytest.raises(RuleViolation) as raised:
        swap(cast, officer, gone=keys()[0], came=outsider().pk)
    assert refused(raised) == "not_submitted"


def test_a_team_that_was_withdrawn_is_not_changed(
    accepted: UnitRegistration, officer: User, organiser: User
) -> None:
    entry = Entry.objects.get(team=team())
    gone, came, seen = keys()[0], outsider().pk, team_seen(team())
    withdraw_entry(actor=organiser, entry=entry, reason="Bão", now=factories.now())
    with pytest.raises(RuleViolation) as raised:
        swap(accepted, officer, gone=gone, came=came, seen=seen)
    assert refused(raised) == "team_missing"


def test_whom_the_organisers_bring_in_takes_over_the_parts_too(
    accepted: UnitRegistration, organiser: User
) -> None:
    gone = members_of(team())[0].person
    came = replace_member(
        actor=organiser,
        entry=Entry.objects.get(team=team()),
        member=gone,
        checked=check(accepted, sheet(listed(90)), LIVE),
        reason="Ốm",
        now=factories.now(),
    )
    assert stands().leader == came.pk and came.pk in stands().of("quiz")
    assert TeamChange.objects.get().reason == "Ốm"


# The pages.


def client_of(who: User) -> Client:
    return factories.sign_in(Client(), who)


def sent(cast: Cast, **more: str) -> dict[str, object]:
    parts: dict[str, object] = {part: [str(key) for key in cast.parts[part]] for part in cast.parts}
    head = {"name": cast.name, "leader": str(cast.leader), "seen": team_seen(team())}
    return {**head, **parts, **more}


def test_the_officer_fills_the_team_in_on_its_page(begun: UnitRegistration, officer: User) -> None:
    client = client_of(officer)
    assert f'href="{TEAM}"' in client.get(UNIT).content.decode()
    page = words(client, TEAM)
    assert "12 người đã đăng ký" in page
    assert "Tìm hiểu kiến thức về chuyển đổi số: 0 trong tối đa 3 người" in page
    assert "Sân khấu hoá Tiểu phẩm truyền thông: 0 trong tối đa 12 người" in page
    answer = client.post(TEAM, sent(three()), follow=True)
    assert "Đã lưu đội thi." in read(answer.content)
    assert "kiến thức về chuyển đổi số: 3 trong tối đa 3 người" in read(answer.content)
    assert stands() == three()


def test_everything_that_is_wrong_is_said_at_once_at_its_place(
    begun: UnitRegistration, officer: User
) -> None:
    every = keys()
    worst = {
        "name": " ",
        "seen": team_seen(team()),
        "quiz": [*map(str, every[:4])],
        "performer": [str(outsider().pk), "x", "9" * 40],
    }
    page = client_of(officer).post(TEAM, worst).content.decode()
    told = read(page.encode())
    assert "Xin chọn đội trưởng." in told
    assert "Phần “Tìm hiểu kiến thức về chuyển đổi số” có tối đa 3 người của đội này" in told
    assert 'id="id_name_error"' in page
    assert "Quá số người" in told
    assert stands().of("quiz") == frozenset()


@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
def test_the_worst_that_is_sent_is_told_and_changes_nothing(
    begun: UnitRegistration, officer: User, worst: str
) -> None:
    data = {"leader": worst, "quiz": [worst] * 3, "performer": worst, "seen": worst, "name": "Đội"}
    body = urlencode(data, doseq=True, errors="surrogatepass")
    form = "application/x-www-form-urlencoded"
    answer = client_of(officer).post(TEAM, body, content_type=form)
    assert answer.status_code == 200
    assert stands().of("quiz") == frozenset()


def test_the_accepted_team_shows_its_changes_and_offers_a_substitution(
    accepted: UnitRegistration, officer: User
) -> None:
    client = client_of(officer)
    gone, came = members_of(team())[0].person, outsider()
    assert "đơn vị tự sửa đội và ghi lý do" in words(client, TEAM)
    offered = words(client, SWAP)
    assert came.name in offered and "01/03" not in came.name
    answer = client.post(
        SWAP,
        {"gone": gone.pk, "came": came.pk, "reason": "Ốm đột xuất", "seen": team_seen(team())},
        follow=True,
    )
    page = read(answer.content)
    assert f"{came.name} vào thay {gone.name}." in page
    assert f"{came.name} làm đội trưởng." in page
    assert "Lý do: Ốm đột xuất (Lê Thị Hoa)" in page


def test_without_a_set_time_the_unit_is_sent_to_the_organisers(officer: User) -> None:
    """The plan as it ships says no time: the page shows the team and changes nothing."""
    contest = Contest.objects.get()
    version = contest.plans.latest("number")
    version.text = factories.PLAN.decode()
    version.sha256 = "0" * 64
    version.save()
    registration = begin(contest, forms=(LIVE,), now=factories.now())
    save(registration, people(5), LIVE, now=factories.now())
    put(registration, officer, Cast("Đội", keys()[0], {}))
    receipt = submit_registration(
        actor=officer,
        registration=registration,
        seen=lists_seen(registration),
        now=factories.now(),
    )
    accept_registration(
        actor=officer, registration=registration, receipt=receipt, now=factories.now()
    )
    page = words(client_of(officer), TEAM)
    assert "Mọi thay đổi do Ban Tổ chức ghi" in page and "Lưu đội thi" not in page
    with pytest.raises(RuleViolation) as raised:
        put(registration, officer, Cast("Đội khác", keys()[0], {}), "Đổi tên")
    assert refused(raised) == "substitution_closed"


def test_a_form_of_persons_and_a_form_that_was_not_chosen_have_no_team(
    begun: UnitRegistration, officer: User
) -> None:
    client = client_of(officer)
    assert client.get(f"{UNIT}doi/{ONLINE}/").status_code == 404
    assert client.get(f"{UNIT}doi/khac/").status_code == 404


def test_before_a_list_the_page_leads_to_it(contest: Contest, officer: User) -> None:
    begin(contest, forms=(LIVE,), now=factories.now())
    client = client_of(officer)
    assert "Chưa có đội thi" in words(client, TEAM)
    assert "Chưa có đội thi" in read(client.post(TEAM, {"name": "Đội"}).content)


# The stage door.


@pytest.fixture
def door(accepted: UnitRegistration, contest: Contest) -> Client:
    return client_of(factories.user("Phan Văn Cửa", contest.key, Role.COMMITTEE))


def test_whoever_comes_is_ticked_once_and_taken_back(
    door: Client, accepted: UnitRegistration, organiser: User
) -> None:
    person, each = keys()[0], accepted.contest.rounds.get(key=LIVE)
    assert "Có mặt 0/12" in words(door, DOOR)
    there = f"{DOOR}{team().pk}/{person}/den/"
    for _ in range(2):
        answer = door.post(there, {"tim": "Gia Nghĩa"})
        back = f"{DOOR}?tim=Gia+Ngh%C4%A9a#nguoi-{team().pk}-{person}"
        assert answer.headers["Location"] == back
    assert "Có mặt 1/12" in words(door, DOOR)
    assert Presence.objects.count() == 1
    door.post(f"{DOOR}{team().pk}/{person}/bo/")
    door.post(f"{DOOR}{team().pk}/{person}/bo/")
    row = Presence.objects.get()
    assert (row.by, row.undone_by) == ("Phan Văn Cửa", "Phan Văn Cửa")
    check_in(actor=organiser, each=each, team=team().pk, person=person, now=factories.now())
    assert Presence.objects.count() == 2
    undo_check_in(actor=organiser, each=each, team=team().pk, person=person, now=factories.now())
    assert "Có mặt 0/12" in words(door, DOOR)


def test_the_door_finds_people_without_their_marks(door: Client) -> None:
    name = members_of(team())[3].person.name
    page = words(door, f"{DOOR}?tim=DUNG+giang")
    assert "Trần Thị Dung Giang" in page and page.count("Có mặt") < 6
    assert name in words(door, f"{DOOR}?tim=doi+gia+nghia")
    assert "Không có ai tên như vậy" in words(door, f"{DOOR}?tim=zzz")
    assert name in words(door, f"{DOOR}?tim={'a' * 500}")


def test_who_left_the_team_is_not_checked_in(
    door: Client, accepted: UnitRegistration, officer: User
) -> None:
    gone = keys()[0]
    swap(accepted, officer, gone=gone, came=outsider().pk)
    answer = door.post(f"{DOOR}{team().pk}/{gone}/den/", follow=True)
    assert "Người này không còn trong đội của vòng thi." in read(answer.content)
    assert not Presence.objects.exists()


def test_somebody_checked_in_can_still_be_substituted(
    door: Client, accepted: UnitRegistration, organiser: User
) -> None:
    gone, each = keys()[0], accepted.contest.rounds.get(key=LIVE)
    check_in(actor=organiser, each=each, team=team().pk, person=gone, now=factories.now())
    swap(accepted, organiser, gone=gone, came=outsider().pk)
    assert "Có mặt 0/12" in words(door, DOOR)


def test_an_online_round_has_no_door(door: Client) -> None:
    assert door.get(f"/ban-to-chuc/daknong-2023/diem-danh/{ONLINE}/").status_code == 404


def test_pages_cost_the_same_for_one_and_for_many(
    accepted: UnitRegistration,
    door: Client,
    officer: User,
    contest: Contest,
) -> None:
    def cost(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    unit = client_of(officer)
    before = [cost(unit, TEAM), cost(unit, SWAP), cost(door, DOOR)]
    other = factories.team(contest, "TD", "Đội Tuy Đức", "TD-D01").team
    assert other is not None
    for name in ("Hồ Văn Một", "Hồ Văn Hai", "Hồ Văn Ba"):
        other.members.create(person=factories.person(contest, "TD", name))
        team_of_gn = Team.objects.get(unit__code="GN")
        team_of_gn.members.create(person=factories.person(contest, "GN", name))
    assert [cost(unit, TEAM), cost(unit, SWAP), cost(door, DOOR)] == before


def test_organisers_of_the_contest_reach_the_page_and_rights_end_with_them(
    accepted: UnitRegistration, organiser: User, contest: Contest
) -> None:
    assert client_of(organiser).get(TEAM).status_code == 200
    stranger = factories.user("Đỗ Thị Lạ", contest.key, Role.OBSERVER)
    assert client_of(stranger).get(TEAM).status_code == 403
