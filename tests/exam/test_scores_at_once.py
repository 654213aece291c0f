"""Where the rules promise it, the score is there at once: the desk marks, the hall tells."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.contests.queries import online_plan
from hoithi.entries.queries import access_code_of
from hoithi.exam import scores_at_once
from hoithi.exam.actions import close_round, collect_sitting
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import (
    give_minutes,
    last_order_of,
    move_close,
    publish_sitting,
    set_void,
)
from hoithi.exam.models import Attempt, Sitting
from hoithi.exam.records import sealing_record
from hoithi.exam.scores_at_once import plain, show_scores
from hoithi.exam.sealing import open_keys_at_once
from hoithi.exam.stores import control, journal
from hoithi.hall.formats import Kind
from hoithi.hall.scores import read_scores
from hoithi.hall.store.api import OrderKind
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from hoithi.rules.marks import round_marks
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import PLAN, Scene, scene_in
from tests.exam.test_pages import HERE, page_of
from tests.hall.scene import Client, Json, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PROMISED = PLAN.replace(b'show_result = "none"', b'show_result = "score_and_time"', 1)


@pytest.fixture
def promising(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    """A round whose rules promise score and time at once."""
    with scene_in(tmp_path, settings, PROMISED) as made:
        yield made


@pytest.fixture(autouse=True)
def a_new_worker() -> Iterator[None]:
    yield
    scores_at_once.forget()


def opened(scene: Scene) -> Sitting:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    return sitting


def tell() -> int:
    return show_scores(factories.now())


def score_of(client: Client) -> object:
    """What the contestant reads beside the receipt; none while there is none."""
    status, reply = client.pulse()
    assert status == 200
    receipt = reply["receipt"]
    assert isinstance(receipt, dict)
    return receipt.get("score")


def points_of(client: Client) -> str:
    """The points, once they are shown."""
    wait_until(lambda: score_of(client) is not None, within_s=20)
    score = score_of(client)
    assert isinstance(score, dict)
    return str(score["points"])


def handed_in(scene: Scene, place: int, sitting: Sitting, right: int) -> tuple[Client, Json]:
    client = scene.work(scene.entries[place], sitting, right)
    status, receipt = client.submit()
    assert status == 200
    return client, receipt


def orders(sitting: Sitting) -> list[list[str]]:
    """The attempts of each order that told scores."""
    with control() as writer:
        given = writer.given(sitting.public_id.bytes, OrderKind.SCORE_TO_SHOW, 0)
    return [[score.attempt for score in read_scores(order.text)] for order in given]


def test_who_hands_in_reads_the_score_that_counts_in_the_end(
    promising: Scene, tmp_path: Path
) -> None:
    sitting = opened(promising)
    assert tell() == 0
    people = [handed_in(promising, place, sitting, 20 + place) for place in range(3)]
    at_work = promising.work(promising.entries[3], sitting, 5)
    assert tell() == 3
    assert tell() == 0
    assert [points_of(client) for client, _ in people] == ["20", "21", "22"]
    assert at_work.pulse()[1].get("receipt") is None
    (told,) = orders(sitting)
    assert sorted(told) == sorted(str(receipt["attempt"]) for _, receipt in people)

    client, receipt = people[0]
    score = score_of(client)
    assert isinstance(score, dict)
    status, started = client.enter(access_code_of(promising.entries[0]))
    assert (status, started["result"]) == (200, "score_and_time")
    assert score["maximum"] == "30"

    promising.close(sitting)
    close_round(actor=promising.an, each=promising.round, now=factories.now())
    attempts = {each.public_id: each for each in Attempt.objects.all()}
    for client, receipt in people:
        attempt = attempts[str(receipt["attempt"])]
        assert attempt.points is not None
        shown = score_of(client)
        assert shown == {
            "points": plain(attempt.points),
            "maximum": plain(
                round_marks(online_plan(promising.round).points_per_item * (attempt.items or 0))
            ),
            "time_ms": attempt.submitted_ms - attempt.started_ms,
        }
    publish(actor=promising.an, each=promising.round, reason="", now=factories.now())
    write_bundle(promising.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []


def handed_in_by_time(scene: Scene, sitting: Sitting, right: int) -> Client:
    """Somebody for whom the hall has handed in, when the sitting was closed."""
    client = scene.work(scene.entries[0], sitting, right)
    now = factories.now()
    move_close(actor=scene.an, sitting=sitting, closes_at=now, reason="Hết giờ", now=now)
    wait_until(lambda: client.pulse()[1]["state"] == "submitted", within_s=40)
    return client


def test_time_hands_in_and_the_score_comes_all_the_same(promising: Scene) -> None:
    sitting = opened(promising)
    client = handed_in_by_time(promising, sitting, 12)
    status, reply = client.save((29, 0))
    assert (status, reply["late"]) == (202, True)
    wait_until(lambda: tell() == 1, within_s=20)
    assert points_of(client) == "12"
    promising.close(sitting)


def test_an_attempt_that_goes_on_after_its_end_is_marked_again(promising: Scene) -> None:
    sitting = opened(promising)
    client = handed_in_by_time(promising, sitting, 12)
    wait_until(lambda: tell() == 1, within_s=20)
    assert points_of(client) == "12"
    line = sitting.lines.get(entry=promising.entries[0])
    give_minutes(actor=promising.an, line=line, minutes=10, reason="Mất điện", now=factories.now())
    wait_until(lambda: client.pulse()[1]["state"] == "open", within_s=20)
    assert client.pulse()[1].get("receipt") is None
    assert tell() == 0
    right = promising.keys(sitting, promising.entries[0])
    assert client.save((12, right[12]))[0] == 200
    assert client.submit()[0] == 200
    assert score_of(client) is None
    assert tell() == 1
    assert points_of(client) == "13"


def test_a_void_attempt_has_no_score_until_it_is_restored(promising: Scene) -> None:
    sitting = opened(promising)
    client, receipt = handed_in(promising, 0, sitting, 7)
    line = sitting.lines.get(entry=promising.entries[0])
    attempt = bytes.fromhex(str(receipt["attempt"]))

    def order(*, void: bool) -> None:
        set_void(
            actor=promising.an,
            line=line,
            attempt=attempt,
            void=void,
            reason="Vào nhầm",
            now=factories.now(),
        )
        wait_until(lambda: client.pulse()[1].get("void", False) is void, within_s=20)

    order(void=True)
    assert (tell(), score_of(client)) == (0, None)
    order(void=False)
    assert tell() == 1
    assert points_of(client) == "7"
    order(void=True)
    assert (tell(), score_of(client)) == (0, None)
    order(void=False)
    assert tell() == 0
    assert points_of(client) == "7"


def test_a_worker_that_comes_back_or_a_second_one_tells_nothing_twice(promising: Scene) -> None:
    sitting = opened(promising)
    handed_in(promising, 0, sitting, 7)
    assert tell() == 1
    scores_at_once.forget()  # as if it were killed and started again
    assert tell() == 0
    handed_in(promising, 1, sitting, 8)
    kept = dict(scores_at_once._followed)
    scores_at_once.forget()
    assert tell() == 1  # the other worker
    scores_at_once._followed |= kept
    assert tell() == 0
    handed_in(promising, 2, sitting, 9)
    assert tell() == 1
    assert [len(told) for told in orders(sitting)] == [1, 1, 1]


def test_many_at_once_are_told_in_few_orders(
    promising: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores_at_once, "_MOST_IN_AN_ORDER", 2)
    sitting = opened(promising)
    for place in range(5):
        handed_in(promising, place, sitting, place)
    assert tell() == 5
    assert [len(told) for told in orders(sitting)] == [2, 2, 1]


def test_that_the_keys_were_opened_stands_in_the_log_once(promising: Scene) -> None:
    sitting = opened(promising)
    for place in range(2):
        handed_in(promising, place, sitting, place)
        tell()
    entry = LogEntry.objects.get(action="exam.open_keys_at_once")
    assert entry.target == f"sitting:{sitting.public_id.hex}"
    assert (entry.actor_name, entry.after) == (
        "hoithi",
        {"package": sitting.package.public_id.hex},
    )


def test_without_a_promise_no_key_is_opened(scene: Scene) -> None:
    sitting = opened(scene)
    client, _ = handed_in(scene, 0, sitting, 7)
    assert tell() == 0
    with pytest.raises(RuntimeError):
        open_keys_at_once(sitting.package)
    assert (orders(sitting), score_of(client)) == ([], None)
    assert not LogEntry.objects.filter(action="exam.open_keys_at_once").exists()


def test_a_sitting_that_was_collected_is_told_nothing_more(promising: Scene) -> None:
    sitting = opened(promising)
    handed_in(promising, 0, sitting, 7)
    promising.close(sitting)
    assert tell() == 0
    assert orders(sitting) == []


def test_scores_told_after_the_closing_to_a_hall_that_is_gone_do_not_keep_it_from_being_collected(
    promising: Scene, tmp_path: Path
) -> None:
    """The hall has said that it is over; whether somebody still reads a score is another thing."""
    sitting = opened(promising)
    handed_in(promising, 0, sitting, 7)
    now = factories.now()
    move_close(actor=promising.an, sitting=sitting, closes_at=now, reason="Xong", now=now)
    wait_until(lambda: has_said_that_it_is_over(sitting))
    promising.hall.stop()
    assert tell() == 1
    collect_sitting(actor=promising.an, sitting=sitting, now=factories.now())
    close_round(actor=promising.an, each=promising.round, now=factories.now())
    publish(actor=promising.an, each=promising.round, now=factories.now(), reason="")
    assert [each.correct for each in Attempt.objects.all()] == [7]
    path = tmp_path / "bundle.zip"
    write_bundle(promising.contest, path, factories.now())
    assert verify(path) == []


def test_an_order_that_counts_is_waited_for_also_among_scores(promising: Scene) -> None:
    sitting = opened(promising)
    _, receipt = handed_in(promising, 0, sitting, 7)
    now = factories.now()
    move_close(actor=promising.an, sitting=sitting, closes_at=now, reason="Xong", now=now)
    wait_until(lambda: has_said_that_it_is_over(sitting))
    promising.hall.stop()
    set_void(
        actor=promising.an,
        line=sitting.lines.get(entry=promising.entries[0]),
        attempt=bytes.fromhex(str(receipt["attempt"])),
        void=True,
        reason="Thi hộ",
        now=now,
    )
    tell()
    with pytest.raises(RuleViolation, match="hall_not_closed"):
        collect_sitting(actor=promising.an, sitting=sitting, now=factories.now())
    promising.hall.start()
    wait_until(lambda: has_said_that_it_is_over(sitting))
    collect_sitting(actor=promising.an, sitting=sitting, now=factories.now())
    assert [each.is_void for each in Attempt.objects.all()] == [True]


def has_said_that_it_is_over(sitting: Sitting) -> bool:
    """The hall has closed the sitting after the last order that counts."""
    last = last_order_of(sitting)
    with journal() as reader:
        return any(
            row.kind is Kind.CLOSED and row.item >= last
            for batch in reader.batches(sitting.public_id.bytes)
            for row in batch.rows
        )


@pytest.mark.parametrize(
    ("marks", "text"),
    [("17.50", "17.5"), ("20.00", "20"), ("0.00", "0"), ("0.25", "0.25"), ("100", "100")],
)
def test_marks_are_written_without_idle_zeros(marks: str, text: str) -> None:
    assert plain(Decimal(marks)) == text


PROMISE = "Thí sinh được báo điểm ngay sau khi nộp bài, như thể lệ đã nêu."
KEPT = "khóa cho đến khi thu xong mọi bài thi"


def test_who_seals_a_promise_reads_it_on_the_page_and_on_the_minutes(promising: Scene) -> None:
    package = promising.seal()
    assert PROMISE in page_of(promising.an, f"{HERE}de/1/")
    minutes = str(sealing_record(package).body)
    assert "báo điểm ngay cho người đã nộp bài" in minutes
    assert KEPT not in minutes


def test_without_a_promise_neither_says_so(scene: Scene) -> None:
    package = scene.seal()
    assert PROMISE not in page_of(scene.an, f"{HERE}de/1/")
    assert KEPT in str(sealing_record(package).body)
