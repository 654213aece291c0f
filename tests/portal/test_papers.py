"""The public page of an issued paper."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from hoithi.documents.actions import revoke
from hoithi.documents.models import Document
from tests import factories
from tests.portal.scene import certificate, read

pytestmark = pytest.mark.django_db


def take_back(document: Document, reason: str) -> None:
    revoke(document=document, reason=reason, actor_id="0", actor_name="hoithi", now=factories.now())


def address(document: Document) -> str:
    return f"/kiem-tra/{document.check_code}/"


def test_a_standing_paper_says_its_facts_and_no_more(client: Client) -> None:
    document = certificate()
    page = read(client, address(document))
    assert "Số 01/GCN-BTC" in page
    assert "Hợp lệ, còn hiệu lực" in page
    assert (
        "Họ và tên Trần Thị Hòa Đơn vị Huyện Cư Jút Giải Giải nhất Vòng thi Thi trực tuyến"
        f" Hội thi Hội thi Chuyển đổi số Mã {document.check_code}"
    ) in page
    assert "không được in ra" not in page
    assert "Giấy mẫu" not in page


def test_a_paper_taken_back_says_why_and_what_stands_in_its_place(client: Client) -> None:
    old = certificate("Trần Thị Hoà")
    take_back(old, "Tên in sai")
    page = read(client, address(old))
    assert "Đã thu hồi" in page
    assert ": Tên in sai." in page
    assert "được cấp để thay thế" not in page
    certificate("Trần Thị Hòa")
    assert "Giấy số 02/GCN-BTC được cấp để thay thế." in read(client, address(old))
    assert "còn hiệu lực" not in read(client, address(old)).replace("còn hiệu lực hay không", "")


def test_a_sample_is_called_one(client: Client) -> None:
    assert "Giấy mẫu: không ai được trao giải này." in read(
        client, address(certificate(sample=True))
    )


def test_an_unknown_code_is_said_plainly(client: Client) -> None:
    page = read(client, "/kiem-tra/ABCDEFGH2345/", 404)
    assert "Không có giấy nào được cấp với mã này." in page


@pytest.mark.parametrize("way", ["{0}", " {1} ", "{2}", "{3}"])
def test_a_code_is_read_as_people_type_it(client: Client, way: str) -> None:
    document = certificate()
    Document.objects.update(check_code="01ABCDEFGH23")
    typed = way.format("01abcdefgh23", "01AB CDEF GH23", "oiab-cdef-gh23", "Olab.cdef.gh23")
    response = client.get("/kiem-tra/", {"ma": typed})
    assert (response.status_code, response["Location"]) == (302, "/kiem-tra/01ABCDEFGH23/")
    assert "Trần Thị Hòa" in read(client, "/kiem-tra/01ABCDEFGH23/")
    assert "Trần Thị Hòa" in read(client, f"/kiem-tra/{typed.strip()}/")
    assert document.pk


@pytest.mark.parametrize("typed", ["", "   ", "--", "Ư" * 12, "../x", "a" * 61, "a/b?c", "<b>"])
def test_what_is_no_code_is_asked_again(client: Client, typed: str) -> None:
    response = client.get("/kiem-tra/", {"ma": typed})
    assert response.status_code == 200
    assert b"<b>" not in response.content


def test_papers_cost_one_query_more_when_taken_back(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = certificate()
    with django_assert_num_queries(2):
        client.get(address(document))
    take_back(document, "Tên in sai")
    with django_assert_num_queries(3):
        client.get(address(document))


def test_the_pages_speak_english_when_asked(client: Client) -> None:
    document = certificate()
    client.cookies["language"] = "en"
    assert "Genuine, in force" in read(client, address(document))
    assert "Twelve letters and digits" in read(client, "/kiem-tra/")
    assert "No paper has been issued with this code." in read(client, "/kiem-tra/AAAA/", 404)
