"""Orders to the hall as the organiser gives them, watching a sitting, and incidents."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hoithi.contests.models import Incident
from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import give_window, publish_sitting
from hoithi.exam.jobs import ask_to_collect
from hoithi.exam.models import Sitting, SittingState
from hoithi.hall.store import control
from hoithi.hall.store.api import Order, OrderKind
from hoithi.people.models import Role
from hoithi.rules.codes import grouped
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, messages_in, page_of, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    scene.seal()
    return publish_sitting(actor=scene.an, each=scene.round, now=factories.now())


def orders(scene: Scene) -> list[Order]:
    """What control has for the hall."""
    import asyncio

    async def read() -> list[Order]:
        store = control(str(scene.hall.control))
        await store.open()
        found = await store.orders(0)
        await store.shut()
        return found

    return asyncio.run(read())


def typed(moment: object) -> str:
    """An instant as a browser's own field sends it."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_the_closing_is_moved_with_a_reason(scene: Scene, sitting: Sitting) -> None:
    to = timezone.localtime(sitting.closes_at).replace(second=0, microsecond=0)
    to += timedelta(minutes=30)
    page = press(scene.an, f"ca/{sitting.pk}/gio-dong/", at=typed(to), reason="Mất điện 30 phút")
    assert messages_in(page) == [f"Ca thi đóng lúc {to:%Hh%M ngày %d/%m/%Y}."]
    sitting.refresh_from_db()
    assert sitting.closes_at == to
    assert [(order.kind, order.amount, order.reason) for order in orders(scene)] == [
        (OrderKind.CLOSE_AT, int(to.timestamp() * 1000), "Mất điện 30 phút")
    ]
    assert "Mất điện 30 phút" in page


@pytest.mark.parametrize(
    ("path", "shift", "reason", "said"),
    [
        ("gio-dong", timedelta(days=-1), "Lý do", "đã qua"),
        ("gio-mo", timedelta(days=15), "Lý do", "không trước giờ đóng"),
        ("gio-dong", timedelta(days=1), " ", "errorlist"),
    ],
)
def test_moves_that_make_no_sense_are_refused_in_the_form(
    scene: Scene, sitting: Sitting, path: str, shift: timedelta, reason: str, said: str
) -> None:
    at = typed(timezone.localtime(factories.now() + shift))
    assert said in press(scene.an, f"ca/{sitting.pk}/{path}/", at=at, reason=reason)
    assert orders(scene) == []


def test_a_time_that_is_no_time_is_refused_in_the_form(scene: Scene, sitting: Sitting) -> None:
    for at in ("", "31/02/2026", "9" * 400, "2026-13-01T25:00"):
        assert "errorlist" in press(scene.an, f"ca/{sitting.pk}/gio-dong/", at=at, reason="Lý do")
    assert orders(scene) == []


def test_the_opening_is_moved(scene: Scene, sitting: Sitting) -> None:
    to = timezone.localtime(factories.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    press(scene.an, f"ca/{sitting.pk}/gio-mo/", at=typed(to), reason="Đường truyền chưa xong")
    assert [order.kind for order in orders(scene)] == [OrderKind.OPEN_AT]
    sitting.refresh_from_db()
    assert sitting.opens_at == to


def rows_of_windows(page: str) -> list[str]:
    """The rows of the table of windows."""
    table = page.partition("Khung giờ riêng")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r"<tr>.*?</tr>", table, re.DOTALL)


def test_closing_now_says_which_windows_stay_open(scene: Scene, sitting: Sitting) -> None:
    """At the confirmation and afterwards; windows that are over are no matter."""
    address = f"ca/{sitting.pk}/dong-ngay/"
    said = "Khung giờ riêng không đóng theo"
    assert said not in page_of(scene.an, f"{HERE}{address}")
    unit = scene.entries[0].unit
    now = factories.now()

    def give(line: int, opens: timedelta, closes: timedelta) -> None:
        give_window(
            actor=scene.an,
            sitting=sitting,
            line=sitting.lines.get(line=line),
            unit_id=None,
            opens_at=now + opens,
            closes_at=now + closes,
            reason="Mất điện",
            now=now,
        )

    give(1, timedelta(0), timedelta(microseconds=1))
    assert said not in page_of(scene.an, f"{HERE}{address}")
    give(2, timedelta(0), timedelta(hours=5))
    give(3, timedelta(days=20), timedelta(days=20, hours=5))
    page = page_of(scene.an, f"{HERE}{address}")
    assert said in page
    assert ["sắp tới" in row for row in rows_of_windows(page)] == [False, True]
    assert ["đang mở" in row for row in rows_of_windows(page)] == [True, False]
    until = timezone.localtime(now + timedelta(days=20, hours=5))
    page = press(scene.an, address, reason="Mọi người đã nộp")
    closed = "Phòng thi đang đóng ca đối với những ai không có khung giờ riêng."
    assert messages_in(page) == [f"{closed} Có thể thu bài sau {until:%Hh%M ngày %d/%m/%Y}."]
    assert f"/ca/{sitting.pk}/thu-bai/" not in page
    assert ["đã hết" in row for row in rows_of_windows(page)] == [True, False, False]
    assert unit.name in page_of(scene.an, f"{HERE}ca/{sitting.pk}/khung-gio-rieng/")
    closes = "với một số thí sinh đến"
    assert closes in page_of(scene.an, HERE)
    assert closes in page_of(scene.an, f"{HERE}truc-tiep/")


