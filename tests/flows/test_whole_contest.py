"""The whole way of a contest, from the plan file to a certificate that anybody can check.

Eight units send thirty people each. Four of them sit at real browsers, the others speak the hall's
protocol. The hall is killed while they work. What is published in the end must be what the clients
themselves wrote down, marked by somebody who knows nothing but the published files.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from hoithi.contests.models import Contest
from hoithi.documents.models import Document
from hoithi.documents.render.certificates import certificates_pdf
from hoithi.entries.models import Entry
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.results.actions import publish
from hoithi.results.models import Publication
from hoithi.results.papers import certificates_of, check_url, issue_certificates
from tests import factories
from tests.browser.chromium import NewPage
from tests.documents.render.reading import page_texts
from tests.flows import independent
from tests.flows.closing import close_the_hall
from tests.flows.contestants import ITEMS, Contestant, Log, Power
from tests.flows.phones import TIME_OVER, Phone
from tests.flows.preparation import (
    ONLINE,
    Committee,
    codes,
    committee,
    knowledge,
    online_round,
    open_the_hall,
    register_everybody,
)
from tests.hall.scene import HallProcess

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONES = 4
THREADS = 12
# So many right answers for the first of those without a browser: no prize hangs on a millisecond.
BEST = (27, 26, 25, 24, 23)
PRIZES = {
    1: "Giải nhất",
    2: "Giải nhì",
    3: "Giải ba",
    4: "Giải ba",
    5: "Giải khuyến khích",
    6: "Giải khuyến khích",
    7: "Giải khuyến khích",
}


def make_contestants(slips: dict[str, str], power: Power) -> list[Contestant]:
    """Everybody without a browser, the first of them better prepared than the others."""
    known = knowledge()
    return [
        Contestant(
            place=place,
            number=number,
            code=code,
            right=BEST[place] if place < len(BEST) else place * 7 % 22,
            power=power,
            knowledge=known,
        )
        for place, (number, code) in enumerate(slips.items())
    ]


def sit(contestants: list[Contestant], phones: list[Phone], power: Power) -> list[Contestant]:
    """Everybody sits, the hall dies in the middle; answers who has not handed in."""
    leaving = [each for each in contestants if each.place % 6 != 5]
    staying = [each for each in contestants if each.place % 6 == 5]
    changing = [each for each in contestants if each.place % 40 == 7]
    with ThreadPoolExecutor(THREADS) as pool:
        beginning = pool.map(Contestant.begin, contestants)
        phones[0].type_the_code()
        phones[1].type_the_code()
        phones[2].come_with_slip()
        phones[3].come_with_slip()
        for phone in phones:
            phone.begin()
            phone.answer(range(1, 3))
        list(beginning)
        working = pool.map(lambda each: each.work(0.7), contestants)
        power.wait_for_saves(len(contestants) * 5)
        power.cut()
        for phone in phones:
            phone.tap(3, right=True)
            phone.waits_for_network()
            phone.tap(4, right=True)
        power.on()
        for phone in phones:
            phone.writes_down()
        list(working)
        list(pool.map(Contestant.change_device, changing))
        finishing = pool.map(lambda each: each.work(1), contestants)
        # The champion has all, then 29 and 28; the fourth is still working when all ends.
        for wrong, phone in enumerate(phones[:3]):
            phone.answer(range(5, ITEMS + 1), wrong=wrong)
            phone.hand_in()
        phones[3].answer(range(5, 11), wrong=2)
        list(finishing)
        list(pool.map(Contestant.hand_in, leaving))
    return staying


def expected_table(bundle: Path, logs: dict[str, Log]) -> dict[str, tuple[int, str]]:
    """Number → (place, points) by the clients' own logs; `logs` are by number."""
    pseudonyms = {
        number: public_id.hex
        for number, public_id in Entry.objects.values_list("number", "public_id")
    }
    points = independent.points(
        bundle, ONLINE, {pseudonyms[number]: log.answers for number, log in logs.items()}
    )
    places = independent.places(
        {
            number: (points[pseudonyms[number]], log.duration_ms, log.submitted_ms)
            for number, log in logs.items()
        }
    )
    return {number: (places[number], f"{points[pseudonyms[number]]}.00") for number in pseudonyms}


