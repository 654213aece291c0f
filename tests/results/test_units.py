"""Rounds that units hold: kits, and what the province takes of the files that come back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from django.utils import timezone

from hoithi.audit.models import LogEntry
from hoithi.exam.bundling import write_bundle
from hoithi.portal.queries.trust import public_values
from hoithi.results.actions import Minutes, decide_tie, publish, record_minutes
from hoithi.results.actions.choosing import choose
from hoithi.results.bundling import unit_file
from hoithi.results.kits import new_key, sign, unlock
from hoithi.results.models import RoundScore, UnitKit, UnitResult
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import struct_bytes
from hoithi.verify.checks import examine, verify
from hoithi.verify.findings import Finding
from hoithi.verify.units import Signed, Statement, bundle_digest
from tests import factories
from tests.results.units_scene import Province, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> tuple[Province, bytes]:
    """Kits for two units, and what Gia Nghĩa sends."""
    made = province()
    made.kit("GN")
    made.kit("CJ")
    return made, made.file("GN")


def refused(made: Province, file: bytes, reason: str = "") -> str:
    with pytest.raises(RuleViolation) as caught:
        made.take(file, reason)
    return caught.value.code


def points(made: Province) -> dict[str, Decimal]:
    found = RoundScore.objects.filter(round=made.round, voided_at=None).select_related("entry")
    return {score.entry.number: score.points for score in found}


def test_a_units_marks_are_taken_once_however_often_they_are_sent(
    held: tuple[Province, bytes],
) -> None:
    made, file = held
    assert made.take(file)
    # 15 + 8 in the first part without a deduction, nothing in the quiz, 15 + 16,25 in the sketch.
    assert points(made) == {"GN-D01": Decimal("54.25")}
    rows, written = RoundScore.objects.count(), LogEntry.objects.count()
    assert [made.take(file), made.take(file)] == [False, False]
    assert UnitResult.objects.count() == 1
    assert (RoundScore.objects.count(), LogEntry.objects.count()) == (rows, written)


def test_units_make_one_round_and_a_stranger_recomputes_it(
    held: tuple[Province, bytes], tmp_path: Path
) -> None:
    made, file = held
    assert made.take(made.file("CJ", marks="17"))
    assert made.take(file)
    assert points(made) == {"GN-D01": Decimal("54.25"), "CJ-D01": Decimal("56.25")}
    publish(actor=made.chair, each=made.round, reason="", now=factories.now())
    path = tmp_path / "bundle.zip"
    write_bundle(made.contest, path, factories.now())
    assert verify(path) == []
    with zipfile.ZipFile(path) as bundle:
        assert "rounds/truc-tiep/units.json" in bundle.namelist()
        assert "Trần Văn" not in bundle.read("rounds/truc-tiep/units.json").decode()


def unpacked(file: bytes) -> tuple[Signed, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as sent:
        signed = msgspec.json.decode(sent.read("signed.json"), type=Signed)
        return signed, sent.read("bundle.zip")


def packed(signed: Signed, bundle: bytes, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as sent:
        sent.writestr("bundle.zip", bundle)
        sent.writestr("signed.json", struct_bytes(signed))
        for name, content in more.items():
            sent.writestr(name, content)
    return out.getvalue()


def rebundled(bundle: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The bundle with one file changed and everything made anew that hangs on it."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as old:
        files = {name: change(name, old.read(name)) for name in old.namelist()}
    manifest = msgspec.json.decode(files.pop("manifest.json"))
    manifest["files"] = {name: bundle_digest(content) for name, content in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
        new.writestr("manifest.json", msgspec.json.encode(manifest, order="sorted"))
    return out.getvalue()


def seed_of(made: Province, unit: str) -> bytes:
    kit, code = made.kits[unit]
    return bytes.fromhex(unlock(bytes(kit.file), code)[1].seed)


def signed_again(made: Province, by: str, signed: Signed, bundle: bytes, **said: object) -> bytes:
    """By whoever holds the unit's own key, over another bundle or other words."""
    statement = msgspec.structs.replace(
        signed.statement, **{"bundle": bundle_digest(bundle), **said}
    )
    return packed(Signed(statement, sign(seed_of(made, by), statement)), bundle)


