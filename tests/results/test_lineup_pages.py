"""The pages of a field: what the secretary and the committee press, and what anybody can check."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from hoithi.contests.plan.conversion import ms
from hoithi.people.models import User
from hoithi.results.models import Choice, Motion
from tests import factories
from tests.results.heats import HEATS, Bracket, bracket, held_heats
from tests.worst import WORST

pytestmark = pytest.mark.django_db
ROOM = "/ban-to-chuc/hoi-thi-mau/vong"
MOTIONS = "/ban-to-chuc/hoi-thi-mau/cho-ky"


def get(who: User, path: str) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def post(who: User, path: str, **fields: object) -> str:
    response = factories.sign_in(Client(), who).post(path, fields, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def said(page: str) -> list[str]:
    return re.findall(r'<li class="band band-\w+">(.*?)</li>', page)


def second(made: Bracket, kind: str) -> None:
    """The second member confirms what waits."""
    motion = Motion.objects.get(approval__second=None, approval__kind=kind)
    post(made.member, f"{MOTIONS}/{motion.pk}/xac-nhan/")


def test_the_secretary_fixes_the_list_and_draws_and_anybody_can_check() -> None:
    made = bracket()
    heats = f"{ROOM}/bang-b/doi-thi/"
    assert "12 đội sẽ vào theo kết quả hiện nay" in get(made.secretary, heats)
    assert said(post(made.secretary, f"{heats}chot/")) == ["Đã chốt danh sách."]
    commitment = made.lineup("bang-a").commitment
    assert commitment in get(made.secretary, heats)
    assert 'role="alert"' in post(made.secretary, f"{heats}boc-tham/", number="bảy")
    assert made.lineup("bang-a").drawn_at is None
    assert said(post(made.secretary, f"{heats}boc-tham/", number="2026")) == ["Đã bốc thăm."]
    lineup = made.lineup("bang-a")
    page = get(made.chair, f"{ROOM}/bang-d/doi-thi/")
    assert lineup.secret in page
    assert page.count("<ol><li>Đội") == len(HEATS)
    # The public page has all that a phone needs to draw again, before any stage is prepared.
    public = Client().get("/san-khau/hoi-thi-mau/bang-c/boc-tham/").content.decode()
    assert f'data-secret="{lineup.secret}"' in public
    assert f'data-order="{" ".join(lineup.order)}"' in public
    assert "Vòng bảng: bảng C: " in public
    # With the order of the lots everybody deals the teams with the fingers.
    assert ", ".join(f"Đội {made.number(entry)}" for entry in lineup.order) in public


SCREEN = "/san-khau/hoi-thi-mau/bang-c/chia-bang/"


def screen(path: str = SCREEN) -> dict[str, Any]:
    """What the big screen of the draw shows, and the number that changes with it."""
    told = Client().get(f"{path}tinh-hinh").json()
    return {"n": told["n"], **told["s"]}


def test_the_big_screen_shows_the_draw_of_the_heats_step_by_step() -> None:
    made = bracket()
    page = Client().get(SCREEN).content.decode()
    assert 'id="proof"' in page
    assert "/san-khau/hoi-thi-mau/bang-c/boc-tham/" in page
    heats = [f"Vòng bảng: bảng {letter}" for letter in "ABCD"]
    nothing = {"n": 0, "contest": made.contest.title, "titles": heats, "apart": "unit"}
    nothing |= {"lots": None, "since": 0, "dealt": []}
    assert screen() == nothing
    # The fingerprint first: nothing that the lots follow from is told with it.
    lineup = made.fix("bang-a")
    fixed = screen()
    names = [f"Đội {made.number(entry)}" for entry in sorted(made.teams.values())]
    assert fixed["lots"] == {
        "among": names,
        "ids": sorted(made.teams.values()),
        "commitment": lineup.commitment,
        "number": "",
        "secret": "",
        "order": [],
        "drawn": [],
        "swaps": [],
        "hand": "",
    }
    assert (fixed["since"], fixed["dealt"]) == (0, [[], [], [], []])
    post(made.secretary, f"{ROOM}/bang-b/doi-thi/boc-tham/", number="2026")
    drawn = screen()
    # What the audience sees moving leads to what was drawn, and what was drawn into the heats.
    for last, other in drawn["lots"]["swaps"]:
        names[last], names[other] = names[other], names[last]
    assert drawn["lots"]["order"] == names
    assert drawn["dealt"] == [
        [{"team": f"Đội {number}", "unit": f"Xã mẫu {number:02}"} for number in numbers]
        for numbers in made.standing("bang-a").values()
    ]
    assert [each["team"] for row in zip(*drawn["dealt"], strict=True) for each in row] == names
    assert drawn["since"] == ms(made.lineup("bang-a").drawn_at or factories.now())
    assert len({0, fixed["n"], drawn["n"]}) == 3
    assert screen(SCREEN.replace("bang-c", "bang-a")) == drawn
    # A list that does not hold is no longer shown; its draw stands on the public page as void.
    post(made.chair, f"{ROOM}/bang-a/doi-thi/huy/", reason="Nghe nhầm con số")
    second(made, "lineup_void")
    assert screen() == nothing
    public = Client().get(SCREEN.replace("chia-bang", "boc-tham")).content.decode()
    assert "Nghe nhầm con số" in public


def test_a_corrected_heat_is_told_plainly_before_and_after_the_semi_final_began() -> None:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    semi = f"{ROOM}/ban-ket-2/doi-thi/"
    made.enter("bang-b", {2: "20 50 0", 6: "20 60 5", 10: "10 10 0"})
    assert "Hãy công bố bản đính chính trước." in get(made.chair, semi)
    made.publish("bang-b", reason="Cộng lại điểm")
    page = get(made.chair, semi)
    left_out, foreign = page.split("Có trong danh sách nhưng không được vào")
    assert "<li>Đội 6 (M06-D01, Xã mẫu 06)</li>" in left_out.split("Được vào theo kết quả")[1]
    assert "<li>Đội 2 (M02-D01, Xã mẫu 02)</li>" in foreign
    assert "Chưa vòng nào trong danh sách này bắt đầu." in page
    assert "Đề nghị giữ danh sách này" in page
    # Who may not decide reads it all the same.
    assert "Đề nghị giữ danh sách này" not in get(made.secretary, semi)
    made.enter("ban-ket-1", {1: "20 50 0", 2: "20 40 0", 7: "20 45 0"})
    page = get(made.chair, semi)
    assert "Đã bắt đầu: Bán kết 1." in page
    assert 'aria-invalid="true"' in post(made.chair, f"{semi}giu/", reason=" ")
    assert said(post(made.chair, f"{semi}giu/", reason="Bán kết đã thi xong")) == [
        "Đã đề nghị. Một thành viên thứ hai xác nhận."
    ]
    assert "Đề nghị giữ danh sách</h2>" in get(made.member, f"{ROOM}/ban-ket-1/doi-thi/")
    second(made, "lineup_keep")
    page = get(made.secretary, semi)
    assert "Ban Tổ chức đã quyết định giữ danh sách: Bán kết đã thi xong" in page
    assert "Trưởng ban, Phó ban" in page


def test_a_correction_that_changes_nobody_says_so() -> None:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    made.enter("bang-b", {2: "25 50 0", 6: "20 45 0", 10: "10 10 0"})
    made.publish("bang-b", reason="Cộng lại điểm")
    page = get(made.chair, f"{ROOM}/ban-ket-1/doi-thi/")
    assert "các đội vào vòng vẫn như cũ" in page
    assert "giu/" not in page


def test_a_round_without_lots_has_no_such_screen() -> None:
    held_heats()
    for path in ("chung-ket/chia-bang/", "chung-ket/chia-bang/tinh-hinh", "chung-ket/boc-tham/"):
        assert Client().get(f"/san-khau/hoi-thi-mau/{path}").status_code == 404


def by_hand(made: Bracket, **changed: str) -> str:
    fields = {f"lot-{entry}": str(number) for number, entry in made.teams.items()}
    fields |= {"reason": "Mất điện máy chiếu", **changed}
    return post(made.secretary, f"{ROOM}/bang-a/doi-thi/boc-tham-tay/", **fields)


def test_lots_of_paper_are_entered_each_once_with_the_reason() -> None:
    made = bracket()
    made.fix("bang-a")
    assert "Mỗi lá thăm chỉ được bốc một lần." in by_hand(made, **{f"lot-{made.teams[1]}": "2"})
    by_hand(made, reason=" ")
    assert made.lineup("bang-a").drawn_at is None
    assert said(by_hand(made)) == ["Đã ghi kết quả bốc thăm."]
    assert made.standing("bang-a")["bang-a"] == [1, 5, 9]
    assert "Mất điện máy chiếu" in get(made.chair, f"{ROOM}/bang-c/doi-thi/")


def test_a_team_leaves_by_two_and_the_list_becomes_void_by_two() -> None:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    semi = f"{ROOM}/ban-ket-1/doi-thi/"
    wish = {"team": made.teams[2], "reason": "Ốm"}
    assert said(post(made.chair, f"{semi}rut/", **wish)) == [
        "Đã đề nghị. Một thành viên thứ hai xác nhận."
    ]
    # It waits on the page of either semi-final.
    assert "Xác nhận và ký" in get(made.member, f"{ROOM}/ban-ket-2/doi-thi/")
    second(made, "leaving")
    assert made.standing("ban-ket-1")["ban-ket-1"] == [1, 11, 7]
    assert "Đội 2 (M02-D01, Xã mẫu 02) → Đội 11" in get(made.secretary, semi)
    post(made.chair, f"{semi}huy/", reason="Đội 5 không đủ điều kiện")
    second(made, "lineup_void")
    page = get(made.secretary, semi)
    assert "Các danh sách đã hủy" in page
    assert "Đội 5 không đủ điều kiện" in page


def test_equal_runners_up_are_put_in_order_on_the_page() -> None:
    made = held_heats()
    made.enter("bang-c", {3: "30 90 20", 7: "20 50 10", 11: "20 50 10"})
    made.publish("bang-c", reason="Cộng lại điểm")
    semi = f"{ROOM}/ban-ket-1/doi-thi/"
    # 5, 7 and 11 are equal, and two of them come on.
    assert "Các đội ngang nhau, chỉ còn 2 suất" in get(made.chair, semi)
    fields = {f"order-{made.teams[n]}": str(at) for at, n in enumerate((11, 5, 7), start=1)}
    post(made.chair, f"{semi}ngang-nhau/", reason="Biên bản số 4", **fields)
    second(made, "choice")
    assert [made.number(entry) for entry in Choice.objects.get().order] == [11, 5, 7]
    made.fix("ban-ket-1")
    assert {made.number(seat["entry"]) for seat in made.lineup("ban-ket-1").field} == {
        *(1, 2, 3, 4, 5, 11)
    }


# Half a letter is nothing that a form can send.
SENT = {name: text for name, text in WORST.items() if "\ud800" not in text}


@pytest.mark.parametrize("text", SENT.values(), ids=SENT)
def test_the_worst_that_people_send_draws_nothing(text: str) -> None:
    made = bracket()
    made.fix("bang-a")
    heats = f"{ROOM}/bang-a/doi-thi/"
    post(made.secretary, f"{heats}boc-tham/", number=text)
    by_hand(made, **{f"lot-{made.teams[3]}": text})
    post(made.chair, f"{heats}rut/", team=text, reason=text)
    assert made.lineup("bang-a").drawn_at is None
    assert not Motion.objects.filter(approval__kind="leaving").exists()
