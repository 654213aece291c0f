"""Addresses by which others on the local network reach this machine, and a QR code of the first."""

from __future__ import annotations

import io
import socket

import segno


def lan_addresses() -> list[str]:
    """IPv4 addresses of this machine that are not its own loopback, the likeliest first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks which interface would be used.
            probe.connect(("192.0.2.1", 9))
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass
    for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
        address = str(info[4][0])
        if address not in found:
            found.append(address)
    return [address for address in found if not address.startswith("127.")]


def lan_lines(port: int) -> list[str]:
    """What to print for people on the network."""
    addresses = lan_addresses()
    lines = [f"LAN   http://{address}:{port}/thi" for address in addresses]
    if addresses:
        drawing = io.StringIO()
        segno.make(f"http://{addresses[0]}:{port}/thi", error="m").terminal(
            out=drawing, compact=True
        )
        lines.append(drawing.getvalue())
    return lines