def in_log(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if not name.endswith("stage.json"):
            return content
        assert old in content
        return content.replace(old, new, 1)

    return change


def test_what_people_really_send_is_refused_with_its_reason(
    held: tuple[Province, bytes], tmp_path: Path
) -> None:
    made, file = held
    signed, bundle = unpacked(file)
    said = signed.statement
    entry = made.teams["GN"].public_id.hex
    other = {made.teams["CJ"].public_id.hex: said.marks[entry]}
    higher = {entry: {**said.marks[entry], "gioi-thieu": Decimal(30)}}
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bundle.zip", bytes(300 << 20))
        out.writestr("signed.json", b"{}")
    another_mark = rebundled(bundle, in_log(b'"noi-dung":"15"', b'"noi-dung":"20"'))
    barred = rebundled(bundle, in_log(b'"barred":[]', b'"barred":["' + entry.encode() + b'"]'))
    rules = rebundled(
        bundle, lambda _name, content: content.replace(b'"wrong":"0"', b'"wrong":"1"')
    )
    strange = rebundled(bundle, lambda _name, content: content)
    with zipfile.ZipFile(io.BytesIO(bundle)) as inside:
        no_zip_64 = inside.read("rounds/truc-tiep/stage.json")
    cases: dict[str, tuple[bytes, str]] = {
        "nothing": (b"", "unit_file_no_zip"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "unit_file_no_zip"),
        "the log alone": (no_zip_64, "unit_file_no_zip"),
        "cut": (file[: len(file) // 2], "unit_file_no_zip"),
        "the kit": (bytes(made.kits["GN"][0].file), "unit_file_no_zip"),
        "a bundle": (bundle, "unit_file_unreadable"),
        "a bomb": (bomb.getvalue(), "unit_file_unreadable"),
        "one file more": (packed(signed, bundle, thumbs=b"x"), "unit_file_unreadable"),
        "too large": (bytes(21 << 20), "unit_file_too_large"),
        "another contest": (
            signed_again(made, "GN", signed, bundle, contest="binhthuan-2024"),
            "unit_file_other_contest",
        ),
        "another round": (
            signed_again(made, "GN", signed, bundle, round="truc-tuyen"),
            "unit_file_other_round",
        ),
        "in the name of another unit": (
            signed_again(made, "GN", signed, bundle, unit="CJ"),
            "unit_kit_unknown",
        ),
        "a kit that was never made": (
            signed_again(made, "GN", signed, bundle, kit="ab" * 16),
            "unit_kit_unknown",
        ),
        "by another unit's key": (
            signed_again(made, "CJ", signed, bundle),
            "unit_file_not_signed",
        ),
        "other rules": (
            signed_again(made, "GN", signed, bundle, regulation="ab" * 32),
            "unit_rules_differ",
        ),
        "other words, same signature": (
            packed(Signed(msgspec.structs.replace(said, marks=higher), signed.signature), bundle),
            "unit_file_not_signed",
        ),
        "another bundle, same statement": (packed(signed, strange + b"x"), "unit_file_unfit"),
        "a mark of the statement": (
            signed_again(made, "GN", signed, bundle, marks=higher),
            "unit_file_unfit",
        ),
        "a team of another unit": (
            signed_again(made, "GN", signed, bundle, marks=other),
            "unit_file_unfit",
        ),
        "a mark in the log": (signed_again(made, "GN", signed, another_mark), "unit_file_unfit"),
        "a line of the log": (signed_again(made, "GN", signed, barred), "unit_file_unfit"),
        "rules in the bundle": (signed_again(made, "GN", signed, rules), "unit_file_unfit"),
    }
    told = {name: refused(made, content) for name, (content, _code) in cases.items()}
    assert told == {name: code for name, (_content, code) in cases.items()}
    assert UnitResult.objects.count() == 0
    assert RoundScore.objects.count() == 0
    assert made.take(file)


def test_another_result_of_a_unit_is_taken_with_a_reason_and_the_first_stays_readable(
    held: tuple[Province, bytes],
) -> None:
    made, file = held
    corrected = made.file("GN", marks="16")
    assert made.take(file)
    assert refused(made, corrected) == "unit_result_is_there"
    assert points(made) == {"GN-D01": Decimal("54.25")}
    assert made.take(corrected, "Nhập lại phiếu giấy của giám khảo 3")
    assert points(made) == {"GN-D01": Decimal("55.25")}
    first, second = UnitResult.objects.order_by("id")
    assert (first.voided_at is not None, second.voided_at) == (True, None)
    assert second.reason == "Nhập lại phiếu giấy của giám khảo 3"
    assert not made.take(corrected)
    assert refused(made, file) == "unit_result_is_there"


def test_what_an_older_key_signed_is_not_taken_any_more(held: tuple[Province, bytes]) -> None:
    made, file = held
    with pytest.raises(RuleViolation) as caught:
        made.kit("GN")
    assert caught.value.code == "kit_is_there"
    made.kit("GN", "Mất máy tính")
    assert refused(made, file) == "unit_kit_void"
    assert UnitKit.objects.filter(unit__code="GN", voided_at=None).count() == 1


def test_what_was_taken_before_a_kit_was_replaced_stays(held: tuple[Province, bytes]) -> None:
    made, file = held
    made.take(file)
    made.kit("GN", "Mất máy tính")
    assert not made.take(file)
    assert points(made) == {"GN-D01": Decimal("54.25")}


def test_a_key_that_somebody_made_signs_nothing(held: tuple[Province, bytes]) -> None:
    made, file = held
    signed, bundle = unpacked(file)
    seed, _public = new_key()
    forged = Signed(signed.statement, sign(bytes.fromhex(seed), signed.statement))
    assert refused(made, packed(forged, bundle)) == "unit_file_not_signed"


def test_a_unit_may_enter_signed_minutes_instead(
    held: tuple[Province, bytes], tmp_path: Path
) -> None:
    made, _file = held
    marks = {"gioi-thieu": "23.5", "kien-thuc": "20", "tieu-pham": "36"}
    minutes = Minutes(
        held_on=timezone.localdate(),
        place="Nhà văn hóa huyện",
        late_reason="",
        scan_name="bien-ban.pdf",
        scan=b"%PDF-1.7 minutes",
        marks={made.teams["CJ"].public_id.hex: marks},
    )
    with pytest.raises(RuleViolation) as caught:
        record_minutes(actor=made.chair, each=made.round, minutes=minutes, now=factories.now())
    assert caught.value.code == "held_by_units"
    with made.laptop("CJ"):
        for who in (made.chair, made.member):
            record_minutes(actor=who, each=made.round, minutes=minutes, now=factories.now())
        _statement, file = unit_file(made.round)
    signed, _bundle = unpacked(file)
    assert (signed.statement.head, len(signed.statement.scan_sha256)) == ("", 64)
    assert made.take(file)
    assert points(made) == {"CJ-D01": Decimal("79.50")}
    publish(actor=made.chair, each=made.round, reason="", now=factories.now())
    write_bundle(made.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []


def test_what_a_unit_marked_by_earlier_rules_does_not_count_and_holds_up_the_publishing(
    held: tuple[Province, bytes],
) -> None:
    made, file = held
    made.take(file)
    made.change_rules("most_seconds = 300", "most_seconds = 310")
    assert made.take(made.file("CJ", marks="17"))
    assert points(made) == {"CJ-D01": Decimal("56.25")}
    with pytest.raises(RuleViolation) as caught:
        publish(actor=made.chair, each=made.round, reason="", now=factories.now())
    assert (caught.value.code, caught.value.params) == (
        "unit_results_outdated",
        {"units": "Thành phố Gia Nghĩa"},
    )
    assert not made.take(file)
    assert made.take(made.file("GN"), "Thi lại theo quy định mới")
    assert points(made) == {"GN-D01": Decimal("54.25"), "CJ-D01": Decimal("56.25")}
    publish(actor=made.chair, each=made.round, reason="", now=factories.now())


def test_a_units_committee_decides_nothing_of_the_provinces_prizes(
    held: tuple[Province, bytes],
) -> None:
    made, _file = held
    entry, now = made.teams["GN"].public_id.hex, factories.now()
    told = []

    def decide() -> None:
        with pytest.raises(RuleViolation) as tie:
            decide_tie(actor=made.chair, each=made.round, order=[entry], reason="Lý do", now=now)
        with pytest.raises(RuleViolation) as choice:
            choose(
                actor=made.chair,
                each=made.round,
                about="khan-gia",
                order=[entry],
                reason="Lý do",
                now=now,
            )
        told.extend([tie.value.code, choice.value.code])

    made.file("GN", also=decide)
    assert told == ["decided_by_province"] * 2


def test_a_key_that_was_public_is_the_one_by_which_a_unit_has_signed(
    held: tuple[Province, bytes], tmp_path: Path
) -> None:
    made, file = held
    made.kit("CJ", "Mất máy tính")
    before = public_values(made.contest)
    keys = {unit: made.kits[unit][0].public_key for unit in ("GN", "CJ")}
    assert before.rounds["truc-tiep"].kits["GN"] == [keys["GN"]]
    assert len(before.rounds["truc-tiep"].kits["CJ"]) == 2
    assert before.rounds["truc-tiep"].kits["CJ"][1] == keys["CJ"]
    made.take(file)
    made.kit("GN", "Sau khi đã gửi kết quả")
    publish(actor=made.chair, each=made.round, reason="", now=factories.now())
    path = tmp_path / "bundle.zip"
    write_bundle(made.contest, path, factories.now())
    report = examine(path, before)
    assert (report.findings, report.values is not None) == ([], True)
    assert report.values is not None
    assert report.values.rounds["truc-tiep"].kits == {"GN": [keys["GN"]]}
    result = UnitResult.objects.get()
    seed, public = new_key()
    said = msgspec.convert(result.statement, Statement)
    result.signature = sign(bytes.fromhex(seed), said)
    result.save()
    UnitKit.objects.filter(pk=result.kit_id).update(public_key=public)
    forged = tmp_path / "forged.zip"
    write_bundle(made.contest, forged, factories.now())
    assert verify(forged) == []
    assert examine(forged, before).findings == [
        Finding("not_as_public", "rounds/truc-tiep/units.json/GN", "kit")
    ]


def _a_mark_of_the_statement(result: UnitResult) -> None:
    for marks in result.statement["marks"].values():
        marks["gioi-thieu"] = "30"


def _a_line(result: UnitResult) -> None:
    result.log[5]["at_ms"] += 1


def _the_last_lines(result: UnitResult) -> None:
    del result.log[-3:]


def _the_key(result: UnitResult) -> None:
    UnitKit.objects.filter(pk=result.kit_id).update(public_key=new_key()[1])


def _the_contest(result: UnitResult) -> None:
    result.statement["contest"] = "daknong-2024"
    said = msgspec.convert(result.statement, Statement)
    seed, public = new_key()
    result.signature = sign(bytes.fromhex(seed), said)
    UnitKit.objects.filter(pk=result.kit_id).update(public_key=public)


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (_a_mark_of_the_statement, "unit_not_signed"),
        (_a_line, "unit_log_differs"),
        (_the_last_lines, "unit_log_differs"),
        (_the_key, "unit_not_signed"),
        (_the_contest, "unit_of_other_round"),
    ],
)
def test_a_stranger_is_told_what_the_province_changed_of_a_units_round(
    held: tuple[Province, bytes],
    tmp_path: Path,
    tamper: Callable[[UnitResult], None],
    code: str,
) -> None:
    made, file = held
    made.take(file)
    publish(actor=made.chair, each=made.round, reason="", now=factories.now())
    result = UnitResult.objects.get()
    tamper(result)
    result.save()
    write_bundle(made.contest, tmp_path / "bundle.zip", factories.now())
    found = verify(tmp_path / "bundle.zip")
    assert [finding.code for finding in found] == [code]
