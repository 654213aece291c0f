"""The organiser's pages about the table of units: proposed, tied, published, corrected, printed."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from hoithi.people.models import Role, User
from hoithi.results.actions import publish, publish_collective
from hoithi.results.models import CollectivePublication, Motion, UnitTieDecision
from hoithi.web.wording import moment
from tests import factories
from tests.documents.render.reading import page_texts
from tests.english import english_of
from tests.golden import two_rounds as case
from tests.portal.scene import cells
from tests.results.scene import Scene

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/quangnam-2022/"
TABLE = f"{HERE}ket-qua/tap-the/"
BOTH = ("dot-1", "dot-2")


def get(who: User, path: str = TABLE, status: int = 200) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == status
    return response.content.decode()


def post(who: User, path: str, fields: dict[str, object] | None = None) -> str:
    response = factories.sign_in(Client(), who).post(path, fields or {}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def publish_shown(who: User, **fields: object) -> str:
    """Press the button on the page as it stands."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', get(who))
    return post(who, f"{TABLE}cong-bo/", {"seen": found[1] if found else "", **fields})


def said(page: str) -> list[str]:
    """Messages and refusals."""
    found = re.findall(r'<li class="band band-\w+">(.*?)</li>', page)
    return found + re.findall(r'role="alert">(.*?)</p>', page)


def states(page: str) -> list[str]:
    """The state of each round on which the table rests."""
    part = page[page.index("Tính từ kết quả của các vòng") :]
    return re.findall(r'class="state state-\w+">([^<]+)<', part[: part.index("</ul>")])


def waiting(who: User) -> list[str]:
    page = get(who, HERE)
    part = page[page.index("<h2>Đang chờ anh/chị</h2>") :]
    texts = re.findall(r"<a href=[^>]+>([^<]+)</a>", part[: part.index("</section>")])
    return [text for text in texts if text.startswith("Kết quả tập thể")]


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    for key in BOTH:
        made.score(key)
    return made


def publish_rounds(scene: Scene, *keys: str, reason: str = "") -> None:
    for key in keys:
        publish(actor=scene.an, each=scene.round(key), reason=reason, now=factories.now())


def publish_units(scene: Scene, reason: str = "") -> CollectivePublication:
    return publish_collective(
        actor=scene.an, contest=scene.contest, reason=reason, now=factories.now()
    )


def test_the_table_is_proposed_with_what_decided_each_place(scene: Scene) -> None:
    page = get(scene.an)
    unit = "Đơn vị mẫu {} (trường trung học cơ sở)".format
    assert cells(page) == [
        ["1", unit(2), "3/3", "100%", "120", "đứng đầu", "Giải nhất tập thể"],
        ["2", unit(3), "2/2", "100%", "114", "tổng điểm", "Giải nhì tập thể"],
        ["3", unit(1), "3/4", "75%", "99", "tổng điểm", "Giải ba tập thể"],
        ["4", unit(4), "3/5", "60%", "74", "tổng điểm", "Giải ba tập thể"],
        ["5", unit(5), "0/0", "0%", "0", "tổng điểm", "–"],
    ]
    assert "Điểm cộng cho mỗi giải cá nhân: Giải nhất 10, Giải nhì 8, Giải ba 6" in page
    assert "Xếp hạng lần lượt theo: tổng điểm, tỷ lệ dự thi cao hơn, nhiều người" in page
    assert english_of(page) == []


def test_it_waits_for_the_rounds_and_says_for_which(scene: Scene) -> None:
    assert states(get(scene.an)) == ["dự kiến, chưa công bố"] * 2
    publish_rounds(scene, "dot-1")
    page = get(scene.an)
    assert states(page) == ["đang có hiệu lực", "dự kiến, chưa công bố"]
    assert "cần công bố trước các vòng nêu trên" in page
    assert f'action="{TABLE}cong-bo/"' not in page
    assert said(publish_shown(scene.an)) == [
        (
            "Kết quả của “Đợt 2” chưa được công bố. Bảng tập thể chỉ dựa trên kết quả đã công bố; "
            "vui lòng công bố vòng này trước."
        )
    ]
    assert CollectivePublication.objects.count() == 0


