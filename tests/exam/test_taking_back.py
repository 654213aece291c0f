"""A sealed package is withdrawn before the first start, also when the hall has it."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.entries.actions import withdraw_entry
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import move_opening, publish_sitting
from hoithi.exam.hearing import has_heard
from hoithi.exam.jobs import WITHDRAW, ask_to_withdraw, ask_to_withdraw_again
from hoithi.exam.models import Package, PackageState, RosterLine, Sitting, SittingState
from hoithi.exam.records import sealing_record
from hoithi.exam.sealing import withdraw_package
from hoithi.exam.slips import take_slips
from hoithi.exam.withdrawing import call_off, stop_starts, wait_for_word, withdraw_from_hall
from hoithi.hall.formats import Kind
from hoithi.hall.store import journal_reader
from hoithi.hall.store.api import NodeStatus
from hoithi.jobs.actions import work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Approval
from hoithi.portal.queries.trust import public_values
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import verify
from hoithi.web.wording import moment
from tests import factories
from tests.exam.scene import Scene, scene_in
from tests.exam.test_order_pages import orders
from tests.exam.test_pages import HERE, messages_in, page_of, press, today
from tests.hall.scene import Client as Contestant
from tests.hall.scene import HallProcess, Json, wait_for_order, wait_until
from tests.postgres import Cluster

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Câu 7 có hai đáp án"
TRUST = "/hoi-thi/daknong-2023/niem-phong/"
HELD = (403, {"error": "held"})


def in_hall(scene: Scene) -> Sitting:
    scene.seal()
    return publish_sitting(actor=scene.an, each=scene.round, now=factories.now())


def sign(scene: Scene) -> Job | None:
    """Both sign the withdrawal of the newest package; the work that follows, if there is any."""
    package = scene.round.packages.get(state=PackageState.SEALED)
    job = None
    for actor in (scene.an, scene.binh):
        job = ask_to_withdraw(actor=actor, package=package, reason=REASON, now=factories.now())
    return job


def withdraw(scene: Scene) -> str:
    """Both sign and the worker does its part; the code of why not, or nothing."""
    try:
        job = sign(scene)
    except RuleViolation as violation:
        return violation.code
    assert job is not None
    work_off()
    job.refresh_from_db()
    return job.message


def device(scene: Scene, entry: Entry, hall: HallProcess | None = None) -> Contestant:
    made = Contestant((hall or scene.hall).port, device=entry.public_id.hex)
    assert made.enter(access_code_of(entry))[0] == 200
    return made


def start(contestant: Contestant) -> tuple[int, Json]:
    status, reply = contestant.post(
        "start",
        {"device": contestant.device, "regulation": "1.0", "consent": "1.0", "take_over": False},
    )
    if status == 200:
        contestant.token = str(reply["token"])
    return status, reply


def kinds_in(scene: Scene, sitting: Sitting) -> list[Kind]:
    """What the journal has of a sitting."""
    reader = journal_reader(scene.hall.journal_address)
    kinds = [row.kind for batch in reader.batches(sitting.public_id.bytes) for row in batch.rows]
    reader.close()
    return kinds


def starts_in(scene: Scene, sitting: Sitting) -> int:
    return kinds_in(scene, sitting).count(Kind.START)


def states() -> tuple[str, str, bool]:
    """Of the only package and sitting, and whether the withdrawal is under way."""
    package, sitting = Package.objects.get(), Sitting.objects.get()
    return package.state, sitting.state, package.is_leaving


STANDS = (PackageState.SEALED, SittingState.PUBLISHED, False)
LEAVING = (PackageState.SEALED, SittingState.PUBLISHED, True)
GONE = (PackageState.WITHDRAWN, SittingState.WITHDRAWN, False)


@pytest.fixture
def two_nodes(
    tmp_path: Path, settings: Settings, postgres_cluster: Cluster
) -> Iterator[tuple[Scene, tuple[HallProcess, HallProcess]]]:
    """A scene whose stores are in PostgreSQL, and two hall processes, not started yet."""
    with scene_in(tmp_path, settings) as scene:
        scene.hall = HallProcess(tmp_path, postgres_cluster.fresh())
        settings.HALL_CONTROL = settings.HALL_JOURNAL = scene.hall.database
        other = HallProcess(tmp_path, scene.hall.database)
        yield scene, (scene.hall, other)
        other.stop()
        scene.hall.stop()


def test_an_error_found_before_the_first_start_is_mended(scene: Scene, tmp_path: Path) -> None:
    old = in_hall(scene)
    scene.hall.start()
    waiting = device(scene, scene.entries[0])
    assert withdraw(scene) == ""
    assert states() == GONE
    wait_until_out(waiting)
    assert waiting.enter(access_code_of(scene.entries[0])) == HELD

    left = scene.entries[4]
    withdraw_entry(actor=scene.an, entry=left, reason="Chuyển công tác", now=factories.now())
    second = scene.seal()
    new = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    assert (new.package, old.lines.count(), new.lines.count()) == (second, 6, 5)
    keys = RosterLine.objects.values_list("entry_key", flat=True)
    assert len(set(keys)) == 11
    scene.hall.stop()
    scene.hall.start()  # another life reads the old sitting back, and leaves it alone
    scene.sit(scene.entries[0], new, 30)
    scene.close(new)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publication = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert [row["points"] for row in publication.content["rows"]] == ["30.00"]
    assert Sitting.objects.get(pk=old.pk).state == SittingState.WITHDRAWN

    write_bundle(scene.contest, tmp_path / "b.zip", factories.now())
    assert verify(tmp_path / "b.zip") == []
    with ZipFile(tmp_path / "b.zip") as bundle:
        texts = b"".join(bundle.read(name) for name in bundle.namelist())
        names = "".join(bundle.namelist())
    for found in (names, texts.decode()):
        assert new.public_id.hex in found
        assert old.public_id.hex not in found
    (public,) = public_values(scene.contest).rounds.values()
    assert public.seal is not None
    assert public.seal.commitment == second.commitment
    assert list(public.sittings) == [new.public_id.hex]


def test_everybody_reads_what_was_withdrawn_by_whom_when_and_why(scene: Scene) -> None:
    old = in_hall(scene)
    scene.hall.start()
    assert withdraw(scene) == ""
    page = Client().get(TRUST).content.decode()
    assert page.count("Đã thu hồi trước khi có người thi") == 2
    for told in (old.package.commitment, old.public_id.hex, REASON, ">An<", ">Bình<"):
        assert told in page
    approval = Package.objects.get().withdrawal
    assert approval is not None
    own = Client().post("/ket-qua-cua-toi/", {"code": access_code_of(scene.entries[0])})
    assert old.public_id.hex not in own.content.decode()
    wait_until(lambda: kinds_in(scene, old) == [Kind.OPENED, Kind.ORDER, Kind.ORDER])


def test_until_the_hall_has_confirmed_nobody_reads_that_it_is_withdrawn(scene: Scene) -> None:
    in_hall(scene)
    sign(scene)
    assert states() == LEAVING
    assert "Đã thu hồi trước khi có người thi" not in Client().get(TRUST).content.decode()
    (public,) = public_values(scene.contest).rounds.values()
    assert (public.seal is None, len(public.sittings)) == (False, 1)
    assert REASON not in str(sealing_record(Package.objects.get()))
    scene.hall.start()
    work_off()
    assert REASON in str(sealing_record(Package.objects.get()))
    (public,) = public_values(scene.contest).rounds.values()
    assert (public.seal, public.sittings) == (None, {})


def test_a_slip_of_somebody_without_a_sitting_any_more_has_the_time_of_the_plan(
    scene: Scene,
) -> None:
    sitting = in_hall(scene)
    opens_at = scene.round.opens_at + timedelta(days=1)
    now = factories.now()
    move_opening(actor=scene.an, sitting=sitting, opens_at=opens_at, reason="Dời", now=now)
    scene.hall.start()
    unit = scene.entries[0].unit
    texts = []
    for _ in range(2):
        slips = take_slips(actor=scene.an, contest=scene.contest, unit=unit, now=now)
        texts.append({slip.opens_text for slip in slips})
        if sitting.state == SittingState.PUBLISHED:
            assert withdraw(scene) == ""
            sitting.refresh_from_db()
    assert texts == [
        {f"Mở từ {moment(opens_at)}"},
        {f"Mở từ {moment(scene.round.opens_at)}"},
    ]


def test_who_has_started_is_not_put_out(scene: Scene) -> None:
    sitting = in_hall(scene)
    scene.hall.start()
    first = device(scene, scene.entries[0])
    assert start(first)[0] == 200
    assert withdraw(scene) == "withdrawn_too_late"
    assert (states(), orders(scene), Approval.objects.filter(kind="withdraw").count()) == (
        STANDS,
        [],
        0,
    )
    assert starts_in(scene, sitting) == 1


def test_a_start_between_signature_and_order_stops_the_withdrawal(scene: Scene) -> None:
    sitting = in_hall(scene)
    scene.hall.start()
    job = sign(scene)
    first = device(scene, scene.entries[0])
    assert start(first)[0] == 200
    work_off()
    assert job is not None
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "withdrawn_too_late")
    assert states() == STANDS
    assert [order.amount for order in orders(scene)] == [1, 0]
    wait_for_order(first, 2)
    assert first.save((0, 1))[0] == 200
    assert start(device(scene, scene.entries[1]))[0] == 200
    scene.close(sitting)
    assert sitting.attempts.count() == 2
    assert LogEntry.objects.filter(action="exam.withdrawal_called_off").count() == 1


def test_while_it_is_asked_for_nobody_starts_and_who_works_goes_on(scene: Scene) -> None:
    in_hall(scene)
    scene.hall.start()
    first = device(scene, scene.entries[0])
    other = device(scene, scene.entries[1])
    sign(scene)
    assert start(first)[0] == 200
    package = Package.objects.get()
    order = stop_starts(actor=scene.an, package=package, reason=REASON)
    assert wait_for_word(package, order, 60) is True
    assert start(other) == HELD
    assert start(first)[0] == 200
    assert first.save((0, 1))[0] == 200
    assert first.submit()[0] == 200
    call_off(actor=scene.an, package=package, reason=REASON, now=factories.now())
    wait_for_order(other, order + 1)
    assert start(other)[0] == 200


def race(scene: Scene, doors: list[HallProcess]) -> None:
    """Everybody starts while the withdrawal is done: either all who started stand, or none did."""
    sitting = in_hall(scene)
    for hall in doors:
        hall.start()
    devices = [
        device(scene, entry, doors[at % len(doors)]) for at, entry in enumerate(scene.entries)
    ]
    job = sign(scene)
    answers: list[int] = []

    def go(contestant: Contestant) -> None:
        answers.append(start(contestant)[0])

    runners = [
        threading.Timer(0.15 * at, go, args=[contestant])
        for at, contestant in enumerate(devices, start=1)
    ]
    for runner in runners:
        runner.start()
    work_off()
    for runner in runners:
        runner.join()
    assert job is not None
    job.refresh_from_db()
    started = answers.count(200)
    assert len(answers) == 5
    assert starts_in(scene, sitting) == started
    if job.state == JobState.DONE:
        assert (states(), started) == (GONE, 0)
    else:
        assert (job.message, states(), started > 0) == ("withdrawn_too_late", STANDS, True)


def test_whoever_comes_first_no_start_is_lost(scene: Scene) -> None:
    race(scene, [scene.hall])


@pytest.mark.postgres
def test_whoever_comes_first_no_start_is_lost_on_two_nodes(
    two_nodes: tuple[Scene, tuple[HallProcess, HallProcess]],
) -> None:
    scene, nodes = two_nodes
    race(scene, list(nodes))


@pytest.mark.postgres
def test_both_nodes_let_nobody_in_and_then_know_the_new_sitting(
    two_nodes: tuple[Scene, tuple[HallProcess, HallProcess]],
) -> None:
    scene, nodes = two_nodes
    in_hall(scene)
    for node in nodes:
        node.start()
    waiting = [device(scene, scene.entries[at], node) for at, node in enumerate(nodes)]
    assert withdraw(scene) == ""
    assert states() == GONE
    assert {start(each)[0] for each in waiting} <= {401, 403}
    for each in waiting:
        wait_until_out(each)
    new = in_hall(scene)
    for each, entry in zip(waiting, scene.entries, strict=False):
        wait_until_in(each, entry)
        assert start(each)[0] == 200
    assert starts_in(scene, new) == 2


def wait_until_out(contestant: Contestant) -> None:
    wait_until(lambda: contestant.pulse() == (401, {"error": "token_invalid"}))


def wait_until_in(contestant: Contestant, entry: Entry) -> None:
    wait_until(lambda: contestant.enter(access_code_of(entry))[0] == 200)


@pytest.mark.postgres
def test_a_living_node_that_has_not_heard_is_waited_for(
    two_nodes: tuple[Scene, tuple[HallProcess, HallProcess]],
) -> None:
    scene, (node, _) = two_nodes
    in_hall(scene)
    node.start()
    silent = NodeStatus(b"s" * 16, 0, 2**50, 0, "")
    write_status(scene, silent)
    sign(scene)
    with pytest.raises(RuleViolation, match="hall_not_stopped"):
        withdraw_from_hall(
            actor=scene.an, package=Package.objects.get(), settle=lambda: None, within_s=0
        )
    assert states() == LEAVING


def write_status(scene: Scene, status: NodeStatus) -> None:
    import psycopg

    with psycopg.connect(scene.hall.database, autocommit=True) as db:
        db.execute(
            "INSERT INTO hall_journal.nodes VALUES (%s, %s, %s, %s, %s)",
            (status.writer, status.started_ms, status.seen_ms, status.order, status.snapshot),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """What a node last reported: the order it follows, and when by its clock."""

    order: int
    seen_ms: int = 100_000


@pytest.mark.parametrize(
    ("words", "alone", "shared"),
    [
        ([], False, False),
        ([Word(6)], False, False),
        ([Word(7)], True, True),
        ([Word(7), Word(6)], True, False),
        ([Word(7), Word(6, 85_001)], True, False),
        ([Word(7), Word(6, 85_000)], True, True),
        ([Word(7, 85_000), Word(6)], True, False),
        ([Word(7), Word(9)], True, True),
    ],
    ids=[
        *["no-hall", "not-yet", "heard", "one-of-two", "other-still-lives", "other-dead"],
        *["only-the-dead-one", "newer-order"],
    ],
)
def test_who_must_have_heard_an_order(words: list[Word], alone: bool, shared: bool) -> None:
    nodes = [NodeStatus(bytes([at]) * 16, 0, w.seen_ms, w.order, "") for at, w in enumerate(words)]
    assert has_heard(nodes, 7, shared=False) is alone
    assert has_heard(nodes, 7, shared=True) is shared


def test_without_a_hall_it_waits_and_nobody_starts_until_it_goes_on(scene: Scene) -> None:
    in_hall(scene)
    sign(scene)
    package = Package.objects.get()
    for code in ("hall_out_of_reach", "hall_not_stopped"):
        with pytest.raises(RuleViolation, match=code):
            withdraw_from_hall(actor=scene.an, package=package, settle=lambda: None, within_s=0)
        if code == "hall_out_of_reach":
            scene.hall.start()
            scene.hall.kill()
    assert states() == LEAVING
    Job.objects.update(state=JobState.FAILED, ended_at=factories.now())
    scene.hall.start()
    assert start(device(scene, scene.entries[0])) == HELD

    page = page_of(scene.binh, f"{HERE}de/1/")
    assert "Phòng thi chưa xác nhận. Vui lòng kiểm tra phòng thi đang chạy" in page
    assert "Ký thu hồi</button>" not in page
    done = press(scene.binh, "de/1/thu-hoi/tiep/")
    assert messages_in(done) == ["Đề đã được thu hồi. Có thể lập và niêm phong đề khác."]
    assert states() == GONE
    assert today(done) == ["Lập đề"]
    assert messages_in(press(scene.binh, "de/1/thu-hoi/tiep/")) == ["Đề này không còn chờ thu hồi."]


def test_while_it_leaves_nothing_else_is_done_with_it(scene: Scene) -> None:
    in_hall(scene)
    factories.entry(scene.contest, "TD", "Bùi Văn Bảy", "TD-007")
    sign(scene)
    package = Package.objects.get()
    with pytest.raises(RuleViolation, match="being_withdrawn"):
        publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    with pytest.raises(RuleViolation, match="being_withdrawn"):
        withdraw_package(actor=scene.an, package=package, reason=REASON, now=factories.now())
    with pytest.raises(RuleViolation, match="already_sealed"):
        scene.seal()
    assert "hoàn tất việc thu hồi đề" in page_of(scene.an, "/ban-to-chuc/daknong-2023/")
    assert "Đề đang được thu hồi" in page_of(scene.an)
    again = ask_to_withdraw_again(actor=scene.an, package=package, now=factories.now())
    assert Job.objects.get(kind=WITHDRAW) == again


def test_a_roster_on_its_way_to_the_hall_is_taken_back_too(scene: Scene) -> None:
    """Killed after it was stored here: it may have arrived, or not."""
    in_hall(scene)
    Sitting.objects.update(state=SittingState.PREPARED)
    scene.hall.start()
    assert withdraw(scene) == ""
    assert states() == GONE


def test_a_sitting_that_the_hall_refuses_can_be_taken_back(scene: Scene) -> None:
    """Its roster in control was changed: the hall opens nothing and writes nothing of it."""
    sitting = in_hall(scene)
    with sqlite3.connect(scene.hall.control) as control:
        control.execute("UPDATE roster SET barred = 1 WHERE line = 1")
    control.close()
    scene.hall.start()
    assert withdraw(scene) == ""
    assert (states(), starts_in(scene, sitting)) == (GONE, 0)


def test_a_moved_window_changes_nothing(scene: Scene) -> None:
    """The evening before, when the opening is still to come."""
    sitting = in_hall(scene)
    later = sitting.closes_at
    move_opening(
        actor=scene.an, sitting=sitting, opens_at=later, reason="Sáng mai", now=factories.now()
    )
    scene.hall.start()
    assert device(scene, scene.entries[0]).pulse()[1]["state"] == "waiting"
    assert withdraw(scene) == ""
    assert states() == GONE


def test_a_collected_package_is_not_withdrawn(scene: Scene) -> None:
    sitting = in_hall(scene)
    Sitting.objects.filter(pk=sitting.pk).update(
        state=SittingState.COLLECTED, collected_at=factories.now()
    )
    assert withdraw(scene) == "withdrawn_too_late"
    assert "de/1/thu-hoi/" not in page_of(scene.an, f"{HERE}de/1/")


def test_a_sitting_collected_meanwhile_stops_the_withdrawal(scene: Scene) -> None:
    in_hall(scene)
    sign(scene)
    Sitting.objects.update(state=SittingState.COLLECTED, collected_at=factories.now())
    with pytest.raises(RuleViolation, match="withdrawn_too_late"):
        withdraw_from_hall(actor=scene.an, package=Package.objects.get(), settle=lambda: None)
    assert states() == (PackageState.SEALED, SittingState.COLLECTED, False)


def test_it_takes_two_and_a_reason(scene: Scene) -> None:
    in_hall(scene)
    scene.hall.start()
    assert press(scene.an, "de/1/thu-hoi/", reason=" ").count("errorlist") == 1
    page = page_of(scene.an, f"{HERE}de/1/")
    assert "Các ca thi theo đề này được rút khỏi phòng thi" in page
    press(scene.an, "de/1/thu-hoi/", reason=REASON)
    assert "Ký thu hồi</button>" not in page_of(scene.an, f"{HERE}de/1/")
    again = press(scene.an, "de/1/thu-hoi/", reason=REASON)
    assert "errorlist" in again or "band-bad" in again
    assert (states(), orders(scene)) == (STANDS, [])
    page = page_of(scene.binh, f"{HERE}de/1/")
    assert f"An đã ký, lý do: “{REASON}”. Đang chờ thành viên thứ hai" in page
    done = press(scene.binh, "de/1/thu-hoi/", reason=REASON)
    assert messages_in(done) == ["Đề đã được thu hồi. Có thể lập và niêm phong đề khác."]
    assert states() == GONE
    assert "Đã rút cùng đề" in done
    page = page_of(scene.an, f"{HERE}de/1/")
    assert re.search(rf"Người ký thu hồi.*An.*Bình.*{REASON}", page, flags=re.DOTALL)
    shown = page_of(scene.an, f"{HERE}ca/{Sitting.objects.get().pk}/")
    assert ("Thu hồi đề" in shown, "/gio-dong/" in shown) == (True, False)


def test_the_page_says_that_somebody_was_quicker(scene: Scene) -> None:
    in_hall(scene)
    scene.hall.start()
    press(scene.an, "de/1/thu-hoi/", reason=REASON)
    client = factories.sign_in(Client(), scene.binh)
    work = client.post(f"{HERE}de/1/thu-hoi/", {"reason": REASON}).headers["Location"]
    assert start(device(scene, scene.entries[0]))[0] == 200
    work_off()
    told = client.get(work).content.decode()
    assert "Đã có thí sinh bắt đầu thi, hoặc bài đã được thu, nên đề vẫn giữ niêm phong" in told
    page = page_of(scene.an, f"{HERE}de/1/")
    assert "An và Bình đã ký thu hồi đề này, nhưng khi đó đã có thí sinh bắt đầu thi" in page
    assert "Ký thu hồi</button>" not in page
