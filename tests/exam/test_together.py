"""A round in which all answer together, from the seal to the verified bundle."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from math import gcd
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.contests.plan.conversion import ms
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.item_reports import newest_report
from hoithi.exam.models import Attempt
from hoithi.exam.records import sealing_record
from hoithi.exam.together import (
    LEAD,
    announce,
    ask,
    cancel,
    console_of,
    end,
    rescue,
    stand_of,
)
from hoithi.hall.formats import Kind, Row
from hoithi.hall.presses import Presses
from hoithi.hall.times import order_digest
from hoithi.portal.queries.own_result import own_result_of
from hoithi.results.actions import publish, rule_on_item
from hoithi.results.queries import entry_name, scores_of
from hoithi.rules.errors import RuleViolation
from hoithi.rules.together import Announced, Asked, Ended, Event, Rescued, read_event, write_event
from hoithi.verify.bundle import Closing, struct_bytes
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import Scene, scene_in
from tests.exam.test_pages import HERE, page_of
from tests.exam.together import RESCUE, Bell, plan
from tests.hall.scene import Client, wait_until
from tests.verify.scene import Files, files_of, found, journal_of, rechained

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO, THREE, FOUR, FIVE = ("GN-001", "GN-002", "GN-003", "GN-004", "GN-005")
Change: TypeAlias = Callable[[Row], Row]


@pytest.fixture
def together(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan(items=5, rescue=RESCUE)) as made:
        yield made


def test_a_round_from_the_seal_to_the_verified_bundle(together: Scene, tmp_path: Path) -> None:
    """By hand, as in docs/rules/together.md: five people, a rescue, a cancelled question."""
    bell = Bell(together)
    assert bell.play([ONE, TWO, THREE, FIVE], [FOUR]) == [ONE, TWO, THREE, FIVE]
    assert bell.play([ONE, FIVE], [TWO]) == [ONE, FIVE]  # THREE gave no answer
    rescue(actor=together.an, sitting=bell.sitting, seen=bell.seen, now=factories.now())
    assert bell.standing() == [ONE, TWO, THREE, FIVE]
    item = bell.ask()
    bell.answer(item, [ONE, TWO, THREE], [FIVE])
    assert bell.announce() == [ONE, TWO, THREE]
    cancel(
        actor=together.an,
        sitting=bell.sitting,
        seen=bell.seen,
        reason="Câu hỏi có lỗi chính tả",
        now=factories.now(),
    )
    assert bell.standing() == [ONE, TWO, THREE, FIVE]
    assert bell.play([TWO], [ONE, THREE, FIVE]) == [TWO]
    end(
        actor=together.an,
        sitting=bell.sitting,
        seen=bell.seen,
        reason="Còn một thí sinh",
        now=factories.now(),
    )
    assert bell.game.ended is not None
    assert bell.game.ended.winners == [bell.lines[TWO]]

    together.close(bell.sitting)
    close_round(actor=together.an, each=together.round, now=factories.now())
    points = {score.entry.number: score.points for score in scores_of(together.round)}
    assert points == {ONE: 3, TWO: 4, THREE: 3, FOUR: 0, FIVE: 3}
    assert {each.line.entry.number: each.correct for each in Attempt.objects.all()} == {
        ONE: 2,
        TWO: 2,
        THREE: 1,
        FOUR: 0,
        FIVE: 2,
    }
    publish(actor=together.an, each=together.round, reason="", now=factories.now())
    check_what_is_told_afterwards(bell)
    write_bundle(together.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []
    assert LogEntry.objects.filter(action="exam.open_keys_at_once").count() == 1

    # The first question turns out wrong afterwards: FOUR, who went out by it, is out by the second.
    stand = stand_of(bell.sitting)
    first = stand.questions.file.items[stand.paper[0].item].id
    for who in (together.an, together.binh):
        rule_on_item(
            actor=who,
            each=together.round,
            item=first,
            effect="drop",
            option=None,
            reason="Câu hỏi sai",
            now=factories.now(),
        )
    close_round(actor=together.an, each=together.round, now=factories.now())
    points = {score.entry.number: score.points for score in scores_of(together.round)}
    assert points == {ONE: 3, TWO: 4, THREE: 3, FOUR: 1, FIVE: 3}
    publish(actor=together.an, each=together.round, reason="Câu 1 sai", now=factories.now())
    write_bundle(together.contest, tmp_path / "again.zip", factories.now())
    assert verify(tmp_path / "again.zip") == []


def check_what_is_told_afterwards(bell: Bell) -> None:
    """A question counts for those of whom it was asked, and who is out is asked no more."""
    report = newest_report(bell.sitting.package)
    stand = stand_of(bell.sitting)
    items = [stand.questions.file.items[place.item].id for place in stand.paper]
    assert report is not None
    figures = [report.figures[item] for item in items]
    assert [(each.served, each.right, each.empty) for each in figures] == [
        (5, 4, 0),
        (4, 2, 1),
        (4, 3, 0),  # cancelled after it was announced
        (4, 1, 0),
        (0, 0, 0),  # the spare one was not asked
    ]

    def own(number: str) -> tuple[str, list[tuple[int, bool, bool, bool]]]:
        line = bell.sitting.lines.get(entry__number=number)
        (each,) = own_result_of([line], factories.now()).rounds
        (attempt,) = each.attempts
        assert attempt.grade is not None
        return f"{attempt.grade.correct}/{attempt.grade.items}", [
            (question.number, question.is_answered, question.earned, question.is_cancelled)
            for question in attempt.questions
        ]

    assert own(FOUR) == ("0/3", [(1, True, False, False)])
    assert own(THREE) == (
        "1/3",
        [
            (1, True, True, False),
            (2, False, False, False),
            (3, True, True, True),
            (4, True, False, False),
        ],
    )


def test_of_two_who_press_at_once_the_second_is_told_what_happened(together: Scene) -> None:
    bell = Bell(together, together.entries[:2])
    now = factories.now()
    ask(actor=together.an, sitting=bell.sitting, seen=0, now=now)
    with pytest.raises(RuleViolation) as raised:
        ask(actor=together.binh, sitting=bell.sitting, seen=0, now=now)
    assert (raised.value.code, raised.value.params) == ("together_asked_meanwhile", {"number": 1})
    assert bell.seen == 1


def forged(files: Files, bell: Bell, presses: Presses, rows: Change = lambda row: row) -> Files:
    """What somebody would publish who changed the log and wrote the journal anew around it: every
    digest, chain and hash fits again."""
    key = bell.sitting.public_id.bytes
    digests = {each.number: order_digest(each.whole(key)) for each in presses.orders}

    def changed(row: Row) -> Row:
        if row.kind is Kind.ORDER and row.item in digests:
            return msgspec.structs.replace(row, data=digests[row.item])
        return rows(row)

    journal = {
        writer: [[changed(row) for row in batch] for batch in batches]
        for writer, batches in journal_of(files, key).items()
    }
    place = f"rounds/truc-tuyen/sittings/{key.hex()}"
    before = msgspec.json.decode(files[f"{place}/closing.json"], type=Closing)
    made = rechained(files, key, journal)
    closing = msgspec.json.decode(made[f"{place}/closing.json"], type=Closing)
    content = struct_bytes(presses)
    closing = msgspec.structs.replace(
        closing,
        times_sha256=before.times_sha256,
        presses_sha256=hashlib.sha256(content).hexdigest(),
    )
    return {
        **made,
        f"{place}/together.json": content,
        f"{place}/closing.json": struct_bytes(closing),
    }


def pressed(presses: Presses, number: int, event: Event) -> Presses:
    """The log with another event as its press of that number."""
    orders = [
        msgspec.structs.replace(each, text=write_event(event)) if each.amount == number else each
        for each in presses.orders
    ]
    return msgspec.structs.replace(presses, orders=orders)


def test_whatever_is_changed_afterwards_is_named(together: Scene, tmp_path: Path) -> None:
    bell = Bell(together, together.entries[:3])
    assert bell.play([ONE, TWO], [THREE]) == [ONE, TWO]
    assert bell.play([ONE], [TWO]) == [ONE]
    rescue(actor=together.an, sitting=bell.sitting, seen=bell.seen, now=factories.now())
    assert bell.play([ONE, TWO], [THREE]) == [ONE, TWO]
    assert bell.play([ONE], [TWO]) == [ONE]
    end(
        actor=together.an,
        sitting=bell.sitting,
        seen=bell.seen,
        reason="Xong",
        now=factories.now(),
    )
    together.close(bell.sitting)
    close_round(actor=together.an, each=together.round, now=factories.now())
    publish(actor=together.an, each=together.round, reason="", now=factories.now())
    path = tmp_path / "bundle.zip"
    write_bundle(together.contest, path, factories.now())
    files = files_of(path)
    place = f"rounds/truc-tuyen/sittings/{bell.sitting.public_id.hex}"
    name = f"{place}/together.json"
    presses = msgspec.json.decode(files[name], type=Presses)
    events = [read_event(each.text) for each in presses.orders]
    first, told, back, last = events[0], events[3], events[4], events[-1]
    assert isinstance(first, Asked)
    assert isinstance(told, Announced)
    assert isinstance(back, Rescued)
    assert isinstance(last, Ended)
    forged_path = tmp_path / "forged.zip"

    def named(changed: Files) -> set[str]:
        return {code for code, _, _ in found(forged_path, changed)}

    assert named(forged(files, bell, presses)) == set()
    # The file alone: neither the closing record nor the journal have this.
    later = Asked(0, first.opens_ms, first.closes_ms + 1000)
    moved = pressed(presses, 1, later)
    assert {"together_differs", "order_differs"} <= named({**files, name: struct_bytes(moved)})
    without = {key: content for key, content in files.items() if key != name}
    assert "part_missing" in named(without)
    # A moved window, with everything around it made to fit.
    assert "together_refused" in named(forged(files, bell, moved))
    earlier = Asked(0, first.opens_ms - 60_000, first.closes_ms - 60_000)
    assert "answered_outside" in named(forged(files, bell, pressed(presses, 1, earlier)))
    # A rescue of one only; somebody who is told to stand; another winner.
    one_back = pressed(presses, 5, Rescued(back.back[:1]))
    assert "together_refused" in named(forged(files, bell, one_back))
    both = Announced(told.item, told.right, sorted(told.standing + told.out), [])
    assert "standing_differs" in named(forged(files, bell, pressed(presses, 4, both)))
    other = Ended([bell.lines[TWO]])
    assert named(forged(files, bell, pressed(presses, 10, other))) == {"winner_differs"}

    # An answer that was wrong is right.
    def righted(row: Row) -> Row:
        wrong = (bell.right[3] + 1) % 4
        if row.kind is Kind.ANSWER and row.item == 3 and row.option == wrong:
            return msgspec.structs.replace(row, option=bell.right[3])
        return row

    assert {"standing_differs", "winner_differs"} & named(forged(files, bell, presses, righted))


@pytest.mark.parametrize("press", [announce, rescue])
def test_what_is_not_to_be_pressed_now_is_refused(
    together: Scene, press: Callable[..., object]
) -> None:
    bell = Bell(together, together.entries[:2])
    with pytest.raises(RuleViolation):
        press(actor=together.an, sitting=bell.sitting, seen=0, now=factories.now())
    now = factories.now()
    for refused in (cancel, end):
        with pytest.raises(RuleViolation, match="reason_missing"):
            refused(actor=together.an, sitting=bell.sitting, seen=0, reason=" ", now=now)
    ask(actor=together.an, sitting=bell.sitting, seen=0, now=now)
    with pytest.raises(RuleViolation, match="together_not_shut"):
        announce(actor=together.an, sitting=bell.sitting, seen=1, now=now)
    assert bell.seen == 1


def test_a_question_is_asked_within_the_time_of_the_sitting(together: Scene) -> None:
    bell = Bell(together, together.entries[:1])
    bell.sitting.closes_at = factories.now() + timedelta(seconds=2)
    with pytest.raises(RuleViolation, match="together_not_open"):
        ask(actor=together.an, sitting=bell.sitting, seen=0, now=factories.now())


def test_two_hundred_answer_at_once(tmp_path: Path, settings: Settings) -> None:
    """Who stands after the second question is who is no multiple of 2 or 3."""
    with scene_in(tmp_path, settings, plan(seconds=12)) as scene:
        more = [
            factories.entry(scene.contest, "GN" if at % 2 else "CJ", f"Người {at}", f"GN-{at:03d}")
            for at in range(6, 201)
        ]
        bell = Bell(scene, [*scene.entries, *more])
        numbers = list(range(1, 201))
        with ThreadPoolExecutor(16) as pool:
            for prime in (2, 3):
                item = bell.ask()
                saves = [
                    pool.submit(bell.answer, item, *sides(f"GN-{at:03d}", right=at % prime != 0))
                    for at in numbers
                    if f"GN-{at:03d}" in bell.standing() or item == 0
                ]
                for save in saves:
                    save.result()
                bell.announce()
        assert bell.standing() == [f"GN-{at:03d}" for at in numbers if gcd(at, 6) == 1]
        assert len(bell.game.standing) == 67


def test_the_pages_of_a_round_and_the_worst_that_people_send(together: Scene) -> None:
    package = together.seal()
    page = page_of(together.an, f"{HERE}de/1/")
    assert "Mọi người cùng trả lời từng câu. Vì vậy máy mở đáp án" in page
    assert "chỉ máy mở để chấm từng câu đã hết giờ" in str(sealing_record(package).body)
    anybody = Browser()
    screen = "/rung-chuong/daknong-2023/truc-tuyen/"
    assert anybody.get(f"{screen}man-hinh/").status_code == 200
    assert anybody.get(f"{screen}dien-bien").json()["s"]["scene"] == "emblem"
    bell = Bell(together, together.entries[:2], sealed=True)
    here = f"{HERE}ca/{bell.sitting.pk}/cung-tra-loi/"
    page = page_of(together.an, here)
    assert "Chưa mở câu hỏi nào" in page
    assert "Còn 1 câu dự phòng" in page
    assert f'href="{here}">Điều khiển vòng thi</a>' in page_of(together.an, HERE)
    entered = Client(together.hall.port).enter(access_code_of(together.entries[2]))[1]
    assert (entered["items"], entered["pace"]) == (4, "together")  # and one to spare
    assert "<strong>2</strong><span>trên 6 người đã vào" in page
    desk = factories.sign_in(Browser(), together.an)
    state = re.findall(r"\?state=([0-9a-f]{16})", page)
    assert desk.get(f"{here}?state={state[0]}").status_code == 204  # nothing else is to be seen
    assert desk.get(f"{here}?state={'0' * 16}").status_code == 200
    for seen in ("", "-1", "x", "9" * 40, "1", "²"):
        desk.post(f"{here}lenh/", {"do": "ask", "seen": seen})
    for do in ("", "end", "announce\x00", "ask" * 1000):
        assert desk.post(f"{here}lenh/", {"do": do, "seen": "0"}).status_code == 404
    assert bell.seen == 0
    desk.post(f"{here}lenh/", {"do": "announce", "seen": "0"})
    assert "Không có câu hỏi nào đang chờ" in desk.get(here).content.decode()

    desk.post(f"{here}lenh/", {"do": "ask", "seen": "0"})
    stem = stem_of(bell, 0)
    assert stem not in unescape(page_of(together.an, here))
    assert stem not in str(anybody.get(f"{screen}dien-bien").json())
    assert "mở sau" in page_of(together.an, here)
    wait_until(lambda: "stem" in question_of(anybody, screen))
    assert question_of(anybody, screen)["right"] is None
    assert stem in unescape(page_of(together.an, here))
    bell.answer(0, [ONE], [TWO])
    assert "<strong>2</strong><span>người đã trả lời" in page_of(together.an, here)
    bell.announce()
    wait_until(lambda: question_of(anybody, screen)["right"] == [bell.right[0]])
    people = anybody.get(f"{screen}dien-bien").json()["s"]["people"]
    states = {each["number"]: each["state"] for each in people}
    assert (states[ONE], states[TWO], states[THREE]) == ("in", "out", "absent")
    text = anybody.get(f"{screen}dien-bien").content.decode()
    assert not any(entry_name(entry) in text for entry in together.entries)
    assert desk.post(f"{here}huy-cau/?seen=1", {"reason": "Lỗi"}).status_code == 200  # outdated
    assert desk.post(f"{here}huy-cau/?seen=2", {"reason": ""}).status_code == 200
    assert desk.post(f"{here}huy-cau/?seen=2", {"reason": "Lỗi"}).status_code == 302
    assert bell.standing() == [ONE, TWO]
    assert "đã hủy, không ai bị loại" in page_of(together.an, here)
    assert desk.post(f"{here}ket-thuc/?seen=3", {"reason": "Mất điện"}).status_code == 302
    assert "Vòng thi đã kết thúc" in page_of(together.an, here)
    sitting = page_of(together.an, f"{HERE}ca/{bell.sitting.pk}/")
    assert "Lệnh trong vòng cùng trả lời" in sitting


def test_a_hall_that_was_away_is_told_and_the_question_can_be_cancelled(together: Scene) -> None:
    bell = Bell(together, together.entries[:2])
    here = f"{HERE}ca/{bell.sitting.pk}/cung-tra-loi/"
    away = "Phòng thi bị gián đoạn trong lúc câu này đang mở"
    bell.ask()
    assert away not in page_of(together.an, here)
    assert console_of(bell.sitting, factories.now() + timedelta(seconds=60)).was_away  # silent
    together.hall.kill()
    together.hall.start()
    assert away in page_of(together.an, here)
    now, an = factories.now(), together.an
    cancel(actor=an, sitting=bell.sitting, seen=bell.seen, reason="Mất điện", now=now)
    page = page_of(an, here)
    assert away not in page
    assert "Không còn câu dự phòng" in page
    event = ask(actor=an, sitting=bell.sitting, seen=bell.seen, now=now)
    assert isinstance(event, Asked)
    assert event.opens_ms == ms(now + LEAD)  # though the cancelled one would be open till then


def test_the_page_opens_before_the_hall_runs(together: Scene) -> None:
    together.seal()
    sitting = publish_sitting(actor=together.an, each=together.round, now=factories.now())
    page = page_of(together.an, f"{HERE}ca/{sitting.pk}/cung-tra-loi/")
    assert "Chưa liên lạc được với phòng thi" in page


def question_of(anybody: Browser, screen: str) -> dict[str, object]:
    """The question on the screen; none for the moment in which a second look is not taken yet."""
    found: dict[str, object] = anybody.get(f"{screen}dien-bien").json()["s"].get("question", {})
    return found


def stem_of(bell: Bell, at: int) -> str:
    stand = stand_of(bell.sitting)
    return stand.questions.file.items[stand.paper[at].item].stem


def sides(number: str, *, right: bool) -> tuple[list[str], list[str]]:
    return ([number], []) if right else ([], [number])
