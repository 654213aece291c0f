"""Addresses that take forms only, forms that were open for too long, pages that are not open."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hoithi.contests.models import Contest
from hoithi.people.models import Role, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE)


@pytest.mark.parametrize(
    ("address", "above"),
    [
        (
            "/ban-to-chuc/daknong-2023/can-xac-nhan/1/xac-nhan/",
            "/ban-to-chuc/daknong-2023/can-xac-nhan/",
        ),
        ("/ngon-ngu/", "/"),
    ],
)
def test_an_address_that_only_takes_forms_leads_back(an: User, address: str, above: str) -> None:
    response = factories.sign_in(Client(), an).get(address)
    page = response.content.decode()
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Địa chỉ này chỉ nhận biểu mẫu gửi đến" in page
    assert f'<a class="button main" href="{above}">Quay lại trang</a>' in page


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("address", ["/", "/tai-khoan/dang-nhap/", "/not-there/", "/static/x.css"])
def test_another_method_is_refused_before_anything_is_looked_up(
    an: User, django_assert_num_queries: DjangoAssertNumQueries, method: str, address: str
) -> None:
    client = factories.sign_in(Client(), an)
    with django_assert_num_queries(0):
        response = client.generic(method, address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_a_form_that_was_open_for_too_long_leads_to_signing_in(an: User) -> None:
    client = factories.sign_in(Client(enforce_csrf_checks=True), an)
    response = client.post("/ban-to-chuc/daknong-2023/can-xac-nhan/1/xac-nhan/")
    page = response.content.decode()
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in page
    assert '<a class="button main" href="/tai-khoan/dang-nhap/">Đăng nhập lại</a>' in page


def test_a_page_that_is_not_open_to_somebody_is_one_line_in_the_log(
    contest: Contest, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = factories.user("Lạ", "other")
    with caplog.at_level(logging.WARNING, "django.request"):
        response = factories.sign_in(Client(), stranger).get("/ban-to-chuc/daknong-2023/")
    assert response.status_code == 403
    (line,) = [each for each in caplog.records if each.name == "django.request"]
    assert (line.getMessage(), line.exc_info) == (
        *("Forbidden (Permission denied): /ban-to-chuc/daknong-2023/", None),
    )
