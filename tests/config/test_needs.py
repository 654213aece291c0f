"""`bin/test-needs` on machines that lack something: every missing thing has its line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.config.installation import ROOT

CHROMIUM = "Missing: a browser for the browser tests (or name one in HOITHI_CHROMIUM). "
POSTGRES = "Missing: PostgreSQL's programs for the store tests. "
BY_HAND = "Install it with:  sudo apt-get install "


class Machine:
    """A PATH of its own, and no PostgreSQL in the system's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.path.mkdir()
        self.script = folder / "clone/bin/test-needs"
        self.script.parent.mkdir(parents=True)
        text = (ROOT / "bin/test-needs").read_text()
        assert "/usr/lib/postgresql" in text
        assert "/usr/lib/*/faketime" in text
        self.script.write_text(
            text.replace("/usr/lib/postgresql", str(folder / "none"))
            .replace("/usr/lib/*/faketime", str(folder / "faketime"))
            .replace("/usr/sbin/nginx", str(folder / "sbin/nginx"))
        )
        self.clock = folder / "faketime/libfaketime.so.1"
        self.clock.parent.mkdir()
        self.clock.touch()
        self.proxy = folder / "sbin/nginx"
        self.proxy.parent.mkdir()
        self.proxy.touch()
        for name in ("ls", "tail", "chmod", "mkdir", "rm"):
            (self.path / name).symlink_to(str(shutil.which(name)))

    def has(self, name: str, does: str = "") -> None:
        program = self.path / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    def found(self) -> str:
        """What is said where nothing is missing."""
        return (
            f"Chromium:   {self.path}/chromium\nPostgreSQL: {self.path}/initdb\n"
            f"faketime:   {self.clock}\nnginx:      {self.proxy}\n"
        )

    def says(self, **variables: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["/bin/sh", self.script],
            env={"PATH": str(self.path)} | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Of a person who is not root and may not become it."""
    made = Machine(tmp_path)
    made.has("apt-get", "exit 100")
    made.has("id", "echo 1001")
    return made


def test_without_rights_there_is_a_line_for_each_missing_thing(machine: Machine) -> None:
    lines = f"{CHROMIUM}{BY_HAND}chromium\n{POSTGRES}{BY_HAND}postgresql\n"
    assert machine.says() == (1, "", lines)
    machine.has("sudo", "exit 1")  # would ask for a password
    assert machine.says() == (1, "", lines)
    machine.has("google-chrome")
    assert machine.says() == (1, "", f"{POSTGRES}{BY_HAND}postgresql\n")


def test_what_is_there_is_named(machine: Machine) -> None:
    machine.has("chromium")
    machine.has("initdb")
    assert machine.says() == (0, machine.found(), "")
    assert machine.says(HOITHI_CHROMIUM="/no/such/program") == (
        *(1, "", "HOITHI_CHROMIUM names no program: /no/such/program\n"),
    )


def test_with_rights_it_is_installed(machine: Machine) -> None:
    machine.has("sudo", '[ "$1" = -n ] || "$@"')
    machine.has("chromium")
    program = machine.path / "initdb"
    machine.has(
        "apt-get",
        f'[ "$1" = update ] || {{ echo "#!/bin/sh" > {program}; chmod 755 {program}; }}',
    )
    assert machine.says() == (0, f"Installing postgresql\n{machine.found()}", "")


def test_a_quicker_browser_is_taken_where_there_is_one(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("chromium")
    machine.has("initdb")
    asked, quick = machine.path / "asked", machine.path / "chromium-headless-shell"
    machine.has("apt-get", f'echo "$*" >> {asked}; exit 100')
    assert machine.says() == (0, machine.found(), "")
    machine.has("apt-get", f'echo "#!/bin/sh" > {quick}; chmod 755 {quick}')
    both = machine.found().replace("\nPostgreSQL", f", {quick}\nPostgreSQL")
    assert machine.says() == (0, both, "")
    assert machine.says() == (0, both, "")
    wanted = "install -y -qq --no-install-recommends chromium-headless-shell\n"
    assert asked.read_text() == wanted


def test_what_cannot_be_installed_is_told(machine: Machine) -> None:
    machine.has("id", "echo 0")
    code, said, complained = machine.says()
    assert (code, said) == (1, "Installing chromium postgresql\n")
    assert complained == (
        f"{CHROMIUM}apt-get could not install it, see above: chromium\n"
        f"{POSTGRES}apt-get could not install it, see above: postgresql\n"
    )


def test_the_clock_is_missed_too(machine: Machine) -> None:
    machine.has("chromium")
    machine.has("initdb")
    machine.clock.unlink()
    lacks = "Missing: a clock that the fault tests can set. "
    assert machine.says() == (1, "", f"{lacks}{BY_HAND}libfaketime\n")


def test_a_system_without_apt_gets_the_names(machine: Machine) -> None:
    (machine.path / "apt-get").unlink()
    code, _, complained = machine.says()
    by = "The package manager of this system may call it "
    assert (code, complained) == (1, f"{CHROMIUM}{by}chromium\n{POSTGRES}{by}postgresql\n")


def test_the_proxy_is_unpacked_and_not_installed_also_without_rights(machine: Machine) -> None:
    """Its package would start a server on the machine of whoever runs the tests."""
    machine.has("chromium")
    machine.has("initdb")
    machine.proxy.unlink()
    asked = machine.path / "asked"
    machine.has("apt-get", f'echo "$*" >> {asked}; [ "$1" = download ] && echo > nginx_1_amd64.deb')
    machine.has("dpkg", 'mkdir -p "$3/usr/sbin" && echo > "$3/usr/sbin/nginx"')
    tools = machine.script.parents[1] / "var/tools/nginx"
    machine.proxy = tools / "usr/sbin/nginx"
    assert machine.says() == (0, machine.found(), "")
    assert asked.read_text() == "download -qq nginx\n"
    assert [each.name for each in tools.iterdir()] == ["usr"]
    assert machine.says() == (0, machine.found(), "")
    assert asked.read_text() == "download -qq nginx\n"


def test_a_proxy_that_cannot_be_fetched_is_told(machine: Machine) -> None:
    machine.has("chromium")
    machine.has("initdb")
    machine.proxy.unlink()
    lacks = "Missing: a reverse proxy for the tests of an office behind one address. "
    assert machine.says() == (1, "", f"{lacks}{BY_HAND}nginx\n")
