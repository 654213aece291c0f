"""The bank that ships with the Đắk Nông plan can be asked: in form, in dates and without tells."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from datetime import date
from itertools import pairwise, product
from pathlib import Path

BANK = Path(__file__).parents[2] / "plans/daknong-2023/bank.csv"
HEADER = (
    "Mã,Chủ đề,Mức độ,Câu hỏi,A,B,C,D,Đáp án,Giải thích,"
    "Văn bản,Điều khoản,Số sự kiện,Hiệu lực từ,Hiệu lực đến,Ngày kiểm tra"
)
TOPICS = (
    "Chính quyền điện tử",
    "Chính quyền số",
    "Kinh tế số",
    "Dịch vụ công trực tuyến",
    "Chuyển đổi số",
)
LEVELS = ("Nhận biết", "Thông hiểu", "Vận dụng")
LETTERS = "ABCD"
ROUND_DAY = date(2023, 10, 15)
FACTS = range(1, 122)
SIGNED = re.compile(r" ngày (\d\d/\d{1,2}/\d{4})")
AMBIGUOUS = ("đáp án trên", "phương án trên", "ý trên", "cả a ", "cả b ", "đều đúng", "đều sai")

TEXT = BANK.read_text(encoding="utf-8")
ITEMS = tuple(csv.DictReader(TEXT.splitlines()))


def options(item: dict[str, str]) -> list[str]:
    return [item[letter] for letter in LETTERS]


def right(item: dict[str, str]) -> str:
    return item[item["Đáp án"]]


def day(written: str) -> date:
    number, month, year = map(int, written.split("/"))
    return date(year, month, number)


def codes(broken: list[dict[str, str]]) -> list[str]:
    return [item["Mã"] for item in broken]


def test_file_is_plain_utf8_with_the_known_header() -> None:
    assert TEXT.splitlines()[0] == HEADER
    assert not BANK.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r" not in BANK.read_bytes()
    assert TEXT.endswith("\n")


def test_bank_is_large_enough_for_the_draw() -> None:
    assert len(ITEMS) >= 150
    cells = Counter((item["Chủ đề"], item["Mức độ"]) for item in ITEMS)
    assert set(cells) == set(product(TOPICS, LEVELS))
    assert [cell for cell, count in cells.items() if count < 8] == []
    topics = Counter(item["Chủ đề"] for item in ITEMS)
    assert [topic for topic, count in topics.items() if count < 30] == []


def test_codes_run_without_gaps() -> None:
    assert [item["Mã"] for item in ITEMS] == [f"CDS-{n:03d}" for n in range(1, len(ITEMS) + 1)]


def test_stems_are_questions_asked_once_and_of_readable_length() -> None:
    stems = Counter(item["Câu hỏi"] for item in ITEMS)
    assert [stem for stem, count in stems.items() if count > 1] == []
    assert [stem for stem in stems if not stem.endswith(("?", ":"))] == []
    assert [stem for stem in stems if not 8 <= len(stem.split()) <= 40] == []


def test_each_item_has_four_distinct_options_and_one_key() -> None:
    assert codes([item for item in ITEMS if item["Đáp án"] not in tuple(LETTERS)]) == []
    folded = [{option.casefold() for option in options(item)} for item in ITEMS]
    assert [set(map(len, folded)), any("" in texts for texts in folded)] == [{4}, False]


def test_options_keep_their_meaning_when_shuffled() -> None:
    assert [
        option
        for item in ITEMS
        for option in options(item)
        if any(phrase in option.casefold() for phrase in AMBIGUOUS)
    ] == []


def test_text_is_nfc_and_tidy() -> None:
    assert unicodedata.is_normalized("NFC", TEXT)
    cells = [cell for item in ITEMS for cell in item.values()]
    assert [cell for cell in cells if cell != " ".join(cell.split())] == []


def test_every_item_names_its_document_and_fact() -> None:
    assert codes([item for item in ITEMS if not item["Văn bản"] or not item["Điều khoản"]]) == []
    assert codes([item for item in ITEMS if int(item["Số sự kiện"]) not in FACTS]) == []


def test_explanations_are_one_sentence() -> None:
    assert codes([item for item in ITEMS if not item["Giải thích"].endswith(".")]) == []
    assert codes([item for item in ITEMS if ". " in item["Giải thích"]]) == []


def test_explanation_names_the_document() -> None:
    # "Luật Giao dịch điện tử số 20/2023/QH15 ngày …" may be called by its number or by its name.
    def names(item: dict[str, str]) -> list[str]:
        title = item["Văn bản"].split(" ngày ")[0]
        return [title, title.split(" số ")[0]] if title.startswith("Luật") else [title]

    silent = [i for i in ITEMS if not any(name in i["Giải thích"] for name in names(i))]
    assert [item["Văn bản"] for item in silent] == [
        "Sự kiện khai trương Trục liên thông văn bản quốc gia ngày 12/3/2019"
    ]


def test_every_item_is_true_on_the_day_of_the_round() -> None:
    late = [item for item in ITEMS if day(item["Hiệu lực từ"]) > ROUND_DAY]
    ended = [i for i in ITEMS if i["Hiệu lực đến"] and day(i["Hiệu lực đến"]) < ROUND_DAY]
    assert codes(late + ended) == []
    signed = [day(found) for i in ITEMS for found in SIGNED.findall(i["Văn bản"])]
    assert [len(signed), max(signed) <= ROUND_DAY] == [len(ITEMS), True]
    assert {item["Ngày kiểm tra"] for item in ITEMS} == {"22/11/2026"}


def test_keys_are_balanced_over_the_letters() -> None:
    keys = Counter(item["Đáp án"] for item in ITEMS)
    assert [k for k in LETTERS if not 0.23 <= keys[k] / len(ITEMS) <= 0.27] == []


def test_row_parity_does_not_tell_the_key() -> None:
    for rows in (ITEMS[0::2], ITEMS[1::2]):
        keys = Counter(item["Đáp án"] for item in rows)
        assert [k for k in LETTERS if not 0.18 <= keys[k] / len(rows) <= 0.32] == []


def test_the_key_before_does_not_tell_the_key() -> None:
    keys = [item["Đáp án"] for item in ITEMS]
    pairs = Counter(pairwise(keys))
    assert [pair for pair, count in pairs.items() if count / keys.count(pair[0]) > 0.45] == []


def test_option_length_does_not_tell_the_key() -> None:
    longest = shortest = 0
    for item in ITEMS:
        others = [len(option) for option in options(item) if option != right(item)]
        longest += len(right(item)) > max(others)
        shortest += len(right(item)) < min(others)
    assert [longest / len(ITEMS) <= 0.30, shortest / len(ITEMS) <= 0.30] == [True, True]
