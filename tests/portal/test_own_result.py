"""A contestant's own result, with a real hall behind it; and that nothing of others leaks."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from hoithi.config.cli import main
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import RosterLine, Sitting
from hoithi.hall.formats import receipt_bytes
from hoithi.people.keys import vault
from hoithi.results.actions import publish, rule_on_item
from hoithi.rules import paper
from hoithi.rules.codes import grouped
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import examine, verify
from hoithi.verify.public import PublicValues
from hoithi.web.wording import moment
from tests import factories
from tests.exam.scene import Scene
from tests.portal.scene import HOME, RESULTS, text_of

pytestmark = pytest.mark.django_db(transaction=True)
OWN = "/ket-qua-cua-toi/"
BUNDLE = f"{HOME}niem-phong/ho-so-kiem-chung.zip"
NATIONAL_ID = "034567890123"
PHONE = "0912345678"
PUBLIC = ("/", HOME, RESULTS, f"{HOME}ket-qua/truc-tiep/", f"{HOME}niem-phong/", OWN, "/kiem-tra/")


def ask(client: Client, code: str, address: str = "203.0.113.1") -> str:
    """The page that a code opens, as HTML."""
    response = client.post(OWN, {"code": code}, REMOTE_ADDR=address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def downloaded(client: Client, address: str) -> bytes:
    """The bytes of a file that is served."""
    response = client.get(address)
    assert response.status_code == 200
    with closing(response):
        return bytes(response.getvalue())


def open_hall(scene: Scene) -> Sitting:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    return sitting


def publish_round(scene: Scene, reason: str = "") -> None:
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason=reason, now=factories.now())


def test_who_has_a_window_reads_its_time_and_nobody_else_does(
    hall_scene: Scene, client: Client
) -> None:
    """The sitting is over for the others."""
    sitting = open_hall(hall_scene)
    now = factories.now()
    sitting.opens_at, sitting.closes_at = now - timedelta(days=2), now - timedelta(days=1)
    sitting.save()
    own, other = (access_code_of(entry) for entry in hall_scene.entries[:2])
    over = f"Vòng thi đã kết thúc lúc {moment(sitting.closes_at)}"
    assert over in ask(client, own)
    opens_at, closes_at = now + timedelta(hours=1), now + timedelta(hours=2)
    lines = sitting.lines.filter(entry=hall_scene.entries[0])
    lines.update(window_opens_at=opens_at, window_closes_at=closes_at)
    told = f"được bắt đầu thi từ {moment(opens_at)} đến {moment(closes_at)}"
    assert (told in ask(client, own), over in ask(client, own)) == (True, False)
    assert (told in ask(client, other), over in ask(client, other)) == (False, True)
    opens_at, closes_at = now - timedelta(hours=2), now - timedelta(hours=1)
    lines.update(window_opens_at=opens_at, window_closes_at=closes_at)
    assert f"Khung giờ riêng của anh/chị đã kết thúc lúc {moment(closes_at)}" in ask(client, own)
    assert over in ask(client, other)


def last_item(sitting: Sitting, entry: Entry) -> str:
    """The item that stands last in somebody's paper."""
    questions = paper.read_questions(bytes(sitting.package.questions))
    key = bytes.fromhex(sitting.lines.get(entry=entry).entry_key)
    return questions.file.items[paper.draw(questions, key, 1)[-1].item].id


def rule_for_all(scene: Scene, item: str) -> None:
    """Two people give the points of an item to everybody."""
    for actor in (scene.an, scene.binh):
        rule_on_item(
            actor=actor,
            each=scene.round,
            item=item,
            effect="points_to_all",
            option=None,
            reason="Hai phương án đều đúng",
            now=factories.now(),
        )


def plant(entry: Entry) -> None:
    """Give somebody numbers that must never be seen."""
    assert entry.person is not None
    national_id, phone = (
        vault().seal("national_id", NATIONAL_ID.encode()),
        vault().seal("phone", PHONE.encode()),
    )
    entry.person.national_id_cipher = national_id.cipher
    entry.person.phone_cipher = phone.cipher
    entry.person.key_id = national_id.key_id
    entry.person.national_id_index = vault().index("national_id", NATIONAL_ID)
    entry.person.phone_index = vault().index("phone", PHONE)
    entry.person.save()


