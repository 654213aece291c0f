"""The pages about results: minutes of a live round, ties, versions and their papers."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hoithi.contests.models import Contest, Round
from hoithi.entries.models import Entry
from hoithi.people.models import Role, User
from hoithi.results.actions import ScoreRow, record_round_scores
from hoithi.results.models import Motion, Publication, RecordedRound, RoundScore, TieDecision
from hoithi.web.wording import moment
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/ban-to-chuc/daknong-2023/vong/"
LIVE = f"{HERE}truc-tiep/ket-qua/"
ONLINE = f"{HERE}truc-tuyen/ket-qua/"
SCAN = factories.scan()
PARTS = ("gioi-thieu", "kien-thuc", "tieu-pham")


class Scene:
    """Three teams, three people in the online round, two of the committee."""

    def __init__(self) -> None:
        self.contest: Contest = factories.contest()
        self.live = Round.objects.get(contest=self.contest, key="truc-tiep")
        self.online = Round.objects.get(contest=self.contest, key="truc-tuyen")
        self.an = factories.user("An", self.contest.key, Role.COMMITTEE, Role.ORGANISER)
        self.binh = factories.user("Bình", self.contest.key, Role.COMMITTEE)
        self.teams = [
            factories.team(self.contest, code, f"Đội {code}", f"{code}-DT")
            for code in ("GN", "CJ", "DM")
        ]
        self.people = [
            factories.entry(self.contest, "GN", name, f"GN-{at:03d}")
            for at, name in enumerate(["Lê Thị Một", "Y Blô Niê", "Trần Ba"], start=1)
        ]

    def marks(self, *rows: tuple[str, str, str] | None) -> dict[str, str]:
        """The fields of the marks of each team; none for a team that did not take part."""
        fields = {}
        for team, row in zip(self.teams, rows, strict=True):
            for part, mark in zip(PARTS, row or ("", "", ""), strict=True):
                fields[f"mark-{team.public_id.hex}-{part}"] = mark
        return fields

    def score(self, *points: int) -> None:
        record_round_scores(
            each=self.online,
            rows=[
                ScoreRow(
                    entry.public_id.hex,
                    Decimal(each),
                    {"points": Decimal(each), "duration": Decimal(1), "submitted": Decimal(1)},
                    is_barred=False,
                    meets_requirement=True,
                    evidence="",
                )
                for entry, each in zip(self.people, points, strict=True)
            ],
            actor_id="0",
            actor_name="hoithi",
            now=factories.now(),
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def get(who: User, path: str) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def post(who: User, path: str, fields: dict[str, object] | None = None) -> str:
    response = factories.sign_in(Client(), who).post(path, fields or {}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def minutes(scene: Scene, marks: dict[str, str], **changed: object) -> dict[str, object]:
    return {
        "held_on": f"{timezone.localdate():%Y-%m-%d}",
        "place": "Nhà văn hóa tỉnh",
        "scan": SimpleUploadedFile("bien ban.pdf", SCAN),
        "late_reason": "",
        **marks,
        **changed,
    }


WHOLE = (("28", "25,5", "38"), ("27", "26", "36.25"), None)


def said(page: str) -> list[str]:
    return re.findall(r'<li class="band band-\w+">(.*?)</li>', page)


def test_minutes_count_when_a_second_person_has_confirmed_the_same(scene: Scene) -> None:
    page = post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    assert said(page) == ["Đã nhập biên bản. Chờ thành viên thứ hai xác nhận."]
    assert RoundScore.objects.count() == 0
    assert "Xác nhận và ký" not in page
    waiting = get(scene.binh, f"{LIVE}bien-ban/")
    assert re.findall(r"<strong>([\d,]+)</strong>", waiting) == ["91,5", "89,25"]
    motion = Motion.objects.get()
    confirmed = post(scene.binh, f"/ban-to-chuc/daknong-2023/cho-ky/{motion.pk}/xac-nhan/")
    assert said(confirmed) == ["Đã xác nhận: đủ hai chữ ký."]
    assert [
        (score.entry.number, score.points) for score in RoundScore.objects.order_by("-points")
    ] == [("GN-DT", Decimal("91.50")), ("CJ-DT", Decimal("89.25"))]
    assert "Giải nhất" in get(scene.an, LIVE)


def test_the_scan_is_given_back_as_it_was_sent(scene: Scene) -> None:
    post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    (path,) = re.findall(r'href="([^"]+/ban-quet/[^"]+)"', get(scene.binh, f"{LIVE}bien-ban/"))
    client = factories.sign_in(Client(), scene.binh)
    answer = client.get(path)
    assert (answer.content, answer["Content-Type"]) == (SCAN, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="bien-ban-truc-tiep.pdf"'
    another = "1" if path[-2] == "0" else "0"
    assert client.get(f"{path[:-2]}{another}/").status_code == 404


def test_one_person_cannot_confirm_their_own_minutes(scene: Scene) -> None:
    post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    motion = Motion.objects.get()
    page = post(scene.an, f"/ban-to-chuc/daknong-2023/cho-ky/{motion.pk}/xac-nhan/")
    (refusal,) = said(page)
    assert refusal.startswith("Người đã ký lần thứ nhất không thể ký lần thứ hai.")
    assert RecordedRound.objects.count() == 0


def test_refused_minutes_are_entered_anew(scene: Scene) -> None:
    post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    refused = Motion.objects.get()
    post(scene.binh, f"/ban-to-chuc/daknong-2023/cho-ky/{refused.pk}/bac/")
    assert "Nhập và ký" in get(scene.an, f"{LIVE}bien-ban/")
    again = post(scene.binh, f"/ban-to-chuc/daknong-2023/cho-ky/{refused.pk}/xac-nhan/")
    assert said(again) == ["Việc này đã bị từ chối hoặc đã được rút lại. Có thể trình lại từ đầu."]
    post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    assert Motion.objects.count() == 2


@pytest.mark.parametrize(
    ("marks", "problem"),
    [
        ((("28", "25", ""), None, None), "Thiếu điểm ở ô này."),
        ((("31", "25", "30"), None, None), "Giá trị lớn nhất là 30."),
        ((("-1", "25", "30"), None, None), "Giá trị nhỏ nhất là 0."),
        ((("hai", "25", "30"), None, None), "Vui lòng nhập một số."),
        ((("1,5,5", "25", "30"), None, None), "Vui lòng nhập một số."),
        ((("1e9", "25", "30"), None, None), "errorlist"),
        ((("NaN", "25", "30"), None, None), "Vui lòng nhập một số."),
        ((None, None, None), "Chưa nhập điểm nào."),
    ],
)
def test_marks_are_refused_in_their_place(
    scene: Scene, marks: tuple[tuple[str, str, str] | None, ...], problem: str
) -> None:
    page = post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*marks)))
    assert problem in page
    assert Motion.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"scan": ""}, "errorlist"),
        ({"scan": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")}, "Đây không phải tệp PDF"),
        ({"scan": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(11_000_000))}, "lớn hơn 10 MB"),
        ({"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.4\nfake")}, "bị hỏng hoặc thiếu"),
        ({"scan": SimpleUploadedFile("a.pdf", SCAN[:-40])}, "bị hỏng hoặc thiếu"),
        ({"scan": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n")}, "bị hỏng hoặc thiếu"),
        ({"held_on": "2026-02-31"}, "errorlist"),
        ({"place": ""}, "errorlist"),
    ],
)
def test_papers_are_refused_with_the_reason(
    scene: Scene, changed: dict[str, object], problem: str
) -> None:
    fields = minutes(scene, scene.marks(*WHOLE), **changed)
    assert problem in post(scene.an, f"{LIVE}bien-ban/nhap/", fields)
    assert Motion.objects.count() == 0


def test_a_day_that_has_passed_needs_a_reason(scene: Scene) -> None:
    day = f"{timezone.localdate() - timedelta(days=3):%Y-%m-%d}"
    fields = minutes(scene, scene.marks(*WHOLE), held_on=day)
    assert "ghi lý do nhập biên bản muộn" in post(scene.an, f"{LIVE}bien-ban/nhap/", fields)
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    fields = minutes(scene, scene.marks(*WHOLE), held_on=tomorrow)
    assert "Ngày thi chưa tới" in post(scene.binh, f"{LIVE}bien-ban/nhap/", fields)
    fields = minutes(scene, scene.marks(*WHOLE), held_on=day, late_reason="Chờ chữ ký")
    post(scene.an, f"{LIVE}bien-ban/nhap/", fields)
    assert Motion.objects.get().content["late_reason"] == "Chờ chữ ký"


def test_minutes_wait_for_those_before_to_be_confirmed_or_refused(scene: Scene) -> None:
    post(scene.an, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    others = scene.marks(("1", "2", "3"), ("1", "2", "3"), None)
    page = post(scene.binh, f"{LIVE}bien-ban/nhap/", minutes(scene, others))
    assert "Đang có biên bản chờ xác nhận" in page
    post(scene.binh, f"{LIVE}bien-ban/nhap/", minutes(scene, scene.marks(*WHOLE)))
    assert RecordedRound.objects.get().approval.second == scene.binh


def test_an_online_round_has_no_minutes(scene: Scene) -> None:
    client = factories.sign_in(Client(), scene.an)
    assert client.get(f"{ONLINE}bien-ban/").status_code == 404


def order(scene: Scene, *entries: Entry) -> dict[str, object]:
    """The form of a tie with the entries in this order."""
    ranks = {f"order-{entry.public_id.hex}": str(at) for at, entry in enumerate(entries, start=1)}
    return {**ranks, "reason": "Biên bản số 7"}


def test_a_tie_is_decided_by_two_who_see_the_same_order(scene: Scene) -> None:
    scene.score(30, 30, 20)
    page = get(scene.an, ONLINE)
    assert "Đồng hạng 1" in page
    assert "Công bố kết quả</button>" not in page
    first, second, _ = scene.people
    put = post(scene.an, f"{ONLINE}dong-hang/1/", order(scene, second, first))
    assert said(put) == ["Đã đề xuất thứ tự. Chờ thành viên thứ hai xác nhận."]
    shown = re.findall(r"<ol><li>(.*?)</ol>", get(scene.binh, ONLINE), flags=re.DOTALL)
    assert [part.split(" (")[0] for part in shown[0].split("<li>")] == ["Y Blô Niê", "Lê Thị Một"]
    motion = Motion.objects.get()
    post(scene.binh, f"/ban-to-chuc/daknong-2023/cho-ky/{motion.pk}/xac-nhan/")
    decision = TieDecision.objects.get()
    assert decision.order == [second.public_id.hex, first.public_id.hex]
    assert decision.reason == "Biên bản số 7"
    table = get(scene.an, ONLINE)
    names = re.findall(r'<th scope="row">([^<]+)</th>', table)
    assert names == ["Y Blô Niê", "Lê Thị Một", "Trần Ba"]
    assert "quyết định của Ban Tổ chức" in table


def test_an_order_that_is_no_order_is_refused_in_the_form(scene: Scene) -> None:
    scene.score(30, 30, 20)
    first, second, _ = scene.people
    same = {f"order-{entry.public_id.hex}": "1" for entry in (first, second)}
    twice = post(scene.an, f"{ONLINE}dong-hang/1/", {**same, "reason": "x"})
    assert "Mỗi số thứ tự chỉ dùng một lần." in twice
    assert "errorlist" in post(scene.an, f"{ONLINE}dong-hang/1/", {**same, "reason": ""})
    assert "errorlist" in post(scene.an, f"{ONLINE}dong-hang/1/")
    client = factories.sign_in(Client(), scene.an)
    assert client.post(f"{ONLINE}dong-hang/3/").status_code == 404
    assert Motion.objects.count() == 0


def test_a_tie_whose_scores_changed_is_not_decided_any_more(scene: Scene) -> None:
    scene.score(30, 30, 20)
    first, second, _ = scene.people
    post(scene.an, f"{ONLINE}dong-hang/1/", order(scene, second, first))
    scene.score(30, 29, 20)
    motion = Motion.objects.get()
    page = post(scene.binh, f"/ban-to-chuc/daknong-2023/cho-ky/{motion.pk}/xac-nhan/")
    assert "không khớp với nhóm đồng hạng nào" in page
    assert TieDecision.objects.count() == 0


def test_a_result_that_is_not_the_one_on_the_page_is_not_published(scene: Scene) -> None:
    scene.score(30, 29, 20)
    shown = seen_on(scene, ONLINE)
    scene.score(30, 29, 21)
    page = post(scene.an, f"{ONLINE}cong-bo/", {"seen": shown})
    assert "Chưa công bố: kết quả đã thay đổi sau khi anh/chị mở trang." in page
    assert Publication.objects.count() == 0
    post(scene.an, f"{ONLINE}cong-bo/", {"seen": seen_on(scene, ONLINE)})
    assert Publication.objects.count() == 1


def seen_on(scene: Scene, path: str) -> str:
    page = factories.sign_in(Client(), scene.an).get(path).content.decode()
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def publish_shown(scene: Scene, **fields: object) -> str:
    """Press the button on the page as it stands."""
    return post(scene.an, f"{ONLINE}cong-bo/", {"seen": seen_on(scene, ONLINE), **fields})


def test_a_correction_says_why(scene: Scene) -> None:
    scene.score(30, 29, 20)
    publish_shown(scene)
    scene.score(30, 29, 21)
    assert "errorlist" in publish_shown(scene, reason=" ")
    seen = seen_on(scene, ONLINE)
    page = publish_shown(scene, reason="Chấm lại một bài")
    assert "Phiên bản 2 đang có hiệu lực" in page
    assert "Chấm lại một bài" in page
    same = post(scene.an, f"{ONLINE}cong-bo/", {"seen": seen, "reason": "Lần nữa"})
    last = Publication.objects.latest("pk")
    assert said(same) == [published_by_an(last)]
    assert Publication.objects.count() == 2


def published_by_an(last: Publication) -> str:
    return (
        f"Kết quả đã được An công bố lúc {moment(last.published_at)} (phiên bản {last.number}). "
        "Không còn gì mới để công bố."
    )


def test_a_second_open_page_says_that_the_result_was_published_meanwhile(scene: Scene) -> None:
    scene.score(30, 29, 20)
    seen = seen_on(scene, ONLINE)
    post(scene.an, f"{ONLINE}cong-bo/", {"seen": seen})
    for stale in ({"seen": seen}, {"seen": ""}, {}):
        client = factories.sign_in(Client(), scene.binh)
        answer = client.post(f"{ONLINE}cong-bo/", stale, follow=True)
        assert answer.redirect_chain == [(ONLINE, 302)]
        page = answer.content.decode()
        assert said(page) == [published_by_an(Publication.objects.get())]
        assert "errorlist" not in page
    client = factories.sign_in(Client(), scene.binh)
    client.cookies["language"] = "en"
    english = client.post(f"{ONLINE}cong-bo/", {"seen": seen}, follow=True).content.decode()
    at = moment(Publication.objects.get().published_at, "en")
    assert said(english) == [f"An published version 1, {at}. There is nothing new to publish."]


def test_a_stale_page_still_says_what_stands_in_the_way_of_a_correction(scene: Scene) -> None:
    scene.score(30, 29, 20)
    stale = seen_on(scene, ONLINE)
    publish_shown(scene)
    scene.score(30, 29, 21)
    page = post(scene.an, f"{ONLINE}cong-bo/", {"seen": stale, "reason": "Chấm lại"})
    assert "Chưa công bố: kết quả đã thay đổi sau khi anh/chị mở trang." in page
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("path", [LIVE, ONLINE, f"{LIVE}bien-ban/"])
def test_pages_cost_as_many_queries_for_three_as_for_one(scene: Scene, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = factories.sign_in(Client(), scene.an)
    scene.score(30, 29, 20)
    client.get(path)
    with CaptureQueriesContext(connection) as three:
        client.get(path)
    RoundScore.objects.filter(entry__in=scene.people[1:]).delete()
    Entry.objects.filter(pk__in=[team.pk for team in scene.teams[1:]]).update(state="withdrawn")
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    assert len(three) == len(one)


def test_a_long_result_is_shown_in_pages(scene: Scene) -> None:
    entries = [
        factories.entry(scene.contest, "CJ", f"Người Thứ {at}", f"CJ-{at:03d}")
        for at in range(1, 121)
    ]
    scene.people = entries
    scene.score(*range(120, 0, -1))
    first = get(scene.an, ONLINE)
    assert first.count('<th scope="row">') == 100
    assert get(scene.an, f"{ONLINE}?page=2").count('<th scope="row">') == 20


def test_who_was_accepted_and_has_no_score_is_counted_by_unit(scene: Scene) -> None:
    sentence = "nhưng không có điểm ở vòng này nên không có trong bảng trên:"
    assert sentence not in get(scene.an, ONLINE)
    scene.score(28, 20, 10)
    assert sentence not in get(scene.an, ONLINE)
    for at in (1, 2):
        factories.entry(scene.contest, "TD", f"Người Vắng {at}", f"TD-{at:03d}")
    factories.entry(scene.contest, "CJ", "Người Vắng", "CJ-001")
    page = " ".join(get(scene.an, ONLINE).split())
    assert f"Có 3 thí sinh, đội thi đã được nhận {sentence}" in page
    assert "Huyện Cư Jút 1 · Huyện Tuy Đức 2" in page
