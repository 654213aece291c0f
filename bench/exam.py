"""A synthetic exam: thirty questions of 150, a reply of about 19 kB at the start."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bench.load import CONNECTIONS, Asking, bodies, ignore, post
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import PublishedPackage
from hoithi.rehearsal.spec import made_up_policy
from hoithi.rules import paper
from hoithi.rules.paper import BlueprintRow, SourceItem
from tests.hall.scene import code, now_ms, published_line, published_sitting

ITEMS = 30
ROUNDS = 60
"""How often a contestant saves: every question twice."""

_STEM = (
    "Câu mẫu số {}: theo quy định đang có hiệu lực, cơ quan nào chịu trách nhiệm hướng dẫn, kiểm"
    " tra và tổng hợp việc thực hiện nội dung nêu trên tại địa phương trong năm?"
)
_OPTION = "Phương án mẫu {} của câu {}, đủ dài như người ta vẫn viết trong đề thi."


def publish(control: str, lines: int) -> None:
    """One open sitting with a roster of so many lines."""
    source = [
        SourceItem(
            topic="chung",
            level="",
            stem=_STEM.format(number),
            options=tuple(_OPTION.format(option, number) for option in "ABCD"),
            keys=(0,),
        )
        for number in range(150)
    ]
    policy = msgspec.structs.replace(made_up_policy(), duration_ms=3_600_000)
    package = "ab" * 16
    made = paper.build_package(
        source,
        blueprint=[BlueprintRow("chung", "", ITEMS)],
        policy=policy,
        package_id=package,
        secret=b"s" * 32,
    )
    questions = paper.read_questions(made.questions)
    roster = [published_line(line) for line in range(1, lines + 1)]
    writer = control_writer(control)
    writer.publish(
        PublishedPackage(package, made.questions, questions.sha256, bytes(32)),
        published_sitting(roster, now_ms() - 1000, now_ms() + 7_200_000),
        roster,
    )
    writer.close()


def enter(line: int) -> bytes:
    return post("/thi/v1/enter", json.dumps({"code": code(line)}).encode())


def start(token: str) -> bytes:
    body = json.dumps({"device": "0" * 32, "regulation": "1", "consent": "1"}).encode()
    return post("/thi/v1/start", body, token)


def save(token: str, seq: int) -> bytes:
    """A save of one answer under a number."""
    body = b'{"saves":[[%d,%d,%d,1696122000000]]}' % (seq, seq * 7 % ITEMS, seq % 4)
    return post("/thi/v1/save", body, token)


def token_in(reply: bytes) -> str:
    return str(json.loads(reply)["token"])


def enter_all(port: int, lines: int) -> list[bytes]:
    """Let everybody enter with their code; answers a start for each."""
    entering = [enter(line) for line in range(1, lines + 1)]
    return [start(token) for token in _tokens(port, entering)]


def start_all(port: int, lines: int) -> list[str]:
    """Let everybody enter and start; answers their tokens."""
    return _tokens(port, enter_all(port, lines))


def _tokens(port: int, requests: Sequence[bytes]) -> list[str]:
    return [token_in(body) for body in bodies(port, requests)]


def enter_and_start(lines: Iterable[int]) -> Asking:
    """One after the other enters and starts."""
    tokens: list[str] = []
    for line in lines:
        yield enter(line), lambda reply: tokens.append(token_in(reply))
        yield start(tokens.pop()), ignore


def save_requests(tokens: Sequence[str]) -> list[list[bytes]]:
    """For each connection the saves of its contestants, who take turns."""
    return [list(_saves(tokens[place::CONNECTIONS])) for place in range(CONNECTIONS)]


def _saves(tokens: Sequence[str]) -> Iterator[bytes]:
    for seq in range(1, ROUNDS + 1):
        for token in tokens:
            yield save(token, seq)
