"""The pages of a round held online, played as its organisers play them."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from hoithi.exam.hall_orders import move_close, publish_sitting
from hoithi.exam.models import Package, PackageState, Sitting, SittingState
from hoithi.jobs.actions import work_off
from hoithi.people.models import Role, User
from hoithi.results.queries import latest_publication
from tests import factories
from tests.exam.scene import Scene

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/ban-to-chuc/daknong-2023/vong/truc-tuyen/"


def page_of(who: User, path: str = HERE) -> str:
    """A page that opens, as text."""
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def press(who: User, path: str, **fields: str) -> str:
    """Press a button and read the page it leads to; what is asked of the worker is done then."""
    client = factories.sign_in(Client(), who)
    response = client.post(HERE + path, fields)
    if response.status_code == 302:
        work_off()
        response = client.get(response.headers["Location"], follow=True)
    assert response.status_code == 200
    return response.content.decode()


def messages_in(page: str) -> list[str]:
    return re.findall(r'<li class="band band-\w+">(.*?)</li>', page)


def today(page: str) -> list[str]:
    return re.findall(r'aria-current="step">(.*?)<', page)


def test_the_round_leads_from_the_paper_to_the_published_result(scene: Scene) -> None:
    assert today(page_of(scene.an)) == ["Lập đề"]
    page = press(scene.an, "lap-de/", collection=str(scene.bank.pk))
    assert messages_in(page) == ["Đã lập đề. Mời kiểm tra và niêm phong."]
    assert today(page) == ["Hai người niêm phong"]
    assert messages_in(press(scene.an, "de/1/niem-phong/")) == ["Đã ký niêm phong."]
    assert "An đã ký. Đang chờ thành viên thứ hai" in page_of(scene.binh)
    press(scene.binh, "de/1/niem-phong/")
    assert today(page_of(scene.an)) == ["Chốt danh sách"]
    assert "Có 6 thí sinh đã được nhận" in page_of(scene.an)
    press(scene.an, "mo-ca/")
    assert today(page_of(scene.an)) == ["Thi"]
    scene.hall.start()
    sitting = Sitting.objects.get()
    scene.sit(scene.entries[0], sitting, 28)
    scene.sit(scene.entries[1], sitting, 30)
    collected = _collect(scene, sitting)
    assert messages_in(collected) == ["Đã thu mọi bài của ca thi."]
    assert today(collected) == ["Chấm bài"]
    result = press(scene.an, "cham-bai/")
    assert re.findall(r'<th scope="row">([^<]+)</th>', result) == [
        "Trần Thị Hai",
        "Nguyễn Văn Một",
    ]
    seen = re.search(r'name="seen" value="(\w+)"', page_of(scene.binh, f"{HERE}ket-qua/"))
    assert seen is not None
    published = press(scene.binh, "ket-qua/cong-bo/", seen=seen[1])
    assert messages_in(published) == ["Đã công bố kết quả."]
    publication = latest_publication(scene.round)
    assert publication is not None
    assert (publication.number, publication.published_by) == (1, "Bình")
    assert "Trần Thị Hai" in page_of(scene.an, f"{HERE}ket-qua/phien-ban/1/")


def _collect(scene: Scene, sitting: Sitting) -> str:
    """Close the sitting and press the button until the hall has closed it too."""
    move_close(
        actor=scene.an,
        sitting=sitting,
        closes_at=factories.now(),
        reason="Đã thi xong",
        now=factories.now(),
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        page = press(scene.an, f"ca/{sitting.pk}/thu-bai/")
        if "Phòng thi chưa đóng ca này" not in page:
            return page
        time.sleep(0.1)
    raise TimeoutError("the hall did not close the sitting")


def test_a_bank_that_is_too_small_is_told_with_the_names(scene: Scene) -> None:
    scene.bank.items.filter(versions__topic="kinh-te-so").update(retired_at=factories.now())
    assert messages_in(press(scene.an, "lap-de/", collection=str(scene.bank.pk))) == [
        (
            "Ngân hàng câu hỏi chưa đủ: chủ đề “Kinh tế số”, mức độ “Nhận biết” cần 2 câu, "
            "hiện có 0 câu dùng được."
        )
    ]


def test_the_second_signature_is_somebody_elses(scene: Scene) -> None:
    press(scene.an, "lap-de/", collection=str(scene.bank.pk))
    press(scene.an, "de/1/niem-phong/")
    press(scene.an, "de/1/niem-phong/")
    assert Package.objects.get().state == PackageState.DRAFT
    assert "Ký niêm phong</button>" not in page_of(scene.an, f"{HERE}de/1/")
    assert "Ký niêm phong</button>" in page_of(scene.binh, f"{HERE}de/1/")


def test_a_sealed_package_is_withdrawn_by_two_with_a_reason(scene: Scene) -> None:
    scene.seal()
    refused = press(scene.an, "de/1/thu-hoi/", reason=" ")
    assert refused.count("errorlist") == 1
    press(scene.an, "de/1/thu-hoi/", reason="Câu 7 sai")
    assert Package.objects.get().state == PackageState.SEALED
    press(scene.binh, "de/1/thu-hoi/", reason="Câu 7 sai")
    assert Package.objects.get().state == PackageState.WITHDRAWN
    assert today(page_of(scene.an)) == ["Lập đề"]


def test_a_package_page_shows_no_question_and_no_key(scene: Scene) -> None:
    package = scene.seal()
    page = page_of(scene.an, f"{HERE}de/1/")
    assert package.commitment in page
    stems = [item.version.stem for item in package.items.select_related("version")]
    assert [stem for stem in stems if stem in page] == []


def test_a_roster_that_did_not_reach_the_hall_is_sent_again(scene: Scene) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    Sitting.objects.filter(pk=sitting.pk).update(state=SittingState.PREPARED)
    assert today(page_of(scene.an)) == ["Chốt danh sách"]
    press(scene.an, "mo-ca/")
    assert [each.state for each in Sitting.objects.all()] == [SittingState.PUBLISHED]


PAGES = ["", "de/1/", "ket-qua/"]
BUTTONS = ["lap-de/", "de/1/niem-phong/", "de/1/thu-hoi/", "mo-ca/", "ca/1/thu-bai/", "cham-bai/"]


@pytest.mark.parametrize("path", [*PAGES, *BUTTONS, "ket-qua/cong-bo/"])
def test_strangers_are_refused(scene: Scene, path: str) -> None:
    stranger = factories.user("Lạ", "another-contest", *Role)
    client = factories.sign_in(Client(), stranger)
    asked = client.get(HERE + path) if path in PAGES else client.post(HERE + path)
    assert asked.status_code == 403


@pytest.mark.parametrize("path", [*BUTTONS, "ket-qua/cong-bo/"])
def test_observers_change_nothing(scene: Scene, path: str) -> None:
    scene.seal()
    observer = factories.user("Xem", scene.contest.key, Role.OBSERVER)
    assert factories.sign_in(Client(), observer).post(HERE + path).status_code == 403
    assert page_of(observer).count("<form") == page_of(observer).count("ngon-ngu/") + 1


def test_what_is_not_there_is_not_found(scene: Scene) -> None:
    client = factories.sign_in(Client(), scene.an)
    paths = [
        f"{HERE}de/9/",
        f"{HERE}ket-qua/phien-ban/9/",
        "/ban-to-chuc/daknong-2023/vong/khong-co/",
    ]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
