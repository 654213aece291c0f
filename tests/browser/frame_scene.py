"""Pages of the frame filled with everything it offers, served without a desk.

The pages and files are handed to the browser as it asks for them, under the policy that the desk
sends, so that whatever the policy would stop is stopped here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from django import forms
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from hoithi.web.charts import Bar, Tone, bars
from hoithi.web.countdown import countdown
from tests.browser.chromium import HOST

_WEB = Path(__file__).parents[2] / "hoithi" / "web"
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
_NOW = datetime(2023, 9, 20, 1, 0, tzinfo=UTC)

STAFF = """{% extends "web/staff.html" %}{% load wording %}
{% block title %}Tổng quan{% endblock %}
{% block bands %}<div class="band band-warn"><span>Bản trình diễn</span></div>{% endblock %}
{% block nav %}<a href="#" aria-current="page">Tổng quan</a><a href="#">Danh sách</a>{% endblock %}
{% block breadcrumbs %}<nav class="breadcrumbs" aria-label="Đường dẫn"><ol>
<li><a href="#">Đơn vị</a></li><li aria-current="page">Huyện Mẫu</li></ol></nav>{% endblock %}
{% block content %}
<div class="heading"><div><h1>Huyện Mẫu</h1><p>Ngày 20/09/2023</p></div>
<a class="button" href="#">Tải Excel</a></div>
<ol class="steps card"><li class="done"><time>11/09/2023</time>Phát động</li>
<li class="late"><time>18/09/2023</time>Lập tổ<br><span class="state state-bad">Quá hạn</span></li>
<li class="today"><time>Hôm nay</time>Đăng ký<br><span class="state state-now">Đang mở</span></li>
<li><time>10/10/2023</time>Trao giải</li></ol>
<div class="cards"><section class="card">{{ chart }}</section>
<section class="card card-bad"><h2>Việc</h2><ul class="things"><li><a href="#">Duyệt</a>
<span class="state state-good">Đủ</span></li><li><a href="#">Xem lại</a>
<span class="state state-warn">Thiếu</span></li><li><a href="#">Chờ</a>
<span class="state state-muted">Chưa mở</span></li></ul></section></div>
<div class="figures"><div class="figure-number"><strong>{{ 1234|number }}</strong>
<span>lượt</span></div></div>
<form class="toolbar"><div class="field"><label for="q">Tìm</label><input id="q" type="search">
</div><button class="button" type="button">Lọc</button></form>
<div class="table"><table class="cards"><thead><tr><th>Họ và tên</th><th class="number">Điểm</th>
</tr></thead><tbody><tr><td><a class="row" href="#mau">Lê Thị Mẫu</a></td>
<td class="number" data-label="Điểm">887,83</td></tr></tbody></table></div>
{% include "web/parts/pager.html" %}
<div class="mend"><div class="scroll" tabindex="0" role="region" aria-label="Bảng"><table><thead>
<tr><td></td><th>A</th><th>B</th></tr></thead><tbody><tr><th>5</th><td>Lê Thị Mẫu</td>
<td class="bad"><a href="#b5">31/02/1979</a><span class="reason">Không có ngày này</span></td></tr>
<tr><th>6</th><td class="mended">Văn An</td><td class="doubt"><a href="#b6">912</a>
<span class="reason">Thiếu số</span></td></tr></tbody></table></div><ol class="reasons">
<li id="b5"><span class="ref">B5</span> Tháng 2 không có ngày 31.</li><li id="b6" class="doubt">
<span class="old">912</span> <span class="new">0912</span>
<p class="actions"><button class="button" type="button">Lấy số này</button></p></li></ol></div>
<form class="card">{% include "web/form.html" %}<p class="actions">
<button class="button danger" type="button">Trả lại</button>
<button class="button main" type="button">Nộp danh sách</button></p></form>
<div class="empty"><h2>Chưa có đội</h2><p>Đội sẽ xuất hiện ở đây.</p></div>
<progress value="3" max="5" aria-label="Tiến độ"></progress>
{% endblock %}"""

PUBLIC = """{% extends "web/public.html" %}{% load static %}
{% block title %}Trang chủ{% endblock %}
{% block scripts %}<script type="module" src="{% static "web/countdown.js" %}"></script>
{% endblock %}
{% block nav %}<a href="#" aria-current="page">Trang chủ</a><a href="#">Thể lệ</a>{% endblock %}
{% block before %}<section class="hero"><div class="inside"><p class="over">Sở Mẫu</p>
<h1>Hội thi mẫu</h1><p>Dành cho cán bộ, công chức.</p><p class="actions">
<a class="button gold" href="#">Vào phòng thi</a><a class="button" href="#">Thể lệ</a></p>
{% include "web/parts/countdown.html" with label="Còn" %}</div></section>
<div class="inside"><dl class="facts"><div><dt>Giải thưởng</dt><dd>80.000.000 đồng</dd></div>
</dl></div>{% endblock %}
{% block content %}<div class="split"><section class="text"><h2>Ai được dự thi</h2><p>Cán bộ.</p>
</section><aside class="card"><h2>Tin mới</h2></aside></div>{% endblock %}
{% block footer %}<span>Ban Tổ chức</span> <a href="#">Kiểm chứng</a>{% endblock %}"""

NARROW = """{% extends "web/narrow.html" %}{% block title %}Đăng nhập{% endblock %}
{% block heading %}Đăng nhập{% endblock %}{% block content %}<form>{% include "web/form.html" %}
<p><button class="button main" type="button">Đăng nhập</button></p></form>{% endblock %}"""


class Signed:
    """A person who is signed in, as templates see one."""

    is_authenticated = True

    def __str__(self) -> str:
        return "Lê Thị Mẫu"


class EveryWidget(forms.Form):
    """A field of each kind, sent empty so that each shows its error."""

    name = forms.CharField(label="Họ và tên", help_text="Như trong giấy tờ")
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    way = forms.ChoiceField(
        label="Hình thức",
        choices=[("a", "Trực tiếp"), ("b", "Trực tuyến")],
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(label="Đơn vị", choices=[("a", "Huyện Mẫu")])
    file = forms.FileField(label="Danh sách", required=False)
    agreed = forms.BooleanField(label="Đồng ý", help_text="Có thể rút lại")


@dataclass
class Stage:
    """One browser page and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def show(self, source: str, *, dark: bool = False) -> None:
        """Render a page and open it at the address of the desk."""
        html = render(source)
        if dark:
            html = html.replace("<html ", '<html data-theme="dark" ', 1)
        self.page.route(f"http://{HOST}/**", lambda route: _answer(route, html))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"http://{HOST}/")


