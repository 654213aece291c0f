"""The pages of rounds that units hold, at the province and on a laptop."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hoithi.people.models import User
from hoithi.results.kits import unlock
from hoithi.results.models import UnitKit, UnitResult
from tests import factories
from tests.results.units_scene import Province, province

pytestmark = pytest.mark.django_db(transaction=True)
RESULT = "/ban-to-chuc/daknong-2023/vong/truc-tiep/ket-qua/"
HERE = f"{RESULT}don-vi/"


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
    stage = "/ban-to-chuc/daknong-2023/vong/truc-tiep/san-khau/"
    send(made.secretary, f"{stage}chuan-bi/")
    (refused,) = said(send(made.secretary, f"{stage}mo/"))
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


def test_before_the_round_is_closed_a_laptop_says_so(made: Province) -> None:
    made.kit("GN")
    with made.laptop("GN"):
        assert "Vòng thi chưa kết thúc" in get(made.chair, f"{RESULT}gui-tinh/")
        get(made.chair, f"{RESULT}gui-tinh/tep.zip", 404)
