"""The hall behind https, with a certificate that the test signs itself."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.browser.chromium import HOST


def certificate(folder: Path) -> Path:
    """A key and its certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


class _Door:
    """Takes TLS off and passes everything on to a port, as a proxy before the hall does."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.loop = asyncio.new_event_loop()
        self.is_open = threading.Event()
        self.ends = asyncio.Event()
        self.own_port = 0

    def run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    def shut(self) -> None:
        self.loop.call_soon_threadsafe(self.ends.set)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0, ssl=self.context)
        self.own_port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        await self.ends.wait()
        server.close()
        current = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not current]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hall_reader, hall_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(_pump(reader, hall_writer), _pump(hall_reader, writer))
        finally:
            for each in (writer, hall_writer):
                each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while content := await reader.read(65_536):
            writer.write(content)
            await writer.drain()
    writer.close()


@contextmanager
def secure_origin(port: int, folder: Path) -> Iterator[str]:
    """The origin under which the hall of a port is reached by https."""
    door = _Door(port, certificate(folder))
    thread = threading.Thread(target=door.run)
    thread.start()
    door.is_open.wait()
    try:
        yield f"https://{HOST}:{door.own_port}"
    finally:
        door.shut()
        thread.join()
