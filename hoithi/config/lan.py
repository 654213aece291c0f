"""Addresses by which others on the local network reach this machine, and a QR code of the first.

Works before Django is set up: settings are read from the environment that it fills in.
"""

from __future__ import annotations

import io
import socket
from collections.abc import MutableMapping, Sequence

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
    try:
        named = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:  # the machine's name leads nowhere, as on many laptops
        named = []
    for info in named:
        address = str(info[4][0])
        if address not in found:
            found.append(address)
    return [address for address in found if not address.startswith("127.")]


def use_lan_address(environment: MutableMapping[str, str], addresses: Sequence[str]) -> None:
    """Make links lead to the first of the addresses, where nothing else was chosen."""
    for address in addresses[:1]:
        desk = environment.get("HOITHI_DESK_PORT") or "8000"
        hall = environment.get("HOITHI_HALL_PORT") or "8001"
        environment.setdefault("HOITHI_PUBLIC_URL", f"http://{address}:{desk}")
        environment.setdefault("HOITHI_HALL_URL", f"http://{address}:{hall}/thi/")


def lan_lines(public_url: str) -> list[str]:
    """What to print for people on the network: the address of the hall, also as a QR code."""
    addresses = lan_addresses()
    if not addresses:
        return ["LAN   this machine has no address on a network; join one and start again"]
    lines = [f"LAN   {public_url}/thi"]
    others = [address for address in addresses if f"//{address}:" not in public_url]
    if others:
        lines.append(
            f"      also on {', '.join(others)}: to lead there instead, set HOITHI_PUBLIC_URL"
            " and HOITHI_HALL_URL"
        )
    drawing = io.StringIO()
    segno.make(f"{public_url}/thi", error="m").terminal(out=drawing, compact=True)
    return [*lines, drawing.getvalue()]
