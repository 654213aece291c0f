"""Files as answers: whole, in part, or not again; piece by piece where the server is asynchronous.

Warnings are errors here, and Django warns where it takes a whole file into memory.
"""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.urls import path
from pytest_django import Settings

from hoithi.config.asgi import application
from hoithi.web.files import FilesInPieces, send_file

pytestmark = pytest.mark.django_db  # the end of an answer looks after the connection
CONTENT = bytes(range(256)) * 1000
NAME = "Giấy chứng nhận Đắk R'lấp.pdf"
ROOT = Path(__file__).parents[2]


def kept(request: HttpRequest, name: str) -> HttpResponseBase:
    return send_file(request, Path("/") / name)


urlpatterns = [path("<path:name>", kept)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / NAME
    made.write_bytes(CONTENT)
    return made


def asked(file: Path, **headers: str) -> HttpResponseBase:
    return send_file(RequestFactory().get("/", headers=headers), file)


def body(answer: HttpResponseBase) -> bytes:
    try:
        if isinstance(answer, StreamingHttpResponse):
            return answer.getvalue()
        return b"" if answer.status_code == 304 else bytes(getattr(answer, "content", b""))
    finally:
        answer.close()


def test_a_file_comes_whole_under_its_vietnamese_name(file: Path) -> None:
    answer = asked(file)
    assert (answer.status_code, body(answer)) == (200, CONTENT)
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(NAME, safe='')}"
    assert answer["Cache-Control"] == "no-cache, private"


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=255900-", 255_900, 256_000),
        ("bytes=-5", 255_995, 256_000),
        ("bytes=-999999", 0, 256_000),
        ("bytes=10-999999", 10, 256_000),
        ("bytes=100000-100000", 100_000, 100_001),
    ],
)
def test_a_download_goes_on_where_it_broke_off(
    file: Path, wanted: str, start: int, end: int
) -> None:
    answer = asked(file, range=wanted, if_range=asked_etag(file))
    assert (answer.status_code, body(answer)) == (206, CONTENT[start:end])
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/256000"
    assert answer["Content-Length"] == str(end - start)
    assert answer["Content-Type"] == "application/pdf"


def asked_etag(file: Path) -> str:
    answer = asked(file)
    answer.close()
    return answer["ETag"]


@pytest.mark.parametrize("wanted", ["bytes=256000-", "bytes=9-5", "bytes=-0"])
def test_what_lies_outside_the_file_is_refused_with_its_size(file: Path, wanted: str) -> None:
    answer = asked(file, range=wanted)
    assert (answer.status_code, body(answer)) == (416, b"")
    assert answer["Content-Range"] == "bytes */256000"


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,5-9",
        "items=0-9",
        "bytes=٣-٩",
        f"bytes={'9' * 5000}-",
        "bytes=0-9 ",
        "bytes 0-9",
    ],
)
def test_a_range_that_is_none_gets_the_whole_file(file: Path, wanted: str) -> None:
    answer = asked(file, range=wanted)
    assert (answer.status_code, body(answer)) == (200, CONTENT)


def test_a_range_of_what_has_been_another_file_gets_the_whole_file(file: Path) -> None:
    etag = asked_etag(file)
    file.write_bytes(CONTENT + b"!")
    answer = asked(file, range="bytes=0-9", if_range=etag)
    assert (answer.status_code, body(answer)) == (200, CONTENT + b"!")


def test_who_has_the_file_already_is_told_so(file: Path) -> None:
    answer = asked(file, if_none_match=asked_etag(file))
    assert (answer.status_code, body(answer)) == (304, b"")
    assert answer["ETag"] == asked_etag(file)


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    empty = tmp_path / "a.zip"
    empty.touch()
    assert body(asked(empty)) == b""
    assert asked(empty, range="bytes=0-").status_code == 416


# Through the ASGI application


class Reader:
    """A client that takes what is sent, and may go away after the first piece."""

    def __init__(self, *, goes_away: bool = False) -> None:
        self.sent: list[Any] = []
        self.total = 0
        self._asked = False
        self._goes_away = goes_away
        self._got_some = asyncio.Event()

    async def receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._got_some.wait()
        if not self._goes_away:
            await asyncio.Event().wait()  # stays to the end
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        piece = len(message.get("body", b""))
        self.total += piece
        self.sent.append({**message, "body": piece})
        if piece:
            self._got_some.set()
            await asyncio.sleep(0)

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        return dict(self.sent[0]["headers"])


def read(app: Any, address: str, reader: Reader) -> Reader:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def play() -> None:
        await app(scope, reader.receive, reader.send)

    asyncio.run(play())
    return reader


@pytest.fixture
def files(settings: Settings) -> FilesInPieces:
    """The application with no page but files."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    return FilesInPieces()


def test_a_large_file_is_never_in_memory_as_a_whole(files: FilesInPieces, tmp_path: Path) -> None:
    large = tmp_path / "ho-so.zip"
    with large.open("wb") as file:
        file.truncate(30_000_000)
    read(files, str(large), Reader())  # what is loaded once is loaded
    tracemalloc.start()
    try:
        reader = read(files, str(large), Reader())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (reader.total, reader.headers[b"Content-Length"]) == (30_000_000, b"30000000")
    assert peak < 3_000_000


def test_who_goes_away_leaves_no_file_open(files: FilesInPieces, tmp_path: Path) -> None:
    large = tmp_path / "ho-so.zip"
    with large.open("wb") as file:
        file.truncate(30_000_000)
    reader = read(files, str(large), Reader(goes_away=True))
    assert 0 < reader.total < 30_000_000
    assert large not in [each.resolve() for each in Path("/proc/self/fd").iterdir()]


def test_the_desk_sends_its_stylesheet_in_pieces_too() -> None:
    """Through the application as it runs, with all that stands before the pages."""
    reader = read(application, "/static/web/web.css", Reader())
    assert reader.sent[0]["status"] == 200
    assert reader.total == (ROOT / "hoithi/web/static/web/web.css").stat().st_size