def render(source: str) -> str:
    request = RequestFactory().get("/?page=2")
    rows = [
        Bar("Huyện Mẫu", 12, 30, Tone.BAD, "thiếu 18", "#"),
        Bar("Thành phố Thử", 28, 30, Tone.WARN, "thiếu 2"),
        Bar("Huyện Thử", 40, 30, Tone.GOOD, "đủ"),
    ]
    context = {
        "user": Signed(),
        "form": EveryWidget({"name": ""}),
        "chart": bars(rows, title="1 trong 3 đơn vị đã đủ 30 người", heading="Đơn vị"),
        "page": Paginator(range(2_500), 100).page(2),
        "countdown": countdown(_NOW + timedelta(days=3), _NOW),
        "site_notice": "Bản chạy thử: thời gian đã dời về hiện tại, khác với kế hoạch đã ký.",
        "messages": [Message(25, "Đã lưu."), Message(40, "Chưa gửi được.")],
    }
    return str(engines["django"].from_string(source).render(context, request))


def _answer(route: Route, html: str) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        headers = {"content-security-policy": _POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
    else:
        file = _WEB / path.lstrip("/")
        if "django_htmx" in path:
            route.fulfill(body="", content_type="text/javascript")
        else:
            route.fulfill(body=file.read_bytes(), content_type=guess_type(file)[0] or "")
