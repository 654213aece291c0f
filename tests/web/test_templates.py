"""The frame of every page: languages, policy, forms, errors."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.test import RequestFactory

from tests.web.conftest import ROOM, Render

FRAMES = ("web/base.html", "web/staff.html", "web/public.html", "web/narrow.html")
ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html")
VOID = {"meta", "link", "img", "input", "br", "hr"}


class Signed:
    """A person who is signed in, as templates see one."""

    is_authenticated = True

    def __str__(self) -> str:
        return "Lê Thị Mẫu"


class Elements(HTMLParser):
    """The tags of a page in order, with a check that every one is closed in its place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", [*FRAMES, *ERRORS])
def test_every_page_is_well_formed_and_names_its_language(
    render: Render, name: str, language: str
) -> None:
    request = RequestFactory().get("/somewhere/?q=1")
    page = Elements(render(name, request=request, language=language, user=Signed()))
    assert page.named("html") == [{"lang": language}]
    assert len(page.ids()) == len(set(page.ids()))
    assert len(page.named("main")) == 1


@pytest.mark.parametrize("name", [*FRAMES, *ERRORS])
def test_no_page_needs_more_than_files_of_its_own_origin(render: Render, name: str) -> None:
    page = Elements(render(name, request=RequestFactory().get("/"), user=Signed()))
    assert page.named("style") == []
    assert all((attrs["src"] or "").startswith("/static/") for attrs in page.named("script"))
    assert not [
        (tag, name)
        for tag, attrs in page.tags
        for name in attrs
        if name == "style" or name.startswith("on")
    ]


@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_stand_without_any_context(render: Render, name: str) -> None:
    assert Elements(render(name)).named("h1") == [{}]


def test_the_page_for_faults_does_not_ask_for_hashed_names(render: Render) -> None:
    assert [link["href"] for link in Elements(render("500.html")).named("link")] == [
        "/static/web/icon.svg",
        "/static/web/web.css",
    ]


def test_a_page_is_vietnamese_when_vietnamese_is_asked(render: Render) -> None:
    source = (ROOM / "templates").rglob("*.html")
    ids = {text for path in source for text in re.findall(r'translate "([^"]+)"', path.read_text())}
    for name in [*FRAMES, *ERRORS]:
        page = render(name, request=RequestFactory().get("/"), user=Signed())
        assert [text for text in ids if f">{text}<" in page or f'"{text}"' in page] == []


def test_the_language_is_switched_by_a_form_that_comes_back(render: Render) -> None:
    page = Elements(render("web/public.html", request=RequestFactory().get("/list/?page=2")))
    (form,) = page.named("form")
    assert (form["action"], form["method"]) == ("/i18n/setlang/", "post")
    assert [
        (field["name"], field["value"]) for field in page.named("input") if field["name"] == "next"
    ] == [("next", "/list/?page=2")]
    assert [
        (button["value"], button["aria-pressed"])
        for button in page.named("button")
        if button.get("name") == "language"
    ] == [("vi", "true"), ("en", "false")]


def test_a_guest_sees_no_account_menu(render: Render) -> None:
    page = render("web/staff.html", request=RequestFactory().get("/"))
    assert "account_logout" not in page
    assert Elements(page).named("details") == []


def test_a_signed_in_person_can_sign_out(render: Render) -> None:
    page = Elements(render("web/staff.html", request=RequestFactory().get("/"), user=Signed()))
    assert [form["action"] for form in page.named("form")] == ["/leave/", "/i18n/setlang/"]


def test_htmx_may_neither_evaluate_nor_write_styles(render: Render) -> None:
    page = Elements(render("web/staff.html", request=RequestFactory().get("/"), user=Signed()))
    assert [
        meta["content"] for meta in page.named("meta") if meta.get("name") == "htmx-config"
    ] == ['{"includeIndicatorStyles": false, "allowEval": false}']


@pytest.mark.parametrize(
    ("level", "tone"), [(20, "info"), (25, "good"), (30, "warn"), (40, "bad"), (10, "info")]
)
def test_messages_are_bands_of_their_level(render: Render, level: int, tone: str) -> None:
    page = render("web/parts/messages.html", messages=[Message(level, "Đã lưu <b>")])
    assert f'<li class="band band-{tone}">Đã lưu &lt;b&gt;</li>' in page


class Person(forms.Form):
    """A form with one field of each way of being shown."""

    name = forms.CharField(label="Họ và tên", help_text="Như trong giấy tờ")
    phone = forms.CharField(label="Điện thoại", required=False)
    form_of = forms.ChoiceField(
        label="Hình thức",
        choices=[("a", "Trực tiếp"), ("b", "Trực tuyến")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="Đồng ý", help_text="Có thể rút lại")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        raise forms.ValidationError("Chưa gửi được")


def test_every_control_has_its_label_and_names_what_describes_it(render: Render) -> None:
    page = Elements(render("web/form.html", form=Person({})))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    controls = [attrs for attrs in page.named("input") if attrs["type"] not in {"hidden", "radio"}]
    labels = [attrs.get("for") for attrs in page.named("label")]
    assert [(attrs["name"], attrs["id"] in labels) for attrs in controls] == [
        ("name", True),
        ("phone", True),
        ("agreed", True),
    ]
    described = {
        attrs.get("name") or tag: attrs["aria-describedby"]
        for tag, attrs in page.tags
        if "aria-describedby" in attrs
    }
    assert described == {
        "name": "id_name_helptext id_name_error",
        "fieldset": "id_form_of_error",
        "agreed": "id_agreed_helptext id_agreed_error",
    }
    assert set(" ".join(value or "" for value in described.values()).split()) <= set(ids)


def test_a_field_that_may_stay_empty_says_so(render: Render) -> None:
    page = render("web/form.html", form=Person())
    assert re.findall(r"<label[^>]*>([^<]+) <span class=\"optional\">\(([^<]+)\)", page) == [
        ("Điện thoại", "không bắt buộc")
    ]


def test_what_concerns_the_whole_form_stands_above_its_fields(render: Render) -> None:
    page = render("web/form.html", form=Person({}))
    assert page.index("Chưa gửi được") < page.index("Họ và tên")


def test_the_pager_keeps_the_other_parts_of_the_address(render: Render) -> None:
    request = RequestFactory().get("/list/?q=an&page=2")
    page = render(
        "web/parts/pager.html", request=request, page=Paginator(range(2_500), 1_000).page(2)
    )
    assert [link["href"] for link in Elements(page).named("a")] == ["?q=an&page=1", "?q=an&page=3"]
    assert "Trang 2/3: dòng 1.001–2.000 trong tổng số 2.500" in page


def test_one_page_has_no_pager(render: Render) -> None:
    page = render(
        "web/parts/pager.html",
        request=RequestFactory().get("/"),
        page=Paginator(range(3), 20).page(1),
    )
    assert page.strip() == ""