def test_it_is_published_by_the_committee_and_read_by_everybody(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    assert waiting(scene.binh) == ["Kết quả tập thể: công bố"]
    page = publish_shown(scene.binh)
    assert said(page) == ["Đã công bố kết quả tập thể."]
    assert "Phiên bản 1 đang có hiệu lực" in page
    assert "không có gì cần đính chính" in page
    (public,) = set(re.findall(r'href="(/hoi-thi/[^"]+)"', page))
    assert "Giải nhất tập thể" in Client().get(public).content.decode()
    assert waiting(scene.binh) == []


def test_a_second_open_page_says_that_the_table_was_published_meanwhile(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', get(scene.an))
    assert found is not None
    publish_shown(scene.binh)
    client = factories.sign_in(Client(), scene.an)
    answer = client.post(f"{TABLE}cong-bo/", {"seen": found[1]}, follow=True)
    assert answer.redirect_chain == [(TABLE, 302)]
    at = moment(CollectivePublication.objects.get().published_at)
    assert said(answer.content.decode()) == [
        f"Kết quả đã được Bình công bố lúc {at} (phiên bản 1). Không còn gì mới để công bố."
    ]


def test_a_correction_is_due_after_that_of_a_round_and_says_why(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    publish_units(scene)
    scene.score("dot-1", {who: n for who, n in case.POINTS["dot-1"].items() if who != "giang"})
    page = get(scene.an)
    assert states(page) == ["cần đính chính", "đang có hiệu lực"]
    assert "khác với phiên bản 1 đã công bố: cần công bố đính chính" in page
    assert waiting(scene.an) == []
    publish_rounds(scene, "dot-1", reason="Hủy một lượt thi")
    assert waiting(scene.an) == ["Kết quả tập thể: công bố đính chính"]
    assert "errorlist" in publish_shown(scene.an, reason=" ")
    publish_shown(scene.an, reason="Theo đính chính của đợt 1")
    version = get(scene.an, f"{TABLE}phien-ban/2/")
    assert "Theo đính chính của đợt 1" in version
    assert re.findall(r'/ket-qua/(phien-ban/\d/)">([^<]+)<', version) == [
        ("phien-ban/2/", "Đợt 1: Phiên bản 2"),
        ("phien-ban/1/", "Đợt 2: Phiên bản 1"),
    ]
    assert cells(get(scene.an, f"{TABLE}phien-ban/1/"))[3][4] == "74"
    assert cells(version)[3][4] == "50"
    get(scene.an, f"{TABLE}phien-ban/3/", status=404)


def test_nothing_is_due_when_a_corrected_round_leaves_the_table_as_it_was(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    publish_units(scene)
    scene.score("dot-1", {**case.POINTS["dot-1"], "an": 299})
    publish_rounds(scene, "dot-1", reason="Chấm lại một bài")
    assert waiting(scene.an) == []
    assert "không có gì cần đính chính" in get(scene.an)


@pytest.fixture
def tied() -> Scene:
    """Three units have nobody and share the third place, for which there are two prizes."""
    made = Scene()
    made.score("dot-1", {"an": 300, "binh": 290})
    made.score("dot-2", {"an": 300})
    publish_rounds(made, *BOTH)
    return made


def order(*codes: str, reason: str = "Biên bản số 05") -> dict[str, object]:
    return {"reason": reason, **{f"order-{code}": at for at, code in enumerate(codes, start=1)}}


def test_a_tie_is_decided_by_two_people_before_anything_is_published(tied: Scene) -> None:
    page = get(tied.an)
    assert "Giải ba tập thể (× 2)" in page
    assert "Cần quyết định thứ tự của các trường hợp đồng hạng" in page
    assert waiting(tied.binh) == ["Kết quả tập thể: quyết định trường hợp đồng hạng"]
    tie = f"{TABLE}dong-hang/3/"
    assert said(post(tied.an, tie, order("M5", "M3", "M4"))) == [
        "Đã đề xuất thứ tự. Chờ thành viên thứ hai xác nhận."
    ]
    assert (waiting(tied.an), waiting(tied.binh)) == (
        [],
        ["Kết quả tập thể: xác nhận thứ tự các đơn vị đồng hạng"],
    )
    motion = Motion.objects.get()
    confirmed = post(tied.binh, f"{HERE}cho-ky/{motion.pk}/xac-nhan/")
    assert said(confirmed) == ["Đã xác nhận: đủ hai chữ ký."]
    assert cells(confirmed)[3][5:] == ["quyết định của Ban Tổ chức", "Giải ba tập thể"]
    assert UnitTieDecision.objects.get().reason == "Biên bản số 05"
    assert said(publish_shown(tied.binh)) == ["Đã công bố kết quả tập thể."]


def test_an_order_that_is_refused_can_be_put_forward_again(tied: Scene) -> None:
    tie = f"{TABLE}dong-hang/3/"
    post(tied.an, tie, order("M5", "M3", "M4"))
    page = post(tied.binh, f"{HERE}cho-ky/{Motion.objects.get().pk}/bac/")
    assert "Đề xuất thứ tự này" in page
    post(tied.binh, tie, order("M3", "M4", "M5"))
    assert "Xác nhận và ký" in get(tied.an)
    assert UnitTieDecision.objects.count() == 0


@pytest.mark.parametrize(
    "sent",
    [
        {},
        order("M5", "M3", "M4", reason=" "),
        {**order("M5", "M3", "M4"), "order-M3": "1"},
        {**order("M5", "M3", "M4"), "order-M3": "9"},
        {**order("M5", "M3", "M4"), "order-M3": "'; DROP TABLE"},
        order("M5", "M3", "M4", reason="x" * 501),
    ],
)
def test_half_an_order_is_put_forward_by_nobody(tied: Scene, sent: dict[str, object]) -> None:
    assert "errorlist" in post(tied.an, f"{TABLE}dong-hang/3/", sent)
    assert Motion.objects.count() == 0


def test_there_is_no_tie_at_another_place(tied: Scene) -> None:
    client = factories.sign_in(Client(), tied.an)
    assert client.post(f"{TABLE}dong-hang/1/", order("M1")).status_code == 404


def test_who_reads_only_is_offered_nothing_to_do(tied: Scene) -> None:
    for role in (Role.OBSERVER, Role.ORGANISER):
        reader = factories.user(f"Xem {role.label}", tied.contest.key, role)
        page = get(reader)
        assert f'action="{TABLE}' not in page
        assert "Đơn vị mẫu 5 (trường trung học cơ sở)" in page
        assert factories.sign_in(Client(), reader).post(f"{TABLE}cong-bo/").status_code == 403


def test_a_plan_without_the_rule_has_no_such_page() -> None:
    contest = factories.contest()
    an = factories.user("An", contest.key, Role.COMMITTEE)
    get(an, "/ban-to-chuc/daknong-2023/ket-qua/tap-the/", status=404)
    assert "tap-the" not in get(an, "/ban-to-chuc/daknong-2023/ket-qua/")


def test_all_results_stand_on_one_page(scene: Scene) -> None:
    publish_rounds(scene, "dot-1")
    page = get(scene.an, f"{HERE}ket-qua/")
    assert re.findall(r'class="state state-\w+">([^<]+)<', page) == [
        "đang có hiệu lực",
        "dự kiến, chưa công bố",
        "chưa công bố",
    ]
    assert english_of(page) == []


def test_a_version_is_a_list_to_sign_and_a_workbook(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    publish_units(scene)
    client = factories.sign_in(Client(), scene.an)
    paper = client.get(f"{TABLE}phien-ban/1/danh-sach.pdf")
    assert paper["Content-Type"] == "application/pdf"
    text = " ".join(page_texts(paper.content))
    assert (
        "1 Đơn vị mẫu 2 (trường trung học cơ sở) 3/3 100,00 120,00 Giải nhất tập thể "
        "2 Đơn vị mẫu 3 (trường trung học cơ sở) 2/2 100,00 114,00 Giải nhì tập thể tổng điểm"
    ) in text
    assert "tính theo kết quả đã công bố: Đợt 1 bản 1; Đợt 2 bản 1./." in text
    assert "hoi-thi/quangnam-2022/niem-phong/" in text.replace(" ", "")
    sheet = client.get(f"{TABLE}phien-ban/1/danh-sach.xlsx")
    assert load_workbook(BytesIO(sheet.content)).sheetnames == ["Tập thể"]
    for name in ("danh-sach.pdf", "danh-sach.xlsx"):
        assert client.get(f"{TABLE}phien-ban/2/{name}").status_code == 404


def test_the_page_costs_as_many_queries_with_more_versions(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    publish_units(scene)
    client = factories.sign_in(Client(), scene.an)
    client.get(TABLE)
    with CaptureQueriesContext(connection) as one:
        client.get(TABLE)
    scene.score("dot-1", {who: n for who, n in case.POINTS["dot-1"].items() if who != "giang"})
    publish_rounds(scene, "dot-1", reason="Hủy một lượt thi")
    publish_units(scene, "Theo đợt 1")
    with CaptureQueriesContext(connection) as two:
        client.get(TABLE)
    assert len(one) == len(two)
