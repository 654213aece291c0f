"""Files as answers: sent in pieces by the asynchronous server, in part where a download goes on.

Django reads a file with a plain iterator. Under ASGI it would take all of it into memory first, and
say so with a warning for every file, those of the stylesheet among them.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from io import BufferedReader
from pathlib import Path
from typing import cast

from django.core.handlers.asgi import ASGIHandler
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class FilesInPieces(ASGIHandler):
    """Django's ASGI application; a file is read piece by piece, off the event loop.

    Not a middleware: around one that is not asynchronous Django would run it as plain code too.
    """

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = await super().get_response_async(request)
        if isinstance(answer, StreamingHttpResponse) and not answer.is_async:
            answer.streaming_content = _pieces(cast("Iterator[bytes]", answer.streaming_content))
        return answer


async def _pieces(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(next, content, b""):
        yield piece


def send_file(request: HttpRequest, path: Path) -> HttpResponseBase:
    """A file to keep, under its own name; readers ask each time whether theirs is still good.

    A download that broke off goes on with a range (RFC 9110, 14), as long as the file is the same.
    Raises FileNotFoundError.
    """
    file = path.open("rb")
    facts = os.fstat(file.fileno())
    etag = quote_etag(f"{facts.st_mtime_ns:x}-{facts.st_size:x}")
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = _whole_or_part(request, file, path.name, facts.st_size, etag)
    else:  # the reader has it, or has another one
        file.close()
    answer.headers["ETag"] = etag
    answer.headers["Accept-Ranges"] = "bytes"
    patch_cache_control(answer, no_cache=True, private=True)
    return answer


def _whole_or_part(
    request: HttpRequest, file: BufferedReader, name: str, size: int, etag: str
) -> HttpResponseBase:
    wanted = _wanted(request, size, etag)
    if wanted is None:
        return FileResponse(file, as_attachment=True, filename=name)
    first, last = wanted
    if not first <= last < size:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    answer = FileResponse(_Part(file, last - first + 1), as_attachment=True, filename=name)
    answer.status_code = 206
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Content-Length"] = str(last - first + 1)
    return answer


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte asked for; none where the whole file is to be sent: also for several
    ranges at once, and for a range of what has been another file."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if first:
        return int(first), min(int(last), size - 1) if last else size - 1
    return (max(0, size - int(last)), size - 1) if last else None


class _Part:
    """The next bytes of a file and no more, as far as Django reads a file."""

    def __init__(self, file: BufferedReader, length: int) -> None:
        self._file, self._left = file, length

    def read(self, most: int) -> bytes:
        piece = self._file.read(min(most, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()


def file_answer(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be saved under a name."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
