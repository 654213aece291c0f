"""A real nginx with the configuration that docs/operations.md shows, on free ports of loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

from tests.browser.secure import certificate
from tests.hall.scene import OPENED, free_port

ROOT = Path(__file__).parents[1]
_UNPACKED = ROOT / "var/tools/nginx/usr/sbin/nginx"
_SHOWN = re.compile(
    r"^nginx \(`([^`]+)` and `([^`]+)` in its main file\):\n\n((?:    .*\n|\n)+)", re.MULTILINE
)
_MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
{user}{limit}
events {{ {connections} }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log {folder}/access.log;
{shown}
}}
"""


def find_nginx() -> str:
    """Where `bin/test-needs` has found or put it."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx") or shutil.which(_UNPACKED)
    if found is None:
        raise FileNotFoundError("nginx is missing: bin/test-needs unpacks it")
    return found


def shown_configuration() -> tuple[str, str, str]:
    """What the document shows: two lines for the main file, and the rest."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (shown,) = _SHOWN.findall(text)
    connections, limit, rest = shown
    return connections, limit, rest


def configuration(
    folder: Path, *, halls: Sequence[int], desk: int, plain: int, secure: int, pem: Path
) -> str:
    """The shown configuration, with nothing changed but ports and the place of the certificate."""
    connections, limit, shown = shown_configuration()
    servers = "\n        ".join(f"server 127.0.0.1:{port};" for port in halls)
    for written, here in (
        ("server 127.0.0.1:8001;", servers),
        ("proxy_pass http://127.0.0.1:8000;", f"proxy_pass http://127.0.0.1:{desk};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("/etc/ssl/certs/hoithi.pem", str(pem)),
        ("/etc/ssl/private/hoithi.key", str(pem)),
    ):
        assert shown.count(written) == 1, written
        shown = shown.replace(written, here)
    user = "user root;\n" if os.geteuid() == 0 else ""
    return _MAIN.format(folder=folder, user=user, limit=limit, connections=connections, shown=shown)


class Proxy:
    """The running proxy, and who comes through it."""

    def __init__(self, port: int, pem: Path) -> None:
        self.port = port
        self._context = ssl.create_default_context(cafile=str(pem))
        self._context.check_hostname = False

    def connect(self, address: str = "127.0.0.1") -> HTTPSConnection:
        """A connection from an address of this machine."""
        made = HTTPSConnection(
            "127.0.0.1",
            self.port,
            timeout=60,
            source_address=(address, 0),
            context=self._context,
        )
        OPENED.append(made)
        return made


@contextmanager
def running_nginx(
    folder: Path, *, halls: Sequence[int], desk: int, secure: int = 0
) -> Iterator[Proxy]:
    """nginx before halls and a desk, gone at the end; on a port of its own where none is named."""
    folder.mkdir()
    pem = certificate(folder)
    secure = secure or free_port()
    path = folder / "nginx.conf"
    path.write_text(
        configuration(folder, halls=halls, desk=desk, plain=free_port(), secure=secure, pem=pem)
    )
    process = subprocess.Popen(
        [find_nginx(), "-e", folder / "error.log", "-p", folder, "-c", path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, secure, folder / "error.log")
        yield Proxy(secure, pem)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(log.read_text())