def test_minutes_that_were_given_are_waited_for_and_their_end_is_named(
    scene: Scene, sitting: Sitting
) -> None:
    """Ten minutes for a unit, then two more for one of it, then the sitting is closed."""
    unit = scene.entries[0].unit
    line = sitting.lines.get(entry=scene.entries[0])
    place = f"ca/{sitting.pk}/"
    press(scene.an, f"{place}them-phut/", unit=str(unit.pk), minutes="10", reason="Mất mạng")
    press(scene.an, f"{place}thi-sinh/{line.line}/them-phut/", minutes="2", reason="Máy hỏng")
    page = press(scene.an, f"{place}dong-ngay/", reason="Mọi người đã nộp")
    sitting.refresh_from_db()
    until = timezone.localtime(sitting.closes_at + timedelta(minutes=12))
    end = f"{until:%Hh%M ngày %d/%m/%Y}"
    closing = "Phòng thi đang đóng ca. Người được thêm phút còn được thi đến"
    assert messages_in(page) == [f"{closing} {end}; sau giờ đó mới thu bài."]
    assert f"/ca/{sitting.pk}/thu-bai/" not in page
    assert f"với một số thí sinh đến {end}" in page_of(scene.an, HERE)
    sitting.lines.update(extra_at=sitting.closes_at - timedelta(days=1, seconds=1))
    assert f"/ca/{sitting.pk}/thu-bai/" in page_of(scene.an, f"{HERE}{place}")


def test_closing_now_leads_on_to_collecting(scene: Scene, sitting: Sitting) -> None:
    page = press(scene.an, f"ca/{sitting.pk}/dong-ngay/", reason="Mọi người đã nộp")
    assert f"/ca/{sitting.pk}/thu-bai/" in page
    assert [order.kind for order in orders(scene)] == [OrderKind.CLOSE_AT]


def test_a_unit_gets_more_time_by_one_order(scene: Scene, sitting: Sitting) -> None:
    unit = scene.entries[0].unit
    page = press(
        scene.an, f"ca/{sitting.pk}/them-phut/", unit=str(unit.pk), minutes="5", reason="Mất mạng"
    )
    of_unit = sitting.lines.filter(entry__unit=unit)
    assert messages_in(page) == [f"Đã thêm thời gian cho {of_unit.count()} thí sinh."]
    assert [(order.line, order.text, order.amount) for order in orders(scene)] == [
        (None, unit.code, 300_000)
    ]
    given = page.partition("Các lệnh đã ra")[2]
    assert f'<td data-label="Cho ai">{unit.name}</td>' in given


def test_everybody_gets_more_time_by_one_order(scene: Scene, sitting: Sitting) -> None:
    page = press(
        scene.an, f"ca/{sitting.pk}/them-phut/", unit="all", minutes="10", reason="Mất điện"
    )
    assert messages_in(page) == ["Đã thêm thời gian cho 6 thí sinh."]
    assert [(order.line, order.amount) for order in orders(scene)] == [(None, 600_000)]


def window_fields(opens: timedelta, closes: timedelta) -> dict[str, str]:
    now = timezone.localtime(factories.now())
    return {
        "opens_at": typed(now + opens),
        "closes_at": typed(now + closes),
        "reason": "Cả đơn vị mất điện",
    }


def test_a_unit_gets_a_window_by_one_order(scene: Scene, sitting: Sitting) -> None:
    unit = scene.entries[0].unit
    fields = window_fields(timedelta(days=15), timedelta(days=15, hours=1))
    page = press(scene.an, f"ca/{sitting.pk}/khung-gio-rieng/", unit=str(unit.pk), **fields)
    of_unit = sitting.lines.filter(entry__unit=unit)
    assert messages_in(page) == [f"Đã cho {of_unit.count()} thí sinh khung giờ riêng."]
    (given,) = orders(scene)
    line = of_unit[0]
    assert line.window_opens_at is not None
    assert line.window_closes_at is not None
    assert given.unit_code == unit.code
    assert given.window == tuple(
        int(at.timestamp() * 1000) for at in (line.window_opens_at, line.window_closes_at)
    )
    assert f'<td data-label="Cho ai">{unit.name}</td>' in page.partition("Các lệnh đã ra")[2]
    row = rows_of_windows(page)
    assert (len(row), unit.name in row[0], "sắp tới" in row[0]) == (1, True, True)
    assert f'<td data-label="Thí sinh" class="number">{of_unit.count()}</td>' in row[0]
    # Others of the sitting have none, and collecting waits for its end.
    assert not sitting.lines.exclude(entry__unit=unit).exclude(window_closes_at=None).exists()
    Sitting.objects.filter(pk=sitting.pk).update(closes_at=factories.now())
    sitting.refresh_from_db()
    with pytest.raises(RuleViolation, match="sitting_open"):
        ask_to_collect(actor=scene.an, sitting=sitting, now=factories.now())