def hoithi(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hoithi.config.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def with_one_byte_changed(bundle: Path, name: str, changed: Path) -> Path:
    """The same bundle but for one bit in the middle of one file."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(changed, "w") as new:
        for each in old.namelist():
            content = bytearray(old.read(each))
            if each == name:
                content[len(content) // 2] ^= 1
            new.writestr(each, bytes(content))
    return changed


def check_bundle(bundle: Path, receipt: str, folder: Path) -> None:
    """Anybody can verify it; one changed byte is found and its file named."""
    fits = hoithi("verify", str(bundle), "--receipt", receipt)
    assert (fits.returncode, fits.stderr) == (0, "")
    assert f"\n{receipt}: được tính; trả lời {ITEMS}/{ITEMS} câu\n" in fits.stdout
    assert "\nHồ sơ khớp.\n" in fits.stdout
    with zipfile.ZipFile(bundle) as archive:
        (rows,) = sorted(n for n in archive.namelist() if n.endswith(".rows.csv"))[:1]
    for name in (f"rounds/{ONLINE}/keys.json", rows):
        spoilt = with_one_byte_changed(bundle, name, folder / "spoilt.zip")
        refused = hoithi("verify", str(spoilt))
        assert refused.returncode == 1
        assert name in refused.stdout


def check_certificates(people: Committee, publication: Publication, champion: str) -> None:
    """Seven certificates; the first is the champion's and can be checked by its code."""
    issued = issue_certificates(
        actor=people.organiser, publication=publication, now=factories.now()
    )
    certificates = certificates_of(publication)
    pages = page_texts(certificates_pdf(certificates))
    document = Document.objects.get(pk=issued[0].pk)
    name = Entry.objects.select_related("person").get(number=champion).person
    assert name is not None
    assert len(pages) == len(issued) == 7
    assert f"Chứng nhận {name.name}" in pages[0]
    assert "GIẢI NHẤT" in pages[0]
    assert check_url(document).split("://")[1] in pages[0]
    assert certificates[0].check_url == check_url(document)
    assert (document.facts["name"], document.facts["prize"]) == (name.name, "Giải nhất")
    response = Client().get(urlsplit(check_url(document)).path)
    page = unescape(response.content.decode())
    assert (response.status_code, page.count("state state-good")) == (200, 1)
    assert set(re.findall(r'<dd lang="vi">([^<]+)</dd>', page)) == {
        document.facts[key] for key in ("name", "unit", "prize", "contest", "round")
    }


def test_from_the_plan_file_to_a_certificate_that_anybody_can_check(
    hall: HallProcess, new_phone: NewPage, tmp_path: Path
) -> None:
    contest: Contest = factories.contest()
    people = committee(contest)
    entries = register_everybody(contest, people.organiser)
    slips = codes(entries)
    assert len(slips) == 240
    sitting = open_the_hall(contest, people)
    power = Power(hall)
    power.on()

    known = knowledge()
    numbers = list(slips)
    with_phones = [numbers[at] for at in (3, 70, 130, 200)]
    phones = [Phone(new_phone(), power, each, slips[each], known) for each in with_phones]
    others = {number: code for number, code in slips.items() if number not in with_phones}
    contestants = make_contestants(others, power)
    assert (len(phones), len(contestants)) == (PHONES, 236)
    staying = sit(contestants, phones, power)

    close_the_hall(people.organiser, sitting)
    phones[3].keeps_receipt(TIME_OVER)
    for each in staying:
        each.fetch_receipt()
    staying[0].come_too_late()

    logs = {each.number: each.log for each in contestants}
    logs |= {phone.number: phone.log for phone in phones}
    stored = sitting.attempts.select_related("line__entry")
    assert {each.line.entry.number: each.receipt for each in stored} == {
        number: log.receipt for number, log in logs.items()
    }
    assert sum(each.is_automatic for each in stored) == len(staying) + 1

    close_round(actor=people.organiser, each=online_round(contest), now=factories.now())
    publication = publish(
        actor=people.organiser, each=online_round(contest), reason="", now=factories.now()
    )
    bundle = tmp_path / "bundle.zip"
    assert write_bundle(contest, bundle, factories.now()) == [ONLINE]
    rows = publication.content["rows"]
    expected = expected_table(bundle, logs)
    assert {row["number"]: (row["place"], row["points"]) for row in rows} == expected
    assert [row["place"] for row in rows] == sorted(place for place, _ in expected.values())
    assert (rows[0]["number"], rows[0]["points"]) == (phones[0].number, "30.00")
    assert {row["place"]: row["prize"] for row in rows if row["prize"]} == PRIZES
    assert publication.content["counts"] == {
        "participants": 240,
        "attempts": 240,
        "all_correct": 1,
    }
    check_bundle(bundle, phones[0].log.receipt, tmp_path)
    check_certificates(people, publication, phones[0].number)
