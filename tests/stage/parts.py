"""The plan of 2023 with parts of a live round that are small and of every way; no Django here."""

from __future__ import annotations

from pathlib import Path

PLAN = Path(__file__).parents[2] / "plans/daknong-2023/contest.toml"
# One part by judges with its time, one with drawn questions, one by judges: small, but all ways.
SEGMENTS = """
[[rounds.segments]]
key = "gioi-thieu"
label = "Giới thiệu và đề xuất giải pháp"
maximum = 30
most_people = 0
registered_only = true
content = "Chủ đề của hội thi"

[rounds.segments.judged]
method = "trimmed_mean"
trim_from = 5
fewest = 3
factor = 1
places = 2
far = 6
criteria = [
  { key = "noi-dung", label = "Nội dung", about = "Chủ đề", maximum = 20, step = 0.5, weight = 1 },
  { key = "hinh-thuc", label = "Hình thức", about = "", maximum = 10, step = 0.5, weight = 1 },
]

[rounds.segments.time]
least_seconds = 180
most_seconds = 300
warn_seconds = 30
over = [{ from_seconds = 1, points = 1 }, { from_seconds = 61, points = 2 }]
under = [{ from_seconds = 1, points = 1 }]
repeat_seconds = 0
repeat_points = 0
nothing_from = 0

[[rounds.segments]]
key = "kien-thuc"
label = "Tìm hiểu kiến thức"
maximum = 30
most_people = 3
registered_only = true
content = "Trả lời câu hỏi theo bốc thăm"

[rounds.segments.quiz]
form = "packet"
packets = 4
spares = 1
wrong = 0
not_below_zero = true
speed = []
parts = [
  { topic = "chinh-quyen-so", level = "nhan-biet", count = 1, points = 10, seconds = 30 },
  { topic = "kinh-te-so", level = "", count = 1, points = 10, seconds = 30 },
  { topic = "chuyen-doi-so", level = "van-dung", count = 1, points = 10, seconds = 30 },
]

[[rounds.segments]]
key = "tieu-pham"
label = "Tiểu phẩm truyền thông"
maximum = 40
most_people = 0
registered_only = true
content = "Câu chuyện về chuyển đổi số"

[rounds.segments.judged]
method = "mean"
trim_from = 5
fewest = 3
factor = 1
places = 2
far = 8
criteria = [
  { key = "kich-ban", label = "Kịch bản", about = "", maximum = 20, step = 0.25, weight = 1 },
  { key = "dien-xuat", label = "Diễn xuất", about = "", maximum = 20, step = 0.25, weight = 1 },
]

"""


def plan(segments: str = SEGMENTS) -> bytes:
    """The plan of 2023 with these parts of the live round, and without what it says of its own."""
    head, *assumptions = PLAN.read_text().split("\n[[assumptions]]\n")
    start = head.index("[[rounds.segments]]")
    end = head.index("[[rounds.prizes]]", start)
    rest = [each for each in assumptions if ".segments[" not in each]
    text = head[:start] + segments.lstrip() + head[end:]
    return "\n[[assumptions]]\n".join([text, *rest]).encode()