def test_a_person_gets_a_window_and_it_stands_on_their_page(scene: Scene, sitting: Sitting) -> None:
    line = sitting.lines.get(entry=scene.entries[0])
    path = f"ca/{sitting.pk}/thi-sinh/{line.line}/"
    page = press(
        scene.an, f"{path}khung-gio-rieng/", **window_fields(timedelta(0), timedelta(hours=2))
    )
    assert messages_in(page) == ["Thí sinh này đã có khung giờ riêng."]
    assert "Ngoài giờ chung của ca thi, được vào thi từ" in page
    assert [(order.kind, order.line, order.unit_code) for order in orders(scene)] == [
        (OrderKind.WINDOW, line.line, "")
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (timedelta(hours=2), timedelta(hours=1), "Giờ đóng của khung giờ phải sau giờ mở"),
        (timedelta(hours=-2), timedelta(hours=-1), "Giờ đóng của khung giờ phải sau giờ mở"),
        (timedelta(0), timedelta(days=300), "Khung giờ này quá xa"),
    ],
)
def test_windows_that_make_no_sense_are_refused(
    scene: Scene, sitting: Sitting, opens: timedelta, closes: timedelta, said: str
) -> None:
    unit = str(scene.entries[0].unit_id)
    fields = window_fields(opens, closes)
    assert said in press(scene.an, f"ca/{sitting.pk}/khung-gio-rieng/", unit=unit, **fields)
    for bad in ({"unit": "all"}, {"unit": "99999999"}, {"opens_at": "x"}, {"reason": " "}):
        sent = {"unit": unit, **window_fields(timedelta(0), timedelta(hours=1)), **bad}
        assert "errorlist" in press(scene.an, f"ca/{sitting.pk}/khung-gio-rieng/", **sent)
    assert orders(scene) == []
    assert not sitting.lines.exclude(window_closes_at=None).exists()


@pytest.mark.parametrize("minutes", ["0", "-5", "181", "1.5", "mười", ""])
def test_minutes_are_a_sensible_whole_number(scene: Scene, sitting: Sitting, minutes: str) -> None:
    page = press(scene.an, f"ca/{sitting.pk}/them-phut/", unit="all", minutes=minutes, reason="x")
    assert "errorlist" in page
    assert orders(scene) == []


def test_a_new_code_is_shown_once(scene: Scene, sitting: Sitting) -> None:
    line = sitting.lines.get(entry=scene.entries[0])
    path = f"{HERE}ca/{sitting.pk}/thi-sinh/{line.line}/"
    client = factories.sign_in(Client(), scene.an)
    old = grouped(access_code_of(scene.entries[0]))
    sent = client.post(f"{path}ma-moi/", {"reason": "Mất phiếu"})
    assert (sent.status_code, sent["Location"]) == (302, path)
    scene.entries[0].refresh_from_db()
    new = grouped(access_code_of(scene.entries[0]))
    first = client.get(path)
    assert first["Cache-Control"] == "no-store"
    assert new in first.content.decode()
    assert old not in first.content.decode()
    assert new not in client.get(path).content.decode()


def test_a_new_code_is_not_shown_beside_another_name(scene: Scene, sitting: Sitting) -> None:
    one, two = (sitting.lines.get(entry=entry) for entry in scene.entries[:2])
    client = factories.sign_in(Client(), scene.an)
    base = f"{HERE}ca/{sitting.pk}/thi-sinh/"
    client.post(f"{base}{one.line}/ma-moi/", {"reason": "Mất phiếu"})
    scene.entries[0].refresh_from_db()
    code = grouped(access_code_of(scene.entries[0]))
    assert code not in client.get(f"{base}{two.line}/").content.decode()