def secrets_of(scene: Scene, sitting: Sitting) -> list[str]:
    """What no page for everybody may ever contain."""
    lines = RosterLine.objects.filter(sitting=sitting).select_related("entry__person")
    found = [NATIONAL_ID, PHONE, scene.barred.barred_reason]
    for line in lines:
        person = line.entry.person
        assert person is not None
        found += [line.entry_key, line.code_tag, line.entry.public_id.hex]
        found += [access_code_of(line.entry), grouped(access_code_of(line.entry))]
        found += [person.national_id_index, person.phone_index]
    return [secret for secret in found if secret]


def questions_of(sitting: Sitting) -> dict[str, str]:
    """The right option of each question by its stem, from the bank."""
    return {
        item.version.stem: item.version.options[item.version.key]
        for item in sitting.package.items.select_related("version")
    }


def shown_questions(html: str) -> list[tuple[str, list[str], list[str]]]:
    """(stem, options marked as right, options marked as chosen) of each question on the page."""
    found = []
    for card in re.findall(r'<li class="card[^"]*">(.*?)</ol>', html, re.DOTALL):
        stem = re.findall(r'<p lang="vi">(.*?)</p>', card, re.DOTALL)[0]
        options = re.findall(r'<li><span lang="vi">(.*?)</span>(.*?)</li>', card, re.DOTALL)
        right = [unescape(text) for text, marks in options if "Đáp án" in marks]
        chosen = [unescape(text) for text, marks in options if "Anh/chị chọn" in marks]
        found.append((unescape(stem), right, chosen))
    return found


def test_a_round_from_its_seal_to_its_publication_as_one_contestant_sees_it(
    hall_scene: Scene, client: Client
) -> None:
    scene = hall_scene
    one, two = scene.entries[:2]
    plant(two)
    sitting = open_hall(scene)
    code = access_code_of(one)
    assert "Vòng thi mở từ" in ask(client, code)
    receipt = scene.sit(one, sitting, 28)
    scene.sit(two, sitting, 30)
    scene.sit(scene.barred, sitting, 29)
    scene.close(sitting)
    close_round(actor=scene.an, each=scene.round, now=factories.now())

    page = ask(client, code)
    assert "Vòng thi đã kết thúc lúc" in page
    assert receipt in page
    assert "Biên nhận này có trong danh sách 3 biên nhận đã thu." in page
    assert sitting.closing is not None
    root = sitting.closing["receipts_root"]
    assert root in page
    digest = hashlib.sha256(b"\x00" + receipt_bytes(receipt)).digest()
    for side, neighbour in re.findall(r"<li>bên (trái|phải) <code>(\w+)</code></li>", page):
        other = bytes.fromhex(neighbour)
        pair = other + digest if side == "trái" else digest + other
        digest = hashlib.sha256(b"\x01" + pair).digest()
    assert digest.hex() == root
    assert "28/30" not in page
    assert shown_questions(page) == []
    assert [stem for stem in questions_of(sitting) if stem in unescape(page)] == []

    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    page = ask(client, code)
    text = text_of(page)
    assert "28 điểm 2 thứ hạng trong 2 người" in text
    assert "Xin chúc mừng anh/chị đạt Giải nhì" in text
    assert "Phân định với người xếp ngay trên: tổng điểm." in text
    assert "Số câu đúng 28/30" in text
    shown = shown_questions(page)
    answers = questions_of(sitting)
    assert [right for _, right, _ in shown] == [[answers[stem]] for stem, _, _ in shown]
    assert [right == chosen for _, right, chosen in shown] == [True] * 28 + [False] * 2
    assert all(len(chosen) == 1 for _, _, chosen in shown)
    assert code not in page
    assert grouped(code) not in page
    assert "Theo Thể lệ, anh/chị không được xếp hạng" in ask(client, access_code_of(scene.barred))
    assert "không có bài thi của anh/chị" in ask(client, access_code_of(scene.entries[4]))


