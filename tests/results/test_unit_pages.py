"""The pages of rounds that units hold, at the province and on a laptop."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from hoithi.entries.models import TeamChange
from hoithi.people.models import User
from hoithi.results.actions import Minutes, record_minutes
from hoithi.results.bundling import unit_file
from hoithi.results.kits import unlock
from hoithi.results.models import UnitKit, UnitResult
from hoithi.stage.models import Stage
from hoithi.stage.prizes import prizes_of
from hoithi.stage.queries import state_at
from tests import factories
from tests.documents.render.reading import lines, page_texts
from tests.results.units_scene import Province, opened_day, province

pytestmark = pytest.mark.django_db(transaction=True)
RESULT = "/ban-to-chuc/daknong-2023/vong/truc-tiep/ket-qua/"
HERE = f"{RESULT}don-vi/"
STAGE = "/ban-to-chuc/daknong-2023/vong/truc-tiep/san-khau/"


@pytest.fixture
def made() -> Province:
    return province()


def get(who: User, path: str, status: int = 200) -> str:
    answer = factories.sign_in(Client(), who).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def send(who: User, path: str, **fields: object) -> str:
    answer = factories.sign_in(Client(), who).post(path, fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def said(page: str) -> list[str]:
    return re.findall(r'<li class="band band-\w+">(.*?)</li>', page)


def zipped(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("kết quả (1).zip", content)


def test_a_kit_is_made_its_code_shown_once_and_the_file_opens_with_it(made: Province) -> None:
    page = send(made.secretary, f"{HERE}GN/bo-ho-so/")
    (code,) = re.findall(r"<strong>([0-9A-Z-]{19})</strong>", page)
    kit = UnitKit.objects.get()
    client = factories.sign_in(Client(), made.secretary)
    file = client.get(f"{HERE}GN/bo-ho-so/{kit.public_id.hex}.json")
    assert file["Content-Disposition"] == 'attachment; filename="bo-ho-so-truc-tiep-GN.json"'
    head, content = unlock(file.content, code.lower())
    assert (head.unit, [team.name for team in content.teams]) == ("GN", ["Gia Nghĩa"])
    assert "Trần Văn" not in file.content.decode()
    for path in (HERE, f"{HERE}GN/trang/"):
        assert code not in get(made.secretary, path)
    assert "lập" in get(made.secretary, HERE)


def test_a_second_kit_needs_a_reason_and_voids_the_first(made: Province) -> None:
    send(made.secretary, f"{HERE}GN/bo-ho-so/")
    first = UnitKit.objects.get()
    assert "errorlist" in send(made.secretary, f"{HERE}GN/bo-ho-so/", reason=" ")
    send(made.secretary, f"{HERE}GN/bo-ho-so/", reason="Quên mã mở")
    assert UnitKit.objects.filter(voided_at=None).exclude(pk=first.pk).count() == 1
    assert "hết hiệu lực" in get(made.secretary, f"{HERE}GN/trang/")
    get(made.secretary, f"{HERE}GN/bo-ho-so/{first.public_id.hex}.json", 404)


def test_a_file_is_taken_on_the_page_and_said_to_be_there_when_it_comes_again(
    made: Province,
) -> None:
    made.kit("GN")
    file = made.file("GN")
    page = send(made.secretary, f"{HERE}nhan/", file=zipped(file))
    (told,) = said(page)
    assert told.startswith("Đã nhận kết quả của Thành phố Gia Nghĩa. Mã đối chiếu: ")
    (again,) = said(send(made.secretary, f"{HERE}nhan/", file=zipped(file)))
    assert again.startswith("Kết quả này của Thành phố Gia Nghĩa đã nhận trước đó")
    assert UnitResult.objects.count() == 1
    unit = get(made.secretary, f"{HERE}GN/trang/")
    assert "54,25" in unit
    (path,) = re.findall(r'href="([^"]+/tep/[^"]+)"', unit)
    client = factories.sign_in(Client(), made.chair)
    assert client.get(path).content == file


def test_another_result_is_replaced_on_the_page_of_the_unit_only(made: Province) -> None:
    made.kit("GN")
    first, second = made.file("GN"), made.file("GN", marks="16")
    send(made.secretary, f"{HERE}nhan/", file=zipped(first))
    refused = send(made.secretary, f"{HERE}nhan/", file=zipped(second))
    assert "Thành phố Gia Nghĩa đã có kết quả khác được nhận." in refused
    assert "errorlist" in send(made.secretary, f"{HERE}GN/thay/", file=zipped(second), reason="")
    made.kit("CJ")
    made.take(made.file("CJ"))
    elsewhere = zipped(second)
    wrong = send(made.secretary, f"{HERE}CJ/thay/", file=elsewhere, reason="Sửa phiếu giấy")
    assert "Tệp này không phải của Huyện Cư Jút." in wrong
    assert UnitResult.objects.count() == 2
    page = send(made.secretary, f"{HERE}GN/thay/", file=zipped(second), reason="Sửa phiếu giấy")
    assert "Sửa phiếu giấy" in page
    assert ("54,25" in page, "55,25" in page) == (True, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x89PNG", "Tệp này không mở được như một tệp zip"),
        (bytes(21 << 20), "Tệp lớn hơn 20 MB"),
        (b"", "errorlist"),
    ],
)
def test_a_wrong_file_is_refused_in_the_form(made: Province, content: bytes, problem: str) -> None:
    made.kit("GN")
    assert problem in send(made.secretary, f"{HERE}nhan/", file=zipped(content))
    assert "errorlist" in send(made.secretary, f"{HERE}nhan/")
    assert UnitResult.objects.count() == 0


def test_the_province_neither_opens_the_stage_nor_enters_minutes(made: Province) -> None:
    send(made.secretary, f"{STAGE}chuan-bi/")
    (refused,) = said(send(made.secretary, f"{STAGE}mo/"))
    assert refused.startswith("Vòng này do từng đơn vị tổ chức trên máy của mình.")
    assert "Vòng thi tại đơn vị" in get(made.secretary, RESULT)
    get(made.secretary, f"{RESULT}gui-tinh/", 404)


def test_a_laptop_has_the_file_and_does_not_publish(made: Province) -> None:
    made.kit("GN")
    pages: dict[str, str] = {}

    def look() -> None:
        pages["send"] = get(made.chair, f"{RESULT}gui-tinh/")
        pages["result"] = get(made.chair, RESULT)
        pages["published"] = send(made.chair, f"{RESULT}cong-bo/")
        answer = factories.sign_in(Client(), made.chair).get(f"{RESULT}gui-tinh/tep.zip")
        pages["name"] = answer["Content-Disposition"]

    made.file("GN", also=look)
    assert "54,25" in pages["send"]
    assert re.search(r"<strong>([0-9A-F]{4} ){3}[0-9A-F]{4}</strong>", pages["send"])
    assert "Đây là máy của đơn vị: kết quả do tỉnh công bố." in pages["result"]
    assert "kết quả do tỉnh công bố" in pages["published"]
    assert pages["name"] == 'attachment; filename="ket-qua-truc-tiep-GN.zip"'


def test_the_minutes_of_a_units_round_have_the_check_code_and_no_prize(made: Province) -> None:
    made.kit("GN")
    seen: dict[str, str] = {}
    prizes = []

    def look() -> None:
        (seen["code"],) = re.findall(
            r"<strong>((?:[0-9A-F]{4} ){3}[0-9A-F]{4})</strong>",
            get(made.chair, f"{RESULT}gui-tinh/"),
        )
        client = factories.sign_in(Client(), made.chair)
        seen["pdf"] = " ".join(page_texts(client.get(f"{STAGE}bien-ban.pdf").content))
        word = Document(BytesIO(client.get(f"{STAGE}bien-ban.docx").content))
        seen["word"] = " ".join(lines(word))
        stage = Stage.objects.get(round=made.round)
        prizes.append(prizes_of(stage, state_at(stage)).shown)
        seen["result"] = get(made.chair, RESULT)

    made.take(made.file("GN", also=look))
    for minutes in (seen["pdf"], seen["word"]):
        assert f"Mã đối chiếu của tệp kết quả gửi tỉnh: {seen['code']}." in minutes
        assert "THÀNH PHỐ GIA NGHĨA" in minutes
        assert "Giải nhất" not in minutes
    assert prizes == [()]
    assert "Giải nhất" not in seen["result"]
    assert seen["code"] in get(made.secretary, f"{HERE}GN/trang/")
    assert "Giải nhất" in get(made.secretary, RESULT)


def test_before_the_round_is_closed_its_minutes_have_no_check_code(made: Province) -> None:
    made.kit("GN")
    with made.laptop("GN"):
        opened_day(made.round, made.secretary, made.chair, made.member)
        client = factories.sign_in(Client(), made.chair)
        text = " ".join(page_texts(client.get(f"{STAGE}bien-ban.pdf").content))
    assert "Mã đối chiếu: chưa có." in text


def test_a_kit_of_earlier_rules_or_of_another_team_is_said_to_be_outdated(made: Province) -> None:
    kit, _code = made.kit("GN")
    team = made.teams["GN"].team
    assert team is not None
    assert "cần lập bộ mới" not in get(made.secretary, HERE)
    TeamChange.objects.create(
        team=team,
        before={},
        after={},
        reason="Ốm",
        changed_by="Thư ký",
        changed_at=kit.made_at + timedelta(seconds=1),
    )
    assert "đội đã thay đổi" in get(made.secretary, HERE)
    assert "Đội của đơn vị đã thay đổi sau khi lập bộ" in get(made.secretary, f"{HERE}GN/trang/")
    made.take(made.file("GN"))
    assert "cần lập bộ mới" not in get(made.secretary, HERE)
    made.change_rules("most_seconds = 300", "most_seconds = 310")
    page = get(made.secretary, HERE)
    assert ("quy định đã đổi" in page, "chấm theo quy định cũ" in page) == (True, True)
    unit = get(made.secretary, f"{HERE}GN/trang/")
    assert "kết quả chấm theo bộ này không được nhận nữa" in unit
    assert "kết quả này chưa được tính và vòng thi chưa công bố được" in unit
    refused = send(made.chair, f"{RESULT}cong-bo/")
    assert "kết quả chưa được tính: Thành phố Gia Nghĩa." in refused


def test_a_result_from_minutes_on_paper_is_marked_with_the_fingerprint_of_the_scan(
    made: Province,
) -> None:
    made.kit("GN")
    made.kit("CJ")
    made.take(made.file("CJ"))
    scan = b"%PDF-1.7 minutes"
    minutes = Minutes(
        held_on=timezone.localdate(),
        place="Nhà văn hóa",
        late_reason="",
        scan_name="bien-ban.pdf",
        scan=scan,
        marks={
            made.teams["GN"].public_id.hex: {
                "gioi-thieu": "23.5",
                "kien-thuc": "20",
                "tieu-pham": "36",
            }
        },
    )
    with made.laptop("GN"):
        for who in (made.chair, made.member):
            record_minutes(actor=who, each=made.round, minutes=minutes, now=factories.now())
        _statement, file = unit_file(made.round)
    made.take(file)
    assert get(made.secretary, HERE).count("theo biên bản giấy") == 1
    assert hashlib.sha256(scan).hexdigest() in get(made.secretary, f"{HERE}GN/trang/")
    assert "biên bản giấy" not in get(made.secretary, f"{HERE}CJ/trang/")


def queries(who: User, path: str) -> int:
    client = factories.sign_in(Client(), who)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_pages_cost_the_same_with_one_result_and_with_three(made: Province) -> None:
    made.kit("GN")
    files = [made.file("GN", marks=marks) for marks in ("15", "16", "17")]
    made.take(files[0])
    before = [queries(made.secretary, path) for path in (HERE, f"{HERE}GN/trang/")]
    for file in files[1:]:
        made.take(file, "Sửa phiếu giấy")
    for unit in ("CJ", "DM"):
        made.kit(unit)
        made.take(made.file(unit))
    made.kit("GN", "Quên mã mở")
    assert [queries(made.secretary, path) for path in (HERE, f"{HERE}GN/trang/")] == before


def test_the_keys_of_units_are_public_before_any_result(made: Province) -> None:
    first, code = made.kit("GN")
    second, newer = made.kit("GN", "Quên mã mở")
    page = Client().get("/hoi-thi/daknong-2023/niem-phong/").content.decode()
    assert page.index(first.public_key) < page.index(second.public_key)
    assert [secret for secret in (code, newer, "Quên mã mở") if secret in page] == []
    kept = Client().get("/hoi-thi/daknong-2023/niem-phong/van-tay.json").json()
    assert kept["rounds"]["truc-tiep"]["kits"] == {"GN": [first.public_key, second.public_key]}
    assert "kits" not in kept["rounds"]["truc-tuyen"]


def test_before_the_round_is_closed_a_laptop_says_so(made: Province) -> None:
    made.kit("GN")
    with made.laptop("GN"):
        assert "Vòng thi chưa kết thúc" in get(made.chair, f"{RESULT}gui-tinh/")
        get(made.chair, f"{RESULT}gui-tinh/tep.zip", 404)
