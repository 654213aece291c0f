"""What the processes of an installation are told."""

from __future__ import annotations

import socket

import pytest

from hoithi.config.lan import lan_addresses, use_lan_address
from hoithi.config.serve import Addresses, children
from hoithi.hall.config import read_config
from hoithi.hall.page_files import read_page

HERE = Addresses("127.0.0.1", 8000, 8001)


def told(name: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a process."""
    child = next(each for each in children(HERE, environment) if each.name == name)
    return list(child.command), dict(child.environment)


def test_the_desk_trusts_the_proxies_that_the_hall_trusts() -> None:
    command, _ = told("desk", HOITHI_TRUSTED_PROXIES="10.0.0.7")
    assert command[command.index("--forwarded-allow-ips") + 1] == "10.0.0.7"


def test_without_a_named_proxy_nobody_is_believed() -> None:
    command, _ = told("desk")
    assert command[command.index("--forwarded-allow-ips") + 1] == ""


def test_the_hall_is_told_its_own_secret_and_none_of_the_desk() -> None:
    desk = {
        "HOITHI_SECRET_KEY": "1",
        "HOITHI_DATA_KEY": "2",
        "HOITHI_CODE_KEY": "3",
        "HOITHI_SMTP_PASSWORD": "4",
        "HOITHI_DATABASE_URL": "5",
    }
    hall = {
        "PATH": "/bin",
        "HOITHI_ENV": "production",
        "HOITHI_VAR": "/srv/hoithi",
        "HOITHI_HALL_SECRET": "6",
        "HOITHI_TRUSTED_PROXIES": "10.0.0.7",
    }
    _, told_the_hall = told("hall", **desk, **hall)
    assert told_the_hall == hall | {
        "DJANGO_SETTINGS_MODULE": "hoithi.config.settings",
        "HOITHI_HALL_HOST": "127.0.0.1",
        "HOITHI_HALL_PORT": "8001",
    }
    _, told_the_desk = told("desk", **desk, **hall)
    assert told_the_desk.items() >= (desk | hall).items()


def test_on_the_network_links_lead_to_this_machine() -> None:
    environment = {"HOITHI_DESK_PORT": "8210"}
    use_lan_address(environment, ["192.168.1.10", "10.0.0.1"])
    assert environment == {
        "HOITHI_DESK_PORT": "8210",
        "HOITHI_PUBLIC_URL": "http://192.168.1.10:8210",
        "HOITHI_HALL_URL": "http://192.168.1.10:8001/thi/",
    }


def test_a_machine_whose_name_leads_nowhere_still_has_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def leads_nowhere(*_arguments: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    before = lan_addresses()
    monkeypatch.setattr(socket, "getaddrinfo", leads_nowhere)
    assert lan_addresses() in ([], before[:1])


def test_an_address_that_was_chosen_is_kept() -> None:
    chosen = {"HOITHI_PUBLIC_URL": "http://thi.lan", "HOITHI_HALL_URL": "http://thi.lan/thi/"}
    environment = dict(chosen)
    use_lan_address(environment, ["192.168.1.10"])
    assert environment == chosen


def test_the_page_of_the_hall_says_what_it_is_told_and_no_mark_up() -> None:
    told = {"HOITHI_HALL_NOTICE": "Bản chạy thử <b>", "HOITHI_HALL_NOTICE_EN": "A trial"}
    told_page = read_page(read_config(told).notices)["/thi/"].plain.decode()
    assert (
        '</header>\n  <p class="note" lang="vi">Bản chạy thử &lt;b&gt;</p>'
        '\n  <p class="note" lang="en">A trial</p>\n'
    ) in told_page
    assert 'class="note"' not in read_page()["/thi/"].plain.decode().partition("<noscript>")[0]


def test_the_hall_is_told_the_notice() -> None:
    sentences = {"HOITHI_HALL_NOTICE": "Bản chạy thử", "HOITHI_HALL_NOTICE_EN": "A trial"}
    _, told_the_hall = told("hall", **sentences)
    assert {name: told_the_hall[name] for name in sentences} == sentences
