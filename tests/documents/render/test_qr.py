from __future__ import annotations

import re

import pytest
import segno

from hoithi.documents.render.qr import qr_codes


def modules(svg: str) -> list[list[int]]:
    """The dark modules that the strokes of a picture cover, quiet zone left out."""
    found = re.search(r'viewBox="-4 -4.5 (\d+) \1"', svg)
    path = re.search(r' d="([^"]*)"', svg)
    assert found
    assert path
    side = int(found[1]) - 8
    rows = [[0] * side for _ in range(side)]
    column = row = 0
    for step in re.findall(r"M0 \d+|m\d+ 0|h\d+", path[1]):
        length = int(re.findall(r"\d+", step)[-1 if step[0] == "M" else 0])
        if step[0] == "M":
            column, row = 0, length
            continue
        if step[0] == "h":
            rows[row][column : column + length] = [1] * length
        column += length
    return rows


def drawn_by_segno(message: str) -> list[list[int]]:
    code = segno.make(
        message.encode(), error="m", mode="byte", mask=3, boost_error=False, micro=False
    )
    return [list(row) for row in code.matrix]


def test_a_code_of_a_batch_is_the_code_segno_draws_alone() -> None:
    messages = [f"https://hoithi.example.vn/gcn/{place * 7919:06d}-{place}" for place in range(60)]

    assert [modules(svg) for svg in qr_codes(messages)] == [
        drawn_by_segno(message) for message in messages
    ]


@pytest.mark.parametrize("message", ["A", "Đắk Nông", "x" * 300, "https://a.vn/#0123456789A"])
def test_a_code_alone_is_the_code_segno_draws(message: str) -> None:
    assert modules(qr_codes([message])[0]) == drawn_by_segno(message)


def test_messages_of_several_lengths_keep_their_order() -> None:
    messages = ["https://a.vn/1", "https://a.vn/12", "https://a.vn/2", "https://a.vn/21"]

    assert [modules(svg) for svg in qr_codes(messages)] == [
        drawn_by_segno(message) for message in messages
    ]


def test_no_messages_give_no_codes() -> None:
    assert qr_codes([]) == []