def test_a_ruling_shows_when_its_correction_is_published_and_so_does_the_bundle(
    hall_scene: Scene,
    client: Client,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = hall_scene
    settings.FILES = tmp_path / "files"
    scene.contest.rounds.filter(key="truc-tiep").update(purpose="practice")
    sitting = open_hall(scene)
    entry = scene.entries[0]
    scene.sit(entry, sitting, 29)
    scene.close(sitting)
    publish_round(scene)
    rule_for_all(scene, last_item(sitting, entry))
    due = (
        "the bundle was not written: a correction is due (Thi trực tuyến). "
        "Grade again after a ruling and publish the correction, then ask for the bundle\n"
    )
    for is_graded in (False, True):
        if is_graded:
            close_round(actor=scene.an, each=scene.round, now=factories.now())
        assert client.get(BUNDLE).status_code == 302
        assert main(["bundle", scene.contest.key, str(tmp_path / "b.zip")]) == 1
        assert capsys.readouterr().err == due
        assert not list(tmp_path.glob("b.zip*"))
        if not is_graded:
            with pytest.raises(RuleViolation) as refused:
                publish(actor=scene.an, each=scene.round, reason="Vội", now=factories.now())
            assert refused.value.code == "grading_outdated"

    between = ask(client, access_code_of(entry))
    assert ("29/30" in between, "quyết định của hai" in between) == (True, False)
    assert client.get(BUNDLE).status_code == 302

    publish(actor=scene.an, each=scene.round, reason="Đính chính", now=factories.now())
    after = ask(client, access_code_of(entry))
    assert ("30/30" in after, "mọi thí sinh được tính điểm câu này" in after) == (True, True)
    assert BUNDLE in client.get(f"{HOME}niem-phong/").content.decode()
    first = downloaded(client, BUNDLE)
    (kept,) = (tmp_path / "files/bundles").iterdir()
    written = kept.stat().st_mtime_ns
    assert (kept.read_bytes(), verify(kept)) == (first, [])
    page = client.get(f"{HOME}niem-phong/van-tay.json").content
    public = msgspec.json.decode(page, type=PublicValues)
    report = examine(kept, public)
    assert (report.findings, report.values) == ([], public)
    assert (downloaded(client, BUNDLE), kept.stat().st_mtime_ns) == (first, written)


def test_nothing_leaks_to_pages_for_everybody(
    hall_scene: Scene, client: Client, settings: Settings, tmp_path: Path
) -> None:
    scene = hall_scene
    settings.FILES = tmp_path / "files"
    scene.contest.rounds.filter(key="truc-tiep").update(purpose="practice")
    plant(scene.entries[0])
    scene.barred.barred_reason = "Em ruột của một thư ký"
    scene.barred.save()
    sitting = open_hall(scene)
    scene.sit(scene.entries[0], sitting, 28)
    scene.sit(scene.barred, sitting, 29)
    secrets = secrets_of(scene, sitting)
    questions = list(questions_of(sitting))
    assert len(secrets) > 20
    for publish_now in (False, True):
        if publish_now:
            scene.close(sitting)
            publish_round(scene)
        for language in ("vi", "en"):
            client.cookies["language"] = language
            for address in PUBLIC:
                page = unescape(client.get(address).content.decode())
                assert [secret for secret in secrets if secret in page] == [], address
                assert [stem for stem in questions if stem in page] == [], address
    names = [entry.person.name for entry in scene.entries if entry.person]
    page = unescape(client.get(RESULTS).content.decode())
    assert [name for name in names if name in page] == names[:1]
    own = unescape(ask(client, access_code_of(scene.entries[0])))
    others = [secret for secret in secrets if secret not in ("", scene.barred.barred_reason)]
    assert [secret for secret in others if secret in own] == []
    assert [name for name in names[1:] if name in own] == []