def test_an_attempt_is_made_void_and_restored(scene: Scene, sitting: Sitting) -> None:
    line = sitting.lines.get(entry=scene.entries[0])
    path = f"ca/{sitting.pk}/thi-sinh/{line.line}/luot-thi/"
    assert messages_in(page_of(scene.an, HERE + path)) == [
        "Chưa liên lạc được với phòng thi. Vui lòng kiểm tra máy chủ phòng thi rồi thử lại."
    ]
    scene.hall.start()
    assert "Chưa có lượt thi" in page_of(scene.an, HERE + path)
    scene.sit(scene.entries[0], sitting, 30)
    shown = page_of(scene.an, HERE + path)
    (attempt,) = re.findall(r"luot-thi/([0-9a-f]{32})/", shown)
    press(scene.an, f"{path}{attempt}/", reason="Thi thay")
    _wait_for(scene, HERE + path, "Khôi phục lượt thi")
    press(scene.an, f"{path}{attempt}/", reason="Nhầm người")
    _wait_for(scene, HERE + path, "Hủy lượt thi")
    assert [order.kind for order in orders(scene)] == [OrderKind.VOID, OrderKind.RESTORE]


def _wait_for(scene: Scene, path: str, words: str) -> None:
    deadline = time.monotonic() + 20
    while words not in page_of(scene.an, path):
        assert time.monotonic() < deadline, words
        time.sleep(0.05)


@pytest.mark.parametrize("words", ["nguyen van", "Nguyễn", "GN-001", "đắk mil", "%", "' OR 1=1"])
def test_people_of_a_sitting_are_found(scene: Scene, sitting: Sitting, words: str) -> None:
    expected = {
        "nguyen van": ["Nguyễn Văn Một"],
        "Nguyễn": ["Nguyễn Văn Một"],
        "GN-001": ["Nguyễn Văn Một"],
        "đắk mil": ["Võ Thị Sáu"],
    }
    client = factories.sign_in(Client(), scene.an)
    page = client.get(f"{HERE}ca/{sitting.pk}/", {"q": words}).content.decode()
    assert re.findall(r'<a class="row"[^>]*>([^<]+)</a>', page) == expected.get(words, [])


def test_the_live_page_says_what_the_hall_sees(scene: Scene, sitting: Sitting) -> None:
    assert "Chưa thấy phòng thi hoạt động" in page_of(scene.an, f"{HERE}truc-tiep/")
    scene.hall.start()
    scene.sit(scene.entries[0], sitting, 30)
    deadline = time.monotonic() + 20
    while "<strong>1</strong><span>đã nộp bài" not in page_of(scene.an, f"{HERE}truc-tiep/"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    page = page_of(scene.an, f"{HERE}truc-tiep/")
    assert "Phòng thi đang hoạt động" in page
    assert "<strong>5</strong><span>chưa vào" in page
    assert 'hx-trigger="every 2s"' in page


def test_an_order_for_a_collected_sitting_is_refused(scene: Scene, sitting: Sitting) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(state=SittingState.COLLECTED)
    page = press(scene.an, f"ca/{sitting.pk}/dong-ngay/", reason="Muộn")
    assert "Ca thi này không còn ở phòng thi" in page
    assert orders(scene) == []
    assert "dong-ngay" not in page_of(scene.an, f"{HERE}ca/{sitting.pk}/")


def test_a_sitting_of_another_round_is_not_found(scene: Scene, sitting: Sitting) -> None:
    other = scene.contest.rounds.get(key="truc-tiep")
    Sitting.objects.filter(pk=sitting.pk).update(round=other)
    client = factories.sign_in(Client(), scene.an)
    assert client.get(f"{HERE}ca/{sitting.pk}/").status_code == 404


def test_an_incident_is_written_down_with_its_time(scene: Scene) -> None:
    at = timezone.localtime(factories.now() - timedelta(minutes=5)).replace(second=0, microsecond=0)
    page = press(scene.an, "su-co/ghi/", at=typed(at), text="Mất điện tại <b>Cư Jút</b>")
    incident = Incident.objects.get()
    assert (incident.at, incident.noted_by) == (at, "An")
    assert "Mất điện tại &lt;b&gt;Cư Jút&lt;/b&gt;" in page
    later = timezone.localtime(factories.now() + timedelta(hours=1))
    assert "chưa tới" in press(scene.an, "su-co/ghi/", at=typed(later), text="Sẽ mất điện")
    told = press(scene.an, "su-co/ghi/", at="0001-01-01T00:00", text="Sai năm")
    assert "Năm phải nằm trong khoảng từ 1900 đến 2200." in told
    assert Incident.objects.count() == 1


def test_observers_see_a_sitting_without_its_orders(scene: Scene, sitting: Sitting) -> None:
    observer = factories.user("Xem", scene.contest.key, Role.OBSERVER)
    page = page_of(observer, f"{HERE}ca/{sitting.pk}/")
    assert "Nguyễn Văn Một" in page
    assert [path for path in ("gio-dong/", "dong-ngay/", "them-phut/") if path in page] == []
